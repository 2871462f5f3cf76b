//! Operations over HTTP.

use axum::http::Method;
use model::caller::Caller;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Api, Tenant};

async fn made(api: &Api, tenant: &Tenant, entity: &str, body: Value) -> Value {
    api.post(&format!("/api/v1/{entity}")).token(&tenant.token).json(&body).go().await.expect(201).json()
}

async fn sku(api: &Api, tenant: &Tenant) -> Value {
    let product = made(api, tenant, "products", json!({ "code": "P1", "name": "Pinot Noir" })).await;
    let body = json!({ "product_id": product["id"], "code": "P1-75", "name": "Pinot Noir 75 cl" });
    made(api, tenant, "skus", body).await
}

#[tokio::test]
async fn stock_is_adjusted_and_seen() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let sku = sku(&api, &tenant).await;
    let body = json!({ "sku_id": sku["id"], "quantity": "12", "reason": "Stocktake" });
    let done = api.post("/api/v1/inventory/adjust").token(token).json(&body).go().await.expect(200).json();
    assert_eq!(done["on_hand"], "12.000");
    let level = format!("/api/v1/inventory/{}", done["inventory_id"].as_str().unwrap());
    assert_eq!(api.get(&level).token(token).go().await.expect(200).json()["on_hand"], "12.000");
}

#[tokio::test]
async fn an_operations_input_is_told_like_a_records() {
    let (api, tenant) = Api::with_tenant().await;
    let body = json!({ "quantity": "many", "reson": "x" });
    let answer = api.post("/api/v1/inventory/adjust").token(&tenant.token).json(&body).go().await;
    assert_eq!(answer.refused(422), "invalid");
    let fields: Vec<Value> =
        answer.json()["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["quantity", "reson", "sku_id", "reason"]);
}

#[tokio::test]
async fn an_operation_on_a_record_hides_what_the_caller_cannot_see() {
    let (api, tenant) = Api::with_tenant().await;
    let other = api.tenant("elsewhere").await;
    let company = made(&api, &tenant, "companies", json!({ "name": "Harborview Ltd" })).await;
    let convert = |id: &str, token: &str| {
        api.ask(Method::POST, &format!("/api/v1/companies/{id}/convert"))
            .token(token)
            .json(&json!({ "code": "H1" }))
    };
    let id = company["id"].as_str().unwrap();
    let theirs = convert(id, &other.token).go().await;
    let nobodys = convert(&Uuid::from_u128(7).to_string(), &other.token).go().await;
    assert_eq!(theirs.told(), nobodys.told());
    assert_eq!(theirs.refused(404), "not_found");

    let trainer = api.token(tenant.id, "operations").await;
    assert_eq!(convert(id, &trainer).go().await.refused(404), "not_found");
    let rep = api.token(tenant.id, "sales_rep").await;
    assert_eq!(convert(id, &rep).go().await.refused(403), "forbidden");
    convert(id, &tenant.token).go().await.expect(200);
}

#[tokio::test]
async fn a_suspended_tenant_is_told_so_and_a_revoked_token_is_nobody() {
    let (api, tenant) = Api::with_tenant().await;
    api.get("/api/v1/me").token(&tenant.token).go().await.expect(200);
    let mut tx = api.db.begin(&Caller::system(tenant.id, Uuid::nil())).await.unwrap();
    tx.execute(store::sql!("update tenants set status = 'suspended' where id = $1"), &[&tenant.id])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(api.get("/api/v1/me").token(&tenant.token).go().await.refused(403), "tenant_inactive");

    let other = api.tenant("elsewhere").await;
    let mut tx = api.db.begin(&Caller::system(other.id, Uuid::nil())).await.unwrap();
    let revoke = store::sql!("update integration_tokens set revoked_at = now() where tenant_id = $1");
    tx.execute(revoke, &[&other.id]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(api.get("/api/v1/me").token(&other.token).go().await.refused(401), "unauthenticated");
}
