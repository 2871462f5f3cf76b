//! Sessions: a device on which somebody is signed in, by a browser's cookie or by tokens of a program.
//!
//! The secret of a session is stored as a hash; it carries the tenant's short id in clear, then the session's id, so it
//! is looked up inside that tenant. A session ends a while after it was last used, and in any case after another: of
//! staff as their company's settings say, of people at customers after a week and ninety days.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use jiff::{SignedDuration, Timestamp};
use model::{
    caller::Caller,
    problem::{Problem, codes},
    world::World,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{Db, TenantTx, sql, sql::Query};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{
    jwt,
    person::{Person, Side},
};
use crate::{
    access::{
        audit::{Note, note},
        known::Shown,
        standing::{self, Standing},
        tokens,
    },
    jobs::Services,
    settings::{self, Security},
};

/// How long a session of the portal goes on that is not used.
const IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a session of the portal goes on at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How long sessions of this side go on: unused, and at most.
async fn lasts(tx: &mut TenantTx, side: Side) -> Result<(SignedDuration, SignedDuration), Problem> {
    if side == Side::Portal {
        return Ok((IDLE, LONGEST));
    }
    let security: Security = settings::of(tx).await?;
    let longest = SignedDuration::from_hours(security.session_days * 24);
    Ok((SignedDuration::from_hours(security.session_idle_hours).min(longest), longest))
}

/// From where somebody comes.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The request's id.
    pub request: Uuid,
    /// Its address.
    pub client: Option<IpAddr>,
    /// What the program calls itself: the header `User-Agent`.
    pub agent: Option<String>,
    /// Whoever comes may be taken for whom they were a moment ago; whoever serves the request looks whether that held.
    pub may_be_remembered: bool,
}

/// How a session shows that it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A cookie of a browser.
    Cookie,
    /// An access token, renewed by a refresh token.
    Token,
}

impl Kind {
    /// The name the database knows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Token => "token",
        }
    }
}

/// The secret of a session, as it travels.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The session.
    pub session: Uuid,
    /// The side of its person.
    pub side: Side,
    /// How it is shown.
    pub kind: Kind,
    /// The tenant's short id.
    pub short_id: String,
    /// The whole text.
    pub text: String,
}

impl Secret {
    /// A new secret for a session.
    pub fn new(world: &World, side: Side, kind: Kind, short_id: &str, session: Uuid) -> Self {
        let mut bytes = session.as_bytes().to_vec();
        bytes.extend(world.secret::<32>());
        let text = format!("{}_{short_id}_{}", prefix(side, kind), BASE64.encode(bytes));
        Self { session, side, kind, short_id: short_id.to_owned(), text }
    }

    /// Reads one; `None` where the text is none.
    pub fn read(text: &str) -> Option<Self> {
        let (first, rest) = text.split_once('_')?;
        let (short_id, secret) = rest.split_once('_')?;
        let all = [Side::Staff, Side::Portal]
            .into_iter()
            .flat_map(|side| [(side, Kind::Cookie), (side, Kind::Token)]);
        let (side, kind) = all.into_iter().find(|(side, kind)| prefix(*side, *kind) == first)?;
        let bytes: [u8; 48] = BASE64.decode(secret).ok()?.try_into().ok()?;
        let session = Uuid::from_slice(&bytes[..16]).ok()?;
        Some(Self { session, side, kind, short_id: short_id.to_owned(), text: text.to_owned() })
    }

    /// What of it is stored.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.text.as_bytes()).to_vec()
    }
}

fn prefix(side: Side, kind: Kind) -> &'static str {
    match (side, kind) {
        (Side::Staff, Kind::Cookie) => "tns",
        (Side::Portal, Kind::Cookie) => "tnps",
        (Side::Staff, Kind::Token) => "tnr",
        (Side::Portal, Kind::Token) => "tnpr",
    }
}

/// A session that began or goes on.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Its secret.
    pub secret: Secret,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// Begins a session.
///
/// # Errors
/// Problems of the database.
pub(super) async fn begin(
    tx: &mut TenantTx,
    person: &Person,
    kind: Kind,
    agent: Option<&str>,
) -> Result<Begun, Problem> {
    let (world, id) = (tx.world().clone(), tx.id());
    let secret = Secret::new(&world, person.side, kind, &person.short_id, id);
    let (now, (user, portal_user)) = (world.now(), person.side.columns(person.id));
    let (expires_at, client) = (now + lasts(tx, person.side).await?.0, tx.caller().client);
    let agent: Option<String> =
        agent.map(|agent| agent.chars().filter(|c| !c.is_control()).take(200).collect());
    tx.execute(
        sql!(
            "insert into sessions (tenant_id, id, user_id, portal_user_id, customer_id, kind, token_hash, refresh_family,
               agent, ip, last_seen_at, expires_at, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $2, $8, $9, $10, $11, $10)"
        ),
        &[
            &tx.tenant(), &id, &user, &portal_user, &person.customer, &kind.name(), &secret.hash(), &agent, &client,
            &now, &expires_at,
        ],
    )
    .await?;
    Ok(Begun { secret, expires_at })
}

/// Somebody who is signed in, and where.
#[derive(Clone, Debug)]
pub struct Present {
    /// The person.
    pub caller: Caller,
    /// The session.
    pub session: Uuid,
}

/// The person behind an access token.
///
/// # Errors
/// `unauthenticated`, told alike for every token that is not good; `tenant_inactive`, or `unavailable`.
pub async fn by_access_token(services: &Services, token: &str, visit: &Visit) -> Result<Present, Problem> {
    let db = &services.db;
    let claims =
        jwt::read(&services.keys, &services.url, db.world().now(), token).ok_or_else(tokens::refused)?;
    let side = claims.side().ok_or_else(tokens::refused)?;
    let system = Caller::system(claims.tenant, visit.request).at(visit.client);
    let (shown, session) = (Shown::Session(side, claims.tenant, claims.sid, claims.sub), claims.sid);
    if let Some(caller) = standing::recall(db, &shown, visit) {
        return Ok(Present { caller, session });
    }
    let rows = db.point(&system, standing::person_of_session(db, claims.tenant, side, session)).await?;
    let standing =
        Standing::read(&rows, side.actor(claims.sub)).filter(|it| it.actor() == side.actor(claims.sub));
    let standing = standing.ok_or_else(tokens::refused)?;
    let ends = rows.first().map(|row| row.get("ends"));
    Ok(Present { caller: standing.enters(db, &system, (shown, ends)).await?, session })
}

/// The person behind a browser's cookie.
///
/// # Errors
/// `unauthenticated`; `tenant_inactive`, or `unavailable`.
pub async fn by_cookie(db: &Db, text: &str, visit: &Visit) -> Result<Present, Problem> {
    let secret = Secret::read(text).filter(|secret| secret.kind == Kind::Cookie).ok_or_else(over)?;
    let tenant = tokens::tenant(db, &secret.short_id).await?.ok_or_else(over)?;
    let system = Caller::system(tenant, visit.request).at(visit.client);
    let shown = Shown::Secret(tenant, secret.hash());
    if let Some(caller) = standing::recall(db, &shown, visit) {
        return Ok(Present { caller, session: secret.session });
    }
    let rows =
        db.point(&system, standing::person_of_session(db, tenant, secret.side, secret.session)).await?;
    let hash: Vec<u8> = rows.first().map(|row| row.get("token_hash")).unwrap_or_default();
    if !bool::from(hash.ct_eq(&secret.hash())) {
        return Err(over());
    }
    let standing = Standing::read(&rows, secret.side.actor(Uuid::nil())).ok_or_else(over)?;
    let ends = rows.first().map(|row| row.get("ends"));
    let caller = standing.enters(db, &system, (shown, ends)).await?;
    if rows.first().is_some_and(|row| row.get("unseen")) {
        touch(db, &system, secret.side, secret.session).await?;
    }
    Ok(Present { caller, session: secret.session })
}

/// Remembers that the session is in use, once a minute at most, and lets it go on.
async fn touch(db: &Db, system: &Caller, side: Side, session: Uuid) -> Result<(), Problem> {
    let mut tx = db.begin(system).await?;
    goes_on(&mut tx, side, session).await?;
    tx.commit().await
}

/// Lets a session go on; gives until when.
pub(super) async fn goes_on(tx: &mut TenantTx, side: Side, session: Uuid) -> Result<Timestamp, Problem> {
    let now = tx.world().now();
    let (idle, longest) = lasts(tx, side).await?;
    let (idle, longest) = (now + idle, now - longest);
    let row = tx
        .one(
            sql!(
                "update sessions set last_seen_at = $3, expires_at = least($4, created_at + ($3 - $5::timestamptz))
                 where tenant_id = $1 and id = $2 returning expires_at"
            ),
            &[&tx.tenant(), &session, &now, &idle, &longest],
        )
        .await?;
    Ok(row.get(0))
}

/// The person's sessions that go on, the latest first; `current` is marked.
///
/// # Errors
/// Problems of the database.
pub async fn list(db: &Db, caller: &Caller, current: Option<Uuid>) -> Result<Value, Problem> {
    let (user, portal_user) = columns(caller)?;
    let find = Query::fixed(
        sql!(
            "select coalesce(json_agg(json_build_object(
               'id', id, 'kind', kind, 'current', id = $5, 'agent', agent, 'ip', host(ip), 'created_at', created_at,
               'last_seen_at', last_seen_at, 'expires_at', expires_at) order by last_seen_at desc), '[]')::text
             from sessions
             where tenant_id = $1 and (user_id = $2 or portal_user_id = $3) and revoked_at is null and expires_at > $4"
        ),
        vec![
            caller.tenant.into(), user.into(), portal_user.into(), db.world().now().into(),
            current.unwrap_or_default().into(),
        ],
    );
    let rows = db.read(&caller.program(), find).await?;
    let list: &str = rows.first().map_or("[]", |row| row.get(0));
    Ok(json!({ "data": serde_json::from_str::<Value>(list).map_err(Problem::internal)? }))
}

/// Which of the person's sessions are to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// This one.
    One(Uuid),
    /// All but this one.
    Others(Uuid),
    /// All.
    All,
}

/// Ends sessions of the person at once: their cookies and tokens are good no more. Gives how many there were.
///
/// # Errors
/// Problems of the database.
pub async fn revoke(tx: &mut TenantTx, side: Side, person: Uuid, which: Which) -> Result<u64, Problem> {
    let (user, portal_user) = side.columns(person);
    let (one, but) = match which {
        Which::One(id) => (Some(id), None),
        Which::Others(id) => (None, Some(id)),
        Which::All => (None, None),
    };
    tx.execute(
        sql!(
            "update sessions set revoked_at = $4
             where tenant_id = $1 and (user_id = $2 or portal_user_id = $3) and revoked_at is null
               and ($5::uuid is null or id = $5) and ($6::uuid is null or id <> $6)"
        ),
        &[&tx.tenant(), &user, &portal_user, &tx.world().now(), &one, &but],
    )
    .await
}

/// Ends sessions as their person asks, and says so in the audit.
///
/// # Errors
/// `not_found` for a session that is none of theirs; problems of the database.
pub async fn end(db: &Db, caller: &Caller, which: Which, action: &str) -> Result<u64, Problem> {
    let (side, person) = Side::of(caller.actor).ok_or_else(no_person)?;
    let mut tx = db.begin(&caller.program()).await?;
    let ended = revoke(&mut tx, side, person, which).await?;
    if ended == 0 && matches!(which, Which::One(_)) {
        tx.rollback().await?;
        return Err(Problem::not_found("session"));
    }
    let told = Some(json!({ "sessions": ended }));
    note(&mut tx, Note { entity: side.entity(), id: Some(person), action, new_values: told }).await?;
    tx.commit().await?;
    Ok(ended)
}

fn columns(caller: &Caller) -> Result<(Option<Uuid>, Option<Uuid>), Problem> {
    let (side, person) = Side::of(caller.actor).ok_or_else(no_person)?;
    Ok(side.columns(person))
}

/// Only people have sessions and passwords.
pub(crate) fn no_person() -> Problem {
    Problem::new(
        &codes::FORBIDDEN,
        "This is for people who are signed in; a token of a program has no password and no sessions.",
    )
}

/// The answer to every cookie that is not good.
fn over() -> Problem {
    Problem::new(&codes::UNAUTHENTICATED, "You are not signed in any more.").hint("Sign in again.")
}
