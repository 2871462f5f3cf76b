//! Forms of records: fields of the company's own, and what somebody else changed meanwhile.

use serde_json::json;

use crate::{
    forms::{get, post, text},
    harness::{Api, location},
};

#[tokio::test]
async fn the_tenants_own_fields_stand_in_forms_and_on_records() {
    let (api, tenant) = Api::with_tenant().await;
    let token = &tenant.token;
    for (key, label, kind, more) in [
        ("grade", "Grade", "choice", json!({ "options": ["Gold", "Silver"], "required": true })),
        ("seats", "Seats <b>", "integer", json!({ "position": 2 })),
    ] {
        let mut field = json!({ "entity": "customers", "key": key, "label": label, "type": kind });
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        api.post("/api/v1/custom_fields").token(token).json(&field).go().await.expect(201);
    }
    let empty = get(&api, token, "/customers/new").await;
    assert!(
        empty.contains("name=\"attributes.grade\"") && empty.contains("<option value=\"Gold\">"),
        "{empty}"
    );
    assert!(empty.contains("Seats &lt;b&gt;"));
    let refused = post(&api, &tenant.token, "/customers", "name=Old+Line&attributes.seats=many").await;
    let refused = text(&refused.expect(422));
    assert!(
        refused.contains("href=\"#f-attributes.grade\"") && refused.contains("value=\"many\""),
        "{refused}"
    );
    let form = "name=Old+Line&attributes.seats=40&attributes.grade=Gold";
    let made = location(&post(&api, &tenant.token, "/customers", form).await.expect(303));
    let place = made.split('?').next().unwrap();
    let page = get(&api, token, place).await;
    assert!(page.contains("<dt>Grade</dt>") && page.contains("Gold"), "{page}");
    let edit = get(&api, token, &format!("{place}/edit")).await;
    assert!(edit.contains("name=\"was.attributes.seats\" value=\"40\""), "{edit}");
    let form = "_version=1&was.attributes.seats=40&attributes.seats=&was.attributes.grade=Gold&attributes.grade=Silver";
    post(&api, &tenant.token, place, form).await.expect(303);
    let record = api.get(&format!("/api/v1{place}")).token(token).go().await.expect(200).json();
    assert_eq!(record["attributes"], json!({ "grade": "Silver" }));
}

#[tokio::test]
async fn what_somebody_else_changed_stands_beside_mine_and_what_was_there_before() {
    let (api, tenant) = Api::with_tenant().await;
    let body = json!({ "name": "Old Line", "city": "Bangor" });
    let made = api.post("/api/v1/customers").token(&tenant.token).json(&body).go().await.expect(201).json();
    let place = format!("/customers/{}", made["id"].as_str().unwrap());
    let path = format!("/api/v1{place}");
    let theirs = json!({ "city": "Camden" });
    api.patch(&path).token(&tenant.token).json(&theirs).go().await.expect(200);
    let form = "_version=1&was.city=Bangor&city=Bath";
    let answer = post(&api, &tenant.token, &place, form).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    let page = text(&answer);
    for stands in ["Yours", "Bath", "Theirs", "Camden", "Before", "Bangor"] {
        assert!(page.contains(&format!(">{stands}<")), "{stands}: {page}");
    }
}
