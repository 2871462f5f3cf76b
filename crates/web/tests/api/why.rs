//! "Why can this person see this": the answer agrees with what the engine lets that person do.

use model::{
    Document,
    caller::{Actor, Caller},
    query::GetQuery,
    registry,
};
use serde_json::{Value, json};
use store::engine;
use uuid::Uuid;
use work::access::standing;

use crate::harness::{Api, Tenant};

struct House {
    api: Api,
    tenant: Tenant,
}

impl House {
    async fn made(&self, path: &str, body: Value) -> Uuid {
        let made = self.api.post(&format!("/api/v1/{path}")).token(&self.tenant.token).json(&body).go().await;
        made.expect(201).json()["id"].as_str().unwrap().parse().unwrap()
    }

    async fn why(&self, user: Uuid, query: &str) -> Value {
        let path = format!("/api/v1/users/{user}/access?{query}");
        self.api.get(&path).token(&self.tenant.token).go().await.expect(200).json()
    }

    /// Whether the engine lets the person do it.
    async fn lets(&self, user: Uuid, entity: &str, action: &str, record: Uuid) -> bool {
        let entity = registry::entity(entity).unwrap();
        let system = Caller::system(self.tenant.id, Uuid::nil());
        let Some(caller) = standing::of(&self.api.db, &system, Actor::User(user)).await.unwrap() else {
            return false;
        };
        if action == "view" {
            return engine::get(&self.api.db, &caller, entity, record, &GetQuery::default()).await.is_ok();
        }
        let mut tx = self.api.db.begin(&caller).await.unwrap();
        let done = match action {
            "update" => engine::update(&mut tx, entity, record, Document::new(), None).await.map(drop),
            _ => engine::archive(&mut tx, entity, record, None).await.map(drop),
        };
        drop(tx);
        done.is_ok()
    }
}

/// A small source of choices that repeats itself for a seed (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

#[tokio::test]
async fn the_answer_agrees_with_the_engine() {
    let (api, tenant) = Api::with_tenant().await;
    let house = House { api, tenant };
    let mut dice = Dice(20);
    let scopes = ["none", "own", "team", "all"];
    let mut users = vec![];
    for number in 0..6 {
        let body = json!({ "email": format!("user{number}@example.com"), "name": format!("User {number}") });
        users.push(house.made("users", body).await);
    }
    for number in 0..2 {
        let team = house.made("teams", json!({ "code": format!("T{number}"), "name": "Team" })).await;
        for user in &users {
            if dice.below(2) == 0 {
                house.made("team_members", json!({ "team_id": team, "user_id": user })).await;
            }
        }
    }
    for number in 0..5 {
        let role = house.made("roles", json!({ "code": format!("R{number}"), "name": "Role" })).await;
        for entity in ["customers", "contacts", "orders"] {
            for action in ["view", "update", "delete"] {
                let scope = scopes[dice.below(4)];
                if scope != "none" {
                    let permission = format!("{entity}.{action}");
                    let body =
                        json!({ "role_id": role, "permission_code": permission, "record_scope": scope });
                    house.made("role_permissions", body).await;
                }
            }
        }
        for user in &users {
            if dice.below(3) == 0 {
                house.made("user_roles", json!({ "user_id": user, "role_id": role })).await;
            }
        }
    }
    let mut records = vec![];
    for number in 0..5 {
        let owner = users.get(dice.below(7));
        let body = json!({ "code": format!("C{number}"), "name": "Customer", "owner_id": owner });
        let customer = house.made("customers", body).await;
        records.push(("customers", customer));
        let contact = json!({ "customer_id": customer, "name": "Ann" });
        records.push(("contacts", house.made("contacts", contact).await));
    }
    let off = format!("/api/v1/users/{}/deactivate", users[5]);
    house.api.post(&off).token(&house.tenant.token).json(&json!({})).go().await.expect(200);

    let mut counts = [0, 0];
    for user in &users {
        for (entity, record) in &records {
            for action in ["view", "update", "delete"] {
                let lets = house.lets(*user, entity, action, *record).await;
                let why = house.why(*user, &format!("entity={entity}&record={record}&action={action}")).await;
                assert_eq!(why["allowed"], lets, "{user} {action} {entity} {record}: {why}");
                counts[usize::from(lets)] += 1;
            }
        }
    }
    assert!(counts[0] > 20 && counts[1] > 20, "{counts:?}");
}

#[tokio::test]
async fn the_answer_names_role_reach_path_owner_and_team() {
    let (api, tenant) = Api::with_tenant().await;
    let house = House { api, tenant };
    let person = async |name: &str| {
        house.made("users", json!({ "email": format!("{name}@example.com"), "name": name })).await
    };
    let (ann, bob) = (person("Ann").await, person("Bob").await);
    let customer =
        house.made("customers", json!({ "code": "C1", "name": "Harborview", "owner_id": bob })).await;
    let contact = house.made("contacts", json!({ "customer_id": customer, "name": "Maria" })).await;
    let ask = format!("entity=contacts&record={contact}");
    let told = house.why(ann, &ask).await;
    assert_eq!(
        (&told["allowed"], &told["reason"], &told["roles"]),
        (&json!(false), &json!("no_permission"), &json!([]))
    );

    let role = house.made("roles", json!({ "code": "team_reader", "name": "Reads the team's" })).await;
    let grant = json!({ "role_id": role, "permission_code": "contacts.view", "record_scope": "team" });
    house.made("role_permissions", grant).await;
    house.made("user_roles", json!({ "user_id": ann, "role_id": role })).await;
    let told = house.why(ann, &ask).await;
    assert_eq!((&told["allowed"], &told["reason"]), (&json!(false), &json!("not_seen")));
    assert_eq!(told["owner"]["name"], "Bob");

    let team = house.made("teams", json!({ "code": "north", "name": "North" })).await;
    for user in [ann, bob] {
        house.made("team_members", json!({ "team_id": team, "user_id": user })).await;
    }
    let told = house.why(ann, &ask).await;
    assert_eq!(
        (&told["allowed"], &told["reason"], &told["scope"]),
        (&json!(true), &json!("team"), &json!("team"))
    );
    assert_eq!(
        (&told["roles"][0]["code"], &told["teams"][0]["code"]),
        (&json!("team_reader"), &json!("north"))
    );
    let path = json!([{ "entity": "contacts", "id": contact }, { "entity": "customers", "id": customer }]);
    assert_eq!(told["path"], path);
    let told = house.why(ann, &format!("{ask}&action=update")).await;
    assert_eq!(told["reason"], "no_permission");
    let told = house.why(ann, "entity=contacts").await;
    assert_eq!((&told["allowed"], &told["reason"]), (&json!(true), &json!("permitted")));

    let get =
        |query: &str, token: &str| house.api.get(&format!("/api/v1/users/{ann}/access?{query}")).token(token);
    let token = house.tenant.token.as_str();
    assert_eq!(get("entity=contcts", token).go().await.refused(422), "invalid");
    assert_eq!(
        get("entity=contacts&action=veiw", token).go().await.json()["errors"][0]["suggestion"],
        "view"
    );
    assert_eq!(get("record=7", token).go().await.json()["errors"].as_array().unwrap().len(), 2);
    let nobody = format!("entity=contacts&record={ann}");
    assert_eq!(get(&nobody, token).go().await.refused(404), "not_found");
    let rep = house.api.token(house.tenant.id, "sales_rep").await;
    assert_eq!(get(&ask, &rep).go().await.refused(403), "forbidden");
    let elsewhere = house.api.tenant("elsewhere").await;
    assert_eq!(get(&ask, &elsewhere.token).go().await.refused(404), "not_found");
}
