//! A tenant with people, a worker, and a place on the web that offers files.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use model::{Document, caller::Caller, problem::Problem, registry};
use serde_json::{Value, json};
use store::{Db, DbSettings, Files, engine, sql::Query, testing::TestDb};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::sleep,
};
use uuid::Uuid;
use work::{
    access::seal::Keyring,
    jobs::{self, Duties, Limits, Services},
    operation::{execute, operations},
    outbound::Http,
    tenants::{self, NewTenant},
};

pub struct House {
    pub services: Services,
    pub db: Db,
    pub one: Caller,
    folder: tempfile::TempDir,
    /// The worker ends with the house.
    _worker: (oneshot::Sender<()>, JoinHandle<()>),
    _test: TestDb,
}

impl House {
    /// One that may fetch from this machine.
    pub async fn new() -> Self {
        Self::allowing(&["127.0.0.0/8"]).await
    }

    pub async fn allowing(networks: &[&str]) -> Self {
        let test = TestDb::new().await.unwrap();
        let settings = DbSettings::new(test.app.clone(), test.operator.clone());
        let db = Db::new(&settings, store::world::system()).unwrap();
        let one = tenants::create(&db, &NewTenant::new("one", "One")).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(&folder.path().join("files")).unwrap();
        let keys = Keyring::load_or_create(folder.path()).unwrap();
        let allowed = networks.iter().map(|network| network.parse().unwrap()).collect();
        let services = Services::new(db.clone(), files, keys).with_outbound(Http::new(allowed).unwrap());
        let one = Caller::system(one, db.world().id());
        let (stop, stopped) = oneshot::channel();
        let limits = Limits { grace: Duration::from_secs(5), ..Limits::default() };
        let running = jobs::run(services.clone(), Duties::all(), limits, async move {
            let _ = stopped.await;
        });
        let worker = (stop, tokio::spawn(running));
        Self { services, db, one, folder, _worker: worker, _test: test }
    }

    /// A user with a role.
    pub async fn person(&self, name: &str, role: &str) -> Uuid {
        let id = self.db.world().id();
        self.run(&format!(
            "insert into users (tenant_id, id, email, name) values ($1, '{id}', '{name}@example.com', '{name}')"
        ))
        .await;
        self.run(&format!(
            "insert into user_roles (tenant_id, id, user_id, role_id)
             select $1, gen_random_uuid(), '{id}', id from roles where tenant_id = $1 and code = '{role}'"
        ))
        .await;
        id
    }

    /// Runs a statement over the tenant, `$1`.
    pub async fn run(&self, text: &str) {
        let mut tx = self.db.begin(&self.one).await.unwrap();
        tx.run(&Query::free(text.to_owned(), vec![self.one.tenant.into()])).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The first column of the first row of a statement over the tenant, as text.
    pub async fn one(&self, text: &str) -> String {
        let text = format!("select ({text})::text, $1::uuid");
        let rows = self.db.read(&self.one, Query::free(text, vec![self.one.tenant.into()])).await.unwrap();
        rows[0].get::<_, Option<String>>(0).unwrap_or_default()
    }

    /// A data source.
    pub async fn source(&self, owner: Uuid, record: Value) -> Uuid {
        self.try_source(owner, record).await.unwrap()
    }

    pub async fn try_source(&self, owner: Uuid, record: Value) -> Result<Uuid, Problem> {
        let mut record: Document = record.as_object().cloned().unwrap();
        record.entry("name").or_insert_with(|| json!("Shop"));
        record.insert("owner_id".into(), json!(owner));
        let mut tx = self.db.begin(&self.one).await.unwrap();
        let made = engine::create(&mut tx, registry::entity("data_sources").unwrap(), record).await?;
        tx.commit().await.unwrap();
        Ok(made.id)
    }

    /// Fetches a source at once, and waits until nothing is under way.
    pub async fn fetch(&self, source: Uuid) {
        let operation = operations().find(|one| one.permission() == "data_sources.fetch").unwrap();
        execute(&self.services, &self.one, operation, Some(source), Document::new()).await.unwrap();
        self.quiet().await;
    }

    /// Waits until no job of sources and imports waits or runs.
    pub async fn quiet(&self) {
        let open = "select count(*) from jobs where tenant_id = $1 and status in ('pending', 'processing')
                    and (type like 'sources.%' or type like 'imports.%')";
        for _ in 0..600 {
            if self.one(open).await == "0" {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!(
            "it goes on for ever: {}",
            self.one("select json_agg(j) from jobs j where tenant_id = $1").await
        );
    }

    /// Outcome, failures in a row and error of the only source.
    pub async fn told(&self) -> (String, String, String) {
        let of = async |column: &str| {
            self.one(&format!("select {column} from data_sources where tenant_id = $1")).await
        };
        (of("last_outcome").await, of("failures").await, of("last_error").await)
    }

    /// The codes of all customers.
    pub async fn customers(&self) -> String {
        self.one(
            "select string_agg(code || ' ' || name, ',' order by code) from customers where tenant_id = $1",
        )
        .await
    }

    /// How many sets were received.
    pub async fn sets(&self) -> String {
        self.one("select count(*) from import_batches where tenant_id = $1 and parent_id is null").await
    }

    /// Writes a file into the inbox.
    pub fn drop_in(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(format!("files/inbox/{}", self.one.tenant)).join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// What an address answers: status, further headers, body.
pub type Answer = (u16, String, String);

/// A place on the web that answers GET, and remembers the headers it was asked with.
#[derive(Clone)]
pub struct Site {
    pub url: String,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<Mutex<Vec<HashMap<String, String>>>>,
}

impl Site {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/customers.csv", listener.local_addr().unwrap());
        let site = Self { url, answer: Arc::default(), asked: Arc::default() };
        let own = site.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move {
                    // Somebody who hangs up is no matter.
                    let _ = own.converse(stream).await;
                });
            }
        });
        site
    }

    pub fn answers(&self, status: u16, headers: &str, body: &str) {
        *self.answer.lock().unwrap() = (status, headers.to_owned(), body.to_owned());
    }

    pub fn asked(&self) -> Vec<HashMap<String, String>> {
        self.asked.lock().unwrap().clone()
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        assert_eq!(line, "GET /customers.csv HTTP/1.1\r\n");
        let mut headers = HashMap::new();
        loop {
            line.clear();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        self.asked.lock().unwrap().push(headers);
        let (status, headers, body) = self.answer.lock().unwrap().clone();
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
        );
        stream.write_all(answer.as_bytes()).await
    }
}
