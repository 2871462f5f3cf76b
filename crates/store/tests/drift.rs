//! Descriptions and database agree, and where they do not, it is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use store::{testing::TestDb, verify::drift};
use tokio_postgres::{Client, NoTls};

async fn admin(db: &TestDb) -> Client {
    let (client, connection) = db.admin.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn every_description_agrees_with_its_table() {
    let db = TestDb::new().await.unwrap();
    let found: Vec<String> =
        drift(&admin(&db).await).await.unwrap().iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn the_runtime_role_may_look() {
    let db = TestDb::new().await.unwrap();
    let (client, connection) = db.app.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    assert_eq!(drift(&client).await.unwrap(), []);
}

/// Each change to the schema is found, and nothing else is.
#[tokio::test]
async fn planted_drift_is_found() {
    let db = TestDb::new().await.unwrap();
    let mut client = admin(&db).await;
    for (change, table, told) in [
        (
            "alter table contacts add column nickname text", "contacts",
            "nickname has a column and no description",
        ),
        (
            "alter table delivery_routes drop column driver cascade", "delivery_routes",
            "driver has a description and no column",
        ),
        (
            "alter table contacts drop column attributes", "contacts",
            "attributes is described and has no column",
        ),
        (
            "alter table skus alter column pack_size type bigint", "skus",
            "pack_size is bigint and described as integer",
        ),
        (
            "alter table contacts alter column title set not null", "contacts",
            "title is not null and is described as optional",
        ),
        (
            "alter table customers alter column name drop not null", "customers",
            "name may be null and is described as required",
        ),
        (
            "alter table customers alter column status set default 'BLOCKED'",
            "customers",
            "status has the default",
        ),
        ("alter table orders alter column freight drop default", "orders", "freight has the default None"),
        (
            "alter table orders alter column ordered_at set default '2026-01-01'",
            "orders",
            "ordered_at has the default",
        ),
        (
            "alter table customers drop constraint customers_code_key", "customers",
            "the key customers_code_key of code is described and not held",
        ),
        (
            "alter table contacts add constraint contacts_email_key unique (tenant_id, email)",
            "contacts",
            "the key contacts_email_key of email is not described",
        ),
        ("alter table carts drop constraint carts_status_choice", "carts", "status allows None"),
        (
            "alter table carts drop constraint carts_status_choice, add constraint carts_status_choice check (status in ('Active', 'CONVERTED', 'EXPIRED'))",
            "carts",
            "status allows Some([\"Active\"",
        ),
        (
            "alter table customers drop constraint customers_owner_id_link", "customers",
            "owner_id is described as a link to users and no foreign key",
        ),
        (
            "alter table contacts add constraint contacts_created_by_link foreign key (tenant_id, created_by) references users (tenant_id, id)",
            "contacts",
            "the foreign key contacts_created_by_link is not described as a link",
        ),
        (
            "alter table contacts drop constraint contacts_account_check", "contacts",
            "the rule contacts_account_check is described and not held",
        ),
        (
            "alter table contacts add constraint contacts_title_check check (title <> '')",
            "contacts",
            "the rule contacts_title_check is held and not described",
        ),
        ("drop index customers_status_idx", "customers", "status is described as indexed and has no index"),
        (
            "drop index customers_last_order_at_desc_idx",
            "customers",
            "last_order_at is described as sortable and has no index downwards",
        ),
        (
            "drop index customers_name_idx", "customers",
            "name is described as sortable and has no index upwards",
        ),
        ("drop index suppliers_search_text_idx", "suppliers", "is searchable and search_text has no index"),
        ("create table strays (id uuid)", "strays", "has a table and no description"),
        ("drop table document_series", "document_series", "is listed as no entity and has no table"),
    ] {
        let tx = client.transaction().await.unwrap();
        tx.batch_execute(change).await.unwrap();
        let found = drift(&tx).await.unwrap();
        let hit = found.iter().any(|finding| finding.subject == table && finding.detail.starts_with(told));
        assert!(hit, "{change}: {found:?}");
        assert!(found.iter().all(|finding| finding.subject == table), "{change}: {found:?}");
        tx.rollback().await.unwrap();
    }
}
