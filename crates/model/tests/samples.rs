//! Real files: their headers lead to fields and their cells are read. Needs `TENANTRY_SAMPLES`.

use std::{env, path::PathBuf};

use model::{
    field::{Field, Kind},
    registry::entity,
    value::{DateOrder, Format, fold, parse_text},
};
use serde_json::Value;

fn samples() -> Option<PathBuf> {
    let folder = env::var_os("TENANTRY_SAMPLES").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: TENANTRY_SAMPLES is not set");
    }
    folder
}

/// The field of `name` that a header of a file means, if one does.
fn leads(name: &str, header: &str) -> Option<&'static Field> {
    let folded = fold(header);
    entity(name)?.fields.iter().find(|field| {
        let own = [field.name, field.label.en, field.label.th].into_iter();
        own.chain(field.link_name()).chain(field.synonyms.iter().copied()).any(|s| fold(s) == folded)
    })
}

#[test]
fn headers_of_real_files_lead_to_their_fields() {
    for (name, header, field) in [
        ("customers", "CustomerID", "code"),
        ("customers", "CompanyName", "name"),
        ("customers", "Region", "state"),
        ("contacts", "ContactName", "name"),
        ("contacts", "ContactTitle", "title"),
        ("suppliers", "SupplierID", "code"),
        ("suppliers", "ContactName", "contact"),
        ("suppliers", "HomePage", "website"),
        ("product_categories", "CategoryID", "code"),
        ("product_categories", "CategoryName", "name"),
        ("products", "ProductID", "code"),
        ("products", "CategoryID", "category_id"),
        ("products", "SupplierID", "supplier_id"),
        ("skus", "QuantityPerUnit", "unit"),
        ("skus", "UnitPrice", "base_price"),
        ("inventory", "UnitsInStock", "on_hand"),
        ("inventory", "ReorderLevel", "reorder_level"),
        ("orders", "OrderID", "number"),
        ("orders", "CustomerID", "customer_id"),
        ("orders", "OrderDate", "ordered_at"),
        ("orders", "RequiredDate", "requested_on"),
        ("orders", "ShippedDate", "shipped_on"),
        ("orders", "ShipRegion", "ship_to_state"),
        ("order_lines", "ProductID", "sku_id"),
        ("order_lines", "Discount", "discount_percent"),
        ("order_lines", "bottles_sold", "quantity"),
        ("order_lines", "sale_dollars", "line_total"),
    ] {
        assert_eq!(leads(name, header).map(|f| f.name), Some(field), "{name}: {header}");
    }
    let status = entity("products").and_then(|e| e.field("status")).unwrap();
    assert!(
        status.flags.iter().any(|flag| fold(flag.header) == "discontinued" && flag.yes == "DISCONTINUED")
    );
    for header in ["EmployeeID", "ShipVia"] {
        assert!(leads("orders", header).is_none() && leads("order_lines", header).is_none(), "{header}");
    }
}

#[test]
fn every_cell_of_a_real_file_is_read() {
    let Some(folder) = samples() else { return };
    let format = Format { fraction: true, order: Some(DateOrder::YearMonthDay), ..Format::default() };
    for (file, names, least) in [
        ("northwind_customers.csv", &["customers", "contacts"] as &[&str], 900),
        ("northwind_suppliers.csv", &["suppliers"], 240),
        ("northwind_categories.csv", &["product_categories"], 24),
        ("northwind_products.csv", &["products", "skus", "inventory"], 500),
        ("northwind_orders.csv", &["orders", "order_lines"], 30_000),
    ] {
        let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
        let headers = reader.headers().unwrap().clone();
        let mut read = 0;
        for (line, record) in reader.records().enumerate() {
            let record = record.unwrap();
            for (header, cell) in headers.iter().zip(&record) {
                let fields = names.iter().filter_map(|name| leads(name, header));
                for field in fields.filter(|field| !matches!(field.kind, Kind::Link(_))) {
                    let value = parse_text(field, cell, &format);
                    assert!(value.is_ok(), "{file}, row {}: {value:?}", line + 2);
                    read += usize::from(value != Ok(Value::Null));
                }
            }
        }
        assert!(read >= least, "{file}: {read} cells");
    }
}
