//! How the last fetch of a source came out, as its record says.

use model::problem::Problem;
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::import::BatchStatus;

/// How a fetch came out, as far as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// There was nothing new.
    Unchanged,
    /// What came is being checked or written.
    Importing,
    /// It waits for somebody to approve it.
    Waiting,
    /// It is written.
    Imported,
    /// It is not written, and why.
    Failed(String),
}

impl Outcome {
    fn name(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Importing => "importing",
            Self::Waiting => "waiting",
            Self::Imported => "imported",
            Self::Failed(_) => "failed",
        }
    }

    /// Keeps it with the source. That nothing is new takes no failure back, and no import that waits.
    ///
    /// # Errors
    /// Problems of the database.
    pub(crate) async fn keep(&self, tx: &mut TenantTx, source: Uuid) -> Result<(), Problem> {
        let why = match self {
            Self::Failed(why) => Some(why),
            _ => None,
        };
        let quiet = *self == Self::Unchanged;
        tx.execute(
            sql!(
                "update data_sources set
                   last_outcome = case when $5 and last_outcome in ('failed', 'waiting', 'importing') then last_outcome else $3 end,
                   last_error = case when $5 then last_error else $4 end,
                   failures = case when $4::text is not null then failures + 1 when $3 = 'imported' then 0 else failures end
                 where tenant_id = $1 and id = $2"
            ),
            &[&tx.tenant(), &source, &self.name(), &why, &quiet],
        )
        .await?;
        Ok(())
    }
}

/// Keeps with its source how a set stands that was fetched; sets that were not, or are not the source's latest, pass.
/// `refused` is what a step was refused with.
///
/// # Errors
/// Problems of the database.
pub(crate) async fn of_set(tx: &mut TenantTx, set: Uuid, refused: Option<&Problem>) -> Result<(), Problem> {
    let row = tx
        .optional(
            sql!(
                "select b.data_source_id, b.status, b.error from import_batches b
                 where b.tenant_id = $1 and b.id = $2 and b.data_source_id is not null
                   and not exists (select 1 from import_batches later where later.tenant_id = $1
                     and later.data_source_id = b.data_source_id and later.id > b.id)"
            ),
            &[&tx.tenant(), &set],
        )
        .await?;
    let Some(row) = row else { return Ok(()) };
    let outcome = match (BatchStatus::from_name(row.get(1)), refused) {
        (_, Some(problem)) => Outcome::Failed(problem.to_string()),
        (Some(BatchStatus::Completed), _) => Outcome::Imported,
        (Some(BatchStatus::AwaitingApproval | BatchStatus::Validated), _) => Outcome::Waiting,
        (Some(BatchStatus::Failed), _) => {
            let why: Option<String> = row.get(2);
            Outcome::Failed(why.unwrap_or_else(|| "Rows had errors; nothing was written.".to_owned()))
        }
        _ => return Ok(()),
    };
    outcome.keep(tx, row.get(0)).await
}
