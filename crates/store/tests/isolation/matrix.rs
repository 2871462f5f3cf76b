//! Who may do what to whose row: every row of both twins, in every scope, by every command, against what its class allows.
//! Each refusal has its allowed twin in the same table.

use tokio_postgres::{Client, error::SqlState};
use uuid::Uuid;

use crate::database::{Database, Outcome, assert_none, attempt};
use crate::rows::{self, A, B, Row};

/// What may be done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Access {
    select: bool,
    insert: bool,
    update: bool,
    delete: bool,
}

impl Access {
    const NONE: Self = Self { select: false, insert: false, update: false, delete: false };
    const ALL: Self = Self { select: true, insert: true, update: true, delete: true };
    const READ: Self = Self { select: true, ..Self::NONE };
}

/// The law: what a caller of tenant A, in this scope, for this customer, may do to the row.
fn law(row: &Row, scope: &str, customer: Uuid) -> Access {
    let (portal, system) = (scope == "portal", scope == "system");
    let has = |flag: &str| row.flags.iter().any(|held| held == flag);
    if row.class == "lookup" {
        return if system && row.tenant == A { Access::ALL } else { Access::READ };
    }
    if row.tenant != A {
        return Access::NONE;
    }
    match row.class.as_str() {
        "customer" if portal && row.customer != Some(customer) => Access::NONE,
        "customer" | "open" => Access::ALL,
        "staff" if portal => Access::NONE,
        "catalogue" if portal => Access::READ,
        "staff" | "catalogue" => Access::ALL,
        "tenants" => Access { select: true, insert: system, update: !portal, delete: system },
        "system" => Access {
            select: system || scope == "staff" && has("staff_reads"),
            insert: true,
            update: system && !has("append_only"),
            delete: system && !has("append_only"),
        },
        other => panic!("no law for class {other}"),
    }
}

/// Everything that is not as the law says, within a transaction of the runtime role. Undoes all it does.
pub async fn violations(client: &Client, rows: &[Row], (x, y): (Uuid, Uuid)) -> Vec<String> {
    let mut found = Vec::new();
    for scope in ["staff", "system", "portal"] {
        client.batch_execute("savepoint scope").await.unwrap();
        let customer = (scope == "portal").then_some(x);
        client
            .execute("select app.set_context($1, $2, 'system', $3, null, null)", &[&A, &scope, &customer])
            .await
            .unwrap();
        for row in rows {
            let law = law(row, scope, x);
            let seen = access(client, row).await;
            if seen != law {
                found.push(format!("{scope}: {} where {}: {seen:?}, by law {law:?}", row.table, row.is_this));
            }
            if law.update {
                found.extend(moved(client, row, scope, y).await);
            }
        }
        client.batch_execute("rollback to savepoint scope; release savepoint scope").await.unwrap();
    }
    found
}

async fn access(client: &Client, row: &Row) -> Access {
    let Row { table, tenant_column, is_this, .. } = row;
    let select = attempt(client, &format!("select count(*) from {table} where {is_this}"), None).await;
    let insert = attempt(client, &row.insert(), Some(&row.json.to_string())).await;
    let touch = format!("update {table} set {tenant_column} = {tenant_column} where {is_this}");
    let update = attempt(client, &touch, None).await;
    let delete = attempt(client, &format!("delete from {table} where {is_this}"), None).await;
    Access {
        select: allowed(&select),
        insert: allowed(&insert),
        update: allowed(&update),
        delete: allowed(&delete),
    }
}

/// A row that exists already, or that others hang on, was refused by a key: the policies had let the command through.
fn allowed(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Rows(count) => *count > 0,
        Outcome::Refused(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => false,
        Outcome::Refused(code) if *code == SqlState::UNIQUE_VIOLATION => true,
        Outcome::Refused(code) if *code == SqlState::FOREIGN_KEY_VIOLATION => true,
        Outcome::Refused(code) => panic!("unforeseen refusal {code:?}"),
    }
}

/// A row that may be changed may still not be given to another tenant, nor by a portal to another customer.
async fn moved(client: &Client, row: &Row, scope: &str, y: Uuid) -> Vec<String> {
    let Row { table, tenant_column, is_this, .. } = row;
    let mut moves = vec![format!("update {table} set {tenant_column} = '{B}' where {is_this}")];
    if scope == "portal" && row.class == "customer" {
        let column = if table == "customers" { "id" } else { "customer_id" };
        moves.push(format!("update {table} set {column} = '{y}' where {is_this}"));
    }
    let mut found = Vec::new();
    for sql in moves {
        if attempt(client, &sql, None).await != Outcome::Refused(SqlState::INSUFFICIENT_PRIVILEGE) {
            found.push(format!("{scope}: went through: {sql}"));
        }
    }
    found
}

#[tokio::test]
async fn every_row_is_open_to_whom_its_class_says_and_to_nobody_else() {
    let db = Database::with_twins().await;
    let rows = rows::collect(&db.admin).await;
    let customers = rows::customers(&db.admin).await;
    db.app.batch_execute("begin").await.unwrap();
    assert_none("violations", &violations(&db.app, &rows, customers).await);
}
