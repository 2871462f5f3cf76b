//! Several tables in one sheet, headers of several rows, rows that are mended.

use tabular::{Defect, HeaderHint, Hints};

use crate::desk::{open, open_with};
use crate::workbooks::workbook;

const TWO: &str = "Sales report\n\nSKU,Name,Qty\nA1,Pinot Noir,2\nA2,Chardonnay,3\nA3,Merlot,1\n\nReturns\n\n\
    Order,Reason,Day,Amount\nR1,broken,2024-05-01,3.5\nR2,late,2024-05-02,7.25\nTotal,,,10.75\n";

#[test]
fn a_second_table_is_a_sheet_of_its_own() {
    let file = open(TWO);
    let sheets = file.member.sheets().unwrap();
    assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["table", "table (2)"]);
    assert_eq!((sheets[0].header_rows.as_slice(), sheets[1].header_rows.as_slice()), (&[3][..], &[10][..]));
    assert_eq!((sheets[0].last_row, sheets[1].last_row), (Some(7), None));
    assert_eq!(sheets[1].preamble, [["Returns"]]);
    assert_eq!(file.rows().len(), 3);
    let second: Vec<_> = file.member.rows(1).unwrap().map(Result::unwrap).collect();
    assert_eq!(second[1].cells, ["R2", "late", "2024-05-02", "7.25"]);
    assert_eq!((second.len(), second[0].number), (2, 11));
    assert_eq!(file.member.profile(1).unwrap().footer_rows, [13]);
}

#[test]
fn a_second_table_of_a_workbook_is_a_sheet_of_its_own() {
    let lines: Vec<Vec<&str>> = TWO.lines().map(|line| line.split(',').collect()).collect();
    let book = workbook(|sheet| {
        for (row, cells) in lines.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                match cell.parse::<f64>() {
                    Ok(number) => sheet.write_number(row as u32, column as u16, number).unwrap(),
                    Err(_) => sheet.write_string(row as u32, column as u16, *cell).unwrap(),
                };
            }
        }
    });
    let file = open(book);
    let sheets = file.member.sheets().unwrap();
    assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["Sheet1", "Sheet1 (2)"]);
    assert_eq!(file.rows().len(), 3);
    let second: Vec<_> = file.member.rows(1).unwrap().map(Result::unwrap).collect();
    assert_eq!((second[0].cells[0].as_str(), second.len()), ("R1", 2));
}

#[test]
fn gaps_notes_and_rows_without_numbers_begin_no_table() {
    let gaps = open("SKU,Name,Qty\nA1,Pinot,2\n\nA2,Chardonnay,3\n\n\nA3,Merlot,n/k\nA4,Syrah,4\n");
    assert_eq!((gaps.member.sheets().unwrap().len(), gaps.rows().len()), (1, 4));
    let unknown = open(
        "Code,Name,Since,Qty\nC-1,Ann,2024-01-01,2\nC-2,Bo,2024-02-01,3\nC-3,Cy,unknown,none yet\nC-4,Di,2024-03-01,5\n",
    );
    assert_eq!((unknown.member.sheets().unwrap().len(), unknown.rows().len()), (1, 4));
    let section = open("SKU,Name,Qty\nA1,Pinot,2\nWhite wines,,\nA2,Chardonnay,3\nA3,Riesling,3\n");
    assert_eq!((section.member.sheets().unwrap().len(), section.rows().len()), (1, 4));
}

#[test]
fn the_header_once_more_is_left_out() {
    let page = "SKU,Name,Qty\nA1,Pinot,2\nA2,Merlot,4\n";
    let file = open(page.repeat(3));
    assert_eq!(file.member.sheets().unwrap().len(), 1);
    assert_eq!(file.rows().len(), 6);
    let mut rows = file.member.rows(0).unwrap();
    while rows.next_row().unwrap().is_some() {}
    assert_eq!(rows.repeated_headers(), 2);
}

#[test]
fn a_header_of_several_rows_gives_joined_names() {
    let rows = "A1,Pinot Noir,2,14.5\nA2,Chardonnay,3,9.9\nA3,Merlot,1,11\nA4,Syrah,8,12\nA5,Gamay,4,8\n";
    let groups = open(format!("Article,,Stock,\nSKU,Name,Qty,Price\n{rows}"));
    assert_eq!(groups.sheet().header_rows, [1, 2]);
    assert_eq!(groups.headers(), ["Article SKU", "Name", "Stock Qty", "Price"]);
    let units = open(format!("SKU,Name,Qty,Price\ntext,text,bottles,USD\n{rows}"));
    assert_eq!(units.headers()[2..], ["Qty bottles", "Price USD"]);
    assert_eq!((groups.rows().len(), units.rows().len()), (5, 5));
    let missing = open(format!("SKU,Name,Qty,Price\nA0,Cava,none,unknown\n{rows}"));
    assert_eq!(missing.sheet().header_rows, [1]);
    let hints = Hints { header: Some(HeaderHint::Rows(1, 2)), ..Hints::default() };
    let told = open_with("a,b\nc,d\ne,f\n", &hints);
    assert_eq!((told.headers(), told.rows().len()), (vec!["a c", "b d"], 1));
}

#[test]
fn a_stray_quote_is_a_character() {
    let file =
        open("id,name,qty\n\"1\",\"Table, 48\" wide\",\"2\"\n\"2\",\"\"Oak\",\"3\"\n\"3\",\"plain\",\"4\"\n");
    let rows = file.rows();
    assert_eq!(rows[0].cells, ["1", "Table, 48\" wide", "2"]);
    assert_eq!(rows[1].cells, ["2", "\"Oak", "3"]);
    assert_eq!((&rows[0].defect, &rows[2].defect), (&Some(Defect::StrayQuote), &None));
    assert!(rows[0].defect.as_ref().unwrap().is_repaired());
}

#[test]
fn a_quote_that_swallows_rows_spoils_its_row_only() {
    let text = "id,name,qty\n1,one,1\n2,\"two,2\n3,three,3\n4,four\",4\n5,\"a\nb\",5\n";
    let rows = open(text).rows();
    assert_eq!(rows.len(), 5);
    assert_eq!((rows[1].cells[1].as_str(), &rows[1].defect), ("\"two", &Some(Defect::UnclosedQuote)));
    assert_eq!(rows[4].cells, ["5", "a\nb", "5"]);
}

#[test]
fn a_row_with_its_own_delimiter_is_read_by_it() {
    let rows = open("id,name,qty\n1,one,1\n2;two;2\n3,three,3\n4,some words here\n5,five,5\n").rows();
    assert_eq!(rows[1].cells, ["2", "two", "2"]);
    assert_eq!(rows[1].defect, Some(Defect::OtherDelimiter { delimiter: ';' }));
    assert_eq!(rows[3].defect, Some(Defect::TooFew { expected: 3, got: 2 }));
}

#[test]
fn delimiters_behind_the_last_cell_make_no_column() {
    let file = open("a;b;\n1;2;\n3;4;\n");
    assert_eq!(file.headers(), ["a", "b"]);
    assert_eq!(file.cells(), [["1", "2"], ["3", "4"]]);
    assert!(file.rows().iter().all(|row| row.defect.is_none()));
}
