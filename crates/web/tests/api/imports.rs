//! Imports and exports over HTTP.

use model::caller::Caller;
use serde_json::{Value, json};
use store::sql::Query;

use crate::harness::{Answer, Api, Tenant, location};

const GOOD: &str = "Customer code,Customer name,E-mail\r\nC1,Harborview Cellars,a@example.com\r\nC2,Downtown Wine,b@example.com\r\n";
const MIXED: &str = "Customer code,Customer name,E-mail\r\nC1,Harborview Cellars,a@example.com\r\nC2,Downtown Wine,nobody\r\n";

/// A form of fields; those named `file` are files.
fn form(fields: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut body = String::new();
    for (name, value) in fields {
        let file =
            if *name == "file" { "; filename=\"customers.csv\"\r\nContent-Type: text/csv" } else { "" };
        body.push_str(&format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str("--edge--\r\n");
    ("multipart/form-data; boundary=edge".to_owned(), body.into_bytes())
}

async fn upload(api: &Api, tenant: &Tenant, fields: &[(&str, &str)]) -> Answer {
    upload_as(api, &tenant.token, fields).await
}

pub async fn upload_as(api: &Api, token: &str, fields: &[(&str, &str)]) -> Answer {
    upload_to(api, "/api/v1/imports", token, fields).await
}

pub async fn upload_to(api: &Api, path: &str, token: &str, fields: &[(&str, &str)]) -> Answer {
    let (kind, body) = form(fields);
    api.post(path).token(token).header("content-type", &kind).body(body).go().await
}

/// Takes a step, waiting for one that goes on.
async fn step(api: &Api, tenant: &Tenant, place: &str, name: &str) -> Answer {
    let answer = api.post(&format!("{place}/{name}")).token(&tenant.token).go().await;
    if answer.status.as_u16() != 202 {
        return answer;
    }
    assert_eq!(location(&answer), place);
    ended(api, &tenant.token, place).await
}

/// The import once nothing of it is under way.
pub async fn ended(api: &Api, token: &str, place: &str) -> Answer {
    for _ in 0..400 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let now = api.get(place).token(token).go().await.expect(200);
        if now.json()["progress"].is_null() {
            return now;
        }
    }
    panic!("{place} does not end");
}

async fn customers(api: &Api, tenant: &Tenant) -> i64 {
    let list = api.get("/api/v1/customers?count=exact").token(&tenant.token).go().await.expect(200).json();
    list["page"]["count"].as_i64().unwrap()
}

#[tokio::test]
async fn a_file_is_uploaded_checked_committed_and_taken_back() {
    let (api, tenant) = Api::with_tenant().await;
    let made = upload(&api, &tenant, &[("data_type", "customers"), ("file", GOOD)]).await.expect(201);
    let place = location(&made);
    assert_eq!(made.json()["files"][0]["data_type"], "customers");

    let checked = step(&api, &tenant, &place, "validate").await.expect(200).json();
    assert_eq!(
        (&checked["status"], &checked["rows"], &checked["created"]),
        (&json!("validated"), &json!(2), &json!(2))
    );
    assert_eq!(customers(&api, &tenant).await, 0);
    let (mut cells, mut next) = (vec![], format!("{place}/rows?limit=1"));
    for _ in 0..2 {
        let rows = api.get(&next).token(&tenant.token).go().await.expect(200).json();
        cells.push(rows["data"][0]["cells"][0].as_str().unwrap().to_owned());
        next = format!("{place}/rows?limit=1&after={}", rows["page"]["next"].as_str().unwrap());
    }
    cells.sort();
    assert_eq!(cells, ["C1", "C2"]);

    let done = step(&api, &tenant, &place, "commit").await.expect(200).json();
    assert_eq!((&done["status"], &done["created"]), (&json!("completed"), &json!(2)));
    assert_eq!(customers(&api, &tenant).await, 2);
    let list = api
        .get("/api/v1/imports?filter[status]=completed")
        .token(&tenant.token)
        .go()
        .await
        .expect(200)
        .json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["id"], done["batch"]);
    assert_eq!(step(&api, &tenant, &place, "cancel").await.refused(409), "conflict");

    let undone = step(&api, &tenant, &place, "undo").await.expect(200).json();
    assert_eq!(undone["status"], "undone");
    assert_eq!(customers(&api, &tenant).await, 0);
}

#[tokio::test]
async fn bad_rows_come_back_as_json_and_as_a_file() {
    let (api, tenant) = Api::with_tenant().await;
    let fields = [("file", MIXED), ("data_type", "customers"), ("policy", "valid_rows")];
    let place = location(&upload(&api, &tenant, &fields).await.expect(201));
    let checked = step(&api, &tenant, &place, "validate").await.expect(200).json();
    assert_eq!((&checked["created"], &checked["failed"]), (&json!(1), &json!(1)));

    let errors = format!("{place}/errors");
    let json = api.get(&errors).token(&tenant.token).go().await.expect(200).json();
    assert_eq!(json["data"].as_array().unwrap().len(), 1);
    assert_eq!(json["data"][0]["errors"][0]["code"], "not_an_email");
    for (path, accept) in [(errors.as_str(), "text/csv"), (&format!("{errors}.csv"), "*/*")] {
        let file = api.get(path).token(&tenant.token).header("accept", accept).go().await.expect(200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        let text = String::from_utf8_lossy(&file.body);
        assert!(text.contains("C2,Downtown Wine,nobody") && !text.contains("C1"), "{text}");
    }
    let bad = api.get(&format!("{place}/rows?status=odd")).token(&tenant.token).go().await;
    assert_eq!(bad.refused(422), "invalid");
    let bad = api.get(&format!("{place}/rows?limit=0")).token(&tenant.token).go().await;
    assert_eq!(bad.refused(400), "bad_request");
}

#[tokio::test]
async fn a_form_that_makes_no_sense_is_told_why() {
    let (api, tenant) = Api::with_tenant().await;
    let refused = [
        (vec![("data_type", "customers")], "file"),
        (vec![("file", GOOD), ("mode", "replace")], "mode"),
        (vec![("file", GOOD), ("policy", "some")], "policy"),
        (vec![("file", GOOD), ("empty_cells", "drop")], "empty_cells"),
        (vec![("file", GOOD), ("mapping", "[]")], "mapping"),
        (vec![("file", GOOD), ("set", "US")], "set"),
        (vec![("file", GOOD), ("key", "{}")], "key"),
        (vec![("file", GOOD), ("template", "No such one")], "template"),
        (vec![("file", GOOD), ("datatype", "customers")], "datatype"),
        (vec![("file", GOOD), ("data_type", "custmers")], "data_type"),
    ];
    for (fields, wrong) in refused {
        let answer = upload(&api, &tenant, &fields).await;
        assert_eq!(answer.refused(422), "invalid", "{fields:?}");
        assert_eq!(answer.json()["errors"][0]["field"], wrong);
    }
    let pdf = upload(&api, &tenant, &[("file", "%PDF-1.7\n%\u{e2}\u{e3}\n1 0 obj\n")]).await;
    assert_eq!(pdf.refused(422), "bad_file");
    let json = api.post("/api/v1/imports").token(&tenant.token).json(&json!({})).go().await;
    assert_eq!(json.refused(415), "unsupported_media");
    let (kind, mut body) = form(&[("file", GOOD)]);
    body.truncate(body.len() / 2);
    let broken =
        api.post("/api/v1/imports").token(&tenant.token).header("content-type", &kind).body(body).go().await;
    assert_eq!(broken.refused(400), "bad_request");
    let list =
        api.get("/api/v1/imports?filter[status][ne]=failed&count=exact").token(&tenant.token).go().await;
    assert_eq!(list.expect(200).json()["page"]["count"], 0);
    assert_eq!(api.uploads(), 0);
}

#[tokio::test]
async fn a_file_is_mapped_anew_with_steps_values_and_a_key_and_kept_as_a_template() {
    let (api, tenant) = Api::with_tenant().await;
    let file = "Client,Name,Seller\r\n1/A,one,Anna\r\n1/B,one,Bert\r\n2/A,two,Anna\r\n";
    let fields = [("file", file), ("data_type", "customers"), ("template", "none")];
    let place = location(&upload(&api, &tenant, &fields).await.expect(201));
    let map =
        async |body: Value| api.post(&format!("{place}/map")).token(&tenant.token).json(&body).go().await;
    let steps = json!([{ "split": { "by": "/", "take": 1 } }, { "case": "upper" }]);
    let mapped = map(json!({
        "mapping": { "client": { "field": "code", "steps": steps }, "Name": { "field": "name", "steps": [{ "case": "title" }] } },
        "set": { "country": "US", "notes": { "from": ["Client", "Seller"], "with": ", " } },
    }));
    let told = mapped.await.expect(200).json();
    assert_eq!(told["files"][0]["mapping"]["made"].as_array().unwrap().len(), 2, "{told}");
    // Rows of the same code are one record where a key says so.
    let checked = step(&api, &tenant, &place, "validate").await.expect(200).json();
    assert_eq!((&checked["created"], &checked["failed"]), (&json!(2), &json!(1)));
    for (body, field, code) in [
        (json!({ "mapping": { "Clint": "code" } }), "Clint", "unknown_column"),
        (json!({ "mapping": { "Client": "cod" } }), "Client", "unknown_field"),
        (
            json!({ "mapping": { "Client": { "steps": [{ "split": { "by": "", "take": 1 } }] } } }),
            "Client",
            "bad_reading",
        ),
        (json!({ "mapping": { "Client": { "stps": [] } } }), "Client", "bad_reading"),
        (json!({ "mapping": { "Client": "name" } }), "Name", "two_columns"),
        (json!({ "set": { "code": { "from": ["Nothing"] } } }), "code", "unknown_column"),
        (json!({ "set": { "code": {} } }), "code", "bad_reading"),
        (json!({ "key": ["Nothing"] }), "key", "unknown_column"),
        (json!({ "template": "No such one" }), "template", "unknown_template"),
        (json!({ "add": "customers" }), "add", "repeated"),
        (json!({ "template": "none", "remove": true }), "template", "inconsistent"),
        (json!({ "maping": {} }), "body", "wrong_type"),
    ] {
        let refused = map(body.clone()).await;
        assert_eq!(refused.refused(422), "invalid", "{body}");
        let error = &refused.json()["errors"][0];
        assert_eq!((error["field"].as_str(), error["code"].as_str()), (Some(field), Some(code)), "{body}");
    }
    assert_eq!(map(json!({ "remove": true })).await.refused(409), "conflict");
    map(json!({ "key": ["Name"] })).await.expect(200);
    let checked = step(&api, &tenant, &place, "validate").await.expect(200).json();
    assert_eq!(
        (&checked["rows"], &checked["created"], &checked["failed"]),
        (&json!(2), &json!(2), &json!(0)),
        "{checked}"
    );

    let id = told["batch"].as_str().unwrap();
    let save = json!({ "name": "Clients", "batch_id": id });
    let saved = api
        .post("/api/v1/import_templates/save")
        .token(&tenant.token)
        .json(&save)
        .go()
        .await
        .expect(200)
        .json();
    assert_eq!((&saved["parts"], &saved["replaced"]), (&json!(1), &json!(false)));
    let next =
        upload(&api, &tenant, &[("file", "name,seller,client\r\nthree,Carl,3/A\r\n")]).await.expect(201);
    assert_eq!(next.json()["files"][0]["template"], "Clients");
    let place = location(&next);
    step(&api, &tenant, &place, "validate").await.expect(200);
    step(&api, &tenant, &place, "commit").await.expect(200);
    let list = api.get("/api/v1/customers").token(&tenant.token).go().await.expect(200).json();
    let made = &list["data"][0];
    assert_eq!(
        (&made["code"], &made["name"], &made["country"], &made["notes"]),
        (&json!("3"), &json!("Three"), &json!("US"), &json!("3/A, Carl"))
    );
    // Read without it, and by it again.
    let place = location(
        &upload(&api, &tenant, &[("file", "name,seller,client\r\nfour,Carl,4/A\r\n")]).await.expect(201),
    );
    for (template, told) in [("none", Value::Null), ("Clients", json!("Clients"))] {
        let path = format!("{place}/map");
        let answer = api
            .post(&path)
            .token(&tenant.token)
            .json(&json!({ "template": template }))
            .go()
            .await
            .expect(200)
            .json();
        assert_eq!(answer["files"][0]["template"], told);
    }
}

#[tokio::test]
async fn an_import_takes_the_permission_for_what_it_holds() {
    let (api, tenant) = Api::with_tenant().await;
    let other = api.tenant("elsewhere").await;
    let place = location(&upload(&api, &tenant, &[("file", GOOD)]).await.expect(201));
    let nobodys = format!("/api/v1/imports/{}", other.id);
    for rest in ["", "/rows", "/errors", "/errors.csv"] {
        let theirs = api.get(&format!("{place}{rest}")).token(&other.token).go().await;
        let random = api.get(&format!("{nobodys}{rest}")).token(&other.token).go().await;
        assert_eq!((theirs.told(), theirs.refused(404)), (random.told(), "not_found".to_owned()));
    }
    for name in ["map", "validate", "commit", "resume", "cancel", "undo"] {
        assert_eq!(
            step(&api, &other, &place, name).await.told(),
            step(&api, &other, &nobodys, name).await.told()
        );
    }
    let trainer = Tenant { id: tenant.id, token: api.token(tenant.id, "training").await };
    assert_eq!(upload(&api, &trainer, &[("file", GOOD)]).await.refused(403), "forbidden");
    for name in ["map", "validate", "commit", "resume", "cancel", "undo"] {
        assert_eq!(step(&api, &trainer, &place, name).await.refused(403), "forbidden", "{name}");
    }
    step(&api, &tenant, &place, "validate").await.expect(200);
}

#[tokio::test]
async fn an_export_is_what_an_import_reads() {
    let (api, tenant) = Api::with_tenant().await;
    let place = location(&upload(&api, &tenant, &[("file", GOOD)]).await.expect(201));
    step(&api, &tenant, &place, "validate").await.expect(200);
    step(&api, &tenant, &place, "commit").await.expect(200);
    let export = api.get("/api/v1/exports/customers.csv").token(&tenant.token).go().await.expect(200);
    assert_eq!(export.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(export.header("content-disposition"), "attachment; filename=\"customers.csv\"");
    let text = String::from_utf8(export.body.to_vec()).unwrap();
    assert_eq!(text.lines().count(), 3);
    let place =
        location(&upload(&api, &tenant, &[("file", &text), ("data_type", "customers")]).await.expect(201));
    let checked = step(&api, &tenant, &place, "validate").await.expect(200).json();
    assert_eq!((&checked["rows"], &checked["unchanged"]), (&json!(2), &json!(2)));
}

/// What a statement over one tenant, `$1`, gives.
async fn value(api: &Api, tenant: &Tenant, text: &str) -> String {
    let system = Caller::system(tenant.id, api.db.world().id());
    let mut tx = api.db.begin(&system).await.unwrap();
    let rows = tx.run(&Query::free(text.to_owned(), vec![tenant.id.into()])).await.unwrap();
    tx.commit().await.unwrap();
    rows.first().map(|row| row.get::<_, Option<String>>(0).unwrap_or_default()).unwrap_or_default()
}

#[tokio::test]
async fn a_step_waits_for_a_worker_and_acts_with_the_grants_of_then() {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    let place = location(&upload(&api, &tenant, &[("file", GOOD)]).await.expect(201));
    let waiting = api.post(&format!("{place}/validate")).token(&tenant.token).go().await.expect(202);
    assert_eq!(waiting.json()["progress"]["phase"], "waiting");
    let elsewhere = web::router(crate::harness::app(&api.db, std::path::Path::new("/tmp")));
    let told = api.get(&place).token(&tenant.token).through(elsewhere).await.expect(200).json();
    assert_eq!(told["progress"]["phase"], "waiting", "any process tells how far it is");
    let second = api.post(&format!("{place}/validate")).token(&tenant.token).go().await;
    assert_eq!(second.refused(409), "busy");

    let worker = api.work();
    while api.get(&place).token(&tenant.token).go().await.json()["progress"] != Value::Null {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(api.get(&place).token(&tenant.token).go().await.json()["status"], "validated");
    worker.stop().await;

    let revoked = Tenant { id: tenant.id, token: api.token(tenant.id, "admin").await };
    api.post(&format!("{place}/commit")).token(&revoked.token).go().await.expect(202);
    value(&api, &tenant, "update integration_tokens set revoked_at = now() where tenant_id = $1
        and id = (select created_by from jobs where tenant_id = $1 and type = 'imports.commit') returning 'done'").await;
    let _worker = api.work();
    let end = "select result #>> '{refused,code}' from jobs where tenant_id = $1 and type = 'imports.commit' and status = 'completed'";
    while value(&api, &tenant, end).await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(value(&api, &tenant, end).await, "forbidden");
    assert_eq!(customers(&api, &tenant).await, 0);
    assert_eq!(api.get(&place).token(&tenant.token).go().await.json()["status"], "validated");
    // The allowed twin: somebody who may asks for the same.
    let done = step(&api, &tenant, &place, "commit").await.expect(200).json();
    assert_eq!(done["status"], "completed");
    assert_eq!(customers(&api, &tenant).await, 2);
    let actor =
        "select distinct actor_kind from audit_logs where tenant_id = $1 and action = 'import.completed'";
    assert_eq!(value(&api, &tenant, actor).await, "token", "the work is audited in the name of who asked");
}

#[tokio::test]
async fn what_a_step_refuses_while_it_runs_is_answered_as_it_was_said() {
    let (api, tenant) = Api::with_tenant().await;
    let place = location(&upload(&api, &tenant, &[("file", GOOD)]).await.expect(201));
    step(&api, &tenant, &place, "validate").await.expect(200);
    step(&api, &tenant, &place, "commit").await.expect(200);
    let changed = GOOD.replace("Downtown Wine", "Downtown Wines");
    let place = location(&upload(&api, &tenant, &[("file", &changed)]).await.expect(201));
    step(&api, &tenant, &place, "validate").await.expect(200);
    value(
        &api,
        &tenant,
        "update customers set name = 'Somebody else' where tenant_id = $1 and code = 'C2' returning 'done'",
    )
    .await;
    let refused = step(&api, &tenant, &place, "commit").await;
    assert_eq!(refused.refused(412), "changed");
    assert!(refused.json()["facts"]["changed"].is_array() && refused.json()["hint"].is_string());
}

/// Else whoever may import users could turn the admin's address to another mailbox and ask for a new password.
#[tokio::test]
async fn only_who_holds_all_that_an_admin_does_imports_people() {
    let (api, tenant) = Api::with_tenant().await;
    let post = async |path: &str, body: Value| {
        let asking = api.post(&format!("/api/v1/{path}")).token(&tenant.token).json(&body);
        let made = asking.go().await;
        assert!(made.status.is_success(), "{:?}", made.told());
        made.json()
    };
    let role = post("roles", json!({ "code": "clerk", "name": "Clerk" })).await;
    for permission in ["users.view", "users.create", "users.import", "import_batches.view", "imports.commit"]
    {
        post("role_permissions", json!({ "role_id": role["id"], "permission_code": permission })).await;
    }
    let clerk = post("integration_tokens/create", json!({ "name": "Clerk", "role_id": role["id"] })).await;
    let clerk = clerk["token"].as_str().unwrap();
    let file = [("data_type", "users"), ("file", "E-mail,Full name\r\nnancy@example.com,Nancy\r\n")];
    let refused = upload_as(&api, clerk, &file).await;
    assert_eq!(refused.refused(403), "beyond_own_rights");

    let place = location(&upload(&api, &tenant, &file).await.expect(201));
    let checked = step(&api, &tenant, &place, "validate").await.expect(200).json();
    assert_eq!((&checked["status"], &checked["created"]), (&json!("validated"), &json!(1)), "{checked}");
    let commit = api.post(&format!("{place}/commit")).token(clerk).go().await;
    assert_eq!(commit.refused(403), "beyond_own_rights");
    step(&api, &tenant, &place, "commit").await.expect(200);
}
