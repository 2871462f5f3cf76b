//! Who is asking, told to themselves.

use model::{
    Document,
    caller::{Actor, Caller},
    problem::Problem,
    registry,
};
use serde_json::{Map, Value, json};
use store::{Db, engine, sql, sql::Query};
use uuid::Uuid;

use super::{
    sign_in::{Side, sessions::no_person},
    tenants,
};

/// Tenant, person, roles, permissions, the customer of a portal user, and where they are signed in.
///
/// # Errors
/// `unavailable`.
pub async fn me(db: &Db, caller: &Caller, session: Option<Uuid>) -> Result<Value, Problem> {
    let tenant = tenants::own(db, caller).await?;
    let permissions: Map<String, Value> =
        caller.grants.iter().map(|(name, scope)| (name.to_owned(), scope.name().into())).collect();
    let mut me = json!({
        "tenant": tenant, "actor": caller.actor.to_string(), "person": null, "customer": null, "roles": [],
        "permissions": permissions, "session": session.map(|id| json!({ "id": id })),
    });
    let find = match caller.actor {
        Actor::User(_) => sql!(
            "select json_build_object('id', p.id, 'name', p.name, 'email', p.email, 'locale', coalesce(p.locale, t.locale),
                 'second_step', p.totp_since is not null)::text,
               (select json_agg(json_build_object('code', r.code, 'name', r.name) order by r.code)::text
                from user_roles x join roles r on r.tenant_id = $1 and r.id = x.role_id and r.archived_at is null
                where x.tenant_id = $1 and x.user_id = p.id),
               null
             from users p join tenants t on t.id = $1 where p.tenant_id = $1 and p.id = $2"
        ),
        Actor::PortalUser(_) => sql!(
            "select json_build_object('id', p.id, 'name', p.name, 'email', p.email, 'locale', coalesce(p.locale, t.locale),
                 'second_step', p.totp_since is not null)::text,
               (select json_agg(json_build_object('code', r.code, 'name', r.name) order by r.code)::text
                from portal_user_roles x join roles r on r.tenant_id = $1 and r.id = x.role_id and r.archived_at is null
                where x.tenant_id = $1 and x.portal_user_id = p.id),
               json_build_object('id', c.id, 'code', c.code, 'name', c.name)::text
             from portal_users p join tenants t on t.id = $1
             join customers c on c.tenant_id = $1 and c.id = p.customer_id where p.tenant_id = $1 and p.id = $2"
        ),
        _ => sql!(
            "select null, json_build_array(json_build_object('code', r.code, 'name', r.name))::text, null
             from integration_tokens k join roles r on r.tenant_id = $1 and r.id = k.role_id
             where k.tenant_id = $1 and k.id = $2"
        ),
    };
    let args = vec![caller.tenant.into(), caller.actor.id().into()];
    let rows = db.read(&caller.program(), Query::fixed(find, args)).await?;
    for (at, name) in ["person", "roles", "customer"].into_iter().enumerate() {
        if let Some(text) = rows.first().and_then(|row| row.get::<_, Option<&str>>(at)) {
            me[name] = serde_json::from_str(text).map_err(Problem::internal)?;
        }
    }
    Ok(me)
}

/// Changes what people may change of themselves: name and language.
///
/// # Errors
/// `invalid`; `forbidden` for a program's token.
pub async fn change(db: &Db, caller: &Caller, fields: Document) -> Result<(), Problem> {
    let (side, person) = Side::of(caller.actor).ok_or_else(no_person)?;
    if fields.is_empty() {
        return Ok(());
    }
    let entity = registry::entity(side.entity()).ok_or_else(|| Problem::internal("there are no people"))?;
    let mut tx = db.begin(&caller.program()).await?;
    engine::update(&mut tx, entity, person, fields, None).await?;
    tx.commit().await
}
