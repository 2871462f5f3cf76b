//! How much waits in the queue, over all tenants: for the operator's figures.

use std::time::Duration;

use model::problem::Problem;

use crate::{Db, SystemTask, across};

/// Counting goes no further, so that a flooded queue costs no more.
const MOST: i64 = 1_000_000;

/// How much waits in the queue of active tenants; what waits for a suspended one to be resumed is nobody's backlog.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Depth {
    /// Due and not begun; at most a million pending ones are counted.
    pub ready: i64,
    /// Not due yet.
    pub later: i64,
    /// At work.
    pub processing: i64,
    /// How long the oldest one that is due has waited.
    pub age: Duration,
}

/// Counts what waits, over all tenants.
///
/// # Errors
/// Problems of the database.
pub async fn depth(db: &Db) -> Result<Depth, Problem> {
    let look = db.begin_system(SystemTask::MeasureQueue).await?;
    let rows = look
        .query(
            across!(
                "select count(*) filter (where run_at <= now()), count(*) filter (where run_at > now()),
                   (select count(*) from jobs where status = 'processing'),
                   coalesce(extract(epoch from now() - min(run_at)), 0)::float8
                 from (select j.run_at from jobs j join tenants t on t.id = j.tenant_id and t.status = 'active'
                       where j.status = 'pending' limit $1) pending"
            ),
            &[&MOST],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(Depth::default()) };
    let age = Duration::try_from_secs_f64(row.get(3)).unwrap_or_default();
    Ok(Depth { ready: row.get(0), later: row.get(1), processing: row.get(2), age })
}
