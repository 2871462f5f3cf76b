//! Transactions in one flight: BEGIN, context, queries and COMMIT are sent together, one round trip for all.
//!
//! The driver pipelines futures that are polled together, in the order in which they are first polled, so all
//! of a flight are in one `join`. Every answer is read. A caller who goes away in the middle closes the
//! connection, see [`super::pool::Lease`].

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::{join, join_all, join3};
use model::{caller::Caller, problem::Problem};
use tokio::sync::SetOnce;
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
        let mut told: Vec<_> = queries.iter().map(|_| None).collect();
        let ended = self.carry(&queries, |at, answer| told[at] = Some(answer)).await;
        let mut rows = Vec::with_capacity(told.len());
        for answer in told.into_iter().flatten() {
            let (answer, stamp) = answer;
            caller.confirm(stamp)?;
            rows.push(answer?);
        }
        ended.map(|()| rows)
    }

    /// Sends these, as [`Flight::go`] does, for whoever shares the context. `told` hears of each answer as soon as it is there,
    /// with the query's place, in no order; what is given at the end is how the transaction began and ended.
    pub(super) async fn carry(
        self,
        queries: &[Query],
        told: impl FnMut(usize, Answer) + Send,
    ) -> Result<(), Problem> {
        let mut lease = self.db.lease().await?;
        let context = lease.prepare(Context::READS).await.map_err(problem)?;
        let mut statements = Vec::with_capacity(queries.len());
        for query in queries {
            statements.push(lease.kept(query).await.map_err(problem)?);
        }
        let client = lease.client();
        let values = Context::of(self.caller);
        let params = values.of_read();
        let (stamped, told) = (SetOnce::new(), Mutex::new(told));
        let head = async {
            let (begun, set) = join(client.batch_execute(&self.begin), client.query(&context, &params)).await;
            let set = begun.and(set);
            // Nobody else sets it.
            let _ = stamped.set(set.as_ref().ok().map(|set| stamp(set)));
            set
        };
        let answers = queries.iter().zip(&statements).enumerate().map(|(at, (query, statement))| {
            let (stamped, told) = (&stamped, &told);
            async move {
                let rows = run(client, query, statement).await.map_err(problem);
                // Without a context, what became of the transaction tells it all.
                if let Some(stamp) = stamped.wait().await {
                    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                    told(at, (rows, *stamp));
                }
            }
        });
        // A failed transaction answers COMMIT with ROLLBACK and no error; but then one of the answers is an error.
        let (set, _, ended) = join3(head, join_all(answers), client.batch_execute("commit")).await;
        if ended.is_ok() {
            lease.clean();
        }
        set.and(ended).map_err(problem)
    }
}

/// The rows of a query or its problem, and the tenant's stamp of access before any query of its transaction began.
pub(super) type Answer = (Result<Vec<Row>, Problem>, Option<i64>);

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
