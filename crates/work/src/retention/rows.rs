//! Staged rows of imports that ended long ago. First the set is marked, so that nobody begins to undo it; then the rows
//! go, file by file, and what they replaced goes to the audit.

use jiff::Timestamp;
use model::problem::Problem;
use store::{sql, sql::Sql};
use uuid::Uuid;

use super::BATCH;
use crate::{import::row_id_range, jobs::Job};

/// Removes up to `$5` rows of a file. What an import replaced is known to its staged rows alone, so these changes go to
/// the audit, in the name and at the time of the import.
static REMOVE: &Sql = sql!(
    "with gone as (
       delete from import_rows where tenant_id = $1 and id between $3 and $4 and id = any(array(
         select id from import_rows where tenant_id = $1 and batch_id = $2 and id between $3 and $4 limit $5))
       returning id, part, status, action, before -> 'fields' as fields, payload, applied_record_id),
     done as (
       select a.actor_kind, a.actor_id, a.request_id, a.ip, a.at from import_batches b
       join audit_logs a on a.tenant_id = $1 and a.batch_id = b.parent_id and a.entity = 'import_batches'
         and a.action in ('import.completed', 'import.cancelled', 'import.failed')
       where b.tenant_id = $1 and b.id = $2 order by a.id desc limit 1),
     kept as (
       insert into audit_logs (tenant_id, id, entity, entity_id, action, old_values, new_values, actor_kind, actor_id, batch_id,
         request_id, ip, at)
       select $1, app.uuid7(), g.part, coalesce(g.applied_record_id, g.id), 'update', g.fields,
         (select jsonb_object_agg(f.key, g.payload -> f.key) from jsonb_object_keys(g.fields) f (key) where g.payload ? f.key),
         coalesce(d.actor_kind, 'system'), d.actor_id, $2, d.request_id, d.ip, coalesce(d.at, now())
       from gone g left join done d on true
       where g.status = 'applied' and g.action = 'update' and jsonb_typeof(g.fields) = 'object')
     select count(*) from gone"
);

/// Removes the rows of sets that ended before `before`; answers how many. One that somebody works on is left alone.
pub(super) async fn prune(job: &Job, before: Timestamp) -> Result<u64, Problem> {
    let now = job.db().world().now();
    let mut tx = job.begin().await?;
    tx.execute(
        sql!(
            "update import_batches set rows_pruned_at = $3
             where tenant_id = $1 and parent_id is null and rows_pruned_at is null and completed_at < $2
               and status in ('completed', 'failed', 'cancelled', 'undone') and (lease_until is null or lease_until < $3)"
        ),
        &[&job.tenant(), &before, &now],
    )
    .await?;
    tx.commit().await?;
    let mut all = 0;
    while let Some(batch) = next(job).await? {
        all += one(job, batch).await?;
    }
    Ok(all)
}

/// A file of a marked set whose rows are still there.
async fn next(job: &Job) -> Result<Option<Uuid>, Problem> {
    let mut tx = job.begin().await?;
    let row = tx
        .optional(
            sql!(
                "select c.id from import_batches c
                 join import_batches p on p.tenant_id = c.tenant_id and p.id = c.parent_id
                 where c.tenant_id = $1 and c.rows_pruned_at is null and p.rows_pruned_at is not null order by c.id limit 1"
            ),
            &[&job.tenant()],
        )
        .await?;
    tx.rollback().await?;
    Ok(row.map(|row| row.get(0)))
}

/// Removes the rows of one file, and marks it when the last is gone.
async fn one(job: &Job, batch: Uuid) -> Result<u64, Problem> {
    let (low, high) = row_id_range(batch);
    let mut all = 0;
    loop {
        job.go_on()?;
        let mut tx = job.begin().await?;
        let gone = tx.one(REMOVE, &[&job.tenant(), &batch, &low, &high, &BATCH]).await?;
        let removed = u64::try_from(gone.get::<_, i64>(0)).unwrap_or(0);
        let last = removed < BATCH.unsigned_abs();
        if last {
            let corrections = sql!("delete from import_fixes where tenant_id = $1 and batch_id = $2");
            tx.execute(corrections, &[&job.tenant(), &batch]).await?;
            tx.execute(
                sql!("update import_batches set rows_pruned_at = $3 where tenant_id = $1 and id = $2"),
                &[&job.tenant(), &batch, &job.db().world().now()],
            )
            .await?;
        }
        tx.commit().await?;
        all += removed;
        if last {
            return Ok(all);
        }
    }
}
