//! Asking for jobs: which tenants have some, and how many of each are claimed.
//!
//! Each tenant has at most three quarters of the slots, so that another one's job finds a free slot whatever the
//! first one does; and a tenant that has nothing running may begin one job even where all slots are taken, up to
//! twice their number.

use model::problem::Problem;
use store::{
    Wake,
    queue::{self, Claimed, Ready},
};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Event, Worker};
use crate::jobs::line::Line;

/// Claims under way at once.
const CLAIMS: usize = 3;

impl Worker {
    pub(super) fn woken(&mut self, wake: Wake) {
        match wake {
            Wake::Tenant(tenant) => self.ready(tenant),
            Wake::All if self.looking => {}
            Wake::All => {
                self.looking = true;
                let (db, tell) = (self.services.db.clone(), self.tell.clone());
                tokio::spawn(async move {
                    _ = tell.send(Event::Found(queue::ready(&db).await));
                });
            }
        }
    }

    pub(super) fn ready(&mut self, tenant: Uuid) {
        let line = self.line(tenant);
        line.ready = true;
        line.again = line.claiming;
    }

    pub(super) fn found(&mut self, found: Result<Vec<Ready>, Problem>) {
        self.looking = false;
        match found {
            Ok(found) => {
                let oldest = found.iter().map(|ready| ready.waited).max().unwrap_or_default();
                metrics::gauge!("tenantry_jobs_oldest_wait_seconds").set(oldest.as_secs_f64());
                for ready in found {
                    self.ready(ready.tenant);
                }
            }
            Err(problem) => tracing::warn!(?problem, "could not look for ready jobs"),
        }
    }

    pub(super) fn claimed(&mut self, tenant: Uuid, asked: usize, claimed: Result<Vec<Claimed>, Problem>) {
        self.claims -= 1;
        let now = Instant::now();
        let line = self.line(tenant);
        line.claiming = false;
        let again = std::mem::take(&mut line.again);
        match claimed {
            Ok(claimed) => {
                line.ready = again || claimed.len() == asked;
                line.buffered.extend(claimed.into_iter().map(|one| (one, now)));
            }
            Err(problem) => {
                // The next look across tenants finds them again.
                line.ready = false;
                tracing::warn!(%tenant, ?problem, "jobs could not be claimed");
            }
        }
        if self.stopping {
            self.give_back(tenant, |line| line.buffered.drain(..).map(|(one, _)| one).collect());
        }
    }

    /// How many jobs of one tenant may run at once.
    fn cap(&self) -> usize {
        self.limits.slots - self.limits.slots / 4
    }

    /// How many more jobs the tenant may begin.
    pub(super) fn free(&self, line: &Line) -> usize {
        let own = self.cap().saturating_sub(line.running.len());
        match self.limits.slots.saturating_sub(self.running) {
            0 if line.running.is_empty() && self.running < 2 * self.limits.slots => 1,
            free => own.min(free),
        }
    }

    pub(super) fn claim(&mut self) {
        for tenant in self.turns.clone() {
            if self.claims >= CLAIMS {
                return;
            }
            let Some(line) = self.lines.get(&tenant) else { continue };
            if !line.ready || line.claiming {
                continue;
            }
            let asked = line.wanted(self.cap(), self.free(line), self.limits.batch);
            if asked == 0 {
                continue;
            }
            self.line(tenant).claiming = true;
            self.claims += 1;
            let (db, tell, names) = (self.services.db.clone(), self.tell.clone(), self.names.clone());
            let (worker, lease) = (self.limits.worker.clone(), self.limits.lease);
            tokio::spawn(async move {
                let most = i64::try_from(asked).unwrap_or(i64::MAX);
                let claimed = queue::claim(&db, tenant, &names, most, &worker, lease).await;
                _ = tell.send(Event::Claimed { tenant, asked, claimed });
            });
        }
    }
}
