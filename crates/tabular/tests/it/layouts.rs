//! Preamble, header, footer and names of columns.

use tabular::{HeaderHint, Hints};

use crate::desk::{open, open_with};

#[test]
fn titles_above_the_table_are_preamble() {
    let file = open(
        "Sales report\nGenerated,2024-05-01\n\nSKU,Name,Qty,Price\nA1,Pinot Noir,2,14.5\nA2,Chardonnay,3,9.9\nA3,Merlot,1,11\n",
    );
    let sheet = file.sheet();
    assert_eq!((sheet.header_rows.as_slice(), sheet.first_data_row), (&[4][..], 5));
    assert_eq!(sheet.preamble, [vec!["Sales report"], vec!["Generated", "2024-05-01"]]);
    assert_eq!(file.headers(), ["SKU", "Name", "Qty", "Price"]);
    assert_eq!(file.rows().len(), 3);
}

#[test]
fn padded_titles_are_preamble_too() {
    let file = open("Price list,,,\n,,,\nSKU,Name,Qty,Price\nA1,Pinot Noir,2,14.5\nA2,Chardonnay,3,9.9\n");
    assert_eq!(file.sheet().header_rows, [3]);
    assert_eq!(file.rows()[0].number, 4);
}

#[test]
fn data_without_a_header_is_data() {
    let file =
        open("1001,Harborview,2024-01-05,12.5\n1002,Downtown,2024-02-11,80\n1003,Vineyard,2024-03-30,7.75\n");
    assert!(file.sheet().header_rows.is_empty());
    assert_eq!(file.sheet().first_data_row, 1);
    assert_eq!(file.headers(), ["Column A", "Column B", "Column C", "Column D"]);
    assert_eq!(file.rows().len(), 3);
}

#[test]
fn a_header_over_text_alone_is_a_header() {
    let file =
        open("Company,Contact,City\nHarborview Cellars,Ann Lee,Bangkok\nDowntown Wine,Bo Chan,Phuket\n");
    assert_eq!(file.sheet().header_rows, [1]);
    let thai = open("ชื่อบริษัท,จังหวัด\nสวนองุ่น,เชียงใหม่\nบ้านสวน,ภูเก็ต\n");
    assert_eq!(thai.sheet().header_rows, [1]);
}

#[test]
fn a_header_without_rows_is_a_header() {
    let file = open("Name,Email,Phone\n");
    assert_eq!(file.sheet().header_rows, [1]);
    assert_eq!((file.sheet().first_data_row, file.rows().len()), (2, 0));
}

#[test]
fn empty_and_repeated_names_are_made_distinct() {
    let file = open("OrderID,,OrderID,Qty,OrderID\n1,x,1,2,1\n2,y,2,3,2\n");
    let keys: Vec<&str> = file.sheet().columns.iter().map(|column| column.key.as_str()).collect();
    assert_eq!(keys, ["OrderID", "Column B", "OrderID (2)", "Qty", "OrderID (3)"]);
    assert_eq!(file.headers()[2], "OrderID");
}

#[test]
fn totals_and_notes_below_the_table_are_footer() {
    let text = "SKU,Name,Qty,Price\nA1,Pinot Noir,2,14.5\nA2,Chardonnay,3,9.9\n\nTotal,,5,24.4\nSource: warehouse system,,,\n";
    let file = open(text);
    assert_eq!(file.rows().len(), 2);
    assert_eq!(file.sheet().footer_rows.as_deref(), Some(&[5, 6][..]));
    let mut reader = file.member.rows(0).unwrap();
    while reader.next_row().unwrap().is_some() {}
    assert_eq!(reader.footer().iter().map(|row| row.number).collect::<Vec<_>>(), [5, 6]);
    assert_eq!(file.member.profile(0).unwrap().footer_rows, [5, 6]);
}

#[test]
fn a_total_inside_the_table_is_data() {
    let file = open(
        "Account,Name,Qty,Price\nA1,Pinot Noir,2,14.5\nTotal,,2,14.5\nA2,Chardonnay,3,9.9\nA3,Merlot,3,9.9\n",
    );
    assert_eq!(file.rows().iter().map(|row| row.number).collect::<Vec<_>>(), [2, 3, 4, 5]);
    let company =
        open("Name,City,Qty\nTotal Wine & More,Reno,3\nHarborview,Hull,2\nTotal Wine & More,Reno,1\n");
    assert_eq!(company.rows().len(), 3);
}

#[test]
fn a_last_row_cut_short_is_data_with_a_defect() {
    let file = open("SKU,Name,Qty,Price\nA1,Pinot Noir,2,14.5\nA2,Chardonnay,3,9.9\nA3");
    let rows = file.rows();
    assert_eq!(rows.len(), 3);
    assert!(rows[2].defect.is_some());
}

#[test]
fn hints_overrule_the_header() {
    let text = "a,b\nc,d\ne,f\n";
    let none = open_with(text, &Hints { header: Some(HeaderHint::None), ..Hints::default() });
    assert_eq!((none.rows().len(), none.headers()[0]), (3, "Column A"));
    let second = open_with(text, &Hints { header: Some(HeaderHint::Row(2)), ..Hints::default() });
    assert_eq!(second.headers(), ["c", "d"]);
    assert_eq!(second.rows().len(), 1);
}

#[test]
fn the_fingerprint_folds_case_and_separators() {
    let one = open("Order ID,Ship_Name\n1,a\n");
    let two = open("orderid;ship-name\n9;z\n");
    assert_eq!(one.sheet().fingerprint(), two.sheet().fingerprint());
}

#[test]
fn the_estimate_of_a_large_file_is_near() {
    let mut text = "id,name,city\n".to_owned();
    for row in 0..100_000 {
        text.push_str(&format!("{row},customer {row},Bangkok\n"));
    }
    let file = open(text);
    let sheet = file.sheet();
    assert!(!sheet.is_counted && (90_000..110_000).contains(&sheet.row_estimate), "{}", sheet.row_estimate);
    assert_eq!(sheet.footer_rows, None);
    assert_eq!(file.member.profile(0).unwrap().rows, 100_000);
}
