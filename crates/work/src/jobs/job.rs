//! The job that a handler is doing.

use std::{
    fmt::{Display, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use model::{
    caller::{Actor, Caller},
    problem::{Problem, codes},
};
use serde_json::Value;
use store::{
    Db, TenantTx,
    queue::{self, Claimed, End, Ended},
    sql,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Services;
use crate::notices::{self, EndedJob};

/// Bytes of log lines kept of an attempt.
const LOG: usize = 64 * 1024;
/// The least time between two writes of a job's progress.
const PROGRESS: Duration = Duration::from_millis(500);

/// The job that a handler is doing. Cheap to clone.
#[derive(Clone)]
pub struct Job(Arc<Inner>);

struct Inner {
    services: Services,
    id: Uuid,
    kind: String,
    lease: Uuid,
    attempt: i32,
    max_attempts: i32,
    created_by: Option<Uuid>,
    asked_by: Option<Uuid>,
    caller: Caller,
    log: Mutex<String>,
    finished: AtomicBool,
    progressed: Mutex<Option<Instant>>,
    stop: CancellationToken,
}

impl Job {
    pub(super) fn new(services: Services, tenant: Uuid, claimed: &Claimed, stop: CancellationToken) -> Self {
        let caller = Caller { actor: Actor::Job(claimed.id), ..Caller::system(tenant, claimed.id) };
        Self(Arc::new(Inner {
            services,
            id: claimed.id,
            kind: claimed.kind.clone(),
            lease: claimed.lease,
            attempt: claimed.attempt,
            max_attempts: claimed.max_attempts,
            created_by: claimed.created_by,
            asked_by: claimed.created_by.filter(|_| claimed.waiting.as_deref() == Some("user")),
            caller,
            log: Mutex::default(),
            finished: AtomicBool::new(false),
            progressed: Mutex::default(),
            stop,
        }))
    }

    /// Its id.
    pub fn id(&self) -> Uuid {
        self.0.id
    }

    /// Whose job it is.
    pub fn tenant(&self) -> Uuid {
        self.0.caller.tenant
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> i32 {
        self.0.attempt
    }

    /// How many attempts there may be.
    pub fn max_attempts(&self) -> i32 {
        self.0.max_attempts
    }

    /// Who made it: a user, portal user, token or another job.
    pub fn created_by(&self) -> Option<Uuid> {
        self.0.created_by
    }

    /// The program at work for the tenant; the audit trail names the job as the actor.
    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.services.db
    }

    /// The outside world.
    pub fn services(&self) -> &Services {
        &self.0.services
    }

    /// A transaction in the job's name.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn begin(&self) -> Result<TenantTx, Problem> {
        self.db().begin(self.caller()).await
    }

    /// Ends this job within the handler's own transaction, so that its effect and "completed" commit together. The
    /// handler then gives `Ok` of anything.
    ///
    /// # Errors
    /// `conflict` where the job belongs to somebody else by now (its lease ran out, or it was cancelled): the
    /// transaction must not be committed.
    pub async fn finish_in(&self, tx: &mut TenantTx, result: Value) -> Result<(), Problem> {
        let ended =
            Ended { id: self.0.id, lease: self.0.lease, end: End::Completed(result), log: self.taken_log() };
        if queue::finish(tx, &[ended]).await?.is_empty() {
            return Err(Problem::new(&codes::CONFLICT, "This job was taken from its worker."));
        }
        if let Some(user) = self.0.asked_by {
            let ended = EndedJob { id: self.0.id, kind: &self.0.kind, asked_by: Some(user), failure: None };
            notices::job_ended(tx, ended).await?;
        }
        self.0.finished.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Writes a line into the log of this attempt, which `tenantry jobs show` prints. What exceeds 64 KiB is left out.
    pub fn log(&self, line: impl Display) {
        let mut log = self.0.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() < LOG {
            // Writing to a string cannot fail.
            let _ = writeln!(log, "{line}");
        }
    }

    /// Keeps how far it is with the job, twice a second at most; what comes sooner is passed over.
    ///
    /// # Errors
    /// Problems of the database.
    pub async fn progress(&self, value: Value) -> Result<(), Problem> {
        let now = Instant::now();
        {
            let mut last = self.0.progressed.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|last| now < last + PROGRESS) {
                return Ok(());
            }
            *last = Some(now);
        }
        let mut tx = self.begin().await?;
        tx.execute(
            sql!("update jobs set progress = $4 where tenant_id = $1 and id = $2 and lease = $3"),
            &[&self.tenant(), &self.0.id, &self.0.lease, &value],
        )
        .await?;
        tx.commit().await
    }

    /// Done when the process is about to end. A long handler that then stops at a point from which it can go on, and
    /// gives any error, is given back without using up the attempt. (A job that is cancelled or lost is not asked:
    /// its handler's future is dropped, which rolls its transaction back.)
    pub fn cancelled(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// Refuses to go on where the process is about to end; the job is then given back and goes on elsewhere.
    ///
    /// # Errors
    /// `unavailable`, to be handed on from a point from which the handler can go on.
    pub fn go_on(&self) -> Result<(), Problem> {
        match self.cancelled().is_cancelled() {
            true => Err(Problem::new(&codes::UNAVAILABLE, "The process is about to end.")),
            false => Ok(()),
        }
    }

    /// The user who waits to be told when it has ended.
    pub(super) fn asked_by(&self) -> Option<Uuid> {
        self.0.asked_by
    }

    /// Whether the handler has ended the job itself.
    pub(super) fn is_finished(&self) -> bool {
        self.0.finished.load(Ordering::Relaxed)
    }

    pub(super) fn taken_log(&self) -> Option<String> {
        let log = std::mem::take(&mut *self.0.log.lock().unwrap_or_else(PoisonError::into_inner));
        (!log.is_empty()).then_some(log)
    }
}
