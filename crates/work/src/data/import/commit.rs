//! The commit: staged rows become records, part by part in the order of their links, chunk by chunk.
//!
//! Each chunk writes its records, the state of its rows and the progress in one transaction, so a process that dies
//! between two chunks, or within one, leaves nothing half done, and the next one goes on. Documents are written
//! together with their lines. With *all or nothing* up to [`validate::WHOLE`] rows are one transaction; above that a
//! failure takes back what was written. A process that finds rows failed goes on from there.

use model::{caller::Caller, problem::Problem};
use serde_json::{Value, json};
use store::{Db, TenantTx, sql, sql::Query};
use uuid::Uuid;

use super::{
    Progress, advance,
    apply::Chunk,
    approval,
    batch::{self, Batch, Family, Policy},
    counts::Counts,
    ending::{end, sum},
    fresh::fresh,
    lease::Lease,
    plan::{PartPlan, Plan},
    status::BatchStatus,
    steps::{Step, Work},
    turn,
    types::Role,
    undo, validate,
};

/// Staged rows written together.
pub const CHUNK: usize = 5_000;

/// Commits a validated set, or goes on with one whose process died.
///
/// A set in which rows are bad is not committed under *all or nothing*: it ends as failed, with nothing written.
///
/// # Errors
/// `forbidden` without `imports.commit` or an entity's `import`; `conflict` when it is not validated; `changed` when
/// records changed since; `second_person` for who brought it in, where the company wants two; `busy` when another process is at work on it.
pub async fn commit(
    db: &Db,
    caller: &Caller,
    id: Uuid,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(), Problem> {
    let family = Family::load(db, caller, id).await?;
    caller.permit("imports.commit")?;
    super::permit(caller, &family)?;
    let status = family.parent.status;
    if status != BatchStatus::Committing && !status.may_become(BatchStatus::Committing) {
        return Err(status.refuse(BatchStatus::Committing));
    }
    if status != BatchStatus::Committing {
        Box::pin(approval::by_another(db, caller, &family)).await?;
    }
    let worker = batch::worker(caller, family.parent.id);
    let lease = Lease::take(db, &worker, family.parent.id).await?;
    let done = run(db, &worker, &lease, id, progress).await;
    lease.release().await?;
    done
}

async fn run(
    db: &Db,
    worker: &Caller,
    lease: &Lease,
    id: Uuid,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(), Problem> {
    let mut family = Family::load(db, worker, id).await?;
    let work = Work::of(db, worker, family.clone()).await?;
    let total: Counts = sum(&family);
    let together = family.parent.policy == Policy::AllOrNothing;
    if family.parent.status == BatchStatus::Completed {
        return Ok(());
    }
    let resumed = family.parent.status == BatchStatus::Committing;
    if !resumed {
        let refused = family.children.iter().any(|child| child.status == BatchStatus::Failed);
        if together && (total.failed > 0 || refused) {
            return end(db, worker, lease, &work, &mut family, BatchStatus::Failed, None).await;
        }
    }
    if !turn::take(db, worker, lease, &family).await? {
        return end(db, worker, lease, &work, &mut family, BatchStatus::Cancelled, None).await;
    }
    if !resumed {
        fresh(db, worker, &work, &mut family).await?;
        let mut tx = db.begin(worker).await?;
        advance::all(&mut tx, &mut family, BatchStatus::Committing).await?;
        approval::note(&mut tx, family.parent.id).await?;
        tx.commit().await?;
    }
    // Rows that failed before this process took the work up count as much as those that fail now.
    if !(together && any_failed(db, worker, &work).await?) {
        let whole = together && total.rows <= validate::WHOLE;
        if write(db, worker, lease, &work, whole, progress).await? == Written::Stopped {
            return end(db, worker, lease, &work, &mut family, BatchStatus::Cancelled, None).await;
        }
    }
    if !(together && any_failed(db, worker, &work).await?) {
        return end(db, worker, lease, &work, &mut family, BatchStatus::Completed, None).await;
    }
    let undone = undo::all(db, worker, lease, &work, true, progress).await?;
    let why = (undone.conflicts > 0).then(|| {
        format!(
            "{} records that were written could not be taken back, since others point at them by now. \
             Remove them by hand.",
            undone.conflicts
        )
    });
    end(db, worker, lease, &work, &mut family, BatchStatus::Failed, why).await
}

/// What became of the rows that were to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// Each is written, or failed.
    All,
    /// Somebody cancelled the set; whole chunks stay.
    Stopped,
}

/// Writes every pending row.
async fn write(
    db: &Db,
    worker: &Caller,
    lease: &Lease,
    work: &Work,
    whole: bool,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Written, Problem> {
    let mut failed = 0;
    let mut open: Option<TenantTx> = None;
    for step in &work.steps {
        let Some((batch, plan, part)) = work.part(step) else { continue };
        if part.part.role == Role::Child {
            continue;
        }
        let mut done = 0;
        let mut after = batch.id_range().0;
        let updates = has_updates(db, worker, batch).await?;
        // Records that link to others of their own kind are made in one statement.
        let own = part.links.iter().any(|field| field.link() == Some(part.name()));
        let limit = if own { i64::MAX } else { CHUNK as i64 };
        loop {
            let mut tx = match open.take() {
                Some(tx) => tx,
                None => begin(db, worker).await?,
            };
            if !lease.goes_on(&mut tx).await? {
                tx.rollback().await?;
                return Ok(Written::Stopped);
            }
            let rows = pending(&mut tx, batch, part, after, limit).await?;
            if let Some(last) = rows.last() {
                after = *last;
                failed += chunk(&mut tx, batch, plan, part, &rows, updates).await?;
            }
            done += rows.len() as u64;
            let last = rows.len() < CHUNK || own;
            if whole {
                open = Some(tx);
            } else {
                remember(&mut tx, batch, step, done).await?;
                lease.fence(&mut tx).await?;
                tx.commit().await?;
            }
            progress(Progress { batch: batch.id, phase: "committing", done, total: Counts::of(batch).rows });
            if last {
                break;
            }
        }
    }
    if let Some(mut tx) = open {
        if failed > 0 {
            let why = failures(&mut tx, work).await?;
            tx.rollback().await?;
            note(db, worker, &why).await?;
        } else {
            lease.fence(&mut tx).await?;
            tx.commit().await?;
        }
    }
    Ok(Written::All)
}

async fn begin(db: &Db, worker: &Caller) -> Result<TenantTx, Problem> {
    let mut tx = batch::begin(db, worker).await?;
    tx.mute_audit().await?;
    Ok(tx)
}

/// The next rows to be written, behind the last one: those before it need no second look, nor do their dead versions.
async fn pending(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>, Problem> {
    let high = batch.id_range().1;
    let rows = tx
        .query(
            sql!(
                "select id from import_rows
                 where tenant_id = $1 and batch_id = $2 and id > $3 and id <= $4 and status = 'pending' and part = $5
                 order by id limit $6"
            ),
            &[&tx.tenant(), &batch.id, &after, &high, &part.name(), &limit],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Whether rows of a file change records that exist.
async fn has_updates(db: &Db, worker: &Caller, batch: &Batch) -> Result<bool, Problem> {
    let (low, high) = batch.id_range();
    let text = sql!(
        "select exists (select 1 from import_rows
         where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and action = 'update')"
    );
    let args = vec![worker.tenant.into(), batch.id.into(), low.into(), high.into()];
    Ok(db.read(worker, Query::fixed(text, args)).await?.first().is_some_and(|row| row.get(0)))
}

async fn chunk(
    tx: &mut TenantTx,
    batch: &Batch,
    plan: &Plan,
    part: &PartPlan,
    rows: &[Uuid],
    updates: bool,
) -> Result<u64, Problem> {
    Chunk { batch, plan, part, updates }.write(tx, rows).await
}

async fn remember(tx: &mut TenantTx, batch: &Batch, step: &Step, done: u64) -> Result<(), Problem> {
    tx.execute(
        sql!("update import_batches set progress = $3 where tenant_id = $1 and id = $2"),
        &[&tx.tenant(), &batch.id, &json!({ "part": step.part, "done": done })],
    )
    .await?;
    Ok(())
}

/// What was found wrong within a transaction that is taken back.
async fn failures(tx: &mut TenantTx, work: &Work) -> Result<Vec<(Uuid, Value)>, Problem> {
    let (low, high) = work.family.id_range();
    let rows = tx
        .query(
            sql!(
                "select id, errors from import_rows
                 where tenant_id = $1 and batch_id = any($2) and id between $3 and $4 and status = 'failed'"
            ),
            &[&tx.tenant(), &work.family.child_ids(), &low, &high],
        )
        .await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Keeps it beyond that transaction.
async fn note(db: &Db, worker: &Caller, why: &[(Uuid, Value)]) -> Result<(), Problem> {
    let (ids, errors): (Vec<Uuid>, Vec<Value>) = why.iter().cloned().unzip();
    let mut tx = db.begin(worker).await?;
    tx.execute(
        sql!(
            "update import_rows r set status = 'failed', errors = w.errors
             from unnest($2::uuid[], $3::jsonb[]) as w (id, errors) where r.tenant_id = $1 and r.id = w.id"
        ),
        &[&worker.tenant, &ids, &errors],
    )
    .await?;
    tx.commit().await
}

/// Whether rows of the set have failed.
async fn any_failed(db: &Db, worker: &Caller, work: &Work) -> Result<bool, Problem> {
    let (low, high) = work.family.id_range();
    let text = sql!(
        "select exists (select 1 from import_rows
         where tenant_id = $1 and batch_id = any($2) and id between $3 and $4 and status = 'failed')"
    );
    let args = vec![worker.tenant.into(), work.family.child_ids().into(), low.into(), high.into()];
    Ok(db.read(worker, Query::fixed(text, args)).await?.first().is_some_and(|row| row.get(0)))
}
