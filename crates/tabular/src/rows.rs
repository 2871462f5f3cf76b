//! The rows of a sheet's table, one by one.

use std::collections::VecDeque;

use crate::Refusal;
use crate::column::ColumnKind;
use crate::decode::Text;
use crate::footer::{Role, Sieve};
use crate::record::{Defect, Record};
use crate::sheet::SheetInfo;
use crate::splitter::Splitter;
use crate::workbook::SheetRows;

/// Rows that look like a footer and are held back until it is clear whether data follow.
const HELD: usize = 20;

/// One row of data, owning its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Row in the sheet, from 1, as a spreadsheet shows it (a record with line breaks in it counts once).
    pub number: u64,
    /// Text of each column; more than there are columns where the defect says so, never fewer.
    pub cells: Vec<String>,
    /// What is wrong with the row in itself.
    pub defect: Option<Defect>,
}

/// One row of data, borrowed from the reader.
#[derive(Debug, Clone, Copy)]
pub struct RowRef<'a> {
    record: &'a Record,
    width: usize,
}

impl<'a> RowRef<'a> {
    /// Row in the sheet, from 1, as a spreadsheet shows it.
    pub fn number(&self) -> u64 {
        self.record.number
    }

    /// Text of one column; empty where the row is shorter.
    pub fn cell(&self, index: usize) -> &'a str {
        self.record.cell(index)
    }

    /// Text of each column; more than there are columns where the defect says so, never fewer.
    pub fn cells(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let many = matches!(self.record.defect, Some(Defect::TooMany { .. }));
        let take = if many { self.record.len() } else { self.width };
        self.record.padded(take)
    }

    /// What is wrong with the row in itself.
    pub fn defect(&self) -> Option<&'a Defect> {
        self.record.defect.as_ref()
    }

    /// The row with cells of its own.
    pub fn to_row(&self) -> Row {
        Row {
            number: self.number(),
            cells: self.cells().map(str::to_owned).collect(),
            defect: self.record.defect.clone(),
        }
    }
}

pub(crate) enum Source {
    Text(Box<Splitter<Text>>),
    Workbook(SheetRows),
}

/// Reads the rows of a sheet's table: what is above the table and blank rows are left out, totals and notes below it
/// are kept apart. Holds one record at a time, whatever the size of the sheet.
pub struct RowReader {
    source: Source,
    width: usize,
    /// Columns up to the last one that ever holds a value; a row may end behind it.
    needed: usize,
    first: u64,
    last: u64,
    sieve: Sieve,
    current: Record,
    held: VecDeque<Record>,
    released: VecDeque<Record>,
    footer: Vec<Row>,
    blank: u64,
    headers: u64,
}

impl RowReader {
    pub(crate) fn new(source: Source, info: &SheetInfo) -> Self {
        let needed = match source {
            Source::Text(_) => {
                let last = info.columns.iter().rposition(|column| column.kind != ColumnKind::Empty);
                last.map_or(0, |last| last + 1)
            }
            // A workbook leaves empty cells out.
            Source::Workbook(_) => 0,
        };
        Self {
            source,
            width: info.columns.len(),
            needed,
            first: info.first_data_row,
            last: info.last_row.unwrap_or(u64::MAX),
            sieve: info.sieve.clone(),
            current: Record::default(),
            held: VecDeque::new(),
            released: VecDeque::new(),
            footer: Vec::new(),
            blank: 0,
            headers: 0,
        }
    }

    /// The next row without copying it; `None` at the end.
    ///
    /// # Errors
    /// The file turns out damaged or beyond a limit.
    pub fn next_row(&mut self) -> Result<Option<RowRef<'_>>, Refusal> {
        if !self.advance()? {
            return Ok(None);
        }
        self.judge();
        Ok(Some(RowRef { record: &self.current, width: self.width }))
    }

    /// Up to `max` more rows; none at the end.
    ///
    /// # Errors
    /// As [`Self::next_row`].
    pub fn next_chunk(&mut self, max: usize) -> Result<Vec<Row>, Refusal> {
        let mut rows = Vec::with_capacity(max.min(4096));
        while rows.len() < max {
            match self.next_row()? {
                Some(row) => rows.push(row.to_row()),
                None => break,
            }
        }
        Ok(rows)
    }

    /// Totals and notes below the table; complete once the last row was read.
    pub fn footer(&self) -> &[Row] {
        &self.footer
    }

    /// Blank rows left out so far, below the header.
    pub fn blank_rows(&self) -> u64 {
        self.blank
    }

    /// Rows left out so far because they are the header once more, as at the top of each printed page.
    pub fn repeated_headers(&self) -> u64 {
        self.headers
    }

    /// Moves the next row of data into `current`.
    fn advance(&mut self) -> Result<bool, Refusal> {
        if let Some(record) = self.released.pop_front() {
            self.current = record;
            return Ok(true);
        }
        loop {
            let more = match &mut self.source {
                Source::Text(splitter) => splitter.next(&mut self.current)?,
                Source::Workbook(rows) => rows.next(&mut self.current)?,
            };
            if !more || self.current.number > self.last {
                let width = self.width;
                self.footer
                    .extend(self.held.drain(..).map(|record| RowRef { record: &record, width }.to_row()));
                return Ok(false);
            }
            if self.current.number < self.first {
                continue;
            }
            match self.sieve.role(&self.current) {
                Role::Data => {}
                Role::Blank => {
                    self.blank += 1;
                    continue;
                }
                Role::Header => {
                    self.headers += 1;
                    continue;
                }
                Role::Help => continue,
                Role::Footer => {
                    self.held.push_back(std::mem::take(&mut self.current));
                    if self.held.len() > HELD
                        && let Some(record) = self.held.pop_front()
                    {
                        self.current = record;
                        return Ok(true);
                    }
                    continue;
                }
            }
            if self.held.is_empty() {
                return Ok(true);
            }
            // Data follow, so what was held back is data too.
            self.released.append(&mut self.held);
            self.released.push_back(std::mem::take(&mut self.current));
            if let Some(record) = self.released.pop_front() {
                self.current = record;
                return Ok(true);
            }
        }
    }

    /// Notes a wrong number of cells.
    fn judge(&mut self) {
        let (got, expected) = (self.current.len(), self.width);
        let defect =
            if got > expected && self.current.cells().skip(expected).any(|cell| !cell.trim().is_empty()) {
                Defect::TooMany { expected, got }
            } else if got < self.needed {
                Defect::TooFew { expected, got }
            } else {
                return;
            };
        self.current.defect.get_or_insert(defect);
    }
}

impl Iterator for RowReader {
    type Item = Result<Row, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().map(|row| row.map(|row| row.to_row())).transpose()
    }
}
