//! What every request goes through: ids, headers, limits, health, who is asking.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::json;
use store::{Db, DbSettings};
use tower::ServiceExt;

use crate::harness::{Api, app, mailing};

#[tokio::test]
async fn an_answer_carries_the_requests_id_and_nothing_a_browser_could_misuse() {
    let api = Api::new().await;
    let given = "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00";
    let answer = api.get("/healthz").header("x-request-id", given).go().await.expect(200);
    assert_eq!(answer.header("x-request-id"), given);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-frame-options"), "DENY");
    let made = api.get("/healthz").header("x-request-id", "'; drop table orders").go().await;
    assert_eq!(made.header("x-request-id").len(), 36);
    assert_ne!(made.header("x-request-id"), given);
}

#[tokio::test]
async fn a_problem_and_the_audit_trail_name_the_request() {
    let (api, tenant) = Api::with_tenant().await;
    let given = "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d77";
    let unknown = api.get("/api/v1/nothing").header("x-request-id", given).go().await;
    assert_eq!(unknown.json()["request_id"], given);
    let route = json!({ "code": "N1", "name": "North" });
    let ask = api.post("/api/v1/delivery_routes").token(&tenant.token).header("x-request-id", given);
    ask.json(&route).go().await.expect(201);
    let logs = api
        .get("/api/v1/audit_logs?filter[entity]=delivery_routes")
        .token(&tenant.token)
        .go()
        .await
        .expect(200);
    assert_eq!(logs.json()["data"][0]["request_id"], given);
}

#[tokio::test]
async fn timings_are_told_to_staff_but_never_of_what_is_not_there() {
    let (api, tenant) = Api::with_tenant().await;
    let list = api.get("/api/v1/customers").token(&tenant.token).go().await.expect(200);
    let timing = list.header("server-timing");
    assert!(timing.starts_with("db;dur=") && timing.contains("total;dur="), "{timing}");
    let missing = api.get(&format!("/api/v1/customers/{}", tenant.id)).token(&tenant.token).go().await;
    assert_eq!((missing.status.as_u16(), missing.header("server-timing")), (404, ""));
    let nobody = api.get("/api/v1/customers").go().await;
    assert_eq!((nobody.status.as_u16(), nobody.header("server-timing")), (401, ""));
    assert_eq!(api.get("/healthz").go().await.header("server-timing"), "");
    let page = api.get("/customers").token(&tenant.token).go().await.expect(200);
    assert!(page.header("server-timing").contains("render;dur="), "a list tells what its page took");
}

#[tokio::test]
async fn a_site_that_is_read_along_the_way_says_so_before_a_password_is_typed() {
    let api = Api::new().await;
    let said = async |url: &str| {
        let folder = tempfile::tempdir().unwrap();
        let app = mailing(&api.db, folder.path(), api.mailer.clone(), url);
        let page = api.get("/sign-in").through(web::router(app)).await.expect(200);
        String::from_utf8_lossy(&page.body).contains("without https")
    };
    assert!(said("http://crm.example.com").await);
    assert!(!said("https://crm.example.com").await);
    assert!(!said("http://127.0.0.1:8080").await, "nobody stands between");
}

#[tokio::test]
async fn health_tells_the_process_from_the_database() {
    let api = Api::new().await;
    api.get("/healthz").go().await.expect(200);
    api.get("/readyz").go().await.expect(200);

    let mut nowhere = api.test.app.clone();
    nowhere.dbname("there_is_no_such_database");
    let db = Db::new(&DbSettings::new(nowhere.clone(), nowhere), store::world::system()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let router = web::router(app(&db, folder.path()));
    let status = async |path: &str| {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status().as_u16()
    };
    assert_eq!(status("/healthz").await, 200);
    assert_eq!(status("/readyz").await, 503);
}

#[tokio::test]
async fn a_schema_that_is_not_current_is_not_ready() {
    let api = Api::new().await;
    let test = store::testing::TestDb::empty().await.unwrap();
    let settings = DbSettings::new(test.app.clone(), test.operator.clone());
    let folder = tempfile::tempdir().unwrap();
    let router = web::router(app(&Db::new(&settings, store::world::system()).unwrap(), folder.path()));
    let request = Request::builder().uri("/readyz").body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    api.get("/readyz").go().await.expect(200);
}

#[tokio::test]
async fn a_caller_learns_who_it_is() {
    let (api, tenant) = Api::with_tenant().await;
    let me = api.get("/api/v1/me").token(&tenant.token).go().await.expect(200).json();
    assert_eq!(me["tenant"]["id"], tenant.id.to_string());
    assert_eq!(me["tenant"]["slug"], "harborview");
    assert!(me["actor"].as_str().unwrap().starts_with("token:"));
    assert_eq!(me["permissions"]["customers.view"], "all");
    let rep = api.token(tenant.id, "sales_rep").await;
    let me = api.get("/api/v1/me").token(&rep).go().await.expect(200).json();
    assert_eq!(me["permissions"]["customers.view"], "own");
    assert_eq!(me["permissions"].get("customers.delete"), None);
}

#[tokio::test]
async fn a_method_that_is_not_taken_says_which_are() {
    let api = Api::new().await;
    let answer = api.ask(Method::PUT, "/api/v1/customers").go().await;
    assert_eq!(answer.refused(405), "method_not_allowed");
    let allowed = answer.header("allow");
    assert!(allowed.contains("GET") && allowed.contains("POST") && !allowed.contains("PUT"), "{allowed}");
}

#[tokio::test]
async fn the_documentation_is_there_to_read() {
    let api = Api::new().await;
    for path in ["/api/docs", "/api/docs/customers", "/docs/problems"] {
        let page = api.get(path).go().await.expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.header("content-security-policy").contains("style-src 'self'"));
    }
    let customers = api.get("/api/docs/customers").go().await;
    let text = String::from_utf8_lossy(&customers.body);
    assert!(text.contains("credit_limit") && text.contains("/api/v1/customers/{id}"));
    assert_eq!(api.get("/api/docs/nothing").go().await.refused(404), "not_found");
    let style = api.get("/api/docs/style.css").go().await.expect(200);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    let description = api.get("/api/v1/openapi.json").go().await.expect(200);
    assert_eq!(description.json()["openapi"], "3.1.0");
}

#[tokio::test]
async fn a_request_that_breaks_off_leaves_nothing_behind() {
    let (api, tenant) = Api::with_tenant().await;
    let other = api.tenant("elsewhere").await;
    for round in 0..60_u64 {
        let route = json!({ "code": format!("R{round}"), "name": "Gone" }).to_string();
        let request = Request::post("/api/v1/delivery_routes")
            .header("authorization", format!("Bearer {}", tenant.token))
            .header("content-type", "application/json")
            .body(Body::from(route))
            .unwrap();
        let limit = std::time::Duration::from_micros(round * 150);
        // Dropping the future in the middle is what a client that goes away does.
        let _ = tokio::time::timeout(limit, api.router().oneshot(request)).await;
        let seen = api.get("/api/v1/delivery_routes?count=exact").token(&other.token).go().await.expect(200);
        assert_eq!(seen.json()["page"]["count"], 0);
    }
    // What was answered or not is whole: each record that exists can be read and its key is taken once.
    let own = api.get("/api/v1/delivery_routes?limit=200").token(&tenant.token).go().await.expect(200).json();
    for route in own["data"].as_array().unwrap() {
        assert_eq!(route["name"], "Gone");
    }
}
