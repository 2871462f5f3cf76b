//! What writes tell: an event commits with its change, and never without it.

use model::{caller::Caller, event::Event};
use serde_json::{Value, json};
use store::engine::{self, Action, BulkRequest};

use crate::house::{House, customer, doc, entity, id};

impl House {
    /// The events of tenant A in the order in which they were told: name, and what was told.
    async fn events(&self) -> Vec<(String, Value)> {
        let sql = "select type, payload from webhook_events where tenant_id = $1 order by id";
        let rows = self.admin.query(sql, &[&self.a.id]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    async fn names(&self) -> Vec<String> {
        self.events().await.into_iter().map(|(name, _)| name).collect()
    }
}

#[tokio::test]
async fn every_write_tells_what_it_did_and_one_that_changes_nothing_tells_nothing() {
    let house = House::new().await;
    let manager = house.a.manager();
    let made = house.create(&manager, "customers", customer("C1", "Harborview")).await.unwrap();
    let customer = id(&made["id"]);
    for name in ["Harbor", "Harbor"] {
        let change = json!({ "name": name, "code": "C1" });
        house.update(&manager, "customers", customer, change, None).await.unwrap();
    }
    house.archive(&manager, "customers", customer).await.unwrap();
    house.archive(&manager, "customers", customer).await.unwrap();
    house.restore(&manager, "customers", customer).await.unwrap();
    house.create(&manager, "teams", json!({ "code": "T", "name": "North" })).await.unwrap();
    let names = house.names().await;
    let expected =
        ["customer.created", "customer.updated", "customer.archived", "customer.restored", "team.created"];
    assert_eq!(names, expected);
    let told = house.events().await;
    let (created, updated) = (&told[0].1, &told[1].1);
    assert_eq!((&created["id"], &created["version"]), (&made["id"], &json!(1)));
    assert_eq!(created["record"], made);
    assert_eq!((&updated["changed"], &updated["version"]), (&json!(["name"]), &json!(2)));
    assert_eq!(updated["record"]["name"], "Harbor");
    let sql = "select count(*) from webhook_events where tenant_id = $1";
    assert_eq!(house.admin.query_one(sql, &[&house.b.id]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_call_for_many_tells_of_those_that_were_written_in_as_many_statements_as_for_one() {
    let house = House::new().await;
    let manager = house.a.manager();
    house.create(&manager, "customers", customer("TAKEN", "First")).await.unwrap();
    let records = vec![customer("N1", "One"), customer("TAKEN", "Two"), customer("N2", "Three")];
    let (answers, _) = house.bulk(&manager, "customers", Action::Create, false, records.clone()).await;
    assert_eq!(answers.unwrap().iter().filter(|answer| answer.is_ok()).count(), 2);
    assert_eq!(house.names().await, ["customer.created"; 3]);

    // All or none: none is told.
    let (answers, _) = house.bulk(&manager, "customers", Action::Create, true, records).await;
    assert!(answers.is_err());
    assert_eq!(house.names().await.len(), 3);

    let statements = async |count: usize, first: &str| {
        let records = (0..count).map(|n| customer(&format!("{first}{n}"), "Many")).collect();
        house.bulk(&manager, "customers", Action::Create, true, records).await.1
    };
    let one = statements(1, "a").await;
    assert_eq!(statements(500, "b").await, one);
    assert_eq!(house.names().await.len(), 3 + 1 + 500);
}

#[tokio::test]
async fn what_is_rolled_back_tells_nothing_and_what_cannot_be_told_does_not_commit() {
    let house = House::new().await;
    let manager = house.a.manager();
    let request = |code: &str| BulkRequest {
        action: Action::Create,
        records: vec![doc(customer(code, "Name"))],
        atomic: true,
    };
    let mut tx = house.db.begin(&manager).await.unwrap();
    engine::bulk(&mut tx, entity("customers"), request("C1")).await.unwrap();
    tx.rollback().await.unwrap();
    let mut tx = house.db.begin(&manager).await.unwrap();
    engine::bulk(&mut tx, entity("customers"), request("C2")).await.unwrap();
    drop(tx);
    assert!(house.names().await.is_empty());

    let mut tx = house.db.begin(&manager).await.unwrap();
    tx.emit(Event::new("test.kept", "customers", None, &json!({})));
    tx.savepoint("here").await.unwrap();
    engine::create(&mut tx, entity("customers"), doc(customer("C3", "Name"))).await.unwrap();
    tx.back_to("here").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(house.names().await, ["test.kept"]);

    // An event that the database refuses takes its change with it, and the commit says so.
    let mut tx = house.db.begin(&manager).await.unwrap();
    engine::create(&mut tx, entity("customers"), doc(customer("C4", "Name"))).await.unwrap();
    let broken =
        Event { payload: "no JSON".to_owned(), ..Event::new("test.broken", "customers", None, &json!({})) };
    tx.emit(broken);
    assert!(tx.commit().await.is_err());
    assert!(house.list(&manager, "customers", &[]).await.unwrap().is_empty());
    assert_eq!(house.names().await, ["test.kept"]);
}

#[tokio::test]
async fn people_and_the_program_tell_alike() {
    let house = House::new().await;
    let system = Caller::system(house.a.id, house.a.id);
    for caller in [house.a.manager(), system] {
        let mut tx = house.db.begin(&caller).await.unwrap();
        tx.emit(Event::new("test.told", "customers", None, &json!({ "by": caller.scope.name() })));
        tx.commit().await.unwrap();
    }
    assert_eq!(house.names().await, ["test.told"; 2]);
}
