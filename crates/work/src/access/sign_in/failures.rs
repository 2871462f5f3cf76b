//! Failed attempts: five within a quarter of an hour lock an account for a quarter of an hour.

use model::problem::Problem;
use serde_json::json;
use store::{TenantTx, sql, sql::Sql};
use uuid::Uuid;

use super::person::Side;
use crate::access::audit::{Note, note};

macro_rules! count {
    ($table:literal) => {
        sql!(concat!(
            "with counted as (
               select id, 1 + case when failing_since > $3::timestamptz - interval '15 minutes' then failed_login_count else 0 end as failures
               from ", $table, " where tenant_id = $1 and id = $2 and (locked_until is null or locked_until <= $3) for update)
             update ", $table, " p set
               failed_login_count = case when c.failures < 5 then c.failures else 0 end,
               failing_since = case when c.failures = 1 then $3 when c.failures < 5 then p.failing_since end,
               locked_until = case when c.failures < 5 then p.locked_until else $3 + interval '15 minutes' end
             from counted c where p.tenant_id = $1 and p.id = c.id returning c.failures >= 5"
        ))
    };
}

/// Counts a failure, and locks the account with the fifth. An account that is locked counts none, so that it opens when
/// it was said to. Without a person the same is done for nobody, which takes as long.
///
/// # Errors
/// Problems of the database.
pub(super) async fn count(tx: &mut TenantTx, side: Side, person: Option<Uuid>) -> Result<(), Problem> {
    let count: &Sql = match side {
        Side::Staff => count!("users"),
        Side::Portal => count!("portal_users"),
    };
    let (tenant, now) = (tx.tenant(), tx.world().now());
    let counted = tx.optional(count, &[&tenant, &person, &now]).await?;
    let entity = side.entity();
    note(tx, Note { entity, id: person, action: "sign_in_failed", new_values: None }).await?;
    if counted.is_some_and(|row| row.get(0)) {
        let told = Some(json!({ "minutes": 15 }));
        note(tx, Note { entity, id: person, action: "locked", new_values: told }).await?;
    }
    Ok(())
}

macro_rules! forget {
    ($table:literal) => {
        sql!(concat!(
            "update ", $table, " set failed_login_count = 0, failing_since = null, locked_until = null, last_login_at = $3,
               totp_step = coalesce($4, totp_step)
             where tenant_id = $1 and id = $2 and is_active and archived_at is null
               and (locked_until is null or locked_until <= $3) and ($4::bigint is null or totp_step is null or totp_step < $4)
             returning id"
        ))
    };
}

/// Forgets the failures of somebody who got in with a code of this time step, if any. False where somebody else was
/// faster: the account was locked or the code used since it was looked at.
///
/// # Errors
/// Problems of the database.
pub(super) async fn forget(
    tx: &mut TenantTx,
    side: Side,
    person: Uuid,
    step: Option<i64>,
) -> Result<bool, Problem> {
    let forget: &Sql = match side {
        Side::Staff => forget!("users"),
        Side::Portal => forget!("portal_users"),
    };
    let (tenant, now) = (tx.tenant(), tx.world().now());
    Ok(tx.optional(forget, &[&tenant, &person, &now, &step]).await?.is_some())
}
