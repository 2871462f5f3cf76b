//! `Idempotency-Key`: done once, however often it is sent, and whatever happens in between.

use std::time::Duration;

use axum::{body::Body, http::Request};
use futures_util::future::join_all;
use model::caller::{Actor, Caller};
use serde_json::{Value, json};
use store::{db::DbSettings, engine, testing::TestDb};
use tower::ServiceExt;
use work::once::{KEPT_FOR, Kept, Once};

use crate::harness::{Answer, Api, Tenant};

const ROUTES: &str = "/api/v1/delivery_routes";

async fn make(api: &Api, token: &str, key: &str, body: &Value) -> Answer {
    api.post(ROUTES).token(token).header("idempotency-key", key).json(body).go().await
}

async fn count(api: &Api, token: &str) -> Value {
    let list = api.get(&format!("{ROUTES}?count=exact")).token(token).go().await.expect(200);
    list.json()["page"]["count"].clone()
}

fn replayed(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == "true"
}

#[tokio::test]
async fn the_same_key_and_body_give_the_same_answer_and_one_record() {
    let (api, tenant) = Api::with_tenant().await;
    let body = json!({ "code": "N1", "name": "North" });
    let first = make(&api, &tenant.token, "one", &body).await.expect(201);
    assert!(!replayed(&first));
    let again = make(&api, &tenant.token, "one", &body).await.expect(201);
    assert!(replayed(&again));
    assert_eq!(first.body, again.body);
    for name in ["location", "etag", "content-type"] {
        assert!(!first.header(name).is_empty());
        assert_eq!(first.header(name), again.header(name));
    }
    // Without the key, and under another one, the second is refused for its code.
    assert_eq!(make(&api, &tenant.token, "two", &body).await.refused(409), "duplicate");
    assert_eq!(count(&api, &tenant.token).await, 1);
}

#[tokio::test]
async fn another_body_under_the_key_is_refused() {
    let (api, tenant) = Api::with_tenant().await;
    make(&api, &tenant.token, "one", &json!({ "code": "N1", "name": "North" })).await.expect(201);
    let other = make(&api, &tenant.token, "one", &json!({ "code": "S1", "name": "South" })).await;
    assert_eq!(other.refused(422), "idempotency_key_reused");
    assert_eq!(count(&api, &tenant.token).await, 1);
    // At another address the key is another one.
    let bulk = json!({ "action": "create", "records": [{ "code": "S1", "name": "South" }] });
    let bulk =
        api.post(&format!("{ROUTES}/bulk")).token(&tenant.token).header("idempotency-key", "one").json(&bulk);
    assert!(!replayed(&bulk.go().await.expect(200)));
}

#[tokio::test]
async fn what_failed_is_not_kept() {
    let (api, tenant) = Api::with_tenant().await;
    let (bad, good) = (json!({ "code": "N1" }), json!({ "code": "N1", "name": "North" }));
    assert_eq!(make(&api, &tenant.token, "one", &bad).await.refused(422), "invalid");
    assert!(!replayed(&make(&api, &tenant.token, "one", &good).await.expect(201)));
}

#[tokio::test]
async fn what_is_refused_is_rolled_back_before_its_answer() {
    let test = TestDb::new().await.unwrap();
    let settings = DbSettings::new(test.app.clone(), test.operator.clone());
    let api = Api::over(test, &DbSettings { connections: 1, ..settings });
    let tenant = api.tenant("harborview").await;
    let connection = async || {
        let asked = store::sql::Query::free("select pg_backend_pid()", vec![]);
        let rows =
            api.db.flight(&Caller::system(tenant.id, uuid::Uuid::nil())).add(asked).go().await.unwrap();
        rows[0][0].get::<_, i32>(0)
    };
    let route = json!({ "code": "N1", "name": "North" });
    make(&api, &tenant.token, "first", &route).await.expect(201);
    // No stock keeping unit has this id.
    let adjust = json!({ "sku_id": tenant.id, "quantity": "5", "reason": "Stocktake" });
    for (path, body) in [(ROUTES, route), ("/api/v1/inventory/adjust", adjust)] {
        let before = connection().await;
        let asking = api.post(path).token(&tenant.token).header("idempotency-key", "one").json(&body);
        assert!(asking.go().await.status.is_client_error(), "{path}");
        // A connection that is closed in the middle holds the key until the server notices.
        assert_eq!(connection().await, before, "{path}");
    }
}

#[tokio::test]
async fn a_key_is_one_text_that_can_be_read() {
    let (api, tenant) = Api::with_tenant().await;
    let body = json!({ "code": "N1", "name": "North" });
    for key in ["", "  ", &"x".repeat(256)] {
        let answer = make(&api, &tenant.token, key, &body).await;
        assert_eq!(answer.refused(400), "bad_request");
        assert_eq!(answer.json()["errors"][0]["field"], "idempotency-key");
    }
    let twice =
        api.post(ROUTES).token(&tenant.token).header("idempotency-key", "a").header("idempotency-key", "b");
    assert_eq!(twice.json(&body).go().await.refused(400), "bad_request");
    make(&api, &tenant.token, &"x".repeat(255), &body).await.expect(201);
}

#[tokio::test]
async fn keys_are_the_tenants_and_the_callers_own() {
    let (api, tenant) = Api::with_tenant().await;
    let (other, colleague) = (api.tenant("elsewhere").await, api.token(tenant.id, "admin").await);
    let body = json!({ "code": "N1", "name": "North" });
    let ours = make(&api, &tenant.token, "one", &body).await.expect(201);
    let theirs = make(&api, &other.token, "one", &body).await.expect(201);
    assert!(!replayed(&theirs));
    assert_ne!(ours.json()["id"], theirs.json()["id"]);
    assert_eq!(make(&api, &colleague, "one", &body).await.refused(409), "duplicate");
    // Nor does the body of one tell another caller anything.
    let unlike = json!({ "code": "S1", "name": "South" });
    assert!(!replayed(&make(&api, &colleague, "one", &unlike).await.expect(201)));
}

#[tokio::test]
async fn who_has_lost_the_permission_is_not_given_the_answer() {
    let (api, tenant) = Api::with_tenant().await;
    let token = api.token(tenant.id, "operations").await;
    let body = json!({ "code": "N1", "name": "North" });
    make(&api, &token, "one", &body).await.expect(201);
    let mut tx = api.db.begin(&Caller::system(tenant.id, uuid::Uuid::nil())).await.unwrap();
    let revoke = store::sql::Query::free(
        "delete from role_permissions where tenant_id = $1 and permission_code = 'delivery_routes.create'",
        vec![tenant.id.into()],
    );
    tx.run(&revoke).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(make(&api, &token, "one", &body).await.refused(403), "forbidden");
}

#[tokio::test]
async fn many_at_once_have_one_effect() {
    let (api, tenant) = Api::with_tenant().await;
    // No key of the record's own would refuse a second one.
    let path = "/api/v1/tasks";
    let body = json!({ "title": "Call Anong" });
    for round in 0..5 {
        let key = format!("round {round}");
        let send = || api.post(path).token(&tenant.token).header("idempotency-key", &key).json(&body).go();
        let answers = join_all((0..12).map(|_| send())).await;
        let (done, held): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert!(held.iter().all(|answer| answer.refused(409) == "idempotency_key_busy"));
        assert_eq!(done.iter().filter(|answer| !replayed(answer)).count(), 1);
        assert!(done.iter().all(|answer| answer.body == done[0].body));
        assert!(replayed(&send().await.expect(201)));
        let list = api.get(&format!("{path}?count=exact")).token(&tenant.token).go().await.expect(200);
        assert_eq!(list.json()["page"]["count"], round + 1);
    }
}

#[tokio::test]
async fn a_key_is_busy_while_its_effect_is_under_way_and_free_after_a_crash() {
    let (api, tenant) = Api::with_tenant().await;
    let (caller, once) = (caller(&api, &tenant).await, once("POST /api/v1/delivery_routes", "one"));
    let mut tx = api.db.begin(&caller).await.unwrap();
    assert_eq!(once.before(&mut tx).await.unwrap(), None);
    let entity = model::registry::entity("delivery_routes").unwrap();
    let document = json!({ "code": "N1", "name": "North" });
    engine::create(&mut tx, entity, document.as_object().cloned().unwrap()).await.unwrap();
    once.keep(&mut tx, &Kept { status: 201, headers: vec![], body: Some(b"{}".into()) }).await.unwrap();

    let sent = api.post(ROUTES).token(&tenant.token).header("idempotency-key", "one");
    assert_eq!(sent.json(&document).go().await.refused(409), "idempotency_key_busy");
    // The process dies after the effect and before the commit: neither the record nor the answer is there.
    drop(tx);
    let answer = loop {
        let sent = api.post(ROUTES).token(&tenant.token).header("idempotency-key", "one");
        let answer = sent.json(&document).go().await;
        // The server takes a moment to notice.
        if answer.status != 409 {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(!replayed(&answer.expect(201)));
    assert_eq!(count(&api, &tenant.token).await, 1);
}

#[tokio::test]
async fn a_caller_who_leaves_at_any_moment_and_comes_again_has_it_done_once() {
    let (api, tenant) = Api::with_tenant().await;
    let body = json!({ "title": "Call Anong" }).to_string();
    let request = |key: &str| {
        Request::post("/api/v1/tasks")
            .header("authorization", format!("Bearer {}", tenant.token))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.clone()))
            .unwrap()
    };
    for round in 0..40_u64 {
        let key = format!("round {round}");
        let limit = Duration::from_micros(round * 400);
        let _ = tokio::time::timeout(limit, api.router().oneshot(request(&key))).await;
        loop {
            let answer = api.router().oneshot(request(&key)).await.unwrap();
            match answer.status().as_u16() {
                201 => break,
                409 => tokio::time::sleep(Duration::from_millis(5)).await,
                other => panic!("{other}"),
            }
        }
        let list = api.get("/api/v1/tasks?count=exact").token(&tenant.token).go().await.expect(200);
        assert_eq!(list.json()["page"]["count"], round + 1);
    }
}

#[tokio::test]
async fn an_answer_is_forgotten_after_a_day() {
    let (api, tenant) = Api::with_tenant().await;
    let (caller, once) = (caller(&api, &tenant).await, once("POST /somewhere", "one"));
    let kept = Kept { status: 200, headers: vec![], body: Some(b"{}".into()) };
    once.answered(&api.db, &caller, &kept).await.unwrap();
    assert_eq!(once.look(&api.db, &caller).await.unwrap(), Some(kept.clone()));
    let mut tx = api.db.begin(&caller).await.unwrap();
    let age = store::sql::Query::free(
        "update idempotency_keys set expires_at = expires_at - $2::bigint * interval '1 second' where tenant_id = $1",
        vec![tenant.id.into(), KEPT_FOR.as_secs().into()],
    );
    tx.run(&age).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(once.look(&api.db, &caller).await.unwrap(), None);
    once.answered(&api.db, &caller, &kept).await.unwrap();
    assert_eq!(once.look(&api.db, &caller).await.unwrap(), Some(kept));
}

#[tokio::test]
async fn an_operation_is_done_once() {
    let (api, tenant) = Api::with_tenant().await;
    let post = |path: &str| api.post(path).token(&tenant.token);
    let make = async |path: &str, body: Value| {
        let made = post(path).json(&body).go().await.expect(201);
        made.json()["id"].as_str().unwrap().to_owned()
    };
    let product = make("/api/v1/products", json!({ "code": "P1", "name": "Red" })).await;
    let sku = make(
        "/api/v1/skus",
        json!({ "product_id": product, "code": "P1-750", "name": "Red 750", "unit": "bottle" }),
    )
    .await;
    let warehouse = make("/api/v1/warehouses", json!({ "code": "W1", "name": "Main" })).await;
    make("/api/v1/warehouse_locations", json!({ "warehouse_id": warehouse, "code": "A", "kind": "storage" }))
        .await;
    let adjust = json!({ "sku_id": sku, "quantity": "5", "reason": "Stocktake" });
    let send = || post("/api/v1/inventory/adjust").header("idempotency-key", "one").json(&adjust).go();
    let first = send().await.expect(200);
    let again = send().await.expect(200);
    assert!(!replayed(&first) && replayed(&again));
    assert_eq!(first.told(), again.told());
    let stock = api.get("/api/v1/inventory").token(&tenant.token).go().await.expect(200).json();
    assert_eq!(stock["data"][0]["on_hand"].as_str().unwrap().parse::<f64>().unwrap(), 5.0);
}

#[tokio::test]
async fn a_secret_is_answered_anew_and_kept_nowhere() {
    let (api, tenant) = Api::with_tenant().await;
    let source = json!({ "code": "form", "name": "Form", "kind": "n8n" });
    let made = api.post("/api/v1/webhook_sources").token(&tenant.token).json(&source).go().await.expect(201);
    let place = format!("{}/rotate", crate::harness::location(&made));
    let rotate =
        || api.post(&place).token(&tenant.token).header("idempotency-key", "one").json(&json!({})).go();
    let (first, second) = (rotate().await.expect(200), rotate().await.expect(200));
    assert!(!replayed(&second));
    assert_ne!(first.json()["secret"], second.json()["secret"]);
}

#[tokio::test]
async fn an_upload_is_received_once_whatever_the_boundary_of_its_form() {
    let (api, tenant) = Api::with_tenant().await;
    let form = |edge: &str, name: &str| {
        format!(
            "--{edge}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"suppliers.csv\"\r\n\r\n\
             Supplier code,Supplier name\r\nS1,{name}\r\n\r\n--{edge}--\r\n"
        )
    };
    let send = |edge: &str, name: &str| {
        let asking = api.post("/api/v1/imports").token(&tenant.token).header("idempotency-key", "one");
        asking
            .header("content-type", &format!("multipart/form-data; boundary={edge}"))
            .body(form(edge, name))
            .go()
    };
    let first = send("one", "Exotic Liquids").await.expect(201);
    let again = send("two", "Exotic Liquids").await.expect(201);
    assert!(replayed(&again));
    assert_eq!((first.told(), first.header("location")), (again.told(), again.header("location")));
    assert_eq!(send("two", "Somebody else").await.refused(422), "idempotency_key_reused");
    let sets = api.get("/api/v1/imports?count=exact").token(&tenant.token).go().await.expect(200);
    assert_eq!(sets.json()["page"]["count"], 1);
    assert_eq!(api.uploads(), 0);
}

#[tokio::test]
async fn a_step_whose_answer_was_never_told_tells_how_the_import_stands() {
    let (api, tenant) = Api::with_tenant().await;
    let form = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"suppliers.csv\"\r\n\r\n\
        Supplier code,Supplier name\r\nS1,Exotic Liquids\r\n\r\n--edge--\r\n";
    let upload = api.post("/api/v1/imports").token(&tenant.token);
    let upload = upload.header("content-type", "multipart/form-data; boundary=edge").body(form);
    let place = crate::harness::location(&upload.go().await.expect(201));
    let validate =
        || api.post(&format!("{place}/validate")).token(&tenant.token).header("idempotency-key", "v").go();
    let first = validate().await.expect(200);
    // As a process leaves it that died between the two.
    let mut tx = api.db.begin(&Caller::system(tenant.id, uuid::Uuid::nil())).await.unwrap();
    let lost = "update idempotency_keys set response_body = null, response_status = 202, response_headers = $2, \
        state = 'running' where tenant_id = $1";
    let args = vec![tenant.id.into(), json!({ "location": place }).into()];
    tx.run(&store::sql::Query::free(lost, args)).await.unwrap();
    tx.commit().await.unwrap();
    let again = validate().await.expect(202);
    assert!(replayed(&again));
    assert_eq!(again.json()["status"], first.json()["status"]);
    let jobs =
        api.get("/api/v1/jobs?filter[type]=imports.validate&count=exact").token(&tenant.token).go().await;
    assert_eq!(jobs.expect(200).json()["page"]["count"], 1);
}

fn once(address: &str, key: &str) -> Once {
    Once { address: address.to_owned(), key: key.to_owned(), body: [0; 32] }
}

/// The tenant's token as the program knows it.
async fn caller(api: &Api, tenant: &Tenant) -> Caller {
    let me = api.get("/api/v1/me").token(&tenant.token).go().await.expect(200).json();
    let id = me["actor"].as_str().unwrap().strip_prefix("token:").unwrap().parse().unwrap();
    let scope = model::caller::Scope::Staff;
    Caller { actor: Actor::Token(id), scope, ..Caller::system(tenant.id, uuid::Uuid::nil()) }
}
