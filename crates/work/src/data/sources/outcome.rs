//! How the last fetch of a source came out, as its record says.

use jiff::Timestamp;
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
    /// Somebody stopped it.
    Cancelled,
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
            Self::Cancelled => "cancelled",
            Self::Failed(_) => "failed",
        }
    }

    /// What it does not take the place of: that nothing is new takes no failure back, and no import that waits; what was
    /// stopped says nothing of another that ended.
    fn yields_to(&self) -> &'static [&'static str] {
        match self {
            Self::Unchanged => &["failed", "waiting", "importing"],
            Self::Cancelled => &["unchanged", "imported", "failed"],
            _ => &[],
        }
    }

    /// Keeps it with the source.
    ///
    /// # Errors
    /// Problems of the database.
    pub(crate) async fn keep(&self, tx: &mut TenantTx, source: Uuid) -> Result<(), Problem> {
        let why = match self {
            Self::Failed(why) => Some(why),
            _ => None,
        };
        tx.execute(
            sql!(
                "update data_sources set
                   last_outcome = case when last_outcome = any($5) then last_outcome else $3 end,
                   last_error = case when last_outcome = any($5) then last_error else $4 end,
                   failures = case when $4::text is not null then failures + 1 when $3 = 'imported' then 0 else failures end
                 where tenant_id = $1 and id = $2"
            ),
            &[&tx.tenant(), &source, &self.name(), &why, &self.yields_to()],
        )
        .await?;
        Ok(())
    }
}

/// Keeps with its source how a set stands; sets of none, or that are not the source's latest, pass. With what came since a
/// file was due, none is due any more.
/// `refused` is what a step was refused with.
///
/// # Errors
/// Problems of the database.
pub(crate) async fn of_set(tx: &mut TenantTx, set: Uuid, refused: Option<&Problem>) -> Result<(), Problem> {
    let row = tx
        .optional(
            sql!(
                "select b.data_source_id, b.status, b.error, b.created_at from import_batches b
                 where b.tenant_id = $1 and b.id = $2 and b.data_source_id is not null
                   and not exists (select 1 from import_batches later where later.tenant_id = $1
                     and later.data_source_id = b.data_source_id and later.id > b.id and later.status <> 'cancelled')"
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
        (Some(BatchStatus::Cancelled), _) => Outcome::Cancelled,
        _ => return Ok(()),
    };
    let source: Uuid = row.get(0);
    if matches!(outcome, Outcome::Imported | Outcome::Waiting) {
        tx.execute(
            sql!(
                "update data_sources set due = null, due_since = null
                 where tenant_id = $1 and id = $2 and due_since <= $3"
            ),
            &[&tx.tenant(), &source, &row.get::<_, Timestamp>(3)],
        )
        .await?;
    }
    outcome.keep(tx, source).await
}
