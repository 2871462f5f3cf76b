//! Two sets of one tenant that touch the same entity commit one after the other.

use std::collections::BTreeSet;

use model::{caller::Caller, problem::Problem};
use serde_json::json;
use store::{Db, sql};
use uuid::Uuid;

use super::{batch::Family, ending::LOOK, lease::Lease, types::data_type};

/// Waits until no other set of the tenant that touches the same entities is being written, and takes the turn. It
/// ends with the lease. Answers `false` where somebody asked the set to stop meanwhile.
pub async fn take(db: &Db, worker: &Caller, lease: &Lease, family: &Family) -> Result<bool, Problem> {
    let mine: BTreeSet<&str> =
        family.children.iter().filter_map(|child| child.data_type.as_deref()).flat_map(entities).collect();
    loop {
        let mut tx = db.begin(worker).await?;
        if !lease.goes_on(&mut tx).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        // One look at a time per tenant, so that two sets never both find the way free.
        tx.execute(
            sql!("select pg_advisory_xact_lock(hashtextextended('imports of ' || $1::uuid::text, 0))"),
            &[&worker.tenant],
        )
        .await?;
        let others = tx
            .query(
                sql!(
                    "select distinct c.data_type from import_batches b
                     join import_batches c on c.tenant_id = b.tenant_id and c.parent_id = b.id
                     where b.tenant_id = $1 and b.id <> $2 and b.lease_until > $3
                       and b.summary ->> 'turn' = b.lease_owner::text and c.data_type is not null"
                ),
                &[&worker.tenant, &family.parent.id, &db.world().now()],
            )
            .await?;
        let free = !others.iter().any(|row| entities(row.get(0)).any(|entity| mine.contains(entity)));
        if free {
            let owner: Uuid = lease.owner();
            tx.execute(
                sql!("update import_batches set summary = coalesce(summary, '{}') || $3 where tenant_id = $1 and id = $2"),
                &[&worker.tenant, &family.parent.id, &json!({ "turn": owner })],
            )
            .await?;
        }
        tx.commit().await?;
        if free {
            return Ok(true);
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn entities(name: &str) -> impl Iterator<Item = &'static str> {
    data_type(name).into_iter().flat_map(|kind| kind.parts.iter().map(|part| part.entity))
}
