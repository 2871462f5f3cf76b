//! Connections: a pool of them, each with a bounded cache of prepared statements.

use std::{
    hash::{BuildHasher, RandomState},
    num::NonZeroUsize,
    sync::LazyLock,
    time::{Duration, Instant},
};

use deadpool::{
    Runtime,
    managed::{self, Metrics, Object, QueueMode, RecycleError, RecycleResult, Timeouts},
};
use lru::LruCache;
use model::problem::Problem;
use tokio_postgres::{Client, Config, Statement};
use tracing::warn;

use super::unavailable;
use crate::{
    connection::connect,
    sql::{Keep, Query},
};

/// Prepared statements kept per connection; the least used one is closed when a new one comes.
const STATEMENTS: NonZeroUsize = NonZeroUsize::new(256).unwrap();

/// Texts that came once, of which a connection remembers that they did.
const ONCE: NonZeroUsize = NonZeroUsize::new(256).unwrap();

pub type Pool = managed::Pool<Connector>;

/// Opens connections.
#[derive(Debug)]
pub struct Connector(Config);

/// One connection.
#[derive(Debug)]
pub struct Connection {
    client: Client,
    statements: LruCache<String, Statement>,
    /// Hashes of texts.
    once: LruCache<u64, ()>,
}

impl managed::Manager for Connector {
    type Type = Connection;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Connection, Self::Error> {
        let (client, connection) = connect(&self.0).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                warn!(%error, "a database connection ended");
            }
        });
        Ok(Connection { client, statements: LruCache::new(STATEMENTS), once: LruCache::new(ONCE) })
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<Self::Error> {
        if connection.client.is_closed() { Err(RecycleError::message("closed")) } else { Ok(()) }
    }
}

pub fn make(config: &Config, size: usize, wait: Duration) -> Result<Pool, Problem> {
    let timeouts = Timeouts { wait: Some(wait), create: Some(wait), recycle: Some(wait) };
    Pool::builder(Connector(config.clone()))
        .max_size(size)
        // What was used last is warm.
        .queue_mode(QueueMode::Lifo)
        .timeouts(timeouts)
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(Problem::internal)
}

pub async fn lease(pool: &Pool) -> Result<Lease, Problem> {
    let began = Instant::now();
    let held = pool.get().await;
    metrics::histogram!("tenantry_db_wait_seconds").record(began.elapsed().as_secs_f64());
    let held = held.map_err(|error| {
        metrics::counter!("tenantry_db_errors_total", "class" => "pool").increment(1);
        unavailable(error)
    })?;
    Ok(Lease { held: Some(held) })
}

/// A connection out of the pool. It goes back only when [`Lease::clean`] was said; otherwise it is closed.
///
/// A connection that still has a transaction open, or answers unread, would commit the writes of one tenant
/// with the next one's COMMIT. So going back is the exception that must be earned, and closing is the rule.
#[derive(Debug)]
pub struct Lease {
    held: Option<Object<Connector>>,
}

impl Lease {
    /// The driver's client.
    pub fn client(&self) -> &Client {
        &self.connection().client
    }

    /// The prepared statement of this text, from the cache or made now.
    pub async fn prepare(&mut self, text: &str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(connection) = self.held.as_mut()
            && let Some(statement) = connection.statements.get(text)
        {
            return Ok(statement.clone());
        }
        let statement = self.client().prepare(text).await?;
        if let Some(connection) = self.held.as_mut() {
            connection.statements.put(text.to_owned(), statement.clone());
        }
        Ok(statement)
    }

    /// The prepared statement of a query that is kept; `None` for one that is planned for its parameters.
    pub async fn kept(&mut self, query: &Query) -> Result<Option<Statement>, tokio_postgres::Error> {
        let kept = match query.keep {
            Keep::Always => true,
            Keep::Recurring => self.came_before(&query.text),
            Keep::Never => false,
        };
        if kept { self.prepare(&query.text).await.map(Some) } else { Ok(None) }
    }

    /// Whether this connection has seen the text; from now on it has.
    fn came_before(&mut self, text: &str) -> bool {
        static HASHES: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let Some(connection) = self.held.as_mut() else { return false };
        connection.statements.contains(text) || connection.once.put(HASHES.hash_one(text), ()).is_some()
    }

    /// Gives the connection back: no transaction is open and every answer has been read.
    pub fn clean(mut self) {
        drop(self.held.take());
    }

    #[expect(
        clippy::expect_used,
        reason = "`held` is emptied by `clean` and `drop` alone, which take the lease away"
    )]
    fn connection(&self) -> &Connection {
        self.held.as_ref().expect("a lease holds its connection until it ends")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            drop(Object::take(held));
        }
    }
}
