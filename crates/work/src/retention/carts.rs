//! Carts whose time is over, and stock held for carts longer than it may be.

use model::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::sql;
use uuid::Uuid;

use crate::jobs::{Job, Kind, Perform};

/// Holds or carts ended in one transaction.
const MOST: i64 = 500;

pub(super) const KIND: Kind =
    Kind::of::<ExpireCarts>("Gives back stock held for carts too long, and expires carts nobody touched.");

/// The sweep over carts.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ExpireCarts {}

impl Perform for ExpireCarts {
    const KIND: &'static str = "carts.expire";

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let (mut holds, mut carts) = (0, 0);
        loop {
            job.go_on()?;
            let lapsed = lapse(job).await?;
            holds += lapsed;
            if lapsed == 0 {
                break;
            }
        }
        loop {
            job.go_on()?;
            let expired = expire(job).await?;
            carts += expired;
            if expired == 0 {
                return Ok(json!({ "holds": holds, "carts": carts }));
            }
        }
    }
}

/// Gives back stock: of holds whose time is over, and of all holds of carts whose time is over. Levels are locked first
/// and in the order in which everybody locks them, so the levels and their reservations change together.
async fn lapse(job: &Job) -> Result<u64, Problem> {
    let now = job.db().world().now();
    let mut tx = job.begin().await?;
    let rows = tx
        .query(
            sql!(
                "select r.id from inventory_reservations r
                 join cart_items c on c.tenant_id = $1 and c.id = r.cart_item_id
                 join carts k on k.tenant_id = $1 and k.id = c.cart_id
                 where r.tenant_id = $1 and r.state = 'open'
                   and (r.expires_at <= $2 or k.status = 'ACTIVE' and k.expires_at <= $2)
                 order by r.id limit $3"
            ),
            &[&job.tenant(), &now, &MOST],
        )
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    tx.query(
        sql!(
            "select id from inventory where tenant_id = $1 and (sku_id, location_id) in (
               select sku_id, location_id from inventory_reservations where tenant_id = $1 and id = any($2))
             order by sku_id, location_id for update"
        ),
        &[&job.tenant(), &ids],
    )
    .await?;
    let lapsed = tx
        .one(
            sql!(
                "with lapsed as (
                   update inventory_reservations set state = 'expired'
                   where tenant_id = $1 and id = any($2) and state = 'open' returning sku_id, location_id, quantity
                 ), levels as (
                   update inventory i set reserved = i.reserved - l.quantity
                   from (select sku_id, location_id, sum(quantity) as quantity from lapsed group by sku_id, location_id) l
                   where i.tenant_id = $1 and i.sku_id = l.sku_id and i.location_id = l.location_id returning 1
                 )
                 select count(*) from lapsed"
            ),
            &[&job.tenant(), &ids],
        )
        .await?;
    let lapsed: i64 = lapsed.get(0);
    tx.commit().await?;
    Ok(u64::try_from(lapsed).unwrap_or(0))
}

/// Expires carts whose time is over and that hold nothing any more.
async fn expire(job: &Job) -> Result<u64, Problem> {
    let mut tx = job.begin().await?;
    let expired = tx
        .execute(
            sql!(
                "update carts set status = 'EXPIRED' where tenant_id = $1 and id = any(array(
                   select k.id from carts k
                   where k.tenant_id = $1 and k.status = 'ACTIVE' and k.expires_at <= $2
                     and not exists (select from cart_items c
                       join inventory_reservations r on r.tenant_id = $1 and r.cart_item_id = c.id and r.state = 'open'
                       where c.tenant_id = $1 and c.cart_id = k.id)
                   order by k.id limit $3 for update skip locked))"
            ),
            &[&job.tenant(), &job.db().world().now(), &MOST],
        )
        .await?;
    tx.commit().await?;
    Ok(expired)
}
