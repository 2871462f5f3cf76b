//! Retention: what piles up is kept for as long as the tenant wants, then removed in bounded batches.
//!
//! Every batch is a transaction of its own, so a job that is stopped goes on where it was. The audit trail is not
//! touched: it may go only once it has an archive.

mod carts;
mod exports;
mod files;
mod partitions;
mod prune;
mod rows;
mod sessions;

use jiff::{SignedDuration, Timestamp};
use model::{
    caller::Caller,
    problem::{FieldError, Problem, codes},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Db, sql, sql::Query};

use crate::jobs::{Job, Kind};

/// Kinds of jobs of this area.
pub(crate) const JOBS: &[Kind] = &[prune::KIND, carts::KIND, exports::KIND, sessions::KIND, partitions::KIND];

/// Records removed in one transaction.
const BATCH: i64 = 2_000;

/// The group of `tenant_settings`.
const GROUP: &str = "retention";

/// The longest that may be asked for, in days: ten years.
const LONGEST: u32 = 3_650;

/// Days for which things are kept, as the tenant's settings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Files that were imported.
    pub files: u32,
    /// Staged rows of imports that have ended; an import can be undone for as long.
    pub staged_rows: u32,
    /// Files of exports.
    pub exports: u32,
    /// Webhooks that came in, and events that were told others, with what became of them.
    pub webhook_logs: u32,
    /// Notifications, read or not.
    pub notifications: u32,
    /// Mails that were sent or given up.
    pub emails: u32,
    /// Attempts at background jobs.
    pub job_runs: u32,
    /// The audit trail, once it has an archive.
    pub audit: u32,
    /// Outcomes of integrity checks.
    pub snapshots: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            files: 90,
            staged_rows: 30,
            exports: 7,
            webhook_logs: 30,
            notifications: 90,
            emails: 90,
            job_runs: 14,
            audit: 400,
            snapshots: 90,
        }
    }
}

impl Retention {
    /// What the tenant wants; the defaults for what it does not say.
    ///
    /// # Errors
    /// `invalid` naming what cannot be read in the settings: then nothing may be removed.
    pub async fn of(db: &Db, caller: &Caller) -> Result<Self, Problem> {
        let read = Query::fixed(
            sql!("select document from tenant_settings where tenant_id = $1 and setting_group = $2"),
            vec![caller.tenant.into(), GROUP.into()],
        );
        let rows = db.read(caller, read).await?;
        rows.first().map_or_else(|| Ok(Self::default()), |row| Self::read(row.get(0)))
    }

    /// Reads the group's document.
    ///
    /// # Errors
    /// `invalid`.
    pub fn read(document: Value) -> Result<Self, Problem> {
        let wrong = |field: &str, message: String| {
            Problem::invalid(vec![FieldError::new(format!("{GROUP}{field}"), &codes::INVALID, message)])
        };
        let read: Self = serde_json::from_value(document)
            .map_err(|error| wrong("", format!("The retention settings cannot be read: {error}.")))?;
        let all = [
            ("files", read.files),
            ("staged_rows", read.staged_rows),
            ("exports", read.exports),
            ("webhook_logs", read.webhook_logs),
            ("notifications", read.notifications),
            ("emails", read.emails),
            ("job_runs", read.job_runs),
            ("audit", read.audit),
            ("snapshots", read.snapshots),
        ];
        match all.into_iter().find(|(_, days)| !(1..=LONGEST).contains(days)) {
            None => Ok(read),
            Some((name, days)) => {
                Err(wrong(&format!(".{name}"), format!("{days} days: give 1 to {LONGEST} days.")))
            }
        }
    }
}

/// The moment so many days before `now`.
pub(crate) fn days_before(now: Timestamp, days: u32) -> Result<Timestamp, Problem> {
    now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24)).map_err(Problem::internal)
}

/// Refuses to go on where the process is about to end; the job is then given back and goes on elsewhere.
fn go_on(job: &Job) -> Result<(), Problem> {
    match job.cancelled().is_cancelled() {
        true => Err(Problem::new(&codes::UNAVAILABLE, "The process is about to end.")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_have_defaults_and_limits() {
        assert_eq!(Retention::read(json!({})).unwrap(), Retention::default());
        let read = Retention::read(json!({"files": 30})).unwrap();
        assert_eq!((read.files, read.staged_rows), (30, 30));
        for (bad, field) in [
            (json!({"files": 0}), "retention.files"),
            (json!({"exports": 4_000}), "retention.exports"),
            (json!({"job_runs": -1}), "retention"),
            (json!({"fils": 3}), "retention"),
        ] {
            assert_eq!(Retention::read(bad).unwrap_err().field_errors()[0].field, field);
        }
    }
}
