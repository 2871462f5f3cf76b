//! What the files of an export can be.

use std::fs::File;

use model::{field::Kind, problem::Problem};
use serde::{Deserialize, Serialize};

use super::{jsonl::JsonLines, parquet::Parquet, text::Text, xlsx::Xlsx};

/// What a file is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated values (RFC 4180) in UTF-8.
    Csv,
    /// A workbook (ECMA-376) with typed cells.
    Xlsx,
    /// One JSON object a line.
    #[serde(rename = "jsonl")]
    JsonLines,
    /// Apache Parquet with typed columns.
    Parquet,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Xlsx, Self::JsonLines, Self::Parquet];

    /// Its name, which is also the ending of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::JsonLines => "jsonl",
            Self::Parquet => "parquet",
        }
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// The media type of its files.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::JsonLines => "application/jsonl",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The format.
    pub format: Format,
    /// CSV: a byte order mark in front, by which older spreadsheet programs know UTF-8.
    pub bom: bool,
    /// CSV: cells as they are, also those that a spreadsheet would run as a formula.
    pub raw: bool,
}

impl From<Format> for Layout {
    fn from(format: Format) -> Self {
        Self { format, bom: false, raw: false }
    }
}

/// A column of the file: its name and the kind of its values, which are texts as PostgreSQL writes them.
pub(super) type Column = (String, Kind);

/// The values of a record.
pub(super) type Cells = Vec<Option<String>>;

/// Makes the bytes of a file from records, a few thousand at a time, so that memory stays flat.
pub(super) trait Encode: Send {
    /// Adds records.
    ///
    /// # Errors
    /// `invalid` for a value that the format cannot hold.
    fn add(&mut self, records: &[Cells]) -> Result<(), Problem>;

    /// The bytes that are done since the last call.
    fn take(&mut self) -> Vec<u8>;

    /// Ends the file: what is left comes by [`Encode::take`], or is this file, read from its start.
    ///
    /// # Errors
    /// Disk and format.
    fn end(&mut self) -> Result<Option<File>, Problem>;
}

/// The maker of a file with these columns.
///
/// # Errors
/// Defects.
pub(super) fn encoder(layout: Layout, name: &str, columns: Vec<Column>) -> Result<Box<dyn Encode>, Problem> {
    Ok(match layout.format {
        Format::Csv => Box::new(Text::new(layout, &columns)),
        Format::Xlsx => Box::new(Xlsx::new(name, columns)?),
        Format::JsonLines => Box::new(JsonLines::new(&columns)?),
        Format::Parquet => Box::new(Parquet::new(name, columns)?),
    })
}
