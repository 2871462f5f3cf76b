//! Exports in the background: asked for, written by a worker, fetched by those who may.

use std::time::Duration;

use serde_json::{Value, json};
use store::sql::Query;
use tokio::time::sleep;

use crate::harness::{Answer, Api, Tenant};

async fn request(api: &Api, token: &str, entity: &str) -> Answer {
    let input = json!({ "entity": entity });
    api.post("/api/v1/export_jobs/request").token(token).json(&input).go().await
}

/// The export once it has ended.
pub async fn ended(api: &Api, token: &str, id: &str) -> Value {
    loop {
        let export = api.get(&format!("/api/v1/export_jobs/{id}")).token(token).go().await.expect(200).json();
        if !["queued", "processing"].contains(&export["status"].as_str().unwrap()) {
            return export;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

pub async fn file(api: &Api, token: &str, id: &str) -> Answer {
    api.get(&format!("/api/v1/export_jobs/{id}/file")).token(token).go().await
}

async fn with_customers() -> (Api, Tenant) {
    let (api, tenant) = Api::with_tenant().await;
    for name in ["Hay Bees", "=Sum", "ร้านดอกไม้"] {
        let customer = json!({ "name": name });
        api.post("/api/v1/customers").token(&tenant.token).json(&customer).go().await.expect(201);
    }
    (api, tenant)
}

pub fn id(answer: Answer) -> String {
    answer.expect(200).json()["export_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_export_becomes_a_file_that_whoever_asked_fetches() {
    let (api, tenant) = with_customers().await;
    let export = id(request(&api, &tenant.token, "customers").await);
    let told = ended(&api, &tenant.token, &export).await;
    assert_eq!((&told["status"], &told["row_count"]), (&json!("completed"), &json!(3)), "{told}");
    let file = file(&api, &tenant.token, &export).await.expect(200);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"customers.csv\"");
    assert_eq!(file.header("content-length"), file.body.len().to_string());
    let streamed = api.get("/api/v1/exports/customers.csv").token(&tenant.token).go().await.expect(200);
    assert_eq!(file.body, streamed.body);
    let audited = api
        .get("/api/v1/audit_logs?filter[action]=export&filter[entity]=customers")
        .token(&tenant.token)
        .go()
        .await
        .expect(200);
    assert!(audited.json().to_string().contains(&export), "who took data out is written down");
}

#[tokio::test]
async fn an_export_is_what_was_asked_for() {
    let (api, tenant) = with_customers().await;
    let cases = [
        (json!({ "format": "xlsx" }), "spreadsheetml", "customers.xlsx", &b"PK"[..]),
        (json!({ "format": "jsonl" }), "application/jsonl", "customers.jsonl", b"{\"id\":\""),
        (json!({ "format": "parquet" }), "parquet", "customers.parquet", b"PAR1"),
        (json!({ "format": "csv", "bom": true }), "text/csv", "customers.csv", "\u{FEFF}id,".as_bytes()),
    ];
    for (mut input, media_type, name, first) in cases {
        input["entity"] = json!("customers");
        let export = id(api.post("/api/v1/export_jobs/request").token(&tenant.token).json(&input).go().await);
        let told = ended(&api, &tenant.token, &export).await;
        assert_eq!((&told["status"], &told["row_count"]), (&json!("completed"), &json!(3)), "{told}");
        let file = file(&api, &tenant.token, &export).await.expect(200);
        assert!(file.header("content-type").contains(media_type), "{}", file.header("content-type"));
        assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        assert!(file.body.starts_with(first), "{input}");
        if input["format"] == "jsonl" {
            let text = String::from_utf8(file.body.to_vec()).unwrap();
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!((&lines[1]["name"], &lines[1]["credit_limit"]), (&json!("=Sum"), &Value::Null));
        }
    }
    let raw = json!({ "entity": "customers", "raw": true });
    let export = id(api.post("/api/v1/export_jobs/request").token(&tenant.token).json(&raw).go().await);
    ended(&api, &tenant.token, &export).await;
    let text = String::from_utf8(file(&api, &tenant.token, &export).await.body.to_vec()).unwrap();
    assert!(text.contains(",=Sum,") && !text.contains("'=Sum"), "{text}");
}

#[tokio::test]
async fn an_export_is_refused_at_the_door_and_hidden_from_others() {
    let (api, tenant) = with_customers().await;
    let unknown = request(&api, &tenant.token, "custmers").await;
    assert_eq!(unknown.refused(422), "invalid");
    assert!(unknown.json()["errors"][0]["message"].as_str().unwrap().contains("`customers`"));
    let trainer = api.token(tenant.id, "training").await;
    assert_eq!(request(&api, &trainer, "customers").await.refused(403), "forbidden");

    let export = id(request(&api, &tenant.token, "customers").await);
    ended(&api, &tenant.token, &export).await;
    let stranger = api.tenant("elsewhere").await;
    let rep = api.token(tenant.id, "sales_rep").await;
    for hidden in [&stranger.token, &trainer, &rep] {
        assert_eq!(file(&api, hidden, &export).await.refused(404), "not_found");
    }
    // Who sees all exports, but may not export these records, does not get them this way.
    let operations = api.token(tenant.id, "operations").await;
    assert_eq!(file(&api, &operations, &export).await.refused(403), "forbidden");
    let manager = api.token(tenant.id, "sales_manager").await;
    file(&api, &manager, &export).await.expect(200);
    // A rep's own export holds what a rep may see: nothing that a token owns.
    let own = id(request(&api, &rep, "customers").await);
    assert_eq!(ended(&api, &rep, &own).await["row_count"], 0);
    file(&api, &rep, &own).await.expect(200);
}

#[tokio::test]
async fn an_export_waits_for_a_worker_and_is_made_with_the_rights_of_then() {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    let lost = api.token(tenant.id, "admin").await;
    let export = id(request(&api, &lost, "customers").await);
    let early = file(&api, &tenant.token, &export).await;
    assert_eq!(early.refused(409), "conflict");
    let revoke = "update integration_tokens k set revoked_at = now() from export_jobs e
        where k.tenant_id = $1 and e.tenant_id = $1 and e.requested_by = k.id";
    let mut tx = api.db.begin(&model::caller::Caller::system(tenant.id, uuid::Uuid::nil())).await.unwrap();
    tx.run(&Query::free(revoke.to_owned(), vec![tenant.id.into()])).await.unwrap();
    tx.commit().await.unwrap();
    let worker = api.work();
    let told = ended(&api, &tenant.token, &export).await;
    assert_eq!(told["status"], "failed");
    assert!(told["error"].as_str().unwrap().contains("may not act any more"), "{told}");
    assert_eq!(file(&api, &tenant.token, &export).await.refused(409), "conflict");
    // The allowed twin.
    let export = id(request(&api, &tenant.token, "customers").await);
    assert_eq!(ended(&api, &tenant.token, &export).await["status"], "completed");
    worker.stop().await;
}
