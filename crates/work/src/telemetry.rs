//! Every figure that the program tells Prometheus. None has a label of tenants: their number would make the series
//! without bound, and one tenant's load is nobody else's business.
//!
//! A figure is measured where the work is done, by the macros of the crate `metrics` under the name that stands here;
//! a test holds that every name in the program stands in this list, and every name of the alert rules.

use metrics::Unit;

/// How a figure behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts values by their size.
    Histogram,
}

impl Sort {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A figure.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it behaves.
    pub sort: Sort,
    /// What it tells, a sentence.
    pub about: &'static str,
    /// Its labels, each with the values it takes.
    pub labels: &'static str,
}

macro_rules! metrics {
    ($($name:literal $sort:ident $about:literal $labels:literal;)*) => {
        /// Every figure, in the order of the documentation.
        pub static METRICS: &[Metric] = &[
            $(Metric { name: $name, sort: Sort::$sort, about: $about, labels: $labels }),*
        ];
    };
}

metrics! {
    "tenantry_build_info" Gauge "Always 1; the label names the version." "version";
    "process_resident_memory_bytes" Gauge "Memory of the process that is in RAM." "";
    "process_start_time_seconds" Gauge "When the process was started, in seconds since 1970." "";
    "tenantry_http_requests_total" Counter "Requests answered." "method, route (its template, - where there is none), status (2xx to 5xx)";
    "tenantry_http_request_seconds" Histogram "Time from a request to its answer." "method, route";
    "tenantry_db_connections" Gauge "Connections of this process to the database." "state (in_use, idle)";
    "tenantry_db_connections_max" Gauge "Most connections that this process opens." "";
    "tenantry_db_waiting" Gauge "Callers of this process that wait for a connection." "";
    "tenantry_db_wait_seconds" Histogram "Time that callers waited for a connection." "";
    "tenantry_db_errors_total" Counter "Statements that the database refused, and losses of it." "class (SQLSTATE class of two characters, connection, pool)";
    "tenantry_jobs_ended_total" Counter "Attempts at background jobs that ended." "kind, outcome (completed, retried, failed, returned, stale, taken)";
    "tenantry_jobs_rescued_total" Counter "Background jobs taken back from workers that were lost." "";
    "tenantry_jobs_oldest_wait_seconds" Gauge "How long the oldest ready job waited when it was last claimed." "";
    "tenantry_job_seconds" Histogram "Time that one attempt at a background job ran." "kind";
    "tenantry_jobs" Gauge "Background jobs of all tenants; looked up at most every 15 seconds." "state (ready, later, processing)";
    "tenantry_jobs_queue_age_seconds" Gauge "How long the oldest job that is due has waited; 0 where none is." "";
    "tenantry_mails_total" Counter "Attempts at sending a mail." "outcome (sent, retried, refused)";
    "tenantry_webhooks_received_total" Counter "Events of inbound webhooks stored." "";
    "tenantry_webhooks_processed_total" Counter "Events of inbound webhooks that had their effect." "";
    "tenantry_webhooks_failed_total" Counter "Events of inbound webhooks that were given up and wait for review." "";
    "tenantry_webhook_spool_bytes" Gauge "Inbound webhooks that wait on disk for the database." "";
    "tenantry_events_dispatched_total" Counter "Events handed on to the subscriptions that want them." "";
    "tenantry_webhook_attempts_total" Counter "Attempts at posting an event to an endpoint." "outcome (delivered, failed)";
    "tenantry_webhook_attempt_seconds" Histogram "Time that one attempt at posting an event took." "";
    "tenantry_imports_ended_total" Counter "Imports that ended." "status (completed, failed, cancelled)";
    "tenantry_import_rows_total" Counter "Rows of files whose import ended." "outcome (created, updated, unchanged, skipped, failed)";
    "tenantry_notifications_total" Counter "Notices told, one for each user meant." "kind";
}

/// Gives each figure's text to the recorder of this process.
pub fn describe() {
    for metric in METRICS {
        match metric.sort {
            Sort::Counter => metrics::describe_counter!(metric.name, metric.about),
            Sort::Gauge => metrics::describe_gauge!(metric.name, metric.about),
            Sort::Histogram => metrics::describe_histogram!(metric.name, Unit::Seconds, metric.about),
        }
    }
}

/// The figures as a table for the documentation.
pub fn table() -> String {
    let mut text = String::from("| name | sort | tells | labels |\n|---|---|---|---|\n");
    for Metric { name, sort, about, labels } in METRICS {
        text.push_str(&format!("| `{name}` | {} | {about} | {labels} |\n", sort.name()));
    }
    text
}
