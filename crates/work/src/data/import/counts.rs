//! How the rows of a file came out, or would: the numbers always add up.

use std::ops::Add;

use model::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{TenantTx, sql};

use super::{batch::Batch, plan::Plan};

/// Rows of a file by what became of them. A row has failed if any of its records failed, else it was created if any
/// was, else updated, else unchanged; skipped rows were good and not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Rows of the file.
    pub rows: u64,
    /// Records were made.
    pub created: u64,
    /// Records were changed.
    pub updated: u64,
    /// Everything stood there already.
    pub unchanged: u64,
    /// Good and not written, or left out by a person.
    pub skipped: u64,
    /// Not written for their errors.
    pub failed: u64,
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            created: self.created + other.created,
            updated: self.updated + other.updated,
            unchanged: self.unchanged + other.unchanged,
            skipped: self.skipped + other.skipped,
            failed: self.failed + other.failed,
        }
    }
}

impl Counts {
    /// The numbers by their names.
    pub fn by_outcome(&self) -> [(&'static str, u64); 5] {
        [
            ("created", self.created),
            ("updated", self.updated),
            ("unchanged", self.unchanged),
            ("skipped", self.skipped),
            ("failed", self.failed),
        ]
    }

    /// What was stored with a batch.
    pub fn of(batch: &Batch) -> Self {
        serde_json::from_value(batch.counts.clone()).unwrap_or_default()
    }

    /// Whether the numbers add up.
    pub fn add_up(&self) -> bool {
        self.rows == self.created + self.updated + self.unchanged + self.skipped + self.failed
    }
}

/// Counts the rows of a file as they stand: staged ones as they would come out, and what was not written after the
/// end as skipped.
pub async fn count(tx: &mut TenantTx, batch: &Batch, plan: &Plan, ended: bool) -> Result<Counts, Problem> {
    let (low, high) = batch.id_range();
    let alone = plan.parts.iter().filter(|part| !part.made).count() == 1;
    let params: [&(dyn store::sql::ToSql + Sync); 5] = [&tx.tenant(), &batch.id, &low, &high, &ended];
    let rows = if alone {
        tx.query(
            sql!(
                "select case when status = 'failed' then 'failed'
                   when status = 'skipped' or status <> 'applied' and $5 then 'skipped'
                   else coalesce(action, 'create') end, count(*)
                 from import_rows where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and is_file_row
                 group by 1"
            ),
            &params,
        )
        .await?
    } else {
        tx.query(
            sql!(
                "select case when f.status = 'failed' then 'failed'
                   when f.status = 'skipped' or f.status <> 'applied' and $5 then 'skipped'
                   when f.payload is not null and coalesce(f.action, 'create') = 'create' or g.created then 'create'
                   when f.action = 'update' or g.updated then 'update' else 'unchanged' end, count(*)
                 from import_rows f
                 left join lateral (
                   select bool_or(coalesce(k.action, 'create') = 'create') as created, bool_or(k.action = 'update') as updated
                   from import_rows k where k.tenant_id = $1 and k.id = any(f.refs)) g on true
                 where f.tenant_id = $1 and f.batch_id = $2 and f.id between $3 and $4 and f.is_file_row
                 group by 1"
            ),
            &params,
        )
        .await?
    };
    let mut counts = Counts::default();
    for row in rows {
        let number = u64::try_from(row.get::<_, i64>(1)).unwrap_or(0);
        counts.rows += number;
        *match row.get::<_, &str>(0) {
            "failed" => &mut counts.failed,
            "skipped" => &mut counts.skipped,
            "create" => &mut counts.created,
            "update" => &mut counts.updated,
            _ => &mut counts.unchanged,
        } += number;
    }
    Ok(counts)
}

/// Stores what a commit would do, and whether rows have warnings.
pub async fn store(tx: &mut TenantTx, batch: &Batch, plan: &Plan) -> Result<(), Problem> {
    let counts = count(tx, batch, plan, false).await?;
    put(tx, batch, counts).await?;
    let (low, high) = batch.id_range();
    tx.execute(
        sql!(
            "update import_batches set summary = case when exists (
               select 1 from import_rows
               where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and warnings is not null)
               then jsonb_build_object('warned', true) end
             where tenant_id = $1 and id = $2"
        ),
        &[&tx.tenant(), &batch.id, &low, &high],
    )
    .await?;
    Ok(())
}

/// Stores what became of the rows.
pub async fn put(tx: &mut TenantTx, batch: &Batch, counts: Counts) -> Result<(), Problem> {
    tx.execute(
        sql!("update import_batches set counts = $3 where tenant_id = $1 and id = $2"),
        &[&tx.tenant(), &batch.id, &json!(counts)],
    )
    .await?;
    Ok(())
}
