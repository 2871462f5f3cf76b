//! Sets of one tenant that touch the same entity are committed one after the other.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::house::{House, options, pause, tally, until, valid_rows};

fn customers(from: usize, to: usize) -> String {
    let rows = (from..to).map(|row| format!("C{row:05},Customer {row}\n"));
    std::iter::once("Code,Name\n".to_owned()).chain(rows).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sets_started_at_once_are_written_one_after_the_other() {
    let house = House::new().await;
    let mut batches = vec![];
    for (name, from) in [("first.csv", 0), ("second.csv", 20_000)] {
        batches.push(house.dry(&[house.file(name, customers(from, from + 12_000))], &valid_rows()).await);
    }
    let moments: Arc<Mutex<Vec<(usize, Instant)>>> = Arc::default();
    let tasks: Vec<_> = (0..2)
        .map(|at| {
            let moments = moments.clone();
            house.committing(batches[at], move |_| {
                moments.lock().unwrap().push((at, Instant::now()));
                pause(std::time::Duration::from_millis(150));
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let told = moments.lock().unwrap().clone();
    let order: Vec<usize> = told.iter().map(|(at, _)| *at).collect();
    assert_eq!(order.len(), 6);
    assert!(order.is_sorted() || order.iter().rev().is_sorted(), "chunks of both are mixed: {order:?}");
    assert_eq!(house.count("customers").await, 24_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn sets_that_touch_different_entities_do_not_wait_for_each_other() {
    let house = House::new().await;
    let first = house.dry(&[house.file("customers.csv", customers(0, 6_000))], &valid_rows()).await;
    let second =
        house.dry(&[house.file("suppliers.csv", "Supplier code,Name\nS1,Vines\n")], &options()).await;
    let (send, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let task = house.committing(first, move |step| {
        // Of two chunks one is written first.
        if step.done < 6_000 {
            send.send(()).unwrap();
            until(&wait);
        }
    });
    begun.recv().await.unwrap();
    house.commit(second).await.unwrap();
    assert_eq!(house.count("suppliers").await, 1, "while the other one is in the middle");
    go_on.send(()).unwrap();
    task.await.unwrap().unwrap();
    assert_eq!(house.count("customers").await, 6_000);
}

/// The second one foretold what is no longer so: it is not written blindly.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_sets_with_the_same_records_the_second_is_asked_to_look_again() {
    let house = House::new().await;
    let mut batches = vec![];
    for (name, word) in [("first.csv", "One"), ("second.csv", "Uno")] {
        let file = house.file(name, format!("Code,Name\nC1,{word}\nC2,Same\n"));
        batches.push(house.dry(&[file], &options()).await);
    }
    let tasks: Vec<_> = batches.iter().map(|batch| house.committing(*batch, |_| {})).collect();
    let mut ends = vec![];
    for task in tasks {
        ends.push(task.await.unwrap());
    }
    let late = ends.iter().position(Result::is_err).unwrap();
    assert!(ends[1 - late].is_ok(), "{ends:?}");
    let refused = ends[late].as_ref().unwrap_err();
    assert_eq!(refused.code().code, "changed");
    assert!(refused.detail().contains("row 2") && refused.detail().contains("row 3"), "{refused}");
    assert_eq!(house.report(batches[late]).await.status, "validated");
    assert_eq!(house.count("customers").await, 2);

    work::import::validate(&house.db, &house.files, &house.caller, batches[late], &|_| {}).await.unwrap();
    assert_eq!(tally(&house.report(batches[late]).await.files[0]), [0, 1, 1, 0, 0]);
    house.commit(batches[late]).await.unwrap();
    assert_eq!(house.count("customers").await, 2);
}
