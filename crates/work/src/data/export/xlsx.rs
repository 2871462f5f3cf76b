//! Excel workbooks: numbers, days and truth values as such, the header frozen, sheets split at the limit of rows.
//!
//! What a number cell would round (Excel keeps 15 digits) and moments, which have a time zone that Excel has not, are
//! texts; so the importer reads back what was written. A text is never run as a formula.

use std::{fs::File, io::Seek};

use jiff::civil::Date;
use model::{
    field::Kind,
    problem::{FieldError, Problem},
    value::codes,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::format::{Cells, Column, Encode};

/// Rows of a sheet, the header among them.
const ROWS: u32 = 1_048_576;
/// Digits that a number keeps in Excel.
const DIGITS: usize = 15;
/// Characters of a cell.
const CHARACTERS: usize = 32_767;
/// Characters of a sheet's name.
const NAME: usize = 31;

/// A workbook being written. Rows go to a temporary file as they come.
pub(super) struct Xlsx {
    book: Workbook,
    name: String,
    columns: Vec<Column>,
    rows: u32,
    /// Rows of the last sheet so far.
    row: u32,
    looks: Looks,
}

struct Looks {
    header: Format,
    money: Format,
    day: Format,
}

impl Xlsx {
    pub(super) fn new(name: &str, columns: Vec<Column>) -> Result<Self, Problem> {
        Self::within(name, columns, ROWS)
    }

    /// With sheets of this many rows.
    fn within(name: &str, columns: Vec<Column>, rows: u32) -> Result<Self, Problem> {
        let looks = Looks {
            header: Format::new().set_bold(),
            money: Format::new().set_num_format("#,##0.00"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
        };
        let mut made = Self { book: Workbook::new(), name: name.to_owned(), columns, rows, row: 0, looks };
        made.sheet()?;
        Ok(made)
    }

    /// Begins a sheet.
    fn sheet(&mut self) -> Result<(), Problem> {
        let number = self.book.worksheets().len() + 1;
        let ending = if number > 1 { format!(" {number}") } else { String::new() };
        let name: String = self.name.chars().take(NAME - ending.len()).chain(ending.chars()).collect();
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(Problem::internal)?;
        let write = || -> Result<(), XlsxError> {
            sheet.set_name(name)?.set_freeze_panes(1, 0)?;
            for (at, (name, kind)) in (0_u16..).zip(&self.columns) {
                sheet.set_column_width(at, width(*kind, name))?;
                sheet.write_string_with_format(0, at, name, &self.looks.header)?;
            }
            Ok(())
        };
        write().map_err(Problem::internal)?;
        self.row = 1;
        Ok(())
    }
}

impl Encode for Xlsx {
    fn add(&mut self, records: &[Cells]) -> Result<(), Problem> {
        for cells in records {
            if self.row == self.rows {
                self.sheet()?;
            }
            let (row, looks) = (self.row, &self.looks);
            let sheet = self.book.worksheets_mut().last_mut();
            let sheet = sheet.ok_or_else(|| Problem::internal("a workbook has a sheet"))?;
            for (at, ((name, kind), cell)) in (0_u16..).zip(self.columns.iter().zip(cells)) {
                let Some(cell) = cell.as_deref().filter(|cell| !cell.is_empty()) else { continue };
                if cell.chars().count() > CHARACTERS {
                    return Err(too_long(name, cells));
                }
                write(sheet, (row, at), *kind, cell, looks).map_err(Problem::internal)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        vec![]
    }

    fn end(&mut self) -> Result<Option<File>, Problem> {
        let mut file = tempfile::tempfile().map_err(Problem::internal)?;
        self.book.save_to_writer(&mut file).map_err(Problem::internal)?;
        file.rewind().map_err(Problem::internal)?;
        Ok(Some(file))
    }
}

fn write(
    sheet: &mut Worksheet,
    (row, at): (u32, u16),
    kind: Kind,
    cell: &str,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let number = || cell.parse::<f64>().ok().filter(|_| keeps(cell));
    match kind {
        Kind::Bool => sheet.write_boolean(row, at, cell == "true")?,
        Kind::Money if number().is_some() => {
            sheet.write_number_with_format(row, at, number().unwrap_or_default(), &looks.money)?
        }
        Kind::Integer { .. } | Kind::Quantity | Kind::Money | Kind::UnitPrice | Kind::Percent => {
            match number() {
                Some(number) => sheet.write_number(row, at, number)?,
                None => sheet.write_string(row, at, cell)?,
            }
        }
        Kind::Date => match day(cell) {
            Some(day) => sheet.write_datetime_with_format(row, at, day, &looks.day)?,
            None => sheet.write_string(row, at, cell)?,
        },
        _ => sheet.write_string(row, at, cell)?,
    };
    Ok(())
}

/// Whether Excel keeps every digit.
fn keeps(number: &str) -> bool {
    number.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count() <= DIGITS
}

/// The day as Excel counts, from March 1900 on; before that, programs do not agree.
fn day(cell: &str) -> Option<ExcelDateTime> {
    let day: Date = cell.parse().ok()?;
    let year = u16::try_from(day.year()).ok()?;
    let agreed = day >= Date::constant(1900, 3, 1);
    let (month, day) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    ExcelDateTime::from_ymd(year, month, day).ok().filter(|_| agreed)
}

/// Characters of a column's width.
fn width(kind: Kind, name: &str) -> f64 {
    let of_kind = match kind {
        Kind::Bool => 8,
        Kind::Date
        | Kind::Integer { .. }
        | Kind::Quantity
        | Kind::Percent
        | Kind::Country
        | Kind::Currency => 12,
        Kind::Money | Kind::UnitPrice | Kind::Code | Kind::Phone | Kind::Choice(_) => 16,
        Kind::Id => 38,
        Kind::Paragraph { .. } => 40,
        _ => 24,
    };
    let of_name = u16::try_from(name.chars().count() + 2).unwrap_or(u16::MAX);
    f64::from(of_name.clamp(of_kind, 60))
}

fn too_long(field: &str, cells: &Cells) -> Problem {
    let record = cells.first().and_then(Option::as_deref).unwrap_or_default();
    let message = format!(
        "`{field}` of record {record} is longer than the {CHARACTERS} characters that a cell of Excel holds."
    );
    Problem::invalid(vec![FieldError::new(field, &codes::TOO_LONG, message)])
        .hint("Export as CSV, JSON Lines or Parquet, or without this column.")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_sheet_that_is_full_is_followed_by_another() {
        let columns = vec![("code".to_owned(), Kind::Code), ("on".to_owned(), Kind::Date)];
        let mut xlsx = Xlsx::within("a name of a sheet that is longer than Excel takes", columns, 3).unwrap();
        let record = |code: &str| vec![Some(code.to_owned()), Some("2026-02-03".to_owned())];
        xlsx.add(&["001", "002", "003", "=4", "005"].map(record)).unwrap();
        let mut bytes = vec![];
        xlsx.end().unwrap().unwrap().read_to_end(&mut bytes).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.xlsx");
        std::fs::write(&path, bytes).unwrap();
        let limits = tabular::Limits::default();
        let members = tabular::open(&path, "book.xlsx", &limits, &tabular::Hints::default()).unwrap();
        let sheets = members[0].sheets().unwrap();
        let rows = |index| -> Vec<Vec<String>> {
            members[0].rows(index).unwrap().map(|row| row.unwrap().cells).collect()
        };
        assert_eq!(sheets.len(), 3);
        assert_eq!(rows(1), [["003", "2026-02-03"], ["=4", "2026-02-03"]]);
        assert_eq!(rows(2), [["005", "2026-02-03"]]);
    }

    #[test]
    fn a_text_that_no_cell_holds_is_refused_by_name() {
        let mut xlsx =
            Xlsx::new("notes", vec![("notes".to_owned(), Kind::Paragraph { max: 100_000 })]).unwrap();
        let refused = xlsx.add(&[vec![Some("x".repeat(CHARACTERS + 1))]]).unwrap_err();
        assert!(refused.to_string().contains("notes"), "{refused}");
    }

    #[test]
    fn numbers_of_more_digits_than_excel_keeps_stay_texts() {
        assert!(keeps("123456789012.345") && keeps("-0.00012") && !keeps("1234567890123.4567"));
    }
}
