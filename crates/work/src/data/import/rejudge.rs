//! Rows judged again after a correction: those that were corrected, and those whose verdict may follow from theirs.
//!
//! What is judged is staged anew from the cells in the database, then goes through the same steps as at first. Where a row
//! comes out otherwise than before, the rows that look at it are judged too, until nobody is left who would see a
//! difference. All of it is one transaction of the caller's.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use model::problem::Problem;
use serde_json::Value;
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{
    among::Among,
    batch::Batch,
    corrected,
    depends::{self, Reach},
    finding::Finding,
    judge::{Judge, places},
    plan::Plan,
    stage,
    stager::{Chunk, FileRow, Stager},
    steps::Work,
};

/// Staged rows that are judged again in one go; where more may follow from a correction, the whole set is checked anew.
pub const MOST: usize = 5_000;

/// A staged row as it stands, without its id: compared before and after.
pub type States = BTreeMap<Uuid, Value>;

/// Judges rows of files again, by place of the file among the children and number. Answers how many staged rows were
/// judged; none where the whole set has to be checked anew, and `tx` is to be rolled back then.
///
/// # Errors
/// Problems of the database.
pub async fn rejudge(
    tx: &mut TenantTx,
    work: &Work,
    touched: &[(usize, Vec<i64>)],
) -> Result<Option<usize>, Problem> {
    let reach = Reach::of(work);
    let mut rows: BTreeSet<Uuid> = BTreeSet::new();
    for (child, numbers) in touched {
        rows.extend(first(tx, work, *child, numbers).await?);
    }
    loop {
        reach.close(tx, &mut rows).await?;
        if rows.len() > MOST {
            return Ok(None);
        }
        let before = states(tx, &rows).await?;
        if moves_places(work, &before) || told_by_keys(work, &before) {
            return Ok(None);
        }
        tx.savepoint("rejudge").await?;
        stage_again(tx, work, &rows).await?;
        let ids: Vec<Uuid> = rows.iter().copied().collect();
        let mut judge = Judge::new(work);
        for step in &work.steps {
            judge.step(tx, step, Among::These(&ids)).await?;
        }
        let after = states(tx, &rows).await?;
        let mut more = reach.lookers(tx, &before, &after).await?;
        let mut inputs = rows.clone();
        reach.close(tx, &mut inputs).await?;
        more.extend(inputs);
        more.retain(|row| !rows.contains(row));
        if more.is_empty() {
            tx.release("rejudge").await?;
            return Ok(Some(rows.len()));
        }
        tx.back_to("rejudge").await?;
        tx.release("rejudge").await?;
        rows.extend(more);
    }
}

/// The staged rows of these rows of a file, with the records they tell of together with others, before and after.
async fn first(tx: &mut TenantTx, work: &Work, child: usize, numbers: &[i64]) -> Result<Vec<Uuid>, Problem> {
    let batch = &work.family.children[child];
    let Some(plan) = &work.plans[child] else { return Ok(vec![]) };
    let (low, high) = batch.id_range();
    let known = tx
        .query(
            sql!(
                "select id from import_rows
                 where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and is_file_row and row_number = any($5)"
            ),
            &[&tx.tenant(), &batch.id, &low, &high, &numbers],
        )
        .await?;
    let ids: Vec<Uuid> = known.iter().map(|row| row.get(0)).collect();
    let rows = file_rows(tx, batch, &ids).await?;
    let mut all: BTreeSet<Uuid> = ids.into_iter().collect();
    all.extend(rows.iter().flat_map(|row| row.refs.iter().copied()));
    let chunk = staged(tx, batch, plan, &rows).await?;
    all.extend(chunk.groups.keys().copied());
    Ok(all.into_iter().collect())
}

/// A row of the file as it is staged.
struct Known {
    number: i64,
    refs: Vec<Uuid>,
    raw: Vec<String>,
    defects: Vec<Finding>,
}

/// The rows of the file among these staged rows, and those that tell of the records among them, in the order of the file.
async fn file_rows(tx: &mut TenantTx, batch: &Batch, ids: &[Uuid]) -> Result<Vec<Known>, Problem> {
    let (low, high) = batch.id_range();
    // A row that was staged before its shape was kept has it among its findings.
    let rows = tx
        .query(
            sql!(
                "select r.row_number, coalesce(r.refs, '{}'), coalesce(r.raw, '{}'),
                   coalesce(r.defects, (
                     select jsonb_agg(e) from jsonb_array_elements(coalesce(r.errors, '[]') || coalesce(r.warnings, '[]')) e
                     where e ->> 'field' = 'row'), '[]')
                 from import_rows r
                 where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.is_file_row
                   and (r.id = any($5) or r.refs && $5)
                 order by r.row_number, r.id"
            ),
            &[&tx.tenant(), &batch.id, &low, &high, &ids],
        )
        .await?;
    let known = rows.iter().map(|row| {
        Ok(Known {
            number: row.get::<_, Option<i64>>(0).unwrap_or_default(),
            refs: row.get(1),
            raw: row.get(2),
            defects: serde_json::from_value(row.get(3)).map_err(Problem::internal)?,
        })
    });
    known.collect()
}

/// What rows of a file become with their corrections as they are now.
async fn staged(tx: &mut TenantTx, batch: &Batch, plan: &Plan, rows: &[Known]) -> Result<Chunk, Problem> {
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    let corrected = corrected::of(tx, batch.id, Some(&numbers)).await?;
    let (stager, mut chunk) = (Stager::of(batch, plan), Chunk::default());
    for row in rows {
        let cells: Vec<&str> = row.raw.iter().map(String::as_str).collect();
        let fix = corrected.of_row(row.number, || cells.clone());
        let row = FileRow::new(row.number, cells, row.defects.clone(), fix.as_deref());
        stager.add(&row, &mut chunk);
    }
    Ok(chunk)
}

/// Puts rows as they are staged before anybody judged them.
async fn stage_again(tx: &mut TenantTx, work: &Work, rows: &BTreeSet<Uuid>) -> Result<(), Problem> {
    let ids: Vec<Uuid> = rows.iter().copied().collect();
    for (batch, plan) in work.family.children.iter().zip(&work.plans) {
        let Some(plan) = plan else { continue };
        let known = file_rows(tx, batch, &ids).await?;
        let mut chunk = staged(tx, batch, plan, &known).await?;
        chunk.rows.retain(|row| rows.contains(&row.id));
        chunk.groups.retain(|id, _| rows.contains(id));
        let (low, high) = batch.id_range();
        tx.execute(
            sql!(
                "delete from import_rows
                 where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and id = any($5)"
            ),
            &[&tx.tenant(), &batch.id, &low, &high, &ids],
        )
        .await?;
        stage::write(tx, batch, plan, chunk).await?;
    }
    Ok(())
}

/// How these rows stand.
async fn states(tx: &mut TenantTx, rows: &BTreeSet<Uuid>) -> Result<States, Problem> {
    let ids: Vec<Uuid> = rows.iter().copied().collect();
    let found = tx
        .query(
            sql!(
                "select r.id, to_jsonb(r) - '{id,created_at}'::text[] from import_rows r
                 where r.tenant_id = $1 and r.id = any($2)"
            ),
            &[&tx.tenant(), &ids],
        )
        .await?;
    Ok(found.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Whether records are among these that several rows tell by a key: the rows are in the file alone, which is read anew.
fn told_by_keys(work: &Work, rows: &States) -> bool {
    let keyed = |(_, plan): &(&Batch, &Option<Arc<Plan>>)| {
        plan.as_ref().is_some_and(|plan| plan.parts.iter().any(|part| part.keyed))
    };
    let batches = work.family.children.iter().zip(&work.plans).filter(keyed);
    let batches: Vec<String> = batches.map(|(batch, _)| batch.id.to_string()).collect();
    rows.values().any(|row| batches.iter().any(|batch| row["batch_id"] == batch.as_str()))
}

/// Whether the place where stock lies by default may be another by these rows, which then concerns all stock of the set.
fn moves_places(work: &Work, rows: &States) -> bool {
    let mut parts = work.plans.iter().flatten().flat_map(|plan| &plan.parts);
    parts.any(places) && rows.values().any(|row| row["part"].as_str().is_some_and(depends::is_place))
}
