//! How an endpoint is doing: a run of nothing but failures, and its end.

use jiff::{SignedDuration, Timestamp};
use model::{notices::WEBHOOK_ENDPOINT_DISABLED, problem::Problem};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::notices::{Notice, To, Words, notify};

/// Failures within a day that start the clock.
const SEVERAL: i32 = 3;
/// The day within which they must fall.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Nothing but failures for so long disables the endpoint.
const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// Failures since the last success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    failures: i32,
    first: Timestamp,
    /// Nothing but failures since; `None` while they are few.
    clock: Option<Timestamp>,
}

impl Run {
    /// The run after more failures. A few that lie far apart begin anew each time: an endpoint that is seldom told
    /// anything is not judged by it.
    fn after(before: Option<Self>, more: i32, now: Timestamp) -> Self {
        let mut run = match before {
            Some(run) if run.clock.is_some() || now.duration_since(run.first) < DAY => run,
            _ => Self { failures: 0, first: now, clock: None },
        };
        run.failures = run.failures.saturating_add(more);
        if run.clock.is_none() && run.failures >= SEVERAL {
            run.clock = Some(run.first);
        }
        run
    }

    fn is_hopeless(&self, now: Timestamp) -> bool {
        self.clock.is_some_and(|since| now.duration_since(since) >= PATIENCE)
    }
}

/// The endpoint has answered: what failed before is forgotten.
pub async fn succeeded(tx: &mut TenantTx, subscription: Uuid) -> Result<(), Problem> {
    tx.execute(
        sql!("delete from webhook_failures where tenant_id = $1 and subscription_id = $2"),
        &[&tx.tenant(), &subscription],
    )
    .await?;
    Ok(())
}

/// Counts failures. After five days of nothing else the endpoint is disabled and people are told.
pub async fn failed(tx: &mut TenantTx, subscription: Uuid, more: i32, error: &str) -> Result<(), Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.world().now(), tx.id());
    // One at a time counts for an endpoint.
    tx.optional(
        sql!("select from webhook_subscriptions where tenant_id = $1 and id = $2 for no key update"),
        &[&tenant, &subscription],
    )
    .await?;
    let before = tx
        .optional(
            sql!(
                "select failures, first_failed_at, clock_started_at from webhook_failures
                 where tenant_id = $1 and subscription_id = $2"
            ),
            &[&tenant, &subscription],
        )
        .await?;
    let before = before.map(|row| Run { failures: row.get(0), first: row.get(1), clock: row.get(2) });
    let run = Run::after(before, more, now);
    tx.execute(
        sql!(
            "insert into webhook_failures
               (tenant_id, id, subscription_id, failures, first_failed_at, last_failed_at, clock_started_at, last_error)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (tenant_id, subscription_id) do update
             set failures = excluded.failures, first_failed_at = excluded.first_failed_at,
               last_failed_at = excluded.last_failed_at, clock_started_at = excluded.clock_started_at,
               last_error = excluded.last_error"
        ),
        &[&tenant, &id, &subscription, &run.failures, &run.first, &now, &run.clock, &error],
    )
    .await?;
    if run.is_hopeless(now) {
        let why = Words::of(
            format!("Nothing but failures for five days. The last one: {error}"),
            format!("ล้มเหลวต่อเนื่องห้าวัน ครั้งล่าสุด: {error}"),
        );
        give_up(tx, subscription, why).await?;
    }
    Ok(())
}

/// The endpoint answered 410: it wants no events any more.
pub async fn gone(tx: &mut TenantTx, subscription: Uuid) -> Result<(), Problem> {
    let why = Words::of(
        "The endpoint answered 410 Gone: it wants no events any more.",
        "ปลายทางตอบ 410 Gone: ไม่ต้องการรับเหตุการณ์อีก",
    );
    give_up(tx, subscription, why).await
}

/// Disables the endpoint, and tells those who may enable it again.
async fn give_up(tx: &mut TenantTx, subscription: Uuid, why: Words) -> Result<(), Problem> {
    let Some(name) = disable(tx, subscription, &why.en).await? else { return Ok(()) };
    let title = Words::of(format!("Webhook endpoint disabled: {name}"), format!("ปลายทางเว็บฮุกถูกปิด: {name}"));
    let notice = Notice::new(&WEBHOOK_ENDPOINT_DISABLED, title)
        .body(why)
        .about("webhook_subscriptions", subscription)
        .link(format!("/dev/webhooks/{subscription}"));
    notify(tx, To::Permission("webhook_subscriptions.enable"), notice).await?;
    Ok(())
}

/// Disables an active endpoint: it is told no new events, and what waits for it is cancelled. Gives its name; `None`
/// where it was not active.
pub async fn disable(tx: &mut TenantTx, subscription: Uuid, why: &str) -> Result<Option<String>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.world().now());
    let disabled = tx
        .optional(
            sql!(
                "update webhook_subscriptions set status = 'disabled', disabled_at = $3, disabled_reason = $4
                 where tenant_id = $1 and id = $2 and status = 'active' returning name"
            ),
            &[&tenant, &subscription, &now, &why],
        )
        .await?;
    // What is under way is settled by who attempts it.
    tx.execute(
        sql!(
            "update webhook_deliveries set state = 'cancelled', next_attempt_at = null, lease = null, completed_at = now()
             where tenant_id = $1 and subscription_id = $2 and state = 'pending'
               and (lease is null or next_attempt_at <= now())"
        ),
        &[&tenant, &subscription],
    )
    .await?;
    Ok(disabled.map(|row| row.get(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_starts_after_several_failures_within_a_day_and_ends_after_five() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let at = |hours| start + SignedDuration::from_hours(hours);
        let mut run = Run::after(None, 1, at(0));
        run = Run::after(Some(run), 1, at(23));
        assert_eq!((run.failures, run.clock), (2, None));
        // Two a day for ever are too few.
        run = Run::after(Some(run), 1, at(25));
        assert_eq!((run.failures, run.first, run.clock), (1, at(25), None));
        run = Run::after(Some(run), 2, at(26));
        assert_eq!((run.failures, run.clock), (3, Some(at(25))));
        run = Run::after(Some(run), 5, at(25 + 5 * 24 - 1));
        assert!(!run.is_hopeless(at(25 + 5 * 24 - 1)));
        assert!(run.is_hopeless(at(25 + 5 * 24)));
        assert!(Run::after(None, 100, at(0)).clock.is_some());
        assert!(!Run::after(None, 100, at(0)).is_hopeless(at(0)));
    }
}
