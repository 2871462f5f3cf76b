//! Looking at subscriptions and deliveries, as an operator does.

use jiff::Timestamp;
use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde::Serialize;
use store::{Db, TenantTx, sql, sql::Row};
use uuid::Uuid;

/// A subscription and how its endpoint is doing.
#[derive(Clone, Debug, Serialize)]
pub struct Subscription {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Where events are posted to.
    pub url: String,
    /// Filters of events.
    pub event_types: Vec<String>,
    /// `active` or `disabled`.
    pub status: String,
    /// Why it is disabled.
    pub disabled_reason: Option<String>,
    /// It has a secret; without one, events wait.
    pub has_secret: bool,
    /// Deliveries that wait for an attempt.
    pub pending: i64,
    /// Failures since the last success.
    pub failures: i32,
    /// What the last failure was.
    pub last_error: Option<String>,
}

/// A delivery.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// Its id.
    pub id: Uuid,
    /// The subscription's name.
    pub subscription: String,
    /// The event.
    pub event_id: Uuid,
    /// What kind of event.
    pub event_type: String,
    /// `pending`, `delivered`, `failed` or `cancelled`.
    pub state: String,
    /// Attempts made.
    pub attempts: i32,
    /// When the next one is due.
    pub next_attempt_at: Option<Timestamp>,
    /// What the endpoint answered last.
    pub last_status: Option<i32>,
    /// What the last failure was.
    pub last_error: Option<String>,
    /// When the event was handed on.
    pub created_at: Timestamp,
}

/// Which deliveries are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Of this subscription alone.
    pub subscription: Option<Uuid>,
    /// In this state alone.
    pub state: Option<String>,
    /// How many at most.
    pub most: i64,
}

async fn begin(db: &Db, tenant: Uuid) -> Result<TenantTx, Problem> {
    db.begin(&Caller::system(tenant, db.world().id())).await
}

/// The tenant's subscriptions by name, those in the archive left out.
///
/// # Errors
/// Problems of the database.
pub async fn subscriptions(db: &Db, tenant: Uuid) -> Result<Vec<Subscription>, Problem> {
    let mut tx = begin(db, tenant).await?;
    let rows = tx
        .query(
            sql!(
                "select s.id, s.name, s.url, s.event_types, s.status, s.disabled_reason, s.secret is not null,
                   (select count(*) from webhook_deliveries d where d.tenant_id = $1 and d.subscription_id = s.id
                     and d.state = 'pending'),
                   coalesce(f.failures, 0), f.last_error
                 from webhook_subscriptions s
                 left join webhook_failures f on f.tenant_id = $1 and f.subscription_id = s.id
                 where s.tenant_id = $1 and s.archived_at is null order by s.name"
            ),
            &[&tenant],
        )
        .await?;
    tx.rollback().await?;
    let read = rows.iter().map(|row| Subscription {
        id: row.get(0),
        name: row.get(1),
        url: row.get(2),
        event_types: row.get(3),
        status: row.get(4),
        disabled_reason: row.get(5),
        has_secret: row.get(6),
        pending: row.get(7),
        failures: row.get(8),
        last_error: row.get(9),
    });
    Ok(read.collect())
}

/// Deliveries, the latest first.
///
/// # Errors
/// Problems of the database.
pub async fn deliveries(db: &Db, tenant: Uuid, wanted: &Wanted) -> Result<Vec<Delivery>, Problem> {
    let mut tx = begin(db, tenant).await?;
    let rows = tx
        .query(
            sql!(
                "select d.id, s.name, e.id, e.type, d.state, d.attempts, d.next_attempt_at, d.last_status, d.last_error,
                   d.created_at
                 from webhook_deliveries d
                 join webhook_subscriptions s on s.tenant_id = $1 and s.id = d.subscription_id
                 join webhook_events e on e.tenant_id = $1 and e.id = d.event_id
                 where d.tenant_id = $1 and ($2::uuid is null or d.subscription_id = $2) and ($3::text is null or d.state = $3)
                 order by d.id desc limit $4"
            ),
            &[&tenant, &wanted.subscription, &wanted.state, &wanted.most],
        )
        .await?;
    tx.rollback().await?;
    Ok(rows.iter().map(read).collect())
}

/// One delivery.
///
/// # Errors
/// `not_found`; problems of the database.
pub async fn delivery(db: &Db, tenant: Uuid, id: Uuid) -> Result<Delivery, Problem> {
    let mut tx = begin(db, tenant).await?;
    let row = tx
        .optional(
            sql!(
                "select d.id, s.name, e.id, e.type, d.state, d.attempts, d.next_attempt_at, d.last_status, d.last_error,
                   d.created_at
                 from webhook_deliveries d
                 join webhook_subscriptions s on s.tenant_id = $1 and s.id = d.subscription_id
                 join webhook_events e on e.tenant_id = $1 and e.id = d.event_id
                 where d.tenant_id = $1 and d.id = $2"
            ),
            &[&tenant, &id],
        )
        .await?;
    tx.rollback().await?;
    row.as_ref().map(read).ok_or_else(|| Problem::not_found("webhook_delivery"))
}

fn read(row: &Row) -> Delivery {
    Delivery {
        id: row.get(0),
        subscription: row.get(1),
        event_id: row.get(2),
        event_type: row.get(3),
        state: row.get(4),
        attempts: row.get(5),
        next_attempt_at: row.get(6),
        last_status: row.get(7),
        last_error: row.get(8),
        created_at: row.get(9),
    }
}

/// The subscription of this name or id.
///
/// # Errors
/// `not_found` naming what was looked for; problems of the database.
pub async fn find(db: &Db, tenant: Uuid, text: &str) -> Result<Uuid, Problem> {
    let id = Uuid::try_parse(text).ok();
    let mut tx = begin(db, tenant).await?;
    let row = tx
        .optional(
            sql!("select id from webhook_subscriptions where tenant_id = $1 and (id = $2 or name = $3)"),
            &[&tenant, &id, &text],
        )
        .await?;
    tx.rollback().await?;
    row.map(|row| row.get(0)).ok_or_else(|| {
        let told = format!("There is no subscription `{text}`. `tenantry webhooks list` lists them.");
        Problem::new(&codes::NOT_FOUND, told)
    })
}
