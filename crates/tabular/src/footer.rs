//! What stands in a table and is no row of data: blank records, the header once more, what columns take, totals and
//! notes.

use crate::header_words;
use crate::layout::filled;
use crate::record::Record;
use crate::value::{Look, look};

/// What a record below the header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Data,
    Blank,
    /// The header once more, as at the top of each printed page.
    Header,
    /// What columns take, as sample files say.
    Help,
    /// A total or a note, if no data follow.
    Footer,
}

/// Tells the records of one table apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sieve {
    width: usize,
    /// The header's cells, where it has one row with more than one name.
    header: Vec<String>,
    /// Whether values of the first column are phrases, as notes are.
    phrases: bool,
    /// Whether the last record was blank or of a footer.
    apart: bool,
}

impl Sieve {
    /// For a table with this header; `data` are some of its rows.
    pub fn new(width: usize, header: &[Record], data: &[&Record]) -> Self {
        let header = match header {
            [record] if filled(record) > 1 => record.cells().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let phrases = data.iter().filter(|record| is_phrase(record.cell(0))).count();
        Self { width, header, phrases: phrases * 5 > data.len(), apart: false }
    }

    /// What the next record is.
    pub fn role(&mut self, record: &Record) -> Role {
        let role = match record.first_text() {
            None if record.is_blank() => Role::Blank,
            None => Role::Data,
            Some(_) if self.is_header(record) => Role::Header,
            Some((_, first)) if record.is_help_from(first) => Role::Help,
            Some((index, first)) if self.is_footer(record, index, first) => Role::Footer,
            Some(_) => Role::Data,
        };
        self.apart = matches!(role, Role::Blank | Role::Footer);
        role
    }

    fn is_header(&self, record: &Record) -> bool {
        record.len() == self.header.len()
            && !self.header.is_empty()
            && record.cells().zip(&self.header).all(|(cell, name)| cell == name)
    }

    /// Whether a record may be a total or a note that stands below the table; `first` is its first text, `index` where it
    /// stands.
    fn is_footer(&self, record: &Record, index: usize, first: &str) -> bool {
        if self.width < 2 {
            return false;
        }
        if header_words::is_total(first) {
            return self.width <= 3 || filled(record) < self.width;
        }
        // A note stands alone and is a phrase; a lone code is a row cut short.
        if index > 0 || self.width < 3 || !record.cell(1).trim().is_empty() || filled(record) != 1 {
            return false;
        }
        let ruler = || first.chars().any(|c| !c.is_alphanumeric()) && first.starts_with(['-', '=', '*', '_']);
        ruler() || is_phrase(first) && (self.apart || !self.phrases)
    }
}

fn is_phrase(cell: &str) -> bool {
    cell.trim().contains(' ') && look(cell).look == Look::Text
}
