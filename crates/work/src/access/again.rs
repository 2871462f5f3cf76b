//! Callers come back: who gave rise to a job acts when it runs, as far as they may by then.

use std::{net::IpAddr, sync::Arc};

use model::{
    caller::{Actor, Caller, Grants, RecordScope, Scope},
    problem::{Problem, codes},
};
use serde::{Deserialize, Serialize};
use store::{Db, sql, sql::Query};
use uuid::Uuid;

/// Who gave rise to a job and by which request, as payloads keep it. Grants are not kept: they are read anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    kind: Kind,
    id: Option<Uuid>,
    request: Uuid,
    /// The address that they asked from.
    #[serde(default)]
    client: Option<IpAddr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    User,
    Token,
    System,
}

impl By {
    /// The staff caller, or the program itself.
    ///
    /// # Errors
    /// `forbidden` for a portal user: nothing that a portal may ask for acts later in their name.
    pub fn of(caller: &Caller) -> Result<Self, Problem> {
        let kind = match caller.actor {
            Actor::User(_) => Kind::User,
            Actor::Token(_) => Kind::Token,
            Actor::System | Actor::Job(_) if caller.scope == Scope::System => Kind::System,
            _ => return Err(Problem::new(&codes::FORBIDDEN, "This is for the company's own people.")),
        };
        Ok(Self { kind, id: caller.actor.id(), request: caller.request, client: caller.client })
    }

    /// The person, where it was one.
    pub fn user(&self) -> Option<Uuid> {
        self.id.filter(|_| self.kind == Kind::User)
    }

    /// The caller with the grants they have now.
    ///
    /// # Errors
    /// `forbidden` where the person was disabled, the token revoked or the company suspended since.
    pub async fn caller(&self, db: &Db, tenant: Uuid) -> Result<Caller, Problem> {
        let system = Caller::system(tenant, self.request).at(self.client);
        let actor = match (self.kind, self.id) {
            (Kind::System, _) => return Ok(system),
            (Kind::User, Some(id)) => Actor::User(id),
            (Kind::Token, Some(id)) => Actor::Token(id),
            (_, None) => return Err(Problem::internal("a caller without an id")),
        };
        let args = || vec![tenant.into(), self.id.into(), db.world().now().into()];
        let held = match actor {
            Actor::User(_) => Query::fixed(
                sql!(
                    "select p.permission_code, p.record_scope from users u
                     join tenants t on t.id = u.tenant_id and t.status = 'active'
                     left join (
                       select ur.user_id, rp.permission_code, rp.record_scope from user_roles ur
                       join roles r on r.tenant_id = $1 and r.id = ur.role_id and r.archived_at is null
                       join role_permissions rp on rp.tenant_id = $1 and rp.role_id = r.id
                       where ur.tenant_id = $1) p on p.user_id = u.id
                     where u.tenant_id = $1 and u.id = $2 and u.is_active and u.archived_at is null
                       and (u.locked_until is null or u.locked_until < $3)"
                ),
                args(),
            ),
            _ => Query::fixed(
                sql!(
                    "select p.permission_code, p.record_scope from integration_tokens k
                     join tenants t on t.id = k.tenant_id and t.status = 'active'
                     join roles r on r.tenant_id = $1 and r.id = k.role_id and r.archived_at is null
                     left join role_permissions p on p.tenant_id = $1 and p.role_id = r.id
                     where k.tenant_id = $1 and k.id = $2 and k.revoked_at is null and k.archived_at is null
                       and (k.expires_at is null or k.expires_at > $3)"
                ),
                args(),
            ),
        };
        let team = Query::fixed(
            sql!(
                "select distinct other.user_id from team_members mine
                 join team_members other on other.tenant_id = $1 and other.team_id = mine.team_id
                 where mine.tenant_id = $1 and mine.user_id = $2"
            ),
            vec![tenant.into(), self.id.into()],
        );
        let mut answers = db.flight(&system).add(held).add(team).go().await?.into_iter();
        let held = answers.next().unwrap_or_default();
        if held.is_empty() {
            let message =
                "Who asked for this may not act any more: the account is disabled, or the token revoked.";
            return Err(
                Problem::new(&codes::FORBIDDEN, message).hint("Somebody who may must ask for it again.")
            );
        }
        let mut grants = Grants::default();
        for row in &held {
            if let (Some(permission), Some(scope)) =
                (row.get::<_, Option<String>>(0), row.get::<_, Option<&str>>(1))
            {
                grants.add(permission, RecordScope::from_name(scope).unwrap_or(RecordScope::Own));
            }
        }
        let mut team: Vec<Uuid> = answers.next().unwrap_or_default().iter().map(|row| row.get(0)).collect();
        if let Actor::User(id) = actor
            && !team.contains(&id)
        {
            team.push(id);
        }
        Ok(Caller { scope: Scope::Staff, actor, grants: Arc::new(grants), team: team.into(), ..system })
    }
}
