//! Filters through the API: every operator over the record, a link and a custom field; what is too broad; methods and kinds of
//! content that are not taken.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Api, Tenant};

async fn filled() -> (Api, Tenant) {
    let (api, tenant) = Api::with_tenant().await;
    let post = async |path: &str, body: Value| {
        let made =
            api.post(&format!("/api/v1/{path}")).token(&tenant.token).json(&body).go().await.expect(201);
        made.json()["id"].clone()
    };
    post(
        "custom_fields",
        json!({ "entity": "customers", "key": "region", "label": "Region", "type": "text" }),
    )
    .await;
    let north =
        post("delivery_routes", json!({ "code": "N", "name": "North side", "weekday": "monday" })).await;
    let south = post("delivery_routes", json!({ "code": "S", "name": "South side" })).await;
    for (code, limit, route, region) in [
        ("C1", json!("100"), json!(north), "north"),
        ("C2", json!("250.50"), json!(south), "south"),
        ("C3", Value::Null, Value::Null, ""),
    ] {
        let mut body =
            json!({ "code": code, "name": code, "credit_limit": limit, "delivery_route_id": route });
        if !region.is_empty() {
            body["attributes"] = json!({ "region": region });
        }
        post("customers", body).await;
    }
    (api, tenant)
}

async fn codes(api: &Api, tenant: &Tenant, query: &str) -> String {
    let query = query.replace('%', "%25").replace(' ', "%20").replace('[', "%5B").replace(']', "%5D");
    let path = format!("/api/v1/customers?sort=code&fields=code&{query}");
    let list = api.get(&path).token(&tenant.token).go().await.expect(200).json();
    let codes: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    codes.join(" ")
}

#[tokio::test]
async fn every_operator_works_on_the_record_over_a_link_and_on_a_custom_field() {
    let (api, tenant) = filled().await;
    for (query, expected) in [
        ("filter[code]=C1", "C1"),
        ("filter[code][ne]=C1", "C2 C3"),
        ("filter[code][lt]=C2", "C1"),
        ("filter[code][lte]=C2", "C1 C2"),
        ("filter[credit_limit][gt]=100", "C2"),
        ("filter[credit_limit][gte]=100", "C1 C2"),
        ("filter[code][in]=C1,C3", "C1 C3"),
        ("filter[code][like]=C%", "C1 C2 C3"),
        ("filter[name][contains]=c3", "C3"),
        ("filter[credit_limit][is_null]=true", "C3"),
        ("filter[credit_limit][is_null]=false", "C1 C2"),
        ("filter[credit_limit][between]=100,250.50", "C1 C2"),
        ("filter[code][gte]=C2&filter[credit_limit][lt]=300", "C2"),
        ("filter[delivery_route.name]=North side", "C1"),
        ("filter[delivery_route.name][ne]=North side", "C2"),
        ("filter[delivery_route.code][lt]=S", "C1"),
        ("filter[delivery_route.code][lte]=S", "C1 C2"),
        ("filter[delivery_route.code][gt]=N", "C2"),
        ("filter[delivery_route.code][gte]=N", "C1 C2"),
        ("filter[delivery_route.code][in]=N,X", "C1"),
        ("filter[delivery_route.name][like]=%side", "C1 C2"),
        ("filter[delivery_route.name][contains]=SOUTH", "C2"),
        ("filter[delivery_route.weekday][is_null]=true", "C2"),
        ("filter[delivery_route.code][between]=M,O", "C1"),
        ("filter[attributes.region]=north", "C1"),
        ("filter[attributes.region][ne]=north", "C2 C3"),
        ("filter[attributes.region][in]=north,south", "C1 C2"),
        ("filter[attributes.region][like]=s%", "C2"),
        ("filter[attributes.region][contains]=OUT", "C2"),
        ("filter[attributes.region][is_null]=true", "C3"),
        ("filter[attributes.region][between]=m,o", "C1"),
        ("filter[attributes.region][gt]=north", "C2"),
    ] {
        assert_eq!(codes(&api, &tenant, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn unknown_names_are_answered_with_the_nearest() {
    let (api, tenant) = filled().await;
    for (query, meant) in [
        ("filter[cod]=x", "code"),
        ("filter[code][eqq]=x", "eq"),
        ("filter[delivery_rout.name]=x", "delivery_route"),
        ("filter[delivery_route.nam]=x", "name"),
        ("filter[attributes.regio]=x", "attributes.region"),
        ("sort=cod", "code"),
        ("fields=cod", "code"),
        ("expand=ownr", "owner"),
        ("limt=5", "limit"),
    ] {
        let answer = api.get(&format!("/api/v1/customers?{query}")).token(&tenant.token).go().await;
        assert_eq!(answer.refused(400), "unknown_field", "{query}");
        let told = answer.json()["hint"].as_str().unwrap().to_owned();
        assert!(told.contains(&format!("`{meant}`")), "{query}: {told}");
    }
    for empty in ["fields=", "expand=", "sort=code,", "fields=code,,name", "sort=-"] {
        let answer = api.get(&format!("/api/v1/customers?{empty}")).token(&tenant.token).go().await;
        assert!(matches!(answer.refused(400).as_str(), "bad_request" | "unknown_field"), "{empty}");
    }
}

#[tokio::test]
async fn a_filter_that_no_index_answers_in_time_says_by_what_to_narrow_it() {
    let (api, tenant) = filled().await;
    let broad = "/api/v1/customers?filter%5Bnotes%5D%5Bcontains%5D=x";
    api.get(broad).token(&tenant.token).go().await.expect(200);
    // A lock stands in for a table too large to look through in time.
    let admin = api.test.admin.clone();
    let lock = "begin; lock table customers in access exclusive mode; select pg_sleep(4); commit".to_owned();
    let blocker = tokio::spawn(async move { store::testing::execute(&admin, &[lock]).await });
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let answer = api.get(broad).token(&tenant.token).go().await;
    assert_eq!(answer.refused(422), "too_slow");
    let hint = answer.json()["hint"].as_str().unwrap().to_owned();
    assert!(hint.starts_with("Narrow it by ") && hint.contains("status"), "{hint}");
    blocker.await.unwrap().unwrap();
    api.get(broad).token(&tenant.token).go().await.expect(200);
}

#[tokio::test]
async fn methods_and_contents_that_are_not_taken_say_so() {
    let (api, tenant) = filled().await;
    let ask = |method: Method, path: &str| api.ask(method, path).token(&tenant.token);
    let head = ask(Method::HEAD, "/api/v1/customers").go().await.expect(200);
    assert!(head.body.is_empty());
    for method in [Method::PUT, Method::DELETE, Method::OPTIONS, Method::TRACE] {
        let answer = ask(method.clone(), "/api/v1/customers").go().await;
        assert_eq!(answer.refused(405), "method_not_allowed", "{method}");
        assert_eq!(answer.header("allow"), "GET,HEAD,POST", "{method}");
    }
    let text = ask(Method::POST, "/api/v1/customers").header("content-type", "text/plain").body("x");
    assert_eq!(text.go().await.refused(415), "unsupported_media");
    let form = ask(Method::POST, "/api/v1/imports").json(&json!({}));
    assert_eq!(form.go().await.refused(415), "unsupported_media");
    let large = ask(Method::POST, "/api/v1/customers").header("content-type", "application/json");
    assert_eq!(large.body(vec![b' '; (1 << 20) + 1]).go().await.refused(413), "too_large");
    let many: Vec<Value> = (0..1_001).map(|n| json!({ "code": format!("M{n}"), "name": "x" })).collect();
    let bulk = json!({ "action": "create", "records": many });
    assert_eq!(ask(Method::POST, "/api/v1/customers/bulk").json(&bulk).go().await.refused(413), "too_large");
    let list = api.get("/api/v1/customers").token(&tenant.token).go().await.expect(200).json();
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    let write = |tag: &str| {
        ask(Method::PATCH, &format!("/api/v1/customers/{id}"))
            .header("if-match", tag)
            .json(&json!({ "notes": "x" }))
    };
    for foreign in ["\"v9\"", "\"abc\"", "W/\"v1\""] {
        assert_eq!(write(foreign).go().await.refused(412), "changed", "{foreign}");
    }
    assert_eq!(write("v1").go().await.refused(400), "bad_request");
    write("\"v1\"").go().await.expect(200);
}
