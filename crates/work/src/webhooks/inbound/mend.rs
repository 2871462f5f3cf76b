//! The dead-letter queue by hand: an event's payload is mended, and the event replayed.

use jiff::Timestamp;
use model::{
    field::{self, Field, Text},
    problem::{Code, Problem, codes},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{TenantTx, sql};
use uuid::Uuid;

use super::process::Replay;
use crate::operation::{Operate, Operation};

const INPUT: &[Field] = &[
    field::json("payload", "Payload").help("What is processed instead; as it is where left out."),
    field::boolean("manual_review", "Needs a person").help("Marks it for a person, or no longer."),
    field::timestamp("retry_after", "Replay after").help("When it is replayed by itself."),
];

const REFUSALS: &[&Code] = &[&codes::CONFLICT];

/// `failed_webhooks.edit`.
pub(super) const EDIT: Operation = Operation::on_record::<Edit>("failed_webhooks", "edit")
    .about(
        Text::of("Edit", "แก้ไข"),
        "Changes what a replay processes, marks the event for a person, or sets when it is replayed by itself.",
    )
    .input(INPUT)
    .refusals(REFUSALS);

/// `failed_webhooks.replay`.
pub(super) const REPLAY: Operation = Operation::on_record::<Now>("failed_webhooks", "replay")
    .about(Text::of("Replay", "ลองใหม่"), "Processes the event again, as it now stands.")
    .refusals(REFUSALS);

/// The input of an edit.
#[derive(Debug, Deserialize)]
pub struct Edit {
    payload: Option<Value>,
    manual_review: Option<bool>,
    retry_after: Option<Timestamp>,
}

/// What stands now.
#[derive(Debug, Serialize)]
pub struct Edited {
    id: Uuid,
    manual_review: bool,
    retry_after: Option<Timestamp>,
}

impl Operate<Uuid> for Edit {
    type Done = Edited;

    async fn run(self, tx: &mut TenantTx, failed: Uuid) -> Result<Edited, Problem> {
        unresolved(tx, failed).await?;
        let row = tx
            .one(
                sql!(
                    "update failed_webhooks set payload = coalesce($3, payload),
                       manual_review = coalesce($4, manual_review), retry_after = coalesce($5, retry_after)
                     where tenant_id = $1 and id = $2 returning manual_review, retry_after"
                ),
                &[&tx.tenant(), &failed, &self.payload, &self.manual_review, &self.retry_after],
            )
            .await?;
        let retry_after: Option<Timestamp> = row.get(1);
        if let (Some(_), Some(moment)) = (self.retry_after, retry_after) {
            tx.enqueue(Replay::at(failed, moment)?).await?;
        }
        Ok(Edited { id: failed, manual_review: row.get(0), retry_after })
    }
}

/// A replay takes no input.
#[derive(Debug, Deserialize)]
pub struct Now {}

/// The job that replays.
#[derive(Debug, Serialize)]
pub struct Replaying {
    id: Uuid,
    /// `None` where a replay of it waits or runs already.
    job_id: Option<Uuid>,
}

impl Operate<Uuid> for Now {
    type Done = Replaying;

    async fn run(self, tx: &mut TenantTx, failed: Uuid) -> Result<Replaying, Problem> {
        unresolved(tx, failed).await?;
        let job_id = tx.enqueue(Replay::now(failed)?).await?;
        Ok(Replaying { id: failed, job_id })
    }
}

/// # Errors
/// `conflict` where the event was replayed with success; what came of it is not done twice.
async fn unresolved(tx: &mut TenantTx, failed: Uuid) -> Result<(), Problem> {
    let open = tx
        .optional(
            sql!("select from failed_webhooks where tenant_id = $1 and id = $2 and resolved_at is null for update"),
            &[&tx.tenant(), &failed],
        )
        .await?;
    match open {
        Some(_) => Ok(()),
        None => Err(Problem::new(&codes::CONFLICT, "This webhook has been processed since.")),
    }
}
