//! Integration tokens: `tnt_<short id of the tenant>_<secret>`, shown once, stored as a hash.
//!
//! The short id in clear finds the tenant, so that the secret is looked up inside that tenant alone. The secret
//! has 256 bits of randomness, so a plain SHA-256 of it is as good as a slow hash. What a token may do is what its
//! role permits, narrowed by its scopes; whoever makes or rotates one learns its text, so they hold all of it themselves.

mod create;
mod revoke;
mod rotate;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use model::{
    access::roles::{fits, fits_code},
    caller::{Actor, Caller},
    problem::{Code, FieldError, Problem, Status, codes},
    value,
};
use sha2::{Digest, Sha256};
use store::{
    Db, TenantTx, sql,
    sql::{Query, Row},
};
use uuid::Uuid;

use super::{
    known::{self, Shown},
    rights::{Grant, Role, within},
    roles::permissions,
    sign_in::Visit,
    standing::{self, Standing},
};
use crate::operation::{Operate, Operation};

/// The operations on tokens.
pub(super) const OPERATIONS: [Operation; 3] = [create::OPERATION, rotate::OPERATION, revoke::OPERATION];

/// The token is no longer valid.
pub static TOKEN_ENDED: Code = Code::new(
    "token_ended",
    Status::Conflict,
    "The token is no longer valid",
    "A token that was revoked or has expired stays so. Make a new one.",
);

/// How every integration token begins.
pub const PREFIX: &str = "tnt_";

/// A token that was just made: the only time its text is known.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its id, by which it is listed and revoked.
    pub id: Uuid,
    /// What the program sends as `Authorization: Bearer …`.
    pub text: String,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct Make<'a> {
    /// What people know it by.
    pub name: &'a str,
    /// Its role.
    pub role: Uuid,
    /// Patterns of permissions that narrow the role; none leaves it as it is.
    pub scopes: &'a [String],
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Makes a token. One of the same name that is no longer valid makes room; `replace` takes a valid one away too.
///
/// # Errors
/// `invalid` naming what is wrong with role, scopes, name or end; `beyond_own_rights`.
pub async fn make(tx: &mut TenantTx, new: &Make<'_>, replace: bool) -> Result<NewToken, Problem> {
    let (tenant, now) = (tx.tenant(), tx.world().now());
    let role = Role::find(tx, new.role).await?.filter(|role| !role.is_archived);
    let mut errors = vec![];
    match &role {
        None => {
            let message = "There is no such role, or it is archived.";
            errors.push(
                FieldError::new("role_id", &value::codes::UNKNOWN_LINK, message).value(new.role.to_string()),
            );
        }
        Some(role) if role.is_portal => {
            let message = "A token acts as staff; roles of portal users are for people at a customer. Choose a staff role.";
            errors.push(
                FieldError::new("role_id", &value::codes::NOT_A_CHOICE, message).value(role.code.clone()),
            );
        }
        Some(role) => errors.extend(new.scopes.iter().filter_map(|scope| no_scope(role, scope))),
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        let message = "A token expires in the future; this moment has passed.";
        let error = FieldError::new("expires_at", &value::codes::TOO_SMALL, message);
        errors.push(error.value(new.expires_at.map(|end| end.to_string())));
    }
    tx.execute(
        sql!(
            "delete from integration_tokens where tenant_id = $1 and name = $2
               and ($3 or revoked_at is not null or archived_at is not null or expires_at <= $4)"
        ),
        &[&tenant, &new.name, &replace, &now],
    )
    .await?;
    let taken = sql!("select 1 from integration_tokens where tenant_id = $1 and name = $2");
    if tx.optional(taken, &[&tenant, &new.name]).await?.is_some() {
        let message =
            format!("Another token has the name {}. Choose a different one, or rotate that one.", new.name);
        errors.push(FieldError::new("name", &value::codes::DUPLICATE, message).value(new.name));
    }
    let Some(role) = role.filter(|_| errors.is_empty()) else { return Err(Problem::invalid(errors)) };
    within(tx.caller(), &narrowed(&role.grants, new.scopes))?;
    let (id, secret) = (tx.id(), secret(tx));
    tx.execute(
        sql!(
            "insert into integration_tokens (tenant_id, id, name, token_hash, role_id, scopes, expires_at, created_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &[
            &tenant, &id, &new.name, &hash(&secret), &new.role, &new.scopes, &new.expires_at,
            &tx.actor().id(),
        ],
    )
    .await?;
    Ok(NewToken { id, text: text(tx, &secret).await? })
}

/// Makes a token with the rights of the role `role_code`; one of the same name is replaced.
///
/// # Errors
/// `not_found` when the tenant has no such role, `invalid` for one of portal users.
pub async fn create(
    tx: &mut TenantTx,
    name: &str,
    role_code: &str,
    expires_at: Option<Timestamp>,
) -> Result<NewToken, Problem> {
    let role = role_of(tx, role_code).await?;
    make(tx, &Make { name, role, scopes: &[], expires_at }, true).await
}

/// A token as the command line lists it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What people know it by.
    pub name: String,
    /// Its role's code.
    pub role: String,
    /// What narrows the role.
    pub scopes: Vec<String>,
    /// valid, expired or revoked.
    pub state: String,
}

/// The tenant's tokens by name.
///
/// # Errors
/// `unavailable`.
pub async fn list(db: &Db, tenant: Uuid) -> Result<Vec<Listed>, Problem> {
    let system = Caller::system(tenant, db.world().id());
    let find = Query::fixed(
        sql!(
            "select k.name, r.code, k.scopes,
               case when k.revoked_at is not null then 'revoked' when k.expires_at <= $2 then 'expired' else 'valid' end
             from integration_tokens k join roles r on r.tenant_id = $1 and r.id = k.role_id
             where k.tenant_id = $1 and k.archived_at is null order by k.name"
        ),
        vec![tenant.into(), db.world().now().into()],
    );
    let rows = db.read(&system, find).await?;
    let listed =
        |row: &Row| Listed { name: row.get(0), role: row.get(1), scopes: row.get(2), state: row.get(3) };
    Ok(rows.iter().map(listed).collect())
}

/// Ends the token of this name at once.
///
/// # Errors
/// `not_found` where there is none.
pub async fn revoke(tx: &mut TenantTx, name: &str) -> Result<(), Problem> {
    let find = sql!("select id from integration_tokens where tenant_id = $1 and name = $2");
    let row = tx.optional(find, &[&tx.tenant(), &name]).await?;
    let row = row.ok_or_else(|| {
        Problem::not_found(&format!("token as `{name}`")).hint("`tenantry token list` shows them all.")
    })?;
    revoke::Revoke {}.run(tx, row.get(0)).await.map(drop)
}

/// The role of this code.
///
/// # Errors
/// `not_found` with the code.
pub async fn role_of(tx: &mut TenantTx, code: &str) -> Result<Uuid, Problem> {
    let find = sql!("select id from roles where tenant_id = $1 and code = $2 and archived_at is null");
    let row = tx.optional(find, &[&tx.tenant(), &code]).await?;
    row.map(|row| row.get(0)).ok_or_else(|| {
        Problem::not_found(&format!("role as `{code}`"))
            .hint("`admin` and `sales_rep` are among the built-in ones.")
    })
}

/// What is wrong with a scope of a token of this role.
fn no_scope(role: &Role, scope: &str) -> Option<FieldError> {
    let all = permissions();
    let wrong =
        |message: String| Some(FieldError::new("scopes", &value::codes::NOT_A_CHOICE, message).value(scope));
    if !all.iter().any(|permission| fits(scope, *permission)) {
        let mut names: Vec<String> = all.iter().map(|permission| permission.code()).collect();
        names.extend(all.iter().map(|permission| format!("{}.*", permission.entity)));
        let meant = value::nearest(scope, names.iter().map(String::as_str));
        let hint = meant.map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
        let message =
            format!("`{scope}` covers no permission; write `customers.view` or `customers.*`.{hint}");
        return wrong(message).map(|error| error.suggest(meant));
    }
    if !role.grants.iter().any(|(code, _)| fits_code(scope, code)) {
        return wrong(format!("The role `{}` permits nothing of `{scope}`.", role.code));
    }
    None
}

/// What the scopes leave of a role's grants.
fn narrowed(grants: &[Grant], scopes: &[String]) -> Vec<Grant> {
    let left = |(code, _): &&Grant| scopes.is_empty() || scopes.iter().any(|scope| fits_code(scope, code));
    grants.iter().filter(left).cloned().collect()
}

fn secret(tx: &TenantTx) -> String {
    BASE64.encode(tx.world().secret::<32>())
}

/// What the program sends: the tenant's short id in clear, and the secret.
async fn text(tx: &mut TenantTx, secret: &str) -> Result<String, Problem> {
    let row = tx.one(sql!("select short_id from tenants where id = $1"), &[&tx.tenant()]).await?;
    Ok(format!("tnt_{}_{secret}", row.get::<_, &str>(0)))
}

/// The caller behind a token. Unknown, expired and revoked tokens, and those of unknown tenants, are refused alike.
///
/// # Errors
/// `unauthenticated`, `tenant_inactive`, `address_not_allowed`, or `unavailable`.
pub async fn authenticate(db: &Db, token: &str, visit: &Visit) -> Result<Caller, Problem> {
    let (short_id, secret) = split(token).ok_or_else(refused)?;
    let tenant = tenant(db, short_id).await?.ok_or_else(refused)?;
    let system = Caller::system(tenant, visit.request).at(visit.client);
    let hash = hash(secret);
    let shown = Shown::Secret(tenant, hash.clone());
    if let Some(caller) = standing::recall(db, &shown, visit) {
        return Ok(caller);
    }
    let rows = db.point(&system, standing::token_of_hash(db, tenant, hash)).await?;
    let standing = Standing::read(&rows, Actor::Token(Uuid::nil())).ok_or_else(refused)?;
    let (unseen, token) = (rows.first().is_some_and(|row| row.get("unseen")), standing.actor());
    let ends = rows.first().and_then(|row| row.get("ends"));
    let caller = standing.enters(db, &system, (shown, ends)).await?;
    if unseen {
        touch(db, &system, token.id()).await?;
    }
    Ok(caller)
}

/// The tenant of a short id; none where there is no such tenant.
pub(super) async fn tenant(db: &Db, short_id: &str) -> Result<Option<Uuid>, Problem> {
    if let Some(tenant) = known::TENANTS.get(short_id) {
        return Ok(Some(tenant));
    }
    let found = db.resolve("short_id", short_id).await?;
    if let Some(tenant) = found {
        known::TENANTS.put(short_id.to_owned(), tenant);
    }
    Ok(found)
}

/// Remembers that the token is in use, once a minute at most.
async fn touch(db: &Db, system: &Caller, token: Option<Uuid>) -> Result<(), Problem> {
    let mut tx = db.begin(system).await?;
    let now = db.world().now();
    tx.execute(
        sql!("update integration_tokens set last_used_at = $3 where tenant_id = $1 and id = $2"),
        &[&system.tenant, &token, &now],
    )
    .await?;
    tx.commit().await
}

fn split(token: &str) -> Option<(&str, &str)> {
    let (short_id, secret) = token.strip_prefix(PREFIX)?.split_once('_')?;
    let plain = |text: &str| !text.is_empty() && text.len() <= 64 && text.is_ascii();
    (plain(short_id) && plain(secret)).then_some((short_id, secret))
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

pub(super) fn refused() -> Problem {
    Problem::new(&codes::UNAUTHENTICATED, "The token is unknown, expired or revoked.")
        .hint("Send `Authorization: Bearer tnt_…` with a valid token; `tenantry token create` makes one.")
}
