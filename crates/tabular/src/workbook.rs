//! Rows of a workbook, read by a thread of its own and handed over in blocks.

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use crate::book::Book;
use crate::contain::contain;
use crate::grid::Grid;
use crate::record::Record;
use crate::{Container, Limits, Refusal};

/// Rows handed over at once.
const BLOCK: usize = 256;

/// A sheet of a workbook with its first rows.
pub(crate) struct Preview {
    pub name: String,
    pub hidden: bool,
    pub records: Vec<Record>,
    /// Whether `records` are all rows of the sheet.
    pub whole: bool,
    /// Last row by the sheet's own account; 0 where it gives none.
    pub rows: u64,
}

/// Rows of one sheet as they come. Dropping it ends the reading.
pub(crate) struct SheetRows {
    blocks: Receiver<Result<Vec<Record>, Refusal>>,
    block: std::vec::IntoIter<Record>,
}

impl SheetRows {
    /// Starts to read a sheet.
    pub fn start(
        kind: Container,
        path: &Path,
        file: &str,
        sheet: &str,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let (sender, blocks) = sync_channel(4);
        let (path, file, sheet, limits) =
            (path.to_owned(), file.to_owned(), sheet.to_owned(), limits.clone());
        std::thread::Builder::new()
            .name("tabular-book".to_owned())
            .spawn(move || {
                let mut block = Vec::with_capacity(BLOCK);
                let done = contain(&file, || {
                    let mut take = |record| {
                        block.push(record);
                        block.len() < BLOCK || sender.send(Ok(std::mem::take(&mut block))).is_ok()
                    };
                    let mut grid = Grid::new(&file, &sheet, &limits, &mut take);
                    Book::open(kind, &path, &file)?.read(&file, &sheet, &limits, &mut grid)?;
                    grid.finish()
                });
                let last = match done {
                    Ok(_) => Ok(block),
                    Err(refusal) => Err(refusal),
                };
                // Nobody waits for the end when the reader was dropped.
                drop(sender.send(last));
            })
            .map_err(|error| Refusal::from_io("the workbook", &error))?;
        Ok(Self { blocks, block: Vec::new().into_iter() })
    }

    /// The next row; `false` at the end.
    pub fn next(&mut self, record: &mut Record) -> Result<bool, Refusal> {
        loop {
            if let Some(next) = self.block.next() {
                *record = next;
                return Ok(true);
            }
            match self.blocks.recv() {
                Ok(block) => self.block = block?.into_iter(),
                Err(_) => return Ok(false),
            }
        }
    }
}

/// Reads the first rows of every sheet.
pub(crate) fn preview(
    kind: Container,
    path: &Path,
    file: &str,
    rows: usize,
    limits: &Limits,
) -> Result<Vec<Preview>, Refusal> {
    contain(file, || {
        let mut book = Book::open(kind, path, file)?;
        let mut previews = Vec::new();
        for head in book.heads() {
            let mut records = Vec::new();
            let mut take = |record| {
                records.push(record);
                records.len() < rows
            };
            let mut grid = Grid::new(file, &head.name, limits, &mut take);
            let last = book.read(file, &head.name, limits, &mut grid)?;
            let whole = grid.finish()?;
            previews.push(Preview { name: head.name, hidden: head.hidden, records, whole, rows: last });
        }
        Ok(previews)
    })
}
