//! How many requests may come, and what is told of it.

use std::net::SocketAddr;

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use tower::ServiceExt;
use web::Quotas;

use crate::harness::{Answer, Api, app};

/// The API of the same database with limits.
fn limited(api: &Api, folder: &tempfile::TempDir, caller: &str, tenant: &str, client: &str) -> Router {
    let quota = |text: &str| text.parse().ok();
    let quotas = Quotas { caller: quota(caller), tenant: quota(tenant), client: quota(client) };
    web::router(app(&api.db, folder.path()).limited(quotas))
}

async fn from(router: &Router, address: &str, path: &str, token: &str) -> Answer {
    let peer: SocketAddr = format!("{address}:4000").parse().unwrap();
    let mut request = Request::get(path).extension(ConnectInfo(peer));
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

#[tokio::test]
async fn a_caller_learns_what_is_left_and_when_to_come_again() {
    let (api, tenant) = Api::with_tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let router = limited(&api, &folder, "3/60", "10/60", "");
    let ask = || api.get("/api/v1/me").token(&tenant.token).through(router.clone());
    for left in [2, 1, 0] {
        let answer = ask().await.expect(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"caller\";q=3;w=60, \"tenant\";q=10;w=60");
        let told = answer.header("ratelimit");
        assert!(
            told.starts_with(&format!("\"caller\";r={left};t=")) && told.contains("\"tenant\";r="),
            "{told}"
        );
    }
    let answer = ask().await;
    assert_eq!(answer.refused(429), "rate_limited");
    assert_eq!(answer.json()["facts"]["policy"], "caller");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&seconds), "{seconds}");
    assert!(answer.header("ratelimit").starts_with("\"caller\";r=0;t="));
}

#[tokio::test]
async fn one_tenants_flood_is_no_business_of_another() {
    let api = Api::without_workers().await;
    let (one, two) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let colleague = api.token(one.id, "admin").await;
    let folder = tempfile::tempdir().unwrap();
    let router = limited(&api, &folder, "4/600", "6/600", "");
    let ask = async |token: &str| {
        let answer = api.get("/api/v1/me").token(token).through(router.clone()).await;
        (answer.status.as_u16(), answer.json()["facts"]["policy"].as_str().unwrap_or_default().to_owned())
    };
    for _ in 0..4 {
        assert_eq!(ask(&one.token).await.0, 200);
    }
    for _ in 0..30 {
        assert_eq!(ask(&one.token).await, (429, "caller".to_owned()));
    }
    // What the first was refused took nothing from the company.
    for _ in 0..2 {
        assert_eq!(ask(&colleague).await.0, 200);
    }
    assert_eq!(ask(&colleague).await, (429, "tenant".to_owned()));
    for _ in 0..4 {
        assert_eq!(ask(&two.token).await.0, 200);
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_counted_by_address() {
    let (api, tenant) = Api::with_tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let router = limited(&api, &folder, "", "", "3/600");
    for path in ["/api/docs", "/nowhere", "/api/v1/openapi.json"] {
        let answer = from(&router, "192.0.2.1", path, "").await;
        assert_ne!(answer.status, 429, "{path}");
        assert!(answer.header("ratelimit").starts_with("\"client\";r="), "{path}");
    }
    let flooded = from(&router, "192.0.2.1", "/api/docs", "").await;
    assert_eq!(flooded.refused(429), "rate_limited");
    assert!(!flooded.header("retry-after").is_empty());
    // Guesses at tokens count too; a token that is one does not, from wherever it comes.
    assert_eq!(from(&router, "192.0.2.1", "/api/v1/me", "tnt_guessed_x").await.refused(429), "rate_limited");
    assert_eq!(
        from(&router, "192.0.2.2", "/api/v1/me", "tnt_guessed_x").await.refused(401),
        "unauthenticated"
    );
    from(&router, "192.0.2.1", "/api/v1/me", &tenant.token).await.expect(200);
    from(&router, "192.0.2.2", "/api/docs", "").await.expect(200);
    // Probes are not counted.
    for _ in 0..20 {
        let alive = from(&router, "192.0.2.1", "/healthz", "").await.expect(200);
        assert_eq!(alive.header("ratelimit"), "");
    }
}

#[tokio::test]
async fn nothing_is_told_where_nothing_limits() {
    let (api, tenant) = Api::with_tenant().await;
    let answer = api.get("/api/v1/me").token(&tenant.token).go().await.expect(200);
    assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), ("", ""));
}
