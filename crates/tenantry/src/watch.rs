//! The program's figures for Prometheus: recording them, and measuring what nobody counts by the way.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use metrics::gauge;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use store::{
    Db,
    queue::{self, Depth},
};
use tokio::net::TcpListener;
use web::Metrics;
use work::telemetry;

use crate::{failure::Failure, settings::Settings};

/// How old the figures of the queue may be.
const QUEUE: Duration = Duration::from_secs(15);

/// The recording of this process's figures.
#[derive(Clone, Debug)]
pub struct Watch {
    metrics: Metrics,
}

impl Watch {
    /// Records from now on, where a setting wants it.
    ///
    /// # Errors
    /// When recording cannot start.
    pub fn start(settings: &Settings, db: &Db) -> Result<Option<Self>, Failure> {
        if settings.metrics_listen.is_none() && settings.metrics_token.is_none() {
            return Ok(None);
        }
        let failed =
            |error: &dyn std::fmt::Display| Failure::work(format!("Figures cannot be recorded: {error}."));
        let handle = PrometheusBuilder::new()
            .set_buckets(&web::BUCKETS)
            .map_err(|error| failed(&error))?
            .install_recorder()
            .map_err(|error| failed(&error))?;
        telemetry::describe();
        gauge!("tenantry_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        gauge!("process_start_time_seconds").set(db.world().now().as_duration().as_secs_f64());
        let measured = Arc::new(Measured { handle, db: db.clone(), queue: Mutex::default() });
        let measure = Arc::new(move || {
            let measured = measured.clone();
            async move { measured.text().await }.boxed()
        });
        Ok(Some(Self { metrics: Metrics::new(measure, settings.metrics_token.as_deref()) }))
    }

    /// The page for the program's own address.
    pub fn page(&self) -> Metrics {
        self.metrics.clone()
    }
}

/// The listener of `/metrics` alone, where a setting names one.
///
/// # Errors
/// When the address is taken.
pub async fn listener(settings: &Settings) -> Result<Option<TcpListener>, Failure> {
    let Some(address) = settings.metrics_listen else { return Ok(None) };
    TcpListener::bind(address).await.map(Some).map_err(|error| {
        Failure::work(format!(
            "Cannot listen on {address}: {error}. Set TENANTRY_METRICS_LISTEN to a free address and port."
        ))
    })
}

/// Answers `/metrics` on its own listener until `stop`; returns at once where there is none.
pub async fn serve(
    watch: Option<Watch>,
    listener: Option<TcpListener>,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let (Some(watch), Some(listener)) = (watch, listener) else { return };
    if let Ok(address) = listener.local_addr() {
        tracing::info!("figures on http://{address}/metrics");
    }
    if let Err(error) = web::serve_metrics(watch.metrics, listener, stop).await {
        tracing::error!(%error, "/metrics is not answered any more");
    }
}

struct Measured {
    handle: PrometheusHandle,
    db: Db,
    queue: Mutex<Option<(Instant, Depth)>>,
}

impl Measured {
    async fn text(&self) -> String {
        let usage = self.db.usage();
        gauge!("tenantry_db_connections", "state" => "in_use")
            .set(number(usage.open.saturating_sub(usage.idle)));
        gauge!("tenantry_db_connections", "state" => "idle").set(number(usage.idle));
        gauge!("tenantry_db_connections_max").set(number(usage.most));
        gauge!("tenantry_db_waiting").set(number(usage.waiting));
        if let Some(bytes) = resident() {
            gauge!("process_resident_memory_bytes").set(bytes);
        }
        self.look_at_queue().await;
        self.handle.run_upkeep();
        self.handle.render()
    }

    /// Without the database the last figures stand, and the error is counted.
    async fn look_at_queue(&self) {
        let last = *self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|(at, _)| at.elapsed() < QUEUE) {
            return;
        }
        match queue::depth(&self.db).await {
            Ok(depth) => {
                *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), depth));
                let states =
                    [("ready", depth.ready), ("later", depth.later), ("processing", depth.processing)];
                for (state, jobs) in states {
                    gauge!("tenantry_jobs", "state" => state)
                        .set(number(usize::try_from(jobs).unwrap_or_default()));
                }
                gauge!("tenantry_jobs_queue_age_seconds").set(depth.age.as_secs_f64());
            }
            Err(problem) => tracing::warn!(?problem, "the queue cannot be looked at"),
        }
    }
}

/// Figures are floating point in Prometheus; counts below 2⁵³ stay exact.
fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// Bytes in RAM, as Linux tells them; `None` elsewhere.
fn resident() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split(' ').nth(1)?.parse().ok()?;
    let kilobytes = pages.checked_mul(rustix::param::page_size())? / 1024;
    Some(number(kilobytes) * 1024.0)
}
