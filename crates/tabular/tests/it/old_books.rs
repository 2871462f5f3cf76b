//! Excel 97–2003, binary and OpenDocument workbooks.

use tabular::{ColumnKind, Container, Limits};

use crate::desk::{open, refused, refused_within};
use crate::writers::Value::{self, Day, Hours, Number, Text, Truth};
use crate::writers::{biff, compound, ods_with, workbook_stream, xls, xlsb, zip};

const ROWS: &[&[Value<'static>]] = &[
    &[Text("Name"), Text("Qty"), Text("Price"), Text("Since"), Text("Lasted"), Text("Active")],
    &[Text("Château"), Number(2.0), Number(14.5), Day(45_351.0), Hours(1.5), Truth(true)],
    &[Text("ไวน์แดง"), Number(3.0), Number(9.9), Day(45_352.5), Hours(0.25), Truth(false)],
];
const READ: [[&str; 6]; 2] = [
    ["Château", "2", "14.5", "2024-02-29", "36:00:00", "TRUE"],
    ["ไวน์แดง", "3", "9.9", "2024-03-01T12:00:00", "06:00:00", "FALSE"],
];

fn assert_read(bytes: Vec<u8>, kind: Container) {
    let file = open(bytes);
    assert_eq!(file.member.kind, kind);
    assert_eq!(file.headers(), ["Name", "Qty", "Price", "Since", "Lasted", "Active"]);
    assert_eq!(file.cells(), READ);
    assert_eq!(file.sheet().name, "Stock");
    assert!(matches!(file.sheet().columns[2].kind, ColumnKind::Decimal(_)));
    assert_eq!(file.sheet().columns[5].kind, ColumnKind::Bool);
}

const ODS: &str = r#"<table:table table:name="Stock">
<table:table-column table:number-columns-repeated="6"/>
<table:table-row><table:table-cell office:value-type="string"><text:p>Name</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Qty</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Price</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Since</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Lasted</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Active</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16378"/></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><office:annotation><text:p>a remark</text:p></office:annotation><text:p>Ch&#226;teau</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="2"><text:p>2.00</text:p></table:table-cell><table:table-cell office:value-type="currency" office:value="14.5"><text:p>14.50 €</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2024-02-29"><text:p>29.02.24</text:p></table:table-cell><table:table-cell office:value-type="time" office:time-value="PT36H00M00S"><text:p>36:00</text:p></table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>ไวน์แดง</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="3"><text:p>3</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="9.9"><text:p>9.9</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2024-03-01T12:00:00.000000000"><text:p>01.03.24</text:p></table:table-cell><table:table-cell office:value-type="time" office:time-value="PT06H00M00S"><text:p>6:00</text:p></table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="false"><text:p>FALSE</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table>"#;

#[test]
fn an_old_workbook_is_read_by_the_formats_of_its_cells() {
    assert_read(xls(ROWS), Container::Xls);
}

#[test]
fn a_binary_workbook_is_read_by_the_formats_of_its_cells() {
    assert_read(xlsb(ROWS), Container::Xlsb);
}

#[test]
fn an_opendocument_spreadsheet_is_read_by_the_kinds_of_its_cells() {
    assert_read(ods_with(ODS), Container::Ods);
}

#[test]
fn opendocument_repeats_hides_and_breaks_lines() {
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let row = |cells: String| format!("<table:table-row>{cells}</table:table-row>");
    let body = format!(
        r#"<table:table table:name="One">{}{}<table:table-row table:number-rows-repeated="3"/><table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2"><text:p>a&amp;b</text:p><text:p>c<text:s text:c="2"/>d</text:p></table:table-cell>{}</table:table-row></table:table><table:table table:name="Two" table:style-name="ta2">{}{}</table:table>"#,
        row(cell("Name") + &cell("Note") + &cell("Code")),
        row(cell("x") + &cell("y") + &cell("z")),
        r#"<table:table-cell office:value-type="float" office:value="7"><text:p>007</text:p></table:table-cell>"#,
        row(cell("Name") + &cell("City")),
        row(cell("Ann") + &cell("Hull")),
    );
    let file = open(ods_with(&body));
    let sheets = file.member.sheets().unwrap();
    assert_eq!(sheets.iter().map(|sheet| sheet.hidden).collect::<Vec<_>>(), [false, true]);
    let rows = file.rows();
    assert_eq!(rows[1].cells, ["a&b\nc  d", "a&b\nc  d", "007"]);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 6, 7]);
}

#[test]
fn passwords_and_macros_of_all_formats_are_refused() {
    let stream = workbook_stream(ROWS, &[]);
    let sealed = workbook_stream(ROWS, &biff(0x002F, &[1, 0, 1, 0]));
    let code = |bytes: Vec<u8>| refused(bytes, "upload.bin").code();
    assert_eq!(code(compound(&[("/Workbook", &sealed)])), "file_encrypted");
    assert_eq!(code(compound(&[("/EncryptedPackage", b"...")])), "file_encrypted");
    assert_eq!(code(compound(&[("/Workbook", &stream), ("/_VBA_PROJECT_CUR/dir", b"x")])), "file_has_macros");
    assert_eq!(code(compound(&[("/WordDocument", b"x")])), "file_not_a_table");
    let parts = |manifest: &'static [u8], more: &'static str| {
        zip(&[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", b"<x/>"),
            ("META-INF/manifest.xml", manifest),
            (more, b"x"),
        ])
    };
    assert_eq!(code(parts(b"<manifest:encryption-data/>", "a.xml")), "file_encrypted");
    assert_eq!(code(parts(b"<x/>", "Basic/Standard/Module1.xml")), "file_has_macros");
    assert_eq!(code(parts(b"<x/>", "Basic/script-lc.xml")), "file_empty");
    let macros =
        zip(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.bin", b"x"), ("xl/vbaProject.bin", b"x")]);
    assert_eq!(code(macros), "file_has_macros");
}

#[test]
fn crafted_workbooks_are_refused() {
    let book = xls(ROWS);
    for share in [5, 30] {
        assert_eq!(refused(&book[..book.len() * share / 100], "cut.xls").code(), "file_damaged", "{share}");
    }
    // Two cells in far corners of many sheets: room for all between them.
    let corners: Vec<u8> = [(0_u16, 0_u16), (65_535, 255)]
        .into_iter()
        .flat_map(|(row, column)| {
            let head = [row, column, 0].map(u16::to_le_bytes).concat();
            biff(0x0203, &[&head[..], &1.0_f64.to_le_bytes()].concat())
        })
        .collect();
    let mut stream = workbook_stream(ROWS, &[]);
    for _ in 0..2 {
        stream.extend(biff(0x0809, &[0; 16]));
        stream.extend(&corners);
        stream.extend(biff(0x000A, &[]));
    }
    assert_eq!(refused(compound(&[("/Workbook", &stream)]), "far.xls").code(), "archive_unpacks_too_large");
    let mut claims = workbook_stream(ROWS, &[]);
    let at = claims.windows(4).position(|four| four == [0x00, 0x02, 14, 0]).unwrap();
    claims[at + 8..at + 12].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(refused(compound(&[("/Workbook", &claims)]), "claims.xls").code(), "file_damaged");
    // A sheet that begins amid another one's cells.
    let mut inside = workbook_stream(ROWS, &[]);
    let at = inside.windows(4).position(|four| four == [0x85, 0, 18, 0]).unwrap() + 4;
    let place = u32::from_le_bytes(inside[at..at + 4].try_into().unwrap()) + 20;
    inside[at..at + 4].copy_from_slice(&place.to_le_bytes());
    assert_eq!(refused(compound(&[("/Workbook", &inside)]), "inside.xls").code(), "file_damaged");

    let bin = xlsb(ROWS);
    for share in [20, 60, 95] {
        assert_eq!(refused(&bin[..bin.len() * share / 100], "cut.xlsb").code(), "file_damaged", "{share}");
    }
    let repeated = r#"<table:table table:name="A"><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="900"><text:p>swell</text:p></table:table-cell></table:table-row></table:table>"#;
    let limits = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
    assert_eq!(refused_within(ods_with(repeated), "a.ods", &limits).code(), "archive_unpacks_too_large");
    let wide = repeated.replace("900", "16384");
    assert_eq!(refused(ods_with(&wide), "a.ods").code(), "sheet_too_many_columns");
    let deep = "<a>".repeat(10_000) + &"</a>".repeat(10_000);
    assert_eq!(refused(ods_with(&deep), "a.ods").code(), "file_damaged");
    let entity = "<table:table table:name=\"A\"><table:table-row><table:table-cell><text:p>&x;</text:p></table:table-cell></table:table-row></table:table>";
    assert_eq!(refused(ods_with(entity), "a.ods").code(), "file_xml_entities");
    let doctype = "<!DOCTYPE x [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    assert_eq!(refused(ods_with(doctype), "a.ods").code(), "file_xml_entities");
    let endless = format!("<a>{}</a>", "x".repeat(20 << 20));
    let limits = Limits { ratio: 1 << 20, ..Limits::default() };
    assert_eq!(refused_within(ods_with(&endless), "a.ods", &limits).code(), "file_damaged");
}
