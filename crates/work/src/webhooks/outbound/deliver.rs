//! Sending what is due. Every endpoint has a task of its own, so one that hangs delays no other.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, stream};
use model::problem::Problem;
use store::{Lane, Wake};
use tokio::{
    sync::Semaphore,
    task::{self, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{
    claim::{self, Claim, Due, Endpoint},
    settle::{Attempt, settle},
    verdict::{self, Verdict},
};
use crate::{jobs::Services, outbound::Request};

/// Attempts at one endpoint at once, as long as it answers.
const AT_ONCE: usize = 8;
/// Deliveries claimed for each of these.
const AHEAD: usize = 8;
/// Attempts settled together at most.
const SETTLE: usize = 50;
/// No attempt begins later in a claim: the lease must outlast the last one.
const BEGIN: Duration = Duration::from_secs(30);
/// Attempts of one process at once, over all endpoints.
const ALL_AT_ONCE: usize = 1_000;
/// Connections to the database that deliveries use at once.
const CONNECTIONS: usize = 4;

/// What endpoints share.
#[derive(Clone)]
struct Shared {
    services: Services,
    requests: Arc<Semaphore>,
    connections: Arc<Semaphore>,
    stop: CancellationToken,
}

/// Sends what comes due until told to stop; attempts under way then end, which takes 15 s at most.
pub(super) async fn keep(services: Services, stop: CancellationToken) {
    let mut wakes = services.db.wakes(Lane::Deliveries);
    let shared = Shared {
        services,
        requests: Arc::new(Semaphore::new(ALL_AT_ONCE)),
        connections: Arc::new(Semaphore::new(CONNECTIONS)),
        stop: stop.clone(),
    };
    let mut tasks: JoinSet<()> = JoinSet::new();
    let mut running: HashMap<task::Id, Endpoint> = HashMap::new();
    let mut busy: HashSet<Endpoint> = HashSet::new();
    let mut again: HashSet<Endpoint> = HashSet::new();
    loop {
        let found = tokio::select! {
            () = stop.cancelled() => break,
            wake = wakes.next() => due(&shared, wake).await,
            Some(ended) = tasks.join_next_with_id() => {
                let id = match ended {
                    Ok((id, ())) => id,
                    Err(error) => {
                        tracing::error!(%error, "sending webhooks failed by a defect");
                        error.id()
                    }
                };
                let ended = running.remove(&id).inspect(|endpoint| _ = busy.remove(endpoint));
                ended.filter(|endpoint| again.remove(endpoint)).into_iter().collect()
            }
        };
        for endpoint in found {
            if busy.insert(endpoint) {
                let id = tasks.spawn(serve(shared.clone(), endpoint)).id();
                running.insert(id, endpoint);
            } else {
                again.insert(endpoint);
            }
        }
    }
    while tasks.join_next().await.is_some() {}
}

async fn due(shared: &Shared, wake: Wake) -> Vec<Endpoint> {
    let db = &shared.services.db;
    let found = match wake {
        Wake::Tenant(tenant) => claim::due_of(db, tenant).await,
        Wake::All => claim::due(db).await,
    };
    found.unwrap_or_else(|problem| {
        tracing::warn!(?problem, "could not look for due deliveries");
        vec![]
    })
}

/// Sends all that is due at one endpoint.
async fn serve(shared: Shared, endpoint: Endpoint) {
    let mut width = AT_ONCE;
    while !shared.stop.is_cancelled() {
        match batch(&shared, endpoint, width).await {
            // An endpoint that gives no answers is asked by one at a time until it does.
            Ok(Some(answers)) => width = if answers { AT_ONCE } else { 1 },
            Ok(None) => return,
            Err(problem) => {
                // What was claimed comes back when its lease has run out.
                tracing::warn!(tenant = %endpoint.tenant, subscription = %endpoint.subscription, ?problem,
                    "deliveries could not be worked on");
                return;
            }
        }
    }
}

/// Claims some deliveries, sends them, and settles them as their answers come. Whether there were answers; `None` where
/// nothing was due.
async fn batch(shared: &Shared, endpoint: Endpoint, width: usize) -> Result<Option<bool>, Problem> {
    let Services { db, keys, .. } = &shared.services;
    let claimed = {
        let _connection = shared.connections.acquire().await.map_err(Problem::internal)?;
        claim::claim(db, keys, endpoint, width * AHEAD).await?
    };
    let Some(mut claim) = claimed else { return Ok(None) };
    let lease = claim.lease;
    let deliveries = std::mem::take(&mut claim.deliveries);
    let (last, mut answered) = (Instant::now() + BEGIN, false);
    let sending = stream::iter(deliveries).map(|due| attempt(shared, &claim, due, last));
    let mut results = sending.buffer_unordered(width).ready_chunks(SETTLE);
    while let Some(results) = results.next().await {
        let (mut attempts, mut back) = (vec![], vec![]);
        for result in results {
            match result {
                Ok(attempt) => attempts.push(attempt),
                Err(delivery) => back.push(delivery),
            }
        }
        answered |= attempts.iter().any(|one: &Attempt| one.answer.is_ok());
        let _connection = shared.connections.acquire().await.map_err(Problem::internal)?;
        settle(db, endpoint, lease, &attempts, &back).await?;
    }
    Ok(Some(answered))
}

/// One attempt; gives the delivery back where it is too late for one.
async fn attempt(shared: &Shared, claim: &Claim, due: Due, last: Instant) -> Result<Attempt, uuid::Uuid> {
    let Ok(_request) = shared.requests.acquire().await else { return Err(due.id) };
    if shared.stop.is_cancelled() || Instant::now() >= last {
        return Err(due.id);
    }
    let world = shared.services.db.world();
    let started = world.now();
    let headers = due.message.headers(&claim.secrets, started.as_second());
    let request =
        Request { url: claim.url.clone(), headers: headers.clone(), body: due.message.body.into_bytes() };
    let began = Instant::now();
    let answer = shared.services.outbound.post(request).await;
    let (took, number) = (began.elapsed(), due.attempts.saturating_add(1));
    let share = f64::from(world.secret::<1>()[0]) / 255.0;
    let verdict = verdict::judge(number, &answer, world.now(), share);
    let outcome = if verdict == Verdict::Delivered { "delivered" } else { "failed" };
    metrics::counter!("tenantry_webhook_attempts_total", "outcome" => outcome).increment(1);
    metrics::histogram!("tenantry_webhook_attempt_seconds").record(took.as_secs_f64());
    Ok(Attempt { delivery: due.id, number, url: claim.url.clone(), headers, started, took, answer, verdict })
}
