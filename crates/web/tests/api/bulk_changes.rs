//! The same done to every record of a list: asked for, done by a worker, taken back.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    forms::{get, post, text},
    harness::{Answer, Api, Tenant},
};

/// As many customers as make three pages of the job, every tenth of them in Bangor.
const MANY: usize = 430;

async fn with_many() -> (Api, Tenant) {
    let (api, tenant) = Api::with_tenant().await;
    make_many(&api, &tenant).await;
    (api, tenant)
}

async fn make_many(api: &Api, tenant: &Tenant) {
    let city = |number: usize| if number.is_multiple_of(10) { "Bangor" } else { "Annapolis" };
    let made = |number| json!({ "name": format!("Shop {number:03}"), "city": city(number) });
    let records: Vec<Value> = (0..MANY).map(made).collect();
    let body = json!({ "action": "create", "records": records });
    api.post("/api/v1/customers/bulk").token(&tenant.token).json(&body).go().await.expect(200);
}

async fn request(api: &Api, token: &str, input: &Value) -> Answer {
    api.post("/api/v1/bulk_changes/request").token(token).json(input).go().await
}

async fn requested(api: &Api, token: &str, input: &Value) -> String {
    let told = request(api, token, input).await.expect(200).json();
    told["bulk_change_id"].as_str().unwrap().to_owned()
}

/// The bulk change once nothing is under way.
async fn ended(api: &Api, token: &str, id: &str) -> Value {
    for _ in 0..1_500 {
        let change =
            api.get(&format!("/api/v1/bulk_changes/{id}")).token(token).go().await.expect(200).json();
        if !["queued", "running", "undoing"].contains(&change["status"].as_str().unwrap()) {
            return change;
        }
        sleep(Duration::from_millis(20)).await;
    }
    let jobs = api.get("/api/v1/jobs?sort=-id").token(token).go().await;
    panic!("it does not end: {}", text(&jobs))
}

async fn undone(api: &Api, token: &str, id: &str) -> Value {
    api.post(&format!("/api/v1/bulk_changes/{id}/undo")).token(token).json(&json!({})).go().await.expect(200);
    ended(api, token, id).await
}

async fn count(api: &Api, token: &str, narrowed: &str) -> usize {
    let path = format!("/api/v1/customers?count=exact&limit=1&{narrowed}");
    api.get(&path).token(token).go().await.expect(200).json()["page"]["count"].as_u64().unwrap() as usize
}

#[tokio::test]
async fn every_record_that_matches_is_changed_and_given_back_what_it_had() {
    let (api, tenant) = with_many().await;
    let token = &tenant.token;
    let input = json!({
        "entity": "customers", "action": "update",
        // What is changed leaves the list while the job walks through it.
        "filter": { "filter[city]": "Annapolis" }, "changes": { "city": "Camden" },
    });
    let id = requested(&api, token, &input).await;
    let done = ended(&api, token, &id).await;
    assert_eq!(
        (&done["status"], &done["total"], &done["changed"], &done["refused"]),
        (&json!("completed"), &json!(387), &json!(387), &json!(0)),
        "{done}"
    );
    assert_eq!(count(&api, token, "filter[city]=Camden").await, 387);
    assert_eq!(count(&api, token, "filter[city]=Bangor").await, 43);

    let first = api.get("/api/v1/customers?filter[name]=Shop+001").token(token).go().await.json();
    let of = format!("/api/v1/customers/{}", first["data"][0]["id"].as_str().unwrap());
    api.patch(&of).token(token).json(&json!({ "city": "Bath" })).go().await.expect(200);
    let back = undone(&api, token, &id).await;
    assert_eq!((&back["status"], &back["undone"]), (&json!("undone"), &json!(386)), "{back}");
    assert_eq!(back["refusals"].as_array().unwrap().len(), 1, "{back}");
    assert_eq!(count(&api, token, "filter[city]=Annapolis").await, 386);
    assert_eq!(count(&api, token, "filter[city]=Bath").await, 1, "what somebody changed since stays");
    let again = api.post(&format!("/api/v1/bulk_changes/{id}/undo")).token(token).json(&json!({})).go().await;
    assert_eq!(again.refused(409), "nothing_to_undo");

    let trail = "/api/v1/audit_logs?filter[action]=bulk_change&filter[entity]=customers";
    assert!(api.get(trail).token(token).go().await.json().to_string().contains(&id));
}

#[tokio::test]
async fn what_cannot_be_done_to_a_record_is_told_and_leaves_the_others() {
    let (api, tenant) = with_many().await;
    let rep = api.sign_in(tenant.id, "sales_rep").await;
    let own = json!({ "name": "Mine", "city": "Bangor", "owner_id": rep.id });
    api.post("/api/v1/customers").token(&tenant.token).json(&own).go().await.expect(201);
    let input = json!({ "entity": "customers", "action": "update", "changes": { "city": "Camden" } });
    let id = requested(&api, &rep.token, &input).await;
    let done = ended(&api, &rep.token, &id).await;
    assert_eq!((&done["total"], &done["changed"]), (&json!(1), &json!(1)), "what a rep sees: {done}");
    assert_eq!(count(&api, &tenant.token, "filter[city]=Camden").await, 1);
    let stranger = api.tenant("elsewhere").await;
    let hidden = api.get(&format!("/api/v1/bulk_changes/{id}")).token(&stranger.token).go().await;
    assert_eq!(hidden.refused(404), "not_found");

    // Two codes cannot be the same: the first gets it, the others are refused, each for itself.
    let same = json!({ "entity": "customers", "action": "update", "changes": { "code": "SAME" } });
    let id = requested(&api, &tenant.token, &same).await;
    let done = ended(&api, &tenant.token, &id).await;
    assert_eq!((&done["changed"], &done["refused"]), (&json!(1), &json!(430)), "{done}");
    let refusals = done["refusals"].as_array().unwrap();
    assert!(refusals.len() >= 100 && refusals[0]["why"].as_str().unwrap().len() > 10, "{refusals:?}");
}

#[tokio::test]
async fn what_no_record_could_become_is_refused_at_once() {
    let (api, tenant) = Api::with_tenant().await;
    let cases = [
        (json!({ "entity": "custmers", "action": "archive" }), "entity"),
        (json!({ "entity": "audit_logs", "action": "update", "changes": { "action": "x" } }), "entity"),
        (json!({ "entity": "customers", "action": "update" }), "changes"),
        (json!({ "entity": "customers", "action": "update", "changes": { "citty": "x" } }), "changes"),
        (
            json!({ "entity": "customers", "action": "update", "changes": { "email": "nobody" } }),
            "changes.email",
        ),
        (json!({ "entity": "customers", "action": "archive", "changes": { "city": "x" } }), "changes"),
        (
            json!({ "entity": "customers", "action": "archive", "filter": { "filter[stattus]": "x" } }),
            "stattus",
        ),
        (json!({ "entity": "order_lines", "action": "archive" }), "entity"),
    ];
    for (input, field) in cases {
        let answer = request(&api, &tenant.token, &input).await;
        assert!(answer.status.is_client_error(), "{input}");
        assert!(text(&answer).contains(field), "{input}: {}", text(&answer));
    }
    let trainer = api.token(tenant.id, "training").await;
    let archive = json!({ "entity": "customers", "action": "archive" });
    assert_eq!(request(&api, &trainer, &archive).await.refused(403), "forbidden");
}

#[tokio::test]
async fn from_the_list_it_is_shown_first_and_done_once_confirmed() {
    let (api, tenant) = with_many().await;
    let token = &tenant.token;
    let list = get(&api, token, "/customers?filter[city]=Annapolis").await;
    assert!(list.contains("name=\"all\"") && list.contains("387"));
    assert!(!get(&api, token, "/customers?filter[name]=Shop+001").await.contains("name=\"all\""), "one page");
    let form = "do=archive&all=1&id=&at=/customers%3Ffilter[city]=Annapolis";
    let asked = text(&post(&api, token, "/customers/bulk", form).await.expect(200));
    // Which ones of a millisecond are the latest, their ids tell.
    assert!(asked.contains("alertdialog") && asked.contains("387") && asked.contains("Shop "), "{asked}");
    assert_eq!(count(&api, token, "archived=only").await, 0, "nothing is done before");
    let form = format!("{form}&confirmed=1");
    let told = text(&post(&api, token, "/customers/bulk", &form).await.expect(200));
    let at = told.find("/bulk_changes/").unwrap() + "/bulk_changes/".len();
    let id = &told[at..at + 36];
    assert_eq!(ended(&api, token, id).await["changed"], json!(387));
    assert_eq!(count(&api, token, "archived=only").await, 387);
    assert!(get(&api, token, &format!("/bulk_changes/{id}")).await.contains("/do/undo"));
    assert_eq!(undone(&api, token, id).await["undone"], json!(387));
    assert_eq!(count(&api, token, "archived=only").await, 0);
    let set = "do=set.status&status=INACTIVE&all=1&at=/customers";
    let asked = text(&post(&api, token, "/customers/bulk", set).await.expect(200));
    assert!(asked.contains("430") && asked.contains("→"), "{asked}");
}

#[tokio::test]
async fn it_goes_on_where_a_worker_ended_and_stops_where_somebody_says_so() {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    make_many(&api, &tenant).await;
    let token = &tenant.token;
    let input = json!({ "entity": "customers", "action": "update", "changes": { "city": "Camden" } });
    let id = requested(&api, token, &input).await;
    let stands =
        async || api.get(&format!("/api/v1/bulk_changes/{id}")).token(token).go().await.expect(200).json();
    // Each worker is told to end as soon as it has done something.
    for _ in 0..20 {
        let before = stands().await["changed"].clone();
        let worker = api.work();
        while stands().await["changed"] == before && stands().await["status"] != "completed" {
            sleep(Duration::from_millis(5)).await;
        }
        worker.stop().await;
    }
    // Its page asks again as long as something is to come, and offers what fits.
    let offers = async |id: &str| {
        let page = get(&api, token, &format!("/bulk_changes/{id}")).await;
        ["load delay", "/do/cancel", "/do/undo"].map(|part| page.contains(part))
    };
    let worker = api.work();
    let done = ended(&api, token, &id).await;
    assert_eq!((&done["status"], &done["changed"]), (&json!("completed"), &json!(MANY)), "{done}");
    assert_eq!(offers(&id).await, [false, false, true]);
    assert_eq!(undone(&api, token, &id).await["undone"], json!(MANY));
    worker.stop().await;

    let id = requested(&api, token, &input).await;
    let cancel = async || {
        let path = format!("/api/v1/bulk_changes/{id}/cancel");
        api.post(&path).token(token).json(&json!({})).go().await
    };
    assert_eq!(offers(&id).await, [true, true, false]);
    assert_eq!(cancel().await.expect(200).json()["changed"], json!(0));
    assert_eq!(offers(&id).await, [false, false, true], "what was done before can be taken back");
    assert_eq!(cancel().await.refused(409), "change_has_ended");
    let worker = api.work();
    sleep(Duration::from_millis(300)).await;
    worker.stop().await;
    assert_eq!(count(&api, token, "filter[city]=Camden").await, 0, "what was stopped is not done");
}
