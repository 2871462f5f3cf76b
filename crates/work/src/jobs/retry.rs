//! Doing a failed or cancelled background job again.

use model::{
    field::Text,
    problem::{Code, Problem, Status, codes},
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, queue};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

static NOT_ENDED: Code = Code::new(
    "job_not_failed",
    Status::Conflict,
    "The job did not fail",
    "Only a job that failed or was cancelled can be tried again. One that waits or runs will be done; enqueue a completed one anew.",
);

static TWIN: Code = Code::new(
    "job_key_taken",
    Status::Conflict,
    "The same job waits already",
    "Another job with the same unique key waits or runs. Wait until it has ended, or cancel it first.",
);

const REFUSALS: &[&Code] = &[&NOT_ENDED, &TWIN];

pub(super) const OPERATION: Operation = Operation::on_record::<RetryJob>("jobs", "retry")
    .about(
        Text::of("Try again", "ลองอีกครั้ง"),
        "Puts a job that failed or was cancelled back into the queue, with all its attempts.",
    )
    .refusals(REFUSALS)
    .in_system_scope();

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct RetryJob {}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Retried {
    id: Uuid,
    status: &'static str,
}

impl Operate<Uuid> for RetryJob {
    type Done = Retried;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Retried, Problem> {
        match queue::retry(tx, id).await {
            Ok(true) => Ok(Retried { id, status: "pending" }),
            Ok(false) => Err(Problem::new(&NOT_ENDED, "The job neither failed nor was cancelled.")),
            Err(problem) if *problem.code() == codes::DUPLICATE => {
                Err(Problem::new(&TWIN, "Another job with the same unique key waits or runs."))
            }
            Err(problem) => Err(problem),
        }
    }
}
