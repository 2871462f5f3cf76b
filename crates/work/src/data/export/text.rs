//! CSV.

use std::fs::File;

use model::problem::Problem;

use super::format::{Cells, Column, Encode, Layout};
use crate::data::csv::Lines;

/// CSV being written; the first record is the names of the columns.
pub(super) struct Text {
    lines: Lines,
    raw: bool,
}

impl Text {
    pub(super) fn new(layout: Layout, columns: &[Column]) -> Self {
        let mut lines = Lines::new(b',');
        if layout.bom {
            lines.mark();
        }
        lines.plain(columns.iter().map(|(name, _)| name.as_str()));
        Self { lines, raw: layout.raw }
    }
}

impl Encode for Text {
    fn add(&mut self, records: &[Cells]) -> Result<(), Problem> {
        for cells in records {
            let cells = cells.iter().map(|cell| cell.as_deref().unwrap_or_default());
            if self.raw { self.lines.plain(cells) } else { self.lines.guarded(cells) }
        }
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        self.lines.take()
    }

    fn end(&mut self) -> Result<Option<File>, Problem> {
        Ok(None)
    }
}
