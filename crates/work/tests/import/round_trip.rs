//! What is exported imports back unchanged.

use std::future::ready;

use model::{query::Kept, registry};
use work::{
    export::{self, Format},
    import::{self, Policy},
};

use crate::house::{House, options};

/// Exports an entity and imports the file again.
async fn round(house: &House, name: &str, format: Format) {
    let entity = registry::entity(name).unwrap();
    let whole = Kept::default();
    let (mut out, told) = (vec![], |_| ready(Ok(())));
    let written = export::write(&house.db, &house.caller, entity, &whole, format.into(), &mut out, told);
    let count = written.await.unwrap();
    assert!(count > 0, "{name} has no record to try");
    let text = String::from_utf8_lossy(&out).into_owned();
    assert!(format != Format::Csv || text.ends_with("\r\n"));
    let path = house.file(&format!("{name}.{}", format.name()), &out);
    let mut options = options();
    options.data_type = Some(name.to_owned());
    let batch = house.dry(&[path], &options).await;
    let report = house.report(batch).await;
    let counts = report.files[0].counts;
    let told = || format!("{name}: {counts:?} {:#?}\n{text}", report.files[0].errors);
    assert_eq!((counts.rows, counts.unchanged), (count, count), "{}", told());
    import::commit(&house.db, &house.caller, batch, &|_| {}).await.unwrap();
    assert_eq!(house.report(batch).await.counts.unchanged, count, "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entity_that_files_bring_comes_back_unchanged() {
    let house = House::new().await;
    let files = [
        ("delivery_routes", "Code,Name,Weekday\nR1,North,monday\n"),
        ("companies", "Name,Tax ID,Tags,Website\n\"=Sum, Inc.\",007,\"a, b\",example.com\n+Plus,008,,\n"),
        (
            "customers",
            "Code,Name,Email,Credit limit,Delivery route,Country\n0012,\"Multi\nline\",A@Example.com,1250.5,R1,Thailand\nC2,-Minus,,,,\n",
        ),
        ("contacts", "Customer,Name,Email,Primary\n0012,Ann,ann@example.com,yes\nC2,Bob,,no\n"),
        ("suppliers", "Supplier code,Name,Phone\nS1,Vines,+66 2 123 4567\n"),
        ("product_categories", "Category code,Name,Parent\nB,Red,A\nA,Wine,\n"),
        (
            "products",
            "Product code,Product name,Category,Supplier,ABV,Unit price,Stock,Discontinued\nP1,Cabernet,A,S1,13.5,19.99,12,1\nP2,Pinot,B,,,7,,0\n",
        ),
        ("price_list_entries", "Price list code,SKU,Price,Min qty\nRETAIL,P1,18.5,6\nRETAIL,P2,6,\n"),
        (
            "orders",
            "Order number,Customer,Order date,Ship date,Freight,Product code,Quantity,Unit price,Discount\n1,0012,2026-01-05,2026-01-07,5,P1,2,19.99,0.1\n1,0012,2026-01-05,2026-01-07,5,P2,1,7,0\n2,C2,2026-02-05,,,P2,3,7,0\n",
        ),
        (
            "invoices",
            "Invoice number,Customer,Invoice date,Due date,Product code,Quantity,Unit price,Tax rate\nI1,0012,2026-01-08,2026-02-07,P1,2,19.99,7\n",
        ),
        ("payments", "Customer,Amount,Payment date,Method,Reference\n0012,20,2026-01-20,cash,R-1\n"),
    ];
    let mut valid = options();
    valid.policy = Some(Policy::ValidRows);
    for (name, content) in files {
        valid.data_type = Some(name.to_owned());
        let report = house.content(&format!("{name}.csv"), content, &valid).await;
        let counts = report.files[0].counts;
        assert_eq!(
            counts.created, counts.rows,
            "{name} {:#?} {:#?}",
            report.files[0].errors, report.files[0].mapping
        );
    }
    for name in [
        "delivery_routes", "companies", "customers", "contacts", "suppliers", "product_categories",
        "products", "skus", "inventory", "warehouses", "warehouse_locations", "price_lists",
        "price_list_entries", "orders", "invoices", "payments",
    ] {
        if house.count(name).await > 0 {
            round(&house, name, Format::Csv).await;
            round(&house, name, Format::Xlsx).await;
        }
    }
    assert_eq!(house.one("select total from invoices").await, "42.78");
    assert_eq!(house.one("select fulfilment_state from orders where number = '1'").await, "full");
}

/// Has LibreOffice open a workbook and write it as CSV; none where it is not installed.
fn opened(folder: &std::path::Path, book: &std::path::Path) -> Option<std::path::PathBuf> {
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let written = std::process::Command::new("soffice")
        .args(["--headless", "--norestore", &profile, "--convert-to"])
        // Comma, quotes, UTF-8.
        .arg("csv:Text - txt - csv (StarCalc):44,34,76")
        .arg("--outdir")
        .args([folder, book])
        .output();
    let written = match written {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        other => other.unwrap(),
    };
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    Some(folder.join(book.with_extension("csv").file_name().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_libreoffice_opens_and_writes_again_comes_back_without_a_change() {
    let house = House::new().await;
    let customers = "Code,Name,Email,Credit limit,Country,Notes\n\
        0012,ร้านไวน์,A@Example.com,1250.5,Thailand,\"two\nlines\"\nC2,-Minus & <Sons>,,0,,=1+1\nC3,Plain,,99999.99,Germany,\n";
    house.content("customers.csv", customers, &options()).await;
    let entity = registry::entity("customers").unwrap();
    let (mut out, told) = (vec![], |_| ready(Ok(())));
    let (whole, layout) = (Kept::default(), Format::Xlsx.into());
    let count = export::write(&house.db, &house.caller, entity, &whole, layout, &mut out, told).await;
    let (count, book) = (count.unwrap(), house.file("customers.xlsx", &out));
    assert_eq!(count, 3);
    let Some(text) = opened(book.parent().unwrap(), &book) else {
        println!("skipped: LibreOffice (soffice) is not installed");
        return;
    };
    let batch = house.dry(&[text], &options()).await;
    let file = &house.report(batch).await.files[0];
    assert_eq!((file.counts.rows, file.counts.unchanged), (count, count), "{:#?}", file.errors);
}
