//! What a program that was killed leaves behind at the server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::{Duration, Instant};

use store::testing::TestDb;
use tokio_postgres::{Config, NoTls};

/// Takes a lock and works on for a minute; then its connection closes, as that of a killed process does.
async fn killed_at_work(config: &Config) {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    let socket = tokio::spawn(connection);
    client.batch_execute("select pg_advisory_lock(42)").await.unwrap();
    let work = tokio::spawn(async move {
        client.query("select count(*) from generate_series(1, 4000000000) n", &[]).await
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    socket.abort();
    assert!(work.await.unwrap().is_err());
}

#[tokio::test]
async fn the_locks_of_a_killed_program_are_free_before_others_give_up() {
    let db = TestDb::new().await.unwrap();
    killed_at_work(&db.app).await;
    let (client, connection) = db.app.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    let since = Instant::now();
    client.batch_execute("select pg_advisory_lock(42)").await.unwrap();
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
    println!("free after {:?}", since.elapsed());
}
