//! Who may act now, and how far: the one rule for people, portal users and tokens.
//!
//! Each statement finds somebody who may act and tells what their grants are made of: the roles, and for each the
//! number and a digest of its permissions. Only grants whose digests are not known are read, so that a request is
//! one flight and a changed role counts at once. Being locked keeps somebody from signing in, not from acting:
//! else a stranger who guesses passwords would throw people out.

use std::{collections::BTreeMap, sync::Arc};

use model::{
    caller::{Actor, Caller, Grants, RecordScope, Scope},
    problem::{Code, Problem, Status},
};
use store::{
    Db, sql,
    sql::{Arg, Query, Row, Type},
};
use uuid::Uuid;

use super::{
    known::{self, RoleDigest},
    refusals::{self, Attempt},
    sign_in::Side,
};
use crate::settings::security;

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

/// What each statement selects: id, whether the tenant is active, customer, team, and of the roles ids, numbers and
/// digests. What a statement selects beyond comes behind these, then the networks that the company allows.
macro_rules! standing {
    (select: $who:literal, $customer:literal, $team:literal $(, $more:literal)*; roles: $roles:literal; from: $from:expr) => {
        concat!(
            "select ", $who, ".id, t.status = 'active', ", $customer, ", ", $team,
            ", held.roles, held.numbers, held.digests", $(", ", $more,)*
            ", (select document -> 'ip_allow' from tenant_settings
                where tenant_id = $1 and setting_group = 'security') as networks",
            " from (", $from, ") ", $who, " join tenants t on t.id = $1
             cross join lateral (
               select coalesce(array_agg(r.id order by r.id), '{}') as roles,
                 coalesce(array_agg(p.number order by r.id), '{}') as numbers,
                 coalesce(array_agg(p.digest order by r.id), '{}') as digests
               from roles r
               cross join lateral (
                 select count(*) as number,
                   coalesce(bit_xor(hashtextextended((permission_code || ' ' || record_scope) collate \"C\", 0)), 0) as digest
                 from role_permissions where tenant_id = $1 and role_id = r.id) p
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
    roles: Vec<RoleDigest>,
    /// What a token's scopes leave of them; nothing stated leaves all.
    scopes: Vec<String>,
    /// From where the company's own people and programs may come; from everywhere where there are none.
    networks: Vec<String>,
}

/// Finds the token of this hash. Behind the standing stands whether its last use is to be noted.
pub fn token_of_hash(db: &Db, tenant: Uuid, hash: Vec<u8>) -> Query {
    let args = vec![tenant.into(), Arg::new(hash, Type::BYTEA), db.world().now().into()];
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
    let args = vec![tenant.into(), session.into(), db.world().now().into()];
    let find = match side {
        Side::Staff => sql!(user!(
            ", s.token_hash, s.last_seen_at",
            "sessions s join users u on u.tenant_id = $1 and u.id = s.user_id",
            "s.tenant_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > $3",
            "u.token_hash",
            "u.last_seen_at < $3::timestamptz - interval '1 minute'"
        )),
        Side::Portal => sql!(portal_user!(
            ", s.token_hash, s.last_seen_at",
            "sessions s join portal_users u on u.tenant_id = $1 and u.id = s.portal_user_id and u.customer_id = s.customer_id",
            "s.tenant_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > $3",
            "u.token_hash",
            "u.last_seen_at < $3::timestamptz - interval '1 minute'"
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
        let (roles, numbers, digests): (Vec<Uuid>, Vec<i64>, Vec<i64>) = (row.get(4), row.get(5), row.get(6));
        let actor = match kind {
            Actor::Token(_) if roles.is_empty() => return None,
            Actor::Token(_) => Actor::Token(id),
            Actor::User(_) => Actor::User(id),
            Actor::PortalUser(_) => Actor::PortalUser(id),
            Actor::Job(_) | Actor::System => return None,
        };
        let team: Vec<Uuid> = row.get(3);
        let scopes = if let Actor::Token(_) = actor { row.get("scopes") } else { vec![] };
        let networks: Option<serde_json::Value> = row.get("networks");
        let networks = networks.and_then(|list| serde_json::from_value(list).ok()).unwrap_or_default();
        Some(Self {
            networks,
            actor,
            tenant_active: row.get(1),
            customer: row.get(2),
            team: team.into(),
            scopes,
            roles: roles
                .into_iter()
                .zip(numbers)
                .zip(digests)
                .map(|((role, n), digest)| (role, n, digest))
                .collect(),
        })
    }

    /// Who it is.
    pub(super) fn actor(&self) -> Actor {
        self.actor
    }

    /// The caller, under the request of `system`.
    ///
    /// # Errors
    /// `tenant_inactive`, or `unavailable`.
    pub(super) async fn caller(self, db: &Db, system: &Caller) -> Result<Caller, Problem> {
        if !self.tenant_active {
            return Err(Problem::new(&TENANT_INACTIVE, "This company's access is suspended."));
        }
        if self.customer.is_none() {
            let caller = Caller { scope: Scope::Staff, actor: self.actor, ..system.clone() };
            admit(db, &caller, &self.networks).await?;
        }
        let grants = match known::GRANTS.get(&self.roles) {
            Some(grants) if self.scopes.is_empty() => grants,
            Some(grants) => narrowed(&grants, self.roles, self.scopes),
            None => Arc::new(grants(db, system, &self.roles).await?.narrowed(&self.scopes)),
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

/// What the scopes of a token leave of its role, whose grants are known to be those of the digest.
fn narrowed(grants: &Grants, roles: Vec<RoleDigest>, scopes: Vec<String>) -> Arc<Grants> {
    let key = (roles, scopes);
    known::NARROWED.get(&key).unwrap_or_else(|| {
        let narrowed = Arc::new(grants.narrowed(&key.1));
        known::NARROWED.put(key, narrowed.clone());
        narrowed
    })
}

/// The union of the roles' grants, kept under the numbers and digests of those that were read.
async fn grants(db: &Db, system: &Caller, seen: &[RoleDigest]) -> Result<Arc<Grants>, Problem> {
    let roles: Vec<Uuid> = seen.iter().map(|(role, ..)| *role).collect();
    let mut read: BTreeMap<Uuid, (i64, i64)> = roles.iter().map(|role| (*role, (0, 0))).collect();
    let find = Query::fixed(
        sql!(
            "select role_id, permission_code, record_scope,
               hashtextextended((permission_code || ' ' || record_scope) collate \"C\", 0)
             from role_permissions where tenant_id = $1 and role_id = any($2)"
        ),
        vec![system.tenant.into(), roles.into()],
    );
    let mut grants = Grants::default();
    for row in db.read(system, find).await? {
        grants.add(row.get::<_, String>(1), RecordScope::from_name(row.get(2)).unwrap_or(RecordScope::Own));
        let (number, digest) = read.entry(row.get(0)).or_default();
        *number += 1;
        *digest ^= row.get::<_, i64>(3);
    }
    let grants = Arc::new(grants);
    let key = read.into_iter().map(|(role, (number, digest))| (role, number, digest)).collect();
    known::GRANTS.put(key, grants.clone());
    Ok(grants)
}
