//! The end of each step is one transaction: a process that dies there leaves all of it or none.

use std::sync::Arc;

use tokio::sync::mpsc;
use work::import::{self, Policy};

use crate::house::{House, options, pause, tally, until, valid_rows};

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_dies_at_its_end_leaves_one_line_in_the_audit() {
    let house = House::new().await;
    let file = house.file("customers.csv", "Code,Name\nC1,One\nC2,\n");
    let batch = house.dry(&[file], &valid_rows()).await;
    let foretold = house.report(batch).await.counts;
    house.die_at(Some("completed")).await;
    house.commit(batch).await.unwrap_err();
    assert_eq!(house.audited("import.completed").await, "0");
    assert_eq!(house.report(batch).await.status, "committing");
    assert_eq!(house.count("customers").await, 1, "the chunk itself was written");

    house.die_at(None).await;
    house.resume(batch).await.unwrap();
    assert_eq!(house.audited("import.completed").await, "1");
    let report = house.report(batch).await;
    assert_eq!((report.status, report.counts), ("completed", foretold));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_that_dies_at_its_end_leaves_one_line_in_the_audit() {
    let house = House::new().await;
    let report = house.content("customers.csv", "Code,Name\nC1,One\n", &options()).await;
    house.die_at(Some("undone")).await;
    house.undo(report.batch, false).await.unwrap_err();
    assert_eq!(house.audited("import.undone").await, "0");
    assert_eq!(house.report(report.batch).await.status, "completed");
    house.die_at(None).await;
    house.undo(report.batch, false).await.unwrap();
    assert_eq!(house.audited("import.undone").await, "1");
    assert_eq!((house.report(report.batch).await.status, house.count("customers").await), ("undone", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_the_files_that_dies_is_taken_once() {
    let house = House::new().await;
    let upload = house.upload(&house.file("customers.csv", "Code,Name\nC1,One\n"));
    house.die_at(Some("mapped")).await;
    import::receive(&house.db, &house.files, &house.caller, vec![upload], &options()).await.unwrap_err();
    house.die_at(None).await;
    let batch = house.one("select id from import_batches where parent_id is null").await.parse().unwrap();
    house.resume(batch).await.unwrap();
    let report = house.report(batch).await;
    assert_eq!((report.status, report.files.len()), ("validated", 1));
    house.commit(batch).await.unwrap();
    assert_eq!(house.count("customers").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_that_dies_half_way_is_not_committed_with_rows_of_the_old_one() {
    let house = House::new().await;
    let file = house.file("customers.csv", "Code,Name,Town\nC1,One,Rome\n");
    let batch = house.dry(&[file], &options()).await;
    let file = house.report(batch).await.files[0].batch;
    let choices =
        import::Choices::of_columns(serde_json::from_str(r#"{"Town": "customers.notes"}"#).unwrap());
    house.die_at(Some("mapped")).await;
    import::remap(&house.db, &house.files, &house.caller, file, None, &choices).await.unwrap_err();
    house.die_at(None).await;
    let target =
        |report: &import::Report| report.files[0].mapping.as_ref().unwrap().columns[2].target.clone();
    let report = house.report(batch).await;
    assert_eq!(report.status, "validated");
    assert_ne!(target(&report).as_deref(), Some("customers.notes"));
    import::remap(&house.db, &house.files, &house.caller, file, None, &choices).await.unwrap();
    let report = house.report(batch).await;
    assert_eq!((report.status, target(&report).as_deref()), ("mapped", Some("customers.notes")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_lost_its_lease_writes_nothing_more() {
    let house = House::new().await;
    let mut file = String::from("Code,Name\n");
    (0..11_000).for_each(|row| file.push_str(&format!("C{row:05},Customer {row}\n")));
    let file = house.file("customers.csv", file);
    let batch = house.dry(&[file], &valid_rows()).await;
    let (send, mut first) = mpsc::unbounded_channel();
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let task = house.committing(batch, move |step| {
        if step.done == 5_000 {
            send.send(step.done).unwrap();
            until(&wait);
        }
    });
    first.recv().await.unwrap();
    // As after a sleep through its lease, which another process has taken.
    let other =
        "update import_batches set lease_owner = gen_random_uuid(), lease_until = now() - interval '1 s'
                 where lease_owner is not null";
    house.test_db.plant(other).await.unwrap();
    go_on.send(()).unwrap();
    assert_eq!(task.await.unwrap().unwrap_err().code().code, "busy");
    assert_eq!(house.count("customers").await, 5_000);
    assert_eq!(house.audited("import.completed").await, "0");
    house.resume(batch).await.unwrap();
    assert_eq!(tally(&house.report(batch).await.files[0]), [11_000, 0, 0, 0, 0]);
    assert_eq!(house.audited("import.completed").await, "1");
}

/// Above the bound of one transaction what was written is taken back, also by the process after one that died while
/// it took it back.
#[tokio::test(flavor = "multi_thread")]
async fn all_or_nothing_of_a_large_file_takes_everything_back_when_a_row_fails_late() {
    const ROWS: usize = 50_100;
    let house = Arc::new(House::new().await);
    house.content("before.csv", "Code,Name\nK00000,Old\nK40000,Older\n", &options()).await;
    let mut file = String::from("Code,Name\n");
    (0..ROWS).for_each(|row| file.push_str(&format!("K{row:05},Customer {row}\n")));
    let file = house.file("customers.csv", file);
    let batch =
        house.dry(&[file], &import::Options { policy: Some(Policy::AllOrNothing), ..options() }).await;
    assert_eq!(tally(&house.report(batch).await.files[0]), [ROWS as u64 - 2, 2, 0, 0, 0]);
    let plant = "alter table customers add constraint planted check (code <> 'K50050')";
    house.test_db.plant(plant).await.unwrap();

    let (send, mut told) = mpsc::unbounded_channel();
    let task = house.committing(batch, move |step| {
        if step.phase == "undoing" {
            let _ = send.send(step.done);
            pause(std::time::Duration::from_millis(200));
        }
    });
    told.recv().await.unwrap();
    task.abort();
    assert!(task.await.is_err(), "it died while it took the records back");
    assert_eq!(house.report(batch).await.status, "committing");
    assert!(house.count("customers").await > 2, "some were not taken back yet");

    house.resume(batch).await.unwrap();
    let report = house.report(batch).await;
    assert_eq!((report.status, tally(&report.files[0])), ("failed", [0, 0, 0, ROWS as u64 - 1, 1]));
    assert_eq!(report.files[0].errors[0].code, "inconsistent");
    assert_eq!(house.one("select string_agg(name, ',' order by code) from customers").await, "Old,Older");
    assert_eq!(house.audited("import.completed").await, "1", "that of the first file");
}
