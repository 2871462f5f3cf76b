//! An event's way to an endpoint.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    endpoint::{Endpoint, OK, status},
    house::{House, until},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_to_those_who_want_it_and_written_down() {
    let house = House::new().await;
    let (wants, does_not) = (Endpoint::ok().await, Endpoint::ok().await);
    let (subscription, _) = house.subscribe(&wants, &["supplier.*", "contact.created"]).await;
    let (deaf, _) = house.subscribe(&does_not, &["company.*", "supplier.updated"]).await;
    let running = house.work();
    let supplier = house.supplier("S1").await;
    until("the endpoint is told", async || (wants.count() == 1).then_some(())).await;

    let told = &wants.told()[0];
    assert_eq!(
        (told.kind().as_str(), &told.headers["content-type"]),
        ("supplier.created", &"application/json".to_owned())
    );
    let json = told.json();
    assert_eq!((&json["data"]["id"], &json["data"]["record"]["code"]), (&json!(supplier), &json!("S1")));
    assert!(json["timestamp"].as_str().unwrap().ends_with('Z') && json.as_object().unwrap().len() == 3);
    assert!(json["data"]["record"].get("tenant_id").is_none());

    let deliveries = house.settled(subscription, 1).await;
    let delivery = &deliveries[0];
    assert_eq!(
        (&delivery["state"], &delivery["attempts"], &delivery["last_status"]),
        (&json!("delivered"), &json!(1), &json!(200))
    );
    assert!(delivery["lease"].is_null() && delivery["next_attempt_at"].is_null());
    assert_eq!(told.id(), format!("msg_{}", delivery["event_id"].as_str().unwrap().replace('-', "")));
    let attempts = house.attempts(subscription).await;
    let attempt = &attempts[0];
    assert_eq!(
        (&attempt["outcome"], &attempt["response_status"], &attempt["response_body"]),
        (&json!("delivered"), &json!(200), &json!("seen"))
    );
    assert_eq!(attempt["request_headers"]["webhook-id"], told.id());
    assert_eq!(attempt["url"], wants.url);
    assert_eq!((does_not.count(), house.deliveries(deaf).await.len()), (0, 0));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolled_back_change_is_told_to_nobody_and_another_tenants_is_none_of_ours() {
    let house = House::new().await;
    let endpoint = Endpoint::ok().await;
    house.subscribe(&endpoint, &["*"]).await;
    let running = house.work();
    let mut tx = house.db.begin(&house.one).await.unwrap();
    tx.emit(model::event::Event::new("supplier.created", "suppliers", None, &json!({})));
    tx.rollback().await.unwrap();
    house.create(&house.other, "suppliers", json!({ "code": "B", "name": "B" })).await;
    house.supplier("A").await;
    let told = until("the endpoint is told", async || {
        let told = endpoint.told();
        told.iter().any(|one| one.kind() == "supplier.created").then_some(told)
    })
    .await;
    // Its own subscription's making and secret were events, too; the secret is not told.
    let kinds: Vec<String> = told.iter().map(|one| one.kind()).collect();
    let suppliers: Vec<Value> = told
        .iter()
        .filter(|one| one.kind() == "supplier.created")
        .map(|one| one.json()["data"]["record"]["code"].clone())
        .collect();
    assert_eq!(suppliers, ["A"], "{kinds:?}");
    assert!(told.iter().all(|one| !one.body.contains("whsec_")));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_wait_for_the_first_secret() {
    let house = House::new().await;
    let endpoint = Endpoint::ok().await;
    let subscription = house.subscribe_silently(&endpoint.url, &["supplier.created"]).await;
    let running = house.work();
    house.supplier("S1").await;
    until("the event is handed on", async || (house.deliveries(subscription).await.len() == 1).then_some(()))
        .await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(endpoint.count(), 0, "nothing goes out unsigned");
    house.rotate(subscription, 24).await;
    house.settled(subscription, 1).await;
    assert_eq!(endpoint.count(), 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_with_the_same_id() {
    let house = House::new().await;
    let endpoint = Endpoint::new(|number, _| if number == 0 { status(500) } else { OK }).await;
    let (subscription, _) = house.subscribe(&endpoint, &["supplier.created"]).await;
    let running = house.work();
    house.supplier("S1").await;
    let delivery = house.settled(subscription, 1).await.remove(0);
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("delivered"), &json!(2)));
    let told = endpoint.told();
    assert_eq!((told.len(), told[0].id(), &told[0].body), (2, told[1].id(), &told[1].body));
    let second = |at: usize| told[at].headers["webhook-timestamp"].parse::<i64>().unwrap();
    assert!((4..=12).contains(&(second(1) - second(0))), "five seconds or so lie between");
    let attempts = house.attempts(subscription).await;
    let outcomes: Vec<&Value> = attempts.iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["failed", "delivered"]);
    assert_eq!(attempts[0]["error"], "The endpoint answered 500; 2xx is expected.");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ten_attempts_it_has_failed_and_a_redirect_is_no_success() {
    let house = House::new().await;
    let elsewhere = Endpoint::ok().await;
    let place: &'static str = format!("location: {}\r\n", elsewhere.url).leak();
    let endpoint = Endpoint::new(move |_, _| (307, place, Duration::ZERO)).await;
    let (subscription, _) = house.subscribe(&endpoint, &["supplier.created"]).await;
    let running = house.work();
    house.supplier("S1").await;
    let delivery = until("it has failed", async || {
        house.wind().await;
        let all = house.deliveries(subscription).await;
        all.into_iter().find(|one| one["state"] == "failed")
    })
    .await;
    assert_eq!((&delivery["attempts"], &delivery["last_status"]), (&json!(10), &json!(307)));
    assert_eq!((endpoint.count(), elsewhere.count()), (10, 0));
    running.stop().await;
}
