//! A new access token for a refresh token, which is used up by it.
//!
//! A refresh token that was used before has been in two hands. Which of them is the thief's nobody can tell, so the
//! session ends. There is no time within which a repeat is let through: a program that asks twice at once signs in anew.

use jiff::Timestamp;
use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde_json::json;
use store::sql;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{
    jwt,
    sessions::{self, Kind, Secret, Visit, Which},
};
use crate::{
    access::{
        audit::{Note, note},
        standing::{self, Standing},
        tokens,
    },
    jobs::Services,
};

/// What a refresh token is exchanged for.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The new access token.
    pub access: String,
    /// The new refresh token.
    pub secret: Secret,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
}

/// Exchanges a refresh token.
///
/// # Errors
/// `unauthenticated`, told alike for every token that is not good; `unavailable`.
pub async fn refresh(services: &Services, text: &str, visit: &Visit) -> Result<Refreshed, Problem> {
    let db = &services.db;
    let shown = Secret::read(text).filter(|secret| secret.kind == Kind::Token).ok_or_else(refused)?;
    let tenant = tokens::tenant(db, &shown.short_id).await?.ok_or_else(refused)?;
    let system = Caller::system(tenant, visit.request).at(visit.client);
    let mut tx = db.begin(&system).await?;
    let held = tx
        .optional(
            sql!(
                "select token_hash, coalesce(user_id, portal_user_id) from sessions
                 where tenant_id = $1 and id = $2 and kind = 'token' and revoked_at is null and expires_at > $3 for update"
            ),
            &[&tenant, &shown.session, &db.world().now()],
        )
        .await?
        .ok_or_else(refused)?;
    let (hash, person): (Vec<u8>, Uuid) = (held.get(0), held.get(1));
    if !bool::from(hash.ct_eq(&shown.hash())) {
        if is_spent(&mut tx, &shown).await? {
            sessions::revoke(&mut tx, shown.side, person, Which::One(shown.session)).await?;
            let told = Some(json!({ "session": shown.session, "why": "a refresh token was used twice" }));
            let entity = shown.side.entity();
            note(&mut tx, Note { entity, id: Some(person), action: "sessions_revoked", new_values: told })
                .await?;
            tx.commit().await?;
        }
        return Err(refused());
    }
    let find = standing::person_of_session(db, tenant, shown.side, shown.session);
    let standing = Standing::read(&tx.run(&find).await?, shown.side.actor(person)).ok_or_else(refused)?;
    let secret = spend(&mut tx, &shown).await?;
    let expires_at = sessions::goes_on(&mut tx, shown.side, shown.session).await?;
    tx.commit().await?;
    // A tenant that is suspended gets no new token, and is told.
    standing.caller(db, &system).await?;
    let ids = (tenant, person, shown.session);
    let access = jwt::issue(&services.keys, &services.url, db.world().now(), shown.side, ids)?;
    Ok(Refreshed { access, secret, expires_at })
}

async fn is_spent(tx: &mut store::TenantTx, shown: &Secret) -> Result<bool, Problem> {
    let spent = tx
        .optional(
            sql!("select id from spent_refresh_tokens where tenant_id = $1 and session_id = $2 and token_hash = $3"),
            &[&tx.tenant(), &shown.session, &shown.hash()],
        )
        .await?;
    Ok(spent.is_some())
}

/// Puts a new token in the place of this one.
async fn spend(tx: &mut store::TenantTx, shown: &Secret) -> Result<Secret, Problem> {
    let (tenant, id, world) = (tx.tenant(), tx.id(), tx.world().clone());
    tx.execute(
        sql!(
            "insert into spent_refresh_tokens (tenant_id, id, session_id, token_hash, created_at)
             values ($1, $2, $3, $4, $5)"
        ),
        &[&tenant, &id, &shown.session, &shown.hash(), &world.now()],
    )
    .await?;
    let fresh = Secret::new(&world, shown.side, Kind::Token, &shown.short_id, shown.session);
    tx.execute(
        sql!("update sessions set token_hash = $3 where tenant_id = $1 and id = $2"),
        &[&tenant, &shown.session, &fresh.hash()],
    )
    .await?;
    Ok(fresh)
}

fn refused() -> Problem {
    Problem::new(&codes::UNAUTHENTICATED, "The refresh token is unknown, expired or used before.")
        .hint("Sign in again.")
}
