//! Where in a sheet its tables stand: what is above, header, data, and where the next one begins.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::header;
use crate::hints::{HeaderHint, Hints};
use crate::record::Record;
use crate::value::{Look, look};

/// Where in the sampled records a table stands. Indexes count records of the sample.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    /// Columns of the table.
    pub width: usize,
    /// The records with the header; empty where there is none.
    pub header: Range<usize>,
    /// The first record of data.
    pub first: usize,
    /// Behind the last record that may belong to the table.
    pub end: usize,
    /// How sure the header is, 0 to 1.
    pub confidence: f32,
}

/// Tables looked for in one sheet.
const TABLES: usize = 50;
/// Share of a column's values, in percent, that make it one of numbers, dates or times.
const TYPED: usize = 80;

/// Finds the tables in the first records of a sheet. `trimmed` says that records end at their last value.
pub(crate) fn find(records: &[Record], hints: &Hints, trimmed: bool) -> Vec<Layout> {
    let mut tables = Vec::new();
    let mut from = 0;
    while hints.header.is_none() && tables.len() + 1 < TABLES {
        let Some(next) = crate::seam::find(records, from, trimmed) else { break };
        tables.push(one(records, from..next, hints, trimmed));
        from = next;
    }
    tables.push(one(records, from..records.len(), hints, trimmed));
    tables
}

/// The only table in a stretch of records.
fn one(all: &[Record], range: Range<usize>, hints: &Hints, trimmed: bool) -> Layout {
    let records = &all[range.clone()];
    let width = width(records, trimmed);
    let found = match hints.header {
        Some(HeaderHint::None) => none(records, width),
        Some(HeaderHint::Row(row)) => at_rows(records, width, row, row),
        Some(HeaderHint::Rows(first, last)) => at_rows(records, width, first, last),
        None => searched(records, width, trimmed),
    };
    let header = found.header.start + range.start..found.header.end + range.start;
    let width = used(records, &found, trimmed);
    Layout { width, header, first: found.first + range.start, end: range.end, ..found }
}

fn none(records: &[Record], width: usize) -> Layout {
    let first = start(records, width);
    Layout { width, header: first..first, first, end: records.len(), confidence: 1.0 }
}

fn at_rows(records: &[Record], width: usize, first: u64, last: u64) -> Layout {
    let place = |number| records.iter().position(|record| record.number >= number).unwrap_or(records.len());
    let header = place(first)..place(last.max(first).saturating_add(1));
    let width = records[header.clone()].iter().map(filled_until).fold(width, usize::max);
    Layout { width, first: header.end, header, end: records.len(), confidence: 1.0 }
}

fn searched(records: &[Record], width: usize, trimmed: bool) -> Layout {
    let start = start(records, width);
    let Some(candidate) = records.get(start) else {
        return Layout { width, header: start..start, first: start, end: records.len(), confidence: 0.0 };
    };
    let width = width.max(filled_until(candidate));
    let score = header::score(candidate, &body(records, start + 1), width);
    let confidence = (0.5 + score.abs() as f32 / 2.0).min(0.99);
    let header = if score > 0.0 { header::rows(records, start, width, trimmed) } else { start..start };
    Layout { width, first: header.end.max(start), header, end: records.len(), confidence }
}

/// Records compared with a header.
const COMPARED: usize = 200;

/// The records from a place on that are not blank, as many as are compared with a header.
pub(crate) fn body(records: &[Record], from: usize) -> Vec<&Record> {
    records.iter().skip(from).filter(|record| !record.is_blank()).take(COMPARED).collect()
}

/// Cells up to the last one with text.
pub(crate) fn filled_until(record: &Record) -> usize {
    let mut last = 0;
    for (index, cell) in record.cells().enumerate() {
        if !cell.trim().is_empty() {
            last = index + 1;
        }
    }
    last
}

/// Cells with text.
pub(crate) fn filled(record: &Record) -> usize {
    record.cells().filter(|cell| !cell.trim().is_empty()).count()
}

/// The columns of numbers, dates or times among these records.
pub(crate) fn typed_columns(records: &[&Record], width: usize) -> Vec<bool> {
    (0..width)
        .map(|column| {
            let (mut values, mut typed) = (0, 0);
            for record in records {
                match coarse(record.cell(column)) {
                    Look::Empty => {}
                    Look::Text => values += 1,
                    _ => (values, typed) = (values + 1, typed + 1),
                }
            }
            values > 0 && typed * 100 >= values * TYPED
        })
        .collect()
}

/// The look with numbers of all kinds as one, dates of all kinds, and words for nothing as nothing.
pub(crate) fn coarse(cell: &str) -> Look {
    match look(cell).look {
        Look::Integer | Look::Number | Look::Percent | Look::Currency => Look::Number,
        Look::Date | Look::DateTime => Look::Date,
        Look::Missing => Look::Empty,
        other => other,
    }
}

/// How many records that are not blank have how many cells.
pub(crate) fn widths<'a>(records: impl IntoIterator<Item = &'a Record>) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for record in records.into_iter().filter(|record| !record.is_blank()) {
        *counts.entry(record.len()).or_default() += 1;
    }
    counts
}

/// The width of the first record, where all have several cells and no two agree: a header names every column, rows are
/// cut short or run over.
pub(crate) fn named_width(records: &[Record], counts: &BTreeMap<usize, usize>) -> Option<usize> {
    let apart = counts.iter().all(|(width, count)| *width > 1 && *count == 1);
    apart.then(|| records.iter().find(|record| !record.is_blank()).map(Record::len)).flatten()
}

/// Columns of the table: the most usual number of cells; where records end at their last value, the largest number
/// that several records reach.
fn width(records: &[Record], trimmed: bool) -> usize {
    let counts = widths(records);
    if let Some(named) = named_width(records, &counts).filter(|_| !trimmed) {
        return named;
    }
    let usual = counts.iter().max_by_key(|(width, count)| (**count * (**width).min(8), **width));
    let reached = counts.iter().rev().find(|(_, count)| trimmed && **count * 50 >= records.len());
    usual.map_or(0, |(width, _)| *width).max(reached.map_or(0, |(width, _)| *width))
}

/// The number of cells that most of these records have; `None` where no two agree.
pub(crate) fn usual_width(records: &[&Record]) -> Option<usize> {
    widths(records.iter().copied())
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .filter(|(_, count)| *count > 1)
        .map(|(width, _)| width)
}

/// The width without columns at the end that have neither name nor value: delimiters behind the last cell make them.
fn used(records: &[Record], found: &Layout, trimmed: bool) -> usize {
    if trimmed || found.width < 2 {
        return found.width;
    }
    let rows = records.iter().skip(found.header.start.min(found.first));
    let last = rows.filter(|record| record.len() <= found.width).map(filled_until).max().unwrap_or(0);
    last.clamp(1, found.width)
}

/// The first record of the table, header or data: titles above it fill few of the columns.
fn start(records: &[Record], width: usize) -> usize {
    let filled_of: Vec<usize> = records.iter().map(filled).collect();
    let said = said_above(records, width);
    let first =
        filled_of.iter().skip(said).position(|count| *count > 0).map_or(records.len(), |at| at + said);
    if width < 2 {
        return above_gap(&filled_of, first);
    }
    let mut body: Vec<usize> = filled_of.iter().copied().filter(|count| *count > 1).collect();
    body.sort_unstable();
    let usual = body.get(body.len() / 2).copied().unwrap_or(width);
    let need = if usual <= 2 { 2 } else { (usual * 3).div_ceil(5).max(2) };
    let found = records
        .iter()
        .zip(&filled_of)
        .skip(said)
        .position(|(record, count)| *count >= need && record.len() * 10 >= width * 6)
        .map_or(first, |at| at + said);
    let found = below_gap(records, &filled_of, found, width);
    // A row of names may stand above the first well filled one where the data are sparser than the header.
    match found.checked_sub(1) {
        Some(above)
            if above >= said && filled_of[above] * 2 > width && filled_of[above] > filled_of[found] =>
        {
            above
        }
        _ => found,
    }
}

/// Leading records that are remarks by their first sign, or name the delimiter for a spreadsheet program.
fn said_above(records: &[Record], width: usize) -> usize {
    let remark = |record: &&Record| {
        let first = record.cell(0).trim_start();
        let named = first.strip_prefix("sep=").is_some_and(|rest| rest.len() <= 1) && record.number == 1;
        named
            || first.starts_with('#') && first.len() > 1 && (first.starts_with("# ") || record.len() != width)
    };
    let said = records.iter().take_while(remark).count();
    if said == records.len() { 0 } else { said }
}

/// Where a blank record parts a few others from the table, and none of them has the table's number of cells, they are a
/// preamble even when they fill as many.
fn below_gap(records: &[Record], filled_of: &[usize], found: usize, width: usize) -> usize {
    let gap = filled_of.iter().skip(found).take(6).position(|count| *count == 0).map(|gap| gap + found);
    let Some(gap) = gap.filter(|gap| records[found..*gap].iter().all(|record| record.len() != width)) else {
        return found;
    };
    let after = filled_of.iter().skip(gap).position(|count| *count > 0).map(|after| after + gap);
    after.filter(|after| records[*after].len() == width).unwrap_or(found)
}

/// In a table of one column, a title is parted from it by a blank row.
fn above_gap(filled_of: &[usize], first: usize) -> usize {
    let gap = filled_of.iter().skip(first).take(5).position(|count| *count == 0);
    match gap {
        Some(gap) if gap <= 2 => {
            let after = first + gap;
            let next = filled_of.iter().skip(after).position(|count| *count > 0);
            next.map_or(first, |next| after + next)
        }
        _ => first,
    }
}

/// The texts of the header made into names: those of several rows joined by a blank, empty ones numbered by letter,
/// repeated ones counted.
pub(crate) fn names(header: &[Record], width: usize) -> Vec<(String, String)> {
    let mut taken = std::collections::HashSet::new();
    (0..width)
        .map(|index| {
            let mut parts: Vec<&str> = header.iter().map(|record| record.cell(index).trim()).collect();
            parts.retain(|part| !part.is_empty());
            parts.dedup();
            let text = parts.join(" ");
            let header = if text.is_empty() { format!("Column {}", letters(index)) } else { text };
            let mut key = header.clone();
            let mut count = 1;
            while !taken.insert(key.clone()) {
                count += 1;
                key = format!("{header} ({count})");
            }
            (header, key)
        })
        .collect()
}

/// A column's letters as a spreadsheet shows them: 0 is `A`, 26 is `AA`.
fn letters(mut index: usize) -> String {
    let mut text = Vec::new();
    loop {
        text.push(b'A' + (index % 26) as u8);
        match (index / 26).checked_sub(1) {
            Some(next) => index = next,
            None => break,
        }
    }
    text.iter().rev().map(|letter| char::from(*letter)).collect()
}
