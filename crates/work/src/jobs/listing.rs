//! The newest jobs, as the operator sees them: of one tenant or of all.

use jiff::Timestamp;
use model::problem::Problem;
use serde::Serialize;
use serde_json::Value;
use store::{Db, SystemTask, across};
use uuid::Uuid;

/// Which jobs are wanted; what is not stated is not asked.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The slug of the tenant.
    pub tenant: Option<String>,
    /// Their state.
    pub status: Option<String>,
    /// Their kind.
    pub kind: Option<String>,
}

/// A job in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// The slug of its tenant.
    pub tenant: String,
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// `pending`, `processing`, `completed`, `failed` or `cancelled`.
    pub status: String,
    /// Higher comes first.
    pub priority: i32,
    /// Attempts begun so far.
    pub attempts: i32,
    /// How many there may be.
    pub max_attempts: i32,
    /// Not begun before.
    pub run_at: Timestamp,
    /// When the last attempt began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Who works or worked on it.
    pub worker: Option<String>,
    /// How far the present attempt is.
    pub progress: Option<Value>,
    /// What the last failed attempt said.
    pub error: Option<String>,
}

/// The newest jobs that are wanted, `most` at most.
///
/// # Errors
/// Problems of the database.
pub async fn list(db: &Db, wanted: &Wanted, most: i64) -> Result<Vec<Listed>, Problem> {
    let look = db.begin_system(SystemTask::ListJobs).await?;
    let rows = look
        .query(
            across!(
                "select t.slug, j.id, j.type, j.status, j.priority, j.attempts, j.max_attempts, j.run_at, j.started_at,
                   j.completed_at, j.worker, j.progress, j.error
                 from tenants t cross join lateral (
                   select * from jobs j
                   where j.tenant_id = t.id and ($2::text is null or j.status = $2) and ($3::text is null or j.type = $3)
                   order by j.id desc limit $4) j
                 where $1::text is null or t.slug = $1
                 order by j.id desc limit $4"
            ),
            &[&wanted.tenant, &wanted.status, &wanted.kind, &most],
        )
        .await?;
    let listed = rows.iter().map(|row| Listed {
        tenant: row.get(0),
        id: row.get(1),
        kind: row.get(2),
        status: row.get(3),
        priority: row.get(4),
        attempts: row.get(5),
        max_attempts: row.get(6),
        run_at: row.get(7),
        started_at: row.get(8),
        completed_at: row.get(9),
        worker: row.get(10),
        progress: row.get(11),
        error: row.get(12),
    });
    Ok(listed.collect())
}
