//! How a delimited text parts its records and cells.

use memchr::{memchr_iter, memmem};

use crate::layout::{named_width, widths};
use crate::record::{QUOTED, Record, STRAY_QUOTE, cut};
use crate::repair::Shape;
use crate::splitter::Splitter;
use crate::value::{self, Look};
use crate::{Hints, Limits};

/// What ends a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordEnd {
    /// `\n`.
    Lf,
    /// `\r\n`; a bare `\n` ends a record too.
    CrLf,
    /// `\r`.
    Cr,
    /// A mixture of all three.
    Any,
}

/// How a delimited text parts its records and cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Byte between cells, ASCII.
    pub delimiter: u8,
    /// Blanks around the delimiter belong to it (`a, "b, c"`).
    pub spaced: bool,
    /// Byte around cells, ASCII. Two of it inside quotes stand for one.
    pub quote: Option<u8>,
    /// Byte that takes the next one's meaning away, ASCII.
    pub escape: Option<u8>,
    /// What ends a record.
    pub record_end: RecordEnd,
}

/// A dialect with how sure it is, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    pub dialect: Dialect,
    pub confidence: f32,
}

/// Text looked at for the dialect, in bytes.
const LOOK_AT: usize = 128 << 10;
const DELIMITERS: [(u8, f64); 7] =
    [(b',', 1.0), (b';', 0.995), (b'\t', 0.995), (b'|', 0.985), (b'^', 0.95), (b'~', 0.95), (b' ', 1.0)];

/// Finds the dialect of a sample of text. Every plausible one reads the sample; the one whose records have the
/// steadiest width and whose cells look most like values wins (the idea of consistency measures, with weights of
/// our own).
pub(crate) fn detect(sample: &str, hints: &Hints) -> Found {
    let sample = cut(sample, LOOK_AT);
    let record_end = record_end(sample);
    let delimiters: Vec<(u8, f64)> = match hints.delimiter {
        Some(delimiter) => vec![(delimiter, 1.0)],
        None => DELIMITERS.into_iter().filter(|(byte, _)| sample.as_bytes().contains(byte)).collect(),
    };
    let mut best: Option<(f64, Dialect)> = None;
    let mut second = 0.0;
    for (delimiter, prior) in delimiters {
        let mut own = 0.0;
        for dialect in variants(sample, delimiter, record_end, hints) {
            let score = prior * score(sample, dialect);
            own = f64::max(own, score);
            if best.is_none_or(|(best, _)| score > best + 1e-9) {
                if best.is_some_and(|(_, old)| old.delimiter != delimiter) {
                    second = f64::max(second, best.map_or(0.0, |(score, _)| score));
                }
                best = Some((score, dialect));
            }
        }
        if best.is_some_and(|(_, dialect)| dialect.delimiter != delimiter) {
            second = f64::max(second, own);
        }
    }
    match best {
        Some((score, dialect)) if hints.delimiter.is_some() || score >= 0.3 => {
            let lead = if score > 0.0 { (score - second) / score } else { 0.0 };
            let confidence = if hints.delimiter.is_some() { 1.0 } else { (0.5 + lead).min(0.99) };
            Found { dialect, confidence: confidence as f32 }
        }
        // No delimiter parts the text: one column, whose quotes still count.
        _ => {
            let quote = hints.quote.or(Some(b'"'));
            let delimiter = hints.delimiter.unwrap_or(b',');
            let whole = sample.contains(char::from(delimiter));
            // A byte that cannot stand in text keeps commas inside the single column.
            let delimiter = if whole && hints.delimiter.is_none() { 0x1F } else { delimiter };
            let dialect = Dialect { delimiter, spaced: false, quote, escape: None, record_end };
            Found { dialect, confidence: 0.6 }
        }
    }
}

/// The variants of a delimiter worth trying: those whose marks occur in the sample.
fn variants(sample: &str, delimiter: u8, record_end: RecordEnd, hints: &Hints) -> Vec<Dialect> {
    let bytes = sample.as_bytes();
    let has = |pair: [u8; 2]| memmem::find(bytes, &pair).is_some();
    let delimiters = memchr_iter(delimiter, bytes).count();
    let opens = |quote: u8| {
        bytes.first() == Some(&quote) || [delimiter, b'\n', b'\r', b' '].into_iter().any(|b| has([b, quote]))
    };
    let mut quotes = vec![hints.quote.unwrap_or(b'"')];
    if hints.quote.is_none() && opens(b'\'') {
        quotes.push(b'\'');
    }
    let follows = memmem::find_iter(bytes, &[delimiter, b' ']).count();
    let spacings: &[bool] =
        if delimiter != b' ' && delimiter != b'\t' && delimiters > 0 && follows * 10 >= delimiters * 4 {
            &[false, true]
        } else {
            &[false]
        };
    let mut all = Vec::new();
    for quote in quotes {
        let escapes: &[Option<u8>] =
            if has([b'\\', quote]) || has([b'\\', delimiter]) { &[None, Some(b'\\')] } else { &[None] };
        for &spaced in spacings {
            for &escape in escapes {
                all.push(Dialect { delimiter, spaced, quote: Some(quote), escape, record_end });
            }
        }
    }
    all
}

/// What ends the records, from all line ends of the sample.
fn record_end(sample: &str) -> RecordEnd {
    let bytes = sample.as_bytes();
    let (mut lf, mut crlf, mut cr) = (0_usize, 0_usize, 0_usize);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' if at > 0 && bytes[at - 1] == b'\r' => crlf += 1,
            b'\n' => lf += 1,
            // A sample cut between the two bytes shows no lone return.
            b'\r' if bytes.get(at + 1).is_some_and(|next| *next != b'\n') => cr += 1,
            _ => {}
        }
    }
    let feeds = lf + crlf;
    if cr == 0 || feeds > 0 && cr * 5 < feeds {
        if crlf > lf { RecordEnd::CrLf } else { RecordEnd::Lf }
    } else if feeds == 0 {
        RecordEnd::Cr
    } else {
        RecordEnd::Any
    }
}

/// Records read to score a dialect.
const RECORDS: usize = 400;

/// How well a dialect reads the sample, 0 to about 1.
fn score(sample: &str, dialect: Dialect) -> f64 {
    let mut records = read(sample, dialect, None);
    let Some(width) = usual_width(&records).filter(|width| *width > 1) else { return 0.0 };
    let odd = |record: &Record| record.len() != width || record.defect.is_some();
    if records.iter().any(odd) {
        // Quotes that were not escaped show once the width is known.
        let first = records.iter().find(|record| record.len() == width).map_or(1, |record| record.number);
        records = read(sample, dialect, Some(Shape { from: first, width, typed: None }));
    }
    let filled: Vec<&Record> = records.iter().filter(|record| !record.is_blank()).collect();
    let fits = |record: &&&Record| record.len() == width;
    let (Some(first), Some(last)) =
        (filled.iter().position(|record| fits(&record)), filled.iter().rposition(|record| fits(&record)))
    else {
        return 0.0;
    };
    let table = &filled[first..=last];
    let steady = table.iter().filter(fits).count();
    // One record with the delimiter among several without it has it by chance.
    if steady < 2 && filled.len() > 2 && filled.iter().any(|record| record.len() == 1) {
        return 0.0;
    }
    let consistency = steady as f64 / table.len() as f64;
    // Below a header of the usual width, records that are all parted are rows cut short or run over rather than prose.
    let named =
        filled.first().is_some_and(|record| fits(&record)) && filled.iter().all(|record| record.len() > 1);
    let strictness = if named { 1.0 } else { 1.5 };
    // What stands before and after the table may be a title or a note, but costs.
    let cover = (table.len() as f64 / filled.len() as f64).sqrt();
    let (mut typed, mut quoted, mut cells) = (0.0, 0.0, 0.0);
    for record in table.iter().filter(fits) {
        // A row that had to be mended speaks less for the dialect.
        let weight = if record.defect.is_some() { 0.7 } else { 1.0 };
        for (index, cell) in record.cells().enumerate() {
            let mark = record.marks.get(index).copied().unwrap_or(0);
            typed += weight * plausible(cell, mark, dialect);
            quoted += f64::from(u8::from(mark & QUOTED != 0));
            cells += 1.0;
        }
    }
    let breadth = ((width - 1) as f64 / width as f64).sqrt();
    let broken = |record: &&&Record| record.defect.as_ref().is_some_and(|defect| !defect.is_repaired());
    let unclosed = filled.iter().filter(broken).count() as f64 / filled.len() as f64;
    let prior = match dialect.delimiter {
        // Words are parted by blanks anyway: cells in quotes show that blanks part cells too.
        b' ' if consistency < 0.95 || width < 3 && quoted == 0.0 => 0.04,
        b' ' => 0.4 + 0.58 * f64::min(quoted / cells * 4.0, 1.0),
        _ => 1.0,
    };
    prior * consistency.powf(strictness) * cover * breadth * (typed / cells) * (1.0 - unclosed)
}

/// The most usual width, wider ones preferred among about equals, single cells only where nothing else is there.
fn usual_width(records: &[Record]) -> Option<usize> {
    let counts = widths(records);
    let wide = counts
        .iter()
        .filter(|(width, _)| **width > 1)
        .max_by_key(|(width, count)| (**count * **width, **width));
    named_width(records, &counts).or_else(|| wide.or(counts.iter().next()).map(|(width, _)| *width))
}

/// How much a cell looks like one value rather than a piece of one or several, 0 to 1.
fn plausible(cell: &str, mark: u8, dialect: Dialect) -> f64 {
    if mark & STRAY_QUOTE != 0 {
        return 0.0;
    }
    if mark & QUOTED != 0 {
        return 1.0;
    }
    let trimmed = cell.trim();
    match value::look(trimmed).look {
        Look::Text => {}
        // A blank before the value is a blank that belongs to the delimiter.
        _ if trimmed.len() != cell.len() => return 0.97,
        _ => return 1.0,
    }
    let bytes = trimmed.as_bytes();
    let edge = |byte: u8| bytes.first() == Some(&byte) || bytes.last() == Some(&byte);
    if edge(b'"')
        || edge(b'\'') && dialect.quote != Some(b'"')
        || bytes.len() > 1 && bytes[0] == b'\'' && edge(b'\'')
    {
        return 0.05;
    }
    if bytes[0] == b'\'' || bytes.last() == Some(&b'\\') {
        return 0.4;
    }
    if dialect.delimiter != b'\t' && bytes.contains(&b'\t') {
        return 0.1;
    }
    let others = bytes.iter().filter(|byte| matches!(byte, b';' | b'|' | b'^' | b'~' | b',')).count();
    let digits_around = bytes.windows(3).any(|w| {
        matches!(w[1], b';' | b'|' | b'^' | b'~') && (w[0].is_ascii_digit() || w[2].is_ascii_digit())
    });
    let base = match others {
        _ if digits_around => 0.2,
        0 => 0.92,
        1 => 0.8,
        _ => 0.6,
    };
    if trimmed.len() == cell.len() { base } else { base * 0.97 }
}

/// Reads the start of a sample by a dialect; ends before a record that is too long to be looked at.
fn read(sample: &str, dialect: Dialect, shape: Option<Shape>) -> Vec<Record> {
    // A quote that is never closed must not swallow the sample.
    let limits = Limits { record_bytes: 32 << 10, ..Limits::default() };
    let mut splitter = Splitter::new(sample.as_bytes(), "sample", dialect, &limits, false)
        .expecting(shape.into_iter().collect());
    let mut records = Vec::new();
    let mut record = Record::default();
    while records.len() < RECORDS && splitter.next(&mut record).is_ok_and(|more| more) {
        records.push(record.clone());
    }
    // A sample that was cut may end inside its last record.
    if sample.len() + 4 > LOOK_AT && records.len() > 2 {
        records.pop();
    }
    records
}
