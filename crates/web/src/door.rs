//! The door: what happens to every request on its way in and out.
//!
//! It gives the request its id, opens the log's span, writes out problems, adds headers and one line of log.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, LazyLock, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::{
    caller::{Caller, Scope},
    problem::Problem,
};
use tracing::{Instrument, Span, error_span, field, info};
use uuid::Uuid;

use crate::{
    App, client,
    limits::Standing,
    metrics,
    pages::{Asked, Rendered},
    refusal::Refusal,
    routes::{Access, Action, Route, routes},
    trace,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Headers of every answer that does not say otherwise: nothing here is for frames, scripts or shared caches.
const DEFAULTS: [(HeaderName, HeaderValue); 6] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
    ),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// The slip that travels with a request and gathers what log and headers tell.
#[derive(Debug)]
pub struct Slip {
    /// The request's id: the caller's own where it sent a UUID, else a new one.
    pub id: Uuid,
    /// The address that the request came from; `None` where there is no connection, as in tests.
    pub client: Option<IpAddr>,
    signed: OnceLock<Caller>,
    standing: OnceLock<Standing>,
    database: AtomicU64,
}

impl Slip {
    fn open(app: &App, request: &Request) -> Self {
        let headers = request.headers();
        let given = headers.get(REQUEST_ID).and_then(|value| Uuid::try_parse_ascii(value.as_bytes()).ok());
        let id = given.unwrap_or_else(|| app.db.world().id());
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let client = peer.map(|peer| client::address(peer, headers, &app.proxies));
        Self { id, client, signed: OnceLock::new(), standing: OnceLock::new(), database: AtomicU64::new(0) }
    }

    /// Notes who was signed in. What is noted of them in the end hangs on no memory.
    pub fn sign(&self, caller: &Caller) {
        // A request is signed in once; a second time would tell the same.
        let _ = self.signed.set(Caller { remembered: None, ..caller.clone() });
        Span::current().record("tenant", field::display(caller.tenant));
    }

    /// Notes how the request stands with its limits.
    ///
    /// # Errors
    /// `rate_limited` where it is one too many.
    pub fn limit(&self, standing: Standing) -> Result<(), Problem> {
        let refused = standing.refused();
        // What was noted first is told.
        let _ = self.standing.set(standing);
        refused.map_or(Ok(()), Err)
    }

    /// Counts the request for its caller, once however often it is served.
    ///
    /// # Errors
    /// As [`Slip::limit`].
    pub fn limit_once(&self, count: impl FnOnce() -> Standing) -> Result<(), Problem> {
        self.standing.get_or_init(count).refused().map_or(Ok(()), Err)
    }

    /// Adds time spent waiting for the database.
    pub fn spent(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.database.fetch_add(micros, Ordering::Relaxed);
    }

    /// Whether timings may be told: to staff, and never where they could tell a hidden record from none.
    fn timed(&self, status: StatusCode) -> bool {
        let staff = self.signed.get().is_some_and(|caller| caller.scope == Scope::Staff);
        staff && status != StatusCode::NOT_FOUND && status != StatusCode::UNAUTHORIZED
    }
}

/// The outermost layer of every route.
pub async fn door(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let slip = Arc::new(Slip::open(&app, &request));
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("-", MatchedPath::as_str);
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let asked = Asked::of(&app, &request, route);
    // At the level of errors, so that the span with the id is there whatever is logged.
    let span = error_span!("request", id = %slip.id, tenant = field::Empty, %method, route);
    trace::name(&span, request.headers(), &method, route);
    request.extensions_mut().insert(Arc::clone(&slip));
    let inner = async {
        let response = counted(&app, &slip, by_client(request.method(), route), next.run(request)).await;
        if let (Some(refusal), Some(caller)) = (response.extensions().get::<Refusal>(), slip.signed.get()) {
            refusal.remember(&app.db, caller, &format!("{method} {route}"), uri.path()).await;
        }
        let response = written(response, &slip, asked.as_ref());
        let ms = started.elapsed().as_secs_f64() * 1_000.0;
        info!(status = response.status().as_u16(), ms = format_args!("{ms:.1}"), "answered");
        response
    };
    let mut response = inner.instrument(span).await;
    metrics::count(&method, matched, response.status(), started.elapsed());
    dress(&mut response, &slip, started.elapsed());
    response
}

/// Whether a request counts for its address: what is open to everybody, probes aside, and what is nowhere.
fn by_client(method: &Method, path: &str) -> bool {
    type Routes = HashMap<(&'static str, &'static str), &'static Route>;
    static ROUTES: LazyLock<Routes> = LazyLock::new(|| {
        let named = |route: &'static Route| ((route.method.as_str(), route.path.as_str()), route);
        routes().iter().map(named).collect()
    });
    // Whoever takes GET takes HEAD.
    let method = if *method == Method::HEAD { Method::GET.as_str() } else { method.as_str() };
    let Some(route) = ROUTES.get(&(method, path)) else { return true };
    let probe = matches!(route.action, Action::Alive | Action::Ready | Action::Metrics);
    !probe && route.access() == Access::Public
}

/// The answer of a request that is not one too many. Who fails to sign in is counted by address too.
async fn counted(app: &App, slip: &Slip, by_client: bool, next: impl Future<Output = Response>) -> Response {
    let count = || slip.limit(app.limits.client(slip.client, Instant::now()));
    if by_client && let Err(problem) = count() {
        return Refusal::from(problem).into_response();
    }
    let response = next.await;
    match response.status() == StatusCode::UNAUTHORIZED && !by_client {
        true => count().map_or_else(|problem| Refusal::from(problem).into_response(), |()| response),
        false => response,
    }
}

/// The answer with its problem, if it carries one, written out: as a page where a page was asked.
fn written(mut response: Response, slip: &Slip, asked: Option<&Asked>) -> Response {
    match (response.extensions_mut().remove::<Refusal>(), asked) {
        (Some(refusal), Some(asked)) => {
            asked.write(&refusal, slip.id, slip.signed.get().map(|caller| caller.scope))
        }
        (Some(refusal), None) => refusal.write(slip.id, std::mem::take(response.headers_mut())),
        (None, _) => response,
    }
}

fn dress(response: &mut Response, slip: &Slip, total: Duration) {
    let timed = timing(response, slip, total);
    let headers = response.headers_mut();
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(value);
    }
    let mut buffer = Uuid::encode_buffer();
    if let Ok(value) = HeaderValue::from_str(slip.id.hyphenated().encode_lower(&mut buffer)) {
        headers.insert(REQUEST_ID, value);
    }
    if let Some((policy, limit)) = slip.standing.get().and_then(Standing::headers) {
        for (name, text) in [(POLICY, policy), (LIMIT, limit)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        }
    }
    if let Some(seconds) = slip.standing.get().and_then(Standing::retry_after) {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(timed) = timed {
        headers.insert(SERVER_TIMING, timed);
    }
}

/// Where the time went, for the staff: waiting for the database, in all, and of lists from what was read to the page.
fn timing(response: &Response, slip: &Slip, total: Duration) -> Option<HeaderValue> {
    if !slip.timed(response.status()) {
        return None;
    }
    let database = Duration::from_micros(slip.database.load(Ordering::Relaxed));
    let mut text = format!("db;dur={:.1}, total;dur={:.1}", millis(database), millis(total));
    if let Some(Rendered(time)) = response.extensions().get() {
        text += &format!(", render;dur={:.2}", millis(*time));
    }
    HeaderValue::from_str(&text).ok()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
