//! A database with two tenants, workers to start and stop, and short ways to subscribe and to ask what came of it.

use std::{future::Future, time::Duration};

use jiff::Timestamp;
use model::{Document, caller::Caller, problem::Problem, registry};
use serde_json::{Value, json};
use store::{Db, DbSettings, Files, engine, sql, sql::Sql, testing::TestDb};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use work::{
    access::seal::Keyring,
    jobs::{self, Duties, Limits, Services},
    operation::{execute, operations},
    outbound::Http,
    tenants::{self, NewTenant},
};

use crate::endpoint::Endpoint;

pub struct House {
    pub services: Services,
    pub db: Db,
    pub one: Caller,
    pub other: Caller,
    test: TestDb,
    folder: tempfile::TempDir,
}

/// Background work in this process.
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

impl House {
    /// One whose webhooks may go to this machine.
    pub async fn new() -> Self {
        Self::allowing(&["127.0.0.0/8"]).await
    }

    pub async fn allowing(networks: &[&str]) -> Self {
        let test = TestDb::new().await.unwrap();
        let settings = DbSettings::new(test.app.clone(), test.operator.clone());
        let db = Db::new(&settings, store::world::system()).unwrap();
        let one = tenants::create(&db, &NewTenant::new("one", "One")).await.unwrap();
        let other = tenants::create(&db, &NewTenant::new("other", "Other")).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(&folder.path().join("files")).unwrap();
        let keys = Keyring::load_or_create(folder.path()).unwrap();
        let allowed = networks.iter().map(|network| network.parse().unwrap()).collect();
        let services = Services::new(db.clone(), files, keys).with_outbound(Http::new(allowed).unwrap());
        let request = db.world().id();
        let (one, other) = (Caller::system(one, request), Caller::system(other, request));
        Self { services, db, one, other, test, folder }
    }

    /// Background work in this process.
    pub fn work(&self) -> Running {
        start(self.services.clone())
    }

    /// Background work through a database door of its own, as another process has it.
    pub fn work_elsewhere(&self) -> Running {
        let settings = DbSettings::new(self.test.app.clone(), self.test.operator.clone());
        let db = Db::new(&settings, store::world::system()).unwrap();
        start(Services { db, ..self.services.clone() })
    }

    /// Background work with other keys; `first` comes before the house's own, unless that is given up.
    pub fn work_with_keys(&self, first: &str, own_too: bool) -> Running {
        let own = std::fs::read_to_string(self.folder.path().join("secret.key")).unwrap();
        let text = if own_too { format!("{first} {own}") } else { first.to_owned() };
        start(Services { keys: Keyring::from_text(&text).unwrap(), ..self.services.clone() })
    }

    pub async fn operate(
        &self,
        caller: &Caller,
        name: &str,
        id: Uuid,
        input: Value,
    ) -> Result<Document, Problem> {
        let operation = operations().find(|operation| operation.permission() == name).unwrap();
        let Value::Object(input) = input else { panic!("an input is an object") };
        execute(&self.services, caller, operation, Some(id), input).await
    }

    pub async fn create(&self, caller: &Caller, entity: &str, record: Value) -> Uuid {
        let Value::Object(record) = record else { panic!("a record is an object") };
        let mut tx = self.db.begin(caller).await.unwrap();
        let made = engine::create(&mut tx, registry::entity(entity).unwrap(), record).await.unwrap();
        tx.commit().await.unwrap();
        made.id
    }

    /// A subscription of tenant one with a secret.
    pub async fn subscribe(&self, endpoint: &Endpoint, events: &[&str]) -> (Uuid, String) {
        let id = self.subscribe_silently(&endpoint.url, events).await;
        (id, self.rotate(id, 24).await)
    }

    /// One that has no secret yet.
    pub async fn subscribe_silently(&self, url: &str, events: &[&str]) -> Uuid {
        let name = format!("Endpoint {}", self.db.world().id());
        let record = json!({ "name": name, "url": url, "event_types": events });
        self.create(&self.one, "webhook_subscriptions", record).await
    }

    /// A new secret.
    pub async fn rotate(&self, id: Uuid, overlap: i64) -> String {
        let input = json!({ "overlap_hours": overlap });
        let done = self.operate(&self.one, "webhook_subscriptions.rotate", id, input).await.unwrap();
        done["secret"].as_str().unwrap().to_owned()
    }

    /// A new supplier of tenant one, which is an event `supplier.created`.
    pub async fn supplier(&self, code: &str) -> Uuid {
        self.create(&self.one, "suppliers", json!({ "code": code, "name": code })).await
    }

    /// Tells this many events `supplier.told` in transactions of a hundred.
    pub async fn tell(&self, count: usize) {
        for first in (0..count).step_by(100) {
            let mut tx = self.db.begin(&self.one).await.unwrap();
            for number in first..(first + 100).min(count) {
                tx.emit(model::event::Event::new(
                    "supplier.told",
                    "suppliers",
                    None,
                    &json!({ "n": number }),
                ));
            }
            tx.commit().await.unwrap();
        }
    }

    /// Rows of tenant one; `$1` is the tenant and `$2` the id.
    pub async fn rows(&self, sql: &'static Sql, id: Uuid) -> Vec<Value> {
        let mut tx = self.db.begin(&self.one).await.unwrap();
        let rows = tx.query(sql, &[&self.one.tenant, &id]).await.unwrap();
        tx.commit().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// The deliveries of a subscription, in the order of their events.
    pub async fn deliveries(&self, subscription: Uuid) -> Vec<Value> {
        let sql = sql!(
            "select to_jsonb(d) from webhook_deliveries d where tenant_id = $1 and subscription_id = $2 order by event_id"
        );
        self.rows(sql, subscription).await
    }

    /// The attempts at a subscription's deliveries, in their order.
    pub async fn attempts(&self, subscription: Uuid) -> Vec<Value> {
        let sql = sql!(
            "select to_jsonb(a) from webhook_attempts a where tenant_id = $1 and subscription_id = $2 order by started_at"
        );
        self.rows(sql, subscription).await
    }

    pub async fn subscription(&self, id: Uuid) -> Value {
        let sql = sql!("select to_jsonb(s) from webhook_subscriptions s where tenant_id = $1 and id = $2");
        self.rows(sql, id).await.remove(0)
    }

    /// Waits until no delivery of the subscription is pending; gives all.
    pub async fn settled(&self, subscription: Uuid, count: usize) -> Vec<Value> {
        until("deliveries have ended", async || {
            let all = self.deliveries(subscription).await;
            let ended = all.iter().filter(|one| one["state"] != "pending").count();
            (all.len() >= count && ended == all.len()).then_some(all)
        })
        .await
    }

    /// Lets retries come due now.
    pub async fn wind(&self) {
        let mut tx = self.db.begin(&self.one).await.unwrap();
        tx.execute(
            sql!(
                "update webhook_deliveries set next_attempt_at = now()
                 where tenant_id = $1 and state = 'pending' and lease is null and next_attempt_at > now()"
            ),
            &[&self.one.tenant],
        )
        .await
        .unwrap();
        tx.wake(store::Lane::Deliveries);
        tx.commit().await.unwrap();
    }

    /// Makes the endpoint's run of failures begin so many hours earlier.
    pub async fn age_failures(&self, subscription: Uuid, hours: i32) {
        let mut tx = self.db.begin(&self.one).await.unwrap();
        tx.execute(
            sql!(
                "update webhook_failures set clock_started_at = clock_started_at - make_interval(hours => $3)
                 where tenant_id = $1 and subscription_id = $2"
            ),
            &[&self.one.tenant, &subscription, &hours],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }

    pub fn now(&self) -> Timestamp {
        self.db.world().now()
    }
}

fn start(services: Services) -> Running {
    let stop = CancellationToken::new();
    let told = stop.clone().cancelled_owned();
    let task = tokio::spawn(jobs::run(services, Duties::all(), Limits::default(), told));
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
        sleep(Duration::from_millis(20)).await;
    }
}
