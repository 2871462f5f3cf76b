//! The reader as the harness uses it: told the locale and nothing else.

use tabular::{Hints, Limits, Refusal, SheetInfo};

use crate::kinds::Clean;

/// What came of a file.
#[derive(Debug)]
pub enum Read {
    Tables(Vec<Clean>),
    /// The code of the refusal.
    Refused(&'static str),
}

/// Reads all tables of a file.
pub fn read(bytes: &[u8], locale: &str) -> Read {
    match attempt(bytes, locale) {
        Ok(tables) => Read::Tables(tables.into_iter().map(|(_, table)| table).collect()),
        Err(refusal) => Read::Refused(refusal.code()),
    }
}

/// Reads all tables of a file with what was found about each.
pub fn attempt(bytes: &[u8], locale: &str) -> Result<Vec<(SheetInfo, Clean)>, Refusal> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table");
    std::fs::write(&path, bytes).unwrap();
    let locale = (!locale.is_empty()).then(|| locale.to_owned());
    let hints = Hints { locale, ..Hints::default() };
    let mut tables = Vec::new();
    for member in tabular::open(&path, "table.csv", &Limits::default(), &hints)? {
        for (index, sheet) in member.sheets()?.iter().enumerate() {
            let names = sheet.columns.iter().map(|column| column.header.clone());
            let header = if sheet.header_rows.is_empty() { vec![] } else { names.collect() };
            let rows = member.rows(index)?.map(|row| row.map(|row| row.cells)).collect::<Result<_, _>>()?;
            tables.push((sheet.clone(), Clean { header, rows }));
        }
    }
    Ok(tables)
}
