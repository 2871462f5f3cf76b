//! The reference: a queue of three statements, run by pgbench as the superuser.

use std::time::{Duration, Instant};

use super::{BATCH, Turn};
use crate::{
    bench::place::{Fresh, Place, told},
    failure::Failure,
};

/// Clients at once.
const CLIENTS: usize = 2;

/// The same columns and indexes as the queue's own tables.
pub const TABLES: &str = "create schema bare;
    create table bare.jobs (like public.jobs including all);
    create table bare.job_runs (like public.job_runs including all)";

/// Each turn begins with empty tables, and without what the peers made.
pub const EMPTY: &str = "truncate public.jobs, public.job_runs, bare.jobs, bare.job_runs cascade;
    drop schema if exists graphile_worker, pgboss cascade";

const ENQUEUE: &str = "insert into bare.jobs (tenant_id, id, type, payload)
    select '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'bench.noop', '{}' from generate_series(1, 100);\n";

const WORK: &str = "begin;
set local synchronous_commit = off;
with claimed as (
  update bare.jobs set status = 'processing', attempts = attempts + 1, worker = 'bare', started_at = now(),
    lease = gen_random_uuid(), lease_until = now() + interval '40 seconds'
  where tenant_id = '00000000-0000-0000-0000-000000000001' and id = any(array(
    select id from bare.jobs
    where tenant_id = '00000000-0000-0000-0000-000000000001' and status = 'pending' and run_at <= now()
    order by priority desc, run_at, id limit 100 for update skip locked))
  returning id)
select coalesce(array_agg(id), '{}')::text as ids from claimed \\gset
commit;
with done as (
  update bare.jobs set status = 'completed', lease = null, lease_until = null, completed_at = now()
  where tenant_id = '00000000-0000-0000-0000-000000000001' and id = any((:ids::text)::uuid[])
  returning tenant_id, id, type, attempts, worker, started_at)
insert into bare.job_runs (tenant_id, id, job_id, type, attempt, status, worker, started_at, completed_at)
select tenant_id, gen_random_uuid(), id, type, attempts, 'completed', worker, started_at, now() from done;\n";

/// Enqueues and finishes so many jobs.
pub async fn rate(place: &Place, fresh: &Fresh, jobs: usize) -> Result<Turn, Failure> {
    let batches = jobs.div_ceil(BATCH * CLIENTS);
    let enqueue = script(place, fresh, "enqueue", ENQUEUE, batches).await?;
    // Two clients skip each other's rows, so a batch may be short; a few more take what is left.
    let finish = script(place, fresh, "work", WORK, batches + 1).await?;
    let left = place
        .psql(&fresh.name, &["select count(*) from bare.jobs where status <> 'completed'".to_owned()])
        .await?;
    if left.trim() != "0" {
        return Err(Failure::work(format!("Bare SQL left {left} jobs.")));
    }
    Ok(Turn { enqueue, finish })
}

async fn script(
    place: &Place,
    fresh: &Fresh,
    name: &str,
    text: &str,
    batches: usize,
) -> Result<Duration, Failure> {
    let path = place.folder.join(format!("bare_{name}.sql"));
    std::fs::write(&path, text)?;
    let mut pgbench = place.program("pgbench", &fresh.name);
    pgbench
        // As the queue's own claims: the tables have just been filled, and nothing has counted their rows yet.
        .env("PGOPTIONS", "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off")
        .args(["--no-vacuum", "--protocol=prepared"])
        .arg(format!("--client={CLIENTS}"))
        .arg(format!("--jobs={CLIENTS}"))
        .arg(format!("--transactions={batches}"))
        .arg("--file")
        .arg(&path);
    let began = Instant::now();
    told("pgbench", pgbench).await?;
    Ok(began.elapsed())
}
