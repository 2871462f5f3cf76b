//! Transactions in one flight: BEGIN, context, queries and COMMIT are sent together, one round trip for all.
//!
//! The driver pipelines futures that are polled together, in the order in which they are first polled, so all
//! of a flight are in one `join`. Every answer is read. A caller who goes away in the middle closes the
//! connection, see [`super::pool::Lease`].

use std::time::Duration;

use futures_util::future::{join, join_all, join3};
use model::{caller::Caller, problem::Problem};
use tokio_postgres::{Client, Error, Row, Statement};

use super::{Db, error::problem, tx::Context};
use crate::sql::Query;

/// A flight being put together.
#[derive(Debug)]
pub struct Flight<'a> {
    db: &'a Db,
    caller: &'a Caller,
    queries: Vec<Query>,
    /// What the transaction begins with.
    begin: String,
}

impl<'a> Flight<'a> {
    pub(super) fn new(db: &'a Db, caller: &'a Caller) -> Self {
        Self { db, caller, queries: vec![], begin: "begin read only".to_owned() }
    }

    /// With another query.
    #[expect(clippy::should_implement_trait, reason = "a builder's word, not arithmetic")]
    pub fn add(mut self, query: Query) -> Self {
        self.queries.push(query);
        self
    }

    /// With a limit for each query; one that runs into it answers `too_slow`.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.begin.push_str(&format!("; set local statement_timeout = {}", timeout.as_millis()));
        self
    }

    /// Its queries may write; `settings`, such as `set local enable_sort = off`, hold until its end. For writes that
    /// neither wake anybody nor tell of an event: those take a [`super::TenantTx`].
    pub(crate) fn writes(mut self, settings: &'static [&'static str]) -> Self {
        self.begin = ["begin"].iter().chain(settings).copied().collect::<Vec<_>>().join("; ");
        self
    }

    /// Sends all and gives the rows of each query, in order.
    ///
    /// # Errors
    /// The first query's problem, `access_changed`, or `unavailable`.
    pub async fn go(mut self) -> Result<Vec<Vec<Row>>, Problem> {
        let (queries, caller) = (std::mem::take(&mut self.queries), self.caller);
        let Carried { rows, stamp } = self.carry(&queries).await?;
        caller.confirm(stamp).and(rows)
    }

    /// Sends these, as [`Flight::go`] does, for whoever shares the context.
    pub(super) async fn carry(self, queries: &[Query]) -> Result<Carried, Problem> {
        let mut lease = self.db.lease().await?;
        let context = lease.prepare(Context::READS).await.map_err(problem)?;
        let mut statements = Vec::with_capacity(queries.len());
        for query in queries {
            statements.push(lease.kept(query).await.map_err(problem)?);
        }
        let client = lease.client();
        let values = Context::of(self.caller);
        let params = values.of_read();
        let queries = queries.iter().zip(&statements).map(|(query, statement)| run(client, query, statement));
        let (begun, (set, rows), ended) = join3(
            client.batch_execute(&self.begin),
            join(client.query(&context, &params), join_all(queries)),
            client.batch_execute("commit"),
        )
        .await;
        begun.map_err(problem)?;
        // A failed transaction answers COMMIT with ROLLBACK and no error; but then one of these is an error.
        let answer = set.map(|set| {
            let rows = ended.and(rows.into_iter().collect::<Result<_, Error>>());
            Carried { rows: rows.map_err(problem), stamp: stamp(&set) }
        });
        let connection_is_fine = !client.is_closed();
        if connection_is_fine {
            lease.clean();
        }
        answer.map_err(problem)
    }
}

/// What came back of a flight.
#[derive(Debug)]
pub(super) struct Carried {
    /// The rows of each query, or the first query's problem.
    pub(super) rows: Result<Vec<Vec<Row>>, Problem>,
    /// The tenant's stamp of access before any of the queries began.
    pub(super) stamp: Option<i64>,
}

/// What the statement that sets the context answers: the tenant's stamp of access.
pub(super) fn stamp(set: &[Row]) -> Option<i64> {
    set.first().and_then(|row| row.get(0))
}

/// Runs one query, prepared or planned for its own parameters.
pub(super) async fn run(
    client: &Client,
    query: &Query,
    statement: &Option<Statement>,
) -> Result<Vec<Row>, Error> {
    match statement {
        Some(statement) => {
            let typed = query.typed();
            let params: Vec<_> = typed.iter().map(|(value, _)| *value).collect();
            client.query(statement, &params).await
        }
        None => client.query_typed(&query.text, &query.typed()).await,
    }
}
