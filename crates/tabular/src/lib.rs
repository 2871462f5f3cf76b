//! Reads any spreadsheet as sheets of rows: container, encoding, dialect, header and types are found, never assumed.
//!
//! CSV and its kin in any common encoding and dialect; XLSX, XLSB, XLS and ODS; ZIP or gzip of them. Each verdict has a
//! confidence and can be overruled by [`Hints`]; what cannot be read is a [`Refusal`] that names the file and the mend.
//! A sheet that holds several tables gives each as a [`SheetInfo`] of its own. Rows are streamed: memory does not grow
//! with their number. A workbook's shared strings are held, within [`Limits::shared_strings_bytes`], and an XLS file is
//! as a whole.
//!
//! - [`open`] tells what a file is and gives its members: one, or those of an archive.
//! - [`Member::sheets`] looks at the start of each: encoding, dialect, header, columns, first rows.
//! - [`Member::rows`] reads a table row by row; [`Member::profile`] reads it for the kinds of its columns.
//! - [`Defect`] says what is wrong with a row, which is read all the same.
//! - [`open_with`] has workbooks read in another process, whose memory and time the caller bounds.
//!
//! ```
//! use tabular::{ColumnKind, Hints, Limits};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("prices.csv");
//! std::fs::write(&path, "Price list 2024\n\nSKU;Name;Price\n0012;Pinot Noir;14,50\n0044;Chardonnay;9,90\n")?;
//!
//! let members = tabular::open(&path, "prices.csv", &Limits::default(), &Hints::default())?;
//! let sheet = &members[0].sheets()?[0];
//! assert_eq!(sheet.header_rows, [3]);
//! assert_eq!(sheet.columns[0].kind, ColumnKind::Text); // leading zeros
//! assert!(matches!(sheet.columns[2].kind, ColumnKind::Decimal(marks) if marks.decimal == ','));
//!
//! let mut rows = members[0].rows(0)?;
//! while let Some(row) = rows.next_row()? {
//!     assert_eq!(row.cells().count(), 3);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod book;
mod cell_text;
mod codepage;
mod column;
mod contain;
mod container;
mod decode;
mod dialect;
mod encoding;
mod footer;
mod grid;
mod header;
mod header_words;
mod hints;
mod layout;
mod limits;
mod marks;
mod member;
mod moment;
mod number;
mod ods;
mod ods_cell;
mod order;
mod record;
mod refusal;
mod repair;
mod rows;
mod scan;
mod seam;
mod sheet;
mod splitter;
mod value;
mod wire;
mod workbook;
mod workbook_guard;
mod xls_guard;

pub use column::{Column, ColumnKind, DateFormat, DateOrder, Marks, TextPattern};
pub use container::Container;
pub use dialect::{Dialect, RecordEnd};
pub use hints::{HeaderHint, Hints};
pub use limits::Limits;
pub use member::{Member, Profile, open, open_with};
pub use order::Order;
pub use record::{Defect, HELP};
pub use refusal::Refusal;
pub use rows::{Row, RowReader, RowRef};
pub use sheet::{DialectVerdict, EncodingVerdict, SheetInfo};
pub use workbook::{Isolation, Running};

/// The README's code runs as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
