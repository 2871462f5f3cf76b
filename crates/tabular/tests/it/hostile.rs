//! Files that are no tables, are broken, or mean harm.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use tabular::{Container, Hints, Limits};

use crate::desk::{open, put, refused, refused_within};
use crate::workbooks::workbook;
use crate::writers::zip;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// A workbook's parts with one of them changed.
pub fn with_part(workbook: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = String::from_utf8(entry.name_raw().to_vec()).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
        parts.push((name.clone(), if name == part { change(text) } else { text }));
    }
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip(&parts)
}

fn assert_refused(bytes: impl AsRef<[u8]>, code: &str, words: &[&str]) {
    let refusal = refused(bytes, "upload.bin");
    assert_eq!(refusal.code(), code, "{refusal}");
    let text = refusal.to_string();
    for word in words.iter().chain(&["upload.bin"]) {
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn empty_files() {
    assert_refused("", "file_empty", &["empty"]);
    assert_refused(" \r\n\n\t\n", "file_empty", &[]);
    assert_refused("\u{FEFF}", "file_empty", &[]);
    assert_refused([0_u8; 5000], "file_empty", &[]);
}

#[test]
fn recognized_formats_are_named() {
    assert_refused(b"%PDF-1.7\n...", "file_not_a_table", &["PDF", ".csv"]);
    assert_refused(
        zip(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]),
        "file_not_a_table",
        &["Word"],
    );
    assert_refused(
        zip(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>"), ("xl/vbaProject.bin", b"x")]),
        "file_has_macros",
        &["macros"],
    );
    assert_refused("<html><table><tr><td>1</td></tr></table></html>", "file_format_unsupported", &["HTML"]);
    assert_refused("[{\"a\": 1}, {\"a\": 2}]", "file_format_unsupported", &["JSON"]);
    assert_refused(b"\x89PNG\r\n\x1a\n....", "file_not_a_table", &["PNG"]);
    let noise: Vec<u8> = (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    assert_refused(noise, "file_not_a_table", &["binary"]);
}

#[test]
fn names_that_merely_start_like_a_magic_are_text() {
    assert_eq!(open("ID;Preis\n1;2,5\n2;3,5\n").headers(), ["ID", "Preis"]);
    assert_eq!(open("ID3,name\n1,a\n2,b\n").headers(), ["ID3", "name"]);
    assert_eq!(open("BM,MZ\n1,a\n2,b\n").rows().len(), 2);
}

#[test]
fn files_beyond_the_size() {
    let limits = Limits { file_bytes: 10, ..Limits::default() };
    assert_eq!(refused_within("a,b\n1,2\n3,4\n", "big.csv", &limits).code(), "file_too_large");
}

#[test]
fn zip_gives_its_members() {
    let book = workbook(|sheet| {
        sheet.write_string(0, 0, "Name").unwrap();
        sheet.write_string(1, 0, "Merlot").unwrap();
    });
    let bytes = zip(&[
        ("data/", b""),
        ("data/customers.csv", b"id,name\n1,a\n"),
        ("__MACOSX/data/._customers.csv", b"junk"),
        (".DS_Store", b"junk"),
        ("สินค้า.xlsx", &book),
        ("terms.pdf", b"%PDF-1.4"),
    ]);
    let desk = put(bytes);
    let members = tabular::open(&desk.path, "all.zip", &Limits::default(), &Hints::default()).unwrap();
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["data/customers.csv", "สินค้า.xlsx", "terms.pdf"]);
    assert_eq!((members[0].kind, members[1].kind), (Container::Csv, Container::Xlsx));
    assert_eq!(members[0].sheets().unwrap()[0].name, "customers");
    assert_eq!(members[1].rows(0).unwrap().next().unwrap().unwrap().cells, ["Merlot"]);
    assert_eq!(members[2].sheets().unwrap_err().code(), "file_not_a_table");
}

#[test]
fn gzip_gives_what_was_packed() {
    let file = open(gzip(b"id,name\n1,a\n2,b\n"));
    assert_eq!(file.rows().len(), 2);
    assert_refused(&gzip(b"id,name\n1,a\n2,b\n")[..20], "file_damaged", &[]);
    assert_refused(gzip(&zip(&[("a.csv", b"a,b\n1,2\n")])), "archive_nested", &[]);
}

#[test]
fn archives_that_climb_nest_or_swarm() {
    for name in [
        "../evil.csv", "a/../../evil.csv", "/etc/passwd", "C:\\evil.csv", "..\\evil.csv",
        "\\\\host\\evil.csv",
    ] {
        assert_refused(
            zip(&[(name, b"a,b\n1,2\n")]),
            "archive_unsafe_name",
            &["evil.csv"].map(|word| if name.contains(word) { word } else { "passwd" }),
        );
    }
    assert_refused(zip(&[("in.zip", &zip(&[("a.csv", b"a,b\n")]))]), "archive_nested", &["in.zip"]);
    assert_refused(zip(&[("in.csv.gz", &gzip(b"a,b\n"))]), "archive_nested", &["in.csv.gz"]);
    assert_refused(zip(&[("in.7z", b"7z\xBC\xAF\x27\x1C....")]), "archive_nested", &["in.7z"]);
    assert_refused(zip(&[]), "file_empty", &[]);
    let many: Vec<(String, &[u8])> = (0..12).map(|n| (format!("{n}.csv"), &b"a\n"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let limits = Limits { members: 10, ..Limits::default() };
    assert_eq!(refused_within(zip(&many), "many.zip", &limits).code(), "archive_too_many_members");
}

#[test]
fn bombs_are_stopped_by_what_really_comes_out() {
    let zeros = vec![b'0'; 20 << 20];
    let honest = zip(&[("bomb.csv", &zeros)]);
    assert_refused(&honest, "archive_unpacks_too_large", &["100 to 1"]);
    assert_refused(gzip(&zeros), "archive_unpacks_too_large", &[]);
    // The same with sizes that lie, in the local header and in the directory.
    let mut lying = honest.clone();
    let size = (20_u32 << 20).to_le_bytes();
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == size {
            lying[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
        }
    }
    assert_ne!(lying, honest);
    let refusal = refused(&lying, "bomb.zip");
    assert!(["archive_unpacks_too_large", "file_damaged"].contains(&refusal.code()), "{refusal}");
    let limits = Limits { unpacked_bytes: 1 << 20, ratio: 1 << 20, ..Limits::default() };
    assert_eq!(refused_within(&honest, "bomb.zip", &limits).code(), "archive_unpacks_too_large");
}

#[test]
fn broken_and_crafted_workbooks() {
    let book = workbook(|sheet| {
        for row in 0..200 {
            sheet.write_string(row, 0, format!("name {row}")).unwrap();
            sheet.write_number(row, 1, f64::from(row) * 1.7).unwrap();
        }
    });
    for share in [10, 50, 90, 99] {
        assert_refused(&book[..book.len() * share / 100], "file_damaged", &["save it again"]);
    }
    let mut flipped = book.clone();
    for at in (200..flipped.len() - 2000).step_by(37) {
        flipped[at] ^= 0x55;
    }
    assert_eq!(refused(&flipped, "flipped.xlsx").code(), "file_damaged");
    let doctype = with_part(&book, "xl/sharedStrings.xml", |text| {
        text.replacen(
            "<sst",
            "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><sst",
            1,
        )
    });
    assert_refused(doctype, "file_xml_entities", &["sharedStrings"]);
    let claim = with_part(&book, "xl/sharedStrings.xml", |text| {
        text.replacen("uniqueCount=\"200\"", "uniqueCount=\"99999999999\"", 1)
    });
    assert_refused(claim, "file_damaged", &["claims more"]);
    let index =
        with_part(&book, "xl/worksheets/sheet1.xml", |text| text.replacen("<v>0</v>", "<v>999999</v>", 1));
    let refusal_or_rows = put(index);
    let members =
        tabular::open(&refusal_or_rows.path, "x.xlsx", &Limits::default(), &Hints::default()).unwrap();
    assert!(members[0].sheets().is_ok_and(|sheets| sheets.len() == 1) || members[0].sheets().is_err());
    let wide =
        with_part(&book, "xl/worksheets/sheet1.xml", |text| text.replacen("r=\"B2\"", "r=\"XFD2\"", 1));
    assert_refused(wide, "sheet_too_many_columns", &["1000"]);
    let order = with_part(&book, "xl/worksheets/sheet1.xml", |text| {
        text.replacen("r=\"A3\"", "r=\"A1\"", 1).replacen("r=\"B3\"", "r=\"B1\"", 1)
    });
    assert_refused(order, "file_damaged", &["out of order"]);
    let limits = Limits { sheet_rows: 100, ..Limits::default() };
    assert_eq!(refused_within(&book, "long.xlsx", &limits).code(), "sheet_too_many_rows");
}

#[test]
fn text_beyond_the_limits() {
    let wide: String = vec!["x"; 1001].join(",") + "\n" + &vec!["1"; 1001].join(",") + "\n";
    assert_refused(wide, "sheet_too_many_columns", &["1001"]);
    let long = format!("a,b\n1,{}\n2,y\n", "x".repeat(2 << 20));
    let rows = open(&long).rows();
    assert!(matches!(rows[0].defect, Some(tabular::Defect::CellTooLong { column: 1, bytes: 2_097_152, .. })));
    assert_eq!((rows[0].cells[1].len(), rows[1].cells[1].as_str()), (1 << 20, "y"));
    let limits = Limits { record_bytes: 1 << 20, ..Limits::default() };
    let endless = format!("a,b\n1,2\n{}", "x".repeat(4 << 20));
    assert_eq!(refused_within(endless, "endless.csv", &limits).code(), "sheet_record_too_long");
}

#[test]
fn quotes_that_never_close_stay_linear() {
    let text = format!("h,i\n{}", "a\",\"b\n".repeat(200_000));
    let limits = Limits { record_bytes: 1 << 20, ..Limits::default() };
    let desk = put(text);
    let members = tabular::open(&desk.path, "quotes.csv", &limits, &Hints::default()).unwrap();
    let rows = members[0].rows(0).unwrap().filter(|row| row.is_ok()).count();
    assert!(rows > 0);
}
