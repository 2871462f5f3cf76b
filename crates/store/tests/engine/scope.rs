//! Record scope and permissions: everything shows the same set; not to be seen is not there.

use model::{caller::RecordScope, query::ListQuery};
use serde_json::{Value, json};
use store::engine;
use uuid::Uuid;

use crate::house::{House, code, customer, entity, id, records};

/// Customers C1 of Ann, C2 of Bob, C3 of nobody, each with an order; their ids.
async fn filled(house: &House) -> Vec<(Uuid, Uuid)> {
    let manager = house.a.manager();
    let mut ids = vec![];
    for (code, owner) in [("C1", Some(house.a.ann)), ("C2", Some(house.a.bob)), ("C3", None)] {
        let mut record = customer(code, code);
        record["owner_id"] = json!(owner);
        let made = house.create(&manager, "customers", record).await.unwrap();
        let order = json!({ "customer_id": made["id"], "currency": "USD" });
        let order = house.create(&manager, "orders", order).await.unwrap();
        ids.push((id(&made["id"]), id(&order["id"])));
    }
    ids
}

#[tokio::test]
async fn a_rep_sees_the_same_set_everywhere() {
    let house = House::new().await;
    let ids = filled(&house).await;
    let ann = house.a.rep(house.a.ann);
    let (mine, order) = ids[0];
    let (theirs, their_order) = ids[1];
    let everything = [("count", "exact"), ("archived", "with")];
    for (name, expected) in [("customers", mine), ("orders", order)] {
        let page = house.page(&ann, name, &everything).await.unwrap();
        assert_eq!(records(&page).iter().map(|r| id(&r["id"])).collect::<Vec<_>>(), [expected]);
        assert_eq!(page.count.unwrap().to_string(), "1");
        house.get(&ann, name, expected, &[]).await.unwrap();
    }
    let searched = house.column(&ann, "customers", "code", &[("q", "C")]).await;
    assert_eq!(searched, ["C1"]);
    for (name, foreign) in [("customers", theirs), ("orders", their_order)] {
        assert_eq!(code(house.get(&ann, name, foreign, &[]).await), "not_found");
        assert_eq!(code(house.update(&ann, name, foreign, json!({ "notes": "x" }), None).await), "not_found");
        assert_eq!(code(house.archive(&ann, name, foreign).await), "not_found");
        assert_eq!(code(house.restore(&ann, name, foreign).await), "not_found");
    }
    // A link to what cannot be seen is a link to nothing.
    let order = json!({ "customer_id": theirs, "currency": "USD" });
    let problem = house.create(&ann, "orders", order).await.unwrap_err();
    assert_eq!(&*problem.field_errors()[0].code, "unknown_link");
    let order = json!({ "customer_id": mine, "currency": "USD" });
    house.create(&ann, "orders", order).await.unwrap();
    // Children: those of a visible parent, and none of a parent that is not to be seen.
    let child = entity("customers").children.iter().find(|child| child.name == "orders").unwrap();
    let query = ListQuery::default();
    let page = engine::children(&house.db, &ann, entity("customers"), mine, child, &query).await.unwrap();
    assert_eq!(page.len, 2);
    let hidden = engine::children(&house.db, &ann, entity("customers"), theirs, child, &query).await;
    assert_eq!(code(hidden), "not_found");
    let page =
        engine::children(&house.db, &house.a.manager(), entity("customers"), theirs, child, &query).await;
    assert_eq!(page.unwrap().len, 1);
}

#[tokio::test]
async fn an_expanded_or_filtered_link_shows_no_more_than_a_list() {
    let house = House::new().await;
    let ids = filled(&house).await;
    // Sees every order, but of customers only their own.
    let mut ann = house.a.user(house.a.ann, RecordScope::All, &["view"]);
    let mut grants = (*ann.grants).clone();
    grants = grants.iter().filter(|(name, _)| *name != "customers.view").fold(
        Default::default(),
        |mut kept: model::caller::Grants, (name, scope)| {
            kept.add(name, scope);
            kept
        },
    );
    grants.add("customers.view", RecordScope::Own);
    ann.grants = grants.into();
    let orders = house.list(&ann, "orders", &[("expand", "customer"), ("sort", "id")]).await.unwrap();
    let shown: Vec<_> = orders.iter().map(|order| order["customer"]["code"].clone()).collect();
    assert_eq!(shown, [json!("C1"), Value::Null, Value::Null]);
    let found = house.list(&ann, "orders", &[("filter[customer.code][like]", "C%")]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(id(&found[0]["id"]), ids[0].1);
}

#[tokio::test]
async fn seen_but_not_permitted_is_forbidden() {
    let house = House::new().await;
    let ids = filled(&house).await;
    let viewer = house.a.user(house.a.ann, RecordScope::All, &["view"]);
    let change = || json!({ "notes": "x" });
    assert_eq!(code(house.update(&viewer, "customers", ids[1].0, change(), None).await), "forbidden");
    assert_eq!(code(house.archive(&viewer, "customers", ids[1].0).await), "forbidden");
    assert_eq!(code(house.create(&viewer, "customers", customer("C9", "x")).await), "forbidden");
    assert_eq!(
        code(house.update(&viewer, "customers", Uuid::from_u128(1), change(), None).await),
        "not_found"
    );
    // Sees all, changes their own.
    let mut mixed = house.a.user(house.a.ann, RecordScope::All, &["view"]);
    let mut grants = (*mixed.grants).clone();
    grants.add("customers.update", RecordScope::Own);
    mixed.grants = grants.into();
    assert_eq!(code(house.update(&mixed, "customers", ids[1].0, change(), None).await), "forbidden");
    house.update(&mixed, "customers", ids[0].0, change(), None).await.unwrap();
    // What is theirs cannot be given out of reach.
    let give = json!({ "owner_id": house.a.bob });
    assert_eq!(code(house.update(&mixed, "customers", ids[0].0, give, None).await), "invalid");
    // Without the permission to view there is nothing.
    let nobody = house.a.user(house.a.ann, RecordScope::All, &[]);
    assert_eq!(code(house.list(&nobody, "customers", &[]).await), "forbidden");
    assert_eq!(code(house.get(&nobody, "customers", ids[0].0, &[]).await), "not_found");
}

#[tokio::test]
async fn what_a_rep_makes_is_theirs() {
    let house = House::new().await;
    let ann = house.a.rep(house.a.ann);
    let made = house.create(&ann, "customers", customer("C1", "Mine")).await.unwrap();
    assert_eq!(made["owner_id"], json!(house.a.ann));
    house.get(&ann, "customers", id(&made["id"]), &[]).await.unwrap();
    let mut record = customer("C2", "Given away");
    record["owner_id"] = json!(house.a.bob);
    assert_eq!(code(house.create(&ann, "customers", record.clone()).await), "invalid");
    let team = house.a.user(house.a.ann, RecordScope::Team, &["view", "create"]);
    house.create(&team, "customers", record).await.unwrap();
    assert_eq!(house.column(&team, "customers", "code", &[("sort", "code")]).await, ["C1", "C2"]);
}

#[tokio::test]
async fn a_portal_sees_its_customer_and_no_field_of_staff() {
    let house = House::new().await;
    let ids = filled(&house).await;
    let portal = house.a.portal(ids[1].0, &["view"]);
    let orders = house.list(&portal, "orders", &[]).await.unwrap();
    assert_eq!(orders.iter().map(|order| id(&order["id"])).collect::<Vec<_>>(), [ids[1].1]);
    assert_eq!(orders[0].get("notes"), None);
    assert_eq!(orders[0].get("created_by"), None);
    assert_eq!(code(house.get(&portal, "orders", ids[0].1, &[]).await), "not_found");
    for query in [("filter[notes][contains]", "x"), ("fields", "notes"), ("expand", "sales_rep")] {
        assert_eq!(code(house.list(&portal, "orders", &[query]).await), "unknown_field", "{query:?}");
    }
    assert!(house.list(&portal, "suppliers", &[]).await.unwrap().is_empty());
    let staff = house.list(&house.a.manager(), "orders", &[("fields", "notes")]).await.unwrap();
    assert_eq!(staff.len(), 3);
}
