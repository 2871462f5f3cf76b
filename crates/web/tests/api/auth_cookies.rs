//! A browser's session: its cookie, who may use it, and that nobody else's page can.

use axum::http::Method;
use serde_json::{Value, json};

use crate::{
    harness::{Answer, Api, HERE, Tenant},
    persons::PASSWORD,
};

const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

async fn house() -> (Api, Tenant) {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    api.user(tenant.id, "nancy@example.com", "admin").await;
    (api, tenant)
}

fn form() -> Value {
    json!({ "tenant": "harborview", "email": "nancy@example.com", "password": PASSWORD, "session": "cookie" })
}

/// Signs in as a browser that shows this cookie.
async fn enter(api: &Api, shown: Option<&str>) -> (String, Answer) {
    let mut asking = api.post("/api/v1/auth/login").header(OURS.0, OURS.1).json(&form());
    if let Some(cookie) = shown {
        asking = asking.header("cookie", cookie);
    }
    let answer = asking.go().await.expect(200);
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    (cookie, answer)
}

#[tokio::test]
async fn a_browser_gets_a_cookie_and_nothing_else() {
    let (api, tenant) = house().await;
    let (cookie, answer) = enter(&api, None).await;
    let set = answer.header("set-cookie");
    assert!(
        set.starts_with("tenantry=tns_") && set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    assert_eq!(answer.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["session"]);
    let me = api.get("/api/v1/me").header("cookie", &cookie).go().await.expect(200).json();
    assert_eq!(me["person"]["email"], "nancy@example.com");
    // What is stored is no cookie.
    let text = "select encode(token_hash, 'hex') from sessions where tenant_id = $1";
    let stored: String = api.write(tenant.id, text, vec![tenant.id.into()]).await[0].get(0);
    assert!(!cookie.contains(&stored));
    // A cookie is no bearer token and no refresh token.
    let secret = cookie.split_once('=').unwrap().1;
    assert_eq!(api.get("/api/v1/me").token(secret).go().await.refused(401), "unauthenticated");
    let refresh = api.post("/api/v1/auth/refresh").json(&json!({ "refresh_token": secret })).go().await;
    assert_eq!(refresh.refused(401), "unauthenticated");

    let left = api
        .post("/api/v1/auth/logout")
        .header("cookie", &cookie)
        .header(OURS.0, OURS.1)
        .go()
        .await
        .expect(200);
    assert!(
        left.header("set-cookie").starts_with("tenantry=; ")
            && left.header("set-cookie").contains("Max-Age=0")
    );
    assert_eq!(api.get("/api/v1/me").header("cookie", &cookie).go().await.refused(401), "unauthenticated");
}

#[tokio::test]
async fn signing_in_gives_a_new_cookie_and_ends_the_one_that_was_there() {
    let (api, _) = house().await;
    let (first, _) = enter(&api, None).await;
    let (second, _) = enter(&api, Some(&first)).await;
    assert_ne!(first, second);
    assert_eq!(api.get("/api/v1/me").header("cookie", &first).go().await.refused(401), "unauthenticated");
    api.get("/api/v1/me").header("cookie", &second).go().await.expect(200);
    // One that somebody planted is not taken over, whatever it says.
    let (third, _) = enter(&api, Some("tenantry=tns_planted_secret")).await;
    assert!(!third.contains("planted"));
    api.get("/api/v1/me").header("cookie", &third).go().await.expect(200);
    api.get("/api/v1/me").header("cookie", &second).go().await.expect(200);
}

#[tokio::test]
async fn a_write_must_come_from_our_own_pages() {
    let (api, _) = house().await;
    let (cookie, _) = enter(&api, None).await;
    let write = |headers: Vec<(&'static str, &'static str)>| {
        let mut asking = api.post("/api/v1/suppliers").header("cookie", &cookie);
        for (name, value) in headers {
            asking = asking.header(name, value);
        }
        asking.json(&json!({ "code": api.db.world().id().to_string(), "name": "Exotic Liquids" })).go()
    };
    for foreign in [
        vec![],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("origin", "https://evil.example.com")],
        vec![("origin", "null")],
        vec![("sec-fetch-site", "same-origin"), ("origin", "https://evil.example.com")],
        vec![("origin", "http://evil.example.com"), ("host", "evil.example.com")],
    ] {
        assert_eq!(write(foreign.clone()).await.refused(403), "other_origin", "{foreign:?}");
    }
    for ours in [vec![OURS], vec![("origin", HERE)], vec![OURS, ("origin", HERE)]] {
        write(ours).await.expect(201);
    }
    // Reads change nothing, and programs that send a token send no cookie.
    api.get("/api/v1/suppliers")
        .header("cookie", &cookie)
        .header("sec-fetch-site", "cross-site")
        .go()
        .await
        .expect(200);
    for method in [Method::PATCH, Method::DELETE, Method::POST] {
        let path = "/api/v1/auth/logout_all";
        let path = if method == Method::POST {
            path
        } else {
            "/api/v1/suppliers/0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"
        };
        let asking = api
            .ask(method.clone(), path)
            .header("cookie", &cookie)
            .header("origin", "https://evil.example.com");
        assert_eq!(asking.json(&json!({})).go().await.refused(403), "other_origin", "{method}");
    }
    // Nobody is signed in as somebody else from elsewhere.
    let login =
        api.post("/api/v1/auth/login").header("origin", "https://evil.example.com").json(&form()).go().await;
    assert_eq!(login.refused(403), "other_origin");
}

#[tokio::test]
async fn a_token_counts_and_the_cookie_beside_it_does_not() {
    let (api, tenant) = house().await;
    let (cookie, _) = enter(&api, None).await;
    let both = |token: &str| api.get("/api/v1/me").header("cookie", &cookie).token(token).go();
    assert!(both(&tenant.token).await.expect(200).json()["actor"].as_str().unwrap().starts_with("token:"));
    // A token that is not good is not made good by the cookie.
    assert_eq!(both("tnt_x_y").await.refused(401), "unauthenticated");
    assert_eq!(both("eyJ.eyJ.").await.refused(401), "unauthenticated");
    // With the token no origin is asked for, and the cookie lends it nothing.
    let write = api.post("/api/v1/suppliers").header("cookie", &cookie).token(&tenant.token);
    write.json(&json!({ "code": "S1", "name": "Exotic Liquids" })).go().await.expect(201);
    let sales = api.token(tenant.id, "training").await;
    let write = api.post("/api/v1/suppliers").header("cookie", &cookie).header(OURS.0, OURS.1).token(&sales);
    assert_eq!(write.json(&json!({ "code": "S2", "name": "x" })).go().await.refused(403), "forbidden");
}

#[tokio::test]
async fn a_cookie_that_is_bent_borrowed_or_doubled_opens_nothing() {
    let (api, _) = house().await;
    let other = api.tenant("elsewhere").await;
    let (cookie, _) = enter(&api, None).await;
    let short = |token: &str| token.split('_').nth(1).unwrap().to_owned();
    let (name, secret) = cookie.split_once('=').unwrap();
    let parts: Vec<&str> = secret.splitn(3, '_').collect();
    for bad in [
        format!("{name}={}x", secret),
        format!("{name}={}_{}_{}", parts[0], short(&other.token), parts[2]),
        format!("{name}=tnps_{}_{}", parts[1], parts[2]),
        format!("{name}=tnr_{}_{}", parts[1], parts[2]),
        format!("{cookie}; {cookie}"),
        format!("__Host-tenantry={secret}"),
        format!("{name}="),
    ] {
        assert_eq!(
            api.get("/api/v1/me").header("cookie", &bad).go().await.refused(401),
            "unauthenticated",
            "{bad}"
        );
    }
    api.get("/api/v1/me").header("cookie", &format!("theme=dark; {cookie}")).go().await.expect(200);
}

#[tokio::test]
async fn a_cookie_that_is_used_goes_on_and_one_that_is_not_ends() {
    let (api, _) = house().await;
    let ((used, _), (idle, _)) = (enter(&api, None).await, enter(&api, None).await);
    for _ in 0..2 {
        api.later(6 * 24 * 60);
        api.get("/api/v1/me").header("cookie", &used).go().await.expect(200);
    }
    assert_eq!(api.get("/api/v1/me").header("cookie", &idle).go().await.refused(401), "unauthenticated");
}
