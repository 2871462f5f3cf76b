//! Records over HTTP: list, get, create, update, archive, restore, versions, children.

use serde_json::{Value, json};

use crate::harness::{Api, Tenant, location};

async fn customer(api: &Api, tenant: &Tenant, code: &str) -> Value {
    let body = json!({ "code": code, "name": format!("Customer {code}"), "kind": "business" });
    api.post("/api/v1/customers").token(&tenant.token).json(&body).go().await.expect(201).json()
}

fn path(record: &Value) -> String {
    format!("/api/v1/customers/{}", record["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_record_is_made_read_changed_archived_and_restored() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let body = json!({ "code": "C1", "name": "Harborview Cellars", "credit_limit": 1500 });
    let made = api.post("/api/v1/customers").token(token).json(&body).go().await.expect(201);
    assert_eq!(made.header("etag"), "\"v1\"");
    assert_eq!(made.json()["credit_limit"], "1500.00");
    let place = location(&made);

    let read = api.get(&place).token(token).go().await.expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.header("content-type"), "application/json");

    let changed =
        api.patch(&place).token(token).json(&json!({ "name": "Harborview" })).go().await.expect(200);
    assert_eq!((changed.header("etag"), &changed.json()["name"]), ("\"v2\"", &json!("Harborview")));
    assert_eq!(changed.json()["credit_limit"], "1500.00");

    let archived = api.delete(&place).token(token).go().await.expect(200);
    assert_ne!(archived.json()["archived_at"], Value::Null);
    let list = api.get("/api/v1/customers?count=exact").token(token).go().await.expect(200).json();
    assert_eq!((&list["data"], &list["page"]["count"]), (&json!([]), &json!(0)));
    let list = api.get("/api/v1/customers?archived=only").token(token).go().await.expect(200).json();
    assert_eq!(list["data"][0]["code"], "C1");

    let restored = api.post(&format!("{place}/restore")).token(token).go().await.expect(200);
    assert_eq!(restored.json()["archived_at"], Value::Null);
}

#[tokio::test]
async fn a_version_that_is_no_longer_current_is_refused_with_theirs_and_mine() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let made = customer(&api, &tenant, "C1").await;
    let write = |version: &str, name: &str| {
        api.patch(&path(&made)).token(token).header("if-match", version).json(&json!({ "name": name }))
    };
    write("\"v1\"", "Theirs").go().await.expect(200);
    let late = write("\"v1\"", "Mine").go().await;
    assert_eq!(late.refused(412), "changed");
    let facts = late.json()["facts"].to_string();
    assert!(facts.contains("Theirs") && facts.contains("Mine"), "{facts}");
    write("\"v2\"", "Mine").go().await.expect(200);
    write("*", "Anyway").go().await.expect(200);
    let late = api.delete(&path(&made)).token(token).header("if-match", "\"v1\"").go().await;
    assert_eq!(late.refused(412), "changed");
}

#[tokio::test]
async fn a_reader_that_holds_the_version_gets_304_but_never_for_linked_records() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let made = customer(&api, &tenant, "C1").await;
    let read = |query: &str, held: &str| {
        api.get(&format!("{}{query}", path(&made))).token(token).header("if-none-match", held)
    };
    let same = read("", "\"v7\", W/\"v1\"").go().await.expect(304);
    assert!(same.body.is_empty() && same.header("etag") == "\"v1\"");
    read("", "\"v2\"").go().await.expect(200);
    read("?expand=owner", "\"v1\"").go().await.expect(200);
}

#[tokio::test]
async fn a_key_that_is_taken_names_the_record() {
    let (api, tenant) = Api::with_tenant().await;
    let made = customer(&api, &tenant, "C1").await;
    let body = json!({ "code": "C1", "name": "Another" });
    let again = api.post("/api/v1/customers").token(&tenant.token).json(&body).go().await;
    assert_eq!(again.refused(409), "duplicate");
    assert_eq!(again.json()["facts"]["id"], made["id"]);
}

#[tokio::test]
async fn a_list_goes_from_page_to_page_and_back() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    for number in 0..5 {
        customer(&api, &tenant, &format!("C{number}")).await;
    }
    let codes = |page: &Value| -> Vec<String> {
        page["data"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap().to_owned()).collect()
    };
    let base = "/api/v1/customers?sort=code&limit=2&fields=code&filter[code][in]=C0,C1,C2,C3,C4";
    let first = api.get(&format!("{base}&count=exact")).token(token).go().await.expect(200).json();
    assert_eq!(codes(&first), ["C0", "C1"]);
    assert_eq!((&first["page"]["prev"], &first["page"]["count"]), (&Value::Null, &json!(5)));
    let after = |page: &Value| format!("{base}&after={}", page["page"]["next"].as_str().unwrap());
    let second = api.get(&after(&first)).token(token).go().await.expect(200).json();
    let third = api.get(&after(&second)).token(token).go().await.expect(200).json();
    assert_eq!((codes(&second), codes(&third)), (vec!["C2".into(), "C3".into()], vec!["C4".into()]));
    assert_eq!(third["page"]["next"], Value::Null);
    let before = format!("{base}&before={}", third["page"]["prev"].as_str().unwrap());
    assert_eq!(codes(&api.get(&before).token(token).go().await.expect(200).json()), ["C2", "C3"]);
    let elsewhere = format!("/api/v1/customers?sort=-code&after={}", first["page"]["next"].as_str().unwrap());
    assert_eq!(api.get(&elsewhere).token(token).go().await.refused(400), "bad_cursor");
}

#[tokio::test]
async fn children_are_those_of_one_record_alone() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let (one, two) = (customer(&api, &tenant, "C1").await, customer(&api, &tenant, "C2").await);
    for (customer, name) in [(&one, "Ann"), (&two, "Bob")] {
        let body = json!({ "customer_id": customer["id"], "name": name });
        api.post("/api/v1/contacts").token(token).json(&body).go().await.expect(201);
    }
    let list =
        api.get(&format!("{}/contacts?fields=name", path(&one))).token(token).go().await.expect(200).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["name"], "Ann");
    let nobody = format!("/api/v1/customers/{}/contacts", tenant.id);
    assert_eq!(api.get(&nobody).token(token).go().await.refused(404), "not_found");
}

#[tokio::test]
async fn linked_records_come_along_and_can_be_filtered_over() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let route = api
        .post("/api/v1/delivery_routes")
        .token(token)
        .json(&json!({ "code": "N", "name": "North" }))
        .go()
        .await;
    let route = route.expect(201).json();
    let body = json!({ "code": "C1", "name": "One", "delivery_route_id": route["id"] });
    api.post("/api/v1/customers").token(token).json(&body).go().await.expect(201);
    customer(&api, &tenant, "C2").await;
    let list = "/api/v1/customers?filter[delivery_route.name]=North&expand=delivery_route";
    let list = api.get(list).token(token).go().await.expect(200).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["delivery_route"]["code"], "N");
}

#[tokio::test]
async fn many_records_are_written_all_or_none_or_each_for_itself() {
    let (api, tenant) = Api::with_tenant().await;
    let routes = |body: Value| api.post("/api/v1/delivery_routes/bulk").token(&tenant.token).json(&body);
    let count = async || {
        let list = api.get("/api/v1/delivery_routes?count=exact").token(&tenant.token).go().await;
        list.expect(200).json()["page"]["count"].clone()
    };
    let (north, south) = (json!({ "code": "N", "name": "North" }), json!({ "code": "S", "name": "South" }));
    let bad = json!({ "code": "E", "nmae": "East" });

    let none = routes(json!({ "action": "create", "records": [north, bad] })).go().await;
    assert_eq!(none.refused(422), "invalid");
    assert_eq!(none.json()["errors"][0]["field"], "records.1.nmae");
    assert_eq!(count().await, json!(0));

    let each = json!({ "action": "create", "atomic": false, "records": [north, bad, south] });
    let each = routes(each).go().await.expect(200).json()["results"].clone();
    let effects: Vec<&Value> = each.as_array().unwrap().iter().map(|result| &result["effect"]).collect();
    assert_eq!(effects, ["created", "failed", "created"]);
    assert_eq!((&each[1]["problem"]["code"], &each[0]["record"]["code"]), (&json!("invalid"), &json!("N")));
    assert_eq!(count().await, json!(2));

    let change = json!([
        { "id": each[0]["record"]["id"], "name": "Far north", "version": 1 },
        { "id": each[2]["record"]["id"], "name": "South" },
    ]);
    let changed = routes(json!({ "action": "update", "records": change })).go().await.expect(200).json();
    assert_eq!(
        (&changed["results"][0]["effect"], &changed["results"][1]["effect"]),
        (&json!("changed"), &json!("unchanged"))
    );
    let gone = json!({ "action": "archive", "records": [{ "id": each[0]["record"]["id"] }] });
    routes(gone).go().await.expect(200);
    assert_eq!(count().await, json!(1));
}

#[tokio::test]
async fn a_call_for_many_records_is_told_what_it_lacks() {
    let (api, tenant) = Api::with_tenant().await;
    let body = json!({ "action": "destroy", "atomc": true, "records": [1] });
    let answer = api.post("/api/v1/delivery_routes/bulk").token(&tenant.token).json(&body).go().await;
    assert_eq!(answer.refused(422), "invalid");
    let errors = answer.json()["errors"].clone();
    let told: Vec<&str> = errors.as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(told, ["action", "atomc", "records"]);
    let many = json!({ "action": "archive", "records": vec![json!({ "id": tenant.id }); 1_001] });
    let answer = api.post("/api/v1/delivery_routes/bulk").token(&tenant.token).json(&many).go().await;
    assert_eq!(answer.refused(413), "too_large");
}
