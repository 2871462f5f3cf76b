//! Running what was claimed, one task per attempt.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use model::problem::Problem;
use serde_json::Value;
use store::queue::{Claimed, End};
use tokio::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

use super::{Event, Worker};
use crate::jobs::{Job, Kind, line::Held, settle::Attempt};

/// Why an attempt failed, in public words.
pub(super) struct Failed {
    text: String,
    is_final: bool,
}

impl Worker {
    /// Begins buffered jobs, one of each tenant in turn.
    pub(super) fn start(&mut self) {
        let mut at = 0;
        let mut passed = 0;
        while passed < self.turns.len() {
            let tenant = self.turns[at % self.turns.len()];
            at += 1;
            passed += 1;
            let Some(line) = self.lines.get(&tenant) else { continue };
            if line.buffered.is_empty() || self.free(line) == 0 {
                continue;
            }
            let Some((claimed, _)) = self.line(tenant).buffered.pop_front() else { continue };
            self.begin(tenant, claimed);
            passed = 0;
        }
        if !self.turns.is_empty() {
            let places = self.turns.len();
            self.turns.rotate_left(at % places);
        }
    }

    fn begin(&mut self, tenant: Uuid, claimed: Claimed) {
        let Some(kind) = self.kinds.get(&*claimed.kind).copied() else {
            let (id, lease) = (claimed.id, claimed.lease);
            tracing::error!(job = %id, kind = claimed.kind, "a job of an unknown kind was claimed");
            self.line(tenant).ended.push(Attempt::new(id, lease, "unknown", End::Returned, None));
            return;
        };
        let (id, lease) = (claimed.id, claimed.lease);
        let job = Job::new(self.services.clone(), tenant, &claimed, self.stop.clone());
        let (tell, handle) = (self.tell.clone(), job.clone());
        // At the level of errors, so that the span with the ids is there whatever is logged.
        let span = tracing::error_span!("job", kind = kind.name, job = %id, %tenant);
        let run = async move {
            let began = Instant::now();
            let ran =
                AssertUnwindSafe(async { (kind.run)(handle, claimed.payload).await }).catch_unwind().await;
            let ran = match ran {
                Ok(Ok(result)) => Ok(result),
                Ok(Err(problem)) => Err(failed(kind, &problem)),
                Err(_) => {
                    tracing::error!("the job's handler panicked");
                    Err(Failed { text: "The job's handler failed by a defect.".to_owned(), is_final: false })
                }
            };
            _ = tell.send(Event::Ran { tenant, id, kind, ran, took: began.elapsed() });
        };
        let abort = tokio::spawn(run.instrument(span)).abort_handle();
        self.running += 1;
        self.line(tenant).running.insert(id, Held { lease, job, kind: kind.name, abort });
    }

    pub(super) fn ran(
        &mut self,
        tenant: Uuid,
        id: Uuid,
        kind: &'static Kind,
        ran: Result<Value, Failed>,
        took: Duration,
    ) {
        let stopping = self.stopping;
        let jitter = self.services.db.world().secret::<1>()[0];
        let line = self.line(tenant);
        // One that was taken away has been forgotten.
        let Some(held) = line.running.remove(&id) else { return };
        line.took(took);
        let (attempt, most) = (held.job.attempt(), held.job.max_attempts());
        let end = match ran {
            Ok(result) => End::Completed(result),
            Err(_) if stopping => End::Returned,
            Err(failed) if failed.is_final || attempt >= most => End::Failed(failed.text),
            Err(failed) => {
                let share = 0.9 + f64::from(jitter) / 255.0 * 0.2;
                End::Retry((kind.backoff)(attempt).mul_f64(share), failed.text)
            }
        };
        let mut ended = Attempt::new(id, held.lease, kind.name, end, held.job.taken_log());
        ended.by_handler = held.job.is_finished();
        ended.asked_by = held.job.asked_by();
        line.ended.push(ended);
        self.running -= 1;
        metrics::histogram!("tenantry_job_seconds", "kind" => kind.name).record(took.as_secs_f64());
    }
}

/// The public words about a failed attempt, for the job's row. They may quote records, so the log has the code and the
/// inner cause alone.
fn failed(kind: &Kind, problem: &Problem) -> Failed {
    tracing::warn!(code = problem.code().code, cause = ?problem.inner_cause(), "an attempt failed");
    Failed { text: problem.to_string(), is_final: (kind.is_final)(problem) }
}
