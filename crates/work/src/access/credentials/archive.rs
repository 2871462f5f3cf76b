//! A secret that is used no more.

use model::{field::Text, problem::Problem};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

/// `credentials.archive`.
pub(super) const OPERATION: Operation = Operation::on_record::<Archive>("credentials", "archive").about(
    Text::of("Archive", "เก็บถาวร"),
    "The secret is used no more, and is forgotten; its name stays taken until it is rotated.",
);

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct Archive {}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Archived {
    id: Uuid,
    #[serde(skip)]
    changed: bool,
}

impl Operate<Uuid> for Archive {
    type Done = Archived;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Archived, Problem> {
        let (tenant, now) = (tx.tenant(), tx.world().now());
        let changed = tx
            .execute(
                sql!(
                    "update credentials set archived_at = $3, archived_by = $4, sealed = ''
                     where tenant_id = $1 and id = $2 and archived_at is null"
                ),
                &[&tenant, &id, &now, &tx.actor().id()],
            )
            .await?;
        Ok(Archived { id, changed: changed > 0 })
    }

    fn happened(done: &Archived) -> bool {
        done.changed
    }
}
