//! Fetching a source at once, beside its cadence.

use model::{
    field::Text,
    problem::{Code, Problem, Status},
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::fetch::FetchSource;
use crate::{
    jobs::Perform,
    operation::{Operate, Operation},
};

/// There is nothing to fetch.
pub static SOURCE_IS_UPLOADED: Code = Code::new(
    "source_is_uploaded",
    Status::Conflict,
    "People upload what this source holds",
    "The data source comes by upload, so there is nothing to fetch. Upload the file, or give the source a web address or a \
     folder of the file storage.",
);

const REFUSALS: &[&Code] = &[&SOURCE_IS_UPLOADED];

pub(super) const OPERATION: Operation = Operation::on_record::<RequestFetch>("data_sources", "fetch")
    .about(
        Text::of("Fetch now", "ดึงข้อมูลทันที"),
        "Fetches what the source offers at once, beside its cadence, and imports it as its schedule would.",
    )
    .refusals(REFUSALS)
    .past("fetch_requested");

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct RequestFetch {}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Requested {
    /// The job; none where one of the source waits already.
    job_id: Option<Uuid>,
}

impl Operate<Uuid> for RequestFetch {
    type Done = Requested;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Requested, Problem> {
        let text = sql!("select kind, name from data_sources where tenant_id = $1 and id = $2");
        let row = tx.one(text, &[&tx.tenant(), &id]).await?;
        if row.get::<_, &str>(0) == "upload" {
            let detail =
                format!("People upload what “{}” holds; there is nothing to fetch.", row.get::<_, &str>(1));
            return Err(Problem::new(&SOURCE_IS_UPLOADED, detail));
        }
        let job = FetchSource { source: id }.job()?.unique(format!("sources:{id}"));
        Ok(Requested { job_id: tx.enqueue(job).await? })
    }

    fn happened(done: &Requested) -> bool {
        done.job_id.is_some()
    }
}
