//! Splits UTF-8 text into records and cells by a dialect, without ever holding more than one record.

use std::io::Read;

use memchr::{memchr, memchr2};

use crate::dialect::{Dialect, RecordEnd};
use crate::record::{Defect, QUOTED, Record, STRAY_QUOTE, cut};
use crate::{Limits, Refusal};

const BLOCK: usize = 128 << 10;
/// The least text searched for a closing quote, however often one was missing before.
const SMALLEST_WINDOW: usize = 64 << 10;

/// Reads records from UTF-8 text.
pub(crate) struct Splitter<R> {
    input: R,
    file: String,
    dialect: Dialect,
    /// The bytes that end a stretch of plain text.
    stops: [bool; 256],
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    number: u64,
    /// How far a closing quote is looked for; halves with each that is missing, so that hostile text stays linear.
    window: usize,
    limits: Limits,
    /// Whether U+FFFD in the text stands for bytes the decoder could not read.
    lossy: bool,
}

enum Scan {
    /// The record is whole; it took this many bytes.
    Whole(usize),
    /// The text ends inside the record.
    Open,
    /// The text ends inside the record and inside quotes.
    OpenQuote,
}

impl<R: Read> Splitter<R> {
    /// Over text that is UTF-8; `lossy` says that a decoder put U+FFFD for what it could not read.
    pub fn new(input: R, file: &str, dialect: Dialect, limits: &Limits, lossy: bool) -> Self {
        let mut stops = [false; 256];
        stops[usize::from(dialect.delimiter)] = true;
        stops[usize::from(b'\n')] = dialect.record_end != RecordEnd::Cr;
        stops[usize::from(b'\r')] = matches!(dialect.record_end, RecordEnd::Cr | RecordEnd::Any);
        if let Some(escape) = dialect.escape {
            stops[usize::from(escape)] = true;
        }
        Self {
            input,
            file: file.to_owned(),
            dialect,
            stops,
            buffer: vec![0; BLOCK],
            start: 0,
            end: 0,
            at_end: false,
            number: 0,
            window: limits.record_bytes,
            limits: limits.clone(),
            lossy,
        }
    }

    /// Reads the next record, blank ones included; `false` at the end.
    pub fn next(&mut self, record: &mut Record) -> Result<bool, Refusal> {
        record.clear();
        let mut text = std::mem::take(&mut record.text).into_bytes();
        let mut quoting = true;
        let taken = loop {
            if self.start == self.end {
                if self.at_end {
                    return Ok(false);
                }
                self.fill()?;
                continue;
            }
            text.clear();
            record.ends.clear();
            record.marks.clear();
            let here = &self.buffer[self.start..self.end];
            match scan(here, self.at_end, &self.dialect, &self.stops, quoting, &mut text, record) {
                Scan::Whole(taken) => break taken,
                Scan::OpenQuote if self.at_end || here.len() > self.window => {
                    quoting = false;
                    record.defect = Some(Defect::UnclosedQuote);
                    self.window = (self.window / 2).max(SMALLEST_WINDOW);
                }
                Scan::Open if here.len() > self.limits.record_bytes => {
                    return Err(Refusal::RecordTooLong {
                        file: self.file.clone(),
                        row: self.number + 1,
                        limit_mib: self.limits.record_bytes >> 20,
                    });
                }
                Scan::Open | Scan::OpenQuote => self.fill()?,
            }
        };
        self.start += taken;
        self.number += 1;
        record.number = self.number;
        record.text = String::from_utf8(text)
            .map_err(|_| Refusal::damaged(&self.file, "its text changed while it was read"))?;
        self.inspect(record);
        Ok(true)
    }

    /// Notes cells that are too long or not text.
    fn inspect(&self, record: &mut Record) {
        let suspect =
            memchr(0, record.text.as_bytes()).is_some() || self.lossy && record.text.contains('\u{FFFD}');
        let long = record.text.len() > self.limits.cell_bytes;
        if !suspect && !long {
            return;
        }
        let mut clean =
            Record { number: record.number, marks: std::mem::take(&mut record.marks), ..Record::default() };
        let mut defect = record.defect.take();
        for (column, cell) in record.cells().enumerate() {
            let bad = cell.contains('\0') || self.lossy && cell.contains('\u{FFFD}');
            if bad {
                defect = defect.or(Some(Defect::InvalidBytes { column }));
            }
            let limit = self.limits.cell_bytes;
            if cell.len() > limit {
                defect = defect.or(Some(Defect::CellTooLong { column, bytes: cell.len(), limit }));
            }
            clean.push(&cut(cell, limit).replace('\0', "\u{FFFD}"));
        }
        clean.defect = defect;
        *record = clean;
    }

    /// Reads on, moving what is not yet used to the front or growing where it fills the buffer.
    fn fill(&mut self) -> Result<(), Refusal> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end + BLOCK > self.buffer.len() {
            let size = (self.buffer.len() * 2).max(self.end + BLOCK);
            self.buffer.resize(size, 0);
        }
        // A record longer than a block is looked at again only once its text has doubled.
        let want = self.end + BLOCK.max(self.end);
        while self.end < want.min(self.buffer.len()) {
            let got = self
                .input
                .read(&mut self.buffer[self.end..])
                .map_err(|error| Refusal::from_io(&self.file, &error))?;
            if got == 0 {
                self.at_end = true;
                return Ok(());
            }
            self.end += got;
        }
        Ok(())
    }
}

/// Reads one record from the start of `buffer`.
fn scan(
    buffer: &[u8],
    at_end: bool,
    dialect: &Dialect,
    stops: &[bool; 256],
    quoting: bool,
    text: &mut Vec<u8>,
    record: &mut Record,
) -> Scan {
    let delimiter = dialect.delimiter;
    let quote = if quoting { dialect.quote } else { None };
    let mut at = 0;
    loop {
        let mut mark = 0;
        if dialect.spaced {
            while buffer.get(at) == Some(&b' ') {
                at += 1;
            }
        }
        if quote.is_some() && buffer.get(at).copied() == quote {
            mark = QUOTED;
            match quoted(buffer, at + 1, at_end, dialect, text) {
                Some(after) => at = after,
                None => return Scan::OpenQuote,
            }
        }
        let from = at;
        let stop = loop {
            let rest = &buffer[at..];
            // Cells are short: a look at each byte is faster than the start of a vectorized search.
            let found = rest.iter().position(|byte| stops[usize::from(*byte)]);
            match found {
                Some(offset) if dialect.escape == Some(rest[offset]) => match rest.get(offset + 1) {
                    Some(_) => at += offset + 2,
                    None if at_end => break None,
                    None => return Scan::Open,
                },
                Some(offset) => break Some(at + offset),
                None if at_end => break None,
                None => return Scan::Open,
            }
        };
        let end = stop.unwrap_or(buffer.len());
        let newline = stop.is_none_or(|stop| buffer[stop] != delimiter);
        let mut tail = &buffer[from..end];
        if newline && dialect.record_end != RecordEnd::Cr && tail.last() == Some(&b'\r') {
            tail = &tail[..tail.len() - 1];
        }
        if mark == QUOTED || dialect.spaced {
            tail = tail.trim_ascii_end();
        }
        if mark == QUOTED && !tail.is_empty() {
            mark |= STRAY_QUOTE;
        }
        match dialect.escape {
            Some(escape) if memchr(escape, tail).is_some() => unescape(tail, escape, dialect, text),
            _ => text.extend_from_slice(tail),
        }
        record.ends.push(text.len());
        record.marks.push(mark);
        match stop {
            Some(stop) if !newline => at = stop + 1,
            Some(stop) => {
                let both = buffer[stop] == b'\r' && dialect.record_end == RecordEnd::Any;
                if both && stop + 1 == buffer.len() && !at_end {
                    return Scan::Open;
                }
                return Scan::Whole(stop + 1 + usize::from(both && buffer.get(stop + 1) == Some(&b'\n')));
            }
            None => return Scan::Whole(buffer.len()),
        }
    }
}

/// Copies the inside of a quoted cell; gives the place after the closing quote, or `None` where the text ends first.
fn quoted(
    buffer: &[u8],
    mut at: usize,
    at_end: bool,
    dialect: &Dialect,
    text: &mut Vec<u8>,
) -> Option<usize> {
    let quote = dialect.quote?;
    loop {
        let rest = &buffer[at..];
        let offset = match dialect.escape {
            None => memchr(quote, rest),
            Some(escape) => memchr2(quote, escape, rest),
        }?;
        text.extend_from_slice(&rest[..offset]);
        let next = rest.get(offset + 1).copied();
        if rest[offset] == quote {
            match next {
                Some(next) if next == quote => {
                    text.push(quote);
                    at += offset + 2;
                }
                None if !at_end => return None,
                _ => return Some(at + offset + 1),
            }
        } else {
            let next = next?;
            if next != quote && Some(next) != dialect.escape {
                text.push(rest[offset]);
            }
            text.push(next);
            at += offset + 2;
        }
    }
}

/// Copies text outside quotes; an escape before a character of the dialect vanishes, any other stays (`\N`, `\x`).
fn unescape(tail: &[u8], escape: u8, dialect: &Dialect, text: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(&byte) = tail.get(at) {
        if byte == escape
            && let Some(&next) = tail.get(at + 1)
        {
            let special = next == dialect.delimiter
                || next == escape
                || Some(next) == dialect.quote
                || matches!(next, b'\n' | b'\r');
            if !special {
                text.push(byte);
            }
            text.push(next);
            at += 2;
        } else {
            text.push(byte);
            at += 1;
        }
    }
}
