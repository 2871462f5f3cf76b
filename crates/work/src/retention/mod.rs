//! Retention: what piles up is kept for as long as the tenant wants, then removed in bounded batches.
//!
//! Every batch is a transaction of its own, so a job that is stopped goes on where it was. The audit trail goes into
//! files.

mod audit;
mod carts;
mod exports;
mod files;
mod partitions;
mod prune;
mod rows;
mod sessions;

use jiff::{SignedDuration, Timestamp};
use model::problem::Problem;

use crate::jobs::Kind;

pub use audit::file as audit_file;

/// Kinds of jobs of this area.
pub(crate) const JOBS: &[Kind] =
    &[audit::KIND, prune::KIND, carts::KIND, exports::KIND, sessions::KIND, partitions::KIND];

/// Records removed in one transaction.
const BATCH: i64 = 2_000;

/// The moment so many days before `now`.
pub(crate) fn days_before(now: Timestamp, days: u32) -> Result<Timestamp, Problem> {
    now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24)).map_err(Problem::internal)
}
