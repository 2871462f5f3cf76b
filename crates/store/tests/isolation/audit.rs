//! The audit trail: who changed what, without secrets, written by triggers and never changed.

use std::net::{IpAddr, Ipv6Addr};

use serde_json::{Value, json};
use tokio_postgres::{Client, error::SqlState};
use uuid::{Uuid, uuid};

use crate::database::{Database, Outcome, attempt};
use crate::rows::{self, A};

const ACTOR: Uuid = uuid!("0195a000-0000-7000-8000-0000000000aa");
const REQUEST: Uuid = uuid!("0195a000-0000-7000-8000-0000000000ab");
const CLIENT: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7));

struct Line {
    action: String,
    old: Option<Value>,
    new: Option<Value>,
    actor: (String, Option<Uuid>),
    token: Option<Uuid>,
    request: Option<Uuid>,
    ip: Option<IpAddr>,
}

/// The lines about one record, oldest first, as staff reads them.
async fn lines(client: &Client, entity: &str, id: Uuid) -> Vec<Line> {
    client
        .query(
            "select action, old_values, new_values, actor_kind, actor_id, token_id, request_id, ip
             from audit_logs where entity = $1 and entity_id = $2 and tenant_id = $3 order by id",
            &[&entity, &id, &A],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| Line {
            action: row.get(0),
            old: row.get(1),
            new: row.get(2),
            actor: (row.get(3), row.get(4)),
            token: row.get(5),
            request: row.get(6),
            ip: row.get(7),
        })
        .collect()
}

async fn begin(client: &Client, scope: &str, actor: &str, customer: Option<Uuid>) {
    client.batch_execute("begin").await.unwrap();
    client
        .execute(
            "select app.set_context($1, $2, $3, $4, $5, null, $6)",
            &[&A, &scope, &actor, &customer, &REQUEST, &CLIENT],
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn a_life_of_a_record_is_told_with_actor_request_and_changed_columns_alone() {
    let db = Database::with_twins().await;
    let id = uuid!("0195a000-0000-7000-8000-0000000000ac");
    for sql in [
        format!("insert into suppliers (tenant_id, id, code, name) values ('{A}', '{id}', 'S9', 'Nine')"),
        format!("update suppliers set city = 'Lyon', name = 'Nine' where id = '{id}'"),
        format!("update suppliers set name = 'Nine' where id = '{id}'"),
        format!("update suppliers set archived_at = now() where id = '{id}'"),
        format!("update suppliers set archived_at = null where id = '{id}'"),
        format!("delete from suppliers where id = '{id}'"),
    ] {
        begin(&db.app, "staff", &format!("token:{ACTOR}"), None).await;
        db.app.batch_execute(&sql).await.unwrap();
        db.app.batch_execute("commit").await.unwrap();
        // Ids of one millisecond have no order.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    begin(&db.app, "staff", "system", None).await;
    let lines = lines(&db.app, "suppliers", id).await;
    let actions: Vec<&str> = lines.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["create", "update", "archive", "restore", "delete"]);
    assert_eq!(lines[0].old, None);
    assert_eq!(lines[0].new.as_ref().unwrap()["name"], "Nine");
    assert_eq!(lines[1].old, Some(json!({ "city": null })));
    assert_eq!(lines[1].new, Some(json!({ "city": "Lyon" })));
    assert_eq!(lines[4].old.as_ref().unwrap()["city"], "Lyon");
    assert_eq!(lines[4].new, None);
    for line in &lines {
        assert_eq!(line.actor, ("token".to_owned(), Some(ACTOR)));
        assert_eq!((line.token, line.request, line.ip), (Some(ACTOR), Some(REQUEST), Some(CLIENT)));
        for values in [&line.old, &line.new].into_iter().flatten() {
            for hidden in ["tenant_id", "version", "updated_at", "search_text"] {
                assert!(values.get(hidden).is_none(), "{hidden} in {values}");
            }
        }
    }
}

#[tokio::test]
async fn a_portals_write_is_recorded_though_the_portal_cannot_read_it() {
    let db = Database::with_twins().await;
    let (x, _) = rows::customers(&db.admin).await;
    begin(&db.app, "portal", &format!("portal_user:{ACTOR}"), Some(x)).await;
    db.app
        .execute("update customers set phone = '1' where tenant_id = $1 and id = $2", &[&A, &x])
        .await
        .unwrap();
    assert!(lines(&db.app, "customers", x).await.is_empty());
    db.app.batch_execute("commit").await.unwrap();
    begin(&db.app, "staff", "system", None).await;
    let last = lines(&db.app, "customers", x).await.pop().unwrap();
    assert_eq!(last.actor, ("portal_user".to_owned(), Some(ACTOR)));
    assert_eq!(last.new, Some(json!({ "phone": "1" })));
}

#[tokio::test]
async fn secrets_never_reach_the_audit() {
    let db = Database::with_twins().await;
    let changes = "
        update users set password_hash = 'SECRET', totp = 'SECRET', name = 'Renamed' where tenant_id = $1;
        update portal_users set password_hash = 'SECRET', totp = 'SECRET', name = 'Renamed' where tenant_id = $1;
        update integration_tokens set token_hash = 'SECRET', former_hash = 'SECRET', former_until = now(), name = 'Renamed' where tenant_id = $1;
        update credentials set sealed = 'SECRET', name = 'Renamed' where tenant_id = $1";
    begin(&db.app, "staff", "system", None).await;
    for sql in changes.split(';') {
        assert!(db.app.execute(sql, &[&A]).await.unwrap() > 0);
    }
    let renamed = db
        .app
        .query_one(
            "select count(*) from audit_logs where tenant_id = $1 and action = 'update' and new_values ->> 'name' = 'Renamed'",
            &[&A],
        )
        .await
        .unwrap();
    assert_eq!(renamed.get::<_, i64>(0), 5);
    let told = db
        .app
        .query(
            "select entity, coalesce(old_values, '{}') || coalesce(new_values, '{}') from audit_logs where tenant_id = $1",
            &[&A],
        )
        .await
        .unwrap();
    for row in told {
        let (entity, values): (String, Value) = (row.get(0), row.get(1));
        for secret in ["password_hash", "totp", "token_hash", "former_hash", "sealed"] {
            assert!(values.get(secret).is_none(), "{secret} of {entity}");
        }
        assert!(!values.to_string().contains("SECRET"), "{entity}: {values}");
    }
}

#[tokio::test]
async fn audit_lines_and_their_partitions_cannot_be_changed() {
    let db = Database::with_twins().await;
    begin(&db.app, "system", "system", None).await;
    let refused = Outcome::Refused(SqlState::INSUFFICIENT_PRIVILEGE);
    assert!(
        matches!(attempt(&db.app, "select count(*) from audit_logs", None).await, Outcome::Rows(n) if n > 0)
    );
    assert_eq!(attempt(&db.app, "update audit_logs set action = 'x'", None).await, refused);
    assert_eq!(attempt(&db.app, "delete from audit_logs", None).await, refused);
    let partitions = db
        .admin
        .query("select relname::text from pg_class where relispartition and relkind = 'r'", &[])
        .await
        .unwrap();
    let names: Vec<String> = partitions.iter().map(|row| row.get(0)).collect();
    assert!(names.len() >= 18, "{names:?}");
    for name in names {
        for sql in [
            format!("select count(*) from {name}"),
            format!("delete from {name}"),
            format!("update {name} set id = id"),
        ] {
            assert_eq!(attempt(&db.app, &sql, None).await, refused, "{sql}");
        }
    }
}

#[tokio::test]
async fn a_muted_import_leaves_no_line_and_an_unmuted_one_names_its_batch() {
    let db = Database::with_twins().await;
    let (x, _) = rows::customers(&db.admin).await;
    let batch: Uuid = db.admin.query_one("select probe.id($1, 'batch')", &[&A]).await.unwrap().get(0);
    for (mute, expected) in [(true, 0), (false, 1)] {
        db.app.batch_execute("begin").await.unwrap();
        db.app
            .execute("select app.set_context($1, 'system', 'job', null, null, $2)", &[&A, &batch])
            .await
            .unwrap();
        if mute {
            db.app.execute("select app.mute_audit($1)", &[&batch]).await.unwrap();
        }
        db.app
            .execute("update customers set notes = 'x' where tenant_id = $1 and id = $2", &[&A, &x])
            .await
            .unwrap();
        let told = db
            .app
            .query_one(
                "select count(*) from audit_logs where tenant_id = $1 and batch_id = $2",
                &[&A, &batch],
            )
            .await
            .unwrap();
        assert_eq!(told.get::<_, i64>(0), expected);
        db.app.batch_execute("rollback").await.unwrap();
    }
}
