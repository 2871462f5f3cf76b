//! What is wrong with rows, and what is told of it.

use work::import::{self, Mode, Policy};

use crate::house::{House, options, tally};

const BAD: &str = "Code,Name,Email,Credit limit,Delivery route,Country\r\n\
    A1,Good one,a@example.com,100,,Germany\r\n\
    A2,Bad mail,not-an-address,100,,Germany\r\n\
    A3,,c@example.com,100,,Germany\r\n\
    A4,Bad number,d@example.com,lots,,Germany\r\n\
    A1,Twice,e@example.com,100,,Germany\r\n\
    A6,No route,f@example.com,100,R9,Germany\r\n\
    A7,Too many,g@example.com,100,,Germany,what,is,this\r\n\
    A8,Good two,h@example.com,\"1,250.50\",,Thailand\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn all_or_nothing_writes_nothing_when_a_row_is_bad() {
    let house = House::new().await;
    let report = house.content("customers.csv", BAD, &options()).await;
    assert_eq!(report.status, "failed");
    assert_eq!(tally(&report.files[0]), [0, 0, 0, 2, 6]);
    assert_eq!(house.count("customers").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn valid_rows_are_written_and_the_error_file_tells_of_the_others() {
    let house = House::new().await;
    let mut options = options();
    options.policy = Some(Policy::ValidRows);
    let report = house.content("customers.csv", BAD, &options).await;
    assert_eq!(report.status, "completed");
    assert_eq!(tally(&report.files[0]), [2, 0, 0, 0, 6]);
    assert_eq!(
        house.one("select string_agg(code || ' ' || country, ',' order by code) from customers").await,
        "A1 DE,A8 TH"
    );
    assert_eq!(house.one("select credit_limit from customers where code = 'A8'").await, "1250.50");

    let errors = house.errors(report.batch).await;
    assert!(errors.starts_with(
        "\u{feff}Code,Name,Email,Credit limit,Delivery route,Country,row,column,value,reason,mend\r\n"
    ));
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(lines.len(), 7, "{errors}");
    for (row, column, value, words) in [
        ("3", "Email", "not-an-address", "not one e-mail address"),
        ("4", "Name", "", "Name is missing"),
        ("5", "Credit limit", "lots", "not a number"),
        ("6", "Code", "A1", "Row 2 tells of the same customer already."),
        ("7", "Delivery route", "R9", "There is no delivery route"),
        ("8", "", "", "9 cells and the header 6"),
    ] {
        let line = lines.iter().find(|line| line.contains(&format!(",{row},"))).unwrap();
        assert!(line.contains(&format!(",{row},{column},{value},")), "{line}");
        assert!(line.contains(words), "{line}");
        assert!(!line.ends_with(','), "a mend: {line}");
    }

    // Corrected, the error file itself goes in.
    let mended = errors
        .replace("not-an-address,100,,Germany", "b@example.com,100,,Germany")
        .replace("A3,,", "A3,Now named,")
        .replace(",lots,,Germany", ",7,,Germany")
        .replace("A1,Twice", "A5,Once")
        .replace(",R9,Germany", ",,Germany")
        .replace(",Germany,what,is,this", ",Germany");
    let again = house.content("customers errors.csv", mended, &options).await;
    assert_eq!(tally(&again.files[0]), [6, 0, 0, 0, 0], "{:#?}", again.files[0].errors);
    assert_eq!(house.count("customers").await, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_found_by_code_or_name_and_ambiguous_ones_are_errors() {
    let house = House::new().await;
    house.content("customers.csv", "Code,Name\nC1,Seven\nC2,Seven\nC3,Nine\n", &options()).await;
    let mut valid = options();
    valid.policy = Some(Policy::ValidRows);
    valid.data_type = Some("contacts".into());
    let report = house
        .content(
            "contacts.csv",
            "Customer,Name\nC1,By code\nNine,By name\nSeven,Which one\nTen,Nobody\n",
            &valid,
        )
        .await;
    assert_eq!(tally(&report.files[0]), [2, 0, 0, 0, 2]);
    let mut codes: Vec<&str> = report.files[0].errors.iter().map(|error| error.code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["ambiguous_link", "unknown_link"]);
    let names = "select string_agg(c.code || ' ' || t.name, ',' order by c.code) from contacts t join customers c on c.id = t.customer_id";
    assert_eq!(house.one(names).await, "C1 By code,C3 By name");
}

#[tokio::test(flavor = "multi_thread")]
async fn modes_keep_to_new_or_to_existing_records() {
    let house = House::new().await;
    house.content("customers.csv", "Code,Name,City\nC1,One,Rome\n", &options()).await;
    let file = "Code,Name,City\nC1,One,Oslo\nC2,Two,Bern\n";
    let mut create = options();
    (create.mode, create.policy) = (Some(Mode::Create), Some(Policy::ValidRows));
    let report = house.content("customers.csv", file, &create).await;
    assert_eq!(tally(&report.files[0]), [1, 0, 0, 0, 1]);
    assert_eq!(report.files[0].errors[0].code, "exists");

    let mut update = options();
    (update.mode, update.policy) = (Some(Mode::Update), Some(Policy::ValidRows));
    let report = house.content("customers.csv", "Code,City\nC1,Oslo\nC3,Riga\n", &update).await;
    assert_eq!(tally(&report.files[0]), [0, 1, 0, 0, 1]);
    assert_eq!(report.files[0].errors[0].code, "does_not_exist");
    assert_eq!(
        house.one("select string_agg(code || city, ',' order by code) from customers").await,
        "C1Oslo,C2Bern"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_cells_leave_values_alone_unless_they_are_to_clear_them() {
    let house = House::new().await;
    house.content("customers.csv", "Code,Name,City\nC1,One,Rome\n", &options()).await;
    let report = house.content("customers.csv", "Code,Name,City\nC1,One,\n", &options()).await;
    assert_eq!(tally(&report.files[0]), [0, 0, 1, 0, 0]);
    let mut clear = options();
    clear.empty_cells = Some(import::EmptyCells::Clear);
    let report = house.content("customers.csv", "Code,Name,City\nC1,One,\n", &clear).await;
    assert_eq!(tally(&report.files[0]), [0, 1, 0, 0, 0]);
    assert_eq!(house.one("select count(*) from customers where city is null").await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_one_order_must_agree() {
    let house = House::new().await;
    house.content("customers.csv", "Code,Name\nC1,One\n", &options()).await;
    house
        .content("products.csv", "Product code,Product name,Unit price\nP1,Pear,2\nP2,Plum,3\n", &options())
        .await;
    let file = "Order number,Customer,Order date,Freight,Product,Quantity,Unit price\n\
        1,C1,2026-01-05,5.00,P1,2,2.50\n1,C1,2026-01-05,6.00,P2,1,3\n\
        2,C1,2026-01-06,,P1,1,2.345\n2,C1,2026-01-06,,P2,3,3\n\
        3,C1,2026-01-07,,P9,1,1\n3,C1,2026-01-07,,P1,1,1\n";
    let mut valid = options();
    valid.policy = Some(Policy::ValidRows);
    let report = house.content("orders.csv", file, &valid).await;
    assert_eq!(tally(&report.files[0]), [2, 0, 0, 0, 4], "{:#?}", report.files[0].mapping);
    assert_eq!(house.one("select string_agg(number || ' ' || total, ',') from orders").await, "2 11.35");
    let errors = house.errors(report.batch).await;
    assert!(errors.contains("row 2 says “5.00”, row 3 says “6.00”"), "{errors}");
    let orders: Vec<_> = errors.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(orders, ["1", "1", "3", "3"], "the error file keeps the order of the original");
    assert_eq!(errors.lines().count(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_tables_are_refused_by_name() {
    let house = House::new().await;
    for (name, content) in [
        ("empty.csv", b"".to_vec()),
        ("letter.csv", b"%PDF-1.7 something".to_vec()),
        ("cut.xlsx", b"PK\x03\x04 cut off".to_vec()),
    ] {
        let upload = house.upload(&house.file(name, content));
        let refused = import::receive(&house.db, &house.files, &house.caller, vec![upload], &options())
            .await
            .unwrap_err();
        assert_eq!(refused.code().code, "bad_file", "{name}");
        assert!(refused.detail().contains(name), "{refused}");
        assert!(refused.get_hint().is_some(), "{refused}");
        let batch = refused.get_facts().unwrap()["batch"].as_str().unwrap().parse().unwrap();
        assert_eq!(house.report(batch).await.status, "failed");
    }
}
