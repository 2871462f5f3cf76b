//! Puts the cells of a workbook's sheet together to rows, within the limits.

use crate::record::Record;
use crate::{Limits, Refusal};

/// Takes cells in the order of rows and gives rows; those without a value are left out.
pub(crate) struct Grid<'a> {
    file: &'a str,
    sheet: &'a str,
    limits: &'a Limits,
    take: &'a mut dyn FnMut(Record) -> bool,
    record: Record,
    row: u64,
    /// Bytes of text so far.
    bytes: u64,
    stopped: bool,
}

impl<'a> Grid<'a> {
    /// Rows go to `take` until it says stop.
    pub fn new(
        file: &'a str,
        sheet: &'a str,
        limits: &'a Limits,
        take: &'a mut dyn FnMut(Record) -> bool,
    ) -> Self {
        Self { file, sheet, limits, take, record: Record::default(), row: 0, bytes: 0, stopped: false }
    }

    /// Begins a row, from 1; the one before is given away. `false` when no more rows are wanted.
    pub fn row(&mut self, number: u64) -> Result<bool, Refusal> {
        if number == self.row {
            return Ok(!self.stopped);
        }
        if number > self.limits.sheet_rows {
            let (file, sheet) = (self.file.to_owned(), self.sheet.to_owned());
            return Err(Refusal::TooManyRows { file, sheet, limit: self.limits.sheet_rows });
        }
        // Files of careless programs repeat a row; going back would give it twice.
        if number < self.row {
            let detail = format!("sheet {}: row {number} is out of order", self.sheet);
            return Err(Refusal::damaged(self.file, detail));
        }
        self.give()?;
        self.record.number = number;
        self.row = number;
        Ok(!self.stopped)
    }

    /// Writes the cell of a column, from 0, of the row begun last. A second value for one cell is dropped, as spreadsheet
    /// programs do.
    pub fn cell(&mut self, column: usize, write: impl FnOnce(&mut Record)) -> Result<(), Refusal> {
        if column >= self.limits.columns {
            let (file, row, count) = (self.file.to_owned(), self.row, column + 1);
            return Err(Refusal::TooManyColumns { file, row, count, limit: self.limits.columns });
        }
        while self.record.len() < column {
            self.record.push("");
        }
        if self.record.len() == column {
            write(&mut self.record);
        }
        if self.record.text.len() > self.limits.record_bytes {
            let (file, limit_mib) = (self.file.to_owned(), self.limits.record_bytes >> 20);
            return Err(Refusal::RecordTooLong { file, row: self.row, limit_mib });
        }
        Ok(())
    }

    /// Gives the last row away; whether all of the sheet was wanted.
    pub fn finish(mut self) -> Result<bool, Refusal> {
        self.give()?;
        Ok(!self.stopped)
    }

    fn give(&mut self) -> Result<(), Refusal> {
        let record = std::mem::take(&mut self.record);
        if !record.is_blank() && !self.stopped {
            self.bytes += record.text.len() as u64 + 1;
            if self.bytes > self.limits.unpacked_bytes {
                let detail = format!("more than {} MiB of text", self.limits.unpacked_bytes >> 20);
                return Err(Refusal::UnpacksTooLarge { file: self.file.to_owned(), detail });
            }
            self.stopped = !(self.take)(record);
        }
        Ok(())
    }
}
