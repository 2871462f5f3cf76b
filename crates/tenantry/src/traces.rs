//! Traces for an OpenTelemetry collector, where a setting names one: a span for each request and each attempt at a job.
//!
//! Spans hold what log lines hold: ids of tenants, requests and jobs, routes, states; never a value of a record. They
//! are sent by OTLP over HTTP in batches from a thread of their own; a collector that is away holds nothing up, and
//! what does not fit the queue meanwhile is dropped.

use opentelemetry::{global, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{SdkTracerProvider, Tracer},
};

use crate::failure::Failure;

/// The way to the collector; what is left is sent when it is dropped.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Opens the way to the collector at `url`, such as `http://127.0.0.1:4318`. Nothing is sent yet, so it need not be
    /// there. Not within a runtime: the exporter waits in a blocking way.
    pub fn open(url: &str) -> Result<Self, Failure> {
        store::provide_cryptography();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", url.trim_end_matches('/')))
            .build()
            .map_err(|error| Failure::usage(format!("TENANTRY_OTLP_URL is `{url}`: {error}.")))?;
        let resource = Resource::builder().with_service_name("tenantry").build();
        global::set_text_map_propagator(TraceContextPropagator::new());
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
    }

    /// What writes spans.
    pub fn tracer(&self) -> Tracer {
        self.0.tracer("tenantry")
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }
}
