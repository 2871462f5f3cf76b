//! Callers come back: who gave rise to a job acts when it runs, as far as they may by then.

use std::net::IpAddr;

use model::{
    caller::{Actor, Caller, Scope},
    problem::{Problem, codes},
};
use serde::{Deserialize, Serialize};
use store::Db;
use uuid::Uuid;

use super::standing;

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

    /// A person of the staff, in whose name something is done under this request.
    pub fn person(user: Uuid, request: Uuid) -> Self {
        Self { kind: Kind::User, id: Some(user), request, client: None }
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
        let message =
            "Who asked for this may not act any more: the account is disabled, or the token revoked.";
        match standing::of(db, &system, actor).await {
            Ok(Some(caller)) => Ok(caller),
            Err(problem) if *problem.code() != standing::TENANT_INACTIVE => Err(problem),
            _ => {
                Err(Problem::new(&codes::FORBIDDEN, message).hint("Somebody who may must ask for it again."))
            }
        }
    }
}
