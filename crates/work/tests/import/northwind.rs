//! The Northwind files: in one set, in any order, twice, and back.

use std::path::PathBuf;

use work::import;

use crate::house::{House, options, tally};

/// The files in an order of their own; none where the samples are not there.
fn files(order: &[&str]) -> Option<Vec<PathBuf>> {
    let Some(folder) = std::env::var_os("TENANTRY_SAMPLES") else {
        eprintln!("skipped: TENANTRY_SAMPLES is not set");
        return None;
    };
    Some(order.iter().map(|name| PathBuf::from(&folder).join(format!("northwind_{name}.csv"))).collect())
}

async fn whole(order: &[&str]) {
    let Some(files) = files(order) else { return };
    let house = House::new().await;
    let report = house.import(&files, &options()).await;
    for file in &report.files {
        println!("{} {:?} {:?} ignored {:?}", file.file, file.data_type, tally(file), file.ignored);
    }
    assert_eq!(report.status, "completed", "{report:#?}");
    for (table, rows) in [
        ("customers", 91),
        ("suppliers", 29),
        ("product_categories", 8),
        ("products", 77),
        ("skus", 77),
        ("inventory", 77),
        ("orders", 830),
        ("order_lines", 2155),
    ] {
        assert_eq!(house.count(table).await, rows, "{table}");
    }
    assert_eq!(house.one("select sum(line_total) from order_lines").await, "1265793.29");
    assert_eq!(house.one("select sum(subtotal) from orders").await, "1265793.29");
    assert_eq!(house.one("select bool_and(total = subtotal + freight) from orders").await, "true");
    assert_eq!(
        house.one("select count(*) from orders where fulfilment_state = 'full' and status = 'closed'").await,
        "809"
    );
    assert_eq!(
        house
            .one("select count(*) from orders where fulfilment_state = 'none' and status = 'confirmed'")
            .await,
        "21"
    );
    assert_eq!(house.one("select bool_and(imported) from orders").await, "true");
    assert_eq!(house.one("select count(*) from products where status = 'DISCONTINUED'").await, "10");
    assert_eq!(
        house
            .one("select sum(on_hand) - (select sum(quantity) from inventory_movements) from inventory")
            .await,
        "0.000"
    );
    let orders = report.files.iter().find(|file| file.data_type.as_deref() == Some("orders")).unwrap();
    for header in ["EmployeeID", "ShipVia", "OrderID (2)"] {
        assert!(orders.ignored.iter().any(|ignored| ignored == header), "{header} in {:?}", orders.ignored);
    }
    assert_eq!(house.one("select count(*) from audit_logs where action = 'import.completed'").await, "1");
    assert_eq!(house.one("select count(*) from audit_logs where entity = 'customers'").await, "0");

    let again = house.import(&files, &options()).await;
    for file in &again.files {
        assert_eq!(file.counts.unchanged, file.counts.rows, "{} {:?}", file.file, tally(file));
        assert!(file.notes.iter().any(|note| note.contains("imported before")), "{:?}", file.notes);
    }

    let undone = import::undo(&house.db, &house.caller, report.batch, false, &|_| {}).await.unwrap();
    assert_eq!(undone.conflicts, 0, "{undone:?}");
    for table in [
        "customers", "suppliers", "product_categories", "products", "skus", "inventory",
        "inventory_movements", "orders", "order_lines", "warehouses", "warehouse_locations",
    ] {
        assert_eq!(house.count(table).await, 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parents_first() {
    whole(&["categories", "suppliers", "products", "customers", "orders"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn children_first() {
    whole(&["orders", "products", "customers", "suppliers", "categories"]).await;
}
