//! Files that people upload for a data source.

use model::caller::Caller;
use serde_json::{Value, json};
use store::sql::Query;
use uuid::Uuid;

use crate::{
    forms,
    harness::{Answer, Api, Tenant, location},
    imports,
};

const FILE: &str = "Customer code,Customer name\r\nC1,Harborview Cellars\r\nC2,Downtown Wine\r\n";
const OTHER: &str = "Customer code,Wer\r\nC1,Harborview Cellars\r\n";

struct House {
    api: Api,
    tenant: Tenant,
    owner: Uuid,
}

impl House {
    async fn new() -> Self {
        let (api, tenant) = Api::with_tenant().await;
        let owner = api.db.world().id();
        let house = Self { api, tenant, owner };
        house
            .run(&format!(
                "insert into users (tenant_id, id, email, name) values ($1, '{owner}', 'anna@example.com', 'Anna')"
            ))
            .await;
        house
    }

    /// Runs a statement over the tenant, `$1`.
    async fn run(&self, text: &str) {
        let mut tx = self.api.db.begin(&Caller::system(self.tenant.id, Uuid::nil())).await.unwrap();
        tx.run(&Query::free(text.to_owned(), vec![self.tenant.id.into()])).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn source(&self, name: &str, more: Value) -> Value {
        let mut record = json!({ "name": name, "owner_id": self.owner, "kind": "upload" });
        record.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        let made = self.api.post("/api/v1/data_sources").token(&self.tenant.token).json(&record);
        made.go().await.expect(201).json()["id"].clone()
    }

    async fn upload(&self, file: &str, fields: &[(&str, &str)]) -> Answer {
        self.post("/api/v1/imports", &self.tenant.token, file, fields).await
    }

    async fn post(&self, path: &str, token: &str, file: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Vec<_> = fields.iter().copied().chain([("file", file)]).collect();
        imports::upload_to(&self.api, path, token, &fields).await
    }

    async fn get(&self, path: &str) -> Value {
        self.api.get(path).token(&self.tenant.token).go().await.expect(200).json()
    }

    /// The import once nothing of it is under way.
    async fn ended(&self, place: &str) -> Value {
        imports::ended(&self.api, &self.tenant.token, place).await.json()
    }

    async fn customers(&self) -> Value {
        self.get("/api/v1/customers?count=exact").await["page"]["count"].clone()
    }

    /// State, due and failures of a source.
    async fn told(&self, source: &Value) -> Value {
        let now = self.get(&format!("/api/v1/data_sources/{}", source.as_str().unwrap())).await;
        json!([now["last_outcome"], now["due"], now["failures"]])
    }
}

#[tokio::test]
async fn a_file_of_a_source_is_written_at_once_with_the_rights_of_who_uploads_it() {
    let house = House::new().await;
    let source = house
        .source("Agency", json!({ "waits_for_approval": false, "mode": "create", "policy": "valid_rows", "empty_cells": "clear" }))
        .await;
    house.run("update data_sources set due = 'overdue', due_since = now() where tenant_id = $1").await;
    let made = house.upload(FILE, &[("data_source", "Agency")]).await.expect(201);
    assert_eq!(made.json()["data_source_id"], source);
    let done = house.ended(&location(&made)).await;
    assert_eq!(
        (&done["status"], &done["created"], &done["policy"]),
        (&json!("completed"), &json!(2), &json!("valid_rows"))
    );
    assert_eq!(house.customers().await, 2);
    assert_eq!(house.told(&source).await, json!(["imported", null, 0]));
    let id = source.as_str().unwrap();
    let record = house.get(&format!("/api/v1/data_sources/{id}")).await;
    assert!(record["last_fetched_at"].is_string(), "{record}");
    let sets = house.get(&format!("/api/v1/data_sources/{id}/imports")).await;
    assert_eq!(sets["data"][0]["id"], done["batch"], "{sets}");
    assert_eq!(
        (&sets["data"][0]["source"], &sets["data"][0]["mode"], &sets["data"][0]["empty_cells"]),
        (&json!("api"), &json!("create"), &json!("clear"))
    );

    // What the form states goes before what the source says.
    let again = house.upload(FILE, &[("data_source", id), ("mode", "update")]).await.expect(201);
    let again = house.ended(&location(&again)).await;
    assert_eq!((&again["status"], &again["unchanged"]), (&json!("completed"), &json!(2)));

    // Who may import and not commit has it wait, whatever the source says.
    let token = house.api.token(house.tenant.id, "operations").await;
    let may = house.api.get("/api/v1/me").token(&token).go().await.json().to_string();
    assert!(!may.contains("imports.commit") && may.contains("suppliers.import"), "{may}");
    let form = [("data_source", "Agency"), ("data_type", "suppliers")];
    let made = house.post("/api/v1/imports", &token, "Code,Name\r\nS1,One\r\n", &form).await.expect(201);
    let ended = house.ended(&location(&made)).await;
    assert_eq!((&ended["status"], &ended["created"]), (&json!("awaiting_approval"), &json!(1)), "{ended}");
    assert_eq!(house.told(&source).await[0], "waiting");
}

#[tokio::test]
async fn a_source_that_waits_has_what_is_uploaded_approved_and_a_cancelled_file_is_told() {
    let house = House::new().await;
    let source = house.source("Agency", json!({ "data_type": "customers" })).await;
    house.run("update data_sources set due = 'due', due_since = now() where tenant_id = $1").await;
    let place = location(&house.upload(FILE, &[("data_source", "Agency")]).await.expect(201));
    assert_eq!(house.ended(&place).await["status"], "awaiting_approval");
    assert_eq!(house.told(&source).await, json!(["waiting", null, 0]));
    house.api.post(&format!("{place}/cancel")).token(&house.tenant.token).go().await.expect(200);
    assert_eq!(house.told(&source).await, json!(["cancelled", null, 0]));

    let place = location(&house.upload(FILE, &[("data_source", "Agency")]).await.expect(201));
    house.ended(&place).await;
    house.api.post(&format!("{place}/commit")).token(&house.tenant.token).go().await;
    assert_eq!(house.ended(&place).await["status"], "completed");
    assert_eq!(house.told(&source).await, json!(["imported", null, 0]));
    // A file that came before one was due says nothing of that.
    house.run("update data_sources set due = 'due', due_since = now() where tenant_id = $1").await;
    house.api.post(&format!("{place}/undo")).token(&house.tenant.token).go().await;
    house.ended(&place).await;
    assert_eq!(house.told(&source).await[1], "due");
}

#[tokio::test]
async fn the_template_of_a_source_reads_its_files_and_no_other_does() {
    let house = House::new().await;
    let mut made = vec![];
    for (name, field) in [("One", "customers.name"), ("Two", "customers.city")] {
        let mapping = json!({ "Wer": field }).to_string();
        let form = [("data_type", "customers"), ("mapping", mapping.as_str()), ("template", "none")];
        let batch = house.upload(OTHER, &form).await.expect(201).json()["batch"].clone();
        let input = json!({ "name": name, "batch_id": batch });
        let save = house.api.post("/api/v1/import_templates/save").token(&house.tenant.token).json(&input);
        let saved = save.go().await;
        assert!(saved.status.is_success(), "{}", saved.json());
        let list = house.get(&format!("/api/v1/import_templates?filter[name]={name}")).await;
        made.push((name, list["data"][0]["id"].clone()));
    }
    for (name, template) in made {
        house.source(&format!("Source {name}"), json!({ "template_id": template })).await;
        let form = format!("Source {name}");
        let report = house.upload(OTHER, &[("data_source", &form)]).await.expect(201).json();
        assert_eq!(report["files"][0]["template"], name, "{report}");
    }
}

#[tokio::test]
async fn a_source_that_takes_no_upload_is_refused_by_name_and_mend() {
    let house = House::new().await;
    house.source("Agency", json!({ "format": "workbook" })).await;
    house.source("Shop", json!({ "kind": "inbox", "location": "shop" })).await;
    house.source("Gone", json!({})).await;
    house.run("update data_sources set archived_at = now() where tenant_id = $1 and name = 'Gone'").await;
    for (named, code, mend) in [
        ("Agencie", "unknown_link", "Uploaded are Agency."),
        ("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00", "unknown_link", "Uploaded are Agency."),
        ("Shop", "inconsistent", "Fetch it, or leave `data_source` out."),
        ("Gone", "unknown_link", "Restore it, or choose another source."),
    ] {
        let refused = house.upload(FILE, &[("data_source", named)]).await.expect(422).json();
        let error = &refused["errors"][0];
        assert_eq!(
            (&error["field"], &error["value"], &error["code"]),
            (&json!("data_source"), &json!(named), &json!(code)),
            "{refused}"
        );
        assert!(error["message"].as_str().unwrap().contains(mend), "{refused}");
    }
    let refused = house.upload(FILE, &[("data_source", "Agency")]).await;
    assert_eq!(refused.refused(422), "bad_file");
    assert!(refused.json()["detail"].as_str().unwrap().contains("format `text`"), "{}", refused.json());
    assert_eq!(house.get("/api/v1/imports?count=exact").await["page"]["count"], 0);
    let empty = house.upload(FILE, &[("data_source", "")]).await.expect(201).json();
    assert_eq!(empty["data_source_id"], Value::Null);
}

#[tokio::test]
async fn the_first_page_offers_the_sources_of_uploads_and_the_import_tells_what_to_know_of_them() {
    let house = House::new().await;
    house.source("Shop", json!({ "kind": "inbox", "location": "shop" })).await;
    let page = async |path: &str| forms::get(&house.api, &house.tenant.token, path).await;
    assert!(!page("/admin/imports").await.contains("name=\"data_source\""));
    let source = house.source("Agency", json!({ "quirks": "Prices are per case." })).await;
    house.source("Old", json!({ "active": false })).await;
    house.run("update data_sources set due = 'overdue', due_since = now() where tenant_id = $1 and name = 'Agency'").await;
    let id = source.as_str().unwrap();
    let shown = page(&format!("/admin/imports?source={id}")).await;
    assert!(shown.contains(&format!("<option value=\"{id}\" selected>Agency · overdue</option>")), "{shown}");
    assert!(!shown.contains(">Shop") && !shown.contains(">Old"));

    let went = house.post("/admin/imports", &house.tenant.token, FILE, &[("data_source", id)]).await;
    let place = location(&went.expect(303));
    house.ended(&place.replace("/admin", "/api/v1")).await;
    let shown = page(&place).await;
    assert!(
        shown.contains("Prices are per case.") && shown.contains(&format!("/data_sources/{id}")),
        "{shown}"
    );
    let refused = house.post("/admin/imports", &house.tenant.token, FILE, &[("data_source", "None")]).await;
    assert!(forms::text(&refused.expect(422)).contains("There is no data source"));
}
