//! Where in a sheet the table stands: preamble, header, data, footer.

use crate::header_words;
use crate::hints::{HeaderHint, Hints};
use crate::record::Record;
use crate::value::{Look, look};

/// Where in the sampled records the table stands. Indexes count records of the sample.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    /// Columns of the table.
    pub width: usize,
    /// The record with the header, if there is one.
    pub header: Option<usize>,
    /// The first record of data.
    pub first: usize,
    /// How sure the header is, 0 to 1.
    pub confidence: f32,
}

/// Records compared with a header.
const COMPARED: usize = 200;

/// Finds the table in the first records of a sheet. `trimmed` says that records end at their last value.
pub(crate) fn find(records: &[Record], hints: &Hints, trimmed: bool) -> Layout {
    let mut width = width(records, trimmed);
    let start = match hints.header {
        Some(HeaderHint::Row(number)) => {
            let header = records.iter().position(|record| record.number >= number).unwrap_or(records.len());
            let exact = records.get(header).is_some_and(|record| record.number == number);
            let width = width.max(records.get(header).map_or(0, filled_until));
            let first = if exact { header + 1 } else { header };
            return Layout { width, header: exact.then_some(header), first, confidence: 1.0 };
        }
        _ => start(records, width),
    };
    if hints.header == Some(HeaderHint::None) {
        return Layout { width, header: None, first: start, confidence: 1.0 };
    }
    let body: Vec<&Record> =
        records.iter().skip(start + 1).filter(|record| !record.is_blank()).take(COMPARED).collect();
    let Some(candidate) = records.get(start) else {
        return Layout { width, header: None, first: start, confidence: 0.0 };
    };
    width = width.max(filled_until(candidate));
    let score = header_score(candidate, &body, width);
    let confidence = (0.5 + score.abs() as f32 / 2.0).min(0.99);
    if score > 0.0 {
        Layout { width, header: Some(start), first: start + 1, confidence }
    } else {
        Layout { width, header: None, first: start, confidence }
    }
}

/// Cells up to the last one with text.
fn filled_until(record: &Record) -> usize {
    record
        .cells()
        .collect::<Vec<_>>()
        .iter()
        .rposition(|cell| !cell.trim().is_empty())
        .map_or(0, |last| last + 1)
}

fn filled(record: &Record) -> usize {
    record.cells().filter(|cell| !cell.trim().is_empty()).count()
}

/// Columns of the table: the most usual number of cells; where records end at their last value, the largest number
/// that several records reach.
fn width(records: &[Record], trimmed: bool) -> usize {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for record in records.iter().filter(|record| !record.is_blank()) {
        *counts.entry(record.len()).or_default() += 1;
    }
    let usual = counts.iter().max_by_key(|(width, count)| (**count * (**width).min(8), **width));
    let reached = counts.iter().rev().find(|(_, count)| trimmed && **count * 50 >= records.len());
    usual.map_or(0, |(width, _)| *width).max(reached.map_or(0, |(width, _)| *width))
}

/// The first record of the table, header or data: titles above it fill few of the columns.
fn start(records: &[Record], width: usize) -> usize {
    let filled_of: Vec<usize> = records.iter().map(filled).collect();
    let first = filled_of.iter().position(|count| *count > 0).unwrap_or(records.len());
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
        .position(|(record, count)| *count >= need && record.len() * 10 >= width * 6)
        .unwrap_or(first);
    // A row of names may stand above the first well filled one where the data are sparser than the header.
    match found.checked_sub(1) {
        Some(above) if filled_of[above] * 2 > width && filled_of[above] > filled_of[found] => above,
        _ => found,
    }
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

/// How much the candidate looks like a header over these records: above 0 it is one.
fn header_score(candidate: &Record, body: &[&Record], width: usize) -> f64 {
    let mut total = 0.0;
    let mut weighed = 0.0;
    let cells: Vec<&str> = candidate.cells().map(str::trim).collect();
    for index in 0..width.max(1) {
        let name = cells.get(index).copied().unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        weighed += 1.0;
        total += column_score(name, index, body);
    }
    if weighed == 0.0 {
        return -1.0;
    }
    let names: std::collections::HashSet<&str> =
        cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
    let distinct = names.len() as f64 / weighed;
    total / weighed + if distinct < 0.7 { -0.3 } else { 0.0 }
}

/// One column's vote: for a header where the name is of another make than the values.
fn column_score(name: &str, index: usize, body: &[&Record]) -> f64 {
    let kind = coarse(name);
    let label = label_likeness(name, kind);
    if body.is_empty() {
        return label;
    }
    let (mut same, mut other, mut seen, mut typed) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut repeated = false;
    let (mut shortest, mut longest) = (usize::MAX, 0);
    for record in body {
        let cell = record.cell(index).trim();
        let look = coarse(cell);
        if look == Look::Empty {
            continue;
        }
        seen += 1;
        typed += usize::from(look != Look::Text);
        if look == kind {
            same += 1
        } else {
            other += 1
        }
        repeated |= cell == name;
        let length = cell.chars().count();
        shortest = shortest.min(length);
        longest = longest.max(length);
    }
    if seen == 0 {
        return label * 0.5;
    }
    let usual = header_words::is_usual(name);
    if kind != Look::Text {
        // A value above values of its kind is data; a year above amounts may be a name.
        return if same * 2 >= seen { -1.2 } else { -0.2 };
    }
    if typed * 10 >= seen * 8 && other > same {
        return 1.0;
    }
    if repeated && !usual {
        return -0.8;
    }
    let length = name.chars().count();
    let apart = seen >= 3 && shortest == longest && length != shortest;
    label + if apart { 0.4 } else { 0.0 }
}

/// The look with numbers of all kinds as one.
fn coarse(cell: &str) -> Look {
    match look(cell).look {
        Look::Integer | Look::Number | Look::Percent | Look::Currency => Look::Number,
        Look::Date | Look::DateTime => Look::Date,
        Look::Missing => Look::Empty,
        other => other,
    }
}

/// How much a text on its own looks like a column's name.
fn label_likeness(name: &str, kind: Look) -> f64 {
    if kind != Look::Text {
        return -0.6;
    }
    if header_words::is_usual(name) {
        return 0.7;
    }
    let digits = name.chars().any(|c| c.is_ascii_digit());
    let length = name.chars().count();
    let sign = name.contains('@') || name.contains("://") || name.contains(". ");
    match (sign, digits, length) {
        (true, _, _) => -0.8,
        (_, true, _) => -0.25,
        (_, _, 1..=30) => 0.1,
        (_, _, 31..=60) => -0.1,
        _ => -0.4,
    }
}

/// Whether a record may be a total or a note that stands below the table.
pub(crate) fn is_footer_like(record: &Record, width: usize) -> bool {
    if width < 2 {
        return false;
    }
    let Some((index, first)) = record.cells().map(str::trim).enumerate().find(|(_, cell)| !cell.is_empty())
    else {
        return false;
    };
    if header_words::is_total(first) {
        return width <= 3 || filled(record) < width;
    }
    // A note stands alone and is a phrase; a lone code is a row cut short.
    let ruler = || first.chars().all(|c| matches!(c, '-' | '=' | '*' | '_'));
    index == 0
        && width >= 3
        && record.cell(1).trim().is_empty()
        && filled(record) == 1
        && (first.contains(' ') && look(first).look == Look::Text || ruler())
}

/// The texts of the header made into names: empty ones numbered by letter, repeated ones counted.
pub(crate) fn names(header: Option<&Record>, width: usize) -> Vec<(String, String)> {
    let mut taken = std::collections::HashSet::new();
    (0..width)
        .map(|index| {
            let text = header.map(|record| record.cell(index).trim()).unwrap_or_default();
            let header = if text.is_empty() { format!("Column {}", letters(index)) } else { text.to_owned() };
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
