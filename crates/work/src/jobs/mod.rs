//! Background jobs: work that happens later or elsewhere, kept in the table `jobs` until it is done.
//!
//! A job is a value that implements [`Perform`], enqueued within the transaction that gives rise to it
//! (`tx.enqueue(…)`). [`run`] claims jobs in batches per tenant, runs them, and ends many attempts in one statement.
//! Work is done at least once: a handler is idempotent, or it ends its job in its own transaction
//! ([`Job::finish_in`]). `docs/jobs.md` tells how all of it works.

mod cancel;
mod duties;
mod job;
mod kind;
mod line;
mod listing;
mod prune;
mod rescue;
mod retry;
mod run_now;
mod scheduler;
pub mod schedules;
mod services;
mod settle;
mod tally;
#[cfg(feature = "testing")]
mod testing;
mod worker;

pub use duties::{Duties, Limits, Loop, kinds, run};
pub use job::Job;
pub use kind::{Kind, Perform};
pub use listing::{Listed, Wanted, list};
pub use prune::prune;
pub use rescue::rescue;
pub use scheduler::{enqueue_due, mend_plans};
pub use services::Services;
pub use tally::{Tally, tally};

use crate::operation::Operation;

/// Operations on jobs and schedules.
pub const OPERATIONS: &[Operation] = &[cancel::OPERATION, retry::OPERATION, run_now::OPERATION];

/// Kinds of jobs that look after the queue itself.
pub(crate) const JOBS: &[Kind] = &[prune::KIND];

#[cfg(feature = "testing")]
use testing::JOBS as FOR_TESTS;
#[cfg(not(feature = "testing"))]
const FOR_TESTS: &[Kind] = &[];
