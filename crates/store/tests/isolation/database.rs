//! A database with the schema and the twins, and a connection for each login.

use std::fmt::Display;

use store::testing::TestDb;
use tokio_postgres::{Client, Config, NoTls, error::SqlState};
use uuid::Uuid;

/// A database of the test's own.
pub struct Database {
    /// The administrator.
    pub admin: Client,
    /// The login of requests and jobs.
    pub app: Client,
    /// The login that reads listed tables across tenants.
    pub operator: Client,
    _dropped_last: TestDb,
}

impl Database {
    /// The migrated schema with twin data in tenants `rows::A` and `rows::B`.
    pub async fn with_twins() -> Self {
        let db = TestDb::new().await.unwrap();
        let admin = connect(&db.admin).await;
        admin.batch_execute(include_str!("twin.sql")).await.unwrap();
        let (app, operator) = (connect(&db.app).await, connect(&db.operator).await);
        Self { admin, app, operator, _dropped_last: db }
    }
}

async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Begins a transaction of the system for a tenant, in a scope.
pub async fn begin(client: &Client, tenant: Uuid, scope: &str, customer: Option<Uuid>) {
    client.batch_execute("begin").await.unwrap();
    client
        .execute("select app.set_context($1, $2, 'system', $3, null, null)", &[&tenant, &scope, &customer])
        .await
        .unwrap();
}

/// The refusal of a statement, which is undone either way.
pub async fn code(client: &Client, sql: &str) -> Option<SqlState> {
    client.batch_execute("savepoint attack").await.unwrap();
    let code = client.batch_execute(sql).await.err().and_then(|error| error.code().cloned());
    client.batch_execute("rollback to savepoint attack; release savepoint attack").await.unwrap();
    code
}

/// Fails with the list when there is something in it.
pub fn assert_none<T: Display>(what: &str, found: &[T]) {
    let list: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{what}: {} found\n{}", list.len(), list.join("\n"));
}

/// What a statement came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran and touched, or counted, so many rows.
    Rows(u64),
    /// The database refused with this SQLSTATE.
    Refused(SqlState),
}

/// Runs one statement and undoes it; the transaction around it stays sound. A `select` must answer one count.
pub async fn attempt(client: &Client, sql: &str, json: Option<&str>) -> Outcome {
    client.batch_execute("savepoint attempt").await.unwrap();
    let outcome = if sql.starts_with("select") {
        client.query_one(sql, &[]).await.map(|row| row.get::<_, i64>(0).try_into().unwrap())
    } else if let Some(json) = json {
        client.execute(sql, &[&json]).await
    } else {
        client.execute(sql, &[]).await
    };
    client.batch_execute("rollback to savepoint attempt; release savepoint attempt").await.unwrap();
    match outcome {
        Ok(count) => Outcome::Rows(count),
        Err(error) => Outcome::Refused(error.code().cloned().unwrap_or_else(|| panic!("{sql}: {error}"))),
    }
}
