//! Who asks, for which tenant, and how far they may go.

use std::{
    collections::BTreeMap,
    fmt,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;
use uuid::Uuid;

use crate::{
    access::roles::fits_code,
    problem::{Problem, codes},
};

/// The tenant of fixed id that owns jobs and settings that belong to no company.
pub const SYSTEM_TENANT: Uuid = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001);

/// Which side of the house a caller stands on; the database's policies compare it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The tenant's own people and their tokens.
    Staff,
    /// A portal user: sees rows of one customer.
    Portal,
    /// The program itself, working for the tenant: jobs, imports, webhooks.
    System,
}

impl Scope {
    /// The name the database knows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Portal => "portal",
            Self::System => "system",
        }
    }
}

/// Who acts, as the audit trail tells it: `user:…`, `portal_user:…`, `token:…`, `job:…` or `system`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// One of the tenant's people.
    User(Uuid),
    /// A person at a customer.
    PortalUser(Uuid),
    /// An integration token.
    Token(Uuid),
    /// A background job.
    Job(Uuid),
    /// The program or its operator at the command line.
    System,
}

impl Actor {
    /// What sort of actor, as the audit trail names it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::PortalUser(_) => "portal_user",
            Self::Token(_) => "token",
            Self::Job(_) => "job",
            Self::System => "system",
        }
    }

    /// The user, where it is one.
    pub const fn user(self) -> Option<Uuid> {
        match self {
            Self::User(id) => Some(id),
            _ => None,
        }
    }

    /// The id, where the actor has one.
    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::User(id) | Self::PortalUser(id) | Self::Token(id) | Self::Job(id) => Some(id),
            Self::System => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        self.id().map_or(Ok(()), |id| write!(f, ":{id}"))
    }
}

/// How many of an entity's records a permission reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordScope {
    /// Those the caller owns.
    Own,
    /// Those that members of the caller's teams own.
    Team,
    /// Every record of the tenant.
    All,
}

impl RecordScope {
    /// The name the database knows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Team => "team",
            Self::All => "all",
        }
    }

    /// Reads the name the database knows.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Own, Self::Team, Self::All].into_iter().find(|scope| scope.name() == name)
    }
}

/// The union of what a caller's roles permit: `customers.view` → how far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    everything: bool,
    permissions: BTreeMap<String, RecordScope>,
}

impl Grants {
    /// Every permission on every record: the program itself and its operator.
    pub fn everything() -> Self {
        Self { everything: true, permissions: BTreeMap::new() }
    }

    /// Adds a permission; of two scopes the wider one counts.
    pub fn add(&mut self, permission: impl Into<String>, scope: RecordScope) {
        let held = self.permissions.entry(permission.into()).or_insert(scope);
        *held = (*held).max(scope);
    }

    /// How far `permission` reaches, if it is held.
    pub fn scope(&self, permission: &str) -> Option<RecordScope> {
        if self.everything { Some(RecordScope::All) } else { self.permissions.get(permission).copied() }
    }

    /// What of it these patterns of permissions (`customers.view`, `customers.*`) cover; all where there are none.
    pub fn narrowed(&self, patterns: &[String]) -> Self {
        let mut narrowed = self.clone();
        if !patterns.is_empty() {
            narrowed.permissions.retain(|code, _| patterns.iter().any(|pattern| fits_code(pattern, code)));
        }
        narrowed
    }

    /// What is left of it without these permissions.
    pub fn without(&self, off: &[&str]) -> Self {
        let mut left = self.clone();
        left.permissions.retain(|code, _| !off.contains(&code.as_str()));
        left
    }

    /// Each permission held with its reach; empty for [`Grants::everything`].
    pub fn iter(&self) -> impl Iterator<Item = (&str, RecordScope)> {
        self.permissions.iter().map(|(name, scope)| (name.as_str(), *scope))
    }
}

/// That a caller is known from an earlier request, and has not been looked up for this one. What they may do holds while
/// the tenant's stamp of access is the same; the first context that is set for them tells.
#[derive(Debug)]
pub struct Remembered {
    stamp: i64,
    confirmed: AtomicBool,
}

impl Remembered {
    /// From when the tenant had this stamp.
    pub fn new(stamp: i64) -> Self {
        Self { stamp, confirmed: AtomicBool::new(false) }
    }

    /// Whether the database has said that nothing changed since.
    pub fn is_confirmed(&self) -> bool {
        self.confirmed.load(Ordering::Relaxed)
    }
}

/// Who asks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The tenant whose rows are meant.
    pub tenant: Uuid,
    /// Which side of the house.
    pub scope: Scope,
    /// Who acts.
    pub actor: Actor,
    /// The one customer a portal user acts for.
    pub customer: Option<Uuid>,
    /// The request's id, for log and audit.
    pub request: Uuid,
    /// The import batch this work belongs to.
    pub batch: Option<Uuid>,
    /// The address that the request came from, for the audit trail.
    pub client: Option<IpAddr>,
    /// What the caller's roles permit.
    pub grants: Arc<Grants>,
    /// The members of the caller's teams, the caller included: whose records the scope *team* reaches.
    pub team: Arc<[Uuid]>,
    /// Where the caller is known from an earlier request; `None` where they were looked up for this one.
    pub remembered: Option<Arc<Remembered>>,
}

impl Caller {
    /// The program itself at work for `tenant`.
    pub fn system(tenant: Uuid, request: Uuid) -> Self {
        Self {
            tenant,
            scope: Scope::System,
            actor: Actor::System,
            customer: None,
            request,
            batch: None,
            client: None,
            grants: Arc::new(Grants::everything()),
            team: Arc::new([]),
            remembered: None,
        }
    }

    /// The same caller at work on an import batch.
    pub fn for_batch(mut self, batch: Uuid) -> Self {
        self.batch = Some(batch);
        self
    }

    /// The same caller, whose request came from this address.
    pub fn at(mut self, client: Option<IpAddr>) -> Self {
        self.client = client;
        self
    }

    /// The program itself at work in the name of this caller, who stays the actor.
    pub fn program(&self) -> Self {
        let remembered = self.remembered.clone();
        Self { actor: self.actor, remembered, ..Self::system(self.tenant, self.request) }.at(self.client)
    }

    /// Whether what is known of the caller holds, as the tenant's stamp of access tells. Once it was so, it is for the whole
    /// request.
    ///
    /// # Errors
    /// [`codes::ACCESS_CHANGED`] for one who is remembered from before a change.
    pub fn confirm(&self, stamp: Option<i64>) -> Result<(), Problem> {
        let Some(remembered) = self.remembered.as_ref().filter(|it| !it.is_confirmed()) else {
            return Ok(());
        };
        if stamp != Some(remembered.stamp) {
            return Err(Problem::new(&codes::ACCESS_CHANGED, "Rights in your company changed just now.")
                .hint("Send the request again."));
        }
        remembered.confirmed.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// How far the caller may go with `entity.action`, or the problem to answer.
    ///
    /// # Errors
    /// [`codes::FORBIDDEN`] naming the permission that is missing.
    pub fn permit(&self, permission: &str) -> Result<RecordScope, Problem> {
        self.grants.scope(permission).ok_or_else(|| {
            Problem::new(&codes::FORBIDDEN, format!("This needs the permission `{permission}`."))
                .facts(json!({ "permission": permission }))
                .hint("Ask an admin of your company to add it to one of your roles.")
        })
    }

    /// The owners whose records `scope` reaches; `None` means everyone's.
    pub fn owners(&self, scope: RecordScope) -> Option<Vec<Uuid>> {
        match scope {
            RecordScope::All => None,
            RecordScope::Team => Some(self.team.to_vec()),
            RecordScope::Own => Some(self.actor.id().into_iter().collect()),
        }
    }
}
