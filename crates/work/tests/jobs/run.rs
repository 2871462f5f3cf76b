//! What becomes of a job.

use std::time::Duration;

use model::caller::{Actor, Caller, Scope};
use serde_json::json;
use store::{NewJob, sql};
use uuid::Uuid;
use work::jobs::{Limits, Perform};

use crate::{
    house::{House, limits, start, until},
    kinds::{Count, Fail, KINDS, Nothing, Panic},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_done_and_leaves_its_run() {
    let house = House::new().await;
    let worker = house.work(KINDS, limits());
    let id = house.enqueue(&house.one, Nothing { note: "hello".to_owned() }.job().unwrap()).await.unwrap();
    let done = house.reaches(&house.one, id, "completed").await;
    assert_eq!((&done["result"]["note"], &done["attempts"]), (&json!("hello"), &json!(1)));
    assert!(done["lease"].is_null() && !done["completed_at"].is_null());
    let runs = house.runs(&house.one, id).await;
    assert_eq!(
        (runs.len(), &runs[0]["status"], &runs[0]["log"]),
        (1, &json!("completed"), &json!("note: hello\n"))
    );
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_job_is_tried_again_and_then_fails_in_public_words() {
    let house = House::new().await;
    let worker = house.work(KINDS, limits());
    let again = house.enqueue(&house.one, Fail { for_good: false }.job().unwrap()).await.unwrap();
    let at_once = house.enqueue(&house.one, Fail { for_good: true }.job().unwrap()).await.unwrap();
    let panics = house.enqueue(&house.one, Panic {}.job().unwrap()).await.unwrap();
    let again = house.reaches(&house.one, again, "failed").await;
    assert_eq!((&again["attempts"], &again["error"]), (&json!(3), &json!("The other side does not answer.")));
    let once = house.reaches(&house.one, at_once, "failed").await;
    assert_eq!(once["attempts"], 1, "no other attempt could mend it");
    let panicked = house.reaches(&house.one, panics, "failed").await;
    assert_eq!(panicked["error"], "The job's handler failed by a defect.");
    // The worker lives on.
    let after = house.enqueue(&house.one, Nothing::default().job().unwrap()).await.unwrap();
    house.reaches(&house.one, after, "completed").await;
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_is_told_once_of_the_end_however_it_comes() {
    let house = House::new().await;
    let person = house.db.world().id();
    let mut tx = house.db.begin(&house.one).await.unwrap();
    tx.execute(
        sql!("insert into users (tenant_id, id, email, name) values ($1, $2, 'ann@example.com', 'Ann')"),
        &[&house.one.tenant, &person],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let staff = Caller { scope: Scope::Staff, actor: Actor::User(person), ..house.one.clone() };
    let fails = house.enqueue(&staff, Fail { for_good: false }.job().unwrap().notify()).await.unwrap();
    let done = house.enqueue(&staff, Nothing::default().job().unwrap().notify()).await.unwrap();
    let by_itself = house.enqueue(&staff, Count { millis: 0 }.job().unwrap().notify()).await.unwrap();
    let silent = house.enqueue(&staff, Nothing::default().job().unwrap()).await.unwrap();
    // One attempt is used up by a worker that is gone: its rescue is the end.
    let lost =
        house.enqueue(&staff, Nothing::default().job().unwrap().notify().max_attempts(1)).await.unwrap();
    let mut tx = house.db.begin(&house.one).await.unwrap();
    tx.execute(
        sql!(
            "update jobs set status = 'processing', attempts = 1, lease = id, lease_until = now() - interval '1 second',
               started_at = now() where tenant_id = $1 and id = $2"
        ),
        &[&house.one.tenant, &lost],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let worker = house.work(KINDS, limits());
    for (id, status) in [
        (fails, "failed"),
        (done, "completed"),
        (by_itself, "completed"),
        (silent, "completed"),
        (lost, "failed"),
    ] {
        house.reaches(&house.one, id, status).await;
    }
    worker.stop().await;
    let mut tx = house.db.begin(&house.one).await.unwrap();
    let rows = tx
        .query(
            sql!(
                "select entity_id, kind, times from notifications where tenant_id = $1 and user_id = $2
                 order by entity_id"
            ),
            &[&house.one.tenant, &person],
        )
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let told: Vec<(Uuid, String, i32)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let mut expected = [
        (fails, "job_failed".to_owned(), 1),
        (done, "job_completed".to_owned(), 1),
        (by_itself, "job_completed".to_owned(), 1),
        (lost, "job_failed".to_owned(), 1),
    ];
    // Ids of one millisecond tell no order.
    expected.sort();
    assert_eq!(told, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolled_back_change_leaves_no_job() {
    let house = House::new().await;
    let mut tx = house.db.begin(&house.one).await.unwrap();
    tx.enqueue(Nothing::default().job().unwrap()).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(house.count(&house.one, "pending").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_live_job_per_unique_key() {
    let house = House::new().await;
    let job = || Nothing::default().job().unwrap().unique("only");
    let first = house.enqueue(&house.one, job()).await.unwrap();
    assert_eq!(house.enqueue(&house.one, job()).await, None);
    assert!(house.enqueue(&house.other, job()).await.is_some(), "another tenant's key is another one");
    let made =
        house.enqueue_all(&house.one, vec![job(), job().unique("second"), job().unique("second")]).await;
    assert_eq!(made.len(), 1);
    let portal = Caller { scope: Scope::Portal, customer: Some(first), ..house.one.clone() };
    let made = house.enqueue_all(&portal, vec![job(), job().unique("third")]).await;
    assert_eq!(made.len(), 1);
    let worker = house.work(KINDS, limits());
    house.reaches(&house.one, first, "completed").await;
    assert!(house.enqueue(&house.one, job()).await.is_some(), "the key is free once its job has ended");
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_higher_priority_comes_first_and_nothing_comes_before_its_time() {
    let house = House::new().await;
    let job = |note: &str| NewJob::new("test.nothing", json!({ "note": note }));
    let later = house.db.world().now() + Duration::from_secs(3600);
    house.enqueue(&house.one, job("later").priority(9).at(later)).await;
    let low = house.enqueue(&house.one, job("low")).await.unwrap();
    let high = house.enqueue(&house.one, job("high").priority(5)).await.unwrap();
    let worker = house.work(KINDS, Limits { slots: 1, ..limits() });
    let low = house.reaches(&house.one, low, "completed").await;
    let high = house.job(&house.one, high).await;
    assert!(high["started_at"].as_str() < low["started_at"].as_str());
    assert_eq!(house.count(&house.one, "pending").await, 1);
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payloads_of_other_releases_run_and_unknown_kinds_are_left_alone() {
    let house = House::new().await;
    let newer = NewJob::new("test.nothing", json!({ "note": "x", "field_of_tomorrow": [1] }));
    let older = NewJob::new("test.nothing", json!({}));
    let unknown = house.enqueue(&house.one, NewJob::new("test.of_tomorrow", json!({}))).await.unwrap();
    let ids = house.enqueue_all(&house.one, vec![newer, older]).await;
    let worker = house.work(KINDS, limits());
    for id in ids {
        house.reaches(&house.one, id, "completed").await;
    }
    worker.stop().await;
    let unknown = house.job(&house.one, unknown).await;
    assert_eq!((&unknown["status"], &unknown["attempts"]), (&json!("pending"), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn effect_and_completion_commit_together() {
    let house = House::new().await;
    let worker = house.work(KINDS, limits());
    let ids =
        house.enqueue_all(&house.one, (0..50).map(|_| Count { millis: 0 }.job().unwrap()).collect()).await;
    for id in &ids {
        house.reaches(&house.one, *id, "completed").await;
    }
    worker.stop().await;
    for id in ids {
        assert_eq!(house.runs(&house.one, id).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_hears_at_once_and_polls_where_nothing_is_heard() {
    let house = House::new().await;
    for (listens, most) in [(true, 500), (false, 1_900)] {
        let elsewhere = house.elsewhere(|settings| {
            if !listens {
                settings.direct = None;
            }
        });
        let worker = start(elsewhere, KINDS, limits());
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut waits = vec![];
        for _ in 0..5 {
            let began = tokio::time::Instant::now();
            let id = house.enqueue(&house.one, Nothing::default().job().unwrap()).await.unwrap();
            until("it is done", async || {
                (house.job(&house.one, id).await["status"] == "completed").then_some(())
            })
            .await;
            waits.push(began.elapsed());
        }
        waits.sort();
        assert!(waits[2] < Duration::from_millis(most), "listening {listens}: {waits:?}");
        worker.stop().await;
    }
}
