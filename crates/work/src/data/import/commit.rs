//! The commit: staged rows become records, part by part in the order of their links, chunk by chunk.
//!
//! Each chunk writes its records, the state of its rows and the progress in one transaction, so a process that dies
//! between two chunks, or within one, leaves nothing half done, and the next one goes on. Chunks of records that stand
//! for themselves are written two at a time. Documents are written
//! together with their lines. With *all or nothing* up to [`validate::WHOLE`] rows are one transaction; above that a
//! failure takes back what was written. A process that finds rows failed goes on from there.

use futures_util::{StreamExt, stream::FuturesUnordered};
use model::{caller::Caller, problem::Problem};
use serde_json::{Value, json};
use store::{
    Db, TenantTx, sql,
    sql::{Query, Row},
};
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
    status::BatchStatus,
    steps::{Step, Work},
    turn,
    types::Role,
    undo, validate,
};

/// Staged rows written together.
pub const CHUNK: i64 = 5_000;

/// Chunks written at once: the database writes each on one core.
const AT_ONCE: usize = 2;

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
    let done = Box::pin(run(db, &worker, &lease, id, progress)).await;
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
        if Box::pin(write(db, worker, lease, &work, whole, progress)).await? == Written::Stopped {
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

/// Writes every pending row: all of them in one transaction with `whole`, else each chunk in one of its own.
async fn write(
    db: &Db,
    worker: &Caller,
    lease: &Lease,
    work: &Work,
    whole: bool,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Written, Problem> {
    let mut failed = 0;
    let mut open = if whole { Some(begin(db, worker).await?) } else { None };
    for step in &work.steps {
        let Some((batch, plan, part)) = work.part(step) else { continue };
        if part.part.role == Role::Child {
            continue;
        }
        let updates = has_updates(db, worker, batch).await?;
        let written =
            Writing { db, worker, lease, step, chunk: Chunk { batch, plan, part, updates }, progress };
        let done = match &mut open {
            Some(tx) => Box::pin(written.within(tx, &mut failed)).await?,
            None => Box::pin(written.by_chunks()).await?,
        };
        if done == Written::Stopped {
            if let Some(tx) = open {
                tx.rollback().await?;
            }
            return Ok(done);
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

/// A part whose rows are being written.
struct Writing<'a> {
    db: &'a Db,
    worker: &'a Caller,
    lease: &'a Lease,
    step: &'a Step,
    chunk: Chunk<'a>,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
}

impl Writing<'_> {
    /// In a transaction that all parts share. Adds how many rows failed to `failed`.
    async fn within(&self, tx: &mut TenantTx, failed: &mut u64) -> Result<Written, Problem> {
        let (mut after, mut done) = (self.chunk.batch.id_range().0, 0);
        loop {
            if !self.lease.goes_on(tx).await? {
                return Ok(Written::Stopped);
            }
            let rows = ids(&tx.run(&self.pending(after)).await?);
            let Some(last) = rows.last() else { return Ok(Written::All) };
            after = *last;
            *failed += self.chunk.write(tx, &rows).await?;
            done += rows.len() as u64;
            self.tell(done);
        }
    }

    /// Chunk by chunk, several of them at once where none hangs on another. Where somebody asks to stop, those that have
    /// begun are brought to their end.
    async fn by_chunks(&self) -> Result<Written, Problem> {
        let (mut after, mut done, mut all) = (Some(self.chunk.batch.id_range().0), 0, Written::All);
        let mut under_way = FuturesUnordered::new();
        loop {
            while let Some(last) = after
                && under_way.len() < self.at_once()
            {
                let rows = ids(&self.db.read(self.worker, self.pending(last)).await?);
                after = rows.last().copied();
                if after.is_some() {
                    under_way.push(Box::pin(self.alone(rows, done)));
                }
            }
            match under_way.next().await {
                None => return Ok(all),
                Some(Err(problem)) => return Err(problem),
                Some(Ok(None)) => (after, all) = (None, Written::Stopped),
                Some(Ok(Some(rows))) => {
                    done += rows;
                    self.tell(done);
                }
            }
        }
    }

    /// How many chunks are written at once: lines go with their documents, and stock is counted up one by one.
    fn at_once(&self) -> usize {
        let Chunk { plan, part, .. } = self.chunk;
        let apart = plan.parts.iter().all(|part| part.part.role != Role::Child) && part.name() != "inventory";
        if apart { AT_ONCE } else { 1 }
    }

    /// A chunk with the states of its rows, in a transaction of its own, where `done` are written already. Gives how many
    /// rows it had; `None` where somebody asked to stop.
    async fn alone(&self, rows: Vec<Uuid>, done: u64) -> Result<Option<u64>, Problem> {
        let mut tx = begin(self.db, self.worker).await?;
        if !self.lease.goes_on(&mut tx).await? {
            tx.rollback().await?;
            return Ok(None);
        }
        self.chunk.write(&mut tx, &rows).await?;
        let count = rows.len() as u64;
        // Others that are about to commit wait from here on.
        remember(&mut tx, self.chunk.batch, self.step, done + count).await?;
        self.lease.fence(&mut tx).await?;
        tx.commit().await?;
        Ok(Some(count))
    }

    /// Finds the next rows to be written, behind the last one: those before it need no second look, nor do their dead
    /// versions. Records that link to others of their own kind are made in one statement.
    fn pending(&self, after: Uuid) -> Query {
        let Chunk { batch, part, .. } = self.chunk;
        let own = part.links.iter().any(|field| field.link() == Some(part.name()));
        let limit = if own { i64::MAX } else { CHUNK };
        let text = sql!(
            "select id from import_rows
             where tenant_id = $1 and batch_id = $2 and id > $3 and id <= $4 and status = 'pending' and part = $5
             order by id limit $6"
        );
        let high = batch.id_range().1;
        let tenant = self.worker.tenant;
        let part = part.name().to_owned();
        Query::fixed(
            text,
            vec![tenant.into(), batch.id.into(), after.into(), high.into(), part.into(), limit.into()],
        )
    }

    fn tell(&self, done: u64) {
        let batch = self.chunk.batch;
        (self.progress)(Progress {
            batch: batch.id,
            phase: "committing",
            done,
            total: Counts::of(batch).rows,
        });
    }
}

fn ids(rows: &[Row]) -> Vec<Uuid> {
    rows.iter().map(|row| row.get(0)).collect()
}

async fn begin(db: &Db, worker: &Caller) -> Result<TenantTx, Problem> {
    let mut tx = batch::begin(db, worker).await?;
    tx.mute_audit().await?;
    Ok(tx)
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
