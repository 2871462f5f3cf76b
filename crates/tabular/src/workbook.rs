//! Rows of an XLSX workbook, read by a thread of its own and handed over in blocks.

use std::any::Any;
use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};

use crate::cell_text;
use crate::record::Record;
use crate::{Limits, Refusal};

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
    pub fn start(path: &Path, file: &str, sheet: &str, limits: &Limits) -> Result<Self, Refusal> {
        let (sender, blocks) = sync_channel(4);
        let (path, file, sheet, limits) =
            (path.to_owned(), file.to_owned(), sheet.to_owned(), limits.clone());
        std::thread::Builder::new()
            .name("tabular-xlsx".to_owned())
            .spawn(move || {
                let mut block = Vec::with_capacity(BLOCK);
                let done = contain(&file, || {
                    let mut workbook = open(&path, &file)?;
                    read(&mut workbook, &file, &sheet, &limits, |record| {
                        block.push(record);
                        block.len() < BLOCK || sender.send(Ok(std::mem::take(&mut block))).is_ok()
                    })
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
    path: &Path,
    file: &str,
    rows: usize,
    limits: &Limits,
) -> Result<Vec<Preview>, Refusal> {
    contain(file, || {
        let mut workbook = open(path, file)?;
        let sheets = workbook.sheets_metadata().to_vec();
        let mut previews = Vec::new();
        for sheet in sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
            let mut records = Vec::new();
            let (whole, last) = read(&mut workbook, file, &sheet.name, limits, |record| {
                records.push(record);
                records.len() < rows
            })?;
            let hidden = sheet.visible != SheetVisible::Visible;
            previews.push(Preview { name: sheet.name.clone(), hidden, records, whole, rows: last });
        }
        Ok(previews)
    })
}

fn open(path: &Path, file: &str) -> Result<Xlsx<BufReader<File>>, Refusal> {
    let input = File::open(path).map_err(|error| Refusal::from_io(file, &error))?;
    Xlsx::new(BufReader::new(input)).map_err(|error| damaged(file, &error))
}

fn damaged(file: &str, error: &calamine::XlsxError) -> Refusal {
    match error {
        calamine::XlsxError::Password => Refusal::Encrypted { file: file.to_owned() },
        other => Refusal::damaged(file, other.to_string()),
    }
}

/// Runs the spreadsheet reader so that a panic in it becomes a refusal of the file.
fn contain<T>(file: &str, read: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic: Box<dyn Any + Send>| {
        drop(panic);
        Err(Refusal::damaged(file, "the spreadsheet reader gave up on it"))
    })
}

/// Gives the rows of a sheet one by one, those without a value left out, until `take` says stop. Tells whether the
/// end was reached, and the last row by the sheet's own account.
fn read(
    workbook: &mut Xlsx<BufReader<File>>,
    file: &str,
    sheet: &str,
    limits: &Limits,
    mut take: impl FnMut(Record) -> bool,
) -> Result<(bool, u64), Refusal> {
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(|error| damaged(file, &error))?;
    let formats: Vec<Option<usize>> = cells
        .styles()
        .iter()
        .map(|style| {
            cell_text::padding(style.number_format.as_ref().map(|format| format.format_code.as_str())?)
        })
        .collect();
    let last_row = u64::from(cells.dimensions().end.0) + 1;
    let mut record = Record::default();
    let mut at = None;
    loop {
        let next = cells.next_cell_with_style_id().map_err(|error| damaged(file, &error))?;
        let Some((cell, style)) = next else { break };
        let (row, column) = cell.get_position();
        let (row_number, column) = (u64::from(row) + 1, column as usize);
        if row_number > limits.sheet_rows {
            let (file, sheet) = (file.to_owned(), sheet.to_owned());
            return Err(Refusal::TooManyRows { file, sheet, limit: limits.sheet_rows });
        }
        if at != Some(row) {
            if !record.is_blank() && !take(std::mem::take(&mut record)) {
                return Ok((false, last_row));
            }
            // Files of careless programs repeat a row; going back would give it twice.
            if at.is_some_and(|at| at > row) {
                return Err(Refusal::damaged(
                    file,
                    format!("sheet {sheet}: row {row_number} is out of order"),
                ));
            }
            record.clear();
            record.number = row_number;
            at = Some(row);
        }
        let value = cell.get_value();
        if *value == DataRef::Empty {
            continue;
        }
        if column >= limits.columns {
            let (file, count) = (file.to_owned(), column + 1);
            return Err(Refusal::TooManyColumns { file, row: row_number, count, limit: limits.columns });
        }
        while record.len() < column {
            record.push("");
        }
        // A second value for one cell is dropped, as spreadsheet programs do.
        if record.len() == column {
            cell_text::write(value, formats.get(style).copied().flatten(), limits, &mut record);
        }
    }
    let whole = record.is_blank() || take(record);
    Ok((whole, last_row))
}
