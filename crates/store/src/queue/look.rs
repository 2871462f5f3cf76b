//! Looking across tenants for jobs that wait: which tenants, never how many.
//!
//! Both statements hop from tenant to tenant along a partial index (a loose index scan), so a tenant with a hundred
//! thousand jobs costs as much as one with a single job.

use std::time::Duration;

use model::problem::Problem;
use uuid::Uuid;

use crate::{Db, SystemTask, across};

/// A tenant with ready jobs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ready {
    /// The tenant.
    pub tenant: Uuid,
    /// How long its oldest ready job has been waiting.
    pub waited: Duration,
}

/// The active tenants that have jobs to be done now.
///
/// # Errors
/// Problems of the database.
pub async fn ready(db: &Db) -> Result<Vec<Ready>, Problem> {
    let look = db.begin_system(SystemTask::FindReadyJobs).await?;
    let rows = look
        .query(
            across!(
                "with recursive levels as (
                   (select tenant_id, priority from jobs where status = 'pending' order by tenant_id, priority desc limit 1)
                   union all
                   select next.tenant_id, next.priority from levels l cross join lateral (
                     (select j.tenant_id, j.priority from jobs j
                      where j.status = 'pending' and j.tenant_id = l.tenant_id and j.priority < l.priority
                      order by j.priority desc limit 1)
                     union all
                     (select j.tenant_id, j.priority from jobs j where j.status = 'pending' and j.tenant_id > l.tenant_id
                      order by j.tenant_id, j.priority desc limit 1)
                     limit 1) next)
                 select l.tenant_id, extract(epoch from now() - min(first.run_at))::float8
                 from levels l cross join lateral (
                   select j.run_at from jobs j where j.status = 'pending' and j.tenant_id = l.tenant_id
                     and j.priority = l.priority and j.run_at <= now() order by j.run_at limit 1) first
                 join tenants t on t.id = l.tenant_id and t.status = 'active'
                 group by l.tenant_id"
            ),
            &[],
        )
        .await?;
    let waited = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default();
    Ok(rows.iter().map(|row| Ready { tenant: row.get(0), waited: waited(row.get(1)) }).collect())
}

/// The tenants that have jobs whose workers' leases have run out.
///
/// # Errors
/// Problems of the database.
pub async fn with_lost_jobs(db: &Db) -> Result<Vec<Uuid>, Problem> {
    let look = db.begin_system(SystemTask::FindLostJobs).await?;
    let rows = look
        .query(
            across!(
                "with recursive tenants_at_work as (
                   (select tenant_id from jobs where status = 'processing' order by tenant_id limit 1)
                   union all
                   select (select j.tenant_id from jobs j where j.status = 'processing' and j.tenant_id > t.tenant_id
                           order by j.tenant_id limit 1)
                   from tenants_at_work t where t.tenant_id is not null)
                 select t.tenant_id from tenants_at_work t
                 where exists (select from jobs j where j.status = 'processing' and j.tenant_id = t.tenant_id
                   and j.lease_until < now())"
            ),
            &[],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
