//! A user who acts again, with the roles and teams that stayed.

use model::{
    field::Text,
    problem::{Code, Problem},
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::{
    access::rights::{self, outranks},
    operation::{Operate, Operation},
};

const REFUSALS: &[&Code] = &[&rights::BEYOND_OWN];

/// `users.activate`.
pub(super) const OPERATION: Operation = Operation::on_record::<Activate>("users", "activate")
    .about(
        Text::of("Activate", "เปิดการใช้งาน"),
        "The user can sign in again, with the password, roles and teams they had.",
    )
    .refusals(REFUSALS);

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct Activate {}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Activated {
    id: Uuid,
    is_active: bool,
    #[serde(skip)]
    changed: bool,
}

impl Operate<Uuid> for Activate {
    type Done = Activated;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Activated, Problem> {
        outranks(tx, id).await?;
        let changed = tx
            .execute(
                sql!("update users set is_active = true where tenant_id = $1 and id = $2 and not is_active"),
                &[&tx.tenant(), &id],
            )
            .await?;
        Ok(Activated { id, is_active: true, changed: changed > 0 })
    }

    fn happened(done: &Activated) -> bool {
        done.changed
    }
}
