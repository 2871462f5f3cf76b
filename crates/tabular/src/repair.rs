//! Second readings of a record that does not fit its table: stray quotes, quotes that swallow rows, other delimiters.

use memchr::{memchr, memchr_iter, memchr2};

use crate::marks::{Block, Marks};
use crate::record::{Defect, QUOTED, Record, STRAY_QUOTE, places};
use crate::scan::{Quotes, Rules, Scan};
use crate::value::{Look, look};

/// What the records of a table look like, from one row on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The first row, its header.
    pub from: u64,
    /// Number of cells.
    pub width: usize,
    /// Columns of numbers, dates or times; `None` while they are not known, and no other delimiter is looked for.
    pub typed: Option<Vec<bool>>,
}

impl Shape {
    /// The shape of the table that a row stands in.
    pub fn of(shapes: &[Self], row: u64) -> Option<&Self> {
        shapes.iter().rev().find(|shape| shape.from <= row)
    }
}

/// The most text that a second reading looks at.
const REACH: usize = 64 << 10;
/// Delimiters that a single row may have instead of its table's.
const OTHERS: [u8; 5] = [b';', b'\t', b'|', b',', b' '];

/// A reading with the bytes it took.
struct Reading {
    record: Record,
    text: Vec<u8>,
    taken: usize,
}

/// Whether a text has more than one line.
pub(crate) fn has_lines(text: &[u8]) -> bool {
    memchr2(b'\n', b'\r', text).is_some()
}

/// Whether a record read by the rules, whose text has `lines` or not, deserves another look.
pub(crate) fn is_suspect(record: &Record, lines: bool, shape: Option<&Shape>) -> bool {
    let marks = record.marks.iter().fold(0, |all, mark| all | mark);
    let odd = shape.is_some_and(|shape| shape.width > 1 && record.len() != shape.width);
    marks & STRAY_QUOTE != 0 || odd || shape.is_some() && marks & QUOTED != 0 && lines
}

/// Puts a better reading of the record at the start of `buffer` in its place, if there is one; gives the bytes it takes.
pub(crate) fn repair(
    rules: &Rules,
    shape: Option<&Shape>,
    buffer: &[u8],
    at_end: bool,
    taken: usize,
    record: &mut Record,
    text: &mut Vec<u8>,
) -> usize {
    let reach = buffer.len().min(taken.max(REACH));
    let at_end = at_end && reach == buffer.len();
    let here = &buffer[..reach];
    let better = match shape {
        Some(shape) => fitting(rules, shape, here, at_end, taken, record),
        None => {
            read(rules, here, at_end, Quotes::Lenient, Defect::StrayQuote).filter(|better| !is_stray(better))
        }
    };
    match better {
        Some(better) => {
            record.ends = better.record.ends;
            record.marks = better.record.marks;
            record.defect = better.record.defect;
            *text = better.text;
            better.taken
        }
        None => taken,
    }
}

/// The first other reading that has the table's width.
fn fitting(
    rules: &Rules,
    shape: &Shape,
    here: &[u8],
    at_end: bool,
    taken: usize,
    record: &Record,
) -> Option<Reading> {
    let whole = &here[..taken];
    let quote = rules.dialect.quote.filter(|quote| memchr(*quote, whole).is_some());
    let stray = record.marks.iter().any(|mark| mark & STRAY_QUOTE != 0);
    let fits = |reading: &Reading| reading.record.len() == shape.width && !is_stray(reading);
    if quote.is_some() && (stray || record.len() != shape.width) {
        let lenient = [Quotes::Lenient, Quotes::Bare];
        let found = lenient
            .into_iter()
            .filter_map(|quotes| read(rules, here, at_end, quotes, Defect::StrayQuote))
            // A repair that goes on to further lines may swallow rows itself.
            .find(|reading| fits(reading) && (reading.taken <= taken || !has_lines(&reading.text)))
            .or_else(|| read(rules, here, at_end, Quotes::Line, Defect::UnclosedQuote).filter(fits));
        if found.is_some() {
            return found;
        }
    }
    if quote.is_some() && record.len() == shape.width && shape.width > 2 && swallows(rules, shape, whole) {
        return read(rules, here, at_end, Quotes::Line, Defect::UnclosedQuote);
    }
    let typed = shape.typed.as_ref().filter(|_| record.len() != shape.width)?;
    OTHERS.into_iter().filter(|other| *other != rules.dialect.delimiter).find_map(|other| {
        if memchr_iter(other, whole).count() + 1 < shape.width {
            return None;
        }
        let rules = Rules::new(crate::Dialect { delimiter: other, spaced: false, ..rules.dialect });
        let defect = Defect::OtherDelimiter { delimiter: char::from(other) };
        let reading = read(&rules, here, at_end, Quotes::Strict, defect)?;
        (reading.taken == taken && fits(&reading) && suits(typed, &reading, other)).then_some(reading)
    })
}

/// Whether the cells that another delimiter gives are of the columns' make. In a table of text alone only marks that
/// part no words count.
fn suits(typed: &[bool], reading: &Reading, delimiter: u8) -> bool {
    let blank_first = |cell: &str| cell.starts_with(' ');
    cells(reading)
        .is_some_and(|cells| !cells.iter().any(|cell| blank_first(cell)) && are_of_make(typed, &cells))
        && (typed.contains(&true) || !matches!(delimiter, b' ' | b','))
}

/// Whether most cells have a value, and those of typed columns one of that kind.
fn are_of_make(typed: &[bool], cells: &[&str]) -> bool {
    let value = |cell: &str| !matches!(look(cell).look, Look::Text);
    let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
    filled * 2 > typed.len() && cells.iter().zip(typed).all(|(cell, typed)| !typed || value(cell))
}

fn cells(reading: &Reading) -> Option<Vec<&str>> {
    let text = std::str::from_utf8(&reading.text).ok()?;
    places(&reading.record.ends).map(|place| text.get(place)).collect()
}

/// Whether every line of a record is a record of the table by itself, with a value in a typed column and no cell that is
/// but a quote: then a quote that opened by mistake took them together. Text alone may be a cell of several lines.
fn swallows(rules: &Rules, shape: &Shape, mut rest: &[u8]) -> bool {
    let Some(typed) = &shape.typed else { return false };
    let lone = |cell: &&str| cell.len() == 1 && cell.bytes().next() == rules.dialect.quote;
    let tells = |cells: &[&str]| cells.iter().zip(typed).any(|(cell, typed)| *typed && !cell.is_empty());
    let is_row = |cells: Vec<&str>| are_of_make(typed, &cells) && tells(&cells) && !cells.iter().any(lone);
    let mut lines = 0;
    while !rest.is_empty() {
        match read(rules, rest, true, Quotes::Line, Defect::UnclosedQuote) {
            Some(line) if line.record.len() == shape.width && cells(&line).is_some_and(is_row) => {
                rest = &rest[line.taken..];
            }
            _ => return false,
        }
        lines += 1;
    }
    lines > 1
}

fn is_stray(reading: &Reading) -> bool {
    reading.record.marks.iter().any(|mark| mark & STRAY_QUOTE != 0)
}

fn read(rules: &Rules, here: &[u8], at_end: bool, quotes: Quotes, defect: Defect) -> Option<Reading> {
    let mut record = Record { defect: Some(defect), ..Record::default() };
    let mut text = Vec::new();
    let mut marks = Marks::new(&rules.signs, here, Block::NONE);
    match rules.scan(&mut marks, 0, at_end, quotes, &mut text, &mut record) {
        Scan::Whole(taken) => Some(Reading { record, text, taken }),
        Scan::Open | Scan::OpenQuote => None,
    }
}
