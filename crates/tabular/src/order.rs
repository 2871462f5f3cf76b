//! Reading a workbook, here or in another process: what is asked, and what comes of it.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::book::{Book, Head};
use crate::contain::contain;
use crate::grid::Grid;
use crate::record::Record;
use crate::wire::Pen;
use crate::{Container, Limits, Refusal};

/// What is to be read of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub(crate) kind: Container,
    pub(crate) path: PathBuf,
    pub(crate) file: String,
    /// The sheet to read whole, from 0; `None` for the first rows of all.
    pub(crate) sheet: Option<usize>,
    /// Rows of each sheet, where the first rows of all are asked for.
    pub(crate) rows: usize,
    pub(crate) limits: Limits,
}

/// What comes of an order, in this order: a head, its rows, its end, the next head.
#[derive(Debug)]
pub(crate) enum Part {
    Head(Head),
    Rows(Vec<Record>),
    End {
        /// Whether all rows of the sheet came.
        whole: bool,
        /// The last row by the sheet's own account; 0 where it gives none.
        last: u64,
    },
}

/// Takes what comes of an order; `false` when no more is wanted.
pub(crate) trait Sink {
    fn take(&mut self, part: Part) -> bool;
}

/// Rows handed over at once.
const BLOCK: usize = 256;

impl Order {
    /// Reads what is asked for, in this process.
    pub(crate) fn run(&self, sink: &mut dyn Sink) -> Result<(), Refusal> {
        contain(&self.file, || {
            let mut book = Book::open(self.kind, &self.path, &self.file)?;
            for (index, head) in book.heads().into_iter().enumerate() {
                if self.sheet.is_some_and(|sheet| sheet != index) {
                    continue;
                }
                if !sink.take(Part::Head(head.clone())) || !self.sheet(&mut book, &head, sink)? {
                    return Ok(());
                }
            }
            Ok(())
        })
    }

    fn sheet(&self, book: &mut Book, head: &Head, sink: &mut dyn Sink) -> Result<bool, Refusal> {
        let most = if self.sheet.is_some() { usize::MAX } else { self.rows };
        let (mut count, mut wanted) = (0, true);
        let mut block = Vec::new();
        let mut take = |record| {
            block.push(record);
            count += 1;
            if block.len() == BLOCK {
                wanted = sink.take(Part::Rows(std::mem::take(&mut block)));
            }
            wanted && count < most
        };
        let mut grid = Grid::new(&self.file, &head.name, &self.limits, &mut take);
        let last = book.read(&self.file, &head.name, &self.limits, &mut grid)?;
        let whole = grid.finish()?;
        Ok(wanted && sink.take(Part::Rows(block)) && sink.take(Part::End { whole, last }))
    }

    /// The order as arguments of another process; that one makes it anew by [`Self::from_args`].
    pub fn to_args(&self) -> Vec<OsString> {
        let kind = match self.kind {
            Container::Xlsb => "xlsb",
            Container::Xls => "xls",
            Container::Ods => "ods",
            Container::Xlsx | Container::Csv => "xlsx",
        };
        let sheet = self.sheet.map_or_else(|| "all".to_owned(), |sheet| sheet.to_string());
        let Limits { unpacked_bytes, columns, cell_bytes, sheet_rows, record_bytes, .. } = self.limits;
        let numbers = [unpacked_bytes, columns as u64, cell_bytes as u64, sheet_rows, record_bytes as u64];
        let numbers = numbers.map(|number| number.to_string());
        let plain = [kind.to_owned(), sheet, self.rows.to_string()].into_iter().chain(numbers);
        plain.map(OsString::from).chain([self.path.clone().into_os_string()]).collect()
    }

    /// The order that these arguments tell; `None` where they tell none.
    pub fn from_args(args: &[OsString]) -> Option<Self> {
        let text = |at: usize| args.get(at).and_then(|text| text.to_str());
        let number = |at: usize| text(at)?.parse::<u64>().ok();
        let size = |at: usize| usize::try_from(number(at)?).ok();
        let kind = match text(0)? {
            "xlsx" => Container::Xlsx,
            "xlsb" => Container::Xlsb,
            "xls" => Container::Xls,
            "ods" => Container::Ods,
            _ => return None,
        };
        let sheet = match text(1)? {
            "all" => None,
            _ => Some(size(1)?),
        };
        let limits = Limits {
            unpacked_bytes: number(3)?,
            columns: size(4)?,
            cell_bytes: size(5)?,
            sheet_rows: number(6)?,
            record_bytes: size(7)?,
            ..Limits::default()
        };
        let path = PathBuf::from(args.get(8)?);
        let file =
            path.file_name().map_or_else(String::new, |name: &OsStr| name.to_string_lossy().into_owned());
        (args.len() == 9).then_some(Self { kind, path, file, sheet, rows: size(2)?, limits })
    }

    /// The workbook to be read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what is asked for and writes it for the process that gave the order. Whoever runs it bounds its memory and
    /// time from outside: that is what another process is for.
    ///
    /// # Errors
    /// `out` takes no more.
    pub fn serve(&self, out: impl Write) -> std::io::Result<()> {
        let mut pen = Pen::new(out);
        let done = self.run(&mut pen);
        pen.finish(done)
    }
}
