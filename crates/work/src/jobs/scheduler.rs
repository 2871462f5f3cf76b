//! Enqueueing what schedules say, once per slot however many processes look.
//!
//! A slot is enqueued in the transaction that moves the schedule on, which succeeds only where the schedule still
//! stands where it was read. Slots missed while nothing ran are made up for by one run, of the latest of them.

use std::time::Duration;

use jiff::Timestamp;
use model::{caller::Caller, integrations::cron::Plan, problem::Problem};
use serde_json::Value;
use store::{Db, SystemTask, across, sql};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Services, kinds};

/// The longest time between two looks; a new or changed schedule is planned within it.
const LOOK: Duration = Duration::from_secs(5);
/// How often all plans are compared with the clock.
const MEND: Duration = Duration::from_secs(60 * 60);

struct Schedule {
    id: Uuid,
    code: String,
    kind: String,
    payload: Value,
    cron: String,
    zone: String,
    next: Option<Timestamp>,
}

/// Enqueues the jobs of all schedules that are due, plans those that are new or changed, and gives the moment of
/// the next slot of all.
///
/// # Errors
/// Problems of the database.
pub async fn enqueue_due(db: &Db) -> Result<Option<Timestamp>, Problem> {
    let now = db.world().now();
    let look = db.begin_system(SystemTask::FindDueSchedules).await?;
    // Hops from tenant to tenant and looks at each one's first slot alone.
    let rows = look
        .query(
            across!(
                "with recursive owners as (
                   (select tenant_id from job_schedules where enabled order by tenant_id limit 1)
                   union all
                   select (select s.tenant_id from job_schedules s where s.enabled and s.tenant_id > o.tenant_id
                           order by s.tenant_id limit 1)
                   from owners o where o.tenant_id is not null)
                 select o.tenant_id, coalesce(first.next_slot_at <= $1, false) or fresh.there is not null, first.next_slot_at
                 from owners o
                 join tenants t on t.id = o.tenant_id and t.status = 'active'
                 left join lateral (
                   select s.next_slot_at from job_schedules s
                   where s.tenant_id = o.tenant_id and s.enabled and s.archived_at is null and s.next_slot_at is not null
                   order by s.next_slot_at limit 1) first on true
                 left join lateral (
                   select true as there from job_schedules s
                   where s.tenant_id = o.tenant_id and s.enabled and s.archived_at is null and s.next_slot_at is null
                   limit 1) fresh on true
                 where o.tenant_id is not null"
            ),
            &[&now],
        )
        .await?;
    let mut soonest: Option<Timestamp> = None;
    for row in rows {
        let next = if row.get(1) { tenant(db, row.get(0), now).await? } else { row.get(2) };
        soonest = [soonest, next].into_iter().flatten().min();
    }
    Ok(soonest)
}

/// Does what one tenant's schedules say, and gives its next slot.
async fn tenant(db: &Db, tenant: Uuid, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
    let mut soonest: Option<Timestamp> = None;
    for schedule in schedules(db, tenant).await? {
        let next = match schedule.next {
            Some(next) if next > now => Some(next),
            _ => one(db, tenant, &schedule, now).await?,
        };
        soonest = [soonest, next].into_iter().flatten().min();
    }
    Ok(soonest)
}

async fn schedules(db: &Db, tenant: Uuid) -> Result<Vec<Schedule>, Problem> {
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let rows = tx
        .query(
            sql!(
                "select id, code, type, payload, cron, time_zone, next_slot_at from job_schedules
                 where tenant_id = $1 and enabled and archived_at is null order by code"
            ),
            &[&tenant],
        )
        .await?;
    tx.commit().await?;
    let read = rows.iter().map(|row| Schedule {
        id: row.get(0),
        code: row.get(1),
        kind: row.get(2),
        payload: row.get(3),
        cron: row.get(4),
        zone: row.get(5),
        next: row.get(6),
    });
    Ok(read.collect())
}

/// Plans a schedule, or enqueues its latest slot and plans the next one.
async fn one(
    db: &Db,
    tenant: Uuid,
    schedule: &Schedule,
    now: Timestamp,
) -> Result<Option<Timestamp>, Problem> {
    let plan = match Plan::read(&schedule.cron, &schedule.zone) {
        Ok(plan) => plan,
        Err(errors) => {
            tracing::warn!(%tenant, schedule = schedule.code, ?errors, "a schedule cannot be read");
            return Ok(None);
        }
    };
    let next = plan.after(now);
    let Some(due) = schedule.next else {
        return move_on(db, tenant, schedule, None, next, None).await;
    };
    let Some(kind) = kinds().find(|kind| kind.name == schedule.kind) else {
        tracing::warn!(%tenant, schedule = schedule.code, kind = schedule.kind, "a schedule of an unknown kind is left to others");
        return Ok(next);
    };
    let slot = plan.latest(now).map_or(due, |latest| latest.max(due));
    move_on(db, tenant, schedule, Some(slot), next, Some(kind.job(schedule.payload.clone()))).await
}

/// Moves the schedule from where it was read to `next`, and enqueues the job of `slot` with it. Nothing happens where
/// another process was first.
async fn move_on(
    db: &Db,
    tenant: Uuid,
    schedule: &Schedule,
    slot: Option<Timestamp>,
    next: Option<Timestamp>,
    job: Option<store::NewJob>,
) -> Result<Option<Timestamp>, Problem> {
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let moved = tx
        .execute(
            sql!(
                "update job_schedules set last_slot_at = coalesce($4, last_slot_at), next_slot_at = $5
                 where tenant_id = $1 and id = $2 and next_slot_at is not distinct from $3
                   and enabled and archived_at is null and cron = $6 and time_zone = $7
                   and ($4::timestamptz is null or last_slot_at is null or last_slot_at < $4)"
            ),
            &[&tenant, &schedule.id, &schedule.next, &slot, &next, &schedule.cron, &schedule.zone],
        )
        .await?;
    if moved == 1
        && let Some(job) = job
    {
        tx.enqueue(job).await?;
    }
    tx.commit().await?;
    Ok(next)
}

/// Plans anew what a wrong clock has planned: schedules whose next slot lies beyond the second one from now.
/// Gives how many.
///
/// # Errors
/// Problems of the database.
pub async fn mend_plans(db: &Db) -> Result<usize, Problem> {
    let now = db.world().now();
    let look = db.begin_system(SystemTask::FindDueSchedules).await?;
    let rows = look
        .query(
            across!("select distinct tenant_id from job_schedules where enabled and next_slot_at > $1"),
            &[&now],
        )
        .await?;
    let mut mended = 0;
    for row in rows {
        let tenant: Uuid = row.get(0);
        for schedule in schedules(db, tenant).await? {
            let Ok(plan) = Plan::read(&schedule.cron, &schedule.zone) else { continue };
            let first = plan.after(now);
            let second = first.and_then(|first| plan.after(first));
            if schedule.next > second && second.is_some() {
                let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
                tx.execute(
                    sql!(
                        "update job_schedules set next_slot_at = $4, last_slot_at = least(last_slot_at, $5)
                         where tenant_id = $1 and id = $2 and next_slot_at = $3"
                    ),
                    &[&tenant, &schedule.id, &schedule.next, &first, &now],
                )
                .await?;
                tx.commit().await?;
                mended += 1;
                tracing::warn!(%tenant, schedule = schedule.code, "a schedule was planned by a wrong clock; it is planned anew");
            }
        }
    }
    Ok(mended)
}

pub(super) async fn keep_scheduling(services: Services, stop: CancellationToken) {
    let db = &services.db;
    let mut mended: Option<Instant> = None;
    while !stop.is_cancelled() {
        if mended.is_none_or(|last| last.elapsed() >= MEND) {
            mended = Some(Instant::now());
            if let Err(problem) = mend_plans(db).await {
                tracing::warn!(?problem, "schedules could not be compared with the clock");
            }
        }
        let wait = match enqueue_due(db).await {
            Ok(next) => next.map_or(LOOK, |next| until(db.world().now(), next)),
            Err(problem) => {
                tracing::warn!(?problem, "could not look for due schedules");
                LOOK
            }
        };
        tokio::select! {
            () = sleep(wait) => {}
            () = stop.cancelled() => return,
        }
    }
}

fn until(now: Timestamp, next: Timestamp) -> Duration {
    Duration::try_from(next.duration_since(now)).unwrap_or_default().clamp(Duration::from_millis(20), LOOK)
}
