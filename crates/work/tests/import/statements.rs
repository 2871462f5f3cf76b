//! Statements grow with chunks, never with rows (point 8b of the tests that hold the house up).

use std::future::ready;

use model::{
    query::{Kept, ListQuery},
    registry,
};
use store::engine;
use work::{
    export::{self, Format},
    import::{self, SourceKind},
};

use crate::house::{House, options, valid_rows};

/// Statements that each step of an import took: stage and validate, commit, undo.
async fn import(house: &House, name: &str, content: &str) -> [i64; 3] {
    let options = import::Options { data_type: Some(name.into()), ..valid_rows() };
    let upload = house.upload(&house.file(&format!("{name}.csv"), content));
    let batch =
        import::receive(&house.db, &house.files, &house.caller, vec![upload], &options).await.unwrap();
    let count = async || house.test_db.statements().await.unwrap();
    let begin = count().await;
    import::validate(&house.db, &house.files, &house.caller, batch, &|_| {}).await.unwrap();
    let validated = count().await;
    house.commit(batch).await.unwrap();
    let committed = count().await;
    let report = house.report(batch).await;
    assert_eq!((report.counts.failed, report.status), (0, "completed"), "{:#?}", report.files[0].errors);
    let reported = count().await;
    house.undo(batch, false).await.unwrap();
    [validated - begin, committed - validated, count().await - reported]
}

/// A step of statements per chunk of 5,000, and of rows within a chunk none.
fn grows_by_chunks(name: &str, one: [i64; 3], full: [i64; 3], two: [i64; 3], three: [i64; 3]) {
    println!("{name}: 1,000 rows {one:?}, 4,000 {full:?}, 9,000 {two:?}, 14,000 {three:?}");
    assert_eq!(one, full, "{name}: 1,000 and 4,000 rows are one chunk each");
    for step in 0..3 {
        let (second, third) = (two[step] - full[step], three[step] - two[step]);
        assert_eq!(second, third, "{name}, step {step}: each further chunk takes as many");
        assert!((1..=25).contains(&second), "{name}, step {step}: {second} statements for 5,000 rows");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_takes_statements_by_chunk() {
    let customers = |rows: usize| {
        let rows = (0..rows).map(|n| format!("C{n},Customer {n},c{n}@example.com\n"));
        std::iter::once("Code,Name,Email\n".to_owned()).chain(rows).collect::<String>()
    };
    let mut told = vec![];
    for rows in [1_000, 4_000, 9_000, 14_000] {
        told.push(import(&House::counted().await, "customers", &customers(rows)).await);
    }
    grows_by_chunks("customers", told[0], told[1], told[2], told[3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_take_statements_by_chunk() {
    let orders = |rows: usize| {
        let rows = (0..rows).map(|n| format!("{n},C1,2026-01-05,P1,2,3.50\n"));
        let header = "Order number,Customer,Order date,Product code,Quantity,Unit price\n".to_owned();
        std::iter::once(header).chain(rows).collect::<String>()
    };
    let mut told = vec![];
    for rows in [1_000, 4_000, 9_000, 14_000] {
        let house = House::counted().await;
        house.content("customers.csv", "Code,Name\nC1,One\n", &options()).await;
        house.content("products.csv", "Product code,Product name,Unit price\nP1,Pear,2\n", &options()).await;
        told.push(import(&house, "orders", &orders(rows)).await);
    }
    grows_by_chunks("orders", told[0], told[1], told[2], told[3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_and_expanded_lists_take_as_many_statements_for_many_rows_as_for_few() {
    let house = House::counted().await;
    house
        .content(
            "routes.csv",
            "Code,Name\nR1,North\nR2,South\n",
            &import::Options {
                data_type: Some("delivery_routes".into()),
                ..import::Options::new(SourceKind::Cli)
            },
        )
        .await;
    let entity = registry::entity("customers").unwrap();
    let mut told = vec![];
    for (from, to) in [(0_usize, 3), (3, 200)] {
        let rows = (from..to).map(|n| format!("C{n},Customer {n},R{}\n", n % 2 + 1));
        let file = std::iter::once("Code,Name,Delivery route\n".to_owned()).chain(rows).collect::<String>();
        house.content("customers.csv", file, &options()).await;
        let before = house.test_db.statements().await.unwrap();
        let (mut out, whole) = (vec![], Kept::default());
        let count =
            export::write(&house.db, &house.caller, entity, &whole, Format::Csv.into(), &mut out, |_| {
                ready(Ok(()))
            })
            .await
            .unwrap();
        assert_eq!(count, to as u64);
        let exported = house.test_db.statements().await.unwrap();
        let pairs = [("expand", "delivery_route"), ("limit", "200")].map(|(a, b)| (a.into(), b.into()));
        let query = ListQuery::parse(entity, &pairs).unwrap();
        let page = engine::list(&house.db, &house.caller, entity, &query).await.unwrap();
        assert_eq!(page.data.matches("\"North\"").count(), to.div_ceil(2));
        let listed = house.test_db.statements().await.unwrap();
        told.push((exported - before, listed - exported));
    }
    println!("export and list: {told:?}");
    assert_eq!(told[0], told[1], "3 and 200 records");
}
