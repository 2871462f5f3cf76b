//! The commit: staged rows become records, part by part in the order of their links, chunk by chunk.
//!
//! Each chunk writes its records, the state of its rows and the progress in one transaction, so a process that dies
//! between two chunks, or within one, leaves nothing half done, and the next one goes on. Documents are written
//! together with their lines. With *all or nothing* up to [`validate::WHOLE`] rows are one transaction; above that a
//! failure takes back what was written.

use std::time::Duration;

use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde_json::{Value, json};
use store::{Db, TenantTx, sql, sql::Query};
use uuid::Uuid;

use super::{
    Progress,
    apply::Chunk,
    batch::{self, Batch, Family, Policy},
    counts::{self, Counts},
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
/// [`codes::FORBIDDEN`] without `imports.commit` or an entity's `import`; [`codes::CONFLICT`] when it is not validated;
/// [`codes::CHANGED`] when records changed since; [`codes::BUSY`] when another process is at work on it.
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
    let policy = family.parent.policy;
    let total: Counts = sum(&family);
    if family.parent.status == BatchStatus::Completed {
        return Ok(());
    }
    if family.parent.status != BatchStatus::Committing {
        let refused = family.children.iter().any(|child| child.status == BatchStatus::Failed);
        if policy == Policy::AllOrNothing && (total.failed > 0 || refused) {
            return give_up(db, worker, &work, &mut family).await;
        }
        fresh(db, worker, &work, &mut family).await?;
        validate::step_all(db, worker, &mut family, BatchStatus::Committing).await?;
    }
    turn::take(db, worker, lease, &family).await?;
    let whole = policy == Policy::AllOrNothing && total.rows <= validate::WHOLE;
    let failed = write(db, worker, lease, &work, whole, progress).await?;
    let Some(failed) = failed else {
        // Somebody cancelled it; whole chunks stay.
        return end(db, worker, &work, &mut family, None).await;
    };
    if failed > 0 && policy == Policy::AllOrNothing {
        if !whole {
            undo::all(db, worker, &work, true, progress).await?;
        }
        return give_up(db, worker, &work, &mut family).await;
    }
    end(db, worker, &work, &mut family, Some(BatchStatus::Completed)).await
}

/// The rows of all files by what became of them.
pub fn sum(family: &Family) -> Counts {
    family.children.iter().map(Counts::of).fold(Counts::default(), |a, b| Counts {
        rows: a.rows + b.rows,
        created: a.created + b.created,
        updated: a.updated + b.updated,
        unchanged: a.unchanged + b.unchanged,
        skipped: a.skipped + b.skipped,
        failed: a.failed + b.failed,
    })
}

/// Ends a set of which nothing is written: its good rows are skipped.
async fn give_up(db: &Db, worker: &Caller, work: &Work, family: &mut Family) -> Result<(), Problem> {
    end(db, worker, work, family, Some(BatchStatus::Failed)).await
}

/// Counts what became of the rows, leaves a line in the audit and moves the set to its last status.
async fn end(
    db: &Db,
    worker: &Caller,
    work: &Work,
    family: &mut Family,
    status: Option<BatchStatus>,
) -> Result<(), Problem> {
    let mut tx = batch::begin(db, worker).await?;
    let mut all = vec![];
    for (child, plan) in work.family.children.iter().zip(&work.plans) {
        let Some(plan) = plan else { continue };
        let counts = counts::count(&mut tx, child, plan, true).await?;
        counts::put(&mut tx, child, counts).await?;
        all.push(json!({ "batch": child.id, "data_type": child.data_type, "counts": counts }));
    }
    if status != Some(BatchStatus::Failed) {
        audit(&mut tx, family.parent.id, "import.completed", json!(all)).await?;
    }
    tx.execute(
        sql!("update import_batches set progress = null where tenant_id = $1 and id = $2"),
        &[&worker.tenant, &family.parent.id],
    )
    .await?;
    tx.commit().await?;
    match status {
        Some(status) => validate::step_all(db, worker, family, status).await,
        None => Ok(()),
    }
}

/// One line for the whole batch; the staged rows hold the before and after of each record.
pub async fn audit(tx: &mut TenantTx, batch: Uuid, action: &str, told: Value) -> Result<(), Problem> {
    let actor = tx.actor().to_string();
    let kind = actor.split(':').next().unwrap_or("system").to_owned();
    let (id, request) = (tx.id(), tx.caller().request);
    tx.execute(
        sql!(
            "insert into audit_logs (tenant_id, id, entity, entity_id, action, new_values, actor_kind, actor_id, batch_id, request_id)
             values ($1, $2, 'import_batches', $3, $4, $5, $6, $7, $3, $8)"
        ),
        &[&tx.tenant(), &id, &batch, &action, &told, &kind, &tx.actor().id(), &request],
    )
    .await?;
    Ok(())
}

/// Refuses when records that the set would change have changed since it was validated; it then needs validation
/// again.
async fn fresh(db: &Db, worker: &Caller, work: &Work, family: &mut Family) -> Result<(), Problem> {
    let mut changed: Vec<Value> = vec![];
    for step in &work.steps {
        let Some((batch, _, part)) = work.part(step) else { continue };
        if part.made {
            continue;
        }
        let (low, high) = batch.id_range();
        let text = format!(
            "select r.row_number, r.applied_record_id from import_rows r
             left join {table} t on t.tenant_id = $1 and t.id = r.applied_record_id
             where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{name}'
               and r.status = 'pending' and r.action = 'update'
               and t.version is distinct from (r.before ->> 'version')::integer
             order by r.row_number limit 20",
            table = part.entity.name,
            name = part.name(),
        );
        let args = vec![worker.tenant.into(), batch.id.into(), low.into(), high.into()];
        for row in db.read(worker, Query::repeated(text, args)).await? {
            changed.push(json!({
                "file": batch.file_name, "row": row.get::<_, Option<i64>>(0), "entity": part.name(),
                "id": row.get::<_, Uuid>(1),
            }));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    if family.parent.status == BatchStatus::AwaitingApproval {
        validate::step_all(db, worker, family, BatchStatus::Validated).await?;
    }
    let rows: Vec<String> = changed
        .iter()
        .take(5)
        .map(|one| format!("{} row {}", one["file"].as_str().unwrap_or(""), one["row"]))
        .collect();
    Err(Problem::new(
        &codes::CHANGED,
        format!("{} records changed since the import was validated ({}).", changed.len(), rows.join(", ")),
    )
    .hint("Validate the import again, look at what it would do now, and approve it anew.")
    .facts(json!({ "changed": changed })))
}

/// Writes every pending row; answers how many failed, or none where the set was cancelled meanwhile.
async fn write(
    db: &Db,
    worker: &Caller,
    lease: &Lease,
    work: &Work,
    whole: bool,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Option<u64>, Problem> {
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
            if !lease.held(&mut tx).await? {
                tx.rollback().await?;
                return Ok(None);
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
            tx.commit().await?;
        }
    }
    Ok(Some(failed))
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

/// Stops a set that is not done. Records that are written stay; they can be undone.
///
/// # Errors
/// [`codes::FORBIDDEN`], [`codes::CONFLICT`] when it has ended already.
pub async fn cancel(db: &Db, caller: &Caller, id: Uuid) -> Result<(), Problem> {
    let mut family = Family::load(db, caller, id).await?;
    super::permit(caller, &family)?;
    let worker = batch::worker(caller, family.parent.id);
    let committing = family.parent.status == BatchStatus::Committing;
    validate::step_all(db, &worker, &mut family, BatchStatus::Cancelled).await?;
    if !committing {
        return Ok(());
    }
    // A worker that lives sees the new status at its next chunk and counts; one that died leaves it to this process.
    match Lease::take(db, &worker, family.parent.id).await {
        Ok(lease) => {
            let work = Work::of(db, &worker, family.clone()).await?;
            let counted = end(db, &worker, &work, &mut family, None).await;
            lease.release().await?;
            counted
        }
        Err(busy) if busy.code() == &codes::BUSY => Ok(()),
        Err(problem) => Err(problem),
    }
}

/// Time between two looks at whose turn it is.
pub const LOOK: Duration = Duration::from_millis(300);
