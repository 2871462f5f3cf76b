//! Links that work once, for an hour: invitations and resets of a password.
//!
//! A link carries the tenant's short id and a secret, which is stored as a hash and looked up inside that tenant. It goes
//! to the person's own address and nowhere else; the mail that waits holds it sealed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use jiff::{SignedDuration, Timestamp};
use model::{
    caller::Caller,
    problem::{Code, Problem, Status},
};
use sha2::{Digest, Sha256};
use store::{
    Db, TenantTx, sql,
    sql::{Query, Sql},
};
use uuid::Uuid;

use super::{
    passwords,
    person::{Person, Side},
    rules,
    sessions::{self, Visit, Which},
};
use crate::{
    access::{
        audit::{Note, note},
        seal::Keyring,
        tokens,
    },
    jobs::Services,
    mail::{self, Letter, NewMail, Sealed},
};

/// How long a link works.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The link does not work.
pub static LINK_REFUSED: Code = Code::new(
    "link_refused",
    Status::Unauthenticated,
    "The link does not work any more",
    "A link of an invitation or a reset works once and for one hour, and a newer one takes its place. Ask for a new one.",
);

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The first password of somebody new.
    Invitation,
    /// A new password in the place of one that was forgotten.
    Reset,
}

impl Purpose {
    /// The name the database knows.
    const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Invitation => "tni",
            Self::Reset => "tnw",
        }
    }

    /// What is told of the making of one.
    const fn made(self) -> &'static str {
        match self {
            Self::Invitation => "invited",
            Self::Reset => "reset_requested",
        }
    }

    /// What is told of the use of one.
    const fn used(self) -> &'static str {
        match self {
            Self::Invitation => "accepted",
            Self::Reset => "reset_used",
        }
    }

    /// The path below the public address where it leads.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Invitation => "/accept",
            Self::Reset => "/reset",
        }
    }
}

/// A link that was just made: the only time its token is known.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its row.
    pub id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// Its token.
    pub token: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl Link {
    /// The path with the token, below the public address.
    pub fn path(&self) -> String {
        format!("{}?token={}", self.purpose.path(), self.token)
    }
}

/// Makes a link for the person and says so in the audit; those of the same purpose made before work no more.
///
/// # Errors
/// Problems of the database.
pub async fn make(tx: &mut TenantTx, person: &Person, purpose: Purpose) -> Result<Link, Problem> {
    let (tenant, id, world) = (tx.tenant(), tx.id(), tx.world().clone());
    let (now, (user, portal_user)) = (world.now(), person.side.columns(person.id));
    let token = format!("{}_{}_{}", purpose.prefix(), person.short_id, BASE64.encode(world.secret::<32>()));
    let expires_at = now + LIFE;
    close(tx, person.side, person.id, Some(purpose)).await?;
    tx.execute(
        sql!(
            "insert into one_time_tokens (tenant_id, id, kind, user_id, portal_user_id, token_hash, expires_at, created_at, created_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        &[
            &tenant, &id, &purpose.name(), &user, &portal_user, &hash(&token), &expires_at, &now, &tx.actor().id(),
        ],
    )
    .await?;
    let line =
        Note { entity: person.side.entity(), id: Some(person.id), action: purpose.made(), new_values: None };
    note(tx, line).await?;
    Ok(Link { id, purpose, token, expires_at })
}

/// Makes a link and mails it to the person.
///
/// # Errors
/// Problems of the database.
pub(crate) async fn send(
    tx: &mut TenantTx,
    keys: &Keyring,
    person: &Person,
    purpose: Purpose,
) -> Result<Link, Problem> {
    let link = make(tx, person, purpose).await?;
    let sealed = Sealed::new(keys, tx.world(), tx.tenant(), link.id, &link.path())?;
    let letter = match purpose {
        Purpose::Invitation => Letter::Invitation { link: sealed },
        Purpose::Reset => Letter::Reset { link: sealed },
    };
    let mail = NewMail {
        user: person.side.columns(person.id).0,
        address: person.email.clone(),
        name: person.name.clone(),
        locale: person.locale.clone(),
        // One line, whatever the company is called.
        subject: letter
            .title(&person.locale, &person.company)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        letter,
    };
    mail::put(tx, purpose.name(), None, vec![mail]).await?;
    Ok(link)
}

macro_rules! lock {
    ($table:literal) => {
        sql!(concat!("select id from ", $table, " where tenant_id = $1 and id = $2 for update"))
    };
}

/// How many links of this purpose were made for the person within the last hour. Whoever counts at the same time waits.
///
/// # Errors
/// Problems of the database.
pub(super) async fn lately(tx: &mut TenantTx, person: &Person, purpose: Purpose) -> Result<i64, Problem> {
    let (tenant, after) = (tx.tenant(), tx.world().now() - LIFE);
    let (user, portal_user) = person.side.columns(person.id);
    let lock: &Sql = match person.side {
        Side::Staff => lock!("users"),
        Side::Portal => lock!("portal_users"),
    };
    tx.query(lock, &[&tenant, &person.id]).await?;
    let row = tx
        .one(
            sql!(
                "select count(*) from one_time_tokens
                 where tenant_id = $1 and (user_id = $2 or portal_user_id = $3) and kind = $4 and created_at > $5"
            ),
            &[&tenant, &user, &portal_user, &purpose.name(), &after],
        )
        .await?;
    Ok(row.get(0))
}

/// Sets a password by a link, which is used up, with all others of the person; their sessions end.
///
/// # Errors
/// `link_refused`, told alike for every link that does not work; `invalid` for a password that may be none, which leaves
/// the link as it was; `sign_in_busy`.
pub async fn redeem(
    services: &Services,
    purpose: Purpose,
    token: &str,
    password: &str,
    visit: &Visit,
) -> Result<Side, Problem> {
    let db = &services.db;
    let short_id = short_id(purpose, token).ok_or_else(refused)?;
    let tenant = tokens::tenant(db, short_id).await?.ok_or_else(refused)?;
    let system = Caller::system(tenant, visit.request).at(visit.client);
    let (link, person) = find(db, &system, purpose, token).await?.ok_or_else(refused)?;
    let policy = rules::policy(db, &system).await?;
    rules::check(policy, "password", password, &person.names())
        .map_err(|error| Problem::invalid(vec![error]))?;
    let hash = services.passwords.hash(db.world(), password).await?;
    let mut tx = db.begin(&person.acting(&system)).await?;
    let used = tx
        .execute(
            sql!(
                "update one_time_tokens set used_at = $3
                 where tenant_id = $1 and id = $2 and used_at is null and expires_at > $3"
            ),
            &[&tenant, &link, &db.world().now()],
        )
        .await?;
    if used == 0 {
        tx.rollback().await?;
        return Err(refused());
    }
    passwords::set(&mut tx, person.side, person.id, &hash).await?;
    close(&mut tx, person.side, person.id, None).await?;
    sessions::revoke(&mut tx, person.side, person.id, Which::All).await?;
    let line =
        Note { entity: person.side.entity(), id: Some(person.id), action: purpose.used(), new_values: None };
    note(&mut tx, line).await?;
    tx.commit().await?;
    Ok(person.side)
}

/// The link that works, and its person, if they may sign in.
async fn find(
    db: &Db,
    system: &Caller,
    purpose: Purpose,
    token: &str,
) -> Result<Option<(Uuid, Person)>, Problem> {
    let find = Query::fixed(
        sql!(
            "select id, user_id, portal_user_id from one_time_tokens
             where tenant_id = $1 and token_hash = $2 and kind = $3 and used_at is null and expires_at > $4"
        ),
        vec![
            system.tenant.into(),
            store::sql::Arg::new(hash(token), store::sql::Type::BYTEA),
            purpose.name().into(),
            db.world().now().into(),
        ],
    );
    let rows = db.read(system, find).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (side, person) = match (row.get::<_, Option<Uuid>>(1), row.get::<_, Option<Uuid>>(2)) {
        (Some(user), _) => (Side::Staff, user),
        (None, portal_user) => (Side::Portal, portal_user.unwrap_or_default()),
    };
    let found = Person::read(side, &db.read(system, Person::by_id(side, system.tenant, person)).await?);
    Ok(found.filter(|person| person.may).map(|person| (row.get(0), person)))
}

/// Uses up the person's links: those of one purpose, or all.
async fn close(tx: &mut TenantTx, side: Side, person: Uuid, purpose: Option<Purpose>) -> Result<(), Problem> {
    let (tenant, now, (user, portal_user)) = (tx.tenant(), tx.world().now(), side.columns(person));
    tx.execute(
        sql!(
            "update one_time_tokens set used_at = $4
             where tenant_id = $1 and (user_id = $2 or portal_user_id = $3) and used_at is null
               and ($5::text is null or kind = $5)"
        ),
        &[&tenant, &user, &portal_user, &now, &purpose.map(Purpose::name)],
    )
    .await?;
    Ok(())
}

fn short_id(purpose: Purpose, token: &str) -> Option<&str> {
    let (short_id, secret) = token.strip_prefix(purpose.prefix())?.strip_prefix('_')?.split_once('_')?;
    (!short_id.is_empty() && short_id.len() <= 64 && secret.len() <= 64).then_some(short_id)
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn refused() -> Problem {
    Problem::new(
        &LINK_REFUSED,
        "This link does not work: it was used, is older than an hour, or a newer one took its place.",
    )
    .hint("Ask for a new one.")
}
