//! Many records in one call.

use model::caller::Caller;
use model::problem::Problem;
use serde_json::{Value, json};
use store::engine::{self, Action, BulkRequest, Done, Effect};

use crate::house::{House, code, customer, doc, entity, id, object};

type Answers = Vec<Result<Done, Problem>>;

impl House {
    /// Does it, commits, and says how many statements it took.
    pub async fn bulk(
        &self,
        caller: &Caller,
        name: &str,
        action: Action,
        atomic: bool,
        records: Vec<Value>,
    ) -> (Result<Answers, Problem>, u64) {
        let mut tx = self.db.begin(caller).await.unwrap();
        let records = records.into_iter().map(doc).collect();
        let answers = engine::bulk(&mut tx, entity(name), BulkRequest { action, records, atomic }).await;
        let statements = tx.statements();
        tx.commit().await.unwrap();
        (answers, statements)
    }
}

fn told(answers: &Answers) -> Vec<String> {
    let tell = |answer: &Result<Done, Problem>| match answer {
        Ok(done) => format!("{:?}", done.effect),
        Err(problem) => match problem.field_errors() {
            [error, ..] => format!("{} {}", problem.code().code, error.field),
            [] => problem.code().code.to_owned(),
        },
    };
    answers.iter().map(tell).collect()
}

fn many(count: usize) -> Vec<Value> {
    (0..count).map(|n| customer(&format!("N{n}"), &format!("Name {n}"))).collect()
}

#[tokio::test]
async fn each_record_gets_its_own_answer() {
    let house = House::new().await;
    let manager = house.a.manager();
    let taken = house.create(&manager, "customers", customer("C1", "First")).await.unwrap();
    let mut foreign = customer("C4", "Foreign owner");
    foreign["owner_id"] = json!(house.b.ann);
    let records = vec![
        customer("C2", "Good"),
        customer("C1", "Taken"),
        json!({ "code": "C3" }),
        foreign,
        customer("C2", "Twice"),
        customer("C5", "Good too"),
    ];
    let (answers, _) = house.bulk(&manager, "customers", Action::Create, false, records.clone()).await;
    let answers = answers.unwrap();
    let expected =
        ["Created", "duplicate code", "invalid name", "invalid owner_id", "duplicate code", "Created"];
    assert_eq!(told(&answers), expected);
    let facts = answers[1].as_ref().unwrap_err().get_facts().cloned();
    assert_eq!(facts, Some(json!({ "id": taken["id"], "archived": false })));
    assert_eq!(house.column(&manager, "customers", "code", &[("sort", "code")]).await, ["C1", "C2", "C5"]);

    let (answers, _) = house.bulk(&house.b.manager(), "customers", Action::Create, true, records).await;
    let problem = answers.unwrap_err();
    let fields: Vec<_> = problem.field_errors().iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["records.2.name", "records.4.code"]);
    assert!(house.list(&house.b.manager(), "customers", &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn changes_are_told_from_what_was_so_already() {
    let house = House::new().await;
    let manager = house.a.manager();
    let (made, _) = house.bulk(&manager, "customers", Action::Create, true, many(6)).await;
    let ids: Vec<_> = made.unwrap().into_iter().map(|done| done.unwrap().record.id).collect();
    let stranger = house.create(&house.b.manager(), "customers", customer("X", "Stranger")).await.unwrap();
    let records = vec![
        json!({ "id": ids[0], "name": "New" }),
        json!({ "id": ids[1], "name": "Name 1" }),
        json!({ "id": ids[2], "code": "N5" }),
        json!({ "id": ids[3], "version": 9, "name": "Stale" }),
        json!({ "id": stranger["id"], "name": "Stolen" }),
        json!({ "id": ids[0], "name": "Twice" }),
        json!({ "name": "No id" }),
        json!({ "id": ids[4], "credit_limit": "7", "version": 1 }),
        json!({ "id": ids[3], "owner_id": house.b.ann }),
    ];
    let (answers, _) = house.bulk(&manager, "customers", Action::Update, false, records).await;
    let answers = answers.unwrap();
    let expected = [
        "Changed", "Unchanged", "duplicate code", "changed", "not_found", "invalid id", "invalid id",
        "Changed", "invalid id",
    ];
    assert_eq!(told(&answers), expected);
    assert_eq!(object(&answers[0].as_ref().unwrap().record)["version"], 2);
    assert_eq!(object(&answers[1].as_ref().unwrap().record)["version"], 1);
    let name = house.get(&house.b.manager(), "customers", id(&stranger["id"]), &[]).await.unwrap();
    assert_eq!(name["name"], "Stranger");
    let record = json!({ "id": ids[3], "owner_id": house.b.ann });
    let (answers, _) = house.bulk(&manager, "customers", Action::Update, false, vec![record]).await;
    assert_eq!(told(&answers.unwrap()), ["invalid owner_id"]);
}

#[tokio::test]
async fn records_go_to_the_archive_and_back_together() {
    let house = House::new().await;
    let manager = house.a.manager();
    let (made, _) = house.bulk(&manager, "customers", Action::Create, true, many(3)).await;
    let named: Vec<_> =
        made.unwrap().iter().map(|d| json!({ "id": d.as_ref().unwrap().record.id })).collect();
    house.archive(&manager, "customers", id(&named[0]["id"])).await.unwrap();
    let (answers, _) = house.bulk(&manager, "customers", Action::Archive, true, named.clone()).await;
    assert_eq!(told(&answers.unwrap()), ["Unchanged", "Changed", "Changed"]);
    assert!(house.list(&manager, "customers", &[]).await.unwrap().is_empty());
    let (answers, _) = house.bulk(&manager, "customers", Action::Restore, true, named).await;
    assert_eq!(told(&answers.unwrap()), ["Changed", "Changed", "Changed"]);
    // A table without an archive loses the record.
    let team = house.create(&manager, "teams", json!({ "code": "T", "name": "Team" })).await.unwrap();
    let member = json!({ "team_id": team["id"], "user_id": house.a.ann });
    let member = house.create(&manager, "team_members", member).await.unwrap();
    let named = vec![json!({ "id": member["id"] })];
    let (answers, _) = house.bulk(&manager, "team_members", Action::Archive, true, named.clone()).await;
    assert_eq!(answers.unwrap()[0].as_ref().unwrap().effect, Effect::Changed);
    assert!(house.list(&manager, "team_members", &[]).await.unwrap().is_empty());
    let (answers, _) = house.bulk(&manager, "team_members", Action::Restore, true, named).await;
    assert_eq!(code(answers), "method_not_allowed");
}

#[tokio::test]
async fn a_rep_does_nothing_to_the_records_of_another() {
    let house = House::new().await;
    let manager = house.a.manager();
    let mut theirs = customer("C1", "Of Bob");
    theirs["owner_id"] = json!(house.a.bob);
    let theirs = house.create(&manager, "customers", theirs).await.unwrap();
    let ann = house.a.rep(house.a.ann);
    let (made, _) = house.bulk(&ann, "customers", Action::Create, true, many(2)).await;
    let mine = made.unwrap()[0].as_ref().unwrap().record.id;
    let records = vec![json!({ "id": theirs["id"], "city": "X" }), json!({ "id": mine, "city": "X" })];
    for (action, expected) in
        [(Action::Update, ["not_found", "Changed"]), (Action::Archive, ["not_found", "Changed"])]
    {
        let (answers, _) = house.bulk(&ann, "customers", action, false, records.clone()).await;
        assert_eq!(told(&answers.unwrap()), expected);
    }
}

#[tokio::test]
async fn a_thousand_records_take_as_many_statements_as_ten() {
    let house = House::new().await;
    let manager = house.a.manager();
    let mut counts = vec![];
    for (prefix, count) in [("ten", 10), ("thousand", 1_000)] {
        let records: Vec<Value> = (0..count)
            .map(|n| {
                let mut record = customer(&format!("{prefix} {n}"), "Name");
                record["owner_id"] = json!(house.a.ann);
                record
            })
            .collect();
        let (made, created) = house.bulk(&manager, "customers", Action::Create, false, records.clone()).await;
        let ids: Vec<_> = made.unwrap().into_iter().map(|done| done.unwrap().record.id).collect();
        // All of them refused: each is told why, and still no statement per record.
        let (again, refused) = house.bulk(&manager, "customers", Action::Create, false, records).await;
        assert!(told(&again.unwrap()).iter().all(|answer| answer == "duplicate code"));
        let changes = |city: &str| ids.iter().map(|id| json!({ "id": id, "city": city })).collect::<Vec<_>>();
        let (changed, updated) = house.bulk(&manager, "customers", Action::Update, false, changes("X")).await;
        assert!(told(&changed.unwrap()).iter().all(|answer| answer == "Changed"));
        let (same, unchanged) = house.bulk(&manager, "customers", Action::Update, false, changes("X")).await;
        assert!(told(&same.unwrap()).iter().all(|answer| answer == "Unchanged"));
        let (_, archived) = house.bulk(&manager, "customers", Action::Archive, false, changes("X")).await;
        counts.push([created, refused, updated, unchanged, archived]);
    }
    assert_eq!(counts[0], counts[1]);
    assert!(counts[1].iter().all(|count| *count <= 10), "{counts:?}");
    let (answers, _) = house.bulk(&manager, "customers", Action::Create, false, many(1_001)).await;
    assert_eq!(code(answers), "too_large");
}
