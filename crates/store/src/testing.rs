//! A database of its own for every test, cloned from a migrated template on a private cluster.
//!
//! The first test that asks starts the cluster in `target/test-cluster`; it stays up for the tests after it, which run
//! in processes of their own, and is stopped by `tenantry-test-cluster stop` at the end of `make test`. The template is
//! named after the migrations' fingerprint, so a change of theirs makes a new one and nothing ever is out of date.

mod s3;

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::OnceCell;
use tokio_postgres::{Client, Config, NoTls};
use uuid::Uuid;

use crate::cluster::{Cluster, ClusterError, ClusterOptions};
use crate::migrate::{self, MigrateError, MigrationSet, RoleSecrets};
use crate::secret::random_hex;

pub use s3::S3Server;

/// Why a test gets no database, or no bucket.
#[derive(Debug, thiserror::Error)]
pub enum TestingError {
    /// The cluster is not there.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The template cannot be migrated.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The server refuses.
    #[error("the test cluster refuses: {0}")]
    Server(#[from] tokio_postgres::Error),
    /// A file or the randomness is not to be had.
    #[error("cannot prepare the test cluster: {0}")]
    Io(#[from] io::Error),
}

/// A test's own database; dropped when its thread ends.
#[derive(Debug)]
pub struct TestDb {
    /// As the superuser.
    pub admin: Config,
    /// As `tenantry_app`.
    pub app: Config,
    /// As `tenantry_operator`.
    pub operator: Config,
    /// The database's name.
    pub name: String,
}

impl TestDb {
    /// A database with the schema of this program.
    ///
    /// # Errors
    /// When the cluster, the template or the clone cannot be made.
    pub async fn new() -> Result<TestDb, TestingError> {
        let server = Server::get().await?;
        // Without fsync the checkpoints of a file copy cost little: measured 0.20 s for 15 MB, by the log 0.33 s.
        let db =
            TestDb::create(server, &format!("template \"{}\" strategy file_copy", server.template)).await?;
        connect(&db.admin).await?.batch_execute(&migrate::database_rights(&db.name)).await?;
        Ok(db)
    }

    /// A database with nothing in it.
    ///
    /// # Errors
    /// When the cluster or the database cannot be made.
    pub async fn empty() -> Result<TestDb, TestingError> {
        TestDb::create(Server::get().await?, "template template0").await
    }

    /// Runs statements as the superuser: faults that a test plants.
    ///
    /// # Errors
    /// What the server says.
    pub async fn plant(&self, sql: &str) -> Result<(), TestingError> {
        Ok(connect(&self.admin).await?.batch_execute(sql).await?)
    }

    /// Every table with a column `tenant_id`, partitions by themselves, and how many rows of the tenant each holds
    /// (`customers: 3`); only those that hold some. `tenants` where the tenant itself is there.
    ///
    /// # Errors
    /// What the server says.
    pub async fn remains(&self, tenant: Uuid) -> Result<Vec<String>, TestingError> {
        let tables = "select c.oid::regclass::text from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attname = 'tenant_id'
              and not a.attisdropped order by 1";
        let mut counts = format!("select 'tenants' where exists (select from tenants where id = '{tenant}')");
        for table in self.texts(tables).await? {
            counts += &format!(
                " union all select '{table}: ' || count(*) from {table} where tenant_id = '{tenant}' having count(*) > 0"
            );
        }
        self.texts(&counts).await
    }

    /// The first column, text, of a question asked as the superuser, past all policies.
    ///
    /// # Errors
    /// What the server says.
    pub async fn texts(&self, sql: &str) -> Result<Vec<String>, TestingError> {
        let rows = connect(&self.admin).await?.query(sql, &[]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Has the server count the statements of sessions that begin from now on.
    ///
    /// # Errors
    /// What the server says.
    pub async fn count_statements(&self) -> Result<(), TestingError> {
        let name = self.admin.get_dbname().unwrap_or_default();
        let sql = format!("alter database \"{name}\" set pg_stat_statements.track = 'top'");
        Ok(connect(&self.admin).await?.batch_execute(&sql).await?)
    }

    /// How many statements runtime logins have sent to this database since they are counted, but for those that come by the clock (leases, and notifications, of which one tells all that waits),
    /// and those that open and close transactions.
    ///
    /// # Errors
    /// When the server does not count them.
    pub async fn statements(&self) -> Result<i64, TestingError> {
        let client = connect(&self.admin).await?;
        client.batch_execute("create extension if not exists pg_stat_statements").await?;
        let sql = "select coalesce(sum(s.calls), 0)::bigint from pg_stat_statements s
                     join pg_database d on d.oid = s.dbid and d.datname = current_database()
                     join pg_roles r on r.oid = s.userid and r.rolname like 'tenantry%'
                   where s.query !~* '^\\s*(begin|commit|rollback)' and s.query !~ 'app.set_context|lease_|pg_notify'";
        Ok(client.query_one(sql, &[]).await?.get(0))
    }

    /// The settings that make the program use this database.
    pub fn environment(&self) -> [(&'static str, String); 3] {
        let url = |config: &Config| {
            let mut parts = vec![format!("dbname='{}'", config.get_dbname().unwrap_or_default())];
            if let Some(tokio_postgres::config::Host::Unix(folder)) = config.get_hosts().first() {
                parts.push(format!("host='{}'", folder.display()));
            }
            parts.extend(config.get_ports().first().map(|port| format!("port={port}")));
            parts.extend(config.get_user().map(|user| format!("user={user}")));
            let password = config.get_password().map(String::from_utf8_lossy);
            parts.extend(password.map(|password| format!("password='{password}'")));
            parts.join(" ")
        };
        [
            ("DATABASE_URL", url(&self.admin)),
            ("TENANTRY_APP_URL", url(&self.app)),
            ("TENANTRY_OPERATOR_URL", url(&self.operator)),
        ]
    }

    async fn create(server: &Server, from: &str) -> Result<TestDb, TestingError> {
        let name = format!("test_{}", random_hex(8).map_err(io::Error::other)?);
        let client = connect(&server.admin).await?;
        client.batch_execute(&format!("create database \"{name}\" {from}")).await?;
        // A clone has the template's tables and their rights, but not its rights on the database itself.
        client.batch_execute(&format!("revoke create, temporary on database \"{name}\" from public")).await?;
        let mut admin = server.admin.clone();
        admin.dbname(&name);
        Ok(TestDb { app: server.secrets.app(&admin), operator: server.secrets.operator(&admin), admin, name })
    }
}

/// The databases of tests that this thread ran. They are dropped when it ends, after the tests' runtimes and all their
/// connections: DROP DATABASE waits for every session of the server to answer, and one in the middle of signing in
/// answers when its client does, which a thread that waits for DROP DATABASE cannot.
struct Left {
    admin: Config,
    name: String,
}

thread_local! {
    static LEFT: RefCell<Vec<Left>> = const { RefCell::new(vec![]) };
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let mut admin = self.admin.clone();
        admin.dbname("postgres");
        let left = Left { admin, name: self.name.clone() };
        // A thread that is ending already keeps no list any more; its database goes at once.
        let _ = LEFT.try_with(|list| list.borrow_mut().push(left));
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        let admin = self.admin.clone();
        let sql = format!("drop database if exists \"{}\" with (force)", self.name);
        let dropped = std::thread::spawn(move || -> Result<(), TestingError> {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
                connect(&admin).await?.batch_execute(&sql).await?;
                Ok(())
            })
        });
        match dropped.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("the test database {} was left behind: {error}", self.name),
            Err(_) => eprintln!("the test database {} was left behind", self.name),
        }
    }
}

/// The shared server as this process uses it. Kept for the process's whole life, which is what leaves it running.
struct Server {
    _cluster: Cluster,
    admin: Config,
    secrets: RoleSecrets,
    template: String,
}

impl Server {
    async fn get() -> Result<&'static Server, TestingError> {
        static SERVER: OnceCell<Server> = OnceCell::const_new();
        SERVER.get_or_try_init(Server::join).await
    }

    /// Joins the cluster, in one process at a time: the first one starts it, sweeps what killed tests left and makes
    /// the template.
    async fn join() -> Result<Server, TestingError> {
        let options = options();
        std::fs::create_dir_all(&options.data_dir)?;
        let _turn = turn(options.data_dir.join("template.lock")).await?;
        let cluster = Cluster::attach_or_start(&options).await?;
        let admin = cluster.admin();
        let secrets = RoleSecrets::load_or_create(&options.data_dir)?;
        let set = MigrationSet::embedded()?;
        let template = format!("template_{}", set.fingerprint());
        let client = connect(&admin).await?;
        if cluster.started_here() {
            sweep(&client, &template).await?;
        }
        if client.query_opt("select from pg_database where datname = $1", &[&template]).await?.is_none() {
            let draft = format!("test_{template}");
            client.batch_execute(&format!("drop database if exists \"{draft}\" with (force)")).await?;
            let config = migrate::create_database(&admin, &draft).await?;
            migrate::migrate(&config, &secrets, |_| {}).await?;
            let renamed = format!("alter database \"{draft}\" rename to \"{template}\"");
            client.batch_execute(&renamed).await?;
            client.batch_execute(&format!("alter database \"{template}\" allow_connections false")).await?;
        }
        Ok(Server { _cluster: cluster, admin, secrets, template })
    }
}

/// Where the test cluster is and how it runs.
pub fn options() -> ClusterOptions {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    let mut options = ClusterOptions::new(target.join("test-cluster"));
    options.elsewhere = std::env::temp_dir().join("tenantry-test-clusters");
    options.fast_for_tests = true;
    options
}

/// Drops the databases of tests that were killed and the templates of other schemas. The server has just been
/// started, so no test is using one.
async fn sweep(client: &Client, template: &str) -> Result<(), TestingError> {
    let sql = "select datname::text from pg_database \
               where (datname like 'test\\_%' or datname like 'template\\_%') and datname <> $1";
    for row in client.query(sql, &[&template]).await? {
        client.batch_execute(&format!("drop database \"{}\" with (force)", row.get::<_, &str>(0))).await?;
    }
    Ok(())
}

async fn turn(path: PathBuf) -> Result<File, TestingError> {
    let take = move || File::create(path).and_then(|file| file.lock().map(|()| file));
    let taken = tokio::task::spawn_blocking(take).await;
    Ok(taken.map_err(io::Error::other)??)
}

/// Runs statements one after the other as the user of `config`.
///
/// # Errors
/// When the server cannot be reached or refuses one.
pub async fn execute(config: &Config, statements: &[String]) -> Result<(), TestingError> {
    let client = connect(config).await?;
    for sql in statements {
        client.batch_execute(sql).await?;
    }
    Ok(())
}

async fn connect(config: &Config) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(async move {
        // A broken connection shows in the statement that waits for it.
        let _ended = connection.await;
    });
    Ok(client)
}
