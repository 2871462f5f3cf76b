//! Letting an endpoint have no events for now.

use model::{
    field::{self, Field, Text},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use store::TenantTx;
use uuid::Uuid;

use super::health;
use crate::operation::{Operate, Operation};

const INPUT: &[Field] = &[field::text("reason", "Reason")
    .th("เหตุผล")
    .help("What others read about it.")
    .example("Moves to another host")];

/// `webhook_subscriptions.disable`.
pub(super) const OPERATION: Operation = Operation::on_record::<Disable>("webhook_subscriptions", "disable")
    .about(
        Text::of("Disable", "ปิดใช้"),
        "Tells the endpoint no events from now on, and cancels those that wait for it. They can be replayed later.",
    )
    .input(INPUT)
    .in_system_scope();

/// The input.
#[derive(Debug, Deserialize)]
pub struct Disable {
    reason: Option<String>,
}

/// What stands now.
#[derive(Debug, Serialize)]
pub struct Disabled {
    id: Uuid,
    status: &'static str,
    #[serde(skip)]
    changed: bool,
}

impl Operate<Uuid> for Disable {
    type Done = Disabled;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Disabled, Problem> {
        let reason = self.reason.as_deref().unwrap_or("Disabled by hand.");
        let disabled = health::disable(tx, id, reason).await?;
        Ok(Disabled { id, status: "disabled", changed: disabled.is_some() })
    }

    fn happened(done: &Disabled) -> bool {
        done.changed
    }
}
