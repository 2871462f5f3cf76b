//! Running a schedule's job at once, beside its slots.

use model::{
    field::Text,
    problem::{Code, Problem, Status},
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::kinds;
use crate::operation::{Operate, Operation};

static UNKNOWN_KIND: Code = Code::new(
    "job_kind_unknown",
    Status::Conflict,
    "No such kind of job",
    "The schedule names a kind of job that this program does not know. Correct its `type`; `docs/jobs.md` lists the kinds.",
);

const REFUSALS: &[&Code] = &[&UNKNOWN_KIND];

pub(super) const OPERATION: Operation = Operation::on_record::<RunSchedule>("job_schedules", "run_now")
    .about(Text::of("Run now", "ทำทันที"), "Enqueues the schedule's job at once; its slots stay as they are.")
    .refusals(REFUSALS);

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct RunSchedule {}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Enqueued {
    job_id: Option<Uuid>,
}

impl Operate<Uuid> for RunSchedule {
    type Done = Enqueued;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Enqueued, Problem> {
        let tenant = tx.tenant();
        let row = tx
            .one(
                sql!("select type, payload from job_schedules where tenant_id = $1 and id = $2"),
                &[&tenant, &id],
            )
            .await?;
        let name: &str = row.get(0);
        let kind = kinds().find(|kind| kind.name == name).ok_or_else(|| {
            Problem::new(&UNKNOWN_KIND, format!("This program knows no kind of job `{name}`."))
        })?;
        Ok(Enqueued { job_id: tx.enqueue(kind.job(row.get(1))).await? })
    }
}
