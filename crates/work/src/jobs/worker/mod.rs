//! The worker: one task that holds all state, told by events, and the short tasks it starts.
//!
//! Tenants take turns: `claims` asks for their jobs, `attempts` runs them, `leases` keeps and gives them back.

mod attempts;
mod claims;
mod leases;

use std::{collections::HashMap, sync::Arc, time::Duration};

use model::problem::Problem;
use serde_json::Value;
use store::{
    Lane, Wake,
    queue::{Claimed, Ready},
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Kind, Limits, Services,
    line::{Line, STALE},
    settle::settle,
};
use attempts::Failed;

/// Ended attempts written in one statement.
const SETTLE: usize = 500;
/// How long the last words may take to be written after the grace period.
const LAST: Duration = Duration::from_secs(5);

enum Event {
    Found(Result<Vec<Ready>, Problem>),
    Claimed { tenant: Uuid, asked: usize, claimed: Result<Vec<Claimed>, Problem> },
    Ran { tenant: Uuid, id: Uuid, kind: &'static Kind, ran: Result<Value, Failed>, took: Duration },
    Settled { tenant: Uuid },
    Lost { tenant: Uuid, leases: Vec<(Uuid, Uuid)> },
}

pub struct Worker {
    services: Services,
    kinds: HashMap<&'static str, &'static Kind>,
    names: Vec<&'static str>,
    limits: Limits,
    tell: mpsc::UnboundedSender<Event>,
    lines: HashMap<Uuid, Line>,
    /// Tenants in the order of their turns; the first one's turn is next.
    turns: Vec<Uuid>,
    running: usize,
    claims: usize,
    looking: bool,
    stop: CancellationToken,
    stopping: bool,
}

/// Works until `stop`, then gives running jobs their grace.
pub async fn work(services: Services, kinds: &[&'static Kind], limits: Limits, stop: CancellationToken) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let kinds: HashMap<_, _> = kinds.iter().map(|kind| (kind.name, *kind)).collect();
    let mut worker = Worker {
        names: kinds.keys().copied().collect(),
        kinds,
        tell,
        lines: HashMap::new(),
        turns: vec![],
        running: 0,
        claims: 0,
        looking: false,
        stop: CancellationToken::new(),
        stopping: false,
        services,
        limits,
    };
    let mut jobs = worker.services.db.wakes(Lane::Jobs);
    let mut cancels = worker.services.db.wakes(Lane::Cancels);
    let mut beat = interval(worker.limits.beat);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stale = interval(STALE / 2);
    let mut events = Vec::with_capacity(256);
    while !stop.is_cancelled() {
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            _ = told.recv_many(&mut events, 256) => worker.take(&mut events),
            wake = jobs.next() => worker.woken(wake),
            wake = cancels.next() => if let Wake::Tenant(tenant) = wake { worker.check(tenant, false) },
            _ = beat.tick() => worker.beat(),
            _ = stale.tick() => worker.give_back_stale(),
        }
        worker.pump();
    }
    worker.stop();
    let mut deadline = Instant::now() + worker.limits.grace;
    while !worker.lines.values().all(Line::holds_nothing) || worker.claims > 0 {
        tokio::select! {
            _ = told.recv_many(&mut events, 256) => worker.take(&mut events),
            _ = beat.tick() => worker.beat(),
            () = sleep_until(deadline) => {
                if worker.abandon() == 0 {
                    tracing::warn!("the ends of some jobs could not be written before the process had to end");
                    return;
                }
                deadline = Instant::now() + LAST;
            }
        }
        worker.pump();
    }
}

impl Worker {
    fn line(&mut self, tenant: Uuid) -> &mut Line {
        if !self.lines.contains_key(&tenant) {
            self.turns.push(tenant);
        }
        self.lines.entry(tenant).or_default()
    }

    fn take(&mut self, events: &mut Vec<Event>) {
        for event in events.drain(..) {
            match event {
                Event::Found(found) => self.found(found),
                Event::Claimed { tenant, asked, claimed } => self.claimed(tenant, asked, claimed),
                Event::Ran { tenant, id, kind, ran, took } => self.ran(tenant, id, kind, ran, took),
                Event::Settled { tenant } => self.line(tenant).settling = None,
                Event::Lost { tenant, leases } => self.lost(tenant, &leases),
            }
        }
    }

    /// Everything that can begin now begins: jobs, claims, and the writing of ends.
    fn pump(&mut self) {
        self.start();
        if !self.stopping {
            self.claim();
        }
        self.settle();
        let lines = &mut self.lines;
        self.turns.retain(|tenant| {
            let keep = lines.get(tenant).is_some_and(|line| !line.is_idle());
            if !keep {
                lines.remove(tenant);
            }
            keep
        });
    }

    fn settle(&mut self) {
        for (tenant, line) in &mut self.lines {
            if line.ended.is_empty() || line.settling.is_some() {
                continue;
            }
            let rest = line.ended.split_off(line.ended.len().min(SETTLE));
            let batch = Arc::new(std::mem::replace(&mut line.ended, rest));
            line.settling = Some(batch.clone());
            let (db, tell, tenant) = (self.services.db.clone(), self.tell.clone(), *tenant);
            tokio::spawn(async move {
                settle(db, tenant, batch).await;
                _ = tell.send(Event::Settled { tenant });
            });
        }
    }
}
