//! What may be done with a tenant as a whole: the functions that alone shorten an audit trail, and who may call them.

use tokio_postgres::{Client, error::SqlState};
use uuid::Uuid;

use crate::database::{Database, begin, code};
use crate::rows::{A, B};

const REFUSED: Option<SqlState> = Some(SqlState::INSUFFICIENT_PRIVILEGE);

async fn lines(admin: &Client, tenant: Uuid) -> i64 {
    let sql = "select count(*) from audit_logs where tenant_id = $1";
    admin.query_one(sql, &[&tenant]).await.unwrap().get(0)
}

async fn mark(db: &Database, tenant: Uuid, status: &str, under_way: Option<&str>) {
    let sql = "update tenants set status = $2, under_way = $3 where id = $1";
    db.admin.execute(sql, &[&tenant, &status, &under_way]).await.unwrap();
}

#[tokio::test]
async fn an_audit_trail_is_erased_with_its_closed_tenant_alone() {
    let db = Database::with_twins().await;
    let erase = "select app.erase_audit(1000)";
    let customer: Uuid = db.admin.query_one("select probe.id($1, 'x')", &[&A]).await.unwrap().get(0);
    assert!(db.app.batch_execute(erase).await.is_err(), "without a context");
    for (status, under_way) in
        [("active", None), ("suspended", None), ("closed", None), ("closed", Some("import"))]
    {
        mark(&db, A, status, under_way).await;
        begin(&db.app, A, "system", None).await;
        assert_eq!(code(&db.app, erase).await, REFUSED, "{status} {under_way:?}");
        db.app.batch_execute("rollback").await.unwrap();
    }
    mark(&db, A, "closed", Some("delete")).await;
    for (scope, customer) in [("staff", None), ("portal", Some(customer))] {
        begin(&db.app, A, scope, customer).await;
        assert_eq!(code(&db.app, erase).await, REFUSED, "{scope}");
        db.app.batch_execute("rollback").await.unwrap();
    }
    // The mark of one tenant opens nothing in another.
    begin(&db.app, B, "system", None).await;
    assert_eq!(code(&db.app, erase).await, REFUSED);
    db.app.batch_execute("rollback").await.unwrap();
    assert!(db.operator.batch_execute(erase).await.is_err());

    let (mine, theirs) = (lines(&db.admin, A).await, lines(&db.admin, B).await);
    assert!(mine > 0 && theirs > 0);
    begin(&db.app, A, "system", None).await;
    for bad in ["0", "-1", "100001", "null"] {
        let erase = format!("select app.erase_audit({bad})");
        assert_eq!(code(&db.app, &erase).await, Some(SqlState::INVALID_PARAMETER_VALUE), "{bad}");
    }
    let gone: i32 = db.app.query_one(erase, &[]).await.unwrap().get(0);
    assert_eq!(i64::from(gone), mine);
    let archives: i32 = db.app.query_one(erase, &[]).await.unwrap().get(0);
    let none: i32 = db.app.query_one(erase, &[]).await.unwrap().get(0);
    assert_eq!((archives, none), (1, 0));
    db.app.batch_execute("commit").await.unwrap();
    assert_eq!((lines(&db.admin, A).await, lines(&db.admin, B).await), (0, theirs));
}

#[tokio::test]
async fn the_system_tenants_trail_is_never_erased() {
    let db = Database::with_twins().await;
    let system = model::caller::SYSTEM_TENANT;
    mark(&db, system, "closed", Some("delete")).await;
    begin(&db.app, system, "system", None).await;
    assert_eq!(code(&db.app, "select app.erase_audit(10)").await, REFUSED);
}

#[tokio::test]
async fn lines_are_pruned_when_an_archive_of_the_tenant_holds_exactly_these() {
    let db = Database::with_twins().await;
    // Three lines of forty days ago in each tenant; an archive names the first two of A's.
    let old = "insert into audit_logs (tenant_id, id, entity, action, actor_kind)
        select t, (overlay(app.uuid7_at(now() - interval '40 days')::text placing '0000000000' || n from 26))::uuid, 'customers', 'update', 'system'
        from unnest(array[$1::uuid, $2]) t, generate_series(1, 3) n returning id";
    let rows = db.admin.query(old, &[&A, &B]).await.unwrap();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    let archive = async |tenant: Uuid, first: Uuid, last: Uuid, lines: i64| -> Uuid {
        let id: Uuid = db.admin.query_one("select app.uuid7()", &[]).await.unwrap().get(0);
        let made = "insert into audit_archives
            (tenant_id, id, month, first_id, last_id, first_at, last_at, lines, storage_key, size, sha256)
            values ($1, $2, '2026-01-01', $3, $4, now(), now(), $5, ($3::uuid)::text || ($5::bigint), 1, encode(sha256('x'), 'hex'))";
        db.admin.execute(made, &[&tenant, &id, &first, &last, &lines]).await.unwrap();
        id
    };
    let good = archive(A, ids[0], ids[1], 2).await;
    let short = archive(A, ids[1], ids[2], 1).await;
    let theirs = archive(B, ids[3], ids[4], 2).await;
    let newest: Uuid = db
        .admin
        .query_one("select id from audit_logs where tenant_id = $1 order by id desc limit 1", &[&A])
        .await
        .unwrap()
        .get(0);
    let fresh = archive(A, newest, newest, 1).await;
    let prune = |archive: Uuid| format!("select app.prune_audit('{archive}')");
    begin(&db.app, A, "staff", None).await;
    assert_eq!(code(&db.app, &prune(good)).await, REFUSED);
    db.app.batch_execute("rollback").await.unwrap();
    let before = (lines(&db.admin, A).await, lines(&db.admin, B).await);
    begin(&db.app, A, "system", None).await;
    assert_eq!(code(&db.app, &prune(theirs)).await, REFUSED, "another tenant's archive");
    assert_eq!(code(&db.app, &prune(Uuid::from_u128(7))).await, REFUSED, "no archive");
    assert_eq!(code(&db.app, &prune(fresh)).await, REFUSED, "lines of today");
    let differs = Some(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE);
    assert_eq!(code(&db.app, &prune(short)).await, differs, "an archive that holds fewer lines");
    let gone: i64 = db.app.query_one(&prune(good), &[]).await.unwrap().get(0);
    assert_eq!(gone, 2);
    db.app.batch_execute("commit").await.unwrap();
    assert_eq!((lines(&db.admin, A).await, lines(&db.admin, B).await), (before.0 - 2, before.1));
    // What is archived is not changed any more.
    begin(&db.app, A, "system", None).await;
    for sql in ["update audit_archives set lines = 1", "delete from audit_archives"] {
        assert_eq!(code(&db.app, sql).await, REFUSED, "{sql}");
    }
}

#[tokio::test]
async fn the_audit_of_a_tenant_is_muted_while_it_is_imported_or_deleted_alone() {
    let db = Database::with_twins().await;
    let mute = "select app.mute_audit_of_tenant()";
    begin(&db.app, A, "system", None).await;
    assert_eq!(code(&db.app, mute).await, REFUSED);
    db.app.batch_execute("rollback").await.unwrap();
    for under_way in ["import", "delete"] {
        mark(&db, A, "closed", Some(under_way)).await;
        begin(&db.app, A, "staff", None).await;
        assert_eq!(code(&db.app, mute).await, REFUSED, "{under_way}");
        db.app.batch_execute("rollback").await.unwrap();
        begin(&db.app, B, "system", None).await;
        assert_eq!(code(&db.app, mute).await, REFUSED, "{under_way} of another");
        db.app.batch_execute("rollback").await.unwrap();
        begin(&db.app, A, "system", None).await;
        assert_eq!(code(&db.app, mute).await, None, "{under_way}");
        db.app.batch_execute("rollback").await.unwrap();
    }
}

#[tokio::test]
async fn what_an_operator_may_do_is_given_in_the_system_tenant_alone() {
    let db = Database::with_twins().await;
    begin(&db.app, A, "system", None).await;
    let give = |permission: &str| {
        format!(
            "insert into role_permissions (tenant_id, id, role_id, permission_code)
             select tenant_id, gen_random_uuid(), id, '{permission}' from roles where tenant_id = '{A}' limit 1"
        )
    };
    assert_eq!(code(&db.app, &give("platform.manage")).await, Some(SqlState::CHECK_VIOLATION));
    assert_eq!(code(&db.app, &give("orders.view")).await, None);
}
