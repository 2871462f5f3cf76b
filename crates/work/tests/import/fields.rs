//! What cells become: the tenant's own fields, headers mapped by hand, archived records, times beside days.

use serde_json::{Value, json};
use store::engine;
use work::import::{self, Options};

use crate::house::{House, options, tally, valid_rows};

/// Header → field, as a person says it.
fn chosen(columns: Value) -> import::Choices {
    import::Choices::of_columns(serde_json::from_value(columns).unwrap())
}

impl House {
    async fn create(&self, entity: &str, document: Value) -> uuid::Uuid {
        let entity = model::registry::entity(entity).unwrap();
        let mut tx = self.db.begin(&self.caller).await.unwrap();
        let made = engine::create(&mut tx, entity, serde_json::from_value(document).unwrap()).await;
        tx.commit().await.unwrap();
        made.unwrap().id
    }

    async fn own(&self, key: &str, label: &str, kind: &str, more: Value) {
        let mut document = json!({ "entity": "customers", "key": key, "label": label, "type": kind });
        document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.create("custom_fields", document).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_the_tenants_own_are_read_as_the_api_reads_them() {
    let house = House::new().await;
    house.own("region", "Region code", "text", json!({ "required": true })).await;
    house.own("shelf", "Shelf metres", "decimal", json!({})).await;
    house.own("medal", "Medal", "choice", json!({ "options": ["Gold", "Silver"] })).await;
    house.own("since", "Listed since", "date", json!({})).await;
    let file = "Code,Name,Region code,Shelf metres,medal,Listed since\n\
        C1,One,N,2.50,Gold,2026-01-31\n\
        C2,Two,,1,Silver,\n\
        C3,Three,S,many,Gold,\n\
        C4,Four,S,1,Golden,\n\
        C5,Five,S,,silver,2026-02-01 09:15\n";
    let report = house.content("customers.csv", file, &valid_rows()).await;
    assert_eq!(tally(&report.files[0]), [2, 0, 0, 0, 3], "{:#?}", report.files[0].errors);
    let stored = "select string_agg(code || attributes, ' ' order by code) from customers";
    assert_eq!(
        house.one(stored).await,
        r#"C1{"medal": "Gold", "shelf": "2.5", "since": "2026-01-31", "region": "N"} C5{"medal": "Silver", "since": "2026-02-01", "region": "S"}"#
    );
    assert_eq!(report.files[0].warnings[0].code, "time_left_out");
    let errors = house.errors(report.batch).await;
    for (row, column, words) in [
        ("3", "Region code", "Region code is missing"),
        ("4", "Shelf metres", "not a number"),
        ("5", "medal", "Medal is one of Gold, Silver"),
    ] {
        let line = errors.lines().find(|line| line.contains(&format!(",{row},{column},"))).unwrap_or("");
        assert!(line.contains(words), "{row}: {errors}");
    }
    let again = house.content("customers.csv", &file[..file.find("C2").unwrap()], &options()).await;
    assert_eq!(tally(&again.files[0]), [0, 0, 1, 0, 0]);

    // A record that exists needs no required field again; an empty cell can take a value away.
    let clear = Options { empty_cells: Some(import::EmptyCells::Clear), ..options() };
    let file = "Code,Shelf metres,Medal\nC1,,Silver\n";
    assert_eq!(tally(&house.content("c.csv", file, &clear).await.files[0]), [0, 1, 0, 0, 0]);
    assert_eq!(tally(&house.content("c.csv", file, &clear).await.files[0]), [0, 0, 1, 0, 0]);
    let c1 = "select attributes from customers where code = 'C1'";
    assert_eq!(house.one(c1).await, r#"{"medal": "Silver", "since": "2026-01-31", "region": "N"}"#);
    let new = house.content("new.csv", "Code,Name\nC9,Nine\n", &options()).await;
    assert_eq!((new.status, new.files[0].errors[0].code.as_str()), ("failed", "required"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_mapped_once_by_hand_is_mapped_next_time() {
    let house = House::new().await;
    let file = "Code,Name,Wo es liegt\nC1,One,Rome\n";
    let first = house.dry(&[house.file("a.csv", file)], &options()).await;
    let report = house.report(first).await;
    assert_eq!(report.files[0].ignored, ["Wo es liegt"]);
    let choices = chosen(json!({ "Wo es liegt": "city" }));
    import::remap(&house.db, &house.files, &house.caller, report.files[0].batch, None, &choices)
        .await
        .unwrap();
    house.resume(first).await.unwrap();
    house.commit(first).await.unwrap();
    assert_eq!(house.one("select city from customers").await, "Rome");

    let report = house.content("b.csv", "Code,Name,WO_ES_LIEGT\nC2,Two,Bern\n", &options()).await;
    let column = &report.files[0].mapping.as_ref().unwrap().columns[2];
    assert_eq!(column.target.as_deref(), Some("customers.city"));
    assert!(column.reason.contains("mapped this header so before"), "{}", column.reason);
    assert_eq!(house.one("select city from customers where code = 'C2'").await, "Bern");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_mapped_with_the_upload_is_mapped_next_time() {
    let house = House::new().await;
    let mapping = chosen(json!({ "Ort": "customers.city" }));
    let file = "Code,Name,Ort\nC1,One,Rome\n";
    house.content("a.csv", file, &Options { mapping, ..options() }).await;
    house.content("b.csv", "Code,Name,Ort\nC2,Two,Bern\n", &options()).await;
    assert_eq!(house.one("select string_agg(city, ',' order by code) from customers").await, "Rome,Bern");
}

#[tokio::test(flavor = "multi_thread")]
async fn archived_records_are_restored_where_that_is_asked_and_archived_again_by_undo() {
    let house = House::new().await;
    house.content("customers.csv", "Code,Name\nC1,One\nC2,Two\n", &options()).await;
    let archive = "update customers set archived_at = now() where code = 'C1'";
    house.test_db.plant(archive).await.unwrap();
    let file = "Code,Name\nC1,One\nC2,Two\n";
    let refused = house.content("customers.csv", file, &valid_rows()).await;
    assert_eq!(tally(&refused.files[0]), [0, 0, 1, 0, 1]);
    assert_eq!(refused.files[0].errors[0].code, "archived");

    let restored = house.content("customers.csv", file, &Options { restore: Some(true), ..options() }).await;
    assert_eq!(tally(&restored.files[0]), [0, 1, 1, 0, 0]);
    let archived = "select count(*) from customers where archived_at is not null";
    assert_eq!(house.one(archived).await, "0");
    house.undo(restored.batch, false).await.unwrap();
    assert_eq!(house.one(archived).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_beside_a_day_is_left_out_and_told() {
    let house = House::new().await;
    house.content("customers.csv", "Code,Name\nC1,One\n", &options()).await;
    house.content("products.csv", "Product code,Product name,Unit price\nP1,Pear,2\n", &options()).await;
    let file = "Order number,Customer,Order date,Wanted,Product code,Quantity,Unit price\n\
        1,C1,2026-01-01,2026-01-05 14:30,P1,1,1\n2,C1,2026-01-01,2026-01-06 00:00:00.000,P1,1,1\n\
        3,C1,2026-01-01,2026-01-07,P1,1,1\n4,C1,2026-01-01,14:30,P1,1,1\n";
    let mapping = chosen(json!({ "Wanted": "orders.requested_on" }));
    let report = house.content("orders.csv", file, &Options { mapping, ..valid_rows() }).await;
    let file = &report.files[0];
    assert_eq!(tally(file), [3, 0, 0, 0, 1], "{:#?}", file.errors);
    assert!(file.errors.iter().any(|tally| tally.code == "not_a_date"), "{:#?}", file.errors);
    let told: Vec<_> = file.warnings.iter().map(|w| (w.code.as_str(), w.records, w.first_row)).collect();
    assert_eq!(told, [("time_left_out", 1, Some(2))]);
    let example = file.warnings[0].example.as_ref().unwrap();
    assert_eq!(example.value, Some(json!("2026-01-05 14:30")));
    assert!(example.message.contains("14:30:00"), "{}", example.message);
    let days = "select string_agg(requested_on::text, ',' order by number) from orders";
    assert_eq!(house.one(days).await, "2026-01-05,2026-01-06,2026-01-07");
}
