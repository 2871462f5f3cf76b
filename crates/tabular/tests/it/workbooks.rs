//! XLSX workbooks.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use tabular::{ColumnKind, Container, Hints, Limits};

use crate::desk::{open, open_with, put, refused};

/// A workbook of one sheet, as bytes.
pub fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn head(sheet: &mut Worksheet, row: u32, names: &[&str]) {
    for (column, name) in names.iter().enumerate() {
        sheet.write_string(row, column as u16, *name).unwrap();
    }
}

#[test]
fn typed_cells_come_as_people_see_them() {
    let book = workbook(|sheet| {
        head(
            sheet,
            0,
            &["Name", "Day", "Moment", "Time", "Count", "Share", "Active", "Sum", "Padded", "Length"],
        );
        sheet.write_string(1, 0, "Château").unwrap();
        let day = ExcelDateTime::from_ymd(2024, 2, 29).unwrap();
        let moment = ExcelDateTime::from_ymd(2024, 2, 29).unwrap().and_hms(13, 5, 9).unwrap();
        let time = ExcelDateTime::from_hms(8, 30, 0).unwrap();
        sheet.write_with_format(1, 1, day, &Format::new().set_num_format("dd/mm/yyyy")).unwrap();
        sheet.write_with_format(1, 2, moment, &Format::new().set_num_format("yyyy-mm-dd hh:mm:ss")).unwrap();
        sheet.write_with_format(1, 3, time, &Format::new().set_num_format("hh:mm")).unwrap();
        sheet.write_number(1, 4, 42).unwrap();
        sheet.write_number(1, 5, 0.1 + 0.2).unwrap();
        sheet.write_boolean(1, 6, true).unwrap();
        sheet.write_formula(1, 7, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        sheet.write_number_with_format(1, 8, 123, &Format::new().set_num_format("00000")).unwrap();
        sheet.write_number_with_format(1, 9, 1.5, &Format::new().set_num_format("[h]:mm:ss")).unwrap();
    });
    let file = open(book);
    assert_eq!(file.member.kind, Container::Xlsx);
    assert_eq!(
        file.cells()[0],
        [
            "Château", "2024-02-29", "2024-02-29T13:05:09", "08:30:00", "42", "0.3", "TRUE", "#DIV/0!",
            "00123", "36:00:00"
        ]
    );
}

#[test]
fn both_epochs_give_the_same_days() {
    let book = workbook(|sheet| {
        head(sheet, 0, &["Name", "Day"]);
        sheet.write_string(1, 0, "a").unwrap();
        sheet.write_number_with_format(1, 1, 43889, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    });
    let later = crate::hostile::with_part(&book, "xl/workbook.xml", |text| {
        text.replacen("<workbookPr", "<workbookPr date1904=\"1\"", 1)
    });
    assert_eq!(open(book).cells()[0][1], "2020-02-28");
    assert_eq!(open(later).cells()[0][1], "2024-02-29");
}

#[test]
fn numbers_have_no_artefacts() {
    let numbers = [
        1.1 + 2.2,
        1e21,
        0.000_001,
        123_456_789_012_345.0,
        12.5,
        -0.1,
        1e15,
        100.0,
        1.005 * 1000.0,
        4.35 * 100.0,
    ];
    let book = workbook(|sheet| {
        head(sheet, 0, &["Amount", "Name"]);
        for (row, number) in numbers.iter().enumerate() {
            sheet.write_number(row as u32 + 1, 0, *number).unwrap();
            sheet.write_string(row as u32 + 1, 1, "x").unwrap();
        }
    });
    let texts: Vec<String> = open(book).cells().into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(
        texts,
        [
            "3.3", "1000000000000000000000", "0.000001", "123456789012345", "12.5", "-0.1",
            "1000000000000000", "100", "1005", "435"
        ]
    );
}

#[test]
fn every_sheet_with_a_value_is_found() {
    let mut book = Workbook::new();
    let products = book.add_worksheet();
    products.set_name("Products").unwrap();
    head(products, 0, &["Price list 2024"]);
    head(products, 2, &["SKU", "Name", "Price"]);
    for row in 0..3 {
        products.write_string(3 + row, 0, format!("00{row}")).unwrap();
        products.write_string(3 + row, 1, format!("Wine {row}")).unwrap();
        products.write_number(3 + row, 2, 9.5 + f64::from(row)).unwrap();
    }
    products.write_string(6, 0, "Total").unwrap();
    products.write_number(6, 2, 31.5).unwrap();
    book.add_worksheet().set_name("Blank").unwrap();
    let stock = book.add_worksheet();
    stock.set_name("สต็อก").unwrap();
    stock.set_hidden(true);
    head(stock, 0, &["SKU", "Qty", "Note"]);
    stock.write_string(1, 0, "000").unwrap();
    stock.write_number(1, 1, 7).unwrap();
    stock.write_string(4, 0, "001").unwrap();
    stock.write_string(4, 2, "late").unwrap();
    let bytes = book.save_to_buffer().unwrap();

    let file = open(&bytes);
    let sheets = file.member.sheets().unwrap();
    assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["Products", "สต็อก"]);
    assert_eq!(
        (sheets[0].header_rows.as_slice(), sheets[0].first_data_row, sheets[0].hidden),
        (&[3][..], 4, false)
    );
    assert_eq!(sheets[0].columns[0].kind, ColumnKind::Text);
    assert_eq!(sheets[0].preamble, [["Price list 2024"]]);
    assert_eq!(sheets[0].footer_rows.as_deref(), Some(&[7][..]));
    assert_eq!(file.rows().len(), 3);
    assert!(sheets[1].hidden);
    let rows: Vec<_> = file.member.rows(1).unwrap().map(Result::unwrap).collect();
    assert_eq!(
        (rows[1].number, rows[1].cells.as_slice()),
        (5, &["001".to_owned(), String::new(), "late".to_owned()][..])
    );
    assert_eq!(rows[0].cells, ["000", "7", ""]);
    assert!(rows.iter().all(|row| row.defect.is_none()));

    let one = open_with(&bytes, &Hints { sheet: Some("สต็อก".to_owned()), ..Hints::default() });
    assert_eq!(one.member.sheets().unwrap().len(), 1);
    assert_eq!(one.rows()[0].cells[0], "000");
    let desk = put(&bytes);
    let hints = Hints { sheet: Some("Prices".to_owned()), ..Hints::default() };
    let members = tabular::open(&desk.path, "book.xlsx", &Limits::default(), &hints).unwrap();
    let refusal = members[0].sheets().unwrap_err();
    assert_eq!(refusal.code(), "sheet_not_found");
    assert!(refusal.to_string().contains("Products"));
}

#[test]
fn a_long_sheet_streams_and_can_be_left_early() {
    let book = workbook(|sheet| {
        head(sheet, 0, &["Name", "Count"]);
        for row in 1..=5_000 {
            sheet.write_string(row, 0, format!("name {row}")).unwrap();
            sheet.write_number(row, 1, row).unwrap();
        }
    });
    let file = open(book);
    let sheet = file.sheet();
    assert!(!sheet.is_counted);
    assert_eq!(sheet.row_estimate, 5_000);
    assert_eq!(file.member.rows(0).unwrap().next_chunk(3).unwrap().len(), 3);
    let profile = file.member.profile(0).unwrap();
    assert_eq!((profile.rows, profile.defects), (5_000, 0));
    assert_eq!(file.rows()[4_999].cells, ["name 5000", "5000"]);
}

#[test]
fn a_workbook_without_a_value_is_empty() {
    assert_eq!(refused(workbook(|_| ()), "blank.xlsx").code(), "file_empty");
}
