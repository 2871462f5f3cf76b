//! What a list offers beside its rows: many records at once, saved views, columns, exports, a look beside the list.

use serde_json::{Value, json};

use crate::{
    forms::{get, post, text},
    harness::{Api, Tenant, location},
    persons::Person,
};

/// Customers of these names; their ids.
async fn customers(api: &Api, tenant: &Tenant, names: &[&str]) -> Vec<String> {
    let mut ids = vec![];
    for name in names {
        let body = json!({ "name": name, "city": "Baltimore" });
        let made = api.post("/api/v1/customers").token(&tenant.token).json(&body).go().await.expect(201);
        ids.push(made.json()["id"].as_str().unwrap().to_owned());
    }
    ids
}

async fn customer(api: &Api, tenant: &Tenant, id: &str) -> Value {
    api.get(&format!("/api/v1/customers/{id}")).token(&tenant.token).go().await.expect(200).json()
}

/// The values of the hidden inputs of a name, as a browser reads them.
fn hidden(page: &str, name: &str) -> Vec<String> {
    let begin = format!("name=\"{name}\" value=\"");
    let values = page.split(begin.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap());
    values.map(|value| value.replace("&quot;", "\"").replace("&amp;", "&")).collect()
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[tokio::test]
async fn many_records_are_archived_at_once_each_for_itself_and_come_back() {
    let (api, tenant) = Api::with_tenant().await;
    let ids = customers(&api, &tenant, &["Old Line", "New Line", "Third Line"]).await;
    let unknown = "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00";
    let key = "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d07";
    let form = format!("_key={key}&at=%2Fcustomers&do=archive&id={}&id={}&id={unknown}", ids[0], ids[1]);
    for _ in 0..2 {
        // The second time tells what the first one did.
        let page = text(&post(&api, &tenant.token, "/customers/bulk", &form).await.expect(200));
        assert!(page.contains("2 archived") && page.contains("1 not:"), "{page}");
        assert!(page.contains("Third Line") && !page.contains("k-0190f5c4"), "{page}");
    }
    assert!(customer(&api, &tenant, &ids[0]).await["archived_at"].is_string());
    let page = text(&post(&api, &tenant.token, "/customers/bulk", &form).await);
    let undo = page.split("class=\"toasts\"").nth(1).unwrap();
    assert_eq!(hidden(undo, "do"), ["restore"]);
    assert_eq!(hidden(undo, "id"), ids[..2]);
    let form = format!("do=restore&id={}&id={}", ids[0], ids[1]);
    let page = text(&post(&api, &tenant.token, "/customers/bulk", &form).await.expect(200));
    assert!(page.contains("2 restored") && page.contains("Old Line"), "{page}");
    // With nothing selected nothing is done, and it is told.
    let page = text(&post(&api, &tenant.token, "/customers/bulk", "do=archive").await.expect(200));
    assert!(page.contains("Select at least one record."));
}

#[tokio::test]
async fn one_field_is_set_of_many_records_and_each_gets_its_own_value_back() {
    let (api, tenant) = Api::with_tenant().await;
    let ids = customers(&api, &tenant, &["Old Line", "New Line"]).await;
    let body = json!({ "status": "INACTIVE" });
    api.patch(&format!("/api/v1/customers/{}", ids[1]))
        .token(&tenant.token)
        .json(&body)
        .go()
        .await
        .expect(200);
    let form = format!("at=%2Fcustomers&do=set.status&status=BLOCKED&id={}&id={}", ids[0], ids[1]);
    let page = text(&post(&api, &tenant.token, "/customers/bulk", &form).await.expect(200));
    assert!(page.contains("2 changed"), "{page}");
    for id in &ids {
        assert_eq!(customer(&api, &tenant, id).await["status"], "BLOCKED");
    }
    let undo = hidden(&page, "undo").remove(0);
    let form = format!("do=undo&undo={}", encoded(&undo));
    let page = text(&post(&api, &tenant.token, "/customers/bulk", &form).await.expect(200));
    assert!(page.contains("2 changed"), "{page}");
    let stands = [&ids[0], &ids[1]].map(|id| customer(&api, &tenant, id));
    let [first, second] = stands;
    assert_eq!((&first.await["status"], &second.await["status"]), (&json!("ACTIVE"), &json!("INACTIVE")));
    // What somebody changed since is not taken back: the version that was written is gone.
    let page = text(&post(&api, &tenant.token, "/customers/bulk", &form).await.expect(200));
    assert!(page.contains("2 not:"), "{page}");
    // A value that is none changes nothing.
    let form = format!("do=set.status&status=GONE&id={}", ids[0]);
    let page = text(&post(&api, &tenant.token, "/customers/bulk", &form).await.expect(200));
    assert!(page.contains("1 not:"), "{page}");
    assert_eq!(customer(&api, &tenant, &ids[0]).await["status"], "ACTIVE");
}

#[tokio::test]
async fn a_list_is_saved_as_a_view_that_it_begins_with() {
    let (api, tenant) = Api::with_tenant().await;
    customers(&api, &tenant, &["Old Line", "New Line"]).await;
    let Person { token: mary, .. } = api.sign_in(tenant.id, "admin").await;
    let asked = "/customers?filter[name][contains]=Old&sort=name&columns=city,phone";
    let form = format!("entity=customers&name=Old+ones&default=true&at={}", encoded(asked));
    let made = location(&post(&api, &mary, "/views", &form).await.expect(303));
    let list = get(&api, &mary, &made).await;
    assert!(list.contains("Old Line") && !list.contains("New Line") && list.contains("Old ones"), "{list}");
    assert!(!list.contains("save-at"), "it is as it was saved");
    // The list begins with it, for her alone.
    let begun = api.get("/customers").token(&mary).go().await.expect(303);
    assert!(location(&begun).contains("filter[name][contains]=Old&sort=name&columns=city,phone"));
    assert!(get(&api, &mary, "/customers?view=all").await.contains("New Line"));
    assert!(!get(&api, &tenant.token, "/customers").await.contains("Old ones"));
    // Changed, it offers to be saved; shared, everybody has it.
    let id = made.split("view=").nth(1).unwrap().split('&').next().unwrap();
    let changed = format!("/customers?view={id}&filter[name][contains]=New");
    assert!(get(&api, &mary, &changed).await.contains("save-at"));
    let form = format!("do=keep&at={}", encoded(&changed));
    post(&api, &mary, &format!("/views/{id}"), &form).await.expect(303);
    let begun = location(&api.get("/customers").token(&mary).go().await.expect(303));
    assert!(begun.contains("contains]=New") && !begun.contains("sort="), "{begun}");
    for (form, name) in [("do=share", "Old ones"), ("do=rename&name=Newer+ones", "Newer ones")] {
        post(&api, &mary, &format!("/views/{id}"), &format!("{form}&at=%2Fcustomers")).await.expect(303);
        assert!(get(&api, &tenant.token, "/customers?view=all").await.contains(name));
    }
    post(&api, &mary, &format!("/views/{id}"), "do=plain&at=%2Fcustomers").await.expect(303);
    assert!(get(&api, &mary, "/customers").await.contains("Newer ones"));
    // Deleted, its name is free again.
    post(&api, &mary, &format!("/views/{id}"), "do=delete&at=%2Fcustomers").await.expect(303);
    assert!(!get(&api, &mary, "/customers").await.contains("Newer ones"));
    let form = "entity=customers&name=Newer+ones&shared=true&at=%2Fcustomers%3Fq%3Dold";
    let again = location(&post(&api, &mary, "/views", form).await.expect(303));
    assert!(get(&api, &mary, &again).await.contains("Old Line"));
}

#[tokio::test]
async fn views_of_somebody_else_are_out_of_everybodys_reach_and_shared_ones_are_not() {
    let (api, tenant) = Api::with_tenant().await;
    let mary = api.sign_in(tenant.id, "admin").await;
    let bob = api.sign_in(tenant.id, "admin").await;
    let make = async |body: Value| {
        let made = api.post("/api/v1/saved_views").token(&mary.token).json(&body).go().await.expect(201);
        (location(&made), made.json()["id"].as_str().unwrap().to_owned())
    };
    let (own, _) = make(json!({ "entity": "customers", "name": "Mine", "user_id": mary.id })).await;
    let (shared, id) = make(json!({ "entity": "customers", "name": "Ours" })).await;
    let rename = json!({ "name": "Theirs" });
    for asking in [api.get(&own), api.patch(&own).json(&rename), api.delete(&own)] {
        assert_eq!(asking.token(&bob.token).go().await.refused(404), "not_found");
    }
    let listed = api.get("/api/v1/saved_views").token(&bob.token).go().await.expect(200).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    api.patch(&own).token(&mary.token).json(&json!({ "name": "Still mine" })).go().await.expect(200);
    api.patch(&shared).token(&bob.token).json(&rename).go().await.expect(200);
    // Nor is one handed to somebody else.
    for body in [json!({ "user_id": mary.id }), json!({ "user_id": tenant.id })] {
        let given = api.patch(&shared).token(&bob.token).json(&body).go().await;
        assert_eq!(given.refused(422), "invalid");
        assert_eq!(given.json()["errors"][0]["code"], "out_of_reach");
    }
    let why = format!("/api/v1/users/{}/access?entity=saved_views&action=update&record={id}", bob.id);
    let why = api.get(&why).token(&mary.token).go().await.expect(200).json();
    assert_eq!((&why["allowed"], &why["reason"]), (&json!(true), &json!("shared")));
}

#[tokio::test]
async fn columns_are_chosen_and_stand_in_the_address() {
    let (api, tenant) = Api::with_tenant().await;
    customers(&api, &tenant, &["Old Line"]).await;
    let asked = "/customers?sort=name&choose=columns&column=city&column=email";
    let chosen = location(&api.get(asked).token(&tenant.token).go().await.expect(303));
    assert_eq!(chosen, "/customers?sort=name&columns=city,email");
    let list = get(&api, &tenant.token, &chosen).await;
    let head = list.split("<thead>").nth(1).unwrap().split("</thead>").next().unwrap();
    assert!(head.contains("City") && head.contains("Name") && !head.contains("Status"), "{head}");
    let wrong = api.get("/customers?columns=citty").token(&tenant.token).go().await;
    assert!(text(&wrong.expect(422)).contains("citty"));
}

#[tokio::test]
async fn an_export_holds_what_the_list_shows() {
    let (api, tenant) = Api::with_tenant().await;
    let ids = customers(&api, &tenant, &["Blue B", "Red", "Blue A"]).await;
    let at = encoded("/customers?filter[name][contains]=Blue&sort=name&columns=city");
    let page = text(
        &post(&api, &tenant.token, "/customers/bulk", &format!("do=export-list&at={at}")).await.expect(200),
    );
    assert!(page.contains("href=\"/exports\""), "{page}");
    let form = format!("do=export&id={}", ids[1]);
    post(&api, &tenant.token, "/customers/bulk", &form).await.expect(200);
    post(&api, &tenant.token, "/exports", "entity=customers&format=jsonl").await.expect(303);
    let mut done = vec![];
    for _ in 0..200 {
        let list = api.get("/api/v1/export_jobs?sort=id").token(&tenant.token).go().await.expect(200).json();
        done = list["data"].as_array().unwrap().clone();
        if done.iter().all(|export| export["status"] == "completed") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let shown = get(&api, &tenant.token, "/exports").await;
    let mut files = vec![];
    for export in &done {
        let path = format!("/api/v1/export_jobs/{}/file", export["id"].as_str().unwrap());
        assert!(shown.contains(&path), "{shown}");
        files.push(get(&api, &tenant.token, &path).await);
    }
    let lines = |at: usize| files[at].lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(0)[0], "id,name,city");
    let of = |line: &str| line.split_once(',').unwrap().1.to_owned();
    assert_eq!(
        lines(0)[1..].iter().map(|line| of(line)).collect::<Vec<_>>(),
        ["Blue A,Baltimore", "Blue B,Baltimore"]
    );
    assert!(lines(1).len() == 2 && lines(1)[1].contains("Red"), "{:?}", lines(1));
    assert!(lines(2).len() == 3 && lines(2)[0].starts_with('{'), "{:?}", lines(2));
}

#[tokio::test]
async fn a_record_is_looked_at_beside_its_list() {
    let (api, tenant) = Api::with_tenant().await;
    let ids = customers(&api, &tenant, &["Old Line"]).await;
    let path = format!("/customers/{}/peek", ids[0]);
    let part =
        api.get(&path).token(&tenant.token).header("hx-request-type", "partial").go().await.expect(200);
    assert!(
        text(&part).contains("Old Line")
            && text(&part).contains("Baltimore")
            && !text(&part).contains("<html")
    );
    assert!(text(&part).contains(&format!("href=\"/customers/{}\"", ids[0])));
    let whole = api.get(&path).token(&tenant.token).go().await.expect(303);
    assert_eq!(location(&whole), format!("/customers/{}", ids[0]));
}
