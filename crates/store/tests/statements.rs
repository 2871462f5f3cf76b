//! Hand-written statements fit the schema and say whose rows they mean.

use store::{testing::TestDb, verify};
use tokio_postgres::NoTls;

#[tokio::test]
async fn every_statement_of_the_store_fits_and_carries_the_tenant() {
    let db = TestDb::new().await.unwrap();
    let (client, connection) = db.app.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    assert!(store::sql::registered().count() > 3);
    let findings = verify::statements(&client).await.unwrap();
    let told: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));

    // A column that goes away is noticed.
    let (admin, connection) = db.admin.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    admin.batch_execute("alter table custom_fields rename column options to choices").await.unwrap();
    let findings = verify::statements(&client).await.unwrap();
    assert!(findings.iter().any(|f| f.rule == "statement_does_not_fit" && f.detail.contains("options")));
}
