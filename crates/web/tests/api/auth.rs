//! Signing in: what gets people in, and what does not.

use serde_json::json;

use crate::{harness::Api, persons::PASSWORD};

#[tokio::test]
async fn a_person_signs_in_acts_and_signs_out() {
    let (api, tenant) = Api::with_tenant().await;
    let person = api.sign_in(tenant.id, "sales_manager").await;
    api.get("/api/v1/customers").token(&person.token).go().await.expect(200);
    let made = json!({ "code": "C1", "name": "Harborview" });
    api.post("/api/v1/customers").token(&person.token).json(&made).go().await.expect(201);
    let rows = api
        .write(
            tenant.id,
            "select actor_kind || ' ' || actor_id from audit_logs where tenant_id = $1 and entity = 'customers'",
            vec![tenant.id.into()],
        )
        .await;
    assert_eq!(rows[0].get::<_, String>(0), format!("user {}", person.id));
    api.post("/api/v1/auth/logout").token(&person.token).go().await.expect(200);
    assert_eq!(api.get("/api/v1/customers").token(&person.token).go().await.refused(401), "unauthenticated");
}

#[tokio::test]
async fn a_portal_user_signs_in_with_portal_alone() {
    let (api, tenant) = Api::with_tenant().await;
    let person = api.portal_sign_in(tenant.id, "portal_user").await;
    let body = |portal: bool| json!({ "tenant": "harborview", "email": person.email, "password": PASSWORD, "portal": portal });
    assert_eq!(api.login(&body(false)).await.refused(401), "sign_in_refused");
    api.login(&body(true)).await.expect(200);
}
