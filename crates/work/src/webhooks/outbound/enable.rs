//! Letting an endpoint have events again.

use model::{field::Text, problem::Problem};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::health;
use crate::operation::{Operate, Operation};

/// `webhook_subscriptions.enable`.
pub(super) const OPERATION: Operation = Operation::on_record::<Enable>("webhook_subscriptions", "enable")
    .about(
        Text::of("Enable", "เปิดใช้"),
        "Tells a disabled endpoint events again, from now on; `replay` sends what it has missed.",
    )
    .in_system_scope();

/// It takes no input.
#[derive(Debug, Deserialize)]
pub struct Enable {}

/// What stands now.
#[derive(Debug, Serialize)]
pub struct Enabled {
    id: Uuid,
    status: &'static str,
    #[serde(skip)]
    changed: bool,
}

impl Operate<Uuid> for Enable {
    type Done = Enabled;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Enabled, Problem> {
        let changed = tx
            .execute(
                sql!(
                    "update webhook_subscriptions set status = 'active', disabled_at = null, disabled_reason = null
                     where tenant_id = $1 and id = $2 and status <> 'active'"
                ),
                &[&tx.tenant(), &id],
            )
            .await?;
        if changed == 1 {
            health::succeeded(tx, id).await?;
        }
        Ok(Enabled { id, status: "active", changed: changed == 1 })
    }

    fn happened(done: &Enabled) -> bool {
        done.changed
    }
}
