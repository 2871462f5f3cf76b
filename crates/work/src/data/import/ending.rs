//! The end of a set: its counts, its line in the audit and its last status are one transaction, so that a process that
//! dies leaves all of them or none.

use std::{ops::Add, time::Duration};

use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde_json::{Value, json};
use store::{Db, TenantTx, sql};
use uuid::Uuid;

use super::{
    advance,
    batch::{self, Family},
    counts::{self, Counts},
    events,
    lease::Lease,
    status::BatchStatus,
    steps::Work,
};
use crate::{
    access::audit::{Note, note},
    sources,
};

/// Time between two looks at what another process does.
pub const LOOK: Duration = Duration::from_millis(300);

/// Ends a set that was being committed: counts what became of the rows, moves it to its last status and leaves a line
/// in the audit where it wrote records; that it is completed is told. `why` tells what stands against a set that failed.
///
/// # Errors
/// [`codes::BUSY`] when another process has taken the work up.
pub async fn end(
    db: &Db,
    worker: &Caller,
    lease: &Lease,
    work: &Work,
    family: &mut Family,
    status: BatchStatus,
    why: Option<String>,
) -> Result<(), Problem> {
    let mut tx = batch::begin(db, worker).await?;
    let (mut all, mut rows) = (vec![], Counts::default());
    for (child, plan) in work.family.children.iter().zip(&work.plans) {
        let Some(plan) = plan else { continue };
        let counts = counts::count(&mut tx, child, plan, true).await?;
        counts::put(&mut tx, child, counts).await?;
        rows = rows + counts;
        all.push(json!({ "batch": child.id, "data_type": child.data_type, "counts": counts }));
    }
    let action = match status {
        BatchStatus::Completed => Some("import.completed"),
        BatchStatus::Cancelled => Some("import.cancelled"),
        // Nothing is written, or something could not be taken back.
        _ => why.is_some().then_some("import.failed"),
    };
    if let Some(action) = action {
        audit(&mut tx, family.parent.id, action, json!(all)).await?;
    }
    tx.execute(
        sql!(
            "update import_batches set progress = null, error = coalesce($3, error),
               summary = nullif(summary - '{cancel,turn,undoing}'::text[], '{}')
             where tenant_id = $1 and id = $2"
        ),
        &[&worker.tenant, &family.parent.id, &why],
    )
    .await?;
    if status == BatchStatus::Completed {
        events::completed(&mut tx, family.parent.id).await?;
    }
    advance::all(&mut tx, family, status).await?;
    sources::of_set(&mut tx, family.parent.id, None).await?;
    lease.fence(&mut tx).await?;
    tx.commit().await?;
    measure(status, rows);
    Ok(())
}

/// Counts a set that has ended, for the figures.
fn measure(status: BatchStatus, rows: Counts) {
    metrics::counter!("tenantry_imports_ended_total", "status" => status.name()).increment(1);
    for (outcome, number) in rows.by_outcome() {
        metrics::counter!("tenantry_import_rows_total", "outcome" => outcome).increment(number);
    }
}

/// The rows of all files by what became of them.
pub fn sum(family: &Family) -> Counts {
    family.children.iter().map(Counts::of).fold(Counts::default(), Counts::add)
}

/// One line for the whole batch; the staged rows hold the before and after of each record.
///
/// # Errors
/// Problems of the database.
pub async fn audit(tx: &mut TenantTx, batch: Uuid, action: &str, told: Value) -> Result<(), Problem> {
    note(tx, Note { entity: "import_batches", id: Some(batch), action, new_values: Some(told) }).await
}

/// Stops a set that is not done. Records that are written stay; they can be undone. Of a commit the process at work
/// writes its chunk to the end first, and this waits for it.
///
/// # Errors
/// [`codes::FORBIDDEN`], [`codes::CONFLICT`] when it has ended already.
pub async fn cancel(db: &Db, caller: &Caller, id: Uuid) -> Result<(), Problem> {
    let mut family = Family::load(db, caller, id).await?;
    super::permit(caller, &family)?;
    let worker = batch::worker(caller, family.parent.id);
    if family.parent.status != BatchStatus::Committing {
        return advance::alone(db, &worker, &mut family, BatchStatus::Cancelled).await;
    }
    ask(db, &worker, family.parent.id).await?;
    loop {
        match Lease::take(db, &worker, family.parent.id).await {
            Ok(lease) => {
                let stopped = stop(db, &worker, &lease, id).await;
                lease.release().await?;
                return stopped;
            }
            Err(busy) if busy.code() == &codes::BUSY => tokio::time::sleep(LOOK).await,
            Err(problem) => return Err(problem),
        }
    }
}

/// Leaves word for the process at work.
async fn ask(db: &Db, worker: &Caller, id: Uuid) -> Result<(), Problem> {
    let mut tx = db.begin(worker).await?;
    tx.execute(
        sql!(
            "update import_batches set summary = coalesce(summary, '{}') || '{\"cancel\": true}'
             where tenant_id = $1 and id = $2 and status = 'committing'"
        ),
        &[&worker.tenant, &id],
    )
    .await?;
    tx.commit().await
}

/// Ends a set as cancelled that nobody works on any more; one whose worker did so stands there already.
async fn stop(db: &Db, worker: &Caller, lease: &Lease, id: Uuid) -> Result<(), Problem> {
    let mut family = Family::load(db, worker, id).await?;
    match family.parent.status {
        BatchStatus::Cancelled => Ok(()),
        BatchStatus::Committing => {
            let work = Work::of(db, worker, family.clone()).await?;
            end(db, worker, lease, &work, &mut family, BatchStatus::Cancelled, None).await
        }
        ended => Err(ended.refuse(BatchStatus::Cancelled)),
    }
}
