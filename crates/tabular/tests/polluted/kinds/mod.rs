//! Kinds of pollution, after those that the Pollock benchmark found in public files (Vitagliano, Hameed, Jiang,
//! Reisener, Wu and Naumann, "Pollock: A Data Loading Benchmark", PVLDB 16, 2023), and more that tenants' files show.

mod bytes;
mod dialects;
mod files;
mod rows;

use crate::{
    dice::Dice,
    tables::{SUBJECTS_COUNT, Table, table},
};

/// A polluted file with what a careful person reads from it.
#[derive(Debug, Clone)]
pub struct Polluted {
    pub kind: &'static str,
    /// What it was made of, for messages.
    pub made_of: String,
    pub bytes: Vec<u8>,
    pub expected: Expected,
    pub locale: &'static str,
}

/// What a careful person reads from a file.
#[derive(Debug, Clone)]
pub enum Expected {
    /// Tables, one below the other. A table without a header has none.
    Tables(Vec<Clean>),
    /// No table: a refusal with this code.
    Refused(&'static str),
}

/// One table as it should be read.
#[derive(Debug, Clone, Default)]
pub struct Clean {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Clean {
    /// The table as it is.
    pub fn of(table: &Table) -> Self {
        Self { header: table.header.clone(), rows: table.rows.clone() }
    }
}

/// Makes the files of a kind from a clean table.
pub type Make = fn(&Table, &mut Dice) -> Vec<(Vec<u8>, Expected)>;

/// One kind of pollution.
pub struct Kind {
    pub name: &'static str,
    /// How many of the surveyed public files show it (rounded; the survey's own figures); `None` where the survey does
    /// not count it.
    pub seen: Option<f64>,
    pub make: Make,
    /// Tables it makes sense for.
    pub fits: fn(&Table) -> bool,
}

const ANY: fn(&Table) -> bool = |_| true;
/// Columns of numbers and dates, which set a header of several rows apart from the rows below it.
const TYPED: fn(&Table) -> bool = |table| !matches!(table.about, "countries" | "french contacts");
/// Text beyond ASCII.
const WIDE: fn(&Table) -> bool =
    |table| matches!(table.about, "thai stock" | "german prices" | "french contacts");

const fn kind(name: &'static str, seen: Option<f64>, make: Make) -> Kind {
    Kind { name, seen, make, fits: ANY }
}

const fn kind_of(name: &'static str, seen: Option<f64>, make: Make, fits: fn(&Table) -> bool) -> Kind {
    Kind { name, seen, make, fits }
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    kind("clean", Some(1.0), files::clean),
    kind("empty file", Some(15.0), files::empty),
    kind("blanks only", None, files::blank),
    kind("no record end at the end", Some(184.0), files::no_last_end),
    kind("two record ends at the end", Some(5.0), files::two_last_ends),
    kind("no header", Some(470.0), files::no_header),
    kind_of("header of two rows", Some(47.0), files::header_of_two, TYPED),
    kind_of("header of three rows", Some(47.0), files::header_of_three, TYPED),
    kind("header alone", Some(3.0), files::header_only),
    kind("one row", Some(4.0), files::one_row),
    kind("preamble", Some(282.0), files::preamble),
    kind("preamble, padded", None, files::preamble_padded),
    kind("comment lines", None, files::comments),
    kind("footer", None, files::footer),
    kind("blank rows between", None, files::blank_between),
    kind_of("two tables, same width", Some(63.0), files::two_tables_same, TYPED),
    kind_of("two tables, second narrower", Some(63.0), files::two_tables_narrower, TYPED),
    kind_of("two tables, second wider", Some(63.0), files::two_tables_wider, TYPED),
    kind("delimiter ;", Some(834.0), dialects::semicolon),
    kind("delimiter tab", Some(4.0), dialects::tab),
    kind("delimiter |", None, dialects::bar),
    kind("delimiter space", Some(4.0), dialects::space),
    kind("delimiter comma and space", Some(101.0), dialects::comma_space),
    kind("a line says the delimiter", None, dialects::sep_line),
    kind("quote '", Some(11.0), dialects::apostrophe),
    kind("all quoted", None, dialects::all_quoted),
    kind("escape \\", Some(1.0), dialects::backslash),
    kind("no escape", Some(7.0), dialects::no_escape),
    kind("record end LF", Some(1691.0), dialects::lf),
    kind("record end CRLF", None, dialects::crlf),
    kind("record end CR", Some(7.0), dialects::cr),
    kind("record ends mixed", None, dialects::mixed_ends),
    kind("blanks around cells", None, dialects::padded),
    kind("delimiter at the end of rows", None, dialects::trailing),
    kind("delimiter at the end of rows below the header", None, dialects::trailing_below),
    kind("row with a missing delimiter", Some(278.0), rows::missing_delimiter),
    kind("row with an extra delimiter", Some(278.0), rows::extra_delimiter),
    kind("row with an extra quote", Some(8.0), rows::extra_quote),
    kind("row with another delimiter", Some(31.0), rows::other_delimiter),
    kind("row cut short", None, rows::cut_short),
    kind_of("byte-order mark", None, bytes::marked, WIDE),
    kind_of("UTF-16", None, bytes::utf16, WIDE),
    kind_of("UTF-32", None, bytes::utf32, WIDE),
    kind_of("encoding of the region", None, bytes::regional, WIDE),
    kind("zero byte", None, bytes::zero),
    kind_of("broken UTF-8", None, bytes::broken, WIDE),
];

/// All files of a kind, from tables of a half: tables with even numbers are for building the reader, those with odd
/// ones for judging it.
pub fn files(kind: &Kind, half: Half, tables: u64) -> Vec<Polluted> {
    let numbers = (0..tables * 2).filter(|number| number % 2 == half as u64);
    // An odd step beside the subjects' even number would show each half only half of the subjects.
    let tables =
        numbers.map(|number| table(number + number / SUBJECTS_COUNT)).filter(|table| (kind.fits)(table));
    let mut all = Vec::new();
    for (place, table) in tables.enumerate() {
        let mut dice = Dice::new(place as u64 * 2 + half as u64 + 77);
        for (bytes, expected) in (kind.make)(&table, &mut dice) {
            let made_of = format!("{} of {} rows", table.about, table.rows.len());
            all.push(Polluted { kind: kind.name, made_of, bytes, expected, locale: table.locale });
        }
    }
    all
}

/// Which tables files are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Those that may be looked at while the reader is improved.
    Open = 0,
    /// Those that are only ever scored.
    Closed = 1,
}
