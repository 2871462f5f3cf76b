//! The logs' monthly partitions: three months ahead are made, old empty ones dropped.

use model::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::sql;

use crate::jobs::{Job, Kind, Perform};

pub(super) const KIND: Kind = Kind::of::<EnsurePartitions>(
    "Makes the logs' partitions of the next three months and drops those that ended a year ago and hold nothing.",
);

/// The upkeep of partitions; a job of the system tenant.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct EnsurePartitions {}

impl Perform for EnsurePartitions {
    const KIND: &'static str = "partitions.ensure";

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let mut tx = job.begin().await?;
        let made: i32 = tx.one(sql!("select app.ensure_partitions(3)"), &[]).await?.get(0);
        tx.commit().await?;
        let mut tx = job.begin().await?;
        let dropped: i32 = tx.one(sql!("select app.drop_empty_partitions()"), &[]).await?.get(0);
        tx.commit().await?;
        Ok(json!({ "made": made, "dropped": dropped }))
    }
}
