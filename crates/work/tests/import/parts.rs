//! Several kinds of records in each row of one file: the State of Iowa's record of a day's liquor orders.

use std::path::PathBuf;

use serde_json::{Value, json};
use work::import::{self, FileReport, Options, Report, Saved, TemplateUse};

use crate::house::{House, options, tally, valid_rows};

const HEADER: &str = "date,store_number,store_name,city,state,zip_code,item_number,category_name,vendor_name,\
    item_description,pack,bottle_volume_ml,state_bottle_cost,state_bottle_retail,bottles_sold,sale_dollars\n";

/// The day's file; none where the samples are not there.
fn day() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("TENANTRY_SAMPLES") else {
        eprintln!("skipped: TENANTRY_SAMPLES is not set");
        return None;
    };
    Some(PathBuf::from(folder).join("ia_liquor_sales.csv"))
}

/// Another day: two stores that were there before, one of them renamed, and a new one; a new item of a new vendor.
const NEXT_DAY: &str = "\
2012-02-01,2506,Hy-Vee #1044 / Burlington,BURLINGTON,IA,52601,75087,DISTILLED SPIRITS SPECIALTY,Luxco-St Louis,Juarez Gold Dss,12,1000,4.75,7.13,6,42.78
2012-02-01,2614,Hy-Vee Davenport,DAVENPORT,IA,52807,41846,AMERICAN ALCOHOL,Luxco-St Louis,Everclear Alcohol,12,750,8.02,12.03,2,24.06
2012-02-01,9999,Corner Spirits,AMES,IA,50010,41846,AMERICAN ALCOHOL,Luxco-St Louis,Everclear Alcohol,12,750,8.02,12.03,1,12.03
2012-02-01,9999,Corner Spirits,AMES,IA,50010,55555,NEW CATEGORY,New Vendor,New Item,6,700,10.00,15.00,2,30.00
";

impl House {
    /// Saves what the program knows of such files as a template of the tenant's own, under another name and city as it is.
    async fn template(&self, name: &str, config: Value) -> Saved {
        let operation = import::OPERATIONS.iter().find(|operation| operation.name == "save").unwrap();
        let input = json!({ "name": name, "config": config });
        let mut tx = self.db.begin(&self.caller).await.unwrap();
        let input: import::SaveTemplate = serde_json::from_value(input).unwrap();
        assert_eq!(operation.entity, "import_templates");
        let saved = work::operation::Operate::run(input, &mut tx, ()).await.unwrap();
        tx.commit().await.unwrap();
        saved
    }

    async fn rows_of(&self, table: &str, rows: u64) {
        assert_eq!(self.count(table).await, rows, "{table}");
    }
}

/// What a person would say of such files.
fn config() -> Value {
    let headers: Vec<&str> = HEADER.trim().split(',').collect();
    json!({
        "headers": headers,
        "parts": [
            { "data_type": "customers", "key": ["store_number"], "columns": {
                "store_number": "code", "store_name": "name", "city": "city", "state": "state", "zip_code": "postal_code",
            } },
            { "data_type": "suppliers", "key": ["vendor_name"], "columns": { "vendor_name": "name" } },
            { "data_type": "product_categories", "key": ["category_name"], "columns": { "category_name": "name" } },
            { "data_type": "products", "key": ["item_number"], "columns": {
                "item_number": "products.code", "item_description": "products.name", "category_name": "category",
                "vendor_name": "supplier", "pack": "pack_size", "bottle_volume_ml": "volume_ml",
                "state_bottle_retail": "base_price",
            } },
            { "data_type": "orders", "columns": {
                "date": "ordered_at", "store_number": "customer", "item_number": "sku", "bottles_sold": "quantity",
                "state_bottle_retail": "unit_price",
            }, "set": { "number": { "from": ["date", "store_number"], "with": "-" } } },
        ],
    })
}

fn part<'a>(report: &'a Report, kind: &str) -> &'a FileReport {
    report.files.iter().find(|file| file.data_type.as_deref() == Some(kind)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_orders_becomes_stores_vendors_items_and_orders_at_once() {
    let Some(file) = day() else { return };
    let house = House::new().await;
    let saved = house.template("Iowa, daily", config()).await;
    assert_eq!((saved.parts, saved.replaced), (5, false));

    let started = std::time::Instant::now();
    let report = house.import(&[file], &options()).await;
    println!("{:?}", started.elapsed());
    assert_eq!(
        report.status,
        "completed",
        "{:#?}",
        report.files.iter().map(|f| &f.errors).collect::<Vec<_>>()
    );
    assert!(report.files.iter().all(|file| file.template.as_deref() == Some("Iowa, daily")));
    for (kind, rows) in [
        ("customers", 224),
        ("suppliers", 54),
        ("product_categories", 68),
        ("products", 1175),
        ("orders", 9510),
    ] {
        assert_eq!(tally(part(&report, kind)), [rows, 0, 0, 0, 0], "{kind}");
    }
    for (table, rows) in [
        ("customers", 224),
        ("suppliers", 54),
        ("product_categories", 68),
        ("products", 1175),
        ("skus", 1175),
        ("orders", 224),
        ("order_lines", 9510),
    ] {
        house.rows_of(table, rows).await;
    }
    assert_eq!(house.one("select sum(line_total) from order_lines").await, "1039951.09");
    assert_eq!(house.one("select sum(total) from orders").await, "1039951.09");
    // What has no price is told and is not 0.
    let warnings = &part(&report, "orders").warnings;
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert_eq!((warnings[0].code.as_str(), warnings[0].records), ("without_price", 7));
    assert_eq!(warnings[0].column.as_deref(), Some("state_bottle_retail"));
    let unpriced = "select count(*) from order_lines where unit_price is null and line_total is null";
    assert_eq!(house.one(unpriced).await, "7");
    assert_eq!(house.one("select count(*) from order_lines where unit_price = 0").await, "0");
    // An order is a store's day.
    assert_eq!(
        house.one("select count(*) from orders o join customers c on c.id = o.customer_id where o.number <> '2012-01-31-' || c.code").await,
        "0"
    );
    assert_eq!(house.one("select count(*) from products where supplier_id is null").await, "0");
    assert_eq!(house.one("select count(*) from products where category_id is null").await, "2");
    assert_eq!(house.one("select count(*) from order_lines where sku_id is null").await, "0");

    // The next day needs nothing to be said.
    let next = house.content("2012-02-01.csv", format!("{HEADER}{NEXT_DAY}"), &options()).await;
    assert_eq!(next.status, "completed", "{next:#?}");
    for (kind, counts) in [
        ("customers", [1, 1, 1, 0, 0]),
        ("suppliers", [1, 0, 1, 0, 0]),
        ("product_categories", [1, 0, 2, 0, 0]),
        ("products", [1, 0, 2, 0, 0]),
        ("orders", [4, 0, 0, 0, 0]),
    ] {
        assert_eq!(tally(part(&next, kind)), counts, "{kind}");
    }
    house.rows_of("orders", 227).await;
    assert_eq!(house.one("select name from customers where code = '2614'").await, "Hy-Vee Davenport");
    assert_eq!(house.one("select total from orders where number = '2012-02-01-9999'").await, "42.03");

    // Both days go back, the later one first.
    assert_eq!(house.undo(next.batch, false).await.unwrap().conflicts, 0);
    house.rows_of("orders", 224).await;
    // The renamed store has its first name again, and was touched since.
    assert_eq!(house.undo(report.batch, true).await.unwrap().conflicts, 0);
    for table in ["customers", "suppliers", "product_categories", "products", "skus", "orders", "order_lines"]
    {
        house.rows_of(table, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_own_template_reads_such_a_file_unless_it_is_declined() {
    let house = House::new().await;
    let file = format!("{HEADER}{NEXT_DAY}");
    let report = house.content("day.csv", &file, &options()).await;
    assert_eq!(report.status, "completed", "{report:#?}");
    assert_eq!(report.files.len(), 5);
    assert!(report.files.iter().all(|file| file.template.as_deref() == Some("Iowa liquor orders")));
    let columns = &part(&report, "customers").mapping.as_ref().unwrap().columns;
    assert_eq!(columns[1].reason, "Template “Iowa liquor orders”.");
    assert_eq!(
        house.one("select string_agg(distinct city, ',') from customers where country = 'US'").await,
        "Ames,Burlington,Davenport"
    );
    let declined = Options { template: TemplateUse::Never, ..options() };
    let batch = house.dry(&[house.file("again.csv", &file)], &declined).await;
    let report = house.report(batch).await;
    assert_eq!((report.files.len(), &report.files[0].template), (1, &None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rows_of_one_record_say_differently_is_told_and_heads_of_documents_must_agree() {
    let house = House::new().await;
    house.template("Own", config()).await;
    let row = |store: &str, name: &str, item: &str, description: &str| {
        format!("2012-02-01,{store},{name},AMES,IA,50010,{item},C,V,{description},6,700,1,2.00,3,6.00\n")
    };
    let rows = [
        row("1", "One", "A", "Pear"),
        row("1", "Uno", "B", "Plum"),
        row("1", "Eins", "A", "Birne"),
        row("", "Nobody", "A", "Pear"),
    ];
    let report = house.content("day.csv", format!("{HEADER}{}", rows.concat()), &valid_rows()).await;
    let customers = part(&report, "customers");
    assert_eq!(tally(customers), [1, 0, 0, 0, 1], "{customers:#?}");
    assert_eq!((customers.warnings[0].code.as_str(), customers.warnings[0].records), ("differs", 1));
    let told = &customers.warnings[0].example.as_ref().unwrap().message;
    assert!(told.contains("row 2 says “One”") && told.contains("row 3 says “Uno”"), "{told}");
    assert_eq!(customers.errors[0].code, "required");
    assert_eq!(house.one("select string_agg(name, ',') from customers").await, "One");
    assert_eq!(house.one("select string_agg(name, ',' order by code) from products").await, "Pear,Plum");
    // The row without a store has no order it belongs to.
    assert_eq!(tally(part(&report, "orders")), [3, 0, 0, 0, 1]);
    house.rows_of("orders", 1).await;

    // A head that differs is an error that shows both.
    let mut late = rows[0].replace("2012-02-01", "2012-02-02");
    late.push_str(&row("2", "Two", "A", "Pear"));
    let mut config = config();
    config["parts"][4]["set"] = json!({ "number": { "from": ["item_number", "state"], "with": "/" } });
    house.template("Own", config).await;
    let report = house.content("heads.csv", format!("{HEADER}{late}"), &valid_rows()).await;
    let orders = part(&report, "orders");
    assert_eq!(tally(orders), [0, 0, 0, 0, 2], "{orders:#?}");
    assert!(orders.errors.iter().any(|error| error.code == "belongs_to_failed"), "{:#?}", orders.errors);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_killed_between_the_kinds_goes_on_to_the_same_end() {
    let house = House::new().await;
    house.template("Own", config()).await;
    let rows = (0..300).map(|n| {
        format!(
            "2012-02-01,{},Store {},AMES,IA,50010,I{n},C{},V{},Item {n},6,700,1,2.00,3,6.00\n",
            n % 40,
            n % 40,
            n % 7,
            n % 9
        )
    });
    let file = house.file("day.csv", std::iter::once(HEADER.to_owned()).chain(rows).collect::<String>());
    let batch = house.dry(&[file], &valid_rows()).await;
    let (told, count) =
        (std::sync::Arc::new(tokio::sync::Notify::new()), std::sync::atomic::AtomicUsize::new(0));
    let tell = told.clone();
    let task = house.committing(batch, move |_| {
        if count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 2 {
            tell.notify_one();
            crate::house::pause(std::time::Duration::from_millis(300));
        }
    });
    told.notified().await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!((house.report(batch).await.status, house.count("orders").await), ("committing", 0));
    // Until the lease of the one that died has run out.
    while let Err(busy) = house.resume(batch).await {
        assert_eq!(busy.code().code, "busy", "{busy}");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    let report = house.report(batch).await;
    assert_eq!(report.status, "completed");
    for (table, rows) in [
        ("customers", 40),
        ("suppliers", 9),
        ("product_categories", 7),
        ("products", 300),
        ("orders", 40),
        ("order_lines", 300),
    ] {
        house.rows_of(table, rows).await;
    }
    assert_eq!(house.undo(batch, false).await.unwrap().conflicts, 0);
    house.rows_of("customers", 0).await;
}
