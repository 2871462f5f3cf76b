//! Log lines on the error output, and spans for a collector where there is one. They name tenants, requests, jobs and records by their ids and never hold a value of
//! a record or a secret, whatever the level.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{failure::Failure, settings::Settings, traces::Traces};

/// Starts logging as the settings say; `default` is the level where they say nothing. Spans are sent for as long as
/// what it gives is kept.
pub fn start(settings: &Settings, default: &str) -> Result<Option<Traces>, Failure> {
    let wanted = settings.log.as_deref().unwrap_or(default);
    let filter = EnvFilter::try_new(wanted).map_err(|error| {
        Failure::usage(format!(
            "TENANTRY_LOG is `{wanted}`: {error}; expected a level such as info, or store=debug."
        ))
    })?;
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let lines = if settings.log_json { lines.json().boxed() } else { lines.boxed() };
    let traces = settings.otlp_url.as_deref().map(Traces::open).transpose()?;
    let spans = traces.as_ref().map(|traces| {
        let spans = tracing_opentelemetry::layer().with_tracer(traces.tracer()).with_location(false);
        spans.with_threads(false).with_filter(filter_fn(is_span))
    });
    let started = tracing_subscriber::registry()
        .with(spans)
        .with(lines.with_filter(filter.and(filter_fn(may_speak).with_max_level_hint(Level::TRACE))))
        .try_init();
    started.map_err(|error| Failure::work(format!("Logging cannot start: {error}.")))?;
    Ok(traces)
}

/// Spans of requests and jobs, which are opened at the level of errors, and none of a library's.
fn is_span(line: &Metadata<'_>) -> bool {
    line.is_span() && *line.level() == Level::ERROR && may_speak(line)
}

/// Below `info` only the crates of this program speak: the driver tells each statement with its parameters there, HTTP
/// libraries tell headers.
fn may_speak(line: &Metadata<'_>) -> bool {
    let crate_name = line.target().split("::").next().unwrap_or_default();
    *line.level() <= Level::INFO || ["tenantry", "web", "work", "store", "model"].contains(&crate_name)
}
