//! Exports whose time is over: the file goes, the export says that it has expired.

use model::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::sql;
use uuid::Uuid;

use crate::jobs::{Job, Kind, Perform};

/// Exports ended in one transaction.
const MOST: i64 = 200;

pub(super) const KIND: Kind =
    Kind::of::<ExpireExports>("Removes the files of exports whose time is over and marks them expired.");

/// The sweep over exports.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ExpireExports {}

impl Perform for ExpireExports {
    const KIND: &'static str = "exports.expire";

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let mut all = 0;
        loop {
            job.go_on()?;
            let ended = some(job).await?;
            all += ended;
            if ended == 0 {
                return Ok(json!({ "expired": all }));
            }
        }
    }
}

async fn some(job: &Job) -> Result<usize, Problem> {
    let mut tx = job.begin().await?;
    let rows = tx
        .query(
            sql!(
                "select e.id, f.id, f.storage_key from export_jobs e
                 left join files f on f.tenant_id = e.tenant_id and f.id = e.file_id
                 where e.tenant_id = $1 and e.status = 'completed' and e.expires_at <= $2
                 order by e.expires_at, e.id limit $3 for update of e skip locked"
            ),
            &[&job.tenant(), &job.db().world().now(), &MOST],
        )
        .await?;
    let exports: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    let files: Vec<Uuid> = rows.iter().filter_map(|row| row.get(1)).collect();
    tx.execute(
        sql!(
            "update export_jobs set status = 'expired', file_id = null, progress = null
             where tenant_id = $1 and id = any($2)"
        ),
        &[&job.tenant(), &exports],
    )
    .await?;
    tx.execute(sql!("delete from files where tenant_id = $1 and id = any($2)"), &[&job.tenant(), &files])
        .await?;
    tx.commit().await?;
    for key in rows.iter().filter_map(|row| row.get::<_, Option<&str>>(2)) {
        job.services().files.delete(key).await?;
    }
    Ok(exports.len())
}
