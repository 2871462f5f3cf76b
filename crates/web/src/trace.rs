//! A request's span in traces.

use axum::http::{HeaderMap, HeaderName, Method};
use opentelemetry::{global, propagation::Extractor, trace::TraceContextExt};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Names the request's span, and makes it a part of the caller's own trace where the caller sends one (W3C Trace
/// Context). Nothing happens where no collector is set.
pub fn name(span: &Span, headers: &HeaderMap, method: &Method, route: &str) {
    if headers.contains_key("traceparent") {
        let parent = global::get_text_map_propagator(|propagator| propagator.extract(&Carried(headers)));
        // Refused only for a span that has begun its trace already.
        let _ = span.set_parent(parent);
    }
    span.context().span().update_name(format!("{method} {route}"));
}

/// Headers as a propagator reads them.
struct Carried<'a>(&'a HeaderMap);

impl Extractor for Carried<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}
