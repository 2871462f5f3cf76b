//! Claiming ready jobs of one tenant.

use std::time::Duration;

use model::{caller::Caller, problem::Problem};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Db, sql,
    sql::{Arg, Query, Type},
};

/// A job that is this process's to do until its lease runs out.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The job.
    pub id: Uuid,
    /// The token that its completion must show.
    pub lease: Uuid,
    /// Its kind.
    pub kind: String,
    /// What is to be done.
    pub payload: Value,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    /// How many there may be.
    pub max_attempts: i32,
    /// `user` or `portal_user` where its maker waits to be told.
    pub waiting: Option<String>,
    /// Who made it.
    pub created_by: Option<Uuid>,
}

/// How claims are planned. The planner takes the policies' conditions for rare ones, and would read and sort a
/// tenant's whole backlog for its first jobs; the index has them in order. That holds for every tenant, so one plan
/// does for all claims.
///
/// The commit of a claim is not waited for to reach the disk: whoever finishes the job commits later, and the log
/// keeps their order. A claim that a crash undoes has become a job that waits.
const SETTINGS: &[&str] = &[
    "set local synchronous_commit = off", "set local enable_seqscan = off",
    "set local enable_bitmapscan = off", "set local enable_sort = off",
    "set local plan_cache_mode = force_generic_plan",
];

/// Claims up to `most` ready jobs of the given kinds, in one round trip: the highest priority first, and of one
/// priority those that have been due the longest. Jobs of other kinds are left for workers that know them;
/// those of a tenant that is not active wait.
///
/// # Errors
/// Problems of the database.
pub async fn claim(
    db: &Db,
    tenant: Uuid,
    kinds: &[&'static str],
    most: i64,
    worker: &str,
    lease: Duration,
) -> Result<Vec<Claimed>, Problem> {
    let token = db.world().id();
    // One probe per priority, so that jobs of a later moment in front of the ready ones are never walked through.
    let claim = Query::fixed(
        sql!(
            "update jobs set status = 'processing', attempts = attempts + 1, lease = $2, worker = $3, started_at = now(),
               lease_until = now() + make_interval(secs => $4), progress = null
             where tenant_id = $1 and exists (select from tenants t where t.id = $1 and t.status = 'active') and id = any(array(
               with recursive levels as (
                 (select priority from jobs where tenant_id = $1 and status = 'pending' order by priority desc limit 1)
                 union all
                 select (select j.priority from jobs j
                         where j.tenant_id = $1 and j.status = 'pending' and j.priority < levels.priority
                         order by j.priority desc limit 1)
                 from levels where levels.priority is not null)
               select ready.id from levels cross join lateral (
                 select j.id from jobs j
                 where j.tenant_id = $1 and j.status = 'pending' and j.priority = levels.priority and j.run_at <= now()
                   and j.type = any($5)
                 order by j.run_at, j.id limit $6 for update skip locked) ready
               limit $6))
             returning id, type, payload, attempts, max_attempts, waiting, created_by"
        ),
        vec![
            tenant.into(),
            token.into(),
            worker.to_owned().into(),
            Arg::new(lease.as_secs_f64(), Type::FLOAT8),
            kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>().into(),
            most.into(),
        ],
    );
    let system = Caller::system(tenant, db.world().id());
    let rows = db.flight(&system).writes(SETTINGS).add(claim).go().await?.pop().unwrap_or_default();
    let claimed = rows.iter().map(|row| Claimed {
        id: row.get(0),
        lease: token,
        kind: row.get(1),
        payload: row.get(2),
        attempt: row.get(3),
        max_attempts: row.get(4),
        waiting: row.get(5),
        created_by: row.get(6),
    });
    Ok(claimed.collect())
}
