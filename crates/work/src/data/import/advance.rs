//! Moving a set of files from one status to the next, within a transaction that does more, or by itself.

use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use store::{Db, TenantTx, sql};
use uuid::Uuid;

use super::{
    batch::{Batch, Family},
    status::BatchStatus,
};
use crate::sources;

/// Moves one batch on.
///
/// # Errors
/// [`codes::CONFLICT`] when it stands elsewhere by now, or the step does not exist.
async fn one(tx: &mut TenantTx, batch: &Batch, next: BatchStatus) -> Result<(), Problem> {
    if !batch.status.may_become(next) {
        return Err(batch.status.refuse(next));
    }
    let now = tx.world().now();
    let ended = next.is_final().then_some(now);
    let started = matches!(next, BatchStatus::Committing).then_some(now);
    let moved = tx
        .execute(
            sql!(
                "update import_batches set status = $4, started_at = coalesce(started_at, $5),
                   completed_at = coalesce($6, completed_at)
                 where tenant_id = $1 and id = $2 and status = $3"
            ),
            &[&tx.tenant(), &batch.id, &batch.status.name(), &next.name(), &started, &ended],
        )
        .await?;
    match moved {
        1 => Ok(()),
        _ => Err(Problem::new(&codes::CONFLICT, "The batch has moved on meanwhile.").hint("Load it again.")),
    }
}

/// Moves the set and each of its readable files on; those that stand there already stay. It holds once `tx` commits.
///
/// # Errors
/// [`codes::CONFLICT`] when one of them stands elsewhere by now, or the step does not exist.
pub async fn all(tx: &mut TenantTx, family: &mut Family, next: BatchStatus) -> Result<(), Problem> {
    for batch in std::iter::once(&mut family.parent).chain(&mut family.children) {
        if batch.status != next && (batch.parent.is_none() || Family::takes_part(batch)) {
            one(tx, batch, next).await?;
            batch.status = next;
        }
    }
    Ok(())
}

/// Moves a set on where nothing else belongs to the step; a source that it came of tells so.
///
/// # Errors
/// As [`all`].
pub async fn alone(db: &Db, worker: &Caller, family: &mut Family, next: BatchStatus) -> Result<(), Problem> {
    let mut tx = db.begin(worker).await?;
    all(&mut tx, family, next).await?;
    sources::of_set(&mut tx, family.parent.id, None).await?;
    tx.commit().await
}

/// Records that a file, and so its set, cannot be used.
///
/// # Errors
/// Problems of the database.
pub async fn fail(tx: &mut TenantTx, batch: &Batch, problem: &Problem) -> Result<(), Problem> {
    let both: Vec<Uuid> = [Some(batch.id), batch.parent].into_iter().flatten().collect();
    tx.execute(
        sql!(
            "update import_batches set status = 'failed', error = $3, completed_at = $4
             where tenant_id = $1 and id = any($2)"
        ),
        &[&tx.tenant(), &both, &problem.to_string(), &tx.world().now()],
    )
    .await?;
    Ok(())
}
