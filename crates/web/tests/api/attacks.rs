//! What one tenant tries to learn of another, or to do to it.

use std::{fs, path::Path};

use model::{
    caller::Caller,
    entity::{Entity, Writes},
    registry,
    value::{Author, Mode},
};
use serde_json::{Value, json};
use store::NewJob;
use uuid::Uuid;

use crate::{
    fixtures::Fixtures,
    harness::{Api, location},
};

/// An id that nobody has.
const NOBODYS: &str = "0190f5c4-7b1e-7c3a-9d52-000000000000";

fn writable() -> impl Iterator<Item = &'static Entity> {
    registry::ENTITIES.iter().copied().filter(|entity| entity.writes == Writes::All)
}

#[tokio::test]
async fn no_link_can_be_turned_to_another_tenants_record() {
    let api = Api::new().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let mut fixtures = Fixtures::new(&api.db);
    let mut tried = 0;
    for entity in writable() {
        let links = entity.fields.iter().filter(|field| Author::Staff.writes(field, Mode::Update));
        for (field, target) in links.filter_map(|field| Some((field, registry::entity(field.link()?)?))) {
            let path = format!("/api/v1/{}/{}", entity.name, fixtures.record(other.id, entity).await);
            let ours = fixtures.record(own.id, target).await.to_string();
            let write = async |id: &str| {
                let answer = api.patch(&path).token(&other.token).json(&json!({ field.name: id })).go().await;
                (answer.status.as_u16(), answer.told().1.to_string().replace(id, "(an id)"))
            };
            let told = write(&ours).await;
            assert_eq!(told, write(NOBODYS).await, "{}.{}", entity.name, field.name);
            assert!(matches!(told.0, 409 | 422), "{}.{}: {told:?}", entity.name, field.name);
            tried += 1;
        }
    }
    assert!(tried > 20);
}

#[tokio::test]
async fn lists_filters_counts_and_children_hold_nothing_of_another_tenant() {
    let api = Api::new().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let mut fixtures = Fixtures::new(&api.db);
    for entity in registry::ENTITIES.iter().copied() {
        let id = fixtures.record(own.id, entity).await;
        let mut asked = vec![
            format!("/api/v1/{}?filter[id]={id}&count=exact", entity.name),
            format!("/api/v1/{}?filter[id][in]={id},{NOBODYS}&count=capped", entity.name),
        ];
        for field in entity.fields.iter().filter(|field| field.link().is_some() && Author::Staff.sees(field))
        {
            asked.push(format!(
                "/api/v1/{}?filter[{}][is_null]=false&limit=200&count=exact",
                entity.name, field.name
            ));
        }
        for path in asked {
            let seen = api.get(&path).token(&other.token).go().await.expect(200);
            let told = String::from_utf8_lossy(&seen.body).into_owned();
            assert!(!told.contains(&own.id.to_string()), "{path}");
            if path.contains(&id.to_string()) {
                assert_eq!(
                    (&seen.json()["data"], &seen.json()["page"]["count"]),
                    (&json!([]), &json!(0)),
                    "{path}"
                );
            }
        }
        let twin = api.get(&format!("/api/v1/{}?filter[id]={id}&count=exact", entity.name)).token(&own.token);
        assert_eq!(twin.go().await.expect(200).json()["page"]["count"], 1, "{}", entity.name);
    }
}

#[tokio::test]
async fn keys_of_another_tenant_are_free_and_say_nothing() {
    let api = Api::new().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let body = json!({ "code": "C1", "name": "Harborview", "email": "a@example.com" });
    let make = |token: &str| api.post("/api/v1/customers").token(token).json(&body);
    let ours = location(&make(&own.token).go().await.expect(201));
    make(&other.token).go().await.expect(201);
    assert_eq!(make(&other.token).go().await.refused(409), "duplicate");

    // A version that the other tenant's record has opens nothing.
    for (name, value) in [("if-none-match", "\"v1\""), ("if-match", "\"v1\"")] {
        let read = api.get(&ours).token(&other.token).header(name, value).go().await;
        assert_eq!(read.refused(404), "not_found");
        let write = api
            .patch(&ours)
            .token(&other.token)
            .header(name, value)
            .json(&json!({ "name": "Mine" }))
            .go()
            .await;
        assert_eq!(write.refused(404), "not_found");
    }
    assert_eq!(api.get(&ours).token(&own.token).go().await.expect(200).json()["name"], "Harborview");
}

#[tokio::test]
async fn a_cursor_is_of_no_use_to_another_tenant() {
    let api = Api::new().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    for tenant in [&own, &other] {
        for code in ["C1", "C2"] {
            let body = json!({ "code": code, "name": code });
            api.post("/api/v1/customers").token(&tenant.token).json(&body).go().await.expect(201);
        }
    }
    let page = api.get("/api/v1/customers?limit=1").token(&own.token).go().await.expect(200).json();
    let next = format!("/api/v1/customers?limit=1&after={}", page["page"]["next"].as_str().unwrap());
    api.get(&next).token(&own.token).go().await.expect(200);
    assert_eq!(api.get(&next).token(&other.token).go().await.refused(400), "bad_cursor");
}

#[tokio::test]
async fn what_the_program_keeps_cannot_be_stated() {
    let (api, tenant) = Api::with_tenant().await;
    let other = api.tenant("elsewhere").await;
    let mut fixtures = Fixtures::new(&api.db);
    for entity in writable() {
        for (name, value) in [
            ("tenant_id", json!(other.id)),
            ("id", json!(Uuid::from_u128(7))),
            ("created_by", json!(Uuid::from_u128(7))),
            ("version", json!(7)),
            ("search_text", json!("x")),
        ] {
            let mut body = fixtures.body(tenant.id, entity).await;
            body[name] = value;
            let answer =
                api.post(&format!("/api/v1/{}", entity.name)).token(&tenant.token).json(&body).go().await;
            assert_eq!(answer.refused(422), "invalid", "{}.{name}", entity.name);
            let errors = answer.json()["errors"].clone();
            let told: Vec<&Value> = errors.as_array().unwrap().iter().map(|error| &error["field"]).collect();
            assert_eq!(told, [name], "{}", entity.name);
        }
    }
}

#[tokio::test]
async fn a_token_opens_its_own_tenant_whatever_else_the_request_says() {
    let api = Api::new().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let host = "insert into tenant_slugs (tenant_id, key, kind) values ($1, 'crm.elsewhere.example', 'host') returning key";
    api.write(other.id, host, vec![other.id.into()]).await;
    for tenant in [&own, &other] {
        let body = json!({ "code": "C1", "name": format!("Of {}", tenant.id) });
        api.post("/api/v1/customers").token(&tenant.token).json(&body).go().await.expect(201);
    }
    let id = other.id.to_string();
    for (name, value) in [
        ("host", "crm.elsewhere.example"),
        ("x-forwarded-host", "crm.elsewhere.example"),
        ("x-tenant-id", &id),
        ("x-tenant", "elsewhere"),
        ("cookie", "tenant=elsewhere"),
    ] {
        let seen = api.get("/api/v1/customers").token(&own.token).header(name, value).go().await.expect(200);
        let names: Vec<Value> =
            seen.json()["data"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert_eq!(names, [json!(format!("Of {}", own.id))], "{name}: {value}");
    }
    // A query that names the tenant is none that there is.
    let asked = api.get("/api/v1/customers?tenant=elsewhere").token(&own.token).go().await;
    assert_eq!(asked.refused(400), "unknown_field");
    api.get("/api/v1/customers").token(&other.token).go().await.expect(200);
}

#[tokio::test]
async fn a_file_with_ids_and_keys_of_another_tenant_changes_and_tells_nothing_of_it() {
    let api = Api::new().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let body =
        json!({ "code": "C1", "name": "Theirs", "email": "theirs@example.com", "notes": "tidal lantern" });
    let place =
        location(&api.post("/api/v1/customers").token(&other.token).json(&body).go().await.expect(201));
    let id = place.rsplit('/').next().unwrap();
    let before = api.get(&place).token(&other.token).go().await.expect(200).json();
    let upload = async |columns: &str| {
        let form = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"data_type\"\r\n\r\ncustomers\r\n\
             --edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.csv\"\r\n\r\n{columns}\r\n--edge--\r\n"
        );
        let asking = api.post("/api/v1/imports").token(&own.token);
        let asking = asking.header("content-type", "multipart/form-data; boundary=edge");
        let made = asking.body(form).go().await.expect(201);
        let import = location(&made);
        let step = async |name: &str| api.post(&format!("{import}/{name}")).token(&own.token).go().await;
        let checked = step("validate").await.expect(200);
        let rows = api.get(&format!("{import}/rows")).token(&own.token).go().await.expect(200);
        for told in [&checked, &rows] {
            let text = String::from_utf8_lossy(&told.body);
            assert!(!text.contains("Theirs") && !text.contains("tidal"), "{text}");
        }
        step("commit").await;
        checked.json()
    };
    // By its id: there is no such record here, and which one it would be is not told.
    let by_id = upload(&format!("ID,Customer name\r\n{id},Mine")).await;
    let of_nobody = upload("ID,Customer name\r\n0190f5c4-7b1e-7c3a-9d52-000000000000,Nobodys").await;
    assert_eq!((&by_id["failed"], &by_id["created"]), (&of_nobody["failed"], &of_nobody["created"]));
    // By its key: a record of one's own comes into being, as if nobody had that key.
    let by_key = upload("Customer code,Customer name,E-mail\r\nC1,Mine,theirs@example.com").await;
    assert_eq!(by_key["created"], 1, "{by_key}");
    assert_eq!(api.get(&place).token(&other.token).go().await.expect(200).json(), before);
}

/// What is queued is data: a job reads and writes rows of its own tenant alone, whatever its payload names.
#[tokio::test]
async fn a_job_whose_payload_names_another_tenants_rows_does_nothing_to_them() {
    let api = Api::without_workers().await;
    let (own, other) = (api.tenant("harborview").await, api.tenant("elsewhere").await);
    let mut fixtures = Fixtures::new(&api.db);
    let tables = ["export_jobs", "import_batches", "email_messages", "webhook_logs", "failed_webhooks"];
    let mut theirs = vec![];
    for table in tables {
        theirs.push(fixtures.record(other.id, registry::entity(table).unwrap()).await);
    }
    let [export, batch, email, log, failed] = theirs[..] else { panic!() };
    let by = json!({ "kind": "system", "id": null, "request": Uuid::nil() });
    let jobs = [
        ("exports.run", json!({ "export": export, "by": by })),
        ("imports.validate", json!({ "batch": batch, "by": by })),
        ("imports.commit", json!({ "batch": batch, "by": by })),
        ("imports.undo", json!({ "batch": batch, "by": by, "force": true })),
        ("mail.send", json!({ "email": email })),
        ("webhooks.process", json!({ "log": log })),
        ("failed_webhooks.replay", json!({ "failed": failed })),
        ("tenants.delete", json!({ "tenant": other.id })),
    ];
    let state = async || {
        let mut told = vec![];
        for table in tables {
            let path = format!("/api/v1/{table}?limit=200");
            told.push(api.get(&path).token(&other.token).go().await.expect(200).json()["data"].clone());
        }
        told
    };
    let before = state().await;
    let mut tx = api.db.begin(&Caller::system(own.id, Uuid::nil())).await.unwrap();
    for (kind, payload) in jobs {
        tx.enqueue(NewJob::new(kind, payload)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let worker = api.work_at(|_| true);
    let tried = "select count(*) from jobs where tenant_id = $1 and (status in ('completed', 'failed') or attempts > 0)";
    for round in 0.. {
        let rows = api.write(own.id, tried, vec![own.id.into()]).await;
        if rows[0].get::<_, i64>(0) >= 8 {
            break;
        }
        assert!(round < 400, "the jobs were not tried");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    worker.stop().await;
    assert_eq!(state().await, before);
    api.get("/api/v1/customers").token(&other.token).go().await.expect(200);
}

#[test]
fn every_attack_of_the_documentation_has_its_tests() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(crates.join("../docs/security.md")).unwrap();
    let mut read = 0;
    for (file, name) in page.split('`').filter_map(|piece| piece.split_once(".rs::")) {
        let text = fs::read_to_string(crates.join(format!("{file}.rs"))).unwrap_or_default();
        assert!(text.contains(&format!("fn {name}(")), "docs/security.md names {name} of crates/{file}.rs");
        read += 1;
    }
    assert!(read > 50, "{read}");
}
