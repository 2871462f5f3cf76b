//! The queue itself: workers in this process, as `serve` has them.

use std::{
    future::Future,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use model::{caller::Caller, problem::Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Db, sql};
use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;
use work::jobs::{self, Duties, Job, Kind, Limits, Perform, Services};

use super::Turn;
use crate::{bench::place::Fresh, failure::Failure};

/// Jobs enqueued in one statement, as the peers have it.
const BATCH: usize = 1_000;

static KINDS: &[Kind] = &[Kind::of::<Noop>("Does nothing.")];
static BEGUN: AtomicUsize = AtomicUsize::new(0);
static LAST: Mutex<Option<Instant>> = Mutex::new(None);
static BELL: Notify = Notify::const_new();

#[derive(Debug, Serialize, Deserialize)]
struct Noop {}

impl Perform for Noop {
    const KIND: &'static str = "bench.noop";

    async fn run(self, _: &Job) -> Result<Value, Problem> {
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        BEGUN.fetch_add(1, Ordering::Relaxed);
        BELL.notify_one();
        Ok(Value::Null)
    }
}

/// The queue of one tenant.
pub struct Own<'a> {
    pub fresh: &'a Fresh,
    pub services: Services,
    pub caller: Caller,
}

impl Own<'_> {
    /// Enqueues and finishes so many jobs.
    pub async fn rate(&self, jobs: usize) -> Result<Turn, Failure> {
        let began = Instant::now();
        let half = jobs.div_ceil(2 * BATCH);
        tokio::try_join!(self.enqueue(half), self.enqueue(jobs.div_ceil(BATCH) - half))?;
        let enqueue = began.elapsed();
        let all = BEGUN.load(Ordering::Relaxed) + jobs.div_ceil(BATCH) * BATCH;
        let began = Instant::now();
        let finish = worked(self.services.clone(), async {
            while BEGUN.load(Ordering::Relaxed) < all {
                BELL.notified().await;
            }
            // The last ones have begun; finished is what no longer waits or runs.
            while self.left().await? {
                sleep(Duration::from_millis(2)).await;
            }
            Ok::<_, Failure>(began.elapsed())
        })
        .await?;
        Ok(Turn { enqueue, finish })
    }

    /// Milliseconds from the commit of a job to its beginning, one job at a time; the worker hears of it in this
    /// process, or `elsewhere`: through a door of its own, as another process has it.
    pub async fn waits(&self, picks: usize, elsewhere: bool) -> Result<Vec<f64>, Failure> {
        let mut services = self.services.clone();
        if elsewhere {
            services.db = Db::new(&self.fresh.logins, store::world::system())?;
        }
        worked(services, async {
            sleep(Duration::from_millis(1_500)).await;
            let mut waits = vec![];
            for _ in 0..picks {
                let before = BEGUN.load(Ordering::Relaxed);
                let db = &self.services.db;
                let mut tx = db.begin(&self.caller).await?;
                tx.enqueue(Noop {}.job()?).await?;
                let asked = Instant::now();
                tx.commit().await?;
                while BEGUN.load(Ordering::Relaxed) == before {
                    BELL.notified().await;
                }
                let begun = *LAST.lock().unwrap_or_else(PoisonError::into_inner);
                waits.extend(
                    begun.map(|begun| begun.saturating_duration_since(asked).as_secs_f64() * 1_000.0),
                );
                sleep(Duration::from_millis(20)).await;
            }
            Ok(waits)
        })
        .await
    }

    async fn enqueue(&self, batches: usize) -> Result<(), Failure> {
        for _ in 0..batches {
            let mut tx = self.services.db.begin(&self.caller).await?;
            let jobs: Result<Vec<_>, Problem> = (0..BATCH).map(|_| Noop {}.job()).collect();
            tx.enqueue_all(jobs?).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn left(&self) -> Result<bool, Failure> {
        let mut tx = self.services.db.begin(&self.caller).await?;
        let row = tx
            .one(
                sql!(
                    "select exists (select from jobs where tenant_id = $1 and status = 'pending')
                       or exists (select from jobs where tenant_id = $1 and status = 'processing')"
                ),
                &[&self.caller.tenant],
            )
            .await?;
        tx.commit().await?;
        Ok(row.get(0))
    }
}

/// Runs a worker while `until` goes on.
async fn worked<T>(
    services: Services,
    until: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let stop = CancellationToken::new();
    let told = stop.clone().cancelled_owned();
    let worker = tokio::spawn(jobs::run(services, Duties::of(KINDS), Limits::default(), told));
    let done = until.await;
    stop.cancel();
    worker.await.map_err(|error| Failure::work(format!("The worker broke: {error}.")))?;
    done
}
