//! Two tenants with something of everything, and short ways to see what is left.

use std::time::Duration;

use model::caller::Caller;
use serde_json::{Value, json};
use store::{
    Db, DbSettings, Files, NewJob,
    files::Place,
    sql::{Query, Row},
    testing::TestDb,
};
use tokio::sync::oneshot;
use uuid::Uuid;
use work::{
    access::{platform, seal::Keyring},
    jobs::{self, Duties, Kind, Limits, Services},
    tenants::{self, NewTenant},
};

pub struct House {
    pub services: Services,
    pub db: Db,
    pub operator: Caller,
    pub one: Caller,
    pub other: Caller,
    pub test: TestDb,
    pub folder: tempfile::TempDir,
}

/// Background work in this process; it ends with the handle.
pub struct Worker {
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

impl Worker {
    pub async fn stop(self) {
        drop(self.stop);
        self.task.await.unwrap();
    }
}

impl House {
    pub async fn new() -> Self {
        let test = TestDb::new().await.unwrap();
        let db = Db::new(&DbSettings::new(test.app.clone(), test.operator.clone()), store::world::system())
            .unwrap();
        let one = tenants::create(&db, &NewTenant::new("one", "One")).await.unwrap();
        let other = tenants::create(&db, &NewTenant::new("other", "Other")).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(&folder.path().join("files")).unwrap();
        let keys = Keyring::load_or_create(folder.path()).unwrap();
        let services = Services::new(db.clone(), files, keys);
        let request = db.world().id();
        let operator = platform::command_line(&db);
        let (one, other) = (Caller::system(one, request), Caller::system(other, request));
        Self { services, db, operator, one, other, test, folder }
    }

    /// Runs a statement over one tenant, `$1`.
    pub async fn sql(&self, caller: &Caller, text: &str) -> Vec<Row> {
        let mut tx = self.db.begin(caller).await.unwrap();
        let rows = tx.run(&Query::free(text.to_owned(), vec![caller.tenant.into()])).await.unwrap();
        tx.commit().await.unwrap();
        rows
    }

    /// Makes so many customers.
    pub async fn customers(&self, caller: &Caller, number: u32) {
        let text = format!(
            "insert into customers (tenant_id, id, code, name)
             select $1, app.uuid7(), 'C' || n, 'Customer ' || n from generate_series(1, {number}) n returning 1"
        );
        self.sql(caller, &text).await;
    }

    pub async fn number(&self, caller: &Caller, text: &str) -> i64 {
        self.sql(caller, text).await[0].get(0)
    }

    /// The actions of the audit's lines about tenants as a whole, oldest first.
    pub async fn told(&self, caller: &Caller) -> Vec<String> {
        let text =
            "select action from audit_logs where tenant_id = $1 and action like 'tenant.%' order by id";
        self.sql(caller, text).await.iter().map(|row| row.get(0)).collect()
    }

    pub async fn enqueue(&self, caller: &Caller, kind: &'static str) -> Uuid {
        let mut tx = self.db.begin(caller).await.unwrap();
        let job = tx.enqueue(NewJob::new(kind, json!({}))).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        job
    }

    pub async fn job(&self, caller: &Caller, job: Uuid) -> (String, Value) {
        let text = format!("select status, result from jobs where tenant_id = $1 and id = '{job}'");
        let row = self.sql(caller, &text).await.pop().unwrap();
        (row.get(0), row.get::<_, Option<Value>>(1).unwrap_or_default())
    }

    /// Waits until the job has ended well; gives its result.
    pub async fn done(&self, caller: &Caller, job: Uuid) -> Value {
        for _ in 0..3_000 {
            match self.job(caller, job).await {
                (status, result) if status == "completed" => return result,
                (status, _) if status == "failed" => panic!("the job failed"),
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        panic!("the job does not end");
    }

    pub fn work(&self) -> Worker {
        let kinds: Vec<Kind> = jobs::kinds().copied().collect();
        let (stop, told) = oneshot::channel::<()>();
        let stopped = async { told.await.unwrap_or(()) };
        let running = jobs::run(self.services.clone(), Duties::of(kinds.leak()), Limits::default(), stopped);
        Worker { stop, task: tokio::spawn(running) }
    }

    /// Fills every table of a tenant that the isolation suite's twins fill, and stores two files.
    pub async fn fill(&self, caller: &Caller) {
        for number in 0..2 {
            let at = self.db.world().now();
            let place = Place { tenant: caller.tenant, kind: "imports", id: self.db.world().id(), at };
            let stored =
                self.services.files.put(place, format!("file {number}").as_bytes(), 100).await.unwrap();
            let row = format!(
                "insert into files (tenant_id, id, storage_key, name, media_type, size, sha256)
                 values ($1, app.uuid7(), '{}', 'f.csv', 'text/csv', {}, '{}') returning 1",
                stored.key, stored.size, stored.sha256
            );
            self.sql(caller, &row).await;
        }
    }
}
