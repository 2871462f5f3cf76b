//! Processing what was received: a job per event, and replays of those that failed.
//!
//! What an event does, the log's new state and the job's end commit together, so an event has its effect once. A payload
//! that is wrong goes to `failed_webhooks` at once, since no further try mends it; everything else is tried five times.

use jiff::{SignedDuration, Timestamp};
use model::{
    notices::WEBHOOK_FAILED,
    problem::{Problem, codes},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{TenantTx, sql, sql::Row};
use uuid::Uuid;

use super::{apply, effect, source::Kind};
use crate::{
    jobs::{Job, Perform},
    notices::{Notice, To, Words, notify},
};

/// Tries before an event is given up.
const TRIES: i32 = 5;

/// When an event that no payload is to blame for is replayed by itself, and how often.
const LATER: (SignedDuration, i32) = (SignedDuration::from_hours(1), 5);

/// An event about to be processed.
#[derive(Debug)]
pub struct Event {
    /// Its log.
    pub log: Uuid,
    /// Who sent it.
    pub source: Uuid,
    /// The source's code: the name under which its ids of records are kept.
    pub code: String,
    /// The source's kind.
    pub kind: Kind,
    /// What the events of a generic source do.
    pub mapping: Value,
    /// What payloads must hold.
    pub schema: Value,
    /// What the sender calls such events.
    pub event_type: Option<String>,
    /// n8n's workflow.
    pub workflow_id: Option<String>,
    /// What it says.
    pub payload: Option<Value>,
    /// Failed tries so far.
    pub tries: i32,
}

impl Event {
    fn of(row: &Row) -> Result<Self, Problem> {
        Ok(Self {
            log: row.get(0),
            source: row.get(1),
            code: row.get(2),
            kind: Kind::from_name(row.get(3))
                .ok_or_else(|| Problem::internal("a source of no known kind"))?,
            mapping: row.get(4),
            schema: row.get(5),
            event_type: row.get(6),
            workflow_id: row.get(7),
            payload: row.get(8),
            tries: row.get(9),
        })
    }
}

/// Processes one logged event.
#[derive(Debug, Serialize, Deserialize)]
pub struct Process {
    log: Uuid,
}

impl Perform for Process {
    const KIND: &'static str = "webhooks.process";
    // Failures are counted on the log; a worker that dies in the middle is no failure of the event.
    const MAX_ATTEMPTS: i32 = 20;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let mut tx = job.begin().await?;
        let begun = tx
            .optional(
                sql!(
                    "update webhook_logs l set status = 'PROCESSING' from webhook_sources s
                     where l.tenant_id = $1 and l.id = $2 and l.status in ('RECEIVED', 'PROCESSING', 'RETRY_NEEDED')
                       and s.tenant_id = $1 and s.id = l.source_id
                     returning l.id, s.id, s.code, s.kind, s.mapping, s.payload_schema, l.event_type, l.workflow_id,
                               l.payload, l.retry_count"
                ),
                &[&job.tenant(), &self.log],
            )
            .await?;
        tx.commit().await?;
        let Some(row) = begun else {
            return Ok(json!({ "passed_over": "processed already, or no longer there" }));
        };
        let event = Event::of(&row)?;
        match settle(job, &event, None).await {
            Ok(outcome) => Ok(outcome),
            Err(problem) => {
                job.log(&problem);
                give_up_or_wait(job, &event, problem).await
            }
        }
    }
}

/// Does what the event says and ends the job, all in one transaction. A race with another event about the same record
/// is run once more at once.
async fn settle(job: &Job, event: &Event, failed: Option<Uuid>) -> Result<Value, Problem> {
    match attempt(job, event, failed).await {
        Err(problem) if [&codes::DUPLICATE, &codes::BUSY].contains(&problem.code()) => {
            attempt(job, event, failed).await
        }
        done => done,
    }
}

async fn attempt(job: &Job, event: &Event, failed: Option<Uuid>) -> Result<Value, Problem> {
    let effect = effect::of(event)?;
    let mut tx = job.begin().await?;
    let outcome = apply::apply(&mut tx, event, effect).await?;
    processed(&mut tx, event.log, &outcome).await?;
    if let Some(failed) = failed {
        resolve(&mut tx, failed).await?;
    }
    job.finish_in(&mut tx, outcome.clone()).await?;
    tx.commit().await?;
    metrics::counter!("tenantry_webhooks_processed_total").increment(1);
    Ok(outcome)
}

async fn processed(tx: &mut TenantTx, log: Uuid, outcome: &Value) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.world().now());
    tx.execute(
        sql!(
            "update webhook_logs set status = 'PROCESSED', processed_at = $3, outcome = $4, error_message = null
             where tenant_id = $1 and id = $2"
        ),
        &[&tenant, &log, &now, outcome],
    )
    .await?;
    Ok(())
}

async fn resolve(tx: &mut TenantTx, failed: Uuid) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.world().now());
    tx.execute(
        sql!(
            "update failed_webhooks set resolved_at = $3, replays = replays + 1, retry_after = null, manual_review = false
             where tenant_id = $1 and id = $2"
        ),
        &[&tenant, &failed, &now],
    )
    .await?;
    Ok(())
}

/// Whether no further try mends it: what the payload says is wrong.
fn is_final(problem: &Problem) -> bool {
    *problem.code() == codes::INVALID
}

/// What is kept of a failure.
fn told(problem: &Problem) -> Value {
    json!({ "code": problem.code().code, "detail": problem.detail(), "errors": problem.field_errors() })
}

/// Counts the failed try; the last one, or one that nothing mends, puts the event into the dead-letter queue.
async fn give_up_or_wait(job: &Job, event: &Event, problem: Problem) -> Result<Value, Problem> {
    let tries = event.tries + 1;
    let (ends, detail) = (is_final(&problem) || tries >= TRIES, problem.to_string());
    let mut tx = job.begin().await?;
    let status = if ends { "FAILED" } else { "RETRY_NEEDED" };
    let counted = tx
        .execute(
            sql!(
                "update webhook_logs set status = $3, retry_count = $4, error_message = $5
                 where tenant_id = $1 and id = $2 and status = 'PROCESSING'"
            ),
            &[&job.tenant(), &event.log, &status, &tries, &detail],
        )
        .await?;
    if !ends || counted == 0 {
        tx.commit().await?;
        return Err(problem);
    }
    let later = (!is_final(&problem)).then(|| job.db().world().now() + LATER.0);
    let id = tx.id();
    let row = tx
        .one(
            sql!(
                "insert into failed_webhooks (tenant_id, id, original_log_id, source_id, payload, error_details, retry_after)
                 values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (tenant_id, original_log_id) do update set error_details = excluded.error_details,
                   retry_after = excluded.retry_after, resolved_at = null
                 returning id"
            ),
            &[&job.tenant(), &id, &event.log, &event.source, &event.payload, &told(&problem), &later],
        )
        .await?;
    let failed: Uuid = row.get(0);
    if let Some(moment) = later {
        tx.enqueue(Replay::at(failed, moment)?).await?;
    }
    notify(&mut tx, To::Role("admin"), given_up(event, failed, &problem)).await?;
    let outcome = json!({ "failed_webhook": failed, "reason": problem.detail() });
    job.finish_in(&mut tx, outcome.clone()).await?;
    tx.commit().await?;
    metrics::counter!("tenantry_webhooks_failed_total").increment(1);
    tracing::warn!(tenant = %job.tenant(), log = %event.log, code = problem.code().code, "a webhook could not be processed");
    Ok(outcome)
}

/// What admins are told of an event that was given up. The problem's code tells why: its text may quote the payload.
fn given_up(event: &Event, failed: Uuid, problem: &Problem) -> Notice {
    let (source, reason) = (&event.code, problem.code().code);
    Notice::new(
        &WEBHOOK_FAILED,
        Words::of(
            format!("A webhook of {source} could not be processed"),
            format!("ประมวลผลเว็บฮุคจาก {source} ไม่สำเร็จ"),
        ),
    )
    .body(Words::of(
        format!("It waits among the failed webhooks for review ({reason}). Mend it there and replay it."),
        format!("รอการตรวจสอบในรายการเว็บฮุคที่ล้มเหลว ({reason}) แก้ไขแล้วสั่งประมวลผลซ้ำได้ที่นั่น"),
    ))
    .about("failed_webhooks", failed)
    .link(format!("/dev/failed_webhooks/{failed}"))
}

/// Processes an event of the dead-letter queue again, as it now stands there.
#[derive(Debug, Serialize, Deserialize)]
pub struct Replay {
    failed: Uuid,
    /// The moment it was set for; another one set since makes this replay void. `None`: asked for by hand.
    #[serde(default)]
    due: Option<Timestamp>,
}

impl Replay {
    /// The job for a replay by hand.
    ///
    /// # Errors
    /// A defect where the payload is no JSON.
    pub fn now(failed: Uuid) -> Result<store::NewJob, Problem> {
        Ok(Self { failed, due: None }.job()?.unique(format!("failed_webhook {failed}")))
    }

    /// The job for a replay at a moment.
    ///
    /// # Errors
    /// As [`Replay::now`].
    pub fn at(failed: Uuid, moment: Timestamp) -> Result<store::NewJob, Problem> {
        Ok(Self { failed, due: Some(moment) }.job()?.at(moment))
    }
}

impl Perform for Replay {
    const KIND: &'static str = "failed_webhooks.replay";
    const MAX_ATTEMPTS: i32 = 20;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let mut tx = job.begin().await?;
        let found = tx
            .optional(
                sql!(
                    "select f.original_log_id, s.id, s.code, s.kind, s.mapping, s.payload_schema, l.event_type, l.workflow_id,
                            f.payload, f.replays, f.retry_after
                     from failed_webhooks f
                     join webhook_sources s on s.tenant_id = f.tenant_id and s.id = f.source_id
                     left join webhook_logs l on l.tenant_id = f.tenant_id and l.id = f.original_log_id
                     where f.tenant_id = $1 and f.id = $2 and f.resolved_at is null"
                ),
                &[&job.tenant(), &self.failed],
            )
            .await?;
        tx.commit().await?;
        let Some(row) = found else {
            return Ok(json!({ "passed_over": "resolved already, or no longer there" }));
        };
        // PostgreSQL keeps microseconds.
        let set = row.get::<_, Option<Timestamp>>(10).map(|moment| moment.as_microsecond());
        if self.due.is_some_and(|due| set != Some(due.as_microsecond())) {
            return Ok(json!({ "passed_over": "set for another moment since" }));
        }
        let event = Event::of(&row)?;
        match settle(job, &event, Some(self.failed)).await {
            Ok(outcome) => Ok(outcome),
            Err(problem) => {
                job.log(&problem);
                self.fail(job, &event, problem).await
            }
        }
    }
}

impl Replay {
    async fn fail(&self, job: &Job, event: &Event, problem: Problem) -> Result<Value, Problem> {
        let mut tx = job.begin().await?;
        let again = !is_final(&problem) && event.tries < LATER.1;
        let later = again.then(|| job.db().world().now() + LATER.0);
        tx.execute(
            sql!(
                "update failed_webhooks set replays = replays + 1, error_details = $3, retry_after = $4
                 where tenant_id = $1 and id = $2"
            ),
            &[&job.tenant(), &self.failed, &told(&problem), &later],
        )
        .await?;
        if let Some(moment) = later {
            tx.enqueue(Self::at(self.failed, moment)?).await?;
        }
        let outcome = json!({ "failed_webhook": self.failed, "reason": problem.detail() });
        job.finish_in(&mut tx, outcome.clone()).await?;
        tx.commit().await?;
        Ok(outcome)
    }
}
