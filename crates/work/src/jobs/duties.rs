//! What background work consists of, and running all of it until told to stop.

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin, time::Duration};

use futures_util::{FutureExt, future::join_all};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Kind, Services, rescue, scheduler, worker};
use crate::{
    mail,
    webhooks::{inbound, outbound},
};

/// How much one process does at once, and how soon it gives up.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Jobs that run at once.
    pub slots: usize,
    /// Jobs claimed at once, where they are quick.
    pub batch: usize,
    /// How long a claim holds without being renewed.
    pub lease: Duration,
    /// How often claims are renewed.
    pub beat: Duration,
    /// How often lost jobs are looked for.
    pub rescue: Duration,
    /// How long running jobs may go on once the process is told to stop.
    pub grace: Duration,
    /// What the jobs' rows say about who works on them.
    pub worker: String,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            slots: 8,
            batch: 500,
            lease: Duration::from_secs(40),
            beat: Duration::from_secs(10),
            rescue: Duration::from_secs(10),
            grace: Duration::from_secs(25),
            worker: "worker".to_owned(),
        }
    }
}

type Looping = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Work that goes on beside jobs: it waits for wake-ups of its lane, does what is there, and ends soon after the
/// token is cancelled. One that panics is begun anew.
#[derive(Clone, Copy)]
pub struct Loop {
    /// Its name in the log.
    pub name: &'static str,
    /// Runs it.
    pub run: fn(Services, CancellationToken) -> Looping,
}

/// Every kind of job, area by area.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    let areas = [
        super::JOBS,
        crate::access::sign_in::JOBS,
        crate::import::JOBS,
        crate::sources::JOBS,
        crate::export::JOBS,
        crate::data::bulk::JOBS,
        crate::integrity::JOBS,
        crate::retention::JOBS,
        crate::access::credentials::JOBS,
        crate::access::platform::JOBS,
        mail::JOBS,
        inbound::JOBS,
        outbound::JOBS,
        super::FOR_TESTS,
    ];
    areas.into_iter().flatten()
}

/// Every loop beside the jobs.
fn loops() -> impl Iterator<Item = Loop> {
    outbound::LOOPS.iter().copied()
}

/// What a process does in the background.
#[derive(Clone)]
pub struct Duties {
    kinds: Vec<&'static Kind>,
    loops: Vec<Loop>,
}

impl Duties {
    /// All there is.
    pub fn all() -> Self {
        Self { kinds: kinds().collect(), loops: loops().collect() }
    }

    /// Jobs of these kinds alone, with rescue and schedules: for tests and benchmarks.
    pub fn of(kinds: &'static [Kind]) -> Self {
        Self { kinds: kinds.iter().collect(), loops: vec![] }
    }
}

/// Works until `stop`: jobs, the rescue of lost ones, schedules, and the loops. Then nothing new is begun, running
/// jobs have their grace, and what is not done by then goes back without using up an attempt.
pub async fn run(services: Services, duties: Duties, limits: Limits, stop: impl Future<Output = ()>) {
    let token = CancellationToken::new();
    let every = limits.rescue;
    let beside = [Loop {
        name: "schedules",
        run: |services, stop| Box::pin(scheduler::keep_scheduling(services, stop)),
    }];
    let mut tasks: Vec<Looping> = vec![];
    for one in duties.loops.iter().copied().chain(beside) {
        tasks.push(Box::pin(keep(one, services.clone(), token.clone())));
    }
    tasks.push(Box::pin(rescue::keep_rescuing(services.clone(), every, token.clone())));
    let (worker, told) = (services, token.clone());
    tasks.push(Box::pin(async move { worker::work(worker, &duties.kinds, limits, told).await }));
    let handles: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    stop.await;
    token.cancel();
    join_all(handles).await;
}

async fn keep(one: Loop, services: Services, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let ran = AssertUnwindSafe((one.run)(services.clone(), stop.clone())).catch_unwind().await;
        if ran.is_ok() && stop.is_cancelled() {
            return;
        }
        tracing::error!(name = one.name, "background work ended unexpectedly; it begins anew");
        tokio::select! {
            () = sleep(Duration::from_secs(1)) => {}
            () = stop.cancelled() => {}
        }
    }
}
