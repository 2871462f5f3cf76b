//! Taking requests in: verified, stored, answered; spooled while the database is away.
//!
//! Deliveries of a tenant that come while others are being stored wait for them and are stored together by the next
//! statement: under load one commit serves many requests, and a single one waits for nobody.

use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use model::problem::{Code, Problem, Status, codes};
use store::Db;
use tokio::{
    sync::oneshot,
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{
    delivery::{self, Delivery, Origin},
    drain, keep,
    signature::{self, Headers},
    source::{Kind, Sources},
    spool::{Refused, Spool},
};
use crate::access::seal::Keyring;

/// The greatest body, in bytes.
pub const BODY_LIMIT: usize = 1 << 20;

/// Most bytes of a process's spool.
pub const SPOOL_LIMIT: u64 = 256 << 20;

/// How long the database may take before a request goes to the spool: LINE waits two seconds.
const PATIENCE: Duration = Duration::from_millis(1_000);

/// Most deliveries of one statement, and most bytes of their bodies.
const TOGETHER: (usize, usize) = (512, 8 << 20);

/// How long a refusal takes, whatever its reason: its time tells nothing about what there is.
const REFUSAL: Duration = Duration::from_millis(100);

/// The request comes from nobody who may send here.
pub static NOT_ACCEPTED: Code = Code::new(
    "webhook_not_accepted",
    Status::Unauthenticated,
    "The webhook was not accepted",
    "No enabled source of this address has a secret that fits the request: check the address, the secret, the signature's header and the sender's clock.",
);

/// How a request was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Who sent it.
    pub kind: Kind,
    /// How many events it held.
    pub events: usize,
}

/// Takes webhooks in. Cheap to clone; the last one that is dropped ends its background work.
#[derive(Clone, Debug)]
pub struct Inbox(Arc<Inner>);

type Waiting = (Vec<Delivery>, oneshot::Sender<Result<(), Failed>>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) db: Db,
    pub(super) sources: Sources,
    pub(super) spool: Spool,
    pub(super) folder: PathBuf,
    /// The database is away, or what was spooled meanwhile is not yet in it.
    pub(super) away: AtomicBool,
    queues: Mutex<HashMap<Uuid, Vec<Waiting>>>,
}

/// Why deliveries could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failed {
    /// Neither the database nor the disk takes them.
    Away,
    /// The database refuses them.
    Defect,
}

impl Inbox {
    /// An inbox with its spool in the folder. Within a runtime of tokio: it reads the sources, and drains the spool
    /// and what dead processes left, for as long as it lives.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(db: Db, keys: Keyring, folder: PathBuf) -> io::Result<Self> {
        let spool = Spool::open(&folder, db.world().id(), SPOOL_LIMIT)?;
        let sources = Sources::new(db.clone(), keys);
        let inner = Arc::new(Inner {
            db,
            sources,
            spool,
            folder,
            away: AtomicBool::new(false),
            queues: Mutex::default(),
        });
        tokio::spawn(drain::keep_draining(Arc::downgrade(&inner)));
        tokio::spawn(keep_refreshing(Arc::downgrade(&inner)));
        Ok(Self(inner))
    }

    /// Takes one request: done when its events are in the database or, while it is away, on the disk.
    ///
    /// # Errors
    /// `webhook_not_accepted`, the same for an unknown tenant, an unknown source and a wrong signature;
    /// `unavailable` while it cannot be verified or kept.
    pub async fn receive(
        &self,
        (tenant, code): (&str, &str),
        headers: &Headers,
        body: &[u8],
        request: Uuid,
    ) -> Result<Accepted, Problem> {
        let refusal = sleep(REFUSAL);
        let (inner, now) = (&self.0, self.0.db.world().now());
        let away = inner.away.load(Ordering::Acquire);
        let found = timeout(PATIENCE, inner.sources.find(tenant, code, away)).await;
        let unknown = matches!(found, Err(_) | Ok(Err(_)));
        let source = found.ok().and_then(Result::ok).flatten();
        let fits = match &source {
            Some(source) => signature::verify(source.kind, &source.secrets(now), headers, body, now),
            None => false,
        };
        let Some(source) = source.filter(|_| fits) else {
            refusal.await;
            // While the database is away nobody learns which sources this process happens to know.
            return Err(if unknown || away { unavailable() } else { refused() });
        };
        let origin = Origin { tenant: source.tenant, source: source.id, kind: source.kind, request };
        let deliveries = delivery::read(origin, headers, body, || inner.db.world().id());
        let accepted = Accepted { kind: source.kind, events: deliveries.len() };
        if deliveries.is_empty() {
            return Ok(accepted);
        }
        metrics::counter!("tenantry_webhooks_received_total").increment(deliveries.len() as u64);
        match Inner::take(inner, deliveries).await {
            Ok(()) => Ok(accepted),
            Err(Failed::Away) => Err(unavailable()),
            Err(Failed::Defect) => Err(Problem::internal("a webhook could not be stored")),
        }
    }

    /// Bytes that wait in this process's spool.
    pub fn spooled(&self) -> u64 {
        self.0.spool.length()
    }
}

fn refused() -> Problem {
    Problem::new(&NOT_ACCEPTED, "This webhook is not accepted.")
        .hint("Check the address, the secret and the signature.")
}

fn unavailable() -> Problem {
    Problem::new(&codes::UNAVAILABLE, "Webhooks cannot be taken just now; nothing was kept.")
        .hint("Send it again in a moment.")
}

impl Inner {
    async fn take(inner: &Arc<Self>, deliveries: Vec<Delivery>) -> Result<(), Failed> {
        if inner.away.load(Ordering::Acquire) {
            return inner.to_disk(&deliveries).await;
        }
        let Some(tenant) = deliveries.first().map(|one| one.tenant) else { return Ok(()) };
        let (tell, told) = oneshot::channel();
        let idle = {
            let mut queues = inner.queues.lock().unwrap_or_else(PoisonError::into_inner);
            let idle = !queues.contains_key(&tenant);
            queues.entry(tenant).or_default().push((deliveries, tell));
            idle
        };
        if idle {
            // A task of its own, so that a sender who goes away takes nobody's delivery along.
            tokio::spawn(Self::store(Arc::clone(inner), tenant));
        }
        told.await.unwrap_or(Err(Failed::Defect))
    }

    /// Stores what waits of a tenant until nothing does.
    async fn store(inner: Arc<Self>, tenant: Uuid) {
        loop {
            let batch = inner.next(tenant);
            if batch.is_empty() {
                return;
            }
            let (deliveries, tells): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let whole: Vec<Delivery> = deliveries.concat();
            match inner.in_time(tenant, &whole).await {
                Err(Failed::Defect) if tells.len() > 1 => {
                    // One of them is to blame; each is stored by itself.
                    for (deliveries, tell) in deliveries.iter().zip(tells) {
                        let _ = tell.send(inner.in_time(tenant, deliveries).await);
                    }
                }
                done => tells.into_iter().for_each(|tell| _ = tell.send(done)),
            }
        }
    }

    /// What is stored next. Nothing: the queue is closed, and whoever comes next opens another.
    fn next(&self, tenant: Uuid) -> Vec<Waiting> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = queues.get_mut(&tenant) else { return vec![] };
        let (most, bytes) = TOGETHER;
        let (mut held, mut size) = (0, 0);
        let fits = queue.iter().take_while(|(deliveries, _)| {
            let room = held == 0 || (held < most && size < bytes);
            held += deliveries.len();
            size += deliveries.iter().filter_map(|one| one.raw.as_ref()).map(Vec::len).sum::<usize>();
            room
        });
        let count = fits.count();
        let batch = queue.drain(..count).collect::<Vec<_>>();
        if batch.is_empty() {
            queues.remove(&tenant);
        }
        batch
    }

    /// Stores deliveries in the database, or on the disk where it does not answer in time.
    async fn in_time(&self, tenant: Uuid, deliveries: &[Delivery]) -> Result<(), Failed> {
        if !self.away.load(Ordering::Acquire) {
            match timeout(PATIENCE, keep::keep(&self.db, tenant, deliveries)).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(problem)) if *problem.code() != codes::UNAVAILABLE => {
                    tracing::error!(?problem, "webhooks could not be stored");
                    return Err(Failed::Defect);
                }
                Ok(Err(problem)) => {
                    tracing::warn!(?problem, "the database is away; webhooks go to the spool")
                }
                Err(_) => tracing::warn!("the database does not answer; webhooks go to the spool"),
            }
            self.away.store(true, Ordering::Release);
        }
        self.to_disk(deliveries).await
    }

    async fn to_disk(&self, deliveries: &[Delivery]) -> Result<(), Failed> {
        let done = self.spool.append(deliveries).await;
        metrics::gauge!("tenantry_webhook_spool_bytes").set(self.spool.length() as f64);
        done.map_err(|why| {
            if why == Refused::Full {
                tracing::error!("the webhook spool is full; webhooks are refused until the database is back");
            }
            Failed::Away
        })
    }
}

/// Reads all sources now and then, so that their requests can be verified while the database is away.
async fn keep_refreshing(inner: Weak<Inner>) {
    while let Some(inner) = inner.upgrade() {
        if let Err(problem) = inner.sources.refresh().await {
            tracing::debug!(?problem, "webhook sources stay as they were");
        }
        drop(inner);
        sleep(Duration::from_secs(30)).await;
    }
}
