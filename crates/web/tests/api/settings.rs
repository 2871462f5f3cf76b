//! Settings and stored secrets of third parties over HTTP.

use model::caller::Caller;
use serde_json::{Value, json};
use uuid::Uuid;
use work::{
    access::{credentials, seal::Keyring},
    settings::{self, Retention, Security},
};

use crate::{
    harness::{Answer, Api, Tenant},
    persons::PASSWORD,
};

async fn patch(api: &Api, tenant: &Tenant, group: &str, body: Value) -> Answer {
    api.patch(&format!("/api/v1/settings/{group}")).token(&tenant.token).json(&body).go().await
}

#[tokio::test]
async fn settings_have_defaults_words_and_bounds_and_are_changed_by_version() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let all = api.get("/api/v1/settings").token(token).go().await.expect(200).json();
    assert_eq!(all["data"].as_array().unwrap().len(), settings::GROUPS.len());
    let first = api.get("/api/v1/settings/retention").token(token).go().await.expect(200);
    assert_eq!((first.header("etag"), &first.json()["values"]["files"]), ("\"v0\"", &json!(90)));
    let field = first.json()["fields"][0].clone();
    assert_eq!((&field["default"], &field["schema"]["maximum"]), (&json!(90), &json!(3650)));
    assert_ne!(field["help"]["en"], field["help"]["th"]);

    let change = |version: &str, days: Value| {
        let ask = api.patch("/api/v1/settings/retention").token(token).header("if-match", version);
        ask.json(&json!({ "files": days }))
    };
    let changed = change("\"v0\"", json!(30)).go().await.expect(200);
    assert_eq!((changed.header("etag"), &changed.json()["values"]["files"]), ("\"v1\"", &json!(30)));
    assert_eq!(changed.json()["stated"], json!(["files"]));
    let late = change("\"v0\"", json!(60)).go().await;
    assert_eq!(late.refused(412), "changed");
    assert_eq!(late.json()["facts"]["fields"]["files"], json!({ "theirs": 30, "mine": 60 }));
    let mut tx = api.db.begin(&Caller::system(tenant.id, Uuid::nil())).await.unwrap();
    let read: Retention = settings::of(&mut tx).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!((read.files, read.exports), (30, 7));
    let back = change("\"v1\"", Value::Null).go().await.expect(200).json();
    assert_eq!((&back["values"]["files"], &back["stated"]), (&json!(90), &json!([])));

    let trail = "/api/v1/audit_logs?filter[entity]=tenant_settings&sort=-at";
    let trail = api.get(trail).token(token).go().await.expect(200).json();
    assert_eq!(trail["data"][0]["old_values"]["document"], json!({ "files": 30 }));
}

#[tokio::test]
async fn what_is_wrong_with_settings_is_told_at_once() {
    let (api, tenant) = Api::with_tenant().await;
    let bad = json!({ "files": 0, "exports": 4_000, "audti": 3 });
    let refused = patch(&api, &tenant, "retention", bad).await;
    assert_eq!(refused.refused(422), "invalid");
    let errors = refused.json()["errors"].clone();
    let told: Vec<&str> = errors.as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(told, ["files", "exports", "audti"]);
    assert_eq!(errors[2]["suggestion"], "audit");
    patch(&api, &tenant, "branding", json!({ "hue": 155 })).await.expect(200);
    assert_eq!(patch(&api, &tenant, "nothing", json!({})).await.refused(404), "not_found");
    let rep = api.token(tenant.id, "sales_rep").await;
    let ask = api.patch("/api/v1/settings/branding").token(&rep).json(&json!({ "hue": 200 }));
    assert_eq!(ask.go().await.refused(403), "forbidden");
    assert_eq!(api.get("/api/v1/settings").token(&rep).go().await.refused(403), "forbidden");
}

#[tokio::test]
async fn a_list_of_addresses_keeps_others_out_and_nobody_locks_themselves_out() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let (office, home) = ("203.0.113.7", "198.51.100.9");
    let set = |list: Value, from: &str| {
        let ask = api.patch("/api/v1/settings/security").token(token).from(from);
        ask.json(&json!({ "ip_allow": list }))
    };
    let wrong = set(json!(["203.0.113.0/24", "office"]), office).go().await;
    assert_eq!(wrong.refused(422), "invalid");
    let alone = set(json!(["203.0.113.0/24"]), home).go().await;
    assert_eq!(alone.json()["errors"][0]["field"], "ip_allow");
    set(json!(["203.0.113.0/24"]), office).go().await.expect(200);

    let me = async |from: &str| api.get("/api/v1/me").token(token).from(from).go().await;
    me(office).await.expect(200);
    for _ in 0..3 {
        assert_eq!(me(home).await.refused(403), "address_not_allowed");
    }
    let trail = "/api/v1/audit_logs?filter[action]=refused&sort=-at";
    let trail = api.get(trail).token(token).from(office).go().await.expect(200).json();
    assert_eq!(trail["data"][0]["ip"], home);
    assert_eq!(trail["data"][0]["new_values"]["code"], "address_not_allowed");
    assert!(trail["data"].as_array().unwrap().len() <= 2);
    let elsewhere = api.tenant("elsewhere").await;
    api.get("/api/v1/me").token(&elsewhere.token).from(home).go().await.expect(200);

    set(Value::Null, office).go().await.expect(200);
    me(home).await.expect(200);
    let security: Security = settings::read(&api.db, &Caller::system(tenant.id, Uuid::nil())).await.unwrap();
    assert_eq!(security.ip_allow, Vec::<String>::new());
}

#[tokio::test]
async fn secrets_of_third_parties_are_sealed_and_never_answered() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let post =
        |path: &str, body: Value| api.post(&format!("/api/v1/credentials{path}")).token(token).json(&body);
    let new =
        json!({ "kind": "smtp", "name": "Relay", "account": "relay@example.com", "secret": "tidal lantern" });
    let made = post("/create", new.clone()).go().await.expect(200);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(post("/create", new).go().await.refused(422), "invalid");
    assert_eq!(
        post("/create", json!({ "kind": "fax" })).go().await.json()["errors"].as_array().unwrap().len(),
        3
    );

    let keys = Keyring::clone(&api.services.keys);
    let open = async || {
        let mut tx = api.db.begin(&Caller::system(tenant.id, Uuid::nil())).await.unwrap();
        let opened = credentials::open(&mut tx, &keys, "smtp", "Relay").await.unwrap();
        tx.rollback().await.unwrap();
        opened.map(|opened| (opened.account, opened.secret))
    };
    let secret = |text: &str| Some((Some("relay@example.com".to_owned()), text.to_owned()));
    assert_eq!(open().await, secret("tidal lantern"));
    let body = json!({ "account": "relay@example.com", "secret": "quiet harbor" });
    post(&format!("/{id}/rotate"), body).go().await.expect(200);
    assert_eq!(open().await, secret("quiet harbor"));
    post(&format!("/{id}/archive"), json!({})).go().await.expect(200);
    assert_eq!(open().await, None);

    for path in [
        format!("credentials/{id}"),
        "credentials?archived=with".into(),
        "audit_logs?limit=200".into(),
        "webhook_events".into(),
    ] {
        let told = api.get(&format!("/api/v1/{path}")).token(token).go().await.expect(200);
        let told = String::from_utf8_lossy(&told.body).into_owned();
        for hidden in ["tidal", "harbor ", "quiet", "sealed", "relay@example.com"] {
            assert!(!told.contains(hidden), "{hidden} in {path}");
        }
    }
    let rep = api.token(tenant.id, "sales_manager").await;
    let ask = api.post("/api/v1/credentials/create").token(&rep);
    assert_eq!(
        ask.json(&json!({ "kind": "s3", "name": "x", "secret": "y" })).go().await.refused(403),
        "forbidden"
    );
}

#[tokio::test]
async fn people_sign_in_as_the_security_settings_say() {
    let (api, tenant) = Api::with_tenant().await;
    let (office, home) = ("203.0.113.7", "198.51.100.9");
    let before = api.sign_in(tenant.id, "sales_rep").await;
    let set = json!({ "password_min_length": 30, "session_idle_hours": 1, "ip_allow": ["203.0.113.0/24"] });
    let ask = api.patch("/api/v1/settings/security").token(&tenant.token).from(office);
    ask.json(&set).go().await.expect(200);

    let login = async |password: &str, from: &str| {
        let body = json!({ "tenant": "harborview", "email": before.email, "password": password });
        api.post("/api/v1/auth/login").from(from).json(&body).go().await
    };
    assert_eq!(login(PASSWORD, home).await.refused(403), "address_not_allowed");
    assert_eq!(login("another lantern 85", home).await.refused(401), "sign_in_refused");
    let token = login(PASSWORD, office).await.expect(200).json()["access_token"].as_str().unwrap().to_owned();
    let ask = |path: &str, from: &str| api.get(path).token(&token).from(from);
    assert_eq!(ask("/api/v1/me", home).go().await.refused(403), "address_not_allowed");
    let sessions = ask("/api/v1/auth/sessions", office).go().await.expect(200).json();
    let lasts = |session: &Value| {
        let time = |name: &str| session[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        time("expires_at").duration_since(time("created_at")).as_hours()
    };
    let mut hours: Vec<i64> = sessions["data"].as_array().unwrap().iter().map(lasts).collect();
    hours.sort_unstable();
    assert_eq!(hours, [1, 168]);

    let change = async |new: &str| {
        let body = json!({ "old_password": PASSWORD, "new_password": new });
        api.post("/api/v1/auth/password").token(&token).from(office).json(&body).go().await
    };
    assert_eq!(change("another lantern 85").await.refused(422), "invalid");
    change("another lantern 85 by the quiet harbor").await.expect(200);
}

#[tokio::test]
async fn what_the_company_switches_off_its_customers_do_not_find() {
    let (api, tenant) = Api::with_tenant().await;
    let person = api.portal_sign_in(tenant.id, "portal_admin").await;
    let see = async |path: &str| api.get(&format!("/api/v1/portal/{path}")).token(&person.token).go().await;
    let order = async || api.post("/api/v1/portal/carts").token(&person.token).json(&json!({})).go().await;
    see("invoices").await.expect(200);
    order().await.expect(201);

    patch(&api, &tenant, "portal", json!({ "ordering": false })).await.expect(200);
    assert_eq!(order().await.refused(403), "forbidden");
    for path in ["carts", "orders", "invoices", "payments"] {
        see(path).await.expect(200);
    }
    patch(&api, &tenant, "portal", json!({ "ordering": null, "documents": false })).await.expect(200);
    order().await.expect(201);
    for path in ["invoices", "invoice_lines", "payments", "payment_allocations"] {
        assert_eq!(see(path).await.refused(403), "forbidden", "{path}");
    }
    see("orders").await.expect(200);
    // The company's own people go on as before.
    api.get("/api/v1/invoices").token(&tenant.token).go().await.expect(200);
}
