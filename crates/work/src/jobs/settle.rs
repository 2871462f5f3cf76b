//! Writing how attempts ended: many in one statement, tried again while the database is away.

use std::{collections::HashSet, sync::Arc, time::Duration};

use model::{
    caller::Caller,
    problem::{Problem, Status},
};
use serde_json::Value;
use store::{
    Db,
    queue::{self, End, Ended},
};
use tokio::time::sleep;
use uuid::Uuid;

use crate::notices::{self, EndedJob};

/// An attempt that ended, with what is needed to tell people.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub ended: Ended,
    pub kind: &'static str,
    /// Its handler ended the job itself, if its transaction was committed.
    pub by_handler: bool,
    /// The user who waits to be told of the job's end.
    pub asked_by: Option<Uuid>,
}

/// The most characters kept of an error.
const ERROR: usize = 4_000;

impl Attempt {
    /// An attempt whose texts the database can hold: PostgreSQL knows no NUL character.
    pub fn new(id: Uuid, lease: Uuid, kind: &'static str, end: End, log: Option<String>) -> Self {
        let end = match end {
            End::Completed(result) => End::Completed(without_nul(result)),
            End::Retry(wait, error) => End::Retry(wait, storable(&error)),
            End::Failed(error) => End::Failed(storable(&error)),
            End::Returned => End::Returned,
        };
        let log = log.map(|log| log.replace('\0', ""));
        Self { ended: Ended { id, lease, end, log }, kind, by_handler: false, asked_by: None }
    }
}

fn storable(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(ERROR).collect()
}

fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(values) => values.into_iter().map(without_nul).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name.replace('\0', ""), without_nul(value))).collect()
        }
        other => other,
    }
}

/// Writes a tenant's ended attempts. Gives up only where the database refuses what is to be written; the leases of
/// these jobs then run out.
pub async fn settle(db: Db, tenant: Uuid, attempts: Arc<Vec<Attempt>>) {
    let mut wait = Duration::from_millis(50);
    loop {
        let problem = match write(&db, tenant, &attempts).await {
            Ok(done) => return tell(tenant, &attempts, &done),
            Err(problem) => problem,
        };
        if !matches!(problem.code().status, Status::Unavailable | Status::Conflict) {
            tracing::error!(%tenant, jobs = attempts.len(), ?problem, "the ends of jobs cannot be written together");
            return one_by_one(&db, tenant, &attempts).await;
        }
        tracing::warn!(%tenant, jobs = attempts.len(), ?problem, "the ends of jobs could not be written; trying again");
        sleep(wait).await;
        wait = (wait * 2).min(Duration::from_secs(1));
    }
}

/// One attempt that cannot be written must not keep the others from it.
async fn one_by_one(db: &Db, tenant: Uuid, attempts: &[Attempt]) {
    for attempt in attempts {
        let alone = std::slice::from_ref(attempt);
        match write(db, tenant, alone).await {
            Ok(done) => tell(tenant, alone, &done),
            Err(problem) => {
                tracing::error!(%tenant, job = %attempt.ended.id, ?problem, "the end of a job cannot be written");
            }
        }
    }
}

async fn write(db: &Db, tenant: Uuid, attempts: &[Attempt]) -> Result<HashSet<Uuid>, Problem> {
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let ended: Vec<Ended> = attempts.iter().map(|attempt| attempt.ended.clone()).collect();
    let done = queue::finish(&mut tx, &ended).await?;
    for attempt in attempts.iter().filter(|attempt| done.contains(&attempt.ended.id)) {
        let failure = match &attempt.ended.end {
            End::Failed(error) => Some(&**error),
            End::Completed(_) if attempt.asked_by.is_some() => None,
            _ => continue,
        };
        let (id, kind, asked_by) = (attempt.ended.id, attempt.kind, attempt.asked_by);
        notices::job_ended(&mut tx, EndedJob { id, kind, asked_by, failure }).await?;
    }
    tx.commit().await?;
    Ok(done)
}

fn tell(tenant: Uuid, attempts: &[Attempt], done: &HashSet<Uuid>) {
    for attempt in attempts {
        let id = attempt.ended.id;
        let outcome = match (&attempt.ended.end, done.contains(&id) || attempt.by_handler) {
            (_, false) => "stale",
            (End::Completed(_), _) => "completed",
            (End::Retry(..), _) => "retried",
            (End::Failed(_), _) => "failed",
            (End::Returned, _) => "returned",
        };
        metrics::counter!("tenantry_jobs_ended_total", "kind" => attempt.kind, "outcome" => outcome)
            .increment(1);
        if outcome == "stale" {
            tracing::warn!(%tenant, job = %id, kind = attempt.kind, "the job had been taken from this worker; what it found out is dropped");
        }
    }
}
