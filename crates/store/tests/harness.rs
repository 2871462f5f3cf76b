//! The tests' own databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use store::testing::TestDb;
use tokio_postgres::{Client, Config, NoTls};

async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn a_test_has_a_migrated_database_of_its_own_that_goes_with_it() {
    let (one, two) = (TestDb::new().await.unwrap(), TestDb::new().await.unwrap());
    assert_ne!(one.name, two.name);
    for db in [&one, &two] {
        store::migrate::check_current(&connect(&db.app).await).await.unwrap();
        store::migrate::check_current(&connect(&db.operator).await).await.unwrap();
    }
    connect(&one.admin).await.batch_execute("create table only_here ()").await.unwrap();
    assert!(connect(&two.admin).await.batch_execute("select from only_here").await.is_err());

    let (admin, name) = (two.admin.clone(), one.name.clone());
    std::thread::spawn(move || drop(one)).join().unwrap();
    let gone = connect(&admin)
        .await
        .query_opt("select from pg_database where datname = $1", &[&name])
        .await
        .unwrap();
    assert!(gone.is_none());
}
