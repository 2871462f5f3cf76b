//! The one door: [`Db`] hides its pools, [`TenantTx`] is the only way to a tenant's rows.

mod error;
mod flight;
mod outbox;
mod pool;
mod system;
mod together;
mod tx;
mod wakes;

use std::{sync::Arc, time::Duration};

use model::{
    caller::Caller,
    problem::{Problem, codes},
    world::World,
};
use tokio_postgres::Config;
use uuid::Uuid;

pub use error::{Violation, is_of_row, violation};
pub use flight::Flight;
pub(crate) use outbox::Outbox;
pub use system::{SystemTask, SystemTx};
pub use tx::TenantTx;
pub use wakes::{Lane, Wake, Wakes};

use crate::{migrate, sql::Query};
use pool::{Lease, Pool};
use together::Together;

/// How to reach the database as the two runtime logins.
#[derive(Clone, Debug)]
pub struct DbSettings {
    /// As `tenantry_app`.
    pub app: Config,
    /// As `tenantry_operator`.
    pub operator: Config,
    /// Most connections of `tenantry_app`; the operator's pool has two.
    pub connections: usize,
    /// How long a caller waits for a connection before the answer is "not available".
    pub wait: Duration,
    /// As `tenantry_app` past any pooler, for LISTEN; `None`: what other processes did is found by polling.
    pub direct: Option<Config>,
}

impl DbSettings {
    /// Sixteen connections, five seconds.
    pub fn new(app: Config, operator: Config) -> Self {
        let direct = Some(app.clone());
        Self { app, operator, connections: 16, wait: Duration::from_secs(5), direct }
    }
}

/// How the connections of a process are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Most that are opened.
    pub most: usize,
    /// Open.
    pub open: usize,
    /// Of these, in nobody's hands.
    pub idle: usize,
    /// Callers that wait for one.
    pub waiting: usize,
}

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    app: Pool,
    operator: Pool,
    world: World,
    hub: Arc<wakes::Hub>,
    together: Together,
}

impl Db {
    /// Pools that connect when first used.
    ///
    /// # Errors
    /// When the pools' sizes make no sense.
    pub fn new(settings: &DbSettings, world: World) -> Result<Self, Problem> {
        let app = pool::make(&settings.app, settings.connections, settings.wait)?;
        let operator = pool::make(&settings.operator, 2, settings.wait)?;
        let hub = wakes::Hub::new(app.clone(), settings.direct.clone(), &world);
        Ok(Self { app, operator, world, hub, together: Together::default() })
    }

    /// Clock and randomness.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Whether the database has exactly this program's schema.
    ///
    /// # Errors
    /// [`codes::SCHEMA_BEHIND`] with what is different and what to do, or [`codes::UNAVAILABLE`].
    pub async fn check_schema(&self) -> Result<(), Problem> {
        let lease = self.lease().await?;
        let checked = migrate::check_current(lease.client()).await;
        lease.clean();
        checked.map_err(|state| Problem::new(&codes::SCHEMA_BEHIND, format!("This cannot go on: {state}.")))
    }

    /// A transaction with the caller's context: the only way to change a tenant's rows.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when the database cannot be reached.
    pub async fn begin(&self, caller: &Caller) -> Result<TenantTx, Problem> {
        let begun = (caller.clone(), tx::WRITES);
        TenantTx::begin(self.lease().await?, begun, self.world.clone(), self.hub.clone())
    }

    /// A transaction that sees all of the caller's rows as they stood at one moment, changes nothing and may take as long
    /// as it likes.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when the database cannot be reached.
    pub async fn snapshot(&self, caller: &Caller) -> Result<TenantTx, Problem> {
        let begun = (caller.clone(), tx::SNAPSHOT);
        TenantTx::begin(self.lease().await?, begun, self.world.clone(), self.hub.clone())
    }

    /// Reads in one flight: begin, context, the queries and commit travel together and cost one round trip.
    pub fn flight<'a>(&'a self, caller: &'a Caller) -> Flight<'a> {
        Flight::new(self, caller)
    }

    /// The rows of one query, in one flight.
    ///
    /// # Errors
    /// The query's own problem, or [`codes::UNAVAILABLE`].
    pub async fn read(&self, caller: &Caller, query: Query) -> Result<Vec<crate::sql::Row>, Problem> {
        let mut answers = self.flight(caller).add(query).go().await?;
        Ok(answers.pop().unwrap_or_default())
    }

    /// The rows of one query that finds its few rows by a key; it may share a flight with others of the tenant, and
    /// the rows with those who ask for the same.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn point(&self, caller: &Caller, query: Query) -> Result<Arc<[crate::sql::Row]>, Problem> {
        self.together.read(self, caller, query).await
    }

    /// Wake-ups of a lane: at once when this process commits work for it, soon when another one does, and by
    /// polling every second in any case. Within a runtime of tokio.
    pub fn wakes(&self, lane: Lane) -> Wakes {
        self.hub.wakes(lane)
    }

    /// A read across tenants, for the listed tasks alone; it sees only the tables the operator may see.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when the database cannot be reached.
    pub async fn begin_system(&self, task: SystemTask) -> Result<SystemTx, Problem> {
        SystemTx::begin(pool::lease(&self.operator).await?, task).await
    }

    /// The tenant behind a slug, host or short id, before any context is set.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] when the database cannot be reached.
    pub async fn resolve(&self, kind: &'static str, key: &str) -> Result<Option<Uuid>, Problem> {
        let mut lease = self.lease().await?;
        let statement = lease
            .prepare(crate::sql!("select tenant_id from tenant_slugs where key = $1 and kind = $2").text)
            .await
            .map_err(error::problem)?;
        let row = lease.client().query_opt(&statement, &[&key, &kind]).await.map_err(error::problem)?;
        lease.clean();
        Ok(row.map(|row| row.get(0)))
    }

    /// How the connections of this process are used just now.
    pub fn usage(&self) -> Usage {
        let status = self.app.status();
        Usage { most: status.max_size, open: status.size, idle: status.available, waiting: status.waiting }
    }

    /// Answers when the database does.
    ///
    /// # Errors
    /// [`codes::UNAVAILABLE`] with the reason as its cause.
    pub async fn ping(&self) -> Result<(), Problem> {
        let lease = self.lease().await?;
        lease.client().batch_execute("select 1").await.map_err(error::problem)?;
        lease.clean();
        Ok(())
    }

    pub(crate) async fn lease(&self) -> Result<Lease, Problem> {
        pool::lease(&self.app).await
    }
}

/// The problem of a database that cannot be reached.
fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> Problem {
    Problem::new(&codes::UNAVAILABLE, "The database cannot be reached just now; nothing was changed.")
        .hint("Try again in a moment.")
        .cause(cause)
}
