//! Stopping it: what is done so far stays, and can be undone.

use model::{
    data::BULK_CHANGES_UNDER_WAY,
    field::Text,
    problem::{Code, Problem, Status},
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

/// Nothing of it is under way any more.
pub static CHANGE_HAS_ENDED: Code = Code::new(
    "change_has_ended",
    Status::Conflict,
    "The bulk change has ended",
    "It has been done, taken back or stopped already. What it did can be undone.",
);

const REFUSALS: &[&Code] = &[&CHANGE_HAS_ENDED];

pub(super) const OPERATION: Operation = Operation::on_record::<Cancel>("bulk_changes", "cancel")
    .about(
        Text::of("Stop", "หยุด"),
        "Stops a bulk change, or its undoing, behind the records it is at. What is done so far stays, and can be undone.",
    )
    .refusals(REFUSALS)
    .offered_in(BULK_CHANGES_UNDER_WAY)
    .past("cancelled");

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct Cancel {}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Cancelled {
    /// How many records were changed so far.
    changed: i64,
}

impl Operate<Uuid> for Cancel {
    type Done = Cancelled;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Cancelled, Problem> {
        // The job asks for this row before each page.
        let text = sql!(
            "update bulk_changes set status = 'cancelled', finished_at = $3,
               undo_until = case when changed > 0 then undo_until end
             where tenant_id = $1 and id = $2 and status = any($4) returning changed"
        );
        let row = tx.optional(text, &[&tx.tenant(), &id, &tx.world().now(), &BULK_CHANGES_UNDER_WAY]).await?;
        row.map(|row| Cancelled { changed: row.get(0) })
            .ok_or_else(|| Problem::new(&CHANGE_HAS_ENDED, "Nothing of it is under way."))
    }
}
