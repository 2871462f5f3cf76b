//! No tenant, and no customer of a portal, reaches what belongs to another: probed as the runtime roles, over every table,
//! with twin data in two tenants. Leaks planted on purpose show that the probes and the catalog checks can fail.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod attacks;
mod audit;
mod blind;
mod database;
mod life;
mod links;
mod matrix;
mod planted;
mod rows;

use store::verify;

use database::{Database, assert_none};

#[tokio::test]
async fn the_catalog_has_no_faults() {
    let db = Database::with_twins().await;
    assert_none("isolation", &verify::isolation(&db.admin).await.unwrap());
    assert_none("shape", &verify::shape(&db.admin).await.unwrap());
    assert_none("provisioning", &verify::provisioning(&db.admin).await.unwrap());
}

#[tokio::test]
async fn the_runtime_role_can_run_the_checks() {
    let db = Database::with_twins().await;
    assert_none("isolation", &verify::isolation(&db.app).await.unwrap());
    assert_none("shape", &verify::shape(&db.app).await.unwrap());
}

#[tokio::test]
async fn the_twins_fill_every_table() {
    let db = Database::with_twins().await;
    let rows = rows::collect(&db.admin).await;
    let mut empty = Vec::new();
    for row in db.admin.query("select table_name, class from app.table_classes()", &[]).await.unwrap() {
        let (table, class): (String, String) = (row.get(0), row.get(1));
        let has = |tenant: uuid::Uuid| rows.iter().any(|row| row.table == table && row.tenant == tenant);
        if class != "global" && !(has(rows::A) && has(rows::B)) {
            empty.push(table);
        }
    }
    assert_none("tables without twins", &empty);
}
