//! Cancelling a background job.

use model::{
    field::Text,
    problem::{Code, Problem, Status},
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, queue};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

static ENDED: Code = Code::new(
    "job_ended",
    Status::Conflict,
    "The job has ended",
    "A job that has completed, failed or was cancelled cannot be cancelled. There is nothing to mend.",
);

const REFUSALS: &[&Code] = &[&ENDED];

pub(super) const OPERATION: Operation = Operation::on_record::<CancelJob>("jobs", "cancel")
    .about(
        Text::of("Cancel job", "ยกเลิกงาน"),
        "Takes a job that waits out of the queue; one that runs is stopped and its unfinished work undone.",
    )
    .refusals(REFUSALS)
    .past("cancelled")
    .in_system_scope();

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct CancelJob {}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Cancelled {
    id: Uuid,
    status: &'static str,
}

impl Operate<Uuid> for CancelJob {
    type Done = Cancelled;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Cancelled, Problem> {
        if queue::cancel(tx, id).await? {
            Ok(Cancelled { id, status: "cancelled" })
        } else {
            Err(Problem::new(&ENDED, "The job has ended already."))
        }
    }
}
