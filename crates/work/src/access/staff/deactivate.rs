//! A user who acts no more: signed out everywhere, the account and its roles kept.

use model::{
    field::{self, Field, Text},
    problem::{Code, Problem},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::{
    access::{
        audit::{self, Note},
        rights::{self, out_of_office, outranks},
    },
    operation::{Operate, Operation},
};

const INPUT: &[Field] = &[field::text("reason", "Reason")
    .th("เหตุผล")
    .help("Kept in the audit trail.")
    .example("Left the company")];

const REFUSALS: &[&Code] = &[&rights::BEYOND_OWN, &rights::LAST_ADMIN];

/// `users.deactivate`.
pub(super) const OPERATION: Operation = Operation::on_record::<Deactivate>("users", "deactivate")
    .about(
        Text::of("Deactivate", "ปิดการใช้งาน"),
        "The user can no longer sign in and is signed out everywhere. Records, roles and teams stay as they are.",
    )
    .input(INPUT)
    .refusals(REFUSALS);

/// The input.
#[derive(Debug, Deserialize)]
pub struct Deactivate {
    reason: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Deactivated {
    id: Uuid,
    is_active: bool,
    /// How many devices were signed out.
    sessions_ended: u64,
    #[serde(skip)]
    changed: bool,
}

impl Operate<Uuid> for Deactivate {
    type Done = Deactivated;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Deactivated, Problem> {
        outranks(tx, id).await?;
        let changed = tx
            .execute(
                sql!("update users set is_active = false where tenant_id = $1 and id = $2 and is_active"),
                &[&tx.tenant(), &id],
            )
            .await?;
        let now = tx.world().now();
        let sessions_ended = tx
            .execute(
                sql!(
                    "update sessions set revoked_at = $3
                     where tenant_id = $1 and user_id = $2 and revoked_at is null and expires_at > $3"
                ),
                &[&tx.tenant(), &id, &now],
            )
            .await?;
        if changed > 0 {
            out_of_office(tx, id).await?;
            let told = Some(json!({ "reason": self.reason, "sessions_ended": sessions_ended }));
            audit::note(tx, Note { entity: "users", id: Some(id), action: "deactivate", new_values: told })
                .await?;
        }
        Ok(Deactivated { id, is_active: false, sessions_ended, changed: changed > 0 })
    }

    fn happened(done: &Deactivated) -> bool {
        done.changed
    }
}
