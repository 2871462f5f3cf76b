//! Integration tokens: `tnt_<short id of the tenant>_<secret>`, shown once, stored as a hash.
//!
//! The short id in clear finds the tenant, so that the secret is looked up inside that tenant alone. The secret
//! has 256 bits of randomness, so a plain SHA-256 of it is as good as a slow hash.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use model::{
    caller::{Actor, Caller, Grants, RecordScope, Scope},
    problem::{Code, Problem, Status, codes},
};
use sha2::{Digest, Sha256};
use store::{
    Db, TenantTx, sql,
    sql::{Arg, Query, Type},
};
use uuid::Uuid;

/// The tenant is suspended or closed.
pub static TENANT_INACTIVE: Code = Code::new(
    "tenant_inactive",
    Status::Forbidden,
    "This company's access is suspended",
    "The token is valid, but its tenant is suspended or closed. The operator of this Tenantry can resume it.",
);

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
/// `not_found` when the tenant has no such role.
pub async fn create(
    tx: &mut TenantTx,
    name: &str,
    role_code: &str,
    expires_at: Option<Timestamp>,
) -> Result<NewToken, Problem> {
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
    let tenant = db.resolve("short_id", short_id).await?.ok_or_else(refused)?;
    let system = Caller::system(tenant, request);
    let find = Query::fixed(
        sql!(
            "select k.id, t.status = 'active', k.last_used_at is null or k.last_used_at < $3::timestamptz - interval '1 minute',
                    array_agg(p.permission_code order by p.permission_code) filter (where p.id is not null),
                    array_agg(p.record_scope order by p.permission_code) filter (where p.id is not null)
             from integration_tokens k
             join tenants t on t.id = k.tenant_id
             join roles r on r.tenant_id = k.tenant_id and r.id = k.role_id and r.archived_at is null
             left join role_permissions p on p.tenant_id = k.tenant_id and p.role_id = k.role_id
             where k.tenant_id = $1 and k.token_hash = $2 and k.revoked_at is null and k.archived_at is null
               and (k.expires_at is null or k.expires_at > $3)
             group by k.id, t.status, k.last_used_at"
        ),
        vec![tenant.into(), Arg::new(hash(secret), Type::BYTEA), db.world().now().into()],
    );
    let rows = db.read(&system, find).await?;
    let row = rows.first().ok_or_else(refused)?;
    if !row.get::<_, bool>(1) {
        return Err(Problem::new(&TENANT_INACTIVE, "This company's access is suspended."));
    }
    let token_id: Uuid = row.get(0);
    if row.get(2) {
        touch(db, &system, token_id).await?;
    }
    let names: Option<Vec<String>> = row.get(3);
    let scopes: Option<Vec<String>> = row.get(4);
    let mut grants = Grants::default();
    for (name, scope) in names.unwrap_or_default().into_iter().zip(scopes.unwrap_or_default()) {
        grants.add(name, RecordScope::from_name(&scope).unwrap_or(RecordScope::Own));
    }
    Ok(Caller {
        tenant,
        scope: Scope::Staff,
        actor: Actor::Token(token_id),
        customer: None,
        request,
        batch: None,
        grants: Arc::new(grants),
        team: Arc::new([]),
    })
}

/// Remembers that the token is in use, once a minute at most.
async fn touch(db: &Db, system: &Caller, token: Uuid) -> Result<(), Problem> {
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
    let (short_id, secret) = token.strip_prefix("tnt_")?.split_once('_')?;
    let plain = |text: &str| !text.is_empty() && text.len() <= 64 && text.is_ascii();
    (plain(short_id) && plain(secret)).then_some((short_id, secret))
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

fn refused() -> Problem {
    Problem::new(&codes::UNAUTHENTICATED, "The token is unknown, expired or revoked.")
        .hint("Send `Authorization: Bearer tnt_…` with a valid token; `tenantry token create` makes one.")
}
