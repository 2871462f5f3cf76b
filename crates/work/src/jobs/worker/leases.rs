//! Keeping what is held, learning what was lost, and giving back what will not be done here.

use std::{collections::HashSet, time::Duration};

use model::{caller::Caller, problem::Problem};
use store::{
    Db,
    queue::{self, Claimed, End},
};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Event, Worker};
use crate::jobs::{line::Line, settle::Attempt};

impl Worker {
    /// Renews all leases.
    pub(super) fn beat(&mut self) {
        let tenants: Vec<Uuid> =
            self.lines.iter().filter(|(_, line)| !line.holds_nothing()).map(|(tenant, _)| *tenant).collect();
        for tenant in tenants {
            self.check(tenant, true);
        }
    }

    /// Asks which of the tenant's jobs are still ours, and renews their leases where wanted.
    pub(super) fn check(&mut self, tenant: Uuid, renew: bool) {
        let Some(line) = self.lines.get(&tenant) else { return };
        let (ids, leases) = line.leases();
        if ids.is_empty() {
            return;
        }
        let (db, tell) = (self.services.db.clone(), self.tell.clone());
        let lease = renew.then_some(self.limits.lease);
        tokio::spawn(async move {
            match still_held(&db, tenant, &ids, &leases, lease).await {
                Ok(held) => {
                    let leases = ids.into_iter().zip(leases).filter(|(id, _)| !held.contains(id)).collect();
                    _ = tell.send(Event::Lost { tenant, leases });
                }
                Err(problem) => tracing::warn!(%tenant, ?problem, "leases could not be renewed"),
            }
        });
    }

    /// Drops jobs (with the leases that were asked about) that are no longer ours. Those that ended meanwhile are not
    /// among what is held, and one that was claimed anew has another lease.
    pub(super) fn lost(&mut self, tenant: Uuid, leases: &[(Uuid, Uuid)]) {
        let line = self.line(tenant);
        line.buffered.retain(|(claimed, _)| !leases.contains(&(claimed.id, claimed.lease)));
        let mut dropped = 0;
        for (id, lease) in leases {
            // A handler that has ended its job itself is about to say so.
            if line.running.get(id).is_none_or(|held| held.lease != *lease || held.job.is_finished()) {
                continue;
            }
            if let Some(held) = line.running.remove(id) {
                held.abort.abort();
                dropped += 1;
                metrics::counter!("tenantry_jobs_ended_total", "kind" => held.kind, "outcome" => "taken")
                    .increment(1);
                tracing::info!(%tenant, job = %id, kind = held.kind, "the job was cancelled or taken; its handler is stopped");
            }
        }
        self.running -= dropped;
    }

    pub(super) fn give_back_stale(&mut self) {
        let now = Instant::now();
        for tenant in self.turns.clone() {
            self.give_back(tenant, |line| line.stale(now));
        }
    }

    pub(super) fn give_back(&mut self, tenant: Uuid, which: impl FnOnce(&mut Line) -> Vec<Claimed>) {
        let kinds = self.kinds.clone();
        let line = self.line(tenant);
        for one in which(line) {
            let kind = kinds.get(&*one.kind).map_or("unknown", |kind| kind.name);
            line.ended.push(Attempt::new(one.id, one.lease, kind, End::Returned, None));
        }
    }

    /// No new claims; what has not begun goes back.
    pub(super) fn stop(&mut self) {
        self.stopping = true;
        self.stop.cancel();
        for tenant in self.turns.clone() {
            self.give_back(tenant, |line| line.buffered.drain(..).map(|(one, _)| one).collect());
        }
        self.pump();
    }

    /// Stops what is still running and gives it back; how many jobs that were.
    pub(super) fn abandon(&mut self) -> usize {
        let mut count = 0;
        for line in self.lines.values_mut() {
            for (id, held) in line.running.drain() {
                held.abort.abort();
                count += 1;
                let log = held.job.taken_log();
                line.ended.push(Attempt::new(id, held.lease, held.kind, End::Returned, log));
            }
        }
        self.running = 0;
        count
    }
}

async fn still_held(
    db: &Db,
    tenant: Uuid,
    ids: &[Uuid],
    leases: &[Uuid],
    renew: Option<Duration>,
) -> Result<HashSet<Uuid>, Problem> {
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    if let Some(lease) = renew {
        queue::beat(&mut tx, ids, leases, lease).await?;
    }
    let held = queue::held(&mut tx, ids, leases).await?;
    tx.commit().await?;
    Ok(held)
}
