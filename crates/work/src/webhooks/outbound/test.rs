//! Sending an endpoint an event that tells nothing, to see whether it answers.

use model::{field::Text, problem::Problem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Lane, TenantTx, sql};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

/// `webhook_subscriptions.test`.
pub(super) const OPERATION: Operation = Operation::on_record::<Test>("webhook_subscriptions", "test")
    .about(
        Text::of("Send a test", "ทดสอบส่ง"),
        "Sends this endpoint alone an event `webhook_subscription.tested`, a disabled one included. Its delivery tells \
         what came of it.",
    )
    .in_system_scope();

/// It takes no input.
#[derive(Debug, Deserialize)]
pub struct Test {}

/// Where to look for what comes of it.
#[derive(Debug, Serialize)]
pub struct Sent {
    id: Uuid,
    event_id: Uuid,
    delivery_id: Uuid,
}

impl Operate<Uuid> for Test {
    type Done = Sent;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Sent, Problem> {
        let (tenant, event_id, delivery_id, actor) = (tx.tenant(), tx.id(), tx.id(), tx.actor().id());
        let kind = format!("webhook_subscription.{}", OPERATION.event_action());
        let payload = json!({ "id": id, "result": {} });
        // Handed on already: it concerns no other subscription.
        tx.execute(
            sql!(
                "with event as (
                   insert into webhook_events (tenant_id, id, type, entity, entity_id, payload, state, created_by)
                   values ($1, $2, $3, 'webhook_subscriptions', $4, $5, 'done', $7) returning id)
                 insert into webhook_deliveries (tenant_id, id, subscription_id, event_id, next_attempt_at, created_by)
                 select $1, $6, s.id, e.id, case when s.secret is not null then now() end, $7
                 from event e join webhook_subscriptions s on s.tenant_id = $1 and s.id = $4"
            ),
            &[&tenant, &event_id, &kind, &id, &payload, &delivery_id, &actor],
        )
        .await?;
        tx.wake(Lane::Deliveries);
        Ok(Sent { id, event_id, delivery_id })
    }

    /// The event is told by this operation itself, and to one endpoint.
    fn happened(_: &Sent) -> bool {
        false
    }
}
