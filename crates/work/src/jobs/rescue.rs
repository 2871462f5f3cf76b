//! Jobs whose workers are gone come back.

use std::time::Duration;

use model::{caller::Caller, problem::Problem};
use store::queue;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Services;
use crate::notices::{self, EndedJob};

/// Jobs taken in one transaction.
const BATCH: i64 = 500;

/// Takes all jobs whose leases have run out from their workers: back to the others while attempts are left, else
/// failed. Gives how many. Any number of processes may do so at once.
///
/// # Errors
/// Problems of the database.
pub async fn rescue(services: &Services) -> Result<usize, Problem> {
    let db = &services.db;
    let mut count = 0;
    for tenant in queue::with_lost_jobs(db).await? {
        loop {
            let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
            let lost = queue::rescue(&mut tx, BATCH).await?;
            for one in lost.iter().filter(|one| one.failed) {
                let asked_by = one.created_by.filter(|_| one.waiting.as_deref() == Some("user"));
                let ended = EndedJob { id: one.id, kind: &one.kind, asked_by, failure: Some(queue::LOST) };
                notices::job_ended(&mut tx, ended).await?;
            }
            tx.commit().await?;
            for one in &lost {
                tracing::warn!(%tenant, job = %one.id, kind = one.kind, failed = one.failed, "a job's worker is gone");
            }
            count += lost.len();
            if lost.len() < BATCH.unsigned_abs() as usize {
                break;
            }
        }
    }
    metrics::counter!("tenantry_jobs_rescued_total").increment(count as u64);
    Ok(count)
}

pub(super) async fn keep_rescuing(services: Services, every: Duration, stop: CancellationToken) {
    let mut turn = interval(every);
    turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turn.tick() => {}
            () = stop.cancelled() => return,
        }
        if let Err(problem) = rescue(&services).await {
            tracing::warn!(?problem, "could not look for lost jobs");
        }
    }
}
