//! Imported files, once nothing can be read from them again.

use jiff::Timestamp;
use model::problem::Problem;
use store::sql;
use uuid::Uuid;

use crate::jobs::Job;

/// Files forgotten in one transaction.
const MOST: i64 = 200;

/// Removes files from before `before` of imports that have ended; answers how many. The row goes first: a process that
/// dies in between leaves a file without a row, which `verify --repair` removes, and never a row without its file.
pub(super) async fn prune(job: &Job, before: Timestamp) -> Result<u64, Problem> {
    let mut all = 0;
    loop {
        job.go_on()?;
        let mut tx = job.begin().await?;
        let rows = tx
            .query(
                sql!(
                    "select f.id, f.storage_key from files f
                     where f.tenant_id = $1 and f.entity = 'import_batches' and f.created_at < $2
                       and not exists (select from import_batches b
                         where b.tenant_id = $1 and (b.file_id = f.id or b.id = f.entity_id)
                           and (b.status not in ('completed', 'failed', 'cancelled', 'undone') or b.lease_until > $3))
                     order by f.created_at, f.id limit $4 for update skip locked"
                ),
                &[&job.tenant(), &before, &job.db().world().now(), &MOST],
            )
            .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
        if ids.is_empty() {
            tx.rollback().await?;
            return Ok(all);
        }
        tx.execute(
            sql!("update import_batches set file_id = null where tenant_id = $1 and file_id = any($2)"),
            &[&job.tenant(), &ids],
        )
        .await?;
        tx.execute(sql!("delete from files where tenant_id = $1 and id = any($2)"), &[&job.tenant(), &ids])
            .await?;
        tx.commit().await?;
        for row in &rows {
            job.services().files.delete(row.get(1)).await?;
        }
        all += ids.len() as u64;
    }
}
