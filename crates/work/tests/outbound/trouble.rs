//! Endpoints that hang, go away, or lie where nothing may be sent to.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use store::sql;
use work::access::platform::{self, Change};

use crate::{
    endpoint::{Endpoint, OK, status},
    house::{House, until},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_hangs_delays_no_other() {
    let house = House::new().await;
    let hangs = Endpoint::new(|_, _| (200, "", Duration::from_secs(3_600))).await;
    let answers = Endpoint::ok().await;
    let (stuck, _) = house.subscribe(&hangs, &["supplier.*"]).await;
    let (subscription, _) = house.subscribe(&answers, &["supplier.*"]).await;
    let running = house.work();
    house.tell(200).await;
    until("the other one hangs", async || (hangs.count() > 0).then_some(())).await;
    house.settled(subscription, 200).await;
    let began = Instant::now();
    house.supplier("LATER").await;
    house.settled(subscription, 201).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(answers.count(), 201);
    assert!(house.deliveries(stuck).await.iter().all(|one| one["state"] == "pending"));

    // It is given up on after fifteen seconds, and asked by one at a time from then on.
    let attempt =
        until("an attempt has ended", async || house.attempts(stuck).await.into_iter().next()).await;
    assert_eq!(attempt["error"], "There was no answer within 15 seconds.");
    assert!((14_000..25_000).contains(&attempt["duration_ms"].as_i64().unwrap()));
    assert!(hangs.count() <= 16, "{}", hangs.count());
    let stopping = Instant::now();
    running.stop().await;
    assert!(stopping.elapsed() < Duration::from_secs(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_gone_is_disabled_and_people_are_told() {
    let house = House::new().await;
    let endpoint = Endpoint::new(|_, _| status(410)).await;
    let (subscription, _) = house.subscribe(&endpoint, &["supplier.*"]).await;
    let sql = sql!("select to_jsonb(r.id) from roles r where tenant_id = $1 and code = 'admin' and id <> $2");
    let role = house.rows(sql, subscription).await.remove(0);
    let user = json!({ "email": "a@example.com", "name": "Admin", "locale": "th" });
    let user = house.create(&house.one, "users", user).await;
    house.create(&house.one, "user_roles", json!({ "user_id": user, "role_id": role })).await;
    let running = house.work();
    house.supplier("S1").await;
    let delivery = house.settled(subscription, 1).await.remove(0);
    assert_eq!((&delivery["state"], &delivery["last_status"]), (&json!("failed"), &json!(410)));
    let disabled = house.subscription(subscription).await;
    assert_eq!(disabled["status"], "disabled");
    assert!(
        disabled["disabled_reason"].as_str().unwrap().contains("410") && !disabled["disabled_at"].is_null()
    );
    let notices = house
        .rows(sql!("select to_jsonb(n) from notifications n where tenant_id = $1 and user_id = $2"), user)
        .await;
    assert_eq!((notices.len(), &notices[0]["kind"]), (1, &json!("webhook_endpoint_disabled")));
    assert!(notices[0]["title"].as_str().unwrap().starts_with("ปลายทางเว็บฮุกถูกปิด"));
    // It is told nothing more.
    house.supplier("S2").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!((endpoint.count(), house.deliveries(subscription).await.len()), (1, 1));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_failures_for_five_days_disables_and_a_success_clears_the_clock() {
    let house = House::new().await;
    let fails = Arc::new(AtomicBool::new(true));
    let state = fails.clone();
    let endpoint =
        Endpoint::new(move |_, _| if state.load(Ordering::Relaxed) { status(500) } else { OK }).await;
    let (subscription, _) = house.subscribe(&endpoint, &["supplier.*"]).await;
    let running = house.work();
    let fail_for = async |hours: i32, codes: [&str; 3]| {
        fails.store(true, Ordering::Relaxed);
        for code in codes {
            house.supplier(code).await;
        }
        let sql = sql!(
            "select to_jsonb(f) from webhook_failures f
             where tenant_id = $1 and subscription_id = $2 and clock_started_at is not null"
        );
        until("the clock runs", async || {
            house.wind().await;
            (!house.rows(sql, subscription).await.is_empty()).then_some(())
        })
        .await;
        house.age_failures(subscription, hours).await;
    };
    fail_for(5 * 24 - 1, ["A1", "A2", "A3"]).await;
    assert_eq!(house.subscription(subscription).await["status"], "active");
    fails.store(false, Ordering::Relaxed);
    until("a success clears it", async || {
        house.wind().await;
        let sql =
            sql!("select to_jsonb(f) from webhook_failures f where tenant_id = $1 and subscription_id = $2");
        house.rows(sql, subscription).await.is_empty().then_some(())
    })
    .await;
    assert_eq!(house.subscription(subscription).await["status"], "active");

    fail_for(0, ["B1", "B2", "B3"]).await;
    until("it is disabled", async || {
        // What fails at this moment may put the clock back to where it read it.
        house.age_failures(subscription, 5 * 24).await;
        house.wind().await;
        (house.subscription(subscription).await["status"] == "disabled").then_some(())
    })
    .await;
    let reason = house.subscription(subscription).await["disabled_reason"].to_string();
    assert!(reason.contains("five days") && reason.contains("500"), "{reason}");
    let ended = house.settled(subscription, 6).await;
    assert!(ended.iter().any(|one| one["state"] == "delivered"));
    assert!(ended.iter().any(|one| one["state"] == "cancelled"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_this_machine_unless_the_operator_allows_it() {
    let house = House::allowing(&[]).await;
    let endpoint = Endpoint::ok().await;
    let port = endpoint.url.rsplit(':').next().unwrap().to_owned();
    let mut subscriptions = vec![];
    for host in ["127.0.0.1", "localhost"] {
        let id = house.subscribe_silently(&format!("http://{host}:{port}"), &["supplier.*"]).await;
        house.rotate(id, 0).await;
        subscriptions.push(id);
    }
    let running = house.work();
    house.supplier("S1").await;
    for id in subscriptions {
        let attempt = until("an attempt", async || house.attempts(id).await.into_iter().next()).await;
        assert!(attempt["error"].as_str().unwrap().contains("where nothing is sent to"), "{attempt}");
        assert!(attempt["response_status"].is_null());
    }
    assert_eq!(endpoint.count(), 0);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_of_a_suspended_tenant_wait_and_go_out_when_it_is_resumed() {
    let house = House::new().await;
    let endpoint = Endpoint::ok().await;
    let (subscription, _) = house.subscribe(&endpoint, &["supplier.*"]).await;
    let operator = platform::command_line(&house.db);
    let change = async |to| platform::change(&house.db, &operator, house.one.tenant, to, None).await.unwrap();
    house.supplier("S1").await;
    assert!(change(Change::Suspend).await);
    let running = house.work();
    // Long enough for whoever polls to have come by more than once.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(endpoint.count(), 0);
    assert!(change(Change::Resume).await);
    let delivery = house.settled(subscription, 1).await.remove(0);
    assert_eq!((&delivery["state"], endpoint.count()), (&json!("delivered"), 1));
    running.stop().await;
}
