//! One record as read, before anybody says what it means.

use std::ops::Range;

/// What begins each cell of a row that says what columns take, as sample files have one below the header. Such a row is
/// no row of data, wherever it stands.
pub const HELP: &str = "(?) ";

/// The cell stood in quotes.
pub(crate) const QUOTED: u8 = 1;
/// Text followed the closing quote.
pub(crate) const STRAY_QUOTE: u8 = 2;

/// Cells of one record in one piece of text; reused from record to record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    /// Row in the sheet, from 1, as a spreadsheet shows it.
    pub number: u64,
    /// All cells, one after the other, with one ASCII byte between each two.
    pub text: String,
    /// End of each cell in `text`.
    pub ends: Vec<usize>,
    /// `QUOTED` and `STRAY_QUOTE` of each cell; shorter than `ends` where none are known.
    pub marks: Vec<u8>,
    /// What is wrong with the record in itself.
    pub defect: Option<Defect>,
}

impl Record {
    /// Number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Text of one cell, empty where the record is shorter.
    pub fn cell(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] + 1 };
        &self.text[start..end]
    }

    /// All cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.padded(self.len())
    }

    /// The first cells in order, empty ones where the record is shorter.
    pub fn padded(&self, width: usize) -> impl Iterator<Item = &str> {
        let (text, ends) = (self.text.as_str(), self.ends.as_slice());
        let mut start = 0;
        (0..width).map(move |index| {
            let Some(&end) = ends.get(index) else { return "" };
            let cell = &text[start..end];
            start = end + 1;
            cell
        })
    }

    /// Whether no cell holds more than blanks.
    pub fn is_blank(&self) -> bool {
        self.cells().all(|cell| cell.bytes().all(|byte| byte.is_ascii_whitespace()))
    }

    /// The first cell with more than blanks, without those around it, and its place.
    pub fn first_text(&self) -> Option<(usize, &str)> {
        let first = self.cell(0);
        let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        // Nearly always the first cell, and nothing is around it.
        if edge(first.as_bytes().first()) && edge(first.as_bytes().last()) {
            return Some((0, first));
        }
        self.cells().map(str::trim).enumerate().find(|(_, cell)| !cell.is_empty())
    }

    /// Whether it says what columns take: each of its cells with text begins with [`HELP`].
    pub fn is_help(&self) -> bool {
        self.first_text().is_some_and(|(_, first)| self.is_help_from(first))
    }

    /// As [`Self::is_help`] of a record whose first text is known: it decides nearly always.
    pub fn is_help_from(&self, first: &str) -> bool {
        const SIGN: &str = HELP.trim_ascii_end();
        first.starts_with(SIGN)
            && self.cells().map(str::trim).filter(|cell| !cell.is_empty()).all(|cell| cell.starts_with(SIGN))
    }

    /// Forgets all cells, keeps the memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.marks.clear();
        self.defect = None;
    }

    /// Parts the next cell from the one before; gives the place where its text begins.
    pub fn begin(&mut self) -> usize {
        if !self.ends.is_empty() {
            self.text.push('\t');
        }
        self.text.len()
    }

    /// Adds a cell.
    pub fn push(&mut self, cell: &str) {
        self.begin();
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }
}

/// Where cells with these ends stand in the text of their record.
pub(crate) fn places(ends: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    ends.iter().map(move |&end| {
        let place = start..end;
        start = end + 1;
        place
    })
}

/// What is wrong with a row as a row, before its values are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Defect {
    /// More cells than columns, and not all of the surplus empty. All cells are kept.
    TooMany {
        /// Columns of the sheet.
        expected: usize,
        /// Cells of the row.
        got: usize,
    },
    /// Fewer cells than columns. The missing ones are given as empty.
    TooFew {
        /// Columns of the sheet.
        expected: usize,
        /// Cells of the row.
        got: usize,
    },
    /// Bytes that are no text in the file's encoding, or NULs; they are given as U+FFFD.
    InvalidBytes {
        /// The first cell concerned, from 0.
        column: usize,
    },
    /// A cell beyond the limit, cut to it.
    CellTooLong {
        /// The cell, from 0.
        column: usize,
        /// Its size.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// A quote that opens and never closes; the row was read as if it were a plain character.
    UnclosedQuote,
    /// A quote inside a quoted cell without a second one beside it; the row was read as it was meant.
    StrayQuote,
    /// The row has another delimiter than its table; it was read by its own.
    OtherDelimiter {
        /// The row's delimiter.
        delimiter: char,
    },
}

impl Defect {
    /// Whether the row was read as it was meant all the same: worth a note, not a refusal.
    pub fn is_repaired(&self) -> bool {
        matches!(self, Self::StrayQuote | Self::OtherDelimiter { .. })
    }
}

/// The longest start of `text` of at most `limit` bytes that ends between characters.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    if limit >= text.len() {
        return text;
    }
    let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}
