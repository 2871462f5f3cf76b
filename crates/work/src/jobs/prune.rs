//! Removing jobs that ended long ago, so that the table stays small. Their runs stay in `job_runs`.

use std::time::Duration;

use model::{caller::Caller, problem::Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Db, queue};
use uuid::Uuid;

use super::{Job, Kind, Perform};

/// Jobs removed in one transaction.
const BATCH: i64 = 1_000;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) const KIND: Kind = Kind::of::<PruneJobs>(
    "Removes jobs that completed more than a day ago, or failed or were cancelled a month ago.",
);

#[derive(Debug, Default, Serialize, Deserialize)]
struct PruneJobs {}

impl Perform for PruneJobs {
    const KIND: &'static str = "jobs.prune";
    const PRIORITY: i32 = -10;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let removed = prune(job.db(), job.tenant(), DAY, 30 * DAY).await?;
        Ok(json!({ "removed": removed }))
    }
}

/// Removes a tenant's jobs that completed longer than `completed` ago, and those that failed or were cancelled longer
/// than `other` ago, in batches that each commit. Gives how many.
///
/// # Errors
/// Problems of the database; what was removed before stays removed.
pub async fn prune(db: &Db, tenant: Uuid, completed: Duration, other: Duration) -> Result<u64, Problem> {
    let mut removed = 0;
    loop {
        let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
        let batch = queue::prune(&mut tx, completed, other, BATCH).await?;
        tx.commit().await?;
        removed += batch;
        if batch < BATCH.unsigned_abs() {
            return Ok(removed);
        }
    }
}
