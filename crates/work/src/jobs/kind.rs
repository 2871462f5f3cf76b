//! Kinds of jobs: typed handlers in lists.

use std::{future::Future, pin::Pin, time::Duration};

use model::problem::Problem;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use store::NewJob;

use super::Job;

/// The longest wait between two attempts.
const LONGEST: u64 = 24 * 60 * 60;

/// A kind of job: its payload, and what is done.
///
/// Payloads outlive releases: give every field added later `#[serde(default)]`, and never `deny_unknown_fields`.
pub trait Perform: Serialize + DeserializeOwned + Send + 'static {
    /// Its name, `area.verb`, stable for ever: `exports.run`.
    const KIND: &'static str;
    /// How often it is tried at most.
    const MAX_ATTEMPTS: i32 = 3;
    /// Higher comes first among a tenant's jobs.
    const PRIORITY: i32 = 0;
    /// Whether the person who made it is told when it has ended.
    const NOTIFY: bool = false;

    /// Does it. What it gives back is kept with the job. It may be done more than once: it is idempotent, or ends
    /// the job within its own transaction by [`Job::finish_in`].
    ///
    /// # Errors
    /// Any problem: the attempt has failed, and another follows while some are left.
    fn run(self, job: &Job) -> impl Future<Output = Result<Value, Problem>> + Send;

    /// How long to wait after the failed attempt of this number (from 1); ten percent more or less are added.
    fn backoff(attempt: i32) -> Duration {
        let attempt = u64::from(attempt.unsigned_abs());
        Duration::from_secs(attempt.saturating_pow(4).saturating_add(15).min(LONGEST))
    }

    /// Whether no further attempt can mend this problem.
    fn is_final(_problem: &Problem) -> bool {
        false
    }

    /// Whether no attempt follows the one of this job that failed by the problem: what it was about then says so.
    fn is_last(job: &Job, problem: &Problem) -> bool {
        let spent = Self::is_final(problem) || job.attempt() >= job.max_attempts();
        spent && !job.cancelled().is_cancelled()
    }

    /// The job to be enqueued.
    ///
    /// # Errors
    /// A defect where the payload is no JSON.
    fn job(&self) -> Result<NewJob, Problem> {
        let payload = serde_json::to_value(self).map_err(Problem::internal)?;
        let job = NewJob::new(Self::KIND, payload).priority(Self::PRIORITY).max_attempts(Self::MAX_ATTEMPTS);
        Ok(if Self::NOTIFY { job.notify() } else { job })
    }
}

type Running = Pin<Box<dyn Future<Output = Result<Value, Problem>> + Send>>;

/// A kind of job as lists hold it.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// What it does, a sentence.
    pub about: &'static str,
    /// How often it is tried at most.
    pub max_attempts: i32,
    /// Higher comes first among a tenant's jobs.
    pub priority: i32,
    pub(super) backoff: fn(i32) -> Duration,
    pub(super) is_final: fn(&Problem) -> bool,
    pub(super) run: fn(Job, Value) -> Running,
}

impl Kind {
    /// The kind that `P` describes.
    pub const fn of<P: Perform>(about: &'static str) -> Self {
        Self {
            name: P::KIND,
            about,
            max_attempts: P::MAX_ATTEMPTS,
            priority: P::PRIORITY,
            backoff: P::backoff,
            is_final: P::is_final,
            run: |job, payload| {
                Box::pin(async move {
                    let perform: P = serde_json::from_value(payload).map_err(Problem::internal)?;
                    perform.run(&job).await
                })
            },
        }
    }

    /// A job of this kind with a payload that a schedule holds.
    pub(super) fn job(&self, payload: Value) -> NewJob {
        NewJob::new(self.name, payload).priority(self.priority).max_attempts(self.max_attempts)
    }
}
