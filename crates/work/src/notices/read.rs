//! Marking a notification as read.

use jiff::Timestamp;
use model::{field::Text, problem::Problem};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

pub(super) const OPERATION: Operation =
    Operation::on_record::<ReadNotification>("notifications", "read").past("read").about(
        Text::of("Mark as read", "ทำเครื่องหมายว่าอ่านแล้ว"),
        "Marks a notification as read. Done twice, the first time stands.",
    );

/// The input: nothing.
#[derive(Debug, Deserialize)]
pub struct ReadNotification {}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Read {
    id: Uuid,
    read_at: Timestamp,
}

impl Operate<Uuid> for ReadNotification {
    type Done = Read;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Read, Problem> {
        let (tenant, now) = (tx.tenant(), tx.world().now());
        let row = tx
            .one(
                sql!(
                    "update notifications set read_at = coalesce(read_at, $3) where tenant_id = $1 and id = $2
                     returning read_at"
                ),
                &[&tenant, &id, &now],
            )
            .await?;
        Ok(Read { id, read_at: row.get(0) })
    }
}
