//! Who may act now, and how far: the one rule for people, portal users and tokens.
//!
//! Each statement finds somebody who may act and tells the tenant's stamp of access, which is another one once anything
//! changes that tells who may act. What was found is remembered under it for a few seconds: a request of somebody who
//! is remembered asks nothing, and the first context that it sets tells whether the stamp is still the same, so that
//! a change counts at once. Portal users are looked up with every request. Being locked keeps somebody from signing in,
//! not from acting: else a stranger who guesses passwords would throw people out.

use std::sync::Arc;

use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};
use model::{
    caller::{Actor, Caller, Grants, RecordScope, Remembered, Scope},
    problem::{Code, Problem, Status},
};
use serde::Deserialize;
use serde_json::Value;
use store::{
    Db, sql,
    sql::{Arg, Query, Row, Type},
};
use uuid::Uuid;

use super::{
    known::{self, Held, Recent, Shown},
    refusals::{self, Attempt},
    sign_in::{Side, Visit},
};
use crate::settings::{self, Portal, security};

/// The tenant is suspended or closed.
pub static TENANT_INACTIVE: Code = Code::new(
    "tenant_inactive",
    Status::Forbidden,
    "This company's access is suspended",
    "The token is valid, but its tenant is suspended or closed. The operator of this Tenantry can resume it.",
);

/// The address is not among those that the company allows.
pub static ADDRESS_NOT_ALLOWED: Code = Code::new(
    "address_not_allowed",
    Status::Forbidden,
    "Not from this address",
    "The company lets its own people and programs in from certain networks alone (`settings/security`, `ip_allow`), and the \
     request comes from elsewhere. Come from there, or ask an admin.",
);

/// How long somebody is remembered: then they are looked up anew, so that their last use is noted.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(10);

/// What each statement selects: id, whether the tenant is active, customer, team, the roles' ids, the stamp of access.
/// What a statement selects beyond comes behind these, then what the company settled for such a caller.
macro_rules! standing {
    (select: $who:literal, $customer:literal, $team:literal $(, $more:literal)*; settled: $settled:literal, $group:literal;
     roles: $roles:literal; from: $from:expr) => {
        concat!(
            "select ", $who, ".id, t.status = 'active', ", $customer, ", ", $team,
            ", array(select r.id from roles r
                where r.tenant_id = $1 and r.archived_at is null and r.id in (", $roles, ") order by r.id)",
            ", (select stamp from access_stamps where tenant_id = $1)", $(", ", $more,)*
            ", (select ", $settled, " from tenant_settings where tenant_id = $1 and setting_group = '", $group, "') as settled",
            " from (", $from, ") ", $who, " join tenants t on t.id = $1"
        )
    };
}

/// A user `u` who may act, found by a condition; `$inner` and `$more` are for what else is to be known of where they
/// were found.
macro_rules! user {
    ($inner:literal, $from:literal, $which:literal $(, $more:literal)*) => {
        standing! {
            select: "u", "null::uuid",
              "array(select other.user_id from team_members mine
                     join team_members other on other.tenant_id = $1 and other.team_id = mine.team_id
                     where mine.tenant_id = $1 and mine.user_id = u.id
                     union select u.id)" $(, $more)*;
            settled: "document -> 'ip_allow'", "security";
            roles: "select role_id from user_roles where tenant_id = $1 and user_id = u.id";
            from: concat!(
                "select u.id", $inner, " from ", $from,
                " where u.tenant_id = $1 and u.is_active and u.archived_at is null and ", $which)
        }
    };
}

/// A portal user `u` who may act, and for which customer.
macro_rules! portal_user {
    ($inner:literal, $from:literal, $which:literal $(, $more:literal)*) => {
        standing! {
            select: "u", "u.customer_id", "'{}'::uuid[]" $(, $more)*;
            settled: "document", "portal";
            roles: "select role_id from portal_user_roles where tenant_id = $1 and portal_user_id = u.id";
            from: concat!(
                "select u.id, u.customer_id", $inner, " from ", $from,
                " join customers c on c.tenant_id = $1 and c.id = u.customer_id and c.archived_at is null
                 where u.tenant_id = $1 and u.is_active and u.archived_at is null and ", $which)
        }
    };
}

/// A token that is valid and until when, and whether it was not seen for a minute.
macro_rules! token {
    ($ends:literal, $which:literal) => {
        standing! {
            select: "k", "null::uuid", "'{}'::uuid[]",
              "k.last_used_at is null or k.last_used_at < $3::timestamptz - interval '1 minute' as unseen", "k.scopes", "k.ends";
            settled: "document -> 'ip_allow'", "security";
            roles: "k.role_id";
            from: concat!(
                "select id, role_id, last_used_at, scopes, ", $ends, " as ends from integration_tokens
                 where tenant_id = $1 and revoked_at is null and archived_at is null
                   and (expires_at is null or expires_at > $3) and ", $which)
        }
    };
}

/// Somebody who may act, as the database has them now.
#[derive(Debug)]
pub struct Standing {
    actor: Actor,
    tenant_active: bool,
    customer: Option<Uuid>,
    team: Arc<[Uuid]>,
    /// In the order of their ids.
    roles: Vec<Uuid>,
    /// The tenant's stamp of access.
    stamp: Option<i64>,
    /// What a token's scopes leave of them; nothing stated leaves all.
    scopes: Vec<String>,
    /// For the company's own people and programs the networks from which they may come, for a portal user the group
    /// `portal`.
    settled: Option<Value>,
}

/// Now, or the end of this second: many who come within it with one token then ask for the very same, which is looked
/// up once. What ends within the second has ended.
fn moment(db: &Db) -> Timestamp {
    let now = db.world().now();
    now.round(TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Ceil)).unwrap_or(now)
}

/// Finds the token of this hash. Behind the standing stands whether its last use is to be noted.
pub fn token_of_hash(db: &Db, tenant: Uuid, hash: Vec<u8>) -> Query {
    let args = vec![tenant.into(), Arg::new(hash, Type::BYTEA), moment(db).into()];
    Query::fixed(
        sql!(token!(
            "least(expires_at, case when token_hash <> $2 then former_until end)",
            "id = any(array(
               select id from integration_tokens where tenant_id = $1 and token_hash = $2
               union all
               select id from integration_tokens where tenant_id = $1 and former_hash = $2 and former_until > $3))"
        )),
        args,
    )
}

/// Finds the person of a session that goes on. Behind the standing stand the hash of the session's secret, whether it was
/// not seen for a minute, and when it ends.
pub fn person_of_session(db: &Db, tenant: Uuid, side: Side, session: Uuid) -> Query {
    let args = vec![tenant.into(), session.into(), moment(db).into()];
    let find = match side {
        Side::Staff => sql!(user!(
            ", s.token_hash, s.last_seen_at, s.expires_at",
            "sessions s join users u on u.tenant_id = $1 and u.id = s.user_id",
            "s.tenant_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > $3",
            "u.token_hash",
            "u.last_seen_at < $3::timestamptz - interval '1 minute' as unseen",
            "u.expires_at as ends"
        )),
        Side::Portal => sql!(portal_user!(
            ", s.token_hash, s.last_seen_at, s.expires_at",
            "sessions s join portal_users u on u.tenant_id = $1 and u.id = s.portal_user_id and u.customer_id = s.customer_id",
            "s.tenant_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > $3",
            "u.token_hash",
            "u.last_seen_at < $3::timestamptz - interval '1 minute' as unseen",
            "u.expires_at as ends"
        )),
    };
    Query::fixed(find, args)
}

/// The actor with what they may do now; `None` where they may not act any more, or never could.
///
/// # Errors
/// `tenant_inactive`, or `unavailable`.
pub async fn of(db: &Db, system: &Caller, actor: Actor) -> Result<Option<Caller>, Problem> {
    let (tenant, now) = (system.tenant, db.world().now());
    let find = match actor {
        Actor::User(id) => {
            Query::fixed(sql!(user!("", "users u", "u.id = $2")), vec![tenant.into(), id.into()])
        }
        Actor::PortalUser(id) => Query::fixed(
            sql!(portal_user!("", "portal_users u", "u.id = $2")),
            vec![tenant.into(), id.into()],
        ),
        Actor::Token(id) => {
            Query::fixed(sql!(token!("expires_at", "id = $2")), vec![tenant.into(), id.into(), now.into()])
        }
        Actor::Job(_) | Actor::System => return Ok(None),
    };
    match Standing::read(&db.read(system, find).await?, actor) {
        Some(standing) => standing.caller(db, system).await.map(Some),
        None => Ok(None),
    }
}

impl Standing {
    /// Reads the answer of one of the statements above about somebody of this kind; `None` where nobody may act.
    pub(super) fn read(rows: &[Row], kind: Actor) -> Option<Self> {
        let row = rows.first()?;
        let id: Uuid = row.get(0);
        let roles: Vec<Uuid> = row.get(4);
        let actor = match kind {
            Actor::Token(_) if roles.is_empty() => return None,
            Actor::Token(_) => Actor::Token(id),
            Actor::User(_) => Actor::User(id),
            Actor::PortalUser(_) => Actor::PortalUser(id),
            Actor::Job(_) | Actor::System => return None,
        };
        let team: Vec<Uuid> = row.get(3);
        let scopes = if let Actor::Token(_) = actor { row.get("scopes") } else { vec![] };
        Some(Self {
            settled: row.get("settled"),
            actor,
            tenant_active: row.get(1),
            customer: row.get(2),
            team: team.into(),
            scopes,
            roles,
            stamp: row.get(5),
        })
    }

    /// The caller as [`Standing::caller`] gives them. One of the staff is remembered as who showed this, until `ends` at the
    /// longest.
    ///
    /// # Errors
    /// As [`Standing::caller`].
    pub(super) async fn enters(
        self,
        db: &Db,
        system: &Caller,
        (shown, ends): (Shown, Option<Timestamp>),
    ) -> Result<Caller, Problem> {
        let longest = db.world().now() + REMEMBERED;
        let until = ends.map_or(longest, |ends| ends.min(longest));
        let (stamp, networks) = (self.stamp, self.networks());
        let caller = self.caller(db, system).await?;
        if let Some(stamp) = stamp.filter(|_| caller.customer.is_none()) {
            let recent = Recent { caller: caller.clone(), networks, stamp, until };
            known::RECENT.put(shown, Arc::new(recent));
        }
        Ok(caller)
    }

    /// From where the company lets its own people and programs in.
    fn networks(&self) -> Vec<String> {
        let networks = self.settled.as_ref().filter(|_| self.customer.is_none());
        networks.and_then(|list| Vec::deserialize(list).ok()).unwrap_or_default()
    }

    /// Who it is.
    pub(super) fn actor(&self) -> Actor {
        self.actor
    }

    /// The caller, under the request of `system`.
    ///
    /// # Errors
    /// `tenant_inactive`, `address_not_allowed`, `unavailable`, or `invalid` where the settings of the portal cannot be read.
    pub(super) async fn caller(self, db: &Db, system: &Caller) -> Result<Caller, Problem> {
        if !self.tenant_active {
            return Err(Problem::new(&TENANT_INACTIVE, "This company's access is suspended."));
        }
        if self.customer.is_none() {
            let caller = Caller { scope: Scope::Staff, actor: self.actor, ..system.clone() };
            admit(db, &caller, &self.networks()).await?;
        }
        let held = Held { tenant: system.tenant, stamp: self.stamp, roles: self.roles, scopes: self.scopes };
        let grants = match known::GRANTS.get(&held) {
            Some(grants) => grants,
            None => grants(db, system, held).await?,
        };
        let grants = match self.settled {
            Some(document) if self.customer.is_some() => {
                Arc::new(settings::stored::<Portal>(Some(document))?.left(&grants))
            }
            _ => grants,
        };
        Ok(Caller {
            tenant: system.tenant,
            scope: if self.customer.is_some() { Scope::Portal } else { Scope::Staff },
            actor: self.actor,
            customer: self.customer,
            request: system.request,
            batch: None,
            client: system.client,
            grants,
            team: self.team,
            remembered: None,
        })
    }
}

/// Who showed this a moment ago, where they may come from the address of this visit. The first context that is set for them
/// tells whether it still holds.
pub(super) fn recall(db: &Db, shown: &Shown, visit: &Visit) -> Option<Caller> {
    let recent = known::RECENT.get(shown).filter(|_| visit.may_be_remembered)?;
    let admitted = visit.client.is_none_or(|client| security::allowed(&recent.networks, client));
    (admitted && db.world().now() < recent.until).then(|| Caller {
        request: visit.request,
        client: visit.client,
        remembered: Some(Arc::new(Remembered::new(recent.stamp))),
        ..recent.caller.clone()
    })
}

/// Lets a caller in who comes from one of these networks, and everybody where there are none. Others leave a line in the
/// audit trail.
///
/// # Errors
/// `address_not_allowed`, or `unavailable`.
pub(super) async fn admit(db: &Db, caller: &Caller, networks: &[String]) -> Result<(), Problem> {
    let Some(client) = caller.client.filter(|client| !security::allowed(networks, *client)) else {
        return Ok(());
    };
    let code = ADDRESS_NOT_ALLOWED.code;
    refusals::note(db, caller, Attempt { permission: None, code, address: code, record: None }).await?;
    let detail = format!("Your company lets nobody in from your address, {client}.");
    Err(Problem::new(&ADDRESS_NOT_ALLOWED, detail).hint("Come from your company's network, or ask an admin."))
}

/// The union of the roles' grants, of which scopes leave a part, kept under the stamp with which they were read.
async fn grants(db: &Db, system: &Caller, held: Held) -> Result<Arc<Grants>, Problem> {
    let find = Query::fixed(
        sql!(
            "select s.stamp, p.permission_code, p.record_scope
             from access_stamps s left join role_permissions p on p.tenant_id = $1 and p.role_id = any($2)
             where s.tenant_id = $1"
        ),
        vec![system.tenant.into(), held.roles.clone().into()],
    );
    let (mut grants, mut stamp) = (Grants::default(), None);
    for row in db.read(system, find).await? {
        stamp = row.get(0);
        if let Some(permission) = row.get::<_, Option<String>>(1) {
            grants.add(permission, RecordScope::from_name(row.get(2)).unwrap_or(RecordScope::Own));
        }
    }
    let grants = Arc::new(grants.narrowed(&held.scopes));
    known::GRANTS.put(Held { stamp, ..held }, grants.clone());
    Ok(grants)
}
