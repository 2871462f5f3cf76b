//! Ending attempts: the job's new state and the line about its run, in one statement for many jobs.

use std::{collections::HashSet, time::Duration};

use model::problem::Problem;
use serde_json::Value;
use uuid::Uuid;

use crate::{TenantTx, sql};

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// Done, with its result.
    Completed(Value),
    /// Not done; another attempt follows after this wait.
    Retry(Duration, String),
    /// Not done, and none follows.
    Failed(String),
    /// Given back untouched or unfinished: the attempt does not count.
    Returned,
}

/// An attempt that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// The job.
    pub id: Uuid,
    /// The token of its claim.
    pub lease: Uuid,
    /// How.
    pub end: End,
    /// What its handler wrote down.
    pub log: Option<String>,
}

/// Ends the attempts whose leases still hold, and gives the jobs that were ended; all others belong to somebody
/// else by now and are left alone.
///
/// # Errors
/// Problems of the database.
pub async fn finish(tx: &mut TenantTx, ended: &[Ended]) -> Result<HashSet<Uuid>, Problem> {
    let tenant = tx.tenant();
    let runs: Vec<Uuid> = ended.iter().map(|_| tx.id()).collect();
    let ids: Vec<Uuid> = ended.iter().map(|one| one.id).collect();
    let leases: Vec<Uuid> = ended.iter().map(|one| one.lease).collect();
    let mut states = Vec::with_capacity(ended.len());
    let mut outcomes = Vec::with_capacity(ended.len());
    let mut waits = Vec::with_capacity(ended.len());
    let mut results = Vec::with_capacity(ended.len());
    let mut errors = Vec::with_capacity(ended.len());
    for one in ended {
        let (state, outcome, wait, result, error) = match &one.end {
            End::Completed(result) => ("completed", Some("completed"), 0.0, Some(result), None),
            End::Retry(wait, error) => ("pending", Some("failed"), wait.as_secs_f64(), None, Some(&**error)),
            End::Failed(error) => ("failed", Some("failed"), 0.0, None, Some(&**error)),
            End::Returned => ("pending", None, 0.0, None, None),
        };
        states.push(state);
        outcomes.push(outcome);
        waits.push(wait);
        results.push(result.filter(|result| !result.is_null()));
        errors.push(error);
    }
    let logs: Vec<_> = ended.iter().map(|one| one.log.as_deref()).collect();
    let rows = tx
        .query(
            sql!(
                "with given as (
                   select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::float8[], $7::jsonb[], $8::text[],
                     $9::text[], $10::uuid[]) as g (id, lease, state, outcome, wait, result, error, log, run)),
                 done as (
                   update jobs j set status = g.state, lease = null, lease_until = null, result = g.result,
                     error = case when g.outcome is null then j.error else g.error end,
                     attempts = case when g.outcome is null then j.attempts - 1 else j.attempts end,
                     run_at = case when g.state = 'pending' and g.outcome is not null
                       then now() + make_interval(secs => g.wait) else j.run_at end,
                     completed_at = case when g.state <> 'pending' then now() end
                   from given g where j.tenant_id = $1 and j.id = g.id and j.lease = g.lease
                   returning j.id, j.type, j.attempts, j.worker, j.started_at, g.run, g.outcome, g.result, g.error, g.log),
                 run as (
                   insert into job_runs (tenant_id, id, job_id, type, attempt, status, worker, started_at, completed_at,
                     result, error, log)
                   select $1, d.run, d.id, d.type, d.attempts, d.outcome, d.worker, d.started_at, now(), d.result, d.error, d.log
                   from done d where d.outcome is not null)
                 select id from done"
            ),
            &[&tenant, &ids, &leases, &states, &outcomes, &waits, &results, &errors, &logs, &runs],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
