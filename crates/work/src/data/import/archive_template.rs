//! Putting a template aside, and taking it up again.

use jiff::Timestamp;
use model::{field::Text, problem::Problem};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

pub(super) const ARCHIVE: Operation = Operation::on_record::<ArchiveTemplate>("import_templates", "archive")
    .about(
        Text::of("Archive", "เก็บเข้าคลัง"),
        "Puts the template aside: no file is read by it any more. Imports that were keep their mapping.",
    );

pub(super) const RESTORE: Operation = Operation::on_record::<RestoreTemplate>("import_templates", "restore")
    .about(
        Text::of("Restore", "กู้คืน"),
        "Takes a template out of the archive: files with its headers are read by it again.",
    );

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct ArchiveTemplate {}

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct RestoreTemplate {}

/// How the template stands then.
#[derive(Debug, Serialize)]
pub struct Standing {
    archived_at: Option<Timestamp>,
}

impl Operate<Uuid> for ArchiveTemplate {
    type Done = Standing;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Standing, Problem> {
        let now = tx.world().now();
        let row = tx
            .one(
                sql!(
                    "update import_templates set archived_at = coalesce(archived_at, $3), archived_by = coalesce(archived_by, $4)
                     where tenant_id = $1 and id = $2 returning archived_at"
                ),
                &[&tx.tenant(), &id, &now, &tx.actor().id()],
            )
            .await?;
        Ok(Standing { archived_at: row.get(0) })
    }
}

impl Operate<Uuid> for RestoreTemplate {
    type Done = Standing;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Standing, Problem> {
        tx.execute(
            sql!(
                "update import_templates set archived_at = null, archived_by = null where tenant_id = $1 and id = $2"
            ),
            &[&tx.tenant(), &id],
        )
        .await?;
        Ok(Standing { archived_at: None })
    }
}
