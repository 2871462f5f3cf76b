//! A transaction with a tenant's context.

use std::{collections::BTreeSet, net::IpAddr, pin::pin, sync::Arc};

use futures_util::{
    TryStreamExt,
    future::{join, join3},
};
use model::{
    caller::{Actor, Caller, Scope},
    event::Event,
    problem::{Problem, codes},
    world::World,
};
use tokio_postgres::{Client, Row, Statement, types::ToSql};
use uuid::Uuid;

use super::{
    error::problem,
    flight,
    outbox::Outbox,
    pool::Lease,
    wakes::{Hub, Lane},
};
use crate::sql::{Query, Sql};

/// The parameters of `app.set_context`.
pub(super) struct Context {
    tenant: Uuid,
    scope: &'static str,
    actor: String,
    customer: Option<Uuid>,
    request: Uuid,
    batch: Option<Uuid>,
    client: Option<IpAddr>,
}

impl Context {
    /// For reads, which leave no trace of who asked.
    pub(super) const READS: &str = "select app.set_context($1, $2, null, $3, null, null)";
    /// For writes, whose audit lines tell from where.
    const WRITES: &str = "select app.set_context($1, $2, $3, $4, $5, $6, $7)";

    pub(super) fn of(caller: &Caller) -> Self {
        Self {
            tenant: caller.tenant,
            scope: caller.scope.name(),
            actor: caller.actor.to_string(),
            customer: caller.customer,
            request: caller.request,
            batch: caller.batch,
            client: caller.client,
        }
    }

    pub(super) fn of_read(&self) -> [&(dyn ToSql + Sync); 3] {
        [&self.tenant, &self.scope, &self.customer]
    }

    fn of_write(&self) -> [&(dyn ToSql + Sync); 7] {
        let [tenant, scope, customer] = self.of_read();
        [tenant, scope, &self.actor, customer, &self.request, &self.batch, &self.client]
    }
}

/// A transaction with a tenant's context. Dropped unfinished, it is rolled back and its connection closed.
#[derive(Debug)]
pub struct TenantTx {
    lease: Lease,
    /// BEGIN, which travels with the first statement; `None` once it has.
    opening: Option<&'static str>,
    caller: Caller,
    world: World,
    state: State,
    statements: u64,
    outbox: Outbox,
    hub: Arc<Hub>,
    wakes: BTreeSet<Lane>,
}

/// Whether COMMIT would commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Every statement so far was answered without error.
    Sound,
    /// A statement is under way, or its future was dropped before the answer was read.
    Unread,
    /// A statement failed: PostgreSQL ignores the rest until a rollback, and answers COMMIT with ROLLBACK.
    Failed,
}

/// How a transaction that changes rows begins.
pub(super) const WRITES: &str = "begin";
/// How one begins that sees all tables as they stood at one moment, for as long as it takes.
pub(super) const SNAPSHOT: &str = "begin isolation level repeatable read read only; set local statement_timeout = 0; set local timezone = 'UTC'";

impl TenantTx {
    pub(super) fn begin(
        lease: Lease,
        (caller, how): (Caller, &'static str),
        world: World,
        hub: Arc<Hub>,
    ) -> Result<Self, Problem> {
        if (caller.scope == Scope::Portal) != caller.customer.is_some() {
            return Err(Problem::internal("a portal caller acts for a customer, and no other caller does"));
        }
        let (opening, state, outbox, wakes) = (Some(how), State::Sound, Outbox::default(), BTreeSet::new());
        Ok(Self { lease, opening, caller, world, state, statements: 0, outbox, hub, wakes })
    }

    /// Sends a statement: the first one right behind BEGIN and context, which tells whether the caller is to be confirmed.
    async fn send<T>(
        &mut self,
        statement: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Problem> {
        self.sound()?;
        self.state = State::Unread;
        let Some(begin) = self.opening.take() else {
            let answer = statement(self.lease.client()).await;
            return self.read(answer);
        };
        let prepared = self.lease.prepare(Context::WRITES).await;
        let answer = match prepared {
            Ok(context) => {
                let values = Context::of(&self.caller);
                let params = values.of_write();
                let client = self.lease.client();
                let (begun, set, answer) =
                    join3(client.batch_execute(begin), client.query(&context, &params), statement(client))
                        .await;
                begun.and(set).map(|set| (answer, flight::stamp(&set)))
            }
            Err(error) => Err(error),
        };
        let (answer, stamp) = self.read(answer)?;
        self.caller.confirm(stamp).inspect_err(|_| self.state = State::Failed)?;
        self.read(answer)
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The tenant, the first parameter of every statement.
    pub fn tenant(&self) -> Uuid {
        self.caller.tenant
    }

    /// Clock and randomness.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// A new id.
    pub fn id(&self) -> Uuid {
        self.world.id()
    }

    /// Who acts.
    pub fn actor(&self) -> Actor {
        self.caller.actor
    }

    /// How many statements it has sent, savepoints included: what a test of set-based work counts.
    pub fn statements(&self) -> u64 {
        self.statements
    }

    /// The rows of a hand-written statement.
    ///
    /// # Errors
    /// What the database said, as a problem; the transaction can then only be rolled back.
    pub async fn query(
        &mut self,
        sql: &'static Sql,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Problem> {
        let statement = self.prepared(sql).await?;
        self.send(async |client| client.query(&statement, params).await).await
    }

    /// The one row of a statement that gives at most one.
    ///
    /// # Errors
    /// As [`TenantTx::query`].
    pub async fn optional(
        &mut self,
        sql: &'static Sql,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Problem> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// The one row of a statement that always gives one.
    ///
    /// # Errors
    /// As [`TenantTx::query`]; no row is a defect.
    pub async fn one(&mut self, sql: &'static Sql, params: &[&(dyn ToSql + Sync)]) -> Result<Row, Problem> {
        self.optional(sql, params)
            .await?
            .ok_or_else(|| Problem::internal(format!("no row from {}", sql.place)))
    }

    /// Runs a hand-written statement and gives how many rows it touched.
    ///
    /// # Errors
    /// As [`TenantTx::query`].
    pub async fn execute(
        &mut self,
        sql: &'static Sql,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Problem> {
        let statement = self.prepared(sql).await?;
        self.send(async |client| client.execute(&statement, params).await).await
    }

    /// The rows of a statement made from a description.
    ///
    /// # Errors
    /// As [`TenantTx::query`].
    pub async fn run(&mut self, query: &Query) -> Result<Vec<Row>, Problem> {
        let statement = self.prepare(async |lease| lease.kept(query).await).await?;
        self.send(async |client| flight::run(client, query, &statement).await).await
    }

    /// Gives each row of a statement to `take` as it comes: however many there are, only a few are in memory.
    ///
    /// # Errors
    /// As [`TenantTx::query`], and those of `take`; the transaction is of no use then.
    pub async fn each(
        &mut self,
        query: &Query,
        mut take: impl AsyncFnMut(Row) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let statement = self.prepare(async |lease| lease.prepare(&query.text).await).await?;
        let params: Vec<&(dyn ToSql + Sync)> = query.typed().into_iter().map(|(value, _)| value).collect();
        let rows = self.send(async |client| client.query_raw(&statement, params).await).await?;
        self.state = State::Unread;
        let mut rows = pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(problem)? {
            take(row).await?;
        }
        self.state = State::Sound;
        Ok(())
    }

    /// Marks a point that [`TenantTx::back_to`] can return to. `name` is an identifier of the program's own.
    ///
    /// # Errors
    /// As [`TenantTx::query`].
    pub async fn savepoint(&mut self, name: &'static str) -> Result<(), Problem> {
        self.sound()?;
        self.command(&format!("savepoint {name}")).await?;
        self.outbox.mark(name);
        Ok(())
    }

    /// Undoes everything since the savepoint, a failed statement included, and keeps the savepoint.
    ///
    /// # Errors
    /// When the savepoint does not exist, or an earlier answer was never read.
    pub async fn back_to(&mut self, name: &'static str) -> Result<(), Problem> {
        if self.state == State::Failed {
            self.state = State::Sound;
        }
        self.sound()?;
        self.command(&format!("rollback to savepoint {name}")).await?;
        self.outbox.back_to(name);
        Ok(())
    }

    /// Forgets a savepoint; what happened since stays.
    ///
    /// # Errors
    /// As [`TenantTx::query`].
    pub async fn release(&mut self, name: &'static str) -> Result<(), Problem> {
        self.sound()?;
        self.command(&format!("release savepoint {name}")).await?;
        self.outbox.release(name);
        Ok(())
    }

    /// Tells a fact that commits with this transaction, and only with it. Going back to a savepoint takes back what
    /// was told since.
    pub fn emit(&mut self, event: Event) {
        self.outbox.add(event);
    }

    /// Turns audit trail and events of changed records off for the rest of the transaction: for the commit and undo
    /// of the caller's import batch, whose staged rows hold before and after. What is told by [`TenantTx::emit`] is told.
    ///
    /// # Errors
    /// As [`TenantTx::query`].
    pub async fn mute_audit(&mut self) -> Result<(), Problem> {
        let batch = self.caller.batch;
        self.execute(crate::sql!("select app.mute_audit($1)"), &[&batch]).await?;
        self.outbox.mute();
        Ok(())
    }

    /// Whether changes of records are told.
    pub(crate) fn tells_changes(&self) -> bool {
        !self.outbox.is_muted()
    }

    /// Once this is committed, those who wait for work of the lane are woken: in this process at once, in others by
    /// a notification that is sent after the commit, for many together.
    pub fn wake(&mut self, lane: Lane) {
        self.wakes.insert(lane);
    }

    /// Makes everything done permanent, events included, in one flight. A transaction in which a statement failed
    /// refuses.
    ///
    /// # Errors
    /// As [`TenantTx::query`]; nothing was changed then.
    pub async fn commit(mut self) -> Result<(), Problem> {
        self.sound()?;
        if self.outbox.is_empty() {
            if self.opening.is_none() {
                self.command("commit").await?;
            }
        } else {
            self.commit_with_events().await?;
            self.wakes.insert(Lane::Events);
        }
        self.lease.clean();
        for lane in self.wakes {
            self.hub.wake(lane, self.caller.tenant);
        }
        Ok(())
    }

    /// COMMIT behind the insert of the events, sent together. Where the insert fails, the server answers COMMIT with
    /// ROLLBACK and the driver reports no error for that, so the insert's answer comes first.
    async fn commit_with_events(&mut self) -> Result<(), Problem> {
        let statement = self.prepared(Outbox::SQL).await?;
        self.statements += 1;
        let rows = self.outbox.rows(&self.caller, &self.world);
        self.send(async |client| {
            let (written, committed) =
                join(rows.write(client, &statement), client.batch_execute("commit")).await;
            written.and(committed)
        })
        .await
    }

    /// Undoes everything.
    ///
    /// # Errors
    /// When the connection is gone; the server has then rolled back by itself.
    pub async fn rollback(mut self) -> Result<(), Problem> {
        if self.state == State::Unread {
            return Ok(());
        }
        if self.opening.is_none() {
            self.state = State::Sound;
            self.command("rollback").await?;
        }
        self.lease.clean();
        Ok(())
    }

    async fn command(&mut self, text: &str) -> Result<(), Problem> {
        self.statements += 1;
        self.send(async |client| client.batch_execute(text).await).await
    }

    /// The prepared statement that is sent next.
    async fn prepared(&mut self, sql: &'static Sql) -> Result<Statement, Problem> {
        self.prepare(async |lease| lease.prepare(sql.text).await).await
    }

    /// What the next statement is sent by.
    async fn prepare<T>(
        &mut self,
        how: impl AsyncFnOnce(&mut Lease) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Problem> {
        self.sound()?;
        self.state = State::Unread;
        self.statements += 1;
        let prepared = how(&mut self.lease).await;
        self.read(prepared)
    }

    fn sound(&self) -> Result<(), Problem> {
        match self.state {
            State::Sound => Ok(()),
            State::Unread => Err(Problem::internal("an earlier statement's answer was never read")),
            State::Failed => Err(Problem::new(&codes::CONFLICT, "An earlier step of this change failed.")),
        }
    }

    fn read<T>(&mut self, answer: Result<T, tokio_postgres::Error>) -> Result<T, Problem> {
        self.state = if answer.is_ok() { State::Sound } else { State::Failed };
        answer.map_err(problem)
    }
}
