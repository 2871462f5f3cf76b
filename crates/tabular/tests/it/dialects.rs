//! Delimiters, quotes, escapes, line ends and broken rows.

use tabular::{Defect, Hints, RecordEnd};

use crate::desk::{open, open_with};

const PEOPLE: [[&str; 4]; 5] = [
    ["Code", "Name", "Since", "Balance"],
    ["C001", "Harborview Cellars", "2023-01-05", "1250.5"],
    ["C002", "Downtown Wine", "2023-02-11", "80"],
    ["C003", "Vineyard Market", "2024-07-30", "-12.75"],
    ["C004", "Baan Suan", "2024-11-02", "0"],
];

fn joined(delimiter: &str, end: &str) -> String {
    PEOPLE.iter().map(|row| row.join(delimiter) + end).collect()
}

fn assert_people(text: &str, delimiter: u8) {
    let file = open(text);
    let found = file.sheet().dialect.unwrap();
    assert_eq!(char::from(found.dialect.delimiter), char::from(delimiter), "{text}");
    assert_eq!(file.headers(), PEOPLE[0]);
    assert_eq!(file.cells(), PEOPLE[1..].iter().map(|row| row.to_vec()).collect::<Vec<_>>());
}

#[test]
fn every_delimiter_is_found() {
    for delimiter in [",", ";", "\t", "|", "^", "~"] {
        assert_people(&joined(delimiter, "\n"), delimiter.as_bytes()[0]);
    }
}

#[test]
fn a_blank_after_the_delimiter_belongs_to_it() {
    assert_people(&joined(", ", "\n"), b',');
    let file = open("Name, Note, Qty\n\"A, B\", \"say \"\"hi\"\"\", 1\nC, \"d, e\", 2\n");
    assert_eq!(file.cells(), [["A, B", "say \"hi\"", "1"], ["C", "d, e", "2"]]);
}

#[test]
fn every_line_end_is_found() {
    for (end, found) in [("\n", RecordEnd::Lf), ("\r\n", RecordEnd::CrLf), ("\r", RecordEnd::Cr)] {
        let text = joined(",", end);
        assert_eq!(open(&text).sheet().dialect.unwrap().dialect.record_end, found);
        assert_people(&text, b',');
        assert_people(text.trim_end(), b',');
    }
    let mixed = "a,b\n1,2\r3,4\r\n5,6\r7,8\n";
    assert_eq!(open(mixed).cells(), [["1", "2"], ["3", "4"], ["5", "6"], ["7", "8"]]);
}

#[test]
fn decimal_commas_do_not_part_semicolon_cells() {
    let file = open("Artikel;Preis;Menge\nWein;1,50;2,5\nBier;2,80;3,0\nSaft;0,99;12,25\n");
    assert_eq!(file.cells()[0], ["Wein", "1,50", "2,5"]);
}

#[test]
fn quoted_cells_hold_delimiters_quotes_and_line_breaks() {
    let file = open("id,note\n1,\"a, \"\"b\"\"\nc\"\n2,plain\n");
    assert_eq!(file.cells(), [["1", "a, \"b\"\nc"], ["2", "plain"]]);
    assert_eq!(file.rows()[1].number, 3);
}

#[test]
fn apostrophes_quote_where_they_surround_cells() {
    let file =
        open("'id','name','city'\n'1','Smith, John','Bonn'\n'2','Doe, Jane','Rome'\n'3','Li, Wei','Oslo'\n");
    assert_eq!(file.cells()[0], ["1", "Smith, John", "Bonn"]);
    let names = open("id,city\n1,'s-Hertogenbosch\n2,Utrecht\n3,'s-Gravenhage\n");
    assert_eq!(names.cells(), [["1", "'s-Hertogenbosch"], ["2", "Utrecht"], ["3", "'s-Gravenhage"]]);
}

#[test]
fn a_backslash_escapes_quotes_where_it_stands_before_them() {
    let file = open("id,text\n1,\"say \\\"hi, you\\\" now\"\n2,\"plain, text\"\n3,\"c:\\\\dir\"\n");
    assert_eq!(file.cells(), [["1", "say \"hi, you\" now"], ["2", "plain, text"], ["3", "c:\\dir"]]);
    let paths = open("id,path\n1,C:\\new\\table\n2,\\N\n");
    assert_eq!(paths.cells(), [["1", "C:\\new\\table"], ["2", "\\N"]]);
}

#[test]
fn a_column_alone_is_not_parted() {
    let file = open("Name\nHarborview Cellars\nDowntown Wine\nVineyard Market, Inc.\n");
    assert_eq!(file.headers(), ["Name"]);
    assert_eq!(file.cells()[2], ["Vineyard Market, Inc."]);
}

#[test]
fn rows_with_a_wrong_number_of_cells_are_flagged_and_kept() {
    let file = open("a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n13,14,15,\n");
    let rows = file.rows();
    assert_eq!(rows[1].defect, Some(Defect::TooFew { expected: 3, got: 2 }));
    assert_eq!(rows[1].cells, ["4", "5", ""]);
    assert_eq!(rows[2].defect, Some(Defect::TooMany { expected: 3, got: 4 }));
    assert_eq!(rows[2].cells, ["6", "7", "8", "9"]);
    assert_eq!(rows[4].defect, None);
    assert_eq!(rows[4].cells, ["13", "14", "15"]);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
}

#[test]
fn a_header_tells_the_width_where_no_two_rows_agree() {
    let file = open("Code,Name,City\nA,Acme,Berlin,more,and more\nB,Bolt\n");
    assert_eq!(file.headers(), ["Code", "Name", "City"]);
    assert_eq!(file.rows()[0].defect, Some(Defect::TooMany { expected: 3, got: 5 }));
    assert_eq!(file.rows()[1].defect, Some(Defect::TooFew { expected: 3, got: 2 }));
    // Commas do not part rows where one has none and the others do not agree.
    let alone = open("Name\nSmith, John\nMiller, Ann, Dr.\n");
    assert_eq!(alone.headers(), ["Name"]);
}

#[test]
fn a_quote_that_never_closes_spoils_its_row_only() {
    let file = open("id,name,qty\n1,one,1\n2,\"two,2\n3,three,3\n4,four,4\n5,five,5\n");
    let rows = file.rows();
    assert_eq!(rows[1].defect, Some(Defect::UnclosedQuote));
    assert_eq!(rows[1].cells, ["2", "\"two", "2"]);
    assert_eq!(rows[4].cells, ["5", "five", "5"]);
    assert_eq!(rows.len(), 5);
}

#[test]
fn blank_rows_are_left_out_and_counted_in_the_numbers() {
    let file = open("a,b\n1,2\n\n,\n3,4\n");
    assert_eq!(file.rows().iter().map(|row| row.number).collect::<Vec<_>>(), [2, 5]);
    let mut reader = file.member.rows(0).unwrap();
    assert_eq!(reader.next_chunk(10).unwrap().len(), 2);
    assert_eq!(reader.blank_rows(), 2);
}

#[test]
fn zero_bytes_are_flagged() {
    let file = open("a,b\n1,x\n2,y\0z\n3,w\n");
    let rows = file.rows();
    assert_eq!(rows[1].defect, Some(Defect::InvalidBytes { column: 1 }));
    assert_eq!(rows[1].cells[1], "y\u{FFFD}z");
    assert_eq!(rows[2].defect, None);
}

#[test]
fn hints_overrule_delimiter_and_quote() {
    let hints = Hints { delimiter: Some(b'|'), ..Hints::default() };
    let file = open_with("a,b|c\n1,2|3\n4,5|6\n", &hints);
    assert_eq!(file.cells(), [["1,2", "3"], ["4,5", "6"]]);
}

#[test]
fn a_long_and_a_short_row_leave_header_and_good_rows_what_they_are() {
    let file = open(
        "Code,Name,Email,Credit limit,City\nC1,Name,,1,Town,more,and more\nC2,Name\nC3,Name 0,c3@x.de,000,Town 0\n",
    );
    assert_eq!(file.headers(), ["Code", "Name", "Email", "Credit limit", "City"]);
    assert_eq!(file.rows()[0].defect, Some(Defect::TooMany { expected: 5, got: 7 }));
    assert_eq!(file.rows()[1].defect, Some(Defect::TooFew { expected: 5, got: 2 }));
    assert_eq!(file.rows()[2].defect, None);
}

#[test]
fn a_cell_of_several_lines_stays_one_though_each_line_has_the_width_of_the_table() {
    let file = open("Key,Note,Place\nK-1,,\nK-2,\",\n,\",A\nK-3,\"b,\n,c\",B\n");
    assert_eq!(file.cells(), [["K-1", "", ""], ["K-2", ",\n,", "A"], ["K-3", "b,\n,c", "B"]]);
}
