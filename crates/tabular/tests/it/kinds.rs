//! Kinds of columns, found over all their values.

use tabular::{ColumnKind, DateFormat, DateOrder, Hints, Marks, TextPattern};

use crate::desk::open_with;

/// The column of some values under a header.
fn column(header: &str, values: &[&str], locale: Option<&str>) -> tabular::Column {
    let mut text = format!("row\t{header}\n");
    for (row, value) in values.iter().enumerate() {
        text.push_str(&format!("r{row}\t{value}\n"));
    }
    let hints = Hints { locale: locale.map(str::to_owned), delimiter: Some(b'\t'), ..Hints::default() };
    open_with(text, &hints).sheet().columns[1].clone()
}

fn kind(values: &[&str]) -> ColumnKind {
    column("value", values, None).kind
}

const POINT: Marks = Marks { decimal: '.', thousands: None };
const COMMA: Marks = Marks { decimal: ',', thousands: None };

#[test]
fn numbers_with_their_marks() {
    assert_eq!(kind(&["1", "22", "-3"]), ColumnKind::Integer { thousands: None });
    assert_eq!(kind(&["1.5", "22", "-3.25", "1e5"]), ColumnKind::Decimal(POINT));
    assert_eq!(kind(&["1,5", "22", "-3,25"]), ColumnKind::Decimal(COMMA));
    assert_eq!(kind(&["1,234.50", "22.00"]), ColumnKind::Decimal(Marks { thousands: Some(','), ..POINT }));
    assert_eq!(kind(&["1.234,50", "22,00"]), ColumnKind::Decimal(Marks { thousands: Some('.'), ..COMMA }));
    assert_eq!(kind(&["1 234,50", "22,00"]), ColumnKind::Decimal(Marks { thousands: Some(' '), ..COMMA }));
    assert_eq!(kind(&["1'234.50", "22.00"]), ColumnKind::Decimal(Marks { thousands: Some('\''), ..POINT }));
    assert_eq!(kind(&["1,234", "12,345,678"]), ColumnKind::Integer { thousands: Some(',') });
    assert_eq!(kind(&["12,34,567", "1,234"]), ColumnKind::Integer { thousands: Some(',') });
    assert_eq!(
        kind(&["(1,234.00)", "5.00", "7.00-"]),
        ColumnKind::Decimal(Marks { thousands: Some(','), ..POINT })
    );
}

#[test]
fn the_locale_decides_what_both_marks_fit() {
    assert_eq!(column("value", &["1,234", "2,500"], Some("de")).kind, ColumnKind::Decimal(COMMA));
    assert_eq!(
        column("value", &["1,234", "2,500"], Some("th")).kind,
        ColumnKind::Integer { thousands: Some(',') }
    );
    // One value that fits one mark alone decides for all.
    assert_eq!(
        column("value", &["1,234", "2,500", "1.5"], Some("de")).kind,
        ColumnKind::Decimal(Marks { thousands: Some(','), ..POINT })
    );
}

#[test]
fn money_and_percent() {
    assert_eq!(kind(&["$1,200.50", "$3.00"]), ColumnKind::Currency(Marks { thousands: Some(','), ..POINT }));
    assert_eq!(kind(&["12,50 €", "3,00 €"]), ColumnKind::Currency(COMMA));
    assert_eq!(kind(&["฿120.00", "THB 15.50"]), ColumnKind::Currency(POINT));
    assert_eq!(kind(&["7%", "12.5 %"]), ColumnKind::Percent(POINT));
}

#[test]
fn numbers_that_name_things_are_text() {
    let text = |header, values: &[&str], pattern| {
        let column = column(header, values, None);
        assert_eq!((column.kind, column.pattern), (ColumnKind::Text, pattern), "{header}");
    };
    text("value", &["007", "12", "344"], Some(TextPattern::Identifier));
    text("Zip Code", &["10110", "50200"], Some(TextPattern::PostalCode));
    text("รหัสไปรษณีย์", &["10110", "50200"], Some(TextPattern::PostalCode));
    text("Phone", &["0812345678", "021234567"], Some(TextPattern::Phone));
    text("contact", &["+66 81 234 5678", "(206) 555-9857"], Some(TextPattern::Phone));
    text("CustomerID", &["12", "344"], Some(TextPattern::Identifier));
    text("value", &["8850123456789", "8850123456796", "8850999456796"], Some(TextPattern::Identifier));
    text("value", &["12345678901234567", "2"], Some(TextPattern::Identifier));
    text("mail", &["a@b.co", "c.d@example.org"], Some(TextPattern::Email));
    text("site", &["https://example.org", "www.example.com"], Some(TextPattern::Url));
    text("Width", &["5 m", "7 m"], None);
}

fn date(order: DateOrder) -> DateFormat {
    DateFormat { order, ambiguous: false, buddhist: false, short_year: false }
}

#[test]
fn dates_with_their_order() {
    assert_eq!(kind(&["2024-01-31", "2024/2/1"]), ColumnKind::Date(date(DateOrder::Ymd)));
    assert_eq!(kind(&["31/01/2024", "01/02/2024"]), ColumnKind::Date(date(DateOrder::Dmy)));
    assert_eq!(kind(&["01/31/2024", "01/02/2024"]), ColumnKind::Date(date(DateOrder::Mdy)));
    assert_eq!(
        kind(&["31.01.24", "01.02.24"]),
        ColumnKind::Date(DateFormat { short_year: true, ..date(DateOrder::Dmy) })
    );
    assert_eq!(kind(&["5 Jan 2024", "17-Feb-2024"]), ColumnKind::Date(date(DateOrder::Dmy)));
    assert_eq!(kind(&["Jan 5, 2024", "March 17, 2024"]), ColumnKind::Date(date(DateOrder::Mdy)));
    assert_eq!(
        column("Order date", &["20240131", "20240201"], None).kind,
        ColumnKind::Date(date(DateOrder::Ymd))
    );
    assert_eq!(kind(&["20240131", "20240201"]), ColumnKind::Integer { thousands: None });
}

#[test]
fn an_ambiguous_order_is_said_and_left_to_the_locale() {
    let values = ["01/02/2024", "03/04/2024"];
    let expect = |order| ColumnKind::Date(DateFormat { ambiguous: true, ..date(order) });
    assert_eq!(column("value", &values, Some("en-US")).kind, expect(DateOrder::Mdy));
    assert_eq!(column("value", &values, Some("th")).kind, expect(DateOrder::Dmy));
    assert!(column("value", &values, None).confidence <= 0.5);
}

#[test]
fn the_buddhist_era_is_told_by_its_years() {
    let expect = ColumnKind::Date(DateFormat { buddhist: true, ..date(DateOrder::Dmy) });
    assert_eq!(kind(&["31/01/2567", "15/02/2566"]), expect);
    assert_eq!(kind(&["5 ม.ค. 2567", "17 กุมภาพันธ์ 2566"]), expect);
}

#[test]
fn moments_times_and_answers() {
    assert_eq!(
        kind(&["2024-01-31 10:00", "2024-02-01T11:30:15Z"]),
        ColumnKind::DateTime(date(DateOrder::Ymd))
    );
    assert_eq!(
        kind(&["31/01/2024 9:05 PM", "01/02/2024 10:00 AM"]),
        ColumnKind::DateTime(date(DateOrder::Dmy))
    );
    assert_eq!(kind(&["09:30", "17:45:10", "9:30 pm"]), ColumnKind::Time);
    assert_eq!(kind(&["36:00:00", "06:30:00", "125:10"]), ColumnKind::Duration);
    assert_eq!(kind(&["-01:30", "02:15"]), ColumnKind::Duration);
    assert_eq!(column("Duration", &["09:30", "02:15"], None).kind, ColumnKind::Duration);
    assert_eq!(kind(&["16:9:1", "4:3:2"]), ColumnKind::Text);
    assert_eq!(kind(&["yes", "No", "YES"]), ColumnKind::Bool);
    assert_eq!(kind(&["", ""]), ColumnKind::Empty);
}

#[test]
fn a_kind_needs_nearly_all_values() {
    let mut values = vec!["2024-01-31"; 19];
    values.push("soon");
    assert!(matches!(kind(&values), ColumnKind::Date(_)));
    assert_eq!(kind(&["2024-01-31", "soon", "later"]), ColumnKind::Text);
    assert_eq!(kind(&["1.5", "N/A", "-", "2.5"]), ColumnKind::Decimal(POINT));
    assert_eq!(kind(&["1.2.3", "10.4.1"]), ColumnKind::Text);
}

#[test]
fn a_column_tells_its_values() {
    let column = column("value", &["b", "a", "b", "", "c", "d", "e", "f"], None);
    assert_eq!(column.samples, ["b", "a", "c", "d", "e"]);
    assert_eq!((column.filled, column.distinct_hint), (7, 6));
}
