//! Which deliveries are due, and taking some of one endpoint.

use std::time::Duration;

use jiff::Timestamp;
use model::{caller::Caller, problem::Problem};
use store::{Db, SystemTask, TenantTx, across, sql};
use uuid::Uuid;

use super::{message::Message, secret};
use crate::{access::seal::Keyring, webhooks::standard::Secret};

/// How long a claim holds. One attempt takes 15 s at most, and none begins that late in a claim.
const LEASE: Duration = Duration::from_secs(60);

/// A subscription of a tenant: whatever hinders one hinders no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    pub tenant: Uuid,
    pub subscription: Uuid,
}

impl Endpoint {
    pub async fn begin(&self, db: &Db) -> Result<TenantTx, Problem> {
        db.begin(&Caller::system(self.tenant, db.world().id())).await
    }
}

/// Deliveries of one endpoint that are this process's to attempt.
pub struct Claim {
    pub url: String,
    /// What signs: the secret, and the former one for a while.
    pub secrets: Vec<Secret>,
    pub lease: Uuid,
    pub deliveries: Vec<Due>,
}

/// One delivery that is due.
pub struct Due {
    pub id: Uuid,
    /// Attempts made before.
    pub attempts: i32,
    pub message: Message,
}

/// Takes up to `most` of the endpoint's due deliveries, those first that have been due the longest. `None` where there
/// are none, or the tenant is not active: then they wait.
pub async fn claim(
    db: &Db,
    keys: &Keyring,
    endpoint: Endpoint,
    most: usize,
) -> Result<Option<Claim>, Problem> {
    let Endpoint { tenant, subscription } = endpoint;
    let mut tx = endpoint.begin(db).await?;
    let target = tx
        .optional(
            sql!(
                "select url, secret, case when former_secret_until > $3 then former_secret end from webhook_subscriptions
                 where tenant_id = $1 and id = $2 and secret is not null
                   and exists (select from tenants t where t.id = $1 and t.status = 'active')"
            ),
            &[&tenant, &subscription, &db.world().now()],
        )
        .await?;
    let Some(target) = target else {
        tx.rollback().await?;
        return Ok(None);
    };
    let (lease, most) = (tx.id(), i64::try_from(most).unwrap_or(i64::MAX));
    let rows = tx
        .query(
            sql!(
                "with taken as (
                   update webhook_deliveries set lease = $3, next_attempt_at = now() + make_interval(secs => $4)
                   where tenant_id = $1 and id = any(array(
                     select id from webhook_deliveries
                     where tenant_id = $1 and subscription_id = $2 and state = 'pending' and next_attempt_at <= now()
                     order by next_attempt_at, id limit $5 for update skip locked))
                   returning id, event_id, attempts)
                 select t.id, t.attempts, e.id, e.type, e.created_at, e.payload::text
                 from taken t join webhook_events e on e.tenant_id = $1 and e.id = t.event_id order by e.id"
            ),
            &[&tenant, &subscription, &lease, &LEASE.as_secs_f64(), &most],
        )
        .await?;
    tx.commit().await?;
    let mut secrets = vec![];
    for sealed in [target.get::<_, Option<&[u8]>>(1), target.get(2)].into_iter().flatten() {
        secrets.push(secret::open(keys, tenant, subscription, sealed)?);
    }
    if let (Some(sealed), Some(secret)) = (target.get::<_, Option<&[u8]>>(1), secrets.first())
        && !keys.is_current(sealed)
    {
        seal_anew(db, keys, endpoint, secret, sealed).await?;
    }
    let due = |row: &store::sql::Row| {
        let (event, at): (Uuid, Timestamp) = (row.get(2), row.get(4));
        Due { id: row.get(0), attempts: row.get(1), message: Message::of(event, row.get(3), at, row.get(5)) }
    };
    let deliveries: Vec<Due> = rows.iter().map(due).collect();
    Ok((!deliveries.is_empty()).then(|| Claim { url: target.get(0), secrets, lease, deliveries }))
}

/// Seals the secret with the key in use instead of a former one, which can then be given up.
async fn seal_anew(
    db: &Db,
    keys: &Keyring,
    endpoint: Endpoint,
    secret: &Secret,
    before: &[u8],
) -> Result<(), Problem> {
    let after = secret::seal(secret, keys, db.world(), endpoint.tenant, endpoint.subscription)?;
    let mut tx = endpoint.begin(db).await?;
    tx.execute(
        sql!("update webhook_subscriptions set secret = $4 where tenant_id = $1 and id = $2 and secret = $3"),
        &[&endpoint.tenant, &endpoint.subscription, &before, &after],
    )
    .await?;
    tx.commit().await
}

/// Endpoints of one tenant with deliveries that are due.
pub async fn due_of(db: &Db, tenant: Uuid) -> Result<Vec<Endpoint>, Problem> {
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let rows = tx
        .query(
            sql!(
                "select s.id from webhook_subscriptions s where s.tenant_id = $1 and s.secret is not null and exists (
                   select from webhook_deliveries d where d.tenant_id = $1 and d.subscription_id = s.id
                     and d.state = 'pending' and d.next_attempt_at <= now())"
            ),
            &[&tenant],
        )
        .await?;
    tx.rollback().await?;
    Ok(rows.iter().map(|row| Endpoint { tenant, subscription: row.get(0) }).collect())
}

/// Endpoints of all tenants with deliveries that are due. Hops from endpoint to endpoint, so a long line of one costs
/// as much as a single delivery.
pub async fn due(db: &Db) -> Result<Vec<Endpoint>, Problem> {
    let look = db.begin_system(SystemTask::FindDueDeliveries).await?;
    let rows = look
        .query(
            across!(
                "with recursive endpoints as (
                   (select tenant_id, subscription_id from webhook_deliveries where state = 'pending'
                    order by tenant_id, subscription_id limit 1)
                   union all
                   select next.tenant_id, next.subscription_id from endpoints e cross join lateral (
                     select d.tenant_id, d.subscription_id from webhook_deliveries d
                     where d.state = 'pending' and (d.tenant_id, d.subscription_id) > (e.tenant_id, e.subscription_id)
                     order by d.tenant_id, d.subscription_id limit 1) next)
                 select e.tenant_id, e.subscription_id from endpoints e
                 join tenants t on t.id = e.tenant_id and t.status = 'active' where exists (
                   select from webhook_deliveries d where d.tenant_id = e.tenant_id and d.subscription_id = e.subscription_id
                     and d.state = 'pending' and d.next_attempt_at <= now())"
            ),
            &[],
        )
        .await?;
    Ok(rows.iter().map(|row| Endpoint { tenant: row.get(0), subscription: row.get(1) }).collect())
}
