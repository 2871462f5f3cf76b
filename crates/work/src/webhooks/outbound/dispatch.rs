//! Handing events to the subscriptions that want them: the outbox becomes deliveries.

use std::collections::VecDeque;

use futures_util::FutureExt;
use model::{caller::Caller, problem::Problem};
use store::{Db, Lane, SystemTask, Wake, across, sql};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::jobs::Services;

/// Events handed on in one statement.
const BATCH: i64 = 1_000;

/// What one statement has handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispatched {
    /// Events that were pending.
    pub events: i64,
    /// Deliveries made of them.
    pub deliveries: i64,
}

/// Hands up to a thousand of the tenant's pending events to its active subscriptions, in one statement: an event is
/// done exactly when its deliveries are there. Any number of processes may do so at once. (The share lock keeps a
/// subscription from being disabled or given its first secret in between; a delivery that waits for that secret has no
/// next attempt.)
///
/// # Errors
/// Problems of the database.
pub async fn dispatch(db: &Db, tenant: Uuid) -> Result<Dispatched, Problem> {
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let row = tx
        .one(
            sql!(
                "with pending as materialized (
                   select id, type from webhook_events where tenant_id = $1 and state = 'pending'
                   order by id limit $2 for update skip locked),
                 active as materialized (
                   select id, event_types, secret is not null as has_secret from webhook_subscriptions
                   where tenant_id = $1 and status = 'active' and archived_at is null for share),
                 made as (
                   insert into webhook_deliveries (tenant_id, id, subscription_id, event_id, next_attempt_at)
                   select $1, app.uuid7(), s.id, p.id, case when s.has_secret then now() end
                   from pending p
                   join active s on s.event_types && array['*', split_part(p.type, '.', 1) || '.*', p.type]
                   order by p.id
                   on conflict (tenant_id, subscription_id, event_id) do nothing returning 1),
                 done as (
                   update webhook_events e set state = 'done' from pending p
                   where e.tenant_id = $1 and e.id = p.id returning 1)
                 select (select count(*) from done), (select count(*) from made)"
            ),
            &[&tenant, &BATCH],
        )
        .await?;
    let dispatched = Dispatched { events: row.get(0), deliveries: row.get(1) };
    if dispatched.deliveries > 0 {
        tx.wake(Lane::Deliveries);
    }
    tx.commit().await?;
    Ok(dispatched)
}

/// Tenants with pending events.
async fn waiting(db: &Db) -> Result<Vec<Uuid>, Problem> {
    let look = db.begin_system(SystemTask::FindPendingEvents).await?;
    let rows = look
        .query(
            across!(
                "with recursive tenants_with_events as (
                   (select tenant_id from webhook_events where state = 'pending' order by tenant_id limit 1)
                   union all
                   select (select e.tenant_id from webhook_events e where e.state = 'pending' and e.tenant_id > t.tenant_id
                           order by e.tenant_id limit 1)
                   from tenants_with_events t where t.tenant_id is not null)
                 select tenant_id from tenants_with_events where tenant_id is not null"
            ),
            &[],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Hands on what comes until told to stop; tenants take turns, a batch each.
pub(super) async fn keep(services: Services, stop: CancellationToken) {
    let db = &services.db;
    let mut wakes = db.wakes(Lane::Events);
    let mut line: VecDeque<Uuid> = VecDeque::new();
    while !stop.is_cancelled() {
        let wake = if line.is_empty() {
            tokio::select! {
                wake = wakes.next() => Some(wake),
                () = stop.cancelled() => return,
            }
        } else {
            wakes.next().now_or_never()
        };
        let woken = match wake {
            Some(Wake::Tenant(tenant)) => vec![tenant],
            Some(Wake::All) => waiting(db).await.unwrap_or_else(|problem| {
                tracing::warn!(?problem, "could not look for pending events");
                vec![]
            }),
            None => vec![],
        };
        for tenant in woken {
            if !line.contains(&tenant) {
                line.push_back(tenant);
            }
        }
        let Some(tenant) = line.pop_front() else { continue };
        match dispatch(db, tenant).await {
            Ok(done) => {
                metrics::counter!("tenantry_events_dispatched_total").increment(done.events.unsigned_abs());
                if done.events == BATCH {
                    line.push_back(tenant);
                }
            }
            // The next look across tenants finds them again.
            Err(problem) => tracing::warn!(%tenant, ?problem, "events could not be handed on"),
        }
    }
}
