//! Sources whose address asks for a credential.

use std::sync::Arc;

use model::{
    Document,
    caller::{Actor, Caller, Grants, RecordScope, Scope},
    event::Change,
    registry,
};
use serde_json::{Value, json};
use store::engine;
use uuid::Uuid;
use work::{
    access::rights,
    operation::{execute, operations},
};

use crate::house::{House, Site};

const FILE: &str = "Code,Name\nC1,One\n";

fn document(value: Value) -> Document {
    value.as_object().cloned().unwrap()
}

/// Does an operation on credentials; the credential.
async fn credential(house: &House, name: &str, id: Option<Uuid>, input: Value) -> Uuid {
    let operation = operations().find(|one| one.permission() == name).unwrap();
    let done = execute(&house.services, &house.one, operation, id, document(input)).await.unwrap();
    done["id"].as_str().unwrap().parse().unwrap()
}

/// Another credential of the house's only source.
async fn given(house: &House, id: Uuid) {
    house.run(&format!("update data_sources set credential_id = '{id}' where tenant_id = $1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_gets_the_credential_of_its_source_and_nobody_else_sees_it() {
    let (house, site) = (House::new().await, Site::new().await);
    let owner = house.person("Anna", "admin").await;
    let source = house
        .source(owner, json!({ "kind": "https", "location": site.url, "waits_for_approval": false }))
        .await;
    site.answers(200, "", FILE);
    for (kind, account, secret, header, value) in [
        ("http_basic", "anna", "open sesame", "authorization", "Basic YW5uYTpvcGVuIHNlc2FtZQ=="),
        ("http_bearer", "", "tidal-lantern", "authorization", "Bearer tidal-lantern"),
        ("http_header", "X-Api-Key", "quiet-harbor", "x-api-key", "quiet-harbor"),
    ] {
        let new = json!({ "kind": kind, "name": kind, "account": account, "secret": secret });
        given(&house, credential(&house, "credentials.create", None, new).await).await;
        house.fetch(source).await;
        assert_eq!(site.asked().last().unwrap().get(header).map(String::as_str), Some(value), "{kind}");
    }
    assert_eq!(house.customers().await, "C1 One");
    // The new secret counts at once.
    let id: Uuid =
        house.one("select credential_id from data_sources where tenant_id = $1").await.parse().unwrap();
    let new = json!({ "account": "X-Api-Key", "secret": "later-harbor" });
    credential(&house, "credentials.rotate", Some(id), new).await;
    house.fetch(source).await;
    assert_eq!(site.asked().last().unwrap()["x-api-key"], "later-harbor");
    for table in
        ["jobs", "job_runs", "audit_logs", "data_sources", "notifications", "import_batches", "credentials"]
    {
        let text = format!("select string_agg(t::text, ' ') from {table} t where tenant_id = $1");
        let told = house.one(&text).await;
        for hidden in ["sesame", "YW5uYTpv", "lantern", "harbor"] {
            assert!(!told.contains(hidden), "{hidden} in {table}: {told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_missing_refused_archived_or_of_another_kind_stands_on_the_source() {
    let (house, site) = (House::new().await, Site::new().await);
    let owner = house.person("Anna", "admin").await;
    let source = house.source(owner, json!({ "kind": "https", "location": site.url })).await;
    let told = async || {
        house.fetch(source).await;
        let (outcome, _, why) = house.told().await;
        assert_eq!(outcome, "failed", "{why}");
        why
    };
    site.answers(401, "www-authenticate: Basic\r\n", "");
    assert!(told().await.contains("answers 401: it asks for a credential. Choose one"));

    let new = json!({ "kind": "http_bearer", "name": "Brewery", "secret": "tidal-lantern" });
    let id = credential(&house, "credentials.create", None, new).await;
    given(&house, id).await;
    site.answers(403, "", "tidal-lantern");
    let why = told().await;
    assert!(
        why.contains("answers 403: it does not take the credential “Brewery”. Give that a new secret"),
        "{why}"
    );
    assert!(!why.contains("lantern"));

    let asked = site.asked().len();
    credential(&house, "credentials.archive", Some(id), json!({})).await;
    assert!(told().await.contains("“Brewery” is archived, and its secret forgotten. Give it a new secret"));
    let new = json!({ "kind": "smtp", "name": "Relay", "secret": "tidal-lantern" });
    given(&house, credential(&house, "credentials.create", None, new).await).await;
    assert!(told().await.contains("“Relay” is none for web addresses (smtp). Choose one that is."));
    assert_eq!(site.asked().len(), asked, "nothing is asked without it");

    credential(&house, "credentials.rotate", Some(id), json!({ "secret": "other" })).await;
    given(&house, id).await;
    site.answers(200, "", FILE);
    house.fetch(source).await;
    assert_eq!(house.told().await.0, "waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_sent_to_its_address_alone() {
    let (house, site, other) = (House::new().await, Site::new().await, Site::new().await);
    let owner = house.person("Anna", "admin").await;
    let new = json!({ "kind": "http_bearer", "name": "Brewery", "secret": "tidal-lantern" });
    let id = credential(&house, "credentials.create", None, new).await;
    let record = json!({ "kind": "https", "location": site.url, "credential_id": id });
    let source = house.source(owner, record).await;
    for status in [301, 302, 303, 307, 308] {
        site.answers(status, &format!("location: {}\r\n", other.url), "");
        house.fetch(source).await;
        assert!(house.told().await.2.contains("sends elsewhere"), "{:?}", house.told().await);
    }
    assert_eq!((site.asked().len(), other.asked().len()), (5, 0));

    for (record, field) in [
        (json!({ "kind": "https", "location": "http://shop.example/x.csv" }), "location"),
        (json!({ "kind": "https", "location": "http://127.0.0.1@shop.example/x.csv" }), "location"),
        (json!({ "kind": "inbox", "location": "shop" }), "credential_id"),
        (json!({ "kind": "upload" }), "credential_id"),
    ] {
        let mut record = record;
        record["name"] = json!("Other");
        record["credential_id"] = json!(id);
        let refused = house.try_source(owner, record.clone()).await.unwrap_err();
        assert_eq!(refused.field_errors()[0].field, field, "{record}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sends_a_credential_elsewhere_who_may_not_change_it() {
    let house = House::new().await;
    let clerk = house.person("Clerk", "sales_rep").await;
    let new = json!({ "kind": "http_bearer", "name": "Brewery", "secret": "tidal-lantern" });
    let id = credential(&house, "credentials.create", None, new).await;
    let entity = registry::entity("data_sources").unwrap();
    let make = async |permissions: &[&str], credential: Value| {
        let mut grants = Grants::default();
        for permission in permissions {
            grants.add((*permission).to_owned(), RecordScope::All);
        }
        let (scope, actor) = (Scope::Staff, Actor::User(clerk));
        let caller = Caller { scope, actor, grants: Arc::new(grants), ..house.one.clone() };
        let record = json!({ "name": "Shop", "owner_id": clerk, "kind": "https", "location": "https://mine.example/x",
            "credential_id": credential });
        let mut tx = house.db.begin(&caller).await.unwrap();
        let made = engine::create(&mut tx, entity, document(record)).await.unwrap();
        let held = rights::hold(&mut tx, entity, Change::Updated, &[&made]).await;
        let gone = rights::hold(&mut tx, entity, Change::Archived, &[&made]).await;
        tx.rollback().await.unwrap();
        gone.unwrap();
        held.map_err(|refused| refused.code().code)
    };
    let some =
        ["data_sources.create", "data_sources.update", "data_sources.view", "users.view", "credentials.view"];
    assert_eq!(make(&some, json!(id)).await, Err("beyond_own_rights"));
    assert_eq!(make(&some, Value::Null).await, Ok(()));
    let all = [&some[..], &["credentials.rotate"]].concat();
    assert_eq!(make(&all, json!(id)).await, Ok(()));
}
