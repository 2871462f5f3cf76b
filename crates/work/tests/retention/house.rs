//! Two tenants that are twins, and the jobs of one of them done by a worker.

use std::{collections::BTreeSet, time::Duration};

use model::caller::Caller;
use serde_json::{Value, json};
use store::{
    Db, DbSettings, Files, NewJob,
    sql::{Query, Row},
    testing::TestDb,
};
use tokio::sync::oneshot;
use uuid::Uuid;
use work::{
    access::seal::Keyring,
    jobs::{self, Duties, Kind, Limits, Services},
    tenants::{self, NewTenant},
};

pub struct House {
    pub services: Services,
    pub db: Db,
    pub mine: Caller,
    pub theirs: Caller,
    pub test: TestDb,
    pub folder: tempfile::TempDir,
}

impl House {
    pub async fn new() -> Self {
        let test = TestDb::new().await.unwrap();
        let db = Db::new(&DbSettings::new(test.app.clone(), test.operator.clone()), store::world::system())
            .unwrap();
        let mine = tenants::create(&db, &NewTenant::new("mine", "Mine")).await.unwrap();
        let theirs = tenants::create(&db, &NewTenant::new("theirs", "Theirs")).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(&folder.path().join("files")).unwrap();
        let keys = Keyring::load_or_create(folder.path()).unwrap();
        let services = Services::new(db.clone(), files, keys);
        let request = db.world().id();
        let (mine, theirs) = (Caller::system(mine, request), Caller::system(theirs, request));
        Self { services, db, mine, theirs, test, folder }
    }

    /// Runs a statement over one tenant, `$1`.
    pub async fn sql(&self, caller: &Caller, text: &str) -> Vec<Row> {
        let mut tx = self.db.begin(caller).await.unwrap();
        let rows = tx.run(&Query::free(text.to_owned(), vec![caller.tenant.into()])).await.unwrap();
        tx.commit().await.unwrap();
        rows
    }

    /// Its first column.
    pub async fn texts(&self, caller: &Caller, text: &str) -> BTreeSet<String> {
        self.sql(caller, text).await.iter().map(|row| row.get(0)).collect()
    }

    pub async fn number(&self, caller: &Caller, text: &str) -> i64 {
        self.sql(caller, text).await[0].get(0)
    }

    /// Has a worker do a job of the tenant; gives its result.
    pub async fn run(&self, caller: &Caller, kind: &'static str) -> Value {
        self.ended(caller, kind).await.unwrap_or_else(|error| panic!("{kind}: {error}"))
    }

    /// Has a worker do a job of the tenant, which must fail; gives what it said.
    pub async fn failed(&self, caller: &Caller, kind: &'static str) -> String {
        self.ended(caller, kind).await.unwrap_err()
    }

    async fn ended(&self, caller: &Caller, kind: &'static str) -> Result<Value, String> {
        let mut tx = self.db.begin(caller).await.unwrap();
        let job = tx.enqueue(NewJob::new(kind, json!({})).max_attempts(1)).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let kinds: Vec<Kind> = jobs::kinds().copied().collect();
        let (stop, told) = oneshot::channel::<()>();
        let stopped = async { told.await.unwrap_or(()) };
        let duties = Duties::of(kinds.leak());
        let worker = tokio::spawn(jobs::run(self.services.clone(), duties, Limits::default(), stopped));
        let look = format!("select status, result, error from jobs where tenant_id = $1 and id = '{job}'");
        let mut tries = 0;
        let result = loop {
            let row = self.sql(caller, &look).await.pop().unwrap();
            match row.get::<_, &str>(0) {
                "completed" => break Ok(row.get::<_, Option<Value>>(1).unwrap_or_default()),
                "failed" => break Err(row.get::<_, Option<String>>(2).unwrap_or_default()),
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
            tries += 1;
            assert!(tries < 3_000, "{kind} does not end");
        };
        drop(stop);
        worker.await.unwrap();
        result
    }

    /// A user with a role.
    pub async fn person(&self, caller: &Caller, name: &str, role: &str) -> Uuid {
        let made = self
            .sql(
                caller,
                &format!("insert into users (tenant_id, id, email, name) values ($1, app.uuid7(), '{name}@example.com', '{name}') returning id"),
            )
            .await;
        let user: Uuid = made[0].get(0);
        self.sql(
            caller,
            &format!(
                "insert into user_roles (tenant_id, id, user_id, role_id)
                 select $1, app.uuid7(), '{user}', id from roles where tenant_id = $1 and code = '{role}' returning id"
            ),
        )
        .await;
        user
    }
}
