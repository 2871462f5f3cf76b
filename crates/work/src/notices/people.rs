//! Whom a notice concerns, and how each of them wants to be told.

use model::{notices::NoticeKind, problem::Problem};
use store::{TenantTx, sql};
use uuid::Uuid;

/// Whom a notice concerns. Users who are archived or not active are never told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// One user; nobody where the id is no user's.
    User(Uuid),
    /// Everyone with the role of this code.
    Role(&'static str),
    /// Everyone whose roles permit this on any record: `failed_webhooks.replay`.
    Permission(&'static str),
}

/// Someone to be told.
#[derive(Debug)]
pub(super) struct Person {
    pub id: Uuid,
    pub address: String,
    pub name: String,
    /// Of the user, else of the tenant.
    pub locale: String,
    /// Wants it on the page.
    pub page: bool,
    /// Wants a mail.
    pub email: bool,
}

/// The people meant, by their ids.
pub(super) async fn find(tx: &mut TenantTx, to: To, kind: &NoticeKind) -> Result<Vec<Person>, Problem> {
    let tenant = tx.tenant();
    let (user, role, permission) = match to {
        To::User(id) => (Some(id), None, None),
        To::Role(code) => (None, Some(code), None),
        To::Permission(code) => (None, None, Some(code)),
    };
    let rows = tx
        .query(
            sql!(
                "select u.id, u.email, u.name, coalesce(u.locale, t.locale), coalesce(p.page, $3),
                   coalesce(p.email, $4) = 'at_once'
                 from users u
                 join tenants t on t.id = $1
                 left join notification_preferences p on p.tenant_id = $1 and p.user_id = u.id and p.kind = $2
                 where u.tenant_id = $1 and u.is_active and u.archived_at is null
                   and ($5::uuid is null or u.id = $5)
                   and ($6::text is null or exists (
                     select from user_roles x join roles r on r.tenant_id = $1 and r.id = x.role_id
                     where x.tenant_id = $1 and x.user_id = u.id and r.code = $6 and r.archived_at is null))
                   and ($7::text is null or exists (
                     select from user_roles x join roles r on r.tenant_id = $1 and r.id = x.role_id
                     join role_permissions g on g.tenant_id = $1 and g.role_id = r.id
                     where x.tenant_id = $1 and x.user_id = u.id and g.permission_code = $7 and r.archived_at is null))
                 order by u.id"
            ),
            &[&tenant, &kind.code, &kind.page, &kind.email.name(), &user, &role, &permission],
        )
        .await?;
    let person = |row: &store::sql::Row| Person {
        id: row.get(0),
        address: row.get(1),
        name: row.get(2),
        locale: row.get(3),
        page: row.get(4),
        email: row.get(5),
    };
    Ok(rows.iter().map(person).collect())
}
