//! The audit trail over HTTP: from where, refusals, exports, who changed what.

use serde_json::{Value, json};
use web::router;

use crate::harness::{Api, Tenant, app, location};

/// The latest lines about an entity, newest first.
async fn lines(api: &Api, tenant: &Tenant, entity: &str) -> Vec<Value> {
    let path = format!("/api/v1/audit_logs?filter[entity]={entity}&sort=-at&limit=200");
    let list = api.get(&path).token(&tenant.token).go().await.expect(200).json();
    list["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_write_tells_from_where_past_trusted_proxies_alone() {
    let (api, tenant) = Api::with_tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let proxied = router(app(&api.db, folder.path()).behind(&["10.0.0.0/8".parse().unwrap()]));
    let forged = "198.51.100.1, 203.0.113.7";
    for (code, peer, told) in [("S1", "203.0.113.9", "203.0.113.9"), ("S2", "10.0.0.2", "203.0.113.7")] {
        let body = json!({ "code": code, "name": "Exotic Liquids" });
        let ask = api.post("/api/v1/suppliers").token(&tenant.token).from(peer);
        let ask = ask.header("x-forwarded-for", forged).json(&body);
        ask.through(proxied.clone()).await.expect(201);
        let line = lines(&api, &tenant, "suppliers").await.remove(0);
        assert_eq!((&line["new_values"]["code"], &line["ip"]), (&json!(code), &json!(told)));
    }
}

#[tokio::test]
async fn the_trail_is_asked_by_entity_record_person_action_and_time_newest_first() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let mut ids = vec![];
    for code in ["S1", "S2", "S3"] {
        let body = json!({ "code": code, "name": "Exotic Liquids" });
        let made = api.post("/api/v1/suppliers").token(token).json(&body).go().await.expect(201).json();
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let place = format!("/api/v1/suppliers/{}", ids[1]);
    api.patch(&place).token(token).json(&json!({ "city": "Lyon" })).go().await.expect(200);
    let me = api.get("/api/v1/me").token(token).go().await.json()["actor"].as_str().unwrap().to_owned();
    let actor = me.split_once(':').unwrap().1;
    let ask = async |filter: &str| {
        let path = format!("/api/v1/audit_logs?sort=-at&filter[entity]=suppliers&{filter}");
        let list = api.get(&path).token(token).go().await.expect(200).json();
        let told = |line: &Value| {
            format!("{} {}", line["action"].as_str().unwrap(), line["entity_id"].as_str().unwrap())
        };
        (list["data"].as_array().unwrap().iter().map(told).collect::<Vec<_>>(), list["page"]["next"].clone())
    };
    let all = [format!("update {}", ids[1]), format!("create {}", ids[2]), format!("create {}", ids[1])];
    assert_eq!(ask("limit=3").await.0, all);
    let next = ask("limit=2").await.1;
    assert_eq!(ask(&format!("limit=2&after={}", next.as_str().unwrap())).await.0[0], all[2]);
    assert_eq!(ask(&format!("filter[entity_id]={}", ids[1])).await.0, [all[0].clone(), all[2].clone()]);
    assert_eq!(ask("filter[action]=update").await.0, all[..1]);
    assert_eq!(ask(&format!("filter[actor_id]={actor}")).await.0.len(), 4);
    assert_eq!(ask("filter[actor_id]=0190f5c4-7b1e-7c3a-9d52-000000000000").await.0.len(), 0);
    assert_eq!(ask("filter[at][lt]=2026-01-01T00:00:00Z").await.0.len(), 0);
    assert_eq!(ask("filter[at][gte]=2026-01-01T00:00:00Z").await.0.len(), 4);

    let rep = api.token(tenant.id, "sales_manager").await;
    assert_eq!(api.get("/api/v1/audit_logs").token(&rep).go().await.refused(403), "forbidden");
    let line = lines(&api, &tenant, "suppliers").await[0]["id"].as_str().unwrap().to_owned();
    let gone = api.delete(&format!("/api/v1/audit_logs/{line}")).token(token).go().await;
    assert_eq!(gone.refused(405), "method_not_allowed");
}

#[tokio::test]
async fn a_history_tells_who_changed_what_to_those_who_see_the_record() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let body = json!({ "code": "C1", "name": "Harborview", "credit_limit": 1500 });
    let made = api.post("/api/v1/customers").token(token).json(&body).go().await.expect(201).json();
    let place = format!("/api/v1/customers/{}", made["id"].as_str().unwrap());
    let change = json!({ "credit_limit": "99.5", "phone": "02 123 4567" });
    api.patch(&place).token(token).json(&change).go().await.expect(200);
    api.delete(&place).token(token).go().await.expect(200);

    let path = format!("{place}/history");
    let history = api.get(&path).token(token).go().await.expect(200).json();
    let lines = history["data"].as_array().unwrap();
    let actions: Vec<&Value> = lines.iter().map(|line| &line["action"]).collect();
    assert_eq!(actions, ["archive", "update", "create"]);
    assert!(lines[0]["actor"]["name"].as_str().unwrap().starts_with("admin "));
    assert_eq!(lines[0]["actor"]["kind"], "token");
    let credit = json!({ "field": "credit_limit", "old": "1500.00", "new": "99.50" });
    assert!(lines[1]["changes"].as_array().unwrap().contains(&credit), "{}", lines[1]);

    let first = api.get(&format!("{path}?limit=2")).token(token).go().await.expect(200).json();
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    let next = format!("{path}?limit=2&after={}", first["page"]["next"].as_str().unwrap());
    let last = api.get(&next).token(token).go().await.expect(200).json();
    assert_eq!((&last["data"][0]["action"], &last["page"]["next"]), (&json!("create"), &Value::Null));

    let rep = api.token(tenant.id, "sales_rep").await;
    assert_eq!(api.get(&path).token(&rep).go().await.refused(404), "not_found");
    let elsewhere = api.tenant("elsewhere").await;
    assert_eq!(api.get(&path).token(&elsewhere.token).go().await.refused(404), "not_found");
    assert_eq!(api.get(&format!("{path}?limt=2")).token(token).go().await.refused(400), "unknown_field");
}

#[tokio::test]
async fn a_history_knows_what_imports_did_and_undid() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let import = async |rows: &str| {
        let form = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"suppliers.csv\"\r\n\r\n\
             Supplier code,Supplier name,City\r\n{rows}\r\n--edge--\r\n"
        );
        let post = |path: &str| api.post(path).token(token);
        let sent = post("/api/v1/imports").header("content-type", "multipart/form-data; boundary=edge");
        let place = location(&sent.body(form).go().await.expect(201));
        for step in ["validate", "commit"] {
            post(&format!("{place}/{step}")).go().await.expect(200);
        }
        place
    };
    import("S1,Exotic Liquids,London\r\n").await;
    let second = import("S1,Exotic Liquids,Lyon\r\n").await;
    let list = api.get("/api/v1/suppliers?filter[code]=S1").token(token).go().await.expect(200).json();
    let path = format!("/api/v1/suppliers/{}/history", list["data"][0]["id"].as_str().unwrap());
    let told = async || {
        let history = api.get(&path).token(token).go().await.expect(200).json();
        let city = |line: &Value| {
            let changes = line["changes"].as_array().unwrap().iter();
            let city = changes.clone().find(|change| change["field"] == "city").cloned().unwrap();
            assert_eq!((&line["actor"]["kind"], line["batch_id"].is_string()), (&json!("token"), true));
            json!([line["action"], city["old"], city["new"]])
        };
        Value::from(history["data"].as_array().unwrap().iter().map(city).collect::<Vec<_>>())
    };
    let (made, changed) = (json!(["create", null, "London"]), json!(["update", "London", "Lyon"]));
    assert_eq!(told().await, json!([changed, made]));
    api.post(&format!("{second}/undo")).token(token).go().await.expect(200);
    assert_eq!(told().await, json!([["update", "Lyon", "London"], changed, made]));
}
