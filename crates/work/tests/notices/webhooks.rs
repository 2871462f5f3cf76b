//! What admins are told of webhooks that cannot be processed.

use ::work::mail::MemoryMailer;
use serde_json::json;
use store::{NewJob, sql};
use uuid::Uuid;

use crate::{
    house::House,
    mails::{services, work},
};

/// A received event of n8n that says nothing; its log.
async fn poison(house: &House) -> Uuid {
    let mut tx = house.begin().await;
    let (tenant, source, log, request) = (tx.tenant(), tx.id(), tx.id(), tx.id());
    tx.execute(
        sql!("insert into webhook_sources (tenant_id, id, code, name, kind) values ($1, $2, 'form', 'Form', 'n8n')"),
        &[&tenant, &source],
    )
    .await
    .unwrap();
    tx.execute(
        sql!(
            "insert into webhook_logs (tenant_id, id, source_id, request_id, delivery_id, payload)
             values ($1, $2, $3, $4, 'd-1', $5)"
        ),
        &[&tenant, &log, &source, &request, &json!({ "phone": "0812345678" })],
    )
    .await
    .unwrap();
    tx.enqueue(NewJob::new("webhooks.process", json!({ "log": log }))).await.unwrap();
    tx.commit().await.unwrap();
    log
}

#[tokio::test]
async fn an_event_that_is_given_up_is_told_to_admins_once_without_what_it_holds() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mailer = std::sync::Arc::new(MemoryMailer::default());
    let services = services(&house, folder.path(), mailer.clone());
    let ann = house.person("ann", "admin", None).await;
    let bob = house.person("bob", "sales_rep", None).await;
    let log = poison(&house).await;
    work(&services).await;

    let failed = house.list(&house.system, "failed_webhooks", "").await;
    assert_eq!((failed.len(), &failed[0]["original_log_id"]), (1, &json!(log)));
    let notices = house.list(&ann, "notifications", "").await;
    assert_eq!(notices.len(), 1, "{notices:?}");
    let notice = &notices[0];
    assert_eq!(
        (&notice["kind"], &notice["entity_id"], &notice["times"]),
        (&json!("webhook_failed"), &failed[0]["id"], &json!(1))
    );
    assert!(house.list(&bob, "notifications", "").await.is_empty(), "others are not");
    let sent = mailer.sent();
    assert_eq!((sent.len(), &*sent[0].to), (1, "ann@example.com"));
    let told = format!("{notice} {} {}", sent[0].plain, sent[0].html);
    assert!(told.contains("form") && !told.contains("0812345678"), "{told}");

    // A replay that fails again is in the queue; nobody is told twice.
    let mut tx = house.begin().await;
    let id: Uuid = failed[0]["id"].as_str().unwrap().parse().unwrap();
    tx.enqueue(::work::webhooks::inbound::Replay::now(id).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    work(&services).await;
    assert_eq!(house.list(&house.system, "failed_webhooks", "").await[0]["replays"], 1);
    assert_eq!(house.list(&ann, "notifications", "").await[0]["times"], 1);
    assert_eq!(mailer.sent().len(), 1);
}
