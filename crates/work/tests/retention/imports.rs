//! Staged rows and imported files of imports that ended long ago.

use model::problem::codes;
use work::import::{self, Options, SourceKind, Upload};

use crate::house::House;

/// Imports a file; gives the set's id.
async fn import(house: &House, name: &str, content: &str) -> uuid::Uuid {
    let path = house.folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let upload = vec![Upload { name: name.to_owned(), path }];
    let options = Options { data_type: Some("customers".to_owned()), ..Options::new(SourceKind::Cli) };
    let (db, files, caller) = (&house.db, &house.services.files, &house.mine);
    let set = import::receive(db, files, caller, upload, &options).await.unwrap();
    import::validate(db, files, caller, set, &|_| {}).await.unwrap();
    import::commit(db, caller, set, &|_| {}).await.unwrap();
    set
}

/// Moves a set's end, and its file, back in time.
async fn age(house: &House, set: uuid::Uuid, days: u32) {
    for text in [
        format!("update import_batches set completed_at = now() - interval '{days} days' where tenant_id = $1 and (id = '{set}' or parent_id = '{set}') returning id"),
        format!("update files set created_at = now() - interval '{days} days' where tenant_id = $1
                 and id in (select file_id from import_batches where tenant_id = $1 and (id = '{set}' or parent_id = '{set}')) returning id"),
    ] {
        house.sql(&house.mine, &text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_go_after_a_month_files_after_three_and_what_was_replaced_is_in_the_audit() {
    let house = House::new().await;
    import(&house, "first.csv", "Code,Name,City\nC1,Harborview,Bangkok\nC2,Downtown,Bangkok\n").await;
    let old = import(&house, "old.csv", "Code,Name,City\nC1,Harborview,Phuket\nC2,Downtown,Bangkok\n").await;
    let young = import(&house, "young.csv", "Code,Name,City\nC2,Downtown,Krabi\n").await;
    age(&house, old, 31).await;
    age(&house, young, 29).await;
    let rows = async |set: uuid::Uuid| {
        let text = format!(
            "select count(*) from import_rows where tenant_id = $1 and batch_id in (select id from import_batches where tenant_id = $1 and parent_id = '{set}')"
        );
        house.number(&house.mine, &text).await
    };
    let files = "select count(*) from files where tenant_id = $1";
    assert_eq!((rows(old).await, rows(young).await), (2, 1));

    house.run(&house.mine, "retention.prune").await;
    assert_eq!((rows(old).await, rows(young).await), (0, 1));
    assert_eq!(house.number(&house.mine, files).await, 3, "files are kept for longer than rows");
    let changed = house
        .sql(
            &house.mine,
            "select a.old_values ->> 'city', a.new_values ->> 'city', c.code, a.actor_kind from audit_logs a
             join customers c on c.tenant_id = $1 and c.id = a.entity_id
             where a.tenant_id = $1 and a.entity = 'customers' and a.action = 'update'",
        )
        .await;
    assert_eq!(changed.len(), 1, "one row changed a record");
    let told: [&str; 4] = [changed[0].get(0), changed[0].get(1), changed[0].get(2), changed[0].get(3)];
    assert_eq!(told, ["Bangkok", "Phuket", "C1", "system"]);

    let refused = import::undo(&house.db, &house.mine, old, false, &|_| {}).await.unwrap_err();
    assert_eq!(refused.code(), &codes::CONFLICT);
    let undone = import::undo(&house.db, &house.mine, young, false, &|_| {}).await.unwrap();
    assert_eq!(undone.restored, 1, "the allowed twin");

    age(&house, old, 91).await;
    let keys = format!(
        "select f.storage_key from files f join import_batches b on b.tenant_id = $1 and b.file_id = f.id where f.tenant_id = $1 and (b.id = '{old}' or b.parent_id = '{old}')"
    );
    let keys = house.texts(&house.mine, &keys).await;
    assert_eq!(keys.len(), 1);
    house.run(&house.mine, "retention.prune").await;
    assert_eq!(house.number(&house.mine, files).await, 2);
    for key in &keys {
        assert!(!house.services.files.holds(key).await.unwrap(), "its bytes are gone too");
    }
    let told = import::report(&house.db, &house.mine, old).await.unwrap();
    assert_eq!(
        serde_json::to_value(&told).unwrap()["status"],
        "completed",
        "the set itself stays, with its counts"
    );
}
