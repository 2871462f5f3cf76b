//! What one tenant tries to learn of another, or to do to it.

use model::{
    entity::{Entity, Writes},
    registry,
    value::{Author, Mode},
};
use serde_json::{Value, json};
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
