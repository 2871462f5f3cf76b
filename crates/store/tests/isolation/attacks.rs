//! What a forged statement of a runtime login could try: each is refused, and has its allowed twin.

use tokio_postgres::error::SqlState;

use crate::database::{Database, Outcome, attempt, begin, code};
use crate::rows::{A, B};

#[tokio::test]
async fn the_runtime_roles_cannot_become_others_change_the_schema_or_go_around_policies() {
    let db = Database::with_twins().await;
    for client in [&db.app, &db.operator] {
        client.batch_execute("begin read write").await.unwrap();
        for sql in [
            "set role tenantry_owner",
            "set session authorization tenantry_owner",
            "create table mine (id integer)",
            "create temporary table mine (id integer)",
            "create schema mine",
            "create function app.mine() returns integer language sql as 'select 1'",
            "create view mine as select 1",
            "create extension citext",
            "alter table orders disable row level security",
            "alter table orders no force row level security",
            "alter table orders disable trigger all",
            "drop policy orders_app_select on orders",
            "create policy mine on orders using (true)",
            "drop table orders",
            "truncate orders",
            "alter role tenantry_app bypassrls",
            "alter role tenantry_operator superuser",
            "copy orders from program 'true'",
            "select lo_create(0)",
            "select app.protect('orders', 'open', '{}', '{}')",
            "select app.make_policies('orders', 'open', '{}')",
            "insert into permissions (code, entity, action) values ('x', 'x', 'x')",
            "set session_replication_role = replica",
            "select * from pg_authid",
        ] {
            assert_eq!(code(client, sql).await, Some(SqlState::INSUFFICIENT_PRIVILEGE), "{sql}");
        }
        client.batch_execute("rollback").await.unwrap();
    }
}

#[tokio::test]
async fn row_security_cannot_be_switched_off() {
    let db = Database::with_twins().await;
    begin(&db.app, A, "staff", None).await;
    assert_eq!(attempt(&db.app, "select count(*) from customers", None).await, Outcome::Rows(2));
    let off = "set local row_security = off; select count(*) from customers";
    assert_eq!(code(&db.app, off).await, Some(SqlState::INSUFFICIENT_PRIVILEGE));
}

#[tokio::test]
async fn the_context_of_a_transaction_is_set_once_and_whole() {
    let db = Database::with_twins().await;
    let nothing = "null, null, null";
    db.app.batch_execute("begin").await.unwrap();
    for bad in [
        format!("null, 'staff', 'system', {nothing}"),
        format!("'{A}', null, 'system', {nothing}"),
        format!("'{A}', 'admin', 'system', {nothing}"),
        format!("'{A}', 'portal', 'system', {nothing}"),
        format!("'{A}', 'staff', 'system', '{B}', null, null"),
        format!("'{A}', 'staff', 'root', {nothing}"),
        format!("'{A}', 'staff', 'user:1', {nothing}"),
    ] {
        let set = format!("select app.set_context({bad})");
        assert!(code(&db.app, &set).await.is_some(), "{set}");
    }
    let set = |tenant, scope| format!("select app.set_context('{tenant}', '{scope}', 'system', {nothing})");
    db.app.batch_execute(&set(A, "staff")).await.unwrap();
    assert_eq!(code(&db.app, &set(A, "staff")).await, None);
    let refused = Some(SqlState::ACTIVE_SQL_TRANSACTION);
    assert_eq!(code(&db.app, &set(B, "staff")).await, refused);
    assert_eq!(code(&db.app, &set(A, "system")).await, refused);
    let portal = format!("select app.set_context('{A}', 'portal', 'system', '{B}', null, null)");
    assert_eq!(code(&db.app, &portal).await, refused);
}

#[tokio::test]
async fn the_audit_is_muted_in_scope_system_for_a_batch_of_the_tenant_alone() {
    let db = Database::with_twins().await;
    let batch = |tenant| format!("select app.mute_audit(probe.id('{tenant}', 'batch'))");
    db.admin.batch_execute("grant usage on schema probe to tenantry_app").await.unwrap();
    begin(&db.app, A, "staff", None).await;
    assert_eq!(code(&db.app, &batch(A)).await, Some(SqlState::INSUFFICIENT_PRIVILEGE));
    db.app.batch_execute("rollback").await.unwrap();
    begin(&db.app, A, "system", None).await;
    assert_eq!(code(&db.app, &batch(B)).await, Some(SqlState::INSUFFICIENT_PRIVILEGE));
    assert_eq!(code(&db.app, "select app.mute_audit(null)").await, Some(SqlState::INSUFFICIENT_PRIVILEGE));
    assert_eq!(code(&db.app, &batch(A)).await, None);
}

#[tokio::test]
async fn the_operator_reads_listed_tables_of_all_tenants_and_nothing_else() {
    let db = Database::with_twins().await;
    let tables = db
        .admin
        .query("select table_name, 'operator' = any(flags) from app.table_classes() order by 1", &[])
        .await
        .unwrap();
    db.operator.batch_execute("begin read write").await.unwrap();
    let refused = Outcome::Refused(SqlState::INSUFFICIENT_PRIVILEGE);
    let mut listed = Vec::new();
    for row in tables {
        let (table, reads): (String, bool) = (row.get(0), row.get(1));
        let count = attempt(&db.operator, &format!("select count(*) from {table}"), None).await;
        if reads {
            assert!(matches!(count, Outcome::Rows(n) if n >= 2), "{table}: {count:?}");
            listed.push(table.clone());
        } else {
            assert_eq!(count, refused, "{table}");
        }
        assert_eq!(attempt(&db.operator, &format!("delete from {table}"), None).await, refused, "{table}");
    }
    assert_eq!(
        listed,
        [
            "export_jobs", "import_batches", "job_schedules", "jobs", "tenant_figures", "tenants",
            "webhook_deliveries", "webhook_events", "webhook_sources",
        ]
    );
}

#[tokio::test]
async fn the_same_key_in_two_tenants_is_no_conflict_and_an_upsert_stays_at_home() {
    let db = Database::with_twins().await;
    begin(&db.app, A, "staff", None).await;
    let upsert = |tenant| {
        format!(
            "insert into suppliers (tenant_id, id, code, name) values ('{tenant}', gen_random_uuid(), 'S1', 'Changed')
             on conflict (tenant_id, code) do update set name = excluded.name"
        )
    };
    assert_eq!(code(&db.app, &upsert(B)).await, Some(SqlState::INSUFFICIENT_PRIVILEGE));
    db.app.batch_execute(&upsert(A)).await.unwrap();
    db.app.batch_execute("commit").await.unwrap();
    let names =
        db.admin.query("select name from suppliers where code = 'S1' order by tenant_id", &[]).await.unwrap();
    let names: Vec<String> = names.iter().map(|row| row.get(0)).collect();
    assert_eq!(names, ["Changed", "Supplier"]);
}
