//! Keeping a secret of a third party.

use model::{
    access::CREDENTIAL_KINDS,
    field::{self, Field, Text},
    problem::{FieldError, Problem},
    value,
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{ACCOUNT, Opened, SECRET, web};
use crate::{
    access::seal::Keyring,
    operation::{Operate, Operation},
};

const INPUT: &[Field] = &[
    field::select("kind", "For", CREDENTIAL_KINDS).th("สำหรับ").required().example("smtp"),
    field::text("name", "Name").th("ชื่อ").required().help("What people know it by.").example("Mail relay"),
    ACCOUNT,
    SECRET,
];

/// `credentials.create`.
pub(super) const OPERATION: Operation = Operation::on_collection_with_keys::<Create>("credentials", "create")
    .about(
        Text::of("New credential", "ข้อมูลรับรองใหม่"),
        "Keeps a secret of a third party, sealed. It is never shown again.",
    )
    .input(INPUT);

/// The input.
#[derive(Deserialize)]
pub struct Create {
    kind: String,
    name: String,
    #[serde(flatten)]
    opened: Opened,
}

/// What was made.
#[derive(Debug, Serialize)]
pub struct Created {
    id: Uuid,
    kind: String,
    name: String,
}

impl Operate<Keyring> for Create {
    type Done = Created;

    async fn run(self, tx: &mut TenantTx, keys: Keyring) -> Result<Created, Problem> {
        web::check(&self.kind, &self.opened)?;
        let (tenant, id, world) = (tx.tenant(), tx.id(), tx.world().clone());
        let sealed = self.opened.seal(&keys, &world, tenant, id)?;
        let made = tx
            .execute(
                sql!(
                    "insert into credentials (tenant_id, id, kind, name, sealed, key_id, created_by)
                     values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant_id, kind, name) do nothing"
                ),
                &[&tenant, &id, &self.kind, &self.name, &sealed, &keys.current(), &tx.actor().id()],
            )
            .await?;
        if made == 0 {
            let message =
                format!("There is a credential {} of this kind already; rotate that one.", self.name);
            let error = FieldError::new("name", &value::codes::DUPLICATE, message);
            return Err(Problem::invalid(vec![error.value(self.name)]));
        }
        Ok(Created { id, kind: self.kind, name: self.name })
    }
}
