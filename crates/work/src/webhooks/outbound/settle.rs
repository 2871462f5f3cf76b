//! Writing down what came of attempts.

use std::time::Duration;

use jiff::Timestamp;
use model::problem::Problem;
use serde_json::Value;
use store::{Db, sql};
use uuid::Uuid;

use super::{
    claim::Endpoint,
    health,
    message::logged,
    verdict::{Verdict, error},
};
use crate::outbound::{Failure, Response};

/// Bytes of an answer that the log keeps.
const KEPT: usize = 4 * 1024;

/// One attempt.
pub struct Attempt {
    pub delivery: Uuid,
    /// Its number, from 1.
    pub number: i32,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub started: Timestamp,
    pub took: Duration,
    pub answer: Result<Response, Failure>,
    pub verdict: Verdict,
}

impl Attempt {
    fn state(&self) -> &'static str {
        match self.verdict {
            Verdict::Delivered => "delivered",
            Verdict::Again(_) => "pending",
            Verdict::Failed | Verdict::Gone => "failed",
        }
    }

    fn outcome(&self) -> &'static str {
        if self.verdict == Verdict::Delivered { "delivered" } else { "failed" }
    }

    fn wait(&self) -> f64 {
        if let Verdict::Again(wait) = self.verdict { wait.as_secs_f64() } else { 0.0 }
    }

    fn sent(&self) -> Value {
        logged(self.headers.iter().map(|(name, value)| (*name, value.as_str())))
    }

    fn came(&self) -> Option<Value> {
        let response = self.answer.as_ref().ok()?;
        Some(logged(response.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
    }

    /// The beginning of the answer as text; PostgreSQL's texts hold no NUL.
    fn text(&self) -> Option<String> {
        let body = &self.answer.as_ref().ok()?.body;
        let text = String::from_utf8_lossy(&body[..body.len().min(KEPT)]);
        (!text.is_empty()).then(|| text.replace('\0', "\u{fffd}"))
    }

    fn status(&self) -> Option<i32> {
        self.answer.as_ref().ok().map(|response| i32::from(response.status))
    }
}

/// Writes attempts of one endpoint and what follows from them, in one transaction: the log, the deliveries as far as
/// this process still holds them, and how the endpoint is doing. What was claimed and not attempted goes back.
///
/// # Errors
/// Problems of the database. Nothing is written then, and the attempts are made again when their lease has run out.
pub async fn settle(
    db: &Db,
    endpoint: Endpoint,
    lease: Uuid,
    attempts: &[Attempt],
    back: &[Uuid],
) -> Result<(), Problem> {
    let mut tx = endpoint.begin(db).await?;
    write(&mut tx, endpoint.subscription, lease, attempts).await?;
    if !back.is_empty() {
        tx.execute(
            sql!(
                "update webhook_deliveries set lease = null, next_attempt_at = now()
                 where tenant_id = $1 and lease = $2 and id = any($3)"
            ),
            &[&endpoint.tenant, &lease, &back],
        )
        .await?;
    }
    let delivered = attempts.iter().any(|one| one.verdict == Verdict::Delivered);
    let failures = attempts.iter().filter_map(|one| error(&one.answer)).collect::<Vec<_>>();
    if delivered {
        health::succeeded(&mut tx, endpoint.subscription).await?;
    } else if let Some(last) = failures.last() {
        let more = i32::try_from(failures.len()).unwrap_or(i32::MAX);
        health::failed(&mut tx, endpoint.subscription, more, last).await?;
    }
    if attempts.iter().any(|one| one.verdict == Verdict::Gone) {
        health::gone(&mut tx, endpoint.subscription).await?;
    }
    tx.commit().await
}

/// The statement. An endpoint that is disabled gets no second attempt.
async fn write(
    tx: &mut store::TenantTx,
    subscription: Uuid,
    lease: Uuid,
    attempts: &[Attempt],
) -> Result<(), Problem> {
    if attempts.is_empty() {
        return Ok(());
    }
    let (tenant, world) = (tx.tenant(), tx.world().clone());
    let column = |of: fn(&Attempt) -> &'static str| attempts.iter().map(of).collect::<Vec<_>>();
    let ids: Vec<Uuid> = attempts.iter().map(|_| world.id()).collect();
    let deliveries: Vec<Uuid> = attempts.iter().map(|one| one.delivery).collect();
    let numbers: Vec<i32> = attempts.iter().map(|one| one.number).collect();
    let (states, outcomes) = (column(Attempt::state), column(Attempt::outcome));
    let waits: Vec<f64> = attempts.iter().map(Attempt::wait).collect();
    let statuses: Vec<Option<i32>> = attempts.iter().map(Attempt::status).collect();
    let errors: Vec<Option<String>> = attempts.iter().map(|one| error(&one.answer)).collect();
    let took: Vec<i32> =
        attempts.iter().map(|one| i32::try_from(one.took.as_millis()).unwrap_or(i32::MAX)).collect();
    let urls: Vec<&str> = attempts.iter().map(|one| one.url.as_str()).collect();
    let sent: Vec<Value> = attempts.iter().map(Attempt::sent).collect();
    let came: Vec<Option<Value>> = attempts.iter().map(Attempt::came).collect();
    let bodies: Vec<Option<String>> = attempts.iter().map(Attempt::text).collect();
    let started: Vec<Timestamp> = attempts.iter().map(|one| one.started).collect();
    tx.execute(
        sql!(
            "with tried as materialized (
               select * from unnest($4::uuid[], $5::uuid[], $6::integer[], $7::text[], $8::text[], $9::float8[],
                 $10::integer[], $11::text[], $12::integer[], $13::text[], $14::jsonb[], $15::jsonb[], $16::text[],
                 $17::timestamptz[])
               as t (id, delivery_id, attempt, state, outcome, wait, status, error, ms, url, sent, came, body, started)),
             settled as (
               update webhook_deliveries d
               set state = case when t.state = 'pending' and s.status = 'disabled' then 'cancelled' else t.state end,
                 attempts = t.attempt, lease = null, last_status = t.status, last_error = t.error,
                 next_attempt_at = case when t.state = 'pending' and s.status <> 'disabled'
                   then now() + make_interval(secs => t.wait) end,
                 completed_at = case when t.state <> 'pending' or s.status = 'disabled' then now() end
               from tried t, webhook_subscriptions s
               where d.tenant_id = $1 and d.id = t.delivery_id and d.lease = $3 and s.tenant_id = $1 and s.id = $2)
             insert into webhook_attempts (tenant_id, id, delivery_id, subscription_id, attempt, outcome, response_status,
               duration_ms, error, url, request_headers, response_headers, response_body, started_at)
             select $1, t.id, t.delivery_id, $2, t.attempt, t.outcome, t.status, t.ms, t.error, t.url, t.sent, t.came,
               t.body, t.started
             from tried t"
        ),
        &[
            &tenant, &subscription, &lease, &ids, &deliveries, &numbers, &states, &outcomes, &waits, &statuses,
            &errors, &took, &urls, &sent, &came, &bodies, &started,
        ],
    )
    .await?;
    Ok(())
}
