//! A database, a router and tenants with tokens.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use jiff::{SignedDuration, Timestamp};
use model::{
    access::roles::{ROLES, Role},
    caller::{Caller, SYSTEM_TENANT},
    world::{Clock, Random, World},
};
use serde_json::Value;
use store::{Db, DbSettings, Files, testing::TestDb};
use tokio::{sync::oneshot, task::JoinHandle};
use tower::ServiceExt;
use uuid::Uuid;
use web::App;
use work::{
    access::seal::Keyring,
    jobs::{self, Duties, Kind, Limits, Services},
    mail::MemoryMailer,
    tenants, tokens,
    webhooks::inbound::Inbox,
};

/// The API over a database of its own.
pub struct Api {
    pub db: Db,
    pub test: TestDb,
    pub services: Services,
    /// Seconds by which the program's clock is ahead.
    pub ahead: Arc<AtomicI64>,
    /// What was mailed.
    pub mailer: Arc<MemoryMailer>,
    router: Router,
    folder: tempfile::TempDir,
    /// Kept for as long as the API.
    worker: Option<Worker>,
}

/// A tenant with an admin's token.
pub struct Tenant {
    pub id: Uuid,
    pub token: String,
}

/// Background work under way; it ends with the handle.
pub struct Worker {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Worker {
    /// Lets it finish what it does.
    pub async fn stop(self) {
        drop(self.stop);
        self.task.await.unwrap();
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The answer if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// The problem's code, if it has this status.
    #[track_caller]
    pub fn refused(&self, status: u16) -> String {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{text}");
        self.json()["code"].as_str().unwrap().to_owned()
    }

    /// Status and body without the request's id, which differs each time.
    pub fn told(&self) -> (u16, Value) {
        let mut body = self.json();
        if let Some(members) = body.as_object_mut() {
            members.shift_remove("request_id");
        }
        (self.status.as_u16(), body)
    }
}

/// A request being put together.
pub struct Asking<'a> {
    api: &'a Api,
    request: Request<Body>,
}

impl Asking<'_> {
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().append(name, value.parse().unwrap());
        self
    }

    /// Over a connection whose other end is there.
    pub fn from(mut self, address: &str) -> Self {
        let place = SocketAddr::new(address.parse().unwrap(), 40_000);
        self.request.extensions_mut().insert(ConnectInfo(place));
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    pub async fn go(self) -> Answer {
        let router = self.api.router.clone();
        self.through(router).await
    }

    /// Asks another process.
    pub async fn through(self, router: Router) -> Answer {
        // A task of its own, as a connection's requests are: what asks may be deep in calls already.
        let mut call = Call(tokio::spawn(router.oneshot(self.request)));
        let response = (&mut call.0).await.unwrap().unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// A request under way; it ends with whoever waits for it.
struct Call<T>(JoinHandle<T>);

impl<T> Drop for Call<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Api {
    /// An API with a worker for imports and exports in the same process.
    pub async fn new() -> Self {
        let mut api = Self::without_workers().await;
        api.worker = Some(api.work());
        api
    }

    /// Begins to do imports, exports and bulk changes; what other tests are about, they do themselves.
    pub fn work(&self) -> Worker {
        self.work_at(|name| ["imports.", "exports.run", "bulk."].iter().any(|one| name.starts_with(one)))
    }

    /// Begins to do jobs of these kinds.
    pub fn work_at(&self, done: impl Fn(&str) -> bool) -> Worker {
        let services = self.services.clone();
        let kinds: Vec<Kind> = jobs::kinds().filter(|kind| done(kind.name)).copied().collect();
        let duties = Duties::of(kinds.leak());
        let (stop, told) = oneshot::channel();
        let stopped = async { told.await.unwrap_or(()) };
        let task = tokio::spawn(jobs::run(services, duties, Limits::default(), stopped));
        Worker { stop, task }
    }

    pub async fn without_workers() -> Self {
        // What goes wrong inside is shown with the test that it fails; a second subscriber is refused, which is fine.
        let _ = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
            .with_test_writer()
            .try_init();
        let test = TestDb::new().await.unwrap();
        let settings = DbSettings::new(test.app.clone(), test.operator.clone());
        Self::over(test, &settings)
    }

    /// The API over a database that it reaches in its own way.
    pub fn over(test: TestDb, settings: &DbSettings) -> Self {
        let ahead = Arc::new(AtomicI64::new(0));
        let ours = Ahead { world: store::world::system(), seconds: ahead.clone() };
        let db = Db::new(settings, World::new(ours.clone(), ours)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mailer = Arc::new(MemoryMailer::default());
        let app = mailing(&db, folder.path(), mailer.clone(), HERE);
        let services = app.services.clone();
        Self { db, test, services, ahead, mailer, router: web::router(app), folder, worker: None }
    }

    /// An API with one tenant.
    pub async fn with_tenant() -> (Self, Tenant) {
        let api = Self::new().await;
        let tenant = api.tenant("harborview").await;
        (api, tenant)
    }

    pub async fn tenant(&self, slug: &str) -> Tenant {
        let id = tenants::create(&self.db, &tenants::NewTenant::new(slug, slug)).await.unwrap();
        Tenant { id, token: self.token(id, "admin").await }
    }

    /// A token of an operator.
    pub async fn operator(&self) -> String {
        tenants::refresh(&self.db).await.unwrap();
        self.token(SYSTEM_TENANT, "operator").await
    }

    /// A token for each built-in role of the staff.
    pub async fn staff(&self, tenant: Uuid) -> Vec<(&'static Role, String)> {
        let mut tokens = vec![];
        for role in ROLES.iter().filter(|role| !role.portal) {
            tokens.push((role, self.token(tenant, role.code).await));
        }
        tokens
    }

    /// A token of the tenant with this role.
    pub async fn token(&self, tenant: Uuid, role: &str) -> String {
        let mut tx = self.db.begin(&Caller::system(tenant, Uuid::nil())).await.unwrap();
        let token =
            tokens::create(&mut tx, &format!("{role} {}", self.db.world().id()), role, None).await.unwrap();
        tx.commit().await.unwrap();
        token.text
    }

    pub fn ask(&self, method: Method, path: &str) -> Asking<'_> {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        Asking { api: self, request }
    }

    pub fn get(&self, path: &str) -> Asking<'_> {
        self.ask(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Asking<'_> {
        self.ask(Method::POST, path)
    }

    pub fn patch(&self, path: &str) -> Asking<'_> {
        self.ask(Method::PATCH, path)
    }

    pub fn delete(&self, path: &str) -> Asking<'_> {
        self.ask(Method::DELETE, path)
    }

    /// How many uploads lie about that are not stored.
    pub fn uploads(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("uploads")).unwrap().count()
    }

    /// The API of the same database behind a program that was given other settings.
    pub fn router(&self) -> Router {
        self.router.clone()
    }
}

/// The public address of the program in tests.
pub const HERE: &str = "http://127.0.0.1:8080";

/// A world whose clock can be put ahead.
#[derive(Clone)]
struct Ahead {
    world: World,
    seconds: Arc<AtomicI64>,
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        self.world.now() + SignedDuration::from_secs(self.seconds.load(Ordering::Relaxed))
    }
}

impl Random for Ahead {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.world.secret::<1>()[0]);
    }
}

/// The path of a `Location` header.
pub fn location(answer: &Answer) -> String {
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

/// A program that keeps its files below this folder.
pub fn app(db: &Db, folder: &Path) -> App {
    mailing(db, folder, Arc::default(), HERE)
}

/// One whose mails go there and lead to this address.
pub fn mailing(db: &Db, folder: &Path, mailer: Arc<MemoryMailer>, url: &str) -> App {
    let files = Files::local(&folder.join("files")).unwrap();
    let keys = Keyring::load_or_create(folder).unwrap();
    let inbox = Inbox::open(db.clone(), keys.clone(), folder.join("hooks")).unwrap();
    let services = Services::new(db.clone(), files, keys).with_mailer(mailer, url);
    App::new(services, inbox, folder.join("uploads")).unwrap()
}
