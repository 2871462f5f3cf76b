//! Sending an endpoint what it has missed.

use jiff::Timestamp;
use model::{
    field::{self, Field, Text},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use store::{Lane, TenantTx, sql};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

const INPUT: &[Field] = &[
    field::timestamp("since", "Since")
        .th("ตั้งแต่")
        .required()
        .help("Events from this moment on.")
        .example("2026-01-31T09:30:00Z"),
    field::boolean("delivered_too", "Delivered ones too")
        .th("รวมที่ส่งถึงแล้ว")
        .default("false")
        .help("Sends again what the endpoint has taken already.")
        .example("false"),
];

/// `webhook_subscriptions.replay`.
pub(super) const OPERATION: Operation = Operation::on_record::<Replay>("webhook_subscriptions", "replay")
    .about(
        Text::of("Replay", "ส่งย้อนหลัง"),
        "Sends the events since a moment that the endpoint wants and has not taken: those that failed, were cancelled, \
         wait for a later attempt, or happened while it was disabled or not yet subscribed.",
    )
    .input(INPUT)
    .in_system_scope();

/// The input.
#[derive(Debug, Deserialize)]
pub struct Replay {
    since: Timestamp,
    delivered_too: bool,
}

/// What is under way.
#[derive(Debug, Serialize)]
pub struct Replayed {
    id: Uuid,
    /// Deliveries that are attempted now.
    deliveries: u64,
}

impl Operate<Uuid> for Replay {
    type Done = Replayed;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Replayed, Problem> {
        // Those that are not handed on yet come by themselves. A test concerns the one who asked for it.
        let deliveries = tx
            .execute(
                sql!(
                    "insert into webhook_deliveries (tenant_id, id, subscription_id, event_id, next_attempt_at)
                     select $1, app.uuid7(), s.id, e.id, case when s.secret is not null then now() end
                     from webhook_subscriptions s join webhook_events e on e.tenant_id = $1 and e.id >= app.uuid7_at($3) and e.state = 'done'
                       and s.event_types && array['*', split_part(e.type, '.', 1) || '.*', e.type]
                       and e.type <> 'webhook_subscription.tested'
                     where s.tenant_id = $1 and s.id = $2 order by e.id
                     on conflict (tenant_id, subscription_id, event_id) do update
                     set state = 'pending', attempts = 0, next_attempt_at = excluded.next_attempt_at, lease = null,
                       completed_at = null
                     where (webhook_deliveries.state <> 'delivered' or $4)
                       and (webhook_deliveries.lease is null or webhook_deliveries.next_attempt_at <= excluded.next_attempt_at)"
                ),
                &[&tx.tenant(), &id, &self.since, &self.delivered_too],
            )
            .await?;
        tx.wake(Lane::Deliveries);
        Ok(Replayed { id, deliveries })
    }
}
