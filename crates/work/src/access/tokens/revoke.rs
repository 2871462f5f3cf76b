//! Ending a token at once.

use jiff::Timestamp;
use model::{field::Text, problem::Problem};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

/// `integration_tokens.revoke`.
pub(super) const OPERATION: Operation = Operation::on_record::<Revoke>("integration_tokens", "revoke").about(
    Text::of("Revoke", "เพิกถอน"),
    "Ends the token at once, with the former secret of a rotation. Done twice, the first time stands.",
);

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct Revoke {}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Revoked {
    id: Uuid,
    revoked_at: Timestamp,
    #[serde(skip)]
    changed: bool,
}

impl Operate<Uuid> for Revoke {
    type Done = Revoked;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Revoked, Problem> {
        let (tenant, now) = (tx.tenant(), tx.world().now());
        let changed = tx
            .execute(
                sql!(
                    "update integration_tokens set revoked_at = $3, former_hash = null, former_until = null
                     where tenant_id = $1 and id = $2 and revoked_at is null"
                ),
                &[&tenant, &id, &now],
            )
            .await?;
        let find = sql!("select revoked_at from integration_tokens where tenant_id = $1 and id = $2");
        let row = tx.one(find, &[&tenant, &id]).await?;
        Ok(Revoked { id, revoked_at: row.get(0), changed: changed > 0 })
    }

    fn happened(done: &Revoked) -> bool {
        done.changed
    }
}
