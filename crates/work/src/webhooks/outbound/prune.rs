//! Removing events that were delivered long ago, with their deliveries and attempts.

use jiff::Timestamp;
use model::{caller::Caller, problem::Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Db, sql};
use uuid::Uuid;

use crate::{
    jobs::{Job, Kind, Perform},
    retention::days_before,
    settings::{self, Retention},
};

/// Rows removed in one transaction.
const BATCH: i64 = 1_000;

pub(super) const KIND: Kind = Kind::of::<PruneEvents>(
    "Removes events whose deliveries have ended, with what is known of the attempts, once the tenant no longer keeps them.",
);

#[derive(Debug, Default, Serialize, Deserialize)]
struct PruneEvents {}

impl Perform for PruneEvents {
    const KIND: &'static str = "webhooks.prune";
    const PRIORITY: i32 = -10;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let keep = settings::read::<Retention>(job.db(), job.caller()).await?;
        let before = days_before(job.db().world().now(), keep.webhook_logs)?;
        Ok(json!({ "removed": prune(job.db(), job.tenant(), before).await? }))
    }
}

/// Removes a tenant's events of before this moment, their deliveries, and all attempts of before it, in batches that
/// each commit. An event is kept while an attempt at it has failed and another follows; one that still waits for its
/// first attempt waits for a secret that nobody has asked for. Gives how many events and attempts.
///
/// # Errors
/// Problems of the database; what was removed before stays removed.
pub async fn prune(db: &Db, tenant: Uuid, before: Timestamp) -> Result<u64, Problem> {
    let mut removed = 0;
    loop {
        let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
        let events = tx
            .execute(
                sql!(
                    "delete from webhook_events where tenant_id = $1 and id = any(array(
                       select e.id from webhook_events e where e.tenant_id = $1 and e.id < app.uuid7_at($2) and e.state = 'done'
                         and not exists (select from webhook_deliveries d where d.tenant_id = $1 and d.event_id = e.id
                           and d.state = 'pending' and (d.attempts > 0 or d.lease is not null))
                       order by e.id limit $3 for update skip locked))"
                ),
                &[&tenant, &before, &BATCH],
            )
            .await?;
        let attempts = tx
            .execute(
                sql!(
                    "delete from webhook_attempts where tenant_id = $1 and id < app.uuid7_at($2) and id = any(array(
                       select id from webhook_attempts where tenant_id = $1 and id < app.uuid7_at($2) order by id limit $3))"
                ),
                &[&tenant, &before, &BATCH],
            )
            .await?;
        tx.commit().await?;
        removed += events + attempts;
        if events.max(attempts) < BATCH.unsigned_abs() {
            return Ok(removed);
        }
    }
}
