//! The one list of addresses, made from the entities and operations.
//!
//! The router mounts it, the OpenAPI description is written from it, and the coverage tests walk it.

use std::{fmt, sync::LazyLock};

use axum::http::Method;
use model::{
    entity::{Child, Class, Entity, Writes},
    registry,
};
use work::{
    merging::MERGE,
    operation::{Operation, operations},
    settings::{Described, GROUPS},
};

pub use crate::{
    auth::Auth,
    imports::Import,
    pages::{Dev, Screen, Tenants, Wizard},
    platform::Platform,
};
use crate::{pages, portal};

/// Where the API begins.
pub const BASE: &str = "/api/v1";
/// Where the portal's part of the API begins.
pub const PORTAL: &str = "/api/v1/portal";

/// What an address does.
#[derive(Clone, Copy)]
pub enum Action {
    /// The process is alive.
    Alive,
    /// The database can be reached and its schema is current.
    Ready,
    /// The program's figures for Prometheus.
    Metrics,
    /// The OpenAPI description.
    Description,
    /// The readable documentation.
    Docs(Page),
    /// Who is asking.
    Me,
    /// Signing in and out.
    Auth(Auth),
    /// Every kind of event.
    EventTypes,
    /// Every group of settings.
    AllSettings,
    /// One group of settings.
    Settings(&'static Described),
    /// A change of settings.
    UpdateSettings(&'static Described),
    /// What a user did.
    Activity,
    /// Why a user may do something.
    Why,
    /// A search over all kinds of record.
    Search,
    /// An inbound webhook.
    Hook,
    /// A page of an entity's records.
    List(&'static Entity),
    /// A new record.
    Create(&'static Entity),
    /// Many records at once.
    Bulk(&'static Entity),
    /// One record.
    Get(&'static Entity),
    /// What became of one record.
    History(&'static Entity),
    /// Records that likely are one that is about to be made.
    Likely(&'static Entity),
    /// A change of one record.
    Update(&'static Entity),
    /// A record into the archive.
    Archive(&'static Entity),
    /// A record out of the archive.
    Restore(&'static Entity),
    /// Records of another entity that belong to one record.
    Children(&'static Entity, &'static Child, &'static Entity),
    /// A piece of business logic.
    Operate(&'static Entity, &'static Operation),
    /// An import.
    Import(Import),
    /// All of an entity's records as CSV.
    Export(&'static Entity),
    /// The file of an export that was made in the background.
    ExportFile,
    /// The file of an archive of the audit trail.
    AuditFile,
    /// A tenant as a whole, for operators.
    Platform(Platform),
    /// A page, or what a form of one posts.
    Page(Screen),
}

/// A page of the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Where to begin, and every entity.
    Overview,
    /// One entity.
    Entity,
    /// Every problem code.
    Problems,
    /// How the pages look.
    Style,
}

/// Who may come to an address at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever has the secret of a source of webhooks.
    Secret,
    /// Every signed-in caller.
    Signed,
    /// Every person who is signed in, and no program's token.
    Person,
    /// Callers with this permission.
    Permission(String),
    /// Callers with one of these; which one, the body decides.
    AnyOf(Vec<String>),
}

/// On which side of the house an address is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// For the company's own people and their programs.
    #[default]
    Staff,
    /// For people at customers.
    Portal,
    /// For both.
    Both,
}

/// One address with one method.
#[derive(Clone)]
pub struct Route {
    /// `GET`, `POST`, `PATCH` or `DELETE`.
    pub method: Method,
    /// The template, as `/api/v1/customers/{id}`.
    pub path: String,
    /// What it does.
    pub action: Action,
    /// Whose address it is.
    pub side: Side,
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl Route {
    fn new(method: Method, path: String, action: Action) -> Self {
        let side = match action {
            Action::Me | Action::Auth(_) => Side::Both,
            _ => Side::Staff,
        };
        Self { method, path, action, side }
    }

    /// Whether people come there with a browser, not programs.
    pub fn is_page(&self) -> bool {
        matches!(self.action, Action::Page(_))
    }

    /// The entity it is about.
    pub fn entity(&self) -> Option<&'static Entity> {
        match self.action {
            Action::List(entity)
            | Action::Create(entity)
            | Action::Bulk(entity)
            | Action::Get(entity)
            | Action::History(entity)
            | Action::Likely(entity)
            | Action::Update(entity)
            | Action::Archive(entity)
            | Action::Restore(entity)
            | Action::Children(entity, ..)
            | Action::Operate(entity, _)
            | Action::Export(entity) => Some(entity),
            Action::Page(screen) => screen.entity(),
            Action::Alive
            | Action::Ready
            | Action::Metrics
            | Action::Description
            | Action::Docs(_)
            | Action::Me
            | Action::Auth(_)
            | Action::EventTypes
            | Action::AllSettings
            | Action::Settings(_)
            | Action::UpdateSettings(_)
            | Action::Activity
            | Action::Why
            | Action::Search
            | Action::Hook
            | Action::ExportFile
            | Action::AuditFile
            | Action::Import(_)
            | Action::Platform(_) => None,
        }
    }

    /// Whether `Idempotency-Key` makes it be done once: every POST but inbound webhooks, whose senders have ids of their
    /// own, sign-in, and those whose answer holds a secret, which is kept nowhere.
    pub fn is_done_once(&self) -> bool {
        self.method == Method::POST
            && match self.action {
                // A page's form bears its key in itself.
                Action::Hook | Action::Auth(_) | Action::Page(_) => false,
                Action::Operate(_, operation) => !operation.answers_secret,
                _ => true,
            }
    }

    /// Who may come.
    pub fn access(&self) -> Access {
        let on = |entity: &Entity, action: &str| Access::Permission(entity.permission(action));
        match self.action {
            Action::Alive | Action::Ready | Action::Metrics | Action::Description | Action::Docs(_) => {
                Access::Public
            }
            Action::Hook => Access::Secret,
            Action::Me | Action::EventTypes | Action::Search => Access::Signed,
            Action::AllSettings | Action::Settings(_) => {
                Access::Permission("tenant_settings.view".to_owned())
            }
            Action::UpdateSettings(_) => Access::Permission("tenant_settings.update".to_owned()),
            Action::Activity => Access::Permission("audit_logs.view".to_owned()),
            Action::Why => Access::Permission("roles.view".to_owned()),
            Action::List(entity) | Action::Get(entity) | Action::History(entity) => on(entity, "view"),
            Action::Children(_, _, child) => on(child, "view"),
            Action::Create(entity) | Action::Likely(entity) => on(entity, "create"),
            Action::Update(entity) => on(entity, "update"),
            Action::Archive(entity) | Action::Restore(entity) => on(entity, "delete"),
            Action::Bulk(entity) => {
                Access::AnyOf(["create", "update", "delete"].map(|action| entity.permission(action)).into())
            }
            Action::Operate(_, operation) => Access::Permission(operation.permission()),
            Action::Auth(auth) => auth.access(),
            Action::Import(import) => import.access(),
            Action::Export(entity) => on(entity, "export"),
            Action::ExportFile => Access::Permission("export_jobs.view".to_owned()),
            Action::AuditFile => Access::Permission("audit_archives.view".to_owned()),
            Action::Platform(platform) => platform.access(),
            Action::Page(screen) => screen.access(),
        }
    }
}

/// Every address there is.
pub fn routes() -> &'static [Route] {
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
        let mut routes = own();
        for entity in registry::ENTITIES.iter().copied() {
            routes.extend(reads(entity));
            if entity.writes == Writes::All {
                routes.extend(writes(entity));
            }
        }
        let portal: Vec<Route> = routes.iter().filter_map(portal::twin).collect();
        routes.extend(operations().filter_map(operation));
        routes.extend(operations().filter_map(likely));
        routes.extend(portal);
        routes.extend(pages::routes());
        routes
    });
    &ROUTES
}

/// The addresses that belong to no entity.
fn own() -> Vec<Route> {
    let get = |path: &str, action| Route::new(Method::GET, path.to_owned(), action);
    let mut routes = vec![
        get("/healthz", Action::Alive),
        get("/readyz", Action::Ready),
        get("/metrics", Action::Metrics),
        get("/docs/problems", Action::Docs(Page::Problems)),
        get("/api/docs", Action::Docs(Page::Overview)),
        get("/api/docs/style.css", Action::Docs(Page::Style)),
        get("/api/docs/{entity}", Action::Docs(Page::Entity)),
        get(&format!("{BASE}/openapi.json"), Action::Description),
        get(&format!("{BASE}/me"), Action::Me),
        get(&format!("{BASE}/event-types"), Action::EventTypes),
        get(&format!("{BASE}/search"), Action::Search),
        get(&format!("{BASE}/export_jobs/{{id}}/file"), Action::ExportFile),
        get(&format!("{BASE}/settings"), Action::AllSettings),
        get(&format!("{BASE}/users/{{id}}/activity"), Action::Activity),
        get(&format!("{BASE}/users/{{id}}/access"), Action::Why),
        get(&format!("{BASE}/audit_archives/{{id}}/content"), Action::AuditFile),
    ];
    for group in GROUPS {
        let path = format!("{BASE}/settings/{}", group.name);
        routes.push(Route::new(Method::GET, path.clone(), Action::Settings(group)));
        routes.push(Route::new(Method::PATCH, path, Action::UpdateSettings(group)));
    }
    routes.push(Route::new(Method::POST, "/hooks/{tenant}/{source}".to_owned(), Action::Hook));
    routes.extend(
        Auth::ALL.map(|(auth, method, path)| Route::new(method, format!("{BASE}{path}"), Action::Auth(auth))),
    );
    routes.extend(Import::ALL.map(|(import, method, path)| {
        Route::new(method, format!("{BASE}/imports{path}"), Action::Import(import))
    }));
    routes.extend(Platform::ALL.map(|(platform, method, path)| {
        Route::new(method, format!("{BASE}/platform/tenants{path}"), Action::Platform(platform))
    }));
    routes
}

fn reads(entity: &'static Entity) -> Vec<Route> {
    let name = entity.name;
    let get = |path: String, action| Route::new(Method::GET, path, action);
    let mut routes = vec![
        get(format!("{BASE}/{name}"), Action::List(entity)),
        get(format!("{BASE}/{name}/{{id}}"), Action::Get(entity)),
        get(format!("{BASE}/exports/{name}.csv"), Action::Export(entity)),
    ];
    // What only the program writes has no history.
    if entity.class != Class::System {
        routes.push(get(format!("{BASE}/{name}/{{id}}/history"), Action::History(entity)));
    }
    for child in entity.children {
        if let Some(other) = registry::entity(child.entity) {
            let path = format!("{BASE}/{name}/{{id}}/{}", child.name);
            routes.push(get(path, Action::Children(entity, child, other)));
        }
    }
    routes
}

fn writes(entity: &'static Entity) -> Vec<Route> {
    let path = |rest: &str| format!("{BASE}/{}{rest}", entity.name);
    let mut routes = vec![
        Route::new(Method::POST, path(""), Action::Create(entity)),
        Route::new(Method::POST, path("/bulk"), Action::Bulk(entity)),
        Route::new(Method::PATCH, path("/{id}"), Action::Update(entity)),
        Route::new(Method::DELETE, path("/{id}"), Action::Archive(entity)),
    ];
    if entity.archives {
        routes.push(Route::new(Method::POST, path("/{id}/restore"), Action::Restore(entity)));
    }
    routes
}

/// Doubles are looked for where two records can be made one.
fn likely(operation: &'static Operation) -> Option<Route> {
    let entity = registry::entity(operation.entity).filter(|_| operation.name == MERGE)?;
    Some(Route::new(Method::GET, format!("{BASE}/{}/likely", entity.name), Action::Likely(entity)))
}

fn operation(operation: &'static Operation) -> Option<Route> {
    let entity = registry::entity(operation.entity)?;
    let between = if operation.is_on_record() { "/{id}" } else { "" };
    let path = format!("{BASE}/{}{between}/{}", operation.entity, operation.name);
    Some(Route::new(Method::POST, path, Action::Operate(entity, operation)))
}
