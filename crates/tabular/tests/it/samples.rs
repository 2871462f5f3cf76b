//! Real files, read where the folder in `TENANTRY_SAMPLES` holds them.

use std::path::PathBuf;

use tabular::{ColumnKind, DateOrder, Hints, Limits, Member, TextPattern};

fn sample(name: &str) -> Option<Member> {
    let Some(folder) = std::env::var_os("TENANTRY_SAMPLES") else {
        println!("skipped: TENANTRY_SAMPLES is not set");
        return None;
    };
    let path = PathBuf::from(folder).join(name);
    Some(tabular::open(&path, name, &Limits::default(), &Hints::default()).unwrap().remove(0))
}

/// Rows of a file, of which none is defective.
fn count(member: &Member) -> u64 {
    let profile = member.profile(0).unwrap();
    assert_eq!(
        (profile.defects, profile.blank_rows, profile.footer_rows.len()),
        (0, 0, 0),
        "{}",
        member.name
    );
    profile.rows
}

#[test]
fn northwind_has_its_rows() {
    let files = [
        ("customers", 91, 11),
        ("suppliers", 29, 12),
        ("categories", 8, 4),
        ("products", 77, 10),
        ("employees", 9, 18),
        ("orders", 2155, 19),
    ];
    for (name, rows, columns) in files {
        let Some(member) = sample(&format!("northwind_{name}.csv")) else { return };
        assert_eq!(count(&member), rows, "{name}");
        let sheet = &member.sheets().unwrap()[0];
        assert_eq!(sheet.columns.len(), columns, "{name}");
        assert_eq!((sheet.header_rows.as_slice(), sheet.first_data_row), (&[1][..], 2), "{name}");
        assert_eq!(sheet.dialect.unwrap().dialect.delimiter, b',', "{name}");
    }
}

#[test]
fn northwind_columns_have_their_kinds() {
    let Some(orders) = sample("northwind_orders.csv") else { return };
    let columns = orders.profile(0).unwrap().columns;
    let of = |key: &str| columns.iter().find(|column| column.key == key).unwrap();
    assert_eq!(of("OrderID (2)").index, 14);
    assert!(
        matches!(of("OrderDate").kind, ColumnKind::Date(format) if format.order == DateOrder::Ymd && !format.ambiguous)
    );
    assert!(matches!(of("Freight").kind, ColumnKind::Decimal(marks) if marks.decimal == '.'));
    assert!(matches!(of("Discount").kind, ColumnKind::Decimal(_)));
    assert_eq!(of("Quantity").kind, ColumnKind::Integer { thousands: None });
    assert_eq!(of("ShipPostalCode").kind, ColumnKind::Text);
    assert_eq!(of("CustomerID").kind, ColumnKind::Text);

    let Some(customers) = sample("northwind_customers.csv") else { return };
    let columns = &customers.sheets().unwrap()[0].columns;
    assert_eq!(columns[9].pattern, Some(TextPattern::Phone));
    let row = customers.rows(0).unwrap().nth(1).unwrap().unwrap();
    assert_eq!(row.cells[4], "Avda. de la Constitución 2222");

    let Some(employees) = sample("northwind_employees.csv") else { return };
    let row = employees.rows(0).unwrap().next().unwrap().unwrap();
    assert_eq!((row.cells[7].as_str(), row.cells[14].as_str()), ("507 - 20th Ave. E.\\nApt. 2A", "\\x"));
    assert!(row.cells[15].contains("\"The Art of the Cold Call.\""));
}

#[test]
fn iowa_has_its_lines() {
    let Some(member) = sample("ia_liquor_sales.csv") else { return };
    let profile = member.profile(0).unwrap();
    assert_eq!((profile.rows, profile.defects), (9_510, 0));
    let kind = |name: &str| profile.columns.iter().find(|column| column.header == name).unwrap().kind;
    assert_eq!(kind("zip_code"), ColumnKind::Text);
    assert_eq!(kind("bottles_sold"), ColumnKind::Integer { thousands: None });
    assert!(matches!(kind("sale_dollars"), ColumnKind::Decimal(_)));
    assert!(matches!(kind("date"), ColumnKind::Date(_)));
    let price = profile.columns.iter().find(|column| column.header == "sale_dollars").unwrap();
    assert_eq!(profile.rows - price.filled, 7);
}
