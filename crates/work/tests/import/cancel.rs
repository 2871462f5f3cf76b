//! Cancelling: whole chunks stay, the counts tell them, and they can be undone.

use std::time::Duration;

use tokio::sync::mpsc;
use work::import;

use crate::house::{House, pause, tally, valid_rows};

const ROWS: u64 = 20_000;

async fn begun(house: &House) -> uuid::Uuid {
    let mut file = String::from("Code,Name\n");
    (0..ROWS).for_each(|row| file.push_str(&format!("C{row:05},Customer {row}\n")));
    let file = house.file("customers.csv", file);
    house.dry(&[file], &valid_rows()).await
}

async fn check(house: &House, batch: uuid::Uuid) {
    let report = house.report(batch).await;
    assert_eq!(report.status, "cancelled");
    let [created, updated, unchanged, skipped, failed] = tally(&report.files[0]);
    assert_eq!((updated, unchanged, failed), (0, 0, 0));
    assert!(created > 0 && created < ROWS && created % 5_000 == 0, "{created}");
    assert_eq!(created + skipped, ROWS);
    assert_eq!(house.count("customers").await, created, "whole chunks, and what is counted");
    assert_eq!(house.audited("import.cancelled").await, "1");

    let undone = house.undo(batch, false).await.unwrap();
    assert_eq!((undone.removed, undone.conflicts), (created, 0));
    assert_eq!(house.count("customers").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_cancelled_in_the_middle_keeps_whole_chunks() {
    let house = House::new().await;
    let batch = begun(&house).await;
    let (send, mut first) = mpsc::unbounded_channel();
    let task = house.committing(batch, move |step| {
        let _ = send.send(step.done);
        pause(Duration::from_millis(400));
    });
    first.recv().await.unwrap();
    import::cancel(&house.db, &house.caller, batch).await.unwrap();
    task.await.unwrap().unwrap();
    check(&house, batch).await;
    let late = import::cancel(&house.db, &house.caller, batch).await.unwrap_err();
    assert_eq!(late.code().code, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_process_died_can_be_cancelled() {
    let house = House::new().await;
    let batch = begun(&house).await;
    let (send, mut first) = mpsc::unbounded_channel();
    let task = house.committing(batch, move |step| {
        let _ = send.send(step.done);
        pause(Duration::from_millis(400));
    });
    first.recv().await.unwrap();
    task.abort();
    assert!(task.await.is_err());
    import::cancel(&house.db, &house.caller, batch).await.unwrap();
    check(&house, batch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_committed_yet_is_cancelled_at_once_and_stays_so() {
    let house = House::new().await;
    let batch = house.dry(&[house.file("customers.csv", "Code,Name\nC1,One\n")], &valid_rows()).await;
    import::cancel(&house.db, &house.caller, batch).await.unwrap();
    assert_eq!(house.commit(batch).await.unwrap_err().code().code, "conflict");
    house.resume(batch).await.unwrap();
    assert_eq!((house.report(batch).await.status, house.count("customers").await), ("cancelled", 0));
}
