//! What must hold of rights beyond single permissions: nobody gives more than they hold, built-in roles stay as the
//! program has them, a company keeps an admin, and roles of the portal are for its people alone.
//!
//! Callers write roles and who has them like any other record. [`hold`] looks at what was written, within the same
//! transaction; where it refuses, nothing was written.

use model::{
    Document,
    access::roles::{ROLES, fits},
    caller::{Caller, RecordScope, Scope},
    entity::Entity,
    event::Change,
    problem::{Code, FieldError, Problem, Status},
    value,
};
use serde_json::Value;
use store::{TenantTx, engine::Record, sql};
use uuid::Uuid;

use super::roles::permissions;

/// Somebody would give rights that they do not hold.
pub static BEYOND_OWN: Code = Code::new(
    "beyond_own_rights",
    Status::Forbidden,
    "More than you hold yourself",
    "Nobody gives, takes or acts on rights that they do not hold themselves, at least as far. Ask an admin to do it.",
);

/// A role that comes with the program.
pub static BUILT_IN: Code = Code::new(
    "built_in_role",
    Status::Conflict,
    "The role comes with the program",
    "Built-in roles are the same for every company and refreshed by upgrades. Copy the role (`roles.copy`) and change the copy.",
);

/// Nobody would be left to give rights.
pub static LAST_ADMIN: Code = Code::new(
    "last_admin",
    Status::Conflict,
    "The last admin",
    "A company keeps at least one active user with the role `admin`. Give the role to somebody else first.",
);

/// The refusals of writes that give or take rights.
pub const REFUSALS: &[&Code] = &[&BEYOND_OWN, &BUILT_IN, &LAST_ADMIN];

/// A permission and how far it reaches.
pub type Grant = (String, RecordScope);

/// A role with what it permits.
#[derive(Clone, Debug)]
pub struct Role {
    /// Stable name.
    pub code: String,
    /// It comes with the program.
    pub is_system: bool,
    /// It is for portal users.
    pub is_portal: bool,
    /// It was archived and permits nothing.
    pub is_archived: bool,
    /// What it permits.
    pub grants: Vec<Grant>,
}

impl Role {
    /// The role of this id.
    ///
    /// # Errors
    /// Problems of the database.
    pub async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<Self>, Problem> {
        let rows = tx
            .query(
                sql!(
                    "select r.code, r.is_system, r.is_portal, r.archived_at is not null, p.permission_code, p.record_scope
                     from roles r left join role_permissions p on p.tenant_id = $1 and p.role_id = r.id
                     where r.tenant_id = $1 and r.id = $2"
                ),
                &[&tx.tenant(), &id],
            )
            .await?;
        let grants =
            rows.iter().filter_map(|row| Some((row.get::<_, Option<String>>(4)?, reach(row.get(5)))));
        Ok(rows.first().map(|row| Self {
            code: row.get(0),
            is_system: row.get(1),
            is_portal: row.get(2),
            is_archived: row.get(3),
            grants: grants.collect(),
        }))
    }
}

fn reach(scope: Option<&str>) -> RecordScope {
    scope.and_then(RecordScope::from_name).unwrap_or(RecordScope::Own)
}

/// What a user's roles permit.
///
/// # Errors
/// Problems of the database.
pub async fn of_user(tx: &mut TenantTx, user: Uuid) -> Result<Vec<Grant>, Problem> {
    let rows = tx
        .query(
            sql!(
                "select distinct p.permission_code, p.record_scope from user_roles u
                 join roles r on r.tenant_id = $1 and r.id = u.role_id and r.archived_at is null
                 join role_permissions p on p.tenant_id = $1 and p.role_id = r.id
                 where u.tenant_id = $1 and u.user_id = $2"
            ),
            &[&tx.tenant(), &user],
        )
        .await?;
    Ok(rows.iter().map(|row| (row.get(0), reach(row.get(1)))).collect())
}

/// Refuses where the caller does not hold each of the grants, at least as far.
///
/// # Errors
/// `beyond_own_rights` naming what is missing.
pub fn within(caller: &Caller, grants: &[Grant]) -> Result<(), Problem> {
    let held = |(permission, scope): &&Grant| caller.grants.scope(permission) >= Some(*scope);
    let mut beyond: Vec<&str> =
        grants.iter().filter(|grant| !held(grant)).map(|(name, _)| name.as_str()).collect();
    if beyond.is_empty() {
        return Ok(());
    }
    beyond.sort_unstable();
    let rest = beyond.len().saturating_sub(5);
    beyond.truncate(5);
    let named = beyond.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let detail = format!("This takes rights that you do not hold, or not as far: {named}{more}.");
    Err(Problem::new(&BEYOND_OWN, detail).hint("Ask an admin of your company to do it."))
}

/// Refuses what was just written where it gives or takes rights against the rules above. Records of other entities pass.
///
/// # Errors
/// One of [`REFUSALS`]; `invalid` for an unknown permission and for roles of the other side. The transaction can then
/// only be rolled back.
pub async fn hold(
    tx: &mut TenantTx,
    entity: &Entity,
    change: Change,
    records: &[&Record],
) -> Result<(), Problem> {
    if !matches!(
        entity.name,
        "roles" | "role_permissions" | "user_roles" | "portal_user_roles" | "users" | "data_sources"
    ) {
        return Ok(());
    }
    for record in records {
        let doc: Document = serde_json::from_str(&record.json).map_err(Problem::internal)?;
        match entity.name {
            "roles" => of_role(tx, change, record.id).await?,
            "role_permissions" => of_permission(tx, change, &doc).await?,
            "users" => of_person(tx, change, record.id).await?,
            "data_sources" => of_source(tx, change, &doc).await?,
            _ => of_holder(tx, entity, change, &doc).await?,
        }
    }
    Ok(())
}

/// What makes a role or brings it back: it is not built in, and the caller holds what it permits.
async fn of_role(tx: &mut TenantTx, change: Change, id: Uuid) -> Result<(), Problem> {
    let Some(role) = Role::find(tx, id).await? else { return Ok(()) };
    if role.is_system {
        return Err(built_in(&role));
    }
    if change == Change::Restored { within(tx.caller(), &role.grants) } else { Ok(()) }
}

async fn of_permission(tx: &mut TenantTx, change: Change, doc: &Document) -> Result<(), Problem> {
    let Some(role) = Role::find(tx, linked(doc, "role_id")?).await? else { return Ok(()) };
    if role.is_system {
        return Err(built_in(&role));
    }
    let code = text(doc, "permission_code");
    if matches!(change, Change::Archived | Change::Deleted) {
        return Ok(());
    }
    known(code, &role)?;
    within(tx.caller(), &[(code.to_owned(), reach(Some(text(doc, "record_scope"))))])
}

/// A source acts with its owner's rights. Whoever says where its credential is sent could send it to themselves.
async fn of_source(tx: &mut TenantTx, change: Change, doc: &Document) -> Result<(), Problem> {
    outranks(tx, linked(doc, "owner_id")?).await?;
    if tx.caller().scope == Scope::System {
        return Ok(());
    }
    if matches!(change, Change::Archived | Change::Deleted) || text(doc, "credential_id").is_empty() {
        return Ok(());
    }
    within(tx.caller(), &[("credentials.rotate".to_owned(), RecordScope::All)])
}

/// Refuses a permission that the program does not know, or that the portal's roles never have.
fn known(code: &str, role: &Role) -> Result<(), Problem> {
    let all = permissions();
    let Some(permission) = all.iter().find(|permission| permission.code() == code) else {
        let codes: Vec<String> = all.iter().map(|permission| permission.code()).collect();
        let meant = value::nearest(code, codes.iter().map(String::as_str));
        let hint = meant.map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
        let message = format!("There is no permission `{code}`.{hint}");
        let error = FieldError::new("permission_code", &value::codes::NOT_A_CHOICE, message);
        return Err(Problem::invalid(vec![error.value(code).suggest(meant)]));
    };
    let portal =
        ROLES.iter().filter(|role| role.portal).flat_map(|role| role.grants).flat_map(|grant| grant.patterns);
    if role.is_portal && !portal.into_iter().any(|pattern| fits(pattern, *permission)) {
        let message =
            format!("A role of the portal cannot have `{code}`: it is for the company's own people.");
        let error = FieldError::new("permission_code", &value::codes::NOT_A_CHOICE, message);
        return Err(Problem::invalid(vec![error.value(code)]));
    }
    Ok(())
}

/// Whoever gives a role to somebody, or takes it from them, holds what it permits.
async fn of_holder(
    tx: &mut TenantTx,
    entity: &Entity,
    change: Change,
    doc: &Document,
) -> Result<(), Problem> {
    let id = linked(doc, "role_id")?;
    let Some(role) = Role::find(tx, id).await? else { return Ok(()) };
    let portal = entity.name == "portal_user_roles";
    if role.is_portal != portal {
        let message = match portal {
            true => {
                format!("`{}` is a role of the company's own people; portal users cannot have it.", role.code)
            }
            false => {
                format!("`{}` is a role of portal users; the company's own people cannot have it.", role.code)
            }
        };
        let error = FieldError::new("role_id", &value::codes::NOT_A_CHOICE, message);
        return Err(Problem::invalid(vec![error.value(id.to_string())]));
    }
    within(tx.caller(), &role.grants)?;
    let taken = matches!(change, Change::Archived | Change::Deleted);
    if taken && role.is_system && role.code == "admin" { keep_an_admin(tx).await } else { Ok(()) }
}

/// Whoever imports people's accounts can turn the address of any of them to another mailbox, and whoever imports data
/// sources can have them act for anybody, so they hold all that an admin does. Other entities pass.
///
/// # Errors
/// `beyond_own_rights`.
pub fn import(caller: &Caller, entity: &str) -> Result<(), Problem> {
    let admin =
        ROLES.iter().find(|role| role.code == "admin").filter(|_| matches!(entity, "users" | "data_sources"));
    let Some(admin) = admin else { return Ok(()) };
    let grants = permissions()
        .into_iter()
        .filter_map(|permission| Some((permission.code(), admin.permits(permission)?)));
    within(caller, &grants.collect::<Vec<_>>())
}

/// Nobody changes the account of somebody who may do more, else its address could be turned to another mailbox.
async fn of_person(tx: &mut TenantTx, change: Change, user: Uuid) -> Result<(), Problem> {
    if change == Change::Created {
        return Ok(());
    }
    outranks(tx, user).await?;
    if matches!(change, Change::Archived | Change::Deleted) { out_of_office(tx, user).await } else { Ok(()) }
}

/// Refuses where the user may do more than the caller, who is somebody else.
///
/// # Errors
/// `beyond_own_rights`.
pub async fn outranks(tx: &mut TenantTx, user: Uuid) -> Result<(), Problem> {
    if tx.caller().scope == Scope::System || tx.actor() == model::caller::Actor::User(user) {
        return Ok(());
    }
    let theirs = of_user(tx, user).await?;
    within(tx.caller(), &theirs)
}

/// Refuses where the user, who no longer acts, was the last admin. To be asked after the change.
///
/// # Errors
/// `last_admin`.
pub async fn out_of_office(tx: &mut TenantTx, user: Uuid) -> Result<(), Problem> {
    let row = tx
        .one(
            sql!(
                "select exists (select from user_roles u
                   join roles r on r.tenant_id = $1 and r.id = u.role_id and r.is_system and r.code = 'admin'
                   where u.tenant_id = $1 and u.user_id = $2)"
            ),
            &[&tx.tenant(), &user],
        )
        .await?;
    if row.get(0) { keep_an_admin(tx).await } else { Ok(()) }
}

/// Refuses where no active admin is left. Who asks at the same time waits, and then sees what was done.
async fn keep_an_admin(tx: &mut TenantTx) -> Result<(), Problem> {
    tx.query(
        sql!("select id from roles where tenant_id = $1 and code = 'admin' for no key update"),
        &[&tx.tenant()],
    )
    .await?;
    let row = tx
        .one(
            sql!(
                "select exists (select from roles r
                   join user_roles u on u.tenant_id = $1 and u.role_id = r.id
                   join users p on p.tenant_id = $1 and p.id = u.user_id and p.is_active and p.archived_at is null
                   where r.tenant_id = $1 and r.is_system and r.code = 'admin')"
            ),
            &[&tx.tenant()],
        )
        .await?;
    match row.get(0) {
        true => Ok(()),
        false => Err(Problem::new(&LAST_ADMIN, "No active user with the role `admin` would be left.")
            .hint("Give the role to somebody else first.")),
    }
}

fn built_in(role: &Role) -> Problem {
    Problem::new(&BUILT_IN, format!("The role `{}` comes with the program and cannot be changed.", role.code))
        .hint("Copy it (`POST /api/v1/roles/{id}/copy`) and change the copy.")
}

fn text<'a>(doc: &'a Document, name: &str) -> &'a str {
    doc.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn linked(doc: &Document, name: &str) -> Result<Uuid, Problem> {
    text(doc, name).parse().map_err(|_| Problem::internal(format!("a record without its {name}")))
}
