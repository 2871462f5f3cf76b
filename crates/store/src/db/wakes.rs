//! Wake-ups: who waits for work of a lane hears of it as soon as it is committed.
//!
//! In this process at once, in others by NOTIFY: one statement for all that came together, sent by a task of its own
//! and never within a transaction, since NOTIFY lets commits pass one at a time. A lost notification costs no more
//! than the wait until the next poll, so everything works without LISTEN too.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt;
use model::world::World;
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Instant, sleep, sleep_until, timeout_at},
};
use tokio_postgres::{AsyncMessage, Config, Error};
use uuid::Uuid;

use super::pool::{self, Pool};
use crate::connection::connect_listening;

/// The channel of LISTEN and NOTIFY.
const CHANNEL: &str = "tenantry_wakes";
/// How often one who waits looks by itself.
const POLL: Duration = Duration::from_secs(1);
/// The least time between two NOTIFYs of one process.
const GAP: Duration = Duration::from_millis(5);
/// Tenants remembered for one who is slow to ask; beyond it, it looks at all.
const MOST: usize = 10_000;

/// A kind of work that somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Background jobs that are ready.
    Jobs,
    /// Background jobs that were taken from their workers.
    Cancels,
    /// Events to be turned into deliveries.
    Events,
    /// Deliveries to be sent.
    Deliveries,
}

impl Lane {
    const ALL: [Self; 4] = [Self::Jobs, Self::Cancels, Self::Events, Self::Deliveries];

    const fn name(self) -> &'static str {
        match self {
            Self::Jobs => "jobs",
            Self::Cancels => "cancels",
            Self::Events => "events",
            Self::Deliveries => "deliveries",
        }
    }
}

/// What one who waits is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// This tenant has work.
    Tenant(Uuid),
    /// Nothing was heard for a while, or something may have been missed: look at all tenants.
    All,
}

/// Waits for work of one lane.
#[derive(Debug)]
pub struct Wakes {
    ear: Arc<Ear>,
    poll: Instant,
}

impl Wakes {
    /// The next wake-up; at the latest after a second, as [`Wake::All`]. The first one is due at once.
    pub async fn next(&mut self) -> Wake {
        loop {
            let now = Instant::now();
            if now >= self.poll {
                self.poll = now + POLL;
                return Wake::All;
            }
            if let Some(wake) = self.ear.take() {
                return wake;
            }
            // A poll that comes due ends the wait as well; the loop then says so.
            let _ = timeout_at(self.poll, self.ear.bell.notified()).await;
        }
    }
}

/// What has come for one who waits and was not asked for yet.
#[derive(Debug)]
struct Ear {
    lane: Lane,
    heard: Mutex<Heard>,
    bell: Notify,
}

#[derive(Debug, Default)]
struct Heard {
    tenants: BTreeSet<Uuid>,
    all: bool,
}

impl Ear {
    fn take(&self) -> Option<Wake> {
        let mut heard = held(&self.heard);
        if std::mem::take(&mut heard.all) {
            heard.tenants.clear();
            return Some(Wake::All);
        }
        heard.tenants.pop_first().map(Wake::Tenant)
    }

    fn tell(&self, wake: Wake) {
        let mut heard = held(&self.heard);
        match wake {
            Wake::Tenant(tenant) if heard.tenants.len() < MOST => _ = heard.tenants.insert(tenant),
            _ => heard.all = true,
        }
        drop(heard);
        self.bell.notify_one();
    }
}

/// The wake-ups of one process.
#[derive(Debug)]
pub struct Hub {
    /// Tells this process's own notifications from those of others.
    origin: String,
    ears: Mutex<Vec<Weak<Ear>>>,
    outgoing: Mutex<BTreeSet<(Lane, Uuid)>>,
    bell: Arc<Notify>,
    pool: Pool,
    direct: Option<Config>,
    sends: AtomicBool,
    listens: AtomicBool,
    /// Its receivers learn that the hub is gone.
    alive: watch::Sender<()>,
}

impl Hub {
    pub(super) fn new(pool: Pool, direct: Option<Config>, world: &World) -> Arc<Self> {
        Arc::new(Self {
            origin: world.id().simple().to_string(),
            ears: Mutex::default(),
            outgoing: Mutex::default(),
            bell: Arc::default(),
            pool,
            direct,
            sends: AtomicBool::new(false),
            listens: AtomicBool::new(false),
            alive: watch::Sender::new(()),
        })
    }

    /// One more who waits; the first one starts LISTEN.
    pub(super) fn wakes(self: &Arc<Self>, lane: Lane) -> Wakes {
        let ear = Arc::new(Ear { lane, heard: Mutex::default(), bell: Notify::new() });
        let mut ears = held(&self.ears);
        ears.retain(|ear| ear.strong_count() > 0);
        ears.push(Arc::downgrade(&ear));
        drop(ears);
        if let Some(config) = &self.direct
            && !self.listens.swap(true, Ordering::Relaxed)
        {
            tokio::spawn(listen(config.clone(), Arc::downgrade(self), self.alive.subscribe()));
        }
        Wakes { ear, poll: Instant::now() }
    }

    /// Wakes those who wait in this process, and lets others know.
    pub(super) fn wake(self: &Arc<Self>, lane: Lane, tenant: Uuid) {
        self.tell(lane, Wake::Tenant(tenant));
        held(&self.outgoing).insert((lane, tenant));
        self.bell.notify_one();
        if !self.sends.swap(true, Ordering::Relaxed) {
            tokio::spawn(send(Arc::downgrade(self), self.bell.clone(), self.alive.subscribe()));
        }
    }

    fn tell(&self, lane: Lane, wake: Wake) {
        for ear in held(&self.ears).iter().filter_map(Weak::upgrade).filter(|ear| ear.lane == lane) {
            ear.tell(wake);
        }
    }

    /// Something may have been missed.
    fn tell_all(&self) {
        for lane in Lane::ALL {
            self.tell(lane, Wake::All);
        }
    }

    /// A notification: `origin lane tenant`. Anybody may notify, so what is not understood is passed over.
    fn heard(&self, payload: &str) {
        let mut words = payload.split(' ');
        let (Some(origin), Some(lane), Some(tenant)) = (words.next(), words.next(), words.next()) else {
            return;
        };
        let lane = Lane::ALL.into_iter().find(|one| one.name() == lane);
        if let (Some(lane), Ok(tenant)) = (lane, Uuid::try_parse(tenant))
            && origin != self.origin
        {
            self.tell(lane, Wake::Tenant(tenant));
        }
    }

    /// One statement for all that is outgoing. What cannot be sent is found by polling.
    async fn flush(&self) {
        let outgoing = std::mem::take(&mut *held(&self.outgoing));
        if outgoing.is_empty() {
            return;
        }
        let line = |(lane, tenant): (Lane, Uuid)| format!("{} {} {tenant}", self.origin, lane.name());
        let lines: Vec<String> = outgoing.into_iter().map(line).collect();
        let Ok(mut lease) = pool::lease(&self.pool).await else { return };
        let sent = async {
            let sql = crate::sql!("select pg_notify($1, line) from unnest($2::text[]) line");
            let statement = lease.prepare(sql.text).await?;
            lease.client().query(&statement, &[&CHANNEL, &lines]).await
        };
        match sent.await {
            Ok(_) => lease.clean(),
            Err(error) => tracing::debug!(%error, "a notification was not sent"),
        }
    }
}

async fn send(hub: Weak<Hub>, bell: Arc<Notify>, mut alive: watch::Receiver<()>) {
    loop {
        tokio::select! {
            () = bell.notified() => {}
            _ = alive.changed() => return,
        }
        let Some(hub) = hub.upgrade() else { return };
        hub.flush().await;
        drop(hub);
        sleep(GAP).await;
    }
}

async fn listen(config: Config, hub: Weak<Hub>, mut alive: watch::Receiver<()>) {
    loop {
        tokio::select! {
            ended = listen_once(&config, &hub) => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "nothing is heard from other processes; polling goes on");
                }
            }
            _ = alive.changed() => return,
        }
        sleep_until(Instant::now() + POLL).await;
    }
}

/// Listens until the connection ends.
async fn listen_once(config: &Config, hub: &Weak<Hub>) -> Result<(), Error> {
    let (client, mut messages) = connect_listening(config).await?;
    let (tell, mut told) = mpsc::unbounded_channel();
    let drive = async move {
        loop {
            match messages.next().await {
                Some(Ok(AsyncMessage::Notification(one))) => _ = tell.send(one.payload().to_owned()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            }
        }
    };
    let hear = async {
        client.batch_execute(&format!("listen {CHANNEL}")).await?;
        if let Some(hub) = hub.upgrade() {
            hub.tell_all();
        }
        while let Some(payload) = told.recv().await {
            let Some(hub) = hub.upgrade() else { break };
            hub.heard(&payload);
        }
        Ok(())
    };
    tokio::select! {
        ended = drive => ended,
        ended = hear => ended,
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
