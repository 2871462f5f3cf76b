//! Splits UTF-8 text into records and cells by a dialect, without ever holding more than one record.

use std::io::Read;

use memchr::{memchr, memchr3};

use crate::dialect::Dialect;
use crate::marks::{Block, Marks};
use crate::record::{Defect, Record, cut};
use crate::repair::{self, Shape};
use crate::scan::{Quotes, Rules, Scan};
use crate::{Limits, Refusal};

const BLOCK: usize = 128 << 10;
/// The least text searched for a closing quote, however often one was missing before.
const SMALLEST_WINDOW: usize = 64 << 10;

/// Reads records from UTF-8 text.
pub(crate) struct Splitter<R> {
    input: R,
    file: String,
    rules: Rules,
    /// What the records of the tables look like, once that is known.
    shapes: Vec<Shape>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The marks found last in the buffer.
    block: Block,
    at_end: bool,
    number: u64,
    /// How far a closing quote is looked for; halves with each that is missing, so that hostile text stays linear.
    window: usize,
    limits: Limits,
    /// Whether U+FFFD in the text stands for bytes the decoder could not read.
    lossy: bool,
}

impl<R: Read> Splitter<R> {
    /// Over text that is UTF-8; `lossy` says that a decoder put U+FFFD for what it could not read.
    pub fn new(input: R, file: &str, dialect: Dialect, limits: &Limits, lossy: bool) -> Self {
        Self {
            input,
            file: file.to_owned(),
            rules: Rules::new(dialect),
            shapes: Vec::new(),
            buffer: vec![0; BLOCK],
            start: 0,
            end: 0,
            block: Block::NONE,
            at_end: false,
            number: 0,
            window: limits.record_bytes,
            limits: limits.clone(),
            lossy,
        }
    }

    /// Reads records again that do not fit these tables, in the order of their rows.
    pub fn expecting(mut self, shapes: Vec<Shape>) -> Self {
        self.shapes = shapes;
        self
    }

    /// Reads the next record, blank ones included; `false` at the end.
    pub fn next(&mut self, record: &mut Record) -> Result<bool, Refusal> {
        record.clear();
        let mut text = std::mem::take(&mut record.text).into_bytes();
        let mut quotes = Quotes::Strict;
        let mut taken = loop {
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
            let mut marks = Marks::new(&self.rules.signs, &self.buffer[..self.end], self.block);
            let scanned = self.rules.scan(&mut marks, self.start, self.at_end, quotes, &mut text, record);
            self.block = marks.block;
            match scanned {
                Scan::Whole(taken) => break taken,
                Scan::OpenQuote if self.at_end || here.len() > self.window => {
                    quotes = Quotes::Line;
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
        let row = self.number + 1;
        let shape = Shape::of(&self.shapes, row);
        // One search for all that is rare.
        let mut unusual = memchr3(0, b'\n', b'\r', &text).is_some();
        let lines = unusual && repair::has_lines(&text);
        if quotes == Quotes::Strict && repair::is_suspect(record, lines, shape) {
            let here = &self.buffer[self.start..self.end];
            taken = repair::repair(&self.rules, shape, here, self.at_end, taken, record, &mut text);
            unusual = true;
        }
        self.start += taken;
        self.number += 1;
        record.number = self.number;
        record.text = String::from_utf8(text)
            .map_err(|_| Refusal::damaged(&self.file, "its text changed while it was read"))?;
        self.inspect(record, unusual);
        Ok(true)
    }

    /// Notes cells that are too long or not text; `unusual` says that there may be zero bytes.
    fn inspect(&self, record: &mut Record, unusual: bool) {
        let suspect = unusual && memchr(0, record.text.as_bytes()).is_some()
            || self.lossy && record.text.contains('\u{FFFD}');
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
        self.block = Block::NONE;
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
