//! Two records made one, and that taken back.

use model::{
    Document,
    caller::Caller,
    entity::Entity,
    field::{Field, Kind, Write},
    referrers, registry,
    value::{Format, parse_text},
};
use serde_json::{Value, json};
use store::sql::Query;
use uuid::Uuid;
use work::operation::operations;

use crate::{
    fixtures::Fixtures,
    harness::{Answer, Api},
};

/// A small source of choices that repeats itself for a seed (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

pub fn entity(name: &str) -> &'static Entity {
    registry::entity(name).unwrap()
}

pub fn document(value: Value) -> Document {
    value.as_object().cloned().unwrap()
}

pub async fn merge(api: &Api, token: &str, path: &str, body: Value) -> Answer {
    api.post(&format!("/api/v1/{path}/merge")).token(token).json(&body).go().await
}

pub async fn undo(api: &Api, token: &str, path: &str) -> Answer {
    api.post(&format!("/api/v1/{path}/undo_merge")).token(token).json(&json!({})).go().await
}

pub async fn made(api: &Api, token: &str, path: &str, body: Value) -> Uuid {
    let made = api.post(&format!("/api/v1/{path}")).token(token).json(&body).go().await.expect(201);
    made.json()["id"].as_str().unwrap().parse().unwrap()
}

pub async fn record(api: &Api, token: &str, path: &str) -> Value {
    api.get(&format!("/api/v1/{path}")).token(token).go().await.expect(200).json()
}

/// Rows of a table as the database holds them, but for the count of writes.
pub async fn rows(api: &Api, tenant: Uuid, table: &str) -> Vec<Value> {
    let mut tx = api.db.begin(&Caller::system(tenant, Uuid::nil())).await.unwrap();
    let text = format!(
        "select to_jsonb(t) - '{{version,updated_at,revoked_at}}'::text[] from {table} t where tenant_id = $1 order by id"
    );
    let found = tx.run(&Query::free(text, vec![tenant.into()])).await.unwrap();
    tx.rollback().await.unwrap();
    found.iter().map(|row| row.get(0)).collect()
}

/// Every table that knows of records of an entity, and its own.
async fn all(api: &Api, tenant: Uuid, entity: &'static Entity) -> Vec<(&'static str, Vec<Value>)> {
    let mut all = vec![(entity.name, rows(api, tenant, entity.name).await)];
    for one in referrers::of(entity) {
        all.push((one.table, rows(api, tenant, one.table).await));
    }
    all
}

/// A value that a field may have, another one each time.
fn value(field: &Field, number: usize) -> Option<Value> {
    match field.kind {
        Kind::Link(_) | Kind::Json | Kind::Choice(_) | Kind::Currency => None,
        Kind::Code | Kind::Text { .. } | Kind::Paragraph { .. } => {
            Some(json!(format!("{}-x{number}", field.name)))
        }
        Kind::Email => Some(json!(format!("someone{number}@example.com"))),
        Kind::Timestamp => Some(json!(format!("2026-01-{:02}T08:00:00Z", 1 + number % 28))),
        _ if field.example.is_empty() => None,
        _ => parse_text(field, field.example, &Format::canonical()).ok(),
    }
}

/// A record in which some fields stand, and rows of every kind that name it.
async fn grown(
    fixtures: &mut Fixtures<'_>,
    tenant: Uuid,
    entity: &'static Entity,
    dice: &mut Dice,
    number: &mut usize,
) -> Uuid {
    fixtures.apart();
    let mut stated = Document::new();
    for field in entity.fields.iter().filter(|field| field.carried.is_none() && dice.below(2) == 0) {
        *number += 1;
        if let Some(value) = value(field, *number).filter(|_| field.write != Write::Never) {
            stated.insert(field.name.to_owned(), value);
        }
    }
    let id = fixtures.record_with(tenant, entity, stated).await;
    fixtures.share(tenant, entity.name, id);
    for one in referrers::of(entity) {
        let Some(kind) = one.entity else { continue };
        for column in &one.columns {
            for _ in 0..dice.below(3) {
                let field = kind.field(column.name).unwrap();
                let stated = match column.about {
                    true => json!({ "entity": entity.name, column.name: id }),
                    // A carried one comes with the record that it is carried by, which is of this one too.
                    false if field.carried.is_some() => json!({}),
                    false => json!({ column.name: id }),
                };
                fixtures.record_with(tenant, kind, document(stated)).await;
            }
        }
    }
    id
}

#[tokio::test]
async fn whatever_names_the_one_names_the_other_and_all_of_it_comes_back() {
    let (api, tenant) = Api::with_tenant().await;
    let mut fixtures = Fixtures::new(&api.db);
    let (mut dice, mut number) = (Dice(7), 0);
    let merged: Vec<_> = operations().filter(|operation| operation.name == "merge").collect();
    assert!(merged.len() >= 4);
    let mut total = 0;
    for operation in merged {
        let entity = entity(operation.entity);
        for round in 0..3 {
            let kept = grown(&mut fixtures, tenant.id, entity, &mut dice, &mut number).await;
            let gone = grown(&mut fixtures, tenant.id, entity, &mut dice, &mut number).await;
            let before = all(&api, tenant.id, entity).await;
            let path = format!("{}/{kept}", entity.name);
            let done =
                merge(&api, &tenant.token, &path, json!({ "loser_id": gone })).await.expect(200).json();
            let after = all(&api, tenant.id, entity).await;
            total += done["moved"].as_object().unwrap().values().filter_map(Value::as_u64).sum::<u64>();
            let names = |rows: &[(&str, Vec<Value>)], id: Uuid| -> usize {
                let id = json!(id).to_string();
                let one = |row: &Value| row.to_string().matches(&id).count();
                rows.iter().skip(1).flat_map(|(_, rows)| rows).map(one).sum()
            };
            assert_eq!(names(&after, gone), 0, "{} {round}: {done}", entity.name);
            assert_eq!(names(&after, kept), names(&before, kept) + names(&before, gone), "{}", entity.name);
            assert!(
                record(&api, &tenant.token, &format!("{}/{gone}", entity.name)).await["archived_at"]
                    .is_string()
            );
            let back = undo(&api, &tenant.token, &path).await.expect(200).json();
            assert_eq!((&back["conflicts"], &back["fields_kept"]), (&json!({}), &json!([])), "{back}");
            assert_eq!(back["moved"], done["moved"]);
            for (was, is) in before.iter().zip(all(&api, tenant.id, entity).await) {
                assert_eq!(*was, is, "{} {round}", entity.name);
            }
            let none = undo(&api, &tenant.token, &path).await;
            assert_eq!(none.refused(409), "not_merged");
        }
    }
    assert!(total > 100, "{total} rows moved are few");
}

#[tokio::test]
async fn empty_fields_are_filled_or_those_taken_that_were_named() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let one = json!({ "code": "A", "name": "Alfreds", "phone": "030-0074321", "notes": "" });
    let two = json!({ "code": "B", "name": "Alfreds Futterkiste", "phone": "030-99", "email": "a@example.com",
        "line_user_id": "U4af4980629", "city": "Berlin" });
    let (kept, gone) = (made(&api, token, "customers", one).await, made(&api, token, "customers", two).await);
    let path = format!("customers/{kept}");
    let done = merge(&api, token, &path, json!({ "loser_id": gone })).await.expect(200).json();
    assert_eq!(done["fields"], json!(["city", "email", "line_user_id"]));
    let is = record(&api, token, &path).await;
    assert_eq!(
        (&is["name"], &is["phone"], &is["email"], &is["line_user_id"], &is["code"]),
        (
            &json!("Alfreds"),
            &json!("030-0074321"),
            &json!("a@example.com"),
            &json!("U4af4980629"),
            &json!("A")
        )
    );
    // What somebody changed since stays; the rest is as it was, keys included.
    api.patch(&format!("/api/v1/{path}"))
        .token(token)
        .json(&json!({ "city": "Bonn" }))
        .go()
        .await
        .expect(200);
    let back = undo(&api, token, &path).await.expect(200).json();
    assert_eq!(back["fields_kept"], json!(["city"]));
    let (is, other) =
        (record(&api, token, &path).await, record(&api, token, &format!("customers/{gone}")).await);
    assert_eq!(
        (&is["city"], &is["email"], &is["line_user_id"]),
        (&json!("Bonn"), &Value::Null, &Value::Null)
    );
    assert_eq!((&other["line_user_id"], &other["archived_at"]), (&json!("U4af4980629"), &Value::Null));

    let take = json!({ "loser_id": gone, "take": ["name", "city"] });
    let done = merge(&api, token, &path, take).await.expect(200).json();
    assert_eq!(done["fields"], json!(["city", "name"]));
    let is = record(&api, token, &path).await;
    assert_eq!(
        (&is["name"], &is["city"], &is["email"]),
        (&json!("Alfreds Futterkiste"), &json!("Berlin"), &Value::Null)
    );
    undo(&api, token, &path).await.expect(200);
    let history = record(&api, token, &format!("{path}/history")).await;
    assert!(history["data"].as_array().unwrap().iter().any(|line| line.to_string().contains("Futterkiste")));
    let trail = api.trail(tenant.id, gone).await;
    assert_eq!(
        trail,
        ["archive", "merge", "restore", "undo_merge", "archive", "merge", "restore", "undo_merge"]
    );
}

#[tokio::test]
async fn what_cannot_be_merged_is_told_and_nothing_is_done() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let new = |name: &'static str, more: Value| {
        let mut body = document(more);
        body.insert("name".to_owned(), json!(name));
        made(&api, token, "customers", Value::Object(body))
    };
    let (kept, gone) = (new("One", json!({})).await, new("Two", json!({ "currency": "EUR" })).await);
    let path = format!("customers/{kept}");
    let field = |answer: &Answer| answer.json()["errors"][0]["field"].as_str().unwrap_or_default().to_owned();

    let same = merge(&api, token, &path, json!({ "loser_id": kept })).await;
    assert_eq!((same.refused(422), field(&same)), ("invalid".into(), "loser_id".into()));
    let other = api.tenant("elsewhere").await;
    let theirs = made(&api, &other.token, "customers", json!({ "name": "Theirs" })).await;
    let unknown = merge(&api, token, &path, json!({ "loser_id": theirs })).await;
    assert_eq!((unknown.refused(422), field(&unknown)), ("invalid".into(), "loser_id".into()));
    let elsewhere = merge(&api, &other.token, &path, json!({ "loser_id": theirs })).await;
    assert_eq!(elsewhere.refused(404), "not_found");
    let take = json!({ "loser_id": gone, "take": ["risk_status", "phnoe"] });
    let wrong = merge(&api, token, &path, take).await;
    assert_eq!(wrong.refused(422), "invalid");
    let codes: Vec<Value> =
        wrong.json()["errors"].as_array().unwrap().iter().map(|error| error["code"].clone()).collect();
    assert_eq!(codes, ["read_only", "unknown_field"]);
    for role in ["sales_rep", "operations"] {
        let token = api.token(tenant.id, role).await;
        let refused = merge(&api, &token, &path, json!({ "loser_id": gone })).await;
        assert!(matches!(refused.status.as_u16(), 403 | 404), "{role}");
    }

    // Documents in another currency.
    api.patch(&format!("/api/v1/{path}"))
        .token(token)
        .json(&json!({ "currency": "USD" }))
        .go()
        .await
        .expect(200);
    let mut fixtures = Fixtures::new(&api.db);
    fixtures
        .record_with(
            tenant.id,
            entity("invoices"),
            document(json!({ "customer_id": gone, "currency": "EUR" })),
        )
        .await;
    let money = merge(&api, token, &path, json!({ "loser_id": gone })).await;
    assert_eq!(money.refused(409), "merge_of_currencies");

    let archived = new("Three", json!({})).await;
    api.delete(&format!("/api/v1/customers/{archived}")).token(token).go().await.expect(200);
    for (kept, gone) in [(kept, archived), (archived, kept)] {
        let refused = merge(&api, token, &format!("customers/{kept}"), json!({ "loser_id": gone })).await;
        assert_eq!(refused.refused(409), "merge_of_archived");
    }
    assert!(rows(&api, tenant.id, "merges").await.is_empty());
    assert!(record(&api, token, &format!("customers/{gone}")).await["archived_at"].is_null());
}

/// A role of one's own whose permissions reach one's own records merges these and no other.
#[tokio::test]
async fn own_records_are_merged_and_others_are_not() {
    let (api, tenant) = Api::with_tenant().await;
    let token = tenant.token.as_str();
    let role = made(&api, token, "roles", json!({ "code": "tidy", "name": "Tidy" })).await;
    for action in ["view", "update", "delete", "merge", "undo_merge"] {
        let body = json!({ "role_id": role, "permission_code": format!("customers.{action}"), "record_scope": "own" });
        made(&api, token, "role_permissions", body).await;
    }
    let person = api.sign_in(tenant.id, "tidy").await;
    let new =
        |owner: Option<Uuid>| made(&api, token, "customers", json!({ "name": "Alfreds", "owner_id": owner }));
    let (one, two, foreign) = (new(Some(person.id)).await, new(Some(person.id)).await, new(None).await);
    let path = format!("customers/{one}");
    let refused = merge(&api, &person.token, &path, json!({ "loser_id": foreign })).await;
    assert_eq!(refused.refused(422), "invalid");
    let refused =
        merge(&api, &person.token, &format!("customers/{foreign}"), json!({ "loser_id": one })).await;
    assert_eq!(refused.refused(404), "not_found");
    merge(&api, &person.token, &path, json!({ "loser_id": two })).await.expect(200);
    undo(&api, &person.token, &path).await.expect(200);
}

#[tokio::test]
async fn a_fault_in_the_middle_leaves_nothing() {
    let (api, tenant) = Api::with_tenant().await;
    let mut fixtures = Fixtures::new(&api.db);
    let (mut dice, mut number) = (Dice(11), 0);
    let customers = entity("customers");
    let kept = grown(&mut fixtures, tenant.id, customers, &mut dice, &mut number).await;
    let gone = grown(&mut fixtures, tenant.id, customers, &mut dice, &mut number).await;
    let before = all(&api, tenant.id, customers).await;
    let plant = "create function app.fault() returns trigger language plpgsql as $$ begin raise exception 'fault'; end $$;
        create trigger fault before insert on merges for each row execute function app.fault()";
    api.test.plant(plant).await.unwrap();
    let path = format!("customers/{kept}");
    let failed = merge(&api, &tenant.token, &path, json!({ "loser_id": gone })).await;
    assert!(failed.status.is_server_error());
    assert_eq!(all(&api, tenant.id, customers).await, before);
    api.test.plant("drop trigger fault on merges").await.unwrap();
    merge(&api, &tenant.token, &path, json!({ "loser_id": gone })).await.expect(200);
}
