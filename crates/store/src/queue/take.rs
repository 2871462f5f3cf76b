//! Leases that are renewed, lost or taken away, and jobs that are cancelled, retried or pruned.

use std::{collections::HashSet, time::Duration};

use model::problem::Problem;
use uuid::Uuid;

use crate::{TenantTx, db::Lane, sql};

/// A job whose worker was not heard of.
#[derive(Clone, Debug)]
pub struct Lost {
    /// The job.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// No attempt is left: it has failed.
    pub failed: bool,
    /// `user` or `portal_user` where its maker waits to be told.
    pub waiting: Option<String>,
    /// Who made it.
    pub created_by: Option<Uuid>,
}

/// What a job says whose worker died.
pub const LOST: &str = "Its worker stopped without finishing it.";

/// Renews leases. A job that somebody else is just changing is left alone; [`held`] tells whether it is still ours.
///
/// # Errors
/// Problems of the database.
pub async fn beat(tx: &mut TenantTx, ids: &[Uuid], leases: &[Uuid], lease: Duration) -> Result<(), Problem> {
    let tenant = tx.tenant();
    tx.execute(
        sql!(
            "update jobs set lease_until = now() + make_interval(secs => $4)
             where tenant_id = $1 and id = any(array(
               select id from jobs where tenant_id = $1 and id = any($2) and lease = any($3)
               order by id for update skip locked))"
        ),
        &[&tenant, &ids, &leases, &lease.as_secs_f64()],
    )
    .await?;
    Ok(())
}

/// Which of these jobs are still held by one of these leases.
///
/// # Errors
/// Problems of the database.
pub async fn held(tx: &mut TenantTx, ids: &[Uuid], leases: &[Uuid]) -> Result<HashSet<Uuid>, Problem> {
    let tenant = tx.tenant();
    let rows = tx
        .query(
            sql!("select id from jobs where tenant_id = $1 and id = any($2) and lease = any($3)"),
            &[&tenant, &ids, &leases],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Takes up to `most` jobs from workers whose leases have run out: back to the others while attempts are left, else
/// failed. The row stays the holder of its unique key throughout.
///
/// # Errors
/// Problems of the database.
pub async fn rescue(tx: &mut TenantTx, most: i64) -> Result<Vec<Lost>, Problem> {
    let tenant = tx.tenant();
    let rows = tx
        .query(
            sql!(
                "with lost as (
                   update jobs set status = case when attempts < max_attempts then 'pending' else 'failed' end,
                     completed_at = case when attempts < max_attempts then null else now() end,
                     lease = null, lease_until = null, error = $3
                   where tenant_id = $1 and id = any(array(
                     select id from jobs where tenant_id = $1 and status = 'processing' and lease_until < now()
                     order by lease_until limit $2 for update skip locked))
                   returning id, type, status, attempts, worker, started_at, waiting, created_by),
                 run as (
                   insert into job_runs (tenant_id, id, job_id, type, attempt, status, worker, started_at, completed_at, error)
                   select $1, app.uuid7(), l.id, l.type, l.attempts, 'lost', l.worker, l.started_at, now(), $3 from lost l)
                 select id, type, status = 'failed', waiting, created_by from lost"
            ),
            &[&tenant, &most, &LOST],
        )
        .await?;
    let lost: Vec<Lost> = rows
        .iter()
        .map(|row| Lost {
            id: row.get(0),
            kind: row.get(1),
            failed: row.get(2),
            waiting: row.get(3),
            created_by: row.get(4),
        })
        .collect();
    if lost.iter().any(|one| !one.failed) {
        tx.wake(Lane::Jobs);
    }
    Ok(lost)
}

/// Cancels a job that waits or runs, and lets its worker know. `false` where it has ended already.
///
/// # Errors
/// Problems of the database.
pub async fn cancel(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let (tenant, run) = (tx.tenant(), tx.id());
    let row = tx
        .optional(
            sql!(
                "with before as (
                   select id, status from jobs where tenant_id = $1 and id = $2 and status in ('pending', 'processing') for update),
                 ended as (
                   update jobs j set status = 'cancelled', lease = null, lease_until = null, completed_at = now()
                   from before b where j.tenant_id = $1 and j.id = b.id
                   returning j.id, j.type, j.attempts, j.worker, j.started_at, b.status as was),
                 run as (
                   insert into job_runs (tenant_id, id, job_id, type, attempt, status, worker, started_at, completed_at)
                   select $1, $3, e.id, e.type, e.attempts, 'cancelled', e.worker, e.started_at, now()
                   from ended e where e.was = 'processing')
                 select was = 'processing' from ended"
            ),
            &[&tenant, &id, &run],
        )
        .await?;
    if row.as_ref().is_some_and(|row| row.get(0)) {
        tx.wake(Lane::Cancels);
    }
    Ok(row.is_some())
}

/// Makes a failed or cancelled job wait again, with all its attempts. `false` where it is neither.
///
/// # Errors
/// [`model::problem::codes::DUPLICATE`] where a live job has taken its unique key.
pub async fn retry(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let changed = tx
        .execute(
            sql!(
                "update jobs set status = 'pending', attempts = 0, run_at = now(), completed_at = null, error = null, result = null
                 where tenant_id = $1 and id = $2 and status in ('failed', 'cancelled')"
            ),
            &[&tenant, &id],
        )
        .await?;
    if changed == 1 {
        tx.wake(Lane::Jobs);
    }
    Ok(changed == 1)
}

/// Removes up to `most` jobs that completed longer than `completed` ago, or failed or were cancelled longer than
/// `other` ago. Gives how many; fewer than `most` means that none is left.
///
/// # Errors
/// Problems of the database.
pub async fn prune(
    tx: &mut TenantTx,
    completed: Duration,
    other: Duration,
    most: i64,
) -> Result<u64, Problem> {
    let tenant = tx.tenant();
    tx.execute(
        sql!(
            "delete from jobs where tenant_id = $1 and id = any(array(
               select id from jobs where tenant_id = $1 and completed_at is not null
                 and (status = 'completed' and completed_at < now() - make_interval(secs => $2)
                   or status in ('failed', 'cancelled') and completed_at < now() - make_interval(secs => $3))
               order by completed_at limit $4 for update skip locked))"
        ),
        &[&tenant, &completed.as_secs_f64(), &other.as_secs_f64(), &most],
    )
    .await
}
