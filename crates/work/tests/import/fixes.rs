//! Corrections of a checked file: what they change, what follows from them, and the way back.

use serde_json::Value;
use uuid::Uuid;
use work::import::{self, Column, Fix, Fixed};

use crate::house::{House, options, tally, valid_rows};

const CUSTOMERS: &str = "Code,Name,Email,Credit limit\n\
    C1,One,one@example.com,100\n\
    C2,Two,nobody,lots\n\
    C1,Three,three@example.com,300\n\
    C4,Four,nobody,400\n\
    C5,Five,five@example.com,500\n";

pub fn cell(row: i64, column: &str, value: &str) -> Fix {
    Fix::Cell { row, column: Column::Header(column.to_owned()), value: Some(value.to_owned()) }
}

pub fn back(row: i64, column: &str) -> Fix {
    Fix::Cell { row, column: Column::Header(column.to_owned()), value: None }
}

impl House {
    pub async fn fix(&self, batch: Uuid, fix: &Fix) -> Fixed {
        import::fix(&self.db, &self.caller, batch, fix).await.unwrap()
    }

    /// The batch of the only file, whose rows are checked.
    async fn checked(&self, name: &str, text: &str) -> Uuid {
        let path = self.file(name, text);
        self.dry(&[path], &valid_rows()).await
    }

    /// What is said of a row: status, then codes.
    async fn verdict(&self, batch: Uuid, row: i64) -> String {
        self.one(&format!(
            "select r.status || coalesce(' ' || (select string_agg(e ->> 'code', ',') from jsonb_array_elements(r.errors) e), '')
             from import_rows r join import_batches b on b.tenant_id = r.tenant_id and b.id = r.batch_id
             where b.parent_id = '{batch}' and r.is_file_row and r.row_number = {row}"
        ))
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_is_corrected_and_only_its_row_is_checked_again() {
    let house = House::new().await;
    let batch = house.checked("customers.csv", CUSTOMERS).await;
    assert_eq!(tally(&house.report(batch).await.files[0]), [2, 0, 0, 0, 3]);
    assert_eq!(house.verdict(batch, 3).await, "failed not_an_email,not_a_number");
    import::submit(&house.db, &house.caller, batch).await.unwrap();

    let fixed = house.fix(batch, &cell(3, "Email", "two@example.com")).await;
    assert_eq!(fixed, Fixed { rows: 1, checked: Some(1) });
    assert_eq!(house.verdict(batch, 3).await, "failed not_a_number");
    assert_eq!(house.report(batch).await.status, "validated", "what was approved needs approval again");
    house.fix(batch, &cell(3, "Credit limit", "many")).await;
    assert_eq!(house.verdict(batch, 3).await, "failed not_a_number");
    let told = house.errors(batch).await;
    assert!(told.contains("C2,Two,two@example.com,many,3,Credit limit,many,"), "{told}");
    house.fix(batch, &cell(3, "Credit limit", "200")).await;
    assert_eq!(house.verdict(batch, 3).await, "pending");
    let report = house.report(batch).await;
    assert_eq!((tally(&report.files[0]), report.files[0].fixed), ([3, 0, 0, 0, 2], 2));

    // The row keeps what the file said, beside what it is now.
    let filter = import::RowFilter { fixed: true, ..import::RowFilter::default() };
    let rows = import::rows(&house.db, &house.caller, batch, &filter).await.unwrap();
    let rows: Value = serde_json::from_str(&rows.data).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!(rows[0]["cells"], serde_json::json!(["C2", "Two", "nobody", "lots"]));
    assert_eq!(rows[0]["fixed"], serde_json::json!({ "2": "two@example.com", "3": "200" }));

    // And goes back to it.
    house.fix(batch, &back(3, "Email")).await;
    assert_eq!(house.verdict(batch, 3).await, "failed not_an_email");
    house.fix(batch, &cell(3, "Email", "two@example.com")).await;
    // Checked as a whole, the corrections hold.
    import::validate(&house.db, &house.files, &house.caller, batch, &|_| {}).await.unwrap();
    assert_eq!(tally(&house.report(batch).await.files[0]), [3, 0, 0, 0, 2]);
    house.commit(batch).await.unwrap();
    assert_eq!(
        house.one("select email || ' ' || credit_limit from customers where code = 'C2'").await,
        "two@example.com 200.00"
    );
    assert_eq!(house.audited("import.fixed").await, "5");
    let late = import::fix(&house.db, &house.caller, batch, &back(3, "Email")).await.unwrap_err();
    assert_eq!(late.code().code, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_the_old_and_the_new_key_are_checked_with_the_corrected_one() {
    let house = House::new().await;
    let batch = house.checked("customers.csv", CUSTOMERS).await;
    assert_eq!(house.verdict(batch, 4).await, "failed repeated");
    let fixed = house.fix(batch, &cell(2, "Code", "C5")).await;
    assert_eq!(fixed.checked, Some(3), "itself, the one of the old key, the one of the new key");
    assert_eq!(house.verdict(batch, 2).await, "pending");
    assert_eq!(house.verdict(batch, 4).await, "pending");
    assert_eq!(house.verdict(batch, 6).await, "failed repeated");
    house.fix(batch, &back(2, "Code")).await;
    assert_eq!(house.verdict(batch, 4).await, "failed repeated");
    assert_eq!(house.verdict(batch, 6).await, "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_cells_of_a_kind_are_corrected_at_once_and_counted_before() {
    let house = House::new().await;
    let batch = house.checked("customers.csv", CUSTOMERS).await;
    let alike = |holds: &str| Fix::Alike {
        column: Column::Header("Email".into()),
        holds: holds.into(),
        code: "not_an_email".into(),
        value: "info@example.com".into(),
    };
    assert_eq!(import::would_fix(&house.db, &house.caller, batch, &alike("nobody")).await.unwrap(), 2);
    assert_eq!(import::would_fix(&house.db, &house.caller, batch, &alike("somebody")).await.unwrap(), 0);
    let fixed = house.fix(batch, &alike("nobody")).await;
    assert_eq!(fixed.rows, 2);
    assert_eq!(house.verdict(batch, 3).await, "failed not_a_number");
    assert_eq!(house.verdict(batch, 5).await, "pending");
    assert_eq!(house.fix(batch, &alike("nobody")).await.rows, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_left_out_and_taken_back() {
    let house = House::new().await;
    let batch = house.checked("customers.csv", CUSTOMERS).await;
    for row in [2, 3, 5] {
        house.fix(batch, &Fix::Skip { row, skip: true }).await;
    }
    let report = house.report(batch).await;
    assert_eq!(tally(&report.files[0]), [2, 0, 0, 3, 0], "the second row of C1 is the only one now");
    assert!(report.files[0].counts.add_up());
    house.fix(batch, &Fix::Skip { row: 5, skip: false }).await;
    assert_eq!(tally(&house.report(batch).await.files[0]), [2, 0, 0, 2, 1]);
    house.fix(batch, &Fix::Skip { row: 5, skip: true }).await;
    import::validate(&house.db, &house.files, &house.caller, batch, &|_| {}).await.unwrap();
    assert_eq!(tally(&house.report(batch).await.files[0]), [2, 0, 0, 3, 0]);
    house.commit(batch).await.unwrap();
    assert_eq!(tally(&house.report(batch).await.files[0]), [2, 0, 0, 3, 0]);
    assert_eq!(house.one("select string_agg(name, ',' order by name) from customers").await, "Five,Three");
    house.undo(batch, false).await.unwrap();
    assert_eq!(house.count("customers").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_and_what_links_to_a_record_of_the_set_are_checked_with_it() {
    let house = House::new().await;
    house.content("products.csv", "Product code,Product name,Unit price\nP1,Pear,2\n", &options()).await;
    let customers = house.file("customers.csv", "Code,Name,Email\nC1,One,nobody\nC2,Two,two@example.com\n");
    let orders = house.file(
        "orders.csv",
        "Order number,Customer,Order date,Product code,Quantity,Unit price\n\
         S1,C1,2026-01-05,P1,1,2\nS1,C1,2026-01-05,P1,two,2\nS2,C2,2026-02-30,P1,1,2\nS2,C2,2026-02-30,P1,5,2\n",
    );
    let batch = house.dry(&[customers, orders], &valid_rows()).await;
    let report = house.report(batch).await;
    let [customers, orders] = [0, 1].map(|at: usize| report.files[at].batch);
    assert_eq!((tally(&report.files[0]), tally(&report.files[1])), ([1, 0, 0, 0, 1], [0, 0, 0, 0, 4]));
    house.fix(orders, &cell(3, "Quantity", "2")).await;
    let fixed = house.fix(customers, &cell(2, "Email", "one@example.com")).await;
    assert_eq!(fixed.checked, Some(4), "the customer, the order that links to it and its two lines");
    assert_eq!(tally(&house.report(batch).await.files[1]), [2, 0, 0, 0, 2]);
    // Both rows tell of the order's date.
    let dates = Fix::Alike {
        column: Column::Place(2),
        holds: "2026-02-30".into(),
        code: "not_a_time".into(),
        value: "2026-02-28".into(),
    };
    assert_eq!(house.fix(orders, &dates).await.rows, 2);
    assert_eq!(tally(&house.report(batch).await.files[1]), [4, 0, 0, 0, 0]);
    // A line that goes to another order leaves the first one.
    house.fix(orders, &cell(5, "Order number", "S1")).await;
    assert_eq!(house.verdict(batch, 5).await, "failed belongs_to_failed");
    house.fix(orders, &back(5, "Order number")).await;
    house.commit(batch).await.unwrap();
    assert_eq!(house.count("order_lines").await, 4);
    assert_eq!(
        house.one("select string_agg(number || ordered_at::date, ',' order by number) from orders").await,
        "S12026-01-05,S22026-02-28"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_too_short_is_mended_by_filling_it_in_and_one_that_is_too_long_is_not() {
    let house = House::new().await;
    let text = "Code,Name,Email\nC1,One,a@x.de\nC2,Two\nC3,Three,c@x.de,more\n";
    let batch = house.checked("customers.csv", text).await;
    assert_eq!(tally(&house.report(batch).await.files[0]), [1, 0, 0, 0, 2]);
    house.fix(batch, &cell(3, "Email", "b@x.de")).await;
    assert_eq!(house.verdict(batch, 3).await, "pending");
    house.fix(batch, &cell(4, "Email", "d@x.de")).await;
    assert_eq!(house.verdict(batch, 4).await, "failed wrong_number_of_cells");
    house.fix(batch, &back(3, "Email")).await;
    assert_eq!(house.verdict(batch, 3).await, "failed wrong_number_of_cells");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_corrected_is_refused_and_says_why() {
    let house = House::new().await;
    let path = house.file("customers.csv", CUSTOMERS);
    let uploads = vec![house.upload(&path)];
    let batch = import::receive(&house.db, &house.files, &house.caller, uploads, &options()).await.unwrap();
    let refused = async |fix: Fix| {
        let problem = import::fix(&house.db, &house.caller, batch, &fix).await.unwrap_err();
        let of = problem.field_errors().first().map(|error| error.message.clone());
        format!("{} {}", problem.code().code, of.unwrap_or_else(|| problem.to_string()))
    };
    assert!(refused(back(2, "Email")).await.contains("not checked yet"));
    import::validate(&house.db, &house.files, &house.caller, batch, &|_| {}).await.unwrap();
    assert!(refused(cell(99, "Email", "x")).await.contains("customers.csv has no row 99"));
    assert!(refused(cell(2, "Mail", "x")).await.contains("There are Code, Name, Email, Credit limit"));
    assert!(refused(cell(2, "Email", "a\0b")).await.contains("no null character"));
    assert!(refused(cell(2, "Email", &"x".repeat(40_000))).await.contains("at most 32767"));
    assert_eq!(house.count("import_fixes").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_that_dies_half_way_leaves_nothing() {
    let house = House::new().await;
    let batch = house.checked("customers.csv", CUSTOMERS).await;
    import::submit(&house.db, &house.caller, batch).await.unwrap();
    house.die_at(Some("validated")).await;
    let fix = cell(5, "Email", "four@example.com");
    import::fix(&house.db, &house.caller, batch, &fix).await.unwrap_err();
    assert_eq!(house.count("import_fixes").await, 0);
    assert_eq!(house.verdict(batch, 5).await, "failed not_an_email");
    assert_eq!(house.report(batch).await.status, "awaiting_approval");
    house.die_at(None).await;
    house.fix(batch, &fix).await;
    assert_eq!(house.verdict(batch, 5).await, "pending");
    assert_eq!(house.report(batch).await.status, "validated");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_too_much_follows_the_whole_set_is_checked_anew() {
    let house = House::new().await;
    let customers = house.file("customers.csv", "Code,Name,Email\nC1,One,nobody\nC2,Two,b@x.de\n");
    let mut text = String::from("Customer,Name,Email\n");
    for at in 0..5_100 {
        text.push_str(&format!("C1,Person {at},p{at}@x.de\n"));
    }
    let contacts = house.file("contacts.csv", text);
    let batch = house.dry(&[customers, contacts], &valid_rows()).await;
    let report = house.report(batch).await;
    assert_eq!(tally(&report.files[1]), [0, 0, 0, 0, 5_100]);
    let fixed = house.fix(report.files[0].batch, &cell(2, "Email", "a@x.de")).await;
    assert_eq!(fixed.checked, None);
    // Until then it cannot be committed, and the correction is kept.
    assert_eq!(house.report(batch).await.status, "mapped");
    assert_eq!(house.commit(batch).await.unwrap_err().code().code, "conflict");
    import::validate(&house.db, &house.files, &house.caller, batch, &|_| {}).await.unwrap();
    assert_eq!(tally(&house.report(batch).await.files[1]), [5_100, 0, 0, 0, 0]);
}
