//! Integration tokens: `tnt_<short id of the tenant>_<secret>`, shown once, stored as a hash.
//!
//! The short id in clear finds the tenant, so that the secret is looked up inside that tenant alone. The secret
//! has 256 bits of randomness, so a plain SHA-256 of it is as good as a slow hash.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use model::{
    access::roles::ROLES,
    caller::{Actor, Caller},
    problem::{FieldError, Problem, codes},
    value,
};
use sha2::{Digest, Sha256};
use store::{Db, TenantTx, sql};
use uuid::Uuid;

use super::{
    known,
    standing::{self, Standing},
};

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
    if ROLES.iter().any(|role| role.portal && role.code == role_code) {
        let message =
            "A token acts as staff; roles of portal users are for people at a customer. Choose a staff role.";
        return Err(Problem::invalid(vec![
            FieldError::new("role", &value::codes::NOT_A_CHOICE, message).value(role_code),
        ]));
    }
    let tenant = tx.tenant();
    let row = tx
        .optional(
            sql!(
                "select r.id, t.short_id from roles r, tenants t
                 where r.tenant_id = $1 and r.code = $2 and r.archived_at is null and t.id = $1"
            ),
            &[&tenant, &role_code],
        )
        .await?
        .ok_or_else(|| {
            Problem::not_found(&format!("role as `{role_code}`"))
                .hint("`admin` and `sales_rep` are among the built-in ones.")
        })?;
    let (role, short_id): (Uuid, String) = (row.get(0), row.get(1));
    let secret = BASE64.encode(tx.world().secret::<32>());
    let id = tx.id();
    tx.execute(sql!("delete from integration_tokens where tenant_id = $1 and name = $2"), &[&tenant, &name])
        .await?;
    tx.execute(
        sql!(
            "insert into integration_tokens (tenant_id, id, name, token_hash, role_id, expires_at, created_by)
             values ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[&tenant, &id, &name, &hash(&secret), &role, &expires_at, &tx.actor().id()],
    )
    .await?;
    Ok(NewToken { id, text: format!("tnt_{short_id}_{secret}") })
}

/// The caller behind a token. Unknown, expired and revoked tokens, and those of unknown tenants, are refused alike.
///
/// # Errors
/// `unauthenticated`, `tenant_inactive`, or `unavailable`.
pub async fn authenticate(db: &Db, token: &str, request: Uuid) -> Result<Caller, Problem> {
    let (short_id, secret) = split(token).ok_or_else(refused)?;
    let tenant = tenant(db, short_id).await?.ok_or_else(refused)?;
    let system = Caller::system(tenant, request);
    let rows = db.read(&system, standing::token_of_hash(db, tenant, hash(secret))).await?;
    let standing = Standing::read(&rows, Actor::Token(Uuid::nil())).ok_or_else(refused)?;
    let (unseen, token) = (rows.first().is_some_and(|row| row.get(7)), standing.actor());
    let caller = standing.caller(db, &system).await?;
    if unseen {
        touch(db, &system, token.id()).await?;
    }
    Ok(caller)
}

/// The tenant of a short id; none where there is no such tenant.
pub(super) async fn tenant(db: &Db, short_id: &str) -> Result<Option<Uuid>, Problem> {
    if let Some(tenant) = known::TENANTS.get(&short_id.to_owned()) {
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
