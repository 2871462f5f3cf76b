//! Another secret in place of the one that is kept.

use model::{
    field::{Field, Text},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{ACCOUNT, Opened, SECRET, web};
use crate::{
    access::seal::Keyring,
    operation::{Operate, Operation},
};

const INPUT: &[Field] = &[ACCOUNT, SECRET];

/// `credentials.rotate`.
pub(super) const OPERATION: Operation = Operation::on_record_with_keys::<Rotate>("credentials", "rotate")
    .about(
        Text::of("New secret", "รหัสลับใหม่"),
        "Puts another secret in place of the one that is kept, from now on. An archived credential is in use again.",
    )
    .input(INPUT);

/// The input.
#[derive(Deserialize)]
pub struct Rotate {
    #[serde(flatten)]
    opened: Opened,
}

/// What was changed.
#[derive(Debug, Serialize)]
pub struct Rotated {
    id: Uuid,
}

impl Operate<(Uuid, Keyring)> for Rotate {
    type Done = Rotated;

    async fn run(self, tx: &mut TenantTx, (id, keys): (Uuid, Keyring)) -> Result<Rotated, Problem> {
        let (tenant, world) = (tx.tenant(), tx.world().clone());
        let row = tx
            .one(sql!("select kind from credentials where tenant_id = $1 and id = $2"), &[&tenant, &id])
            .await?;
        web::check(row.get(0), &self.opened)?;
        let sealed = self.opened.seal(&keys, &world, tenant, id)?;
        tx.execute(
            sql!(
                "update credentials set sealed = $3, key_id = $4, archived_at = null, archived_by = null
                 where tenant_id = $1 and id = $2"
            ),
            &[&tenant, &id, &sealed, &keys.current()],
        )
        .await?;
        Ok(Rotated { id })
    }
}
