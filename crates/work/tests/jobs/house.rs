//! A database with two tenants, workers to start and stop, and short ways to ask what became of jobs.

use std::{future::Future, time::Duration};

use model::caller::Caller;
use serde_json::Value;
use store::{Db, DbSettings, Files, NewJob, sql, testing::TestDb};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use work::{
    access::seal::Keyring,
    jobs::{self, Duties, Kind, Limits, Services},
    tenants::{self, NewTenant},
};

pub struct House {
    pub services: Services,
    pub db: Db,
    pub one: Caller,
    pub other: Caller,
    pub test: TestDb,
    _folder: tempfile::TempDir,
}

/// A worker in this process.
pub struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// Tells it to stop and waits until it has.
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// Limits as they are by default, with a lease that tests can wait for.
pub fn limits() -> Limits {
    Limits {
        lease: Duration::from_secs(2),
        beat: Duration::from_millis(400),
        rescue: Duration::from_millis(400),
        grace: Duration::from_secs(5),
        ..Limits::default()
    }
}

impl House {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut DbSettings)) -> Self {
        let test = TestDb::new().await.unwrap();
        let mut settings = DbSettings::new(test.app.clone(), test.operator.clone());
        change(&mut settings);
        let db = Db::new(&settings, store::world::system()).unwrap();
        let one = tenants::create(&db, &NewTenant::new("one", "One")).await.unwrap();
        let other = tenants::create(&db, &NewTenant::new("other", "Other")).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(&folder.path().join("files")).unwrap();
        let keys = Keyring::load_or_create(folder.path()).unwrap();
        let services = Services::new(db.clone(), files, keys);
        let request = db.world().id();
        let (one, other) = (Caller::system(one, request), Caller::system(other, request));
        Self { services, db, one, other, test, _folder: folder }
    }

    /// The same database through a door of its own, as another process has it.
    pub fn elsewhere(&self, change: impl FnOnce(&mut DbSettings)) -> Services {
        let mut settings = DbSettings::new(self.test.app.clone(), self.test.operator.clone());
        change(&mut settings);
        let db = Db::new(&settings, store::world::system()).unwrap();
        Services { db, ..self.services.clone() }
    }

    pub fn work(&self, kinds: &'static [Kind], limits: Limits) -> Running {
        start(self.services.clone(), kinds, limits)
    }

    pub async fn enqueue(&self, caller: &Caller, job: NewJob) -> Option<Uuid> {
        self.enqueue_all(caller, vec![job]).await.pop()
    }

    pub async fn enqueue_all(&self, caller: &Caller, jobs: Vec<NewJob>) -> Vec<Uuid> {
        let mut tx = self.db.begin(caller).await.unwrap();
        let ids = tx.enqueue_all(jobs).await.unwrap();
        tx.commit().await.unwrap();
        ids
    }

    /// A job's column, as JSON.
    pub async fn job(&self, caller: &Caller, id: Uuid) -> Value {
        let mut tx = self.db.begin(caller).await.unwrap();
        let row = tx
            .one(
                sql!("select to_jsonb(j) from jobs j where tenant_id = $1 and id = $2"),
                &[&caller.tenant, &id],
            )
            .await
            .unwrap();
        tx.commit().await.unwrap();
        row.get(0)
    }

    /// The runs of a job, the first one first.
    pub async fn runs(&self, caller: &Caller, id: Uuid) -> Vec<Value> {
        let mut tx = self.db.begin(caller).await.unwrap();
        let rows = tx
            .query(
                sql!("select to_jsonb(r) from job_runs r where tenant_id = $1 and job_id = $2 order by attempt, id"),
                &[&caller.tenant, &id],
            )
            .await
            .unwrap();
        tx.commit().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// How many of the tenant's jobs of the kind `test.*` are in this state.
    pub async fn count(&self, caller: &Caller, status: &str) -> i64 {
        let mut tx = self.db.begin(caller).await.unwrap();
        let row = tx
            .one(
                sql!("select count(*) from jobs where tenant_id = $1 and status = $2 and type like 'test.%'"),
                &[&caller.tenant, &status],
            )
            .await
            .unwrap();
        tx.commit().await.unwrap();
        row.get(0)
    }

    /// Waits until the job is in this state.
    pub async fn reaches(&self, caller: &Caller, id: Uuid, status: &str) -> Value {
        until(&format!("job is {status}"), async || {
            let job = self.job(caller, id).await;
            (job["status"] == status).then_some(job)
        })
        .await
    }
}

pub fn start(services: Services, kinds: &'static [Kind], limits: Limits) -> Running {
    let stop = CancellationToken::new();
    let told = stop.clone().cancelled_owned();
    let task = tokio::spawn(jobs::run(services, Duties::of(kinds), limits, told));
    Running { stop, task }
}

/// Waits until `look` gives something, a minute at most.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, look: impl Fn() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "waited a minute until {what}");
        sleep(Duration::from_millis(10)).await;
    }
}
