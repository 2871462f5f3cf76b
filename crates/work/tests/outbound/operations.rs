//! What people may do about subscriptions and deliveries.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::sql;
use uuid::Uuid;

use crate::{
    endpoint::{Endpoint, OK, status},
    house::{House, until},
};

fn id(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_sign_for_a_while_after_a_rotation_and_none_is_stored_in_clear() {
    let house = House::new().await;
    let endpoint = Endpoint::ok().await;
    let (subscription, first) = house.subscribe(&endpoint, &["supplier.*"]).await;
    assert_eq!(STANDARD.decode(first.strip_prefix("whsec_").unwrap()).unwrap().len(), 32);
    let running = house.work();
    let signatures = async |code: &str| {
        let count = endpoint.count();
        house.supplier(code).await;
        until("the endpoint is told", async || (endpoint.count() > count).then_some(())).await;
        endpoint.told()[count].headers["webhook-signature"].split(' ').count()
    };
    assert_eq!(signatures("S1").await, 1);
    let second = house.rotate(subscription, 24).await;
    assert_ne!(first, second);
    assert_eq!(signatures("S2").await, 2);
    house.rotate(subscription, 0).await;
    assert_eq!(signatures("S3").await, 1, "the operator was in haste");
    running.stop().await;

    let stored = house.rows(
        sql!(
            "select jsonb_build_array(to_jsonb(s), (select jsonb_agg(to_jsonb(a)) from audit_logs a where a.tenant_id = $1),
               (select jsonb_agg(to_jsonb(e)) from webhook_events e where e.tenant_id = $1))
             from webhook_subscriptions s where tenant_id = $1 and id = $2"
        ),
        subscription,
    );
    let stored = stored.await[0].to_string();
    assert!(stored.contains("webhook_subscription.rotated"));
    for secret in [first, second] {
        assert!(!stored.contains(&secret["whsec_".len()..]), "{stored}");
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!stored.contains(&hex));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_key_of_the_instance_can_be_given_up_once_a_secret_was_used() {
    let house = House::new().await;
    let endpoint = Endpoint::ok().await;
    let (subscription, _) = house.subscribe(&endpoint, &["supplier.*"]).await;
    let key = "0123456789abcdef".repeat(4);
    for (count, own_too) in [(1, true), (2, false)] {
        let running = house.work_with_keys(&key, own_too);
        house.supplier(&format!("S{count}")).await;
        house.settled(subscription, count).await;
        running.stop().await;
    }
    assert_eq!(endpoint.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_sent_again_and_a_disabled_endpoint_gets_one_attempt_of_a_test() {
    let house = House::new().await;
    let endpoint = Endpoint::ok().await;
    let (subscription, _) = house.subscribe(&endpoint, &["supplier.*"]).await;
    let (other, _) = house.subscribe(&Endpoint::ok().await, &["*"]).await;
    let running = house.work();
    house.supplier("S1").await;
    let delivery = house.settled(subscription, 1).await.remove(0);
    house.operate(&house.one, "webhook_deliveries.resend", id(&delivery["id"]), json!({})).await.unwrap();
    until("it comes again", async || (endpoint.count() == 2).then_some(())).await;
    assert_eq!(endpoint.told()[0].id(), endpoint.told()[1].id());
    house.settled(subscription, 1).await;

    let disable =
        async || house.operate(&house.one, "webhook_subscriptions.disable", subscription, json!({})).await;
    assert_eq!(disable().await.unwrap()["status"], "disabled");
    assert_eq!(disable().await.unwrap()["status"], "disabled");
    let others = house.settled(other, 1).await.len();
    let sent =
        house.operate(&house.one, "webhook_subscriptions.test", subscription, json!({})).await.unwrap();
    let tested = house.settled(subscription, 2).await.remove(1);
    assert_eq!((&tested["id"], &tested["state"]), (&sent["delivery_id"], &json!("delivered")));
    assert_eq!(endpoint.told()[2].kind(), "webhook_subscription.tested");
    house.supplier("S2").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(endpoint.count(), 3);
    let told = house.settled(other, others + 1).await;
    assert!(!told.iter().any(|one| one["event_id"] == sent["event_id"]), "a test is told to one alone");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_sends_what_was_missed_and_on_demand_everything() {
    let house = House::new().await;
    let endpoint = Endpoint::new(|number, _| if number == 1 { status(400) } else { OK }).await;
    let (subscription, _) = house.subscribe(&endpoint, &["supplier.*"]).await;
    let running = house.work();
    house.supplier("BEFORE").await;
    house.settled(subscription, 1).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let since = house.now();
    house.supplier("FAILS").await;
    until("it fails", async || (house.attempts(subscription).await.len() == 2).then_some(())).await;
    house.operate(&house.one, "webhook_subscriptions.disable", subscription, json!({})).await.unwrap();
    house.supplier("MISSED").await;
    let pending = sql!(
        "select to_jsonb(e) from webhook_events e where tenant_id = $1 and id <> $2 and state = 'pending'"
    );
    until("it is handed on", async || house.rows(pending, subscription).await.is_empty().then_some(())).await;
    house.operate(&house.one, "webhook_subscriptions.enable", subscription, json!({})).await.unwrap();
    assert_eq!(house.subscription(subscription).await["status"], "active");

    let replay = async |input| {
        house.operate(&house.one, "webhook_subscriptions.replay", subscription, input).await.unwrap()
    };
    let codes = || -> Vec<String> {
        let code = |json: Value| json["data"]["record"]["code"].as_str().unwrap().to_owned();
        endpoint.told().iter().map(|one| code(one.json())).collect()
    };
    assert_eq!(replay(json!({ "since": since })).await["deliveries"], 2);
    house.settled(subscription, 3).await;
    assert_eq!(codes()[..2], ["BEFORE", "FAILS"]);
    let mut rest = codes().split_off(2);
    rest.sort();
    assert_eq!(rest, ["FAILS", "MISSED"]);
    assert_eq!(replay(json!({ "since": since })).await["deliveries"], 0);
    let all = json!({ "since": since - SignedDuration::from_hours(1), "delivered_too": true });
    assert_eq!(replay(all).await["deliveries"], 3);
    until("all come again", async || (endpoint.count() == 7).then_some(())).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_events_are_removed_and_those_that_wait_are_kept() {
    let house = House::new().await;
    let (good, bad) = (Endpoint::ok().await, Endpoint::new(|_, _| status(500)).await);
    let (delivered, _) = house.subscribe(&good, &["supplier.created"]).await;
    let (waits, _) = house.subscribe(&bad, &["supplier.updated"]).await;
    let running = house.work();
    let supplier = house.supplier("S1").await;
    house.settled(delivered, 1).await;
    let mut tx = house.db.begin(&house.one).await.unwrap();
    let entity = model::registry::entity("suppliers").unwrap();
    let change = json!({ "name": "Other" }).as_object().cloned().unwrap();
    store::engine::update(&mut tx, entity, supplier, change, None).await.unwrap();
    tx.commit().await.unwrap();
    until("it fails", async || (house.attempts(waits).await.len() == 1).then_some(())).await;
    running.stop().await;
    let prune = async |hours| {
        let before = house.now() + SignedDuration::from_hours(hours);
        work::webhooks::outbound::prune(&house.db, house.one.tenant, before).await.unwrap()
    };
    assert_eq!(prune(-1).await, 0);
    assert!(prune(1).await > 0);
    assert_eq!((house.deliveries(delivered).await.len(), house.deliveries(waits).await.len()), (0, 1));
    assert_eq!(house.attempts(delivered).await.len(), 0);
    let events = house
        .rows(sql!("select to_jsonb(e) from webhook_events e where tenant_id = $1 and id <> $2"), waits)
        .await;
    assert_eq!((events.len(), &events[0]["type"]), (1, &json!("supplier.updated")));
}
