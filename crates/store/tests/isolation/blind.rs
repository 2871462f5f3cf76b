//! Without a whole and true context the runtime role sees nothing and changes nothing.

use tokio_postgres::{Client, error::SqlState};

use crate::database::{Database, Outcome, assert_none, attempt};
use crate::rows::{self, A, Row};

/// Reads and writes that went through in a transaction with this set-up. `portal` spares the classes a portal may use.
async fn sights(client: &Client, rows: &[Row], set_up: &str, portal: bool) -> Vec<String> {
    client.batch_execute(&format!("begin; {set_up}")).await.unwrap();
    let mut found = Vec::new();
    let mut done = "";
    for row in rows.iter().filter(|row| !portal || matches!(row.class.as_str(), "customer" | "staff")) {
        let Row { table, tenant_column, .. } = row;
        let mut statements = vec![(row.insert(), Some(row.json.to_string()))];
        if done != table {
            done = table;
            if row.class != "lookup" {
                statements.push((format!("select count(*) from {table}"), None));
            }
            statements.push((format!("update {table} set {tenant_column} = {tenant_column}"), None));
            statements.push((format!("delete from {table}"), None));
        }
        for (sql, json) in statements {
            match attempt(client, &sql, json.as_deref()).await {
                Outcome::Rows(0) => {}
                Outcome::Refused(code) if code == SqlState::INSUFFICIENT_PRIVILEGE => {}
                outcome => found.push(format!("{set_up}: {sql}: {outcome:?}")),
            }
        }
    }
    client.batch_execute("rollback").await.unwrap();
    found
}

#[tokio::test]
async fn an_absent_empty_partial_or_unknown_context_sees_and_changes_nothing() {
    let db = Database::with_twins().await;
    let rows = rows::collect(&db.admin).await;
    let tenant = format!("set local app.current_tenant_id = '{A}'");
    let unknown = "set local app.current_tenant_id = '0195a000-0000-7000-8000-0000000000ff'; set local app.scope = 'system'";
    for (set_up, portal) in [
        ("", false),
        (
            "set local app.current_tenant_id = ''; set local app.scope = ''; set local app.current_customer_id = ''",
            false,
        ),
        (tenant.as_str(), false),
        (&format!("{tenant}; set local app.scope = 'admin'"), false),
        ("set local app.scope = 'system'", false),
        (unknown, false),
        (&format!("{tenant}; set local app.scope = 'portal'"), true),
        (&format!("{tenant}; set local app.scope = 'portal'; set local app.current_customer_id = ''"), true),
    ] {
        assert_none("sights", &sights(&db.app, &rows, set_up, portal).await);
    }
}

#[tokio::test]
async fn a_malformed_context_is_an_error_on_every_table() {
    let db = Database::with_twins().await;
    let rows = rows::collect(&db.admin).await;
    db.app
        .batch_execute("begin; set local app.current_tenant_id = 'tenant a'; set local app.scope = 'staff'")
        .await
        .unwrap();
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.class != "lookup") {
        let sql = format!("select count(*) from {}", row.table);
        let outcome = attempt(&db.app, &sql, None).await;
        // A planner that knows the table to be empty of such scope answers without reading the tenant.
        if !matches!(&outcome, Outcome::Refused(code) if *code == SqlState::INVALID_TEXT_REPRESENTATION)
            && outcome != Outcome::Rows(0)
        {
            found.push(format!("{sql}: {outcome:?}"));
        }
    }
    assert_none("sights", &found);
}

#[tokio::test]
async fn a_connection_that_served_a_tenant_is_blind_again() {
    let db = Database::with_twins().await;
    let rows = rows::collect(&db.admin).await;
    for end in ["commit", "rollback"] {
        db.app
            .batch_execute(&format!(
                "begin; select app.set_context('{A}', 'system', 'system', null, null, null)"
            ))
            .await
            .unwrap();
        let seen = db.app.query_one("select count(*) from customers", &[]).await.unwrap();
        assert_eq!(seen.get::<_, i64>(0), 2);
        db.app.batch_execute(end).await.unwrap();
        assert_none(end, &sights(&db.app, &rows, "", false).await);
    }
}

#[tokio::test]
async fn the_two_global_tables_are_read_by_everybody_and_written_by_nobody_without_context() {
    let db = Database::with_twins().await;
    db.app.batch_execute("begin").await.unwrap();
    assert_eq!(
        attempt(&db.app, "select count(*) from tenant_slugs where key in ('a', 'b')", None).await,
        Outcome::Rows(2)
    );
    assert_eq!(
        attempt(&db.app, "select count(*) from permissions where code = 'customers.view'", None).await,
        Outcome::Rows(1)
    );
    let refused = Outcome::Refused(SqlState::INSUFFICIENT_PRIVILEGE);
    for sql in [
        "insert into permissions (code, entity, action) values ('x', 'x', 'x')",
        "update permissions set action = 'x'",
        "delete from permissions",
    ] {
        assert_eq!(attempt(&db.app, sql, None).await, refused, "{sql}");
    }
    for scope in ["staff", "system"] {
        db.app
            .batch_execute(&format!(
                "savepoint s; select app.set_context('{A}', '{scope}', 'system', null, null, null)"
            ))
            .await
            .unwrap();
        assert_eq!(attempt(&db.app, "update permissions set action = 'x'", None).await, refused);
        db.app.batch_execute("rollback to savepoint s").await.unwrap();
    }
}
