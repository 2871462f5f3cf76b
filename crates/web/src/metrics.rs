//! `/metrics`: what Prometheus asks for, and the counting of requests.

use std::{fmt, io, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{MatchedPath, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::future::BoxFuture;
use model::problem::{Problem, codes};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;

use crate::{App, ask::bearer, refusal::Refusal};

/// Seconds of the buckets of all histograms of time.
pub const BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

/// The text of the Prometheus page, measured now.
pub type Measure = Arc<dyn Fn() -> BoxFuture<'static, String> + Send + Sync>;

/// The page with the program's figures.
#[derive(Clone)]
pub struct Metrics {
    measure: Measure,
    /// The hash of the token that opens it; comparing hashes tells nothing of the token.
    token: Option<[u8; 32]>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// A page whose text `measure` gives; with a token only for whoever sends it.
    pub fn new(measure: Measure, token: Option<&str>) -> Self {
        Self { measure, token: token.map(|token| Sha256::digest(token).into()) }
    }

    async fn answer(&self) -> Response {
        let text = (self.measure)().await;
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
    }

    /// # Errors
    /// `unauthenticated` without the token, where there is one.
    fn admit(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(expected) = self.token else { return Ok(()) };
        let given: [u8; 32] = Sha256::digest(bearer(headers)?).into();
        if bool::from(given.ct_eq(&expected)) {
            return Ok(());
        }
        Err(Problem::new(&codes::UNAUTHENTICATED, "This is not the token of the metrics.")
            .hint("Send the value of TENANTRY_METRICS_TOKEN as `Authorization: Bearer …`."))
    }
}

/// The page on the program's own address: there only where a token guards it.
pub async fn page(State(app): State<App>, headers: HeaderMap) -> Result<Response, Refusal> {
    let Some(metrics) = app.metrics.as_ref().filter(|metrics| metrics.token.is_some()) else {
        return Err(Problem::not_found("address")
            .hint("Set TENANTRY_METRICS_TOKEN or TENANTRY_METRICS_LISTEN.")
            .into());
    };
    metrics.admit(&headers)?;
    Ok(metrics.answer().await)
}

/// Answers `/metrics` on an address of its own, until `shutdown` is done.
///
/// # Errors
/// When the listener fails.
pub async fn serve_metrics(
    metrics: Metrics,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let answer = async |State(metrics): State<Metrics>, headers: HeaderMap| match metrics.admit(&headers) {
        Ok(()) => metrics.answer().await,
        Err(problem) => (StatusCode::UNAUTHORIZED, problem.to_string()).into_response(),
    };
    let router = Router::new().route("/metrics", get(answer)).with_state(metrics);
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

/// Counts a request that was answered. `route` is the template, so that no address makes a series of its own.
pub(crate) fn count(method: &Method, route: Option<MatchedPath>, status: StatusCode, took: Duration) {
    let route = route.map_or_else(|| "-".to_owned(), |route| route.as_str().to_owned());
    let method = match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    };
    let class = match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    };
    ::metrics::counter!("tenantry_http_requests_total", "method" => method, "route" => route.clone(), "status" => class)
        .increment(1);
    ::metrics::histogram!("tenantry_http_request_seconds", "method" => method, "route" => route)
        .record(took.as_secs_f64());
}
