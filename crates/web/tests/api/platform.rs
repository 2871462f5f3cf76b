//! Operators over HTTP: what they do, what the tenant's own people get, and what nobody else may.

use serde_json::{Value, json};

use crate::{
    harness::{Answer, Api},
    persons::PASSWORD,
};

const TENANTS: &str = "/api/v1/platform/tenants";

#[tokio::test]
async fn an_operator_makes_suspends_resumes_and_closes_a_tenant() {
    let api = Api::new().await;
    let operator = api.operator().await;
    let post = async |path: &str, body: Value| -> Answer {
        api.post(&format!("{TENANTS}{path}")).token(&operator).json(&body).go().await
    };
    let made =
        post("", json!({ "slug": "harborview", "name": "Harborview", "currency": "THB" })).await.expect(201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("{TENANTS}/{id}"));
    let bad = post("", json!({ "slug": "Harbor View", "name": "", "currency": "XXY" })).await;
    assert_eq!(bad.refused(422), "invalid");
    let fields = bad.json()["errors"].as_array().unwrap().len();
    assert!(fields >= 2, "{}", bad.json());

    let token = api.token(id.parse().unwrap(), "admin").await;
    let ask = async || api.get("/api/v1/customers").token(&token).go().await;
    ask().await.expect(200);
    let suspended = post(&format!("/{id}/suspend"), json!({ "reason": "Unpaid" })).await.expect(200).json();
    assert_eq!((&suspended["status"], &suspended["status_reason"]), (&json!("suspended"), &json!("Unpaid")));
    assert_eq!(ask().await.refused(403), "tenant_inactive");
    let written =
        api.post("/api/v1/customers").token(&token).json(&json!({ "code": "C1", "name": "N" })).go().await;
    assert_eq!(written.refused(403), "tenant_inactive");
    post(&format!("/{id}/resume"), json!({})).await.expect(200);
    ask().await.expect(200);
    let premature = post(&format!("/{id}/delete"), json!({ "slug": "harborview" })).await;
    assert_eq!(premature.refused(409), "tenant_not_closed");
    post(&format!("/{id}/close"), json!({})).await.expect(200);
    assert_eq!(ask().await.refused(403), "tenant_inactive");
    assert_eq!(post(&format!("/{id}/resume"), json!({})).await.refused(409), "tenant_closed");
    assert_eq!(post(&format!("/{id}/delete"), json!({ "slug": "harbor" })).await.refused(422), "invalid");
    let begun = post(&format!("/{id}/delete"), json!({ "slug": "harborview" })).await.expect(202);
    assert!(begun.json()["job"].is_string());
    let listed = api.get(TENANTS).token(&operator).go().await.expect(200).json();
    assert_eq!(listed["data"][0]["under_way"], "delete");
}

#[tokio::test]
async fn a_tenant_is_made_with_the_settings_that_are_stated() {
    let api = Api::new().await;
    let operator = api.operator().await;
    let make = async |settings: Value| {
        let body = json!({ "slug": "harborview", "name": "Harborview", "settings": settings });
        api.post(TENANTS).token(&operator).json(&body).go().await
    };
    let bad =
        make(json!({ "security": { "session_days": 0, "no_such": 1 }, "securty": {}, "portal": 7 })).await;
    assert_eq!(bad.refused(422), "invalid");
    let told: Vec<Value> = bad.json()["errors"].as_array().unwrap().clone();
    let fields: Vec<&str> = told.iter().map(|error| error["field"].as_str().unwrap()).collect();
    for field in
        ["settings.security.session_days", "settings.security.no_such", "settings.securty", "settings.portal"]
    {
        assert!(fields.contains(&field), "{field} in {told:#?}");
    }
    let made = make(json!({ "security": { "session_days": 30 }, "portal": { "documents": false } }))
        .await
        .expect(201);
    let token = api.token(made.json()["id"].as_str().unwrap().parse().unwrap(), "admin").await;
    let get = async |group: &str| {
        api.get(&format!("/api/v1/settings/{group}")).token(&token).go().await.expect(200).json()
    };
    assert_eq!(get("security").await["values"]["session_days"], 30);
    assert_eq!(get("portal").await["values"]["documents"], false);
}

#[tokio::test]
async fn an_operator_sees_figures_and_no_rows() {
    let api = Api::new().await;
    let tenants = [api.tenant("harborview").await, api.tenant("riverside").await];
    let operator = api.operator().await;
    let page = api.get(&format!("{TENANTS}?limit=1")).token(&operator).go().await.expect(200).json();
    assert_eq!(
        (&page["data"][0]["slug"], &page["page"]["next"]),
        (&json!("harborview"), &json!("harborview"))
    );
    let next = api.get(&format!("{TENANTS}?after=harborview")).token(&operator).go().await.expect(200).json();
    assert_eq!((next["data"].as_array().unwrap().len(), &next["data"][0]["slug"]), (1, &json!("riverside")));
    for (query, bad) in [("limit=0", "limit"), ("sort=name", "sort")] {
        let refused = api.get(&format!("{TENANTS}?{query}")).token(&operator).go().await;
        assert_eq!(refused.refused(400), "bad_request");
        assert_eq!(refused.json()["errors"][0]["field"], bad);
    }
    let one = format!("{TENANTS}/{}", tenants[0].id);
    assert_eq!(api.get(&one).token(&operator).go().await.expect(200).json()["figures"], Value::Null);
    let nobody = format!("{TENANTS}/{}", api.db.world().id());
    assert_eq!(api.get(&nobody).token(&operator).go().await.refused(404), "not_found");
    // Records are the tenant's own: the operator's token belongs to another tenant and has no permission for any.
    for path in ["/api/v1/customers", "/api/v1/users", "/api/v1/audit_logs"] {
        assert_eq!(api.get(path).token(&operator).go().await.refused(403), "forbidden", "{path}");
    }
    for path in [TENANTS, &one] {
        assert_eq!(api.get(path).token(&tenants[0].token).go().await.refused(403), "forbidden", "{path}");
    }
}

#[tokio::test]
async fn lists_of_the_audit_say_where_older_lines_are() {
    let (api, tenant) = Api::with_tenant().await;
    let listed = api.get("/api/v1/audit_logs").token(&tenant.token).go().await.expect(200);
    assert_eq!(listed.header("link"), "</api/v1/audit_archives>; rel=\"archives\"");
    api.get("/api/v1/audit_archives").token(&tenant.token).go().await.expect(200);
    let others = api.get("/api/v1/customers").token(&tenant.token).go().await.expect(200);
    assert_eq!(others.header("link"), "");
}

#[tokio::test]
async fn the_first_admin_is_invited_with_the_tenant_or_neither_is_made() {
    let api = Api::new().await;
    let operator = api.operator().await;
    let make = async |email: &str| {
        let body = json!({ "slug": "harborview", "name": "Harborview", "admin_email": email, "admin_name": "Maria Anders" });
        api.post(TENANTS).token(&operator).json(&body).go().await
    };
    let bad = make("nobody").await;
    assert_eq!(bad.refused(422), "invalid");
    assert_eq!(bad.json()["errors"][0]["field"], "admin_email");
    let id: uuid::Uuid =
        make("maria@example.com").await.expect(201).json()["id"].as_str().unwrap().parse().unwrap();
    let mails = api.mails(&[id]).await;
    let (to, text) = mails.first().unwrap();
    assert_eq!(to, "maria@example.com");
    let link = text.split_whitespace().find(|word| word.contains("/accept?token=")).unwrap();
    let token = link.split_once("token=").unwrap().1;
    let accept = json!({ "token": token, "password": PASSWORD });
    api.post("/api/v1/auth/accept").json(&accept).go().await.expect(200);
    let login = json!({ "tenant": "harborview", "email": "maria@example.com", "password": PASSWORD });
    let access = api.login(&login).await.expect(200).json()["access_token"].as_str().unwrap().to_owned();
    api.get("/api/v1/users").token(&access).go().await.expect(200);
}
