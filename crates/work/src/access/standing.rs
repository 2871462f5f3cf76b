//! Who may act now, and how far: the one rule for people, portal users and tokens.
//!
//! Each statement finds somebody who may act and tells what their grants are made of: the roles, and for each a stamp
//! that is another one once its permissions change. Only grants whose stamps are not known are read, so that a request
//! is one flight and a changed role counts at once. Being locked keeps somebody from signing in, not from acting:
//! else a stranger who guesses passwords would throw people out.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use model::{
    caller::{Actor, Caller, Grants, RecordScope, Scope},
    problem::{Code, Problem, Status},
};
use serde_json::Value;
use store::{
    Db, sql,
    sql::{Arg, Query, Row, Type},
};
use uuid::Uuid;

use super::{
    known::{self, RoleStamp},
    refusals::{self, Attempt},
    sign_in::Side,
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

/// What each statement selects: id, whether the tenant is active, customer, team, and of the roles ids and stamps.
/// What a statement selects beyond comes behind these, then what the company settled for such a caller.
macro_rules! standing {
    (select: $who:literal, $customer:literal, $team:literal $(, $more:literal)*; settled: $settled:literal, $group:literal;
     roles: $roles:literal; from: $from:expr) => {
        concat!(
            "select ", $who, ".id, t.status = 'active', ", $customer, ", ", $team,
            ", held.roles, held.stamps", $(", ", $more,)*
            ", (select ", $settled, " from tenant_settings where tenant_id = $1 and setting_group = '", $group, "') as settled",
            " from (", $from, ") ", $who, " join tenants t on t.id = $1
             cross join lateral (
               select coalesce(array_agg(r.id order by r.id), '{}') as roles,
                 coalesce(array_agg(s.stamp order by r.id), '{}') as stamps
               from roles r left join role_stamps s on s.tenant_id = $1 and s.id = r.id
               where r.tenant_id = $1 and r.archived_at is null and r.id in (", $roles, ")) held"
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

/// A token that is valid, and whether it was not seen for a minute.
macro_rules! token {
    ($which:literal) => {
        standing! {
            select: "k", "null::uuid", "'{}'::uuid[]",
              "k.last_used_at is null or k.last_used_at < $3::timestamptz - interval '1 minute' as unseen", "k.scopes";
            settled: "document -> 'ip_allow'", "security";
            roles: "k.role_id";
            from: concat!(
                "select id, role_id, last_used_at, scopes from integration_tokens
                 where tenant_id = $1 and revoked_at is null and archived_at is null
                   and (expires_at is null or expires_at > $3) and ", $which)
        }
    };
}

/// Somebody who may act, as the database has them now.
#[derive(Clone, Debug)]
pub struct Standing {
    actor: Actor,
    tenant_active: bool,
    customer: Option<Uuid>,
    team: Arc<[Uuid]>,
    /// In the order of their ids.
    roles: Vec<RoleStamp>,
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
            "id = any(array(
               select id from integration_tokens where tenant_id = $1 and token_hash = $2
               union all
               select id from integration_tokens where tenant_id = $1 and former_hash = $2 and former_until > $3))"
        )),
        args,
    )
}

/// Finds the person of a session that goes on. Behind the standing stand the hash of the session's secret, and whether
/// it was not seen for a minute.
pub fn person_of_session(db: &Db, tenant: Uuid, side: Side, session: Uuid) -> Query {
    let args = vec![tenant.into(), session.into(), moment(db).into()];
    let find = match side {
        Side::Staff => sql!(user!(
            ", s.token_hash, s.last_seen_at",
            "sessions s join users u on u.tenant_id = $1 and u.id = s.user_id",
            "s.tenant_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > $3",
            "u.token_hash",
            "u.last_seen_at < $3::timestamptz - interval '1 minute' as unseen"
        )),
        Side::Portal => sql!(portal_user!(
            ", s.token_hash, s.last_seen_at",
            "sessions s join portal_users u on u.tenant_id = $1 and u.id = s.portal_user_id and u.customer_id = s.customer_id",
            "s.tenant_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > $3",
            "u.token_hash",
            "u.last_seen_at < $3::timestamptz - interval '1 minute' as unseen"
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
        Actor::Token(id) => Query::fixed(sql!(token!("id = $2")), vec![tenant.into(), id.into(), now.into()]),
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
        let (roles, stamps): (Vec<Uuid>, Vec<Option<i64>>) = (row.get(4), row.get(5));
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
            roles: roles.into_iter().zip(stamps).collect(),
        })
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
            let networks: Option<Vec<String>> =
                self.settled.clone().and_then(|list| serde_json::from_value(list).ok());
            admit(db, &caller, &networks.unwrap_or_default()).await?;
        }
        let grants = match known::GRANTS.get(&self.roles) {
            Some(grants) if self.scopes.is_empty() => grants,
            Some(grants) => narrowed(&grants, self.roles, self.scopes),
            None => Arc::new(grants(db, system, &self.roles).await?.narrowed(&self.scopes)),
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
        })
    }
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

/// What the scopes of a token leave of its role, whose grants are known to be those of the stamp.
fn narrowed(grants: &Grants, roles: Vec<RoleStamp>, scopes: Vec<String>) -> Arc<Grants> {
    let key = (roles, scopes);
    known::NARROWED.get(&key).unwrap_or_else(|| {
        let narrowed = Arc::new(grants.narrowed(&key.1));
        known::NARROWED.put(key, narrowed.clone());
        narrowed
    })
}

/// The union of the roles' grants, kept under the stamps with which they were read.
async fn grants(db: &Db, system: &Caller, seen: &[RoleStamp]) -> Result<Arc<Grants>, Problem> {
    let roles: Vec<Uuid> = seen.iter().map(|(role, _)| *role).collect();
    let mut read: BTreeMap<Uuid, Option<i64>> = roles.iter().map(|role| (*role, None)).collect();
    let find = Query::fixed(
        sql!(
            "select s.id, s.stamp, p.permission_code, p.record_scope
             from role_stamps s left join role_permissions p on p.tenant_id = $1 and p.role_id = s.id
             where s.tenant_id = $1 and s.id = any($2)"
        ),
        vec![system.tenant.into(), roles.into()],
    );
    let mut grants = Grants::default();
    for row in db.read(system, find).await? {
        read.insert(row.get(0), row.get(1));
        if let Some(permission) = row.get::<_, Option<String>>(2) {
            grants.add(permission, RecordScope::from_name(row.get(3)).unwrap_or(RecordScope::Own));
        }
    }
    let grants = Arc::new(grants);
    known::GRANTS.put(read.into_iter().collect(), grants.clone());
    Ok(grants)
}
