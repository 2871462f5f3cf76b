//! Sending a delivery again.

use model::{
    field::Text,
    problem::{Code, Problem, codes},
};
use serde::{Deserialize, Serialize};
use store::{Lane, TenantTx, sql};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

const REFUSALS: &[&Code] = &[&codes::CONFLICT];

/// `webhook_deliveries.resend`.
pub(super) const OPERATION: Operation = Operation::on_record::<Resend>("webhook_deliveries", "resend")
    .past("resent")
    .about(
        Text::of("Send again", "ส่งอีกครั้ง"),
        "Sends the event to the endpoint again, at once and with all its attempts, whatever came of it before. The \
         endpoint knows it by the same `webhook-id`.",
    )
    .refusals(REFUSALS)
    .in_system_scope();

/// It takes no input.
#[derive(Debug, Deserialize)]
pub struct Resend {}

/// What stands now.
#[derive(Debug, Serialize)]
pub struct Resent {
    id: Uuid,
    state: &'static str,
}

impl Operate<Uuid> for Resend {
    type Done = Resent;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Resent, Problem> {
        let changed = tx
            .execute(
                sql!(
                    "update webhook_deliveries d set state = 'pending', attempts = 0, lease = null, completed_at = null,
                       next_attempt_at = case when s.secret is not null then now() end
                     from webhook_subscriptions s
                     where d.tenant_id = $1 and d.id = $2 and (d.lease is null or d.next_attempt_at <= now())
                       and s.tenant_id = $1 and s.id = d.subscription_id"
                ),
                &[&tx.tenant(), &id],
            )
            .await?;
        if changed == 0 {
            let text = "An attempt at this delivery is just under way. Wait for what comes of it.";
            return Err(Problem::new(&codes::CONFLICT, text));
        }
        tx.wake(Lane::Deliveries);
        Ok(Resent { id, state: "pending" })
    }
}
