//! The demo's logins: one of the staff for each role, and people at customers, all with one password that each run
//! makes anew.

use futures_util::future::try_join_all;
use model::{access::roles::ROLES, caller::Caller, problem::Problem};
use store::{Db, sql};
use uuid::Uuid;
use work::access::sign_in::Passwords;

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct Login {
    /// Their address.
    pub email: String,
    /// The code of their role.
    pub role: String,
    /// The customer they act for.
    pub customer: Option<String>,
}

/// Gives the first of each staff role, and every portal user, the password; gives them by role, and those at customers
/// by how much they ordered. The staff's hashes are their own; people at
/// customers share one, since it is a demo and each hash takes its time.
///
/// # Errors
/// Problems of the database.
pub async fn give(db: &Db, tenant: Uuid, password: &str) -> Result<Vec<Login>, Problem> {
    let passwords = Passwords::default();
    let system = Caller::system(tenant, db.world().id());
    let mut tx = db.begin(&system).await?;
    let staff = tx
        .query(
            sql!(
                "select distinct on (r.code) u.id, u.email, r.code from users u
                 join user_roles x on x.tenant_id = $1 and x.user_id = u.id
                 join roles r on r.tenant_id = $1 and r.id = x.role_id and r.is_system
                 where u.tenant_id = $1 and u.is_active and u.archived_at is null order by r.code, u.email_key"
            ),
            &[&tenant],
        )
        .await?;
    let ids: Vec<Uuid> = staff.iter().map(|row| row.get(0)).collect();
    let hashes = try_join_all(ids.iter().map(|_| passwords.hash(db.world(), password))).await?;
    tx.execute(
        sql!(
            "update users u set password_hash = g.hash from unnest($2::uuid[], $3::text[]) as g (id, hash)
             where u.tenant_id = $1 and u.id = g.id"
        ),
        &[&tenant, &ids, &hashes],
    )
    .await?;
    let shared = passwords.hash(db.world(), password).await?;
    let portal = tx
        .query(
            sql!(
                "with given as (update portal_users set password_hash = $2
                   where tenant_id = $1 and is_active and archived_at is null returning id, email, customer_id)
                 select g.email, coalesce(min(r.code), ''), c.name from given g
                 join customers c on c.tenant_id = $1 and c.id = g.customer_id
                 left join portal_user_roles x on x.tenant_id = $1 and x.portal_user_id = g.id
                 left join roles r on r.tenant_id = $1 and r.id = x.role_id
                 group by g.id, g.email, c.name
                 order by (select count(*) from orders o where o.tenant_id = $1 and o.portal_user_id = g.id) desc, g.email"
            ),
            &[&tenant, &shared],
        )
        .await?;
    tx.commit().await?;
    let staff = staff.iter().map(|row| Login { email: row.get(1), role: row.get(2), customer: None });
    let mut logins: Vec<Login> = staff.collect();
    logins.sort_by_key(|login| ROLES.iter().position(|role| role.code == login.role));
    logins.extend(portal.iter().map(|row| Login {
        email: row.get(0),
        role: row.get(1),
        customer: Some(row.get(2)),
    }));
    Ok(logins)
}
