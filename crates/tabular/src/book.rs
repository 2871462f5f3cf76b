//! Workbooks of all formats behind one door.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Data, DataRef, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsb, Xlsx};

use crate::cell_text;
use crate::grid::Grid;
use crate::ods::Ods;
use crate::{Container, Limits, Refusal};

type Input = BufReader<File>;

/// A sheet's name, and whether it is hidden.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub name: String,
    pub hidden: bool,
}

/// An open workbook.
pub(crate) enum Book {
    Xlsx(Box<Xlsx<Input>>),
    Xlsb(Box<Xlsb<Input>>),
    Xls(Box<Xls<Input>>),
    Ods(Ods),
}

impl Book {
    /// Opens a workbook whose parts were checked before.
    pub fn open(kind: Container, path: &Path, file: &str) -> Result<Self, Refusal> {
        let input = || Ok(BufReader::new(File::open(path).map_err(|error| Refusal::from_io(file, &error))?));
        Ok(match kind {
            Container::Xlsb => Self::Xlsb(Box::new(Xlsb::new(input()?).map_err(|e| damaged(file, &e))?)),
            Container::Xls => Self::Xls(Box::new(Xls::new(input()?).map_err(|e| damaged(file, &e))?)),
            Container::Ods => Self::Ods(Ods::open(path, file)?),
            Container::Xlsx | Container::Csv => {
                Self::Xlsx(Box::new(Xlsx::new(input()?).map_err(|e| match e {
                    calamine::XlsxError::Password => Refusal::Encrypted { file: file.to_owned() },
                    other => damaged(file, &other),
                })?))
            }
        })
    }

    /// The sheets of cells, in order.
    pub fn heads(&self) -> Vec<Head> {
        let heads = |sheets: &[Sheet]| {
            let cells = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
            let head = |sheet: &Sheet| Head {
                name: sheet.name.clone(),
                hidden: sheet.visible != SheetVisible::Visible,
            };
            cells.map(head).collect()
        };
        match self {
            Self::Xlsx(book) => heads(book.sheets_metadata()),
            Self::Xlsb(book) => heads(book.sheets_metadata()),
            Self::Xls(book) => heads(book.sheets_metadata()),
            Self::Ods(book) => book.heads().to_vec(),
        }
    }

    /// Gives the rows of a sheet until the grid wants no more. Answers the last row by the sheet's own account, 0 where it
    /// gives none.
    pub fn read(
        &mut self,
        file: &str,
        sheet: &str,
        limits: &Limits,
        grid: &mut Grid<'_>,
    ) -> Result<u64, Refusal> {
        match self {
            Self::Xlsx(book) => read_xlsx(book, file, sheet, limits, grid),
            Self::Xlsb(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| damaged(file, &e))?;
                let last = u64::from(cells.dimensions().end.0) + 1;
                while let Some(cell) = cells.next_cell().map_err(|e| damaged(file, &e))? {
                    let (row, column) = cell.get_position();
                    if !put(grid, row, column, cell.get_value(), None, limits)? {
                        break;
                    }
                }
                Ok(last)
            }
            Self::Xls(book) => {
                let range = book.worksheet_range(sheet).map_err(|e| damaged(file, &e))?;
                let (top, left) = range.start().unwrap_or_default();
                for (row, column, value) in range.used_cells() {
                    let (row, column) = (top + row as u32, left + column as u32);
                    if !put(grid, row, column, &borrowed(value), None, limits)? {
                        break;
                    }
                }
                Ok(range.end().map_or(0, |(row, _)| u64::from(row) + 1))
            }
            Self::Ods(book) => book.read(file, sheet, limits, grid),
        }
    }
}

fn read_xlsx(
    book: &mut Xlsx<Input>,
    file: &str,
    sheet: &str,
    limits: &Limits,
    grid: &mut Grid<'_>,
) -> Result<u64, Refusal> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| damaged(file, &e))?;
    let padding: Vec<Option<usize>> = cells
        .styles()
        .iter()
        .map(|style| {
            cell_text::padding(style.number_format.as_ref().map(|format| format.format_code.as_str())?)
        })
        .collect();
    let last = u64::from(cells.dimensions().end.0) + 1;
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|e| damaged(file, &e))? {
        let (row, column) = cell.get_position();
        let padding = padding.get(style).copied().flatten();
        if !put(grid, row, column, cell.get_value(), padding, limits)? {
            break;
        }
    }
    Ok(last)
}

/// Puts a value into the grid; `false` when no more are wanted.
fn put(
    grid: &mut Grid<'_>,
    row: u32,
    column: u32,
    value: &DataRef<'_>,
    padding: Option<usize>,
    limits: &Limits,
) -> Result<bool, Refusal> {
    if !grid.row(u64::from(row) + 1)? {
        return Ok(false);
    }
    if *value != DataRef::Empty {
        grid.cell(column as usize, |record| cell_text::write(value, padding, limits, record))?;
    }
    Ok(true)
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(whole) => DataRef::Int(*whole),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(iso) => DataRef::DateTimeIso(iso.clone()),
        Data::DurationIso(iso) => DataRef::DurationIso(iso.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn damaged(file: &str, error: &dyn std::fmt::Display) -> Refusal {
    Refusal::damaged(file, error.to_string())
}
