//! What a set may do when something stands against it: changed records, other workers, undo.

use std::sync::Arc;

use model::caller::{Actor, Caller, Grants, RecordScope, Scope};
use uuid::Uuid;
use work::import::{self, Policy};

use crate::house::{House, options, pause, tally};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_changed_since_validation_asks_for_it_again() {
    let house = House::new().await;
    house.content("customers.csv", "Code,Name\nC1,One\nC2,Two\n", &options()).await;
    let file = house.file("new.csv", "Code,Name\nC1,Uno\nC2,Due\n");
    let batch = house.dry(&[file], &options()).await;
    house.content("customers.csv", "Code,Name\nC2,Zwei\n", &options()).await;
    let refused = import::commit(&house.db, &house.caller, batch, &|_| {}).await.unwrap_err();
    assert_eq!(refused.code().code, "changed");
    assert!(refused.detail().contains("new.csv row 3"), "{refused}");
    assert_eq!(house.report(batch).await.status, "validated");
    assert_eq!(house.one("select string_agg(name, ',' order by code) from customers").await, "One,Zwei");

    import::validate(&house.db, &house.files, &house.caller, batch, &|_| {}).await.unwrap();
    import::commit(&house.db, &house.caller, batch, &|_| {}).await.unwrap();
    assert_eq!(house.one("select string_agg(name, ',' order by code) from customers").await, "Uno,Due");
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_names_as_conflicts_what_changed_since_and_leaves_it_alone_unless_forced() {
    let house = House::new().await;
    house.content("customers.csv", "Code,Name,City\nC1,One,Rome\nC4,Four,Kiel\n", &options()).await;
    let file = "Code,Name,City\nC1,Uno,Rome\nC2,Two,Bern\nC3,Three,Oslo\nC4,Quattro,Kiel\n";
    let report = house.content("more.csv", file, &options()).await;
    assert_eq!(tally(&report.files[0]), [2, 2, 0, 0, 0]);
    house.content("later.csv", "Code,City\nC2,Riga\nC4,Ulm\n", &options()).await;
    let mut contacts = options();
    contacts.data_type = Some("contacts".into());
    house.content("contacts.csv", "Customer,Name\nC3,Ann\n", &contacts).await;

    // One is restored; one made and one updated changed since, and another is pointed at.
    let undone = house.undo(report.batch, false).await.unwrap();
    assert_eq!((undone.removed, undone.restored, undone.conflicts), (0, 1, 3));
    let all = "select string_agg(code || name || city, ',' order by code) from customers";
    assert_eq!(house.one(all).await, "C1OneRome,C2TwoRiga,C3ThreeOslo,C4QuattroUlm");
    let told = house.report(report.batch).await;
    assert_eq!(told.undone, Some(undone));
    let conflicts = &told.files[0].warnings;
    assert_eq!(
        (conflicts.len(), conflicts[0].code.as_str(), conflicts[0].records, conflicts[0].first_row),
        (1, "undo_conflict", 3, Some(3))
    );
    let rows = "select string_agg(row_number::text, ',' order by row_number) from import_rows
                where warnings @> '[{\"code\": \"undo_conflict\"}]'";
    assert_eq!(house.one(rows).await, "3,4,5");

    let forced = house.undo(report.batch, true).await.unwrap();
    assert_eq!((forced.removed, forced.restored, forced.conflicts), (1, 1, 1));
    assert_eq!(house.one(all).await, "C1OneRome,C3ThreeOslo,C4FourKiel", "C3 has a contact");
    assert_eq!((house.one(rows).await.as_str(), house.report(report.batch).await.status), ("4", "undone"));
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_is_imported_as_movements_and_taken_back_by_reversal() {
    let house = House::new().await;
    house.content("products.csv", "Product code,Product name\nP1,Pear\n", &options()).await;
    let mut skus = options();
    skus.data_type = Some("skus".into());
    house.content("skus.csv", "SKU,Name,Product\nS1,Pear box,P1\n", &skus).await;
    let mut stock = options();
    stock.data_type = Some("inventory".into());
    house.content("stock.csv", "SKU,On hand\nS1,10\n", &stock).await;
    let second = house.content("stock.csv", "SKU,On hand\nS1,7.5\n", &stock).await;
    assert_eq!(tally(&second.files[0]), [0, 1, 0, 0, 0]);
    let moved = "select string_agg(kind || quantity, ',' order by created_at, id) from inventory_movements";
    assert_eq!(house.one(moved).await, "import10.000,import-2.500");
    import::undo(&house.db, &house.caller, second.batch, false, &|_| {}).await.unwrap();
    assert_eq!(house.one(moved).await, "import10.000,import-2.500,reversal2.500");
    assert_eq!(house.one("select on_hand from inventory").await, "10.000");
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_needs_the_permission_of_each_entity_and_committing_its_own() {
    let house = House::new().await;
    let file = house.file("customers.csv", "Code,Name\nC1,One\n");
    let with = |permissions: &[&str]| {
        let mut grants = Grants::default();
        for permission in permissions {
            grants.add(*permission, RecordScope::All);
        }
        let actor = Actor::User(Uuid::from_u128(7));
        Caller { scope: Scope::Staff, actor, grants: Arc::new(grants), ..house.caller.clone() }
    };
    let mut as_customers = options();
    as_customers.data_type = Some("customers".into());
    let receive = async |caller: Caller| {
        import::receive(&house.db, &house.files, &caller, vec![house.upload(&file)], &as_customers).await
    };
    assert_eq!(receive(with(&["contacts.import"])).await.unwrap_err().code().code, "forbidden");
    let rep = with(&["customers.import"]);
    let batch = receive(rep.clone()).await.unwrap();
    import::validate(&house.db, &house.files, &rep, batch, &|_| {}).await.unwrap();
    import::submit(&house.db, &rep, batch).await.unwrap();
    assert_eq!(import::commit(&house.db, &rep, batch, &|_| {}).await.unwrap_err().code().code, "forbidden");
    let chief = with(&["customers.import", "imports.commit"]);
    import::approve(&house.db, &chief, batch).await.unwrap();
    import::commit(&house.db, &chief, batch, &|_| {}).await.unwrap();
    assert_eq!(house.count("customers").await, 1);
}

/// A file of customers with a bad row here and there.
fn many(rows: usize) -> String {
    let mut file = String::from("Code,Name,Email,City\n");
    for row in 0..rows {
        let email = if row % 100 == 99 { "nobody".into() } else { format!("c{row}@example.com") };
        file.push_str(&format!("C{row:06},Customer {row},{email},City {}\n", row % 50));
    }
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_dies_goes_on_to_the_same_end() {
    let house = House::new().await;
    let mut valid = options();
    valid.policy = Some(Policy::ValidRows);
    let file = house.file("customers.csv", many(12_000));
    let batch = house.dry(std::slice::from_ref(&file), &valid).await;
    let predicted = house.report(batch).await.counts;
    let random = house.db.world().secret::<8>();
    let mut deaths = 0;
    for byte in random {
        let (db, caller) = (house.db.clone(), house.caller.clone());
        let task = tokio::spawn(async move { import::commit(&db, &caller, batch, &|_| {}).await });
        tokio::time::sleep(std::time::Duration::from_millis(20 + u64::from(byte) * 3)).await;
        task.abort();
        let ended = task.await;
        if ended.is_err() {
            deaths += 1;
        }
        if house.report(batch).await.status == "completed" {
            break;
        }
    }
    import::resume(&house.db, &house.files, &house.caller, batch, &|_| {}).await.unwrap();
    let report = house.report(batch).await;
    assert_eq!(report.status, "completed", "after {deaths} deaths");
    assert_eq!(report.counts, predicted);
    assert_eq!(tally(&report.files[0]), [11_880, 0, 0, 0, 120]);
    assert_eq!(house.count("customers").await, 11_880);
    assert_eq!(house.one("select count(distinct code) from customers").await, "11880");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_worker_is_refused_while_the_first_one_lives() {
    let house = House::new().await;
    let mut valid = options();
    valid.policy = Some(Policy::ValidRows);
    let file = house.file("customers.csv", many(30_000));
    let batch = house.dry(&[file], &valid).await;
    let (db, caller) = (house.db.clone(), house.caller.clone());
    let first = tokio::spawn(async move {
        let slow = |_| pause(std::time::Duration::from_millis(700));
        import::commit(&db, &caller, batch, &slow).await
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let second = import::commit(&house.db, &house.caller, batch, &|_| {}).await;
    assert_eq!(second.unwrap_err().code().code, "busy");
    first.await.unwrap().unwrap();
    assert_eq!(house.report(batch).await.status, "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_persons_are_wanted_who_brought_an_import_in_does_not_approve_it() {
    let house = House::new().await;
    let set = |document: &str| {
        format!(
            "insert into tenant_settings (tenant_id, id, setting_group, document)
             select id, gen_random_uuid(), 'imports', '{document}' from tenants
             where id = '{}' on conflict (tenant_id, setting_group) do update set document = excluded.document",
            house.caller.tenant
        )
    };
    house.run(&set("{\"second_person\": true, \"second_person_above\": 1}")).await;
    let person = |id: u128| Caller {
        scope: Scope::Staff,
        actor: Actor::User(Uuid::from_u128(id)),
        grants: Arc::new(Grants::everything()),
        ..house.caller.clone()
    };
    let (anna, ben) = (person(7), person(8));
    let brought = async |caller: &Caller, content: &str| {
        let file = house.file("customers.csv", content);
        let mut customers = options();
        customers.data_type = Some("customers".into());
        let batch =
            import::receive(&house.db, &house.files, caller, vec![house.upload(&file)], &customers).await;
        let batch = batch.unwrap();
        import::validate(&house.db, &house.files, caller, batch, &|_| {}).await.unwrap();
        batch
    };
    let batch = brought(&anna, "Code,Name\nC1,One\nC2,Two\n").await;
    assert!(import::report(&house.db, &anna, batch).await.unwrap().needs_second_person);
    assert!(!import::report(&house.db, &ben, batch).await.unwrap().needs_second_person);
    let refused = [
        import::commit(&house.db, &anna, batch, &|_| {}).await.unwrap_err(),
        import::approve(&house.db, &anna, batch).await.unwrap_err(),
        import::enqueue(&house.db, &anna, batch, import::Step::Commit, None).await.unwrap_err(),
    ];
    for problem in refused {
        assert_eq!((problem.code().code, problem.code().status.http()), ("second_person", 403));
    }
    assert_eq!(house.count("customers").await, 0);
    // A token that she made acts for her.
    let token = Uuid::from_u128(9);
    house
        .run(&format!(
            "insert into integration_tokens (tenant_id, id, name, token_hash, role_id, created_by)
             select tenant_id, '{token}', 'Anna''s', sha256('x'), id, '{}' from roles where code = 'admin' and tenant_id = '{}'",
            Uuid::from_u128(7),
            house.caller.tenant
        ))
        .await;
    let hers = Caller { actor: Actor::Token(token), ..anna.clone() };
    let refused = import::commit(&house.db, &hers, batch, &|_| {}).await.unwrap_err();
    assert_eq!(refused.code().code, "second_person");
    import::commit(&house.db, &ben, batch, &|_| {}).await.unwrap();
    assert_eq!(house.count("customers").await, 2);
    let by = "select string_agg(distinct approved_by::text, ',') from import_batches";
    assert_eq!(house.one(by).await, ben.actor.id().unwrap().to_string());

    // Who corrects a cell of it brought that in.
    let corrected = brought(&anna, "Code,Name,Email\nC6,Six,nobody\nC7,Seven,\n").await;
    assert!(!import::report(&house.db, &ben, corrected).await.unwrap().needs_second_person);
    let file = import::report(&house.db, &ben, corrected).await.unwrap().files[0].batch;
    let cell = import::Fix::Cell {
        row: 2,
        column: import::Column::Header("Email".into()),
        value: Some("six@example.com".into()),
    };
    import::fix(&house.db, &ben, file, &cell).await.unwrap();
    for one in [&anna, &ben] {
        let refused = import::commit(&house.db, one, corrected, &|_| {}).await.unwrap_err();
        assert_eq!(refused.code().code, "second_person");
    }
    import::commit(&house.db, &person(10), corrected, &|_| {}).await.unwrap();

    // Up to so many rows one does it alone; the operator counts as one person.
    let small = brought(&anna, "Code,Name\nC3,Three\n").await;
    import::commit(&house.db, &anna, small, &|_| {}).await.unwrap();
    let operators = brought(&house.caller, "Code,Name\nC4,Four\nC5,Five\n").await;
    assert_eq!(house.commit(operators).await.unwrap_err().code().code, "second_person");
    house.run(&set("{}")).await;
    house.commit(operators).await.unwrap();
}
