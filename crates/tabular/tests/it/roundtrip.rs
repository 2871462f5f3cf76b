//! Random tables in random dialects and encodings read back as they were.

use proptest::prelude::*;
use tabular::Hints;

use crate::desk::{open_with, put};

#[derive(Debug, Clone, Copy)]
struct Style {
    delimiter: u8,
    end: &'static str,
    encoding: &'static str,
    quote_all: bool,
    last_end: bool,
}

fn styles() -> impl Strategy<Value = Style> {
    (
        prop::sample::select(b",;\t|".to_vec()),
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
        prop::sample::select(vec!["utf-8", "utf-8-bom", "utf-16le", "utf-16be-bom", "windows-1252"]),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(delimiter, end, encoding, quote_all, last_end)| Style {
            delimiter,
            end,
            encoding,
            quote_all,
            last_end,
        })
}

fn write(table: &[Vec<String>], style: Style) -> Vec<u8> {
    let mut text = String::new();
    for (index, row) in table.iter().enumerate() {
        if index > 0 {
            text.push_str(style.end);
        }
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                text.push(char::from(style.delimiter));
            }
            let marked = cell.contains([char::from(style.delimiter), '"', '\n', '\r']);
            if style.quote_all || marked {
                text.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
            } else {
                text.push_str(cell);
            }
        }
    }
    if style.last_end {
        text.push_str(style.end);
    }
    match style.encoding {
        "utf-8" => text.into_bytes(),
        "utf-8-bom" => format!("\u{FEFF}{text}").into_bytes(),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be-bom" => format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
    }
}

/// Cells of a table with a key column, so that no row is blank and none looks like a total.
fn tables(cell: &'static str) -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..6, 3_usize..25).prop_flat_map(move |(width, height)| {
        prop::collection::vec(prop::collection::vec(cell, width), height).prop_map(move |body| {
            let mut table =
                vec![(0..=width).map(|n| format!("Field{}", char::from(b'A' + n as u8))).collect()];
            for (number, row) in body.into_iter().enumerate() {
                table.push([vec![format!("K-{number}")], row].concat());
            }
            table
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// With the dialect told, any text survives; backslashes aside, which are escapes where they stand before a quote.
    #[test]
    fn any_text_survives_in_a_known_dialect(
        table in tables("[ -\\[\\]-~éüßñ\n]{0,12}"),
        style in styles(),
    ) {
        let encoding = style.encoding.trim_end_matches("-bom").to_owned();
        let hints = Hints {
            delimiter: Some(style.delimiter),
            quote: Some(b'"'),
            encoding: Some(encoding),
            header: Some(tabular::HeaderHint::Row(1)),
            ..Hints::default()
        };
        let file = open_with(write(&table, style), &hints);
        prop_assert_eq!(file.cells(), &table[1..]);
    }

    /// Told no more than the locale, tables of ordinary values are read by the dialect they were written in.
    #[test]
    fn ordinary_tables_are_read_as_written(
        table in tables("[A-Z][a-z]{2,8}( [A-Z][a-z]{1,4}é[a-z]{1,4})?|[0-9]{1,4}|[0-9]{1,3}\\.[0-9]{2}|20[0-9]{2}-0[1-9]-1[0-9]"),
        style in styles(),
    ) {
        let hints = Hints { locale: Some("fr".to_owned()), ..Hints::default() };
        let file = open_with(write(&table, style), &hints);
        prop_assert_eq!(file.headers(), table[0].iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(file.cells(), &table[1..]);
    }

    /// No bytes whatever make the reader panic.
    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..2000), head in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\x1F\x8B\x08", b"\xFF\xFE", b"a,b\n\""])) {
        let desk = put([head, &bytes].concat());
        let members = tabular::open(&desk.path, "noise", &tabular::Limits::default(), &Hints::default());
        for member in members.unwrap_or_default() {
            let sheets = member.sheets().map_or(0, <[_]>::len);
            for index in 0..sheets {
                if let Ok(rows) = member.rows(index) {
                    rows.take_while(Result::is_ok).for_each(drop);
                }
            }
        }
    }
}
