//! Whether a record heads the ones below it, and how many records the header has.

use std::ops::Range;

use crate::header_words;
use crate::layout::{body, coarse, filled, typed_columns};
use crate::record::Record;
use crate::value::Look;

/// Records of a header at most.
const ROWS: usize = 4;

/// How much a record looks like a header over others: above 0 it is one.
pub(crate) fn score(candidate: &Record, body: &[&Record], width: usize) -> f64 {
    // The header once more tells nothing about the values.
    let body: Vec<&Record> =
        body.iter().copied().filter(|record| !record.cells().eq(candidate.cells())).collect();
    let mut total = 0.0;
    let mut weighed = 0.0;
    let cells: Vec<&str> = candidate.cells().map(str::trim).collect();
    for index in 0..width.max(1) {
        let name = cells.get(index).copied().unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        weighed += 1.0;
        total += column_score(name, index, &body);
    }
    if weighed == 0.0 {
        return -1.0;
    }
    let names: std::collections::HashSet<&str> =
        cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
    let distinct = names.len() as f64 / weighed;
    total / weighed + if distinct < 0.7 { -0.3 } else { 0.0 }
}

/// The records of a header of which one is known: titles of groups above it, units or names of another kind below. Only
/// columns of numbers and dates tell where the header ends.
pub(crate) fn rows(records: &[Record], known: usize, width: usize, trimmed: bool) -> Range<usize> {
    let below = body(records, known + 1);
    // The first rows below may belong to the header; with fewer than these nothing is sure.
    let Some(sure) = below.get(ROWS - 1..).filter(|sure| sure.len() > 1) else { return known..known + 1 };
    let typed = typed_columns(sure, width);
    let count = typed.iter().filter(|typed| **typed).count();
    if count == 0 {
        return known..known + 1;
    }
    let mut end = known + 1;
    while end < known + ROWS
        && records.get(end).is_some_and(|record| is_part(record, &typed, count) && !is_like(record, sure))
    {
        end += 1;
    }
    let mut start = known;
    while start > 0 && end - start < ROWS && is_group(&records[start - 1], width, trimmed) {
        start -= 1;
    }
    start..end
}

/// Whether a record goes on with a header: text where the columns hold numbers and dates.
fn is_part(record: &Record, typed: &[bool], count: usize) -> bool {
    let mut texts = 0;
    for (index, cell) in record.cells().enumerate() {
        match (coarse(cell), typed.get(index).copied().unwrap_or(false)) {
            (Look::Empty, _) => {}
            (Look::Text, is_typed) => texts += usize::from(is_typed),
            _ => return false,
        }
    }
    texts * 2 >= count && texts > 0
}

/// Whether a cell of the record is a further code among codes of one make.
pub(crate) fn is_like(record: &Record, body: &[&Record]) -> bool {
    record.cells().enumerate().any(|(index, cell)| {
        let cell = cell.trim();
        let made = make(cell);
        let digits = cell.bytes().any(|byte| byte.is_ascii_digit());
        let values = || body.iter().map(|record| record.cell(index).trim()).filter(|cell| !cell.is_empty());
        let alike = values().filter(|value| make(value) == made).count();
        digits && alike > 1 && alike * 10 >= values().count() * 6
    })
}

/// Whether a record holds titles of groups of columns: some of its cells, all short texts.
fn is_group(record: &Record, width: usize, trimmed: bool) -> bool {
    let whole = if trimmed { record.len() <= width } else { record.len() == width };
    let title = |cell: &str| {
        let cell = cell.trim();
        let text = matches!(coarse(cell), Look::Empty | Look::Text);
        text && cell.len() <= 60 && !cell.ends_with(':') && !cell.starts_with('#')
    };
    whole && width > 2 && filled(record) >= 2 && record.cells().all(title)
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
    let made = make(name);
    let (mut alike, mut first, mut uniform) = (0_usize, None, 0_usize);
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
        let here = make(cell);
        alike += usize::from(here == made);
        uniform += usize::from(*first.get_or_insert(here) == here);
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
    // Codes and numbers of one make (`AR`, `C-1004`): a name is of another one, a further code is not.
    if seen >= 3 && uniform * 10 >= seen * 9 {
        return if alike * 10 >= seen * 9 && !usual { -1.0 } else { label + 0.4 };
    }
    label
}

/// What a text is made of, sign by sign and each number as one: `C-1004` and `D-99` are alike.
fn make(cell: &str) -> u64 {
    let mut made: u64 = 0xCBF2_9CE4_8422_2325;
    let mut before = ' ';
    for c in cell.chars() {
        let goes_on = before.is_ascii_digit() && c.is_ascii_digit();
        before = c;
        if goes_on {
            continue;
        }
        let class = match c {
            '0'..='9' => u32::from('0'),
            _ if c.is_uppercase() => u32::from('A'),
            _ if c.is_alphabetic() => u32::from('a'),
            _ => u32::from(c),
        };
        // FNV-1a, by Fowler, Noll and Vo.
        made = (made ^ u64::from(class)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    made
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
