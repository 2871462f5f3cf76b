//! Writes the first table of a file as plain CSV, and to the side what was wrong: `cargo run --package tabular --example
//! to_csv -- FILE`

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use tabular::{Hints, Limits};

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("Give a file.");
        return ExitCode::FAILURE;
    };
    match convert(Path::new(&path)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn convert(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let members = tabular::open(path, &name, &Limits::default(), &Hints::default())?;
    let member = members.first().ok_or("The archive is empty.")?;
    let mut out = std::io::stdout().lock();
    let header = member.sheets()?[0].columns.iter().map(|column| quoted(&column.key)).collect::<Vec<_>>();
    writeln!(out, "{}", header.join(","))?;
    let mut rows = member.rows(0)?;
    while let Some(row) = rows.next_row()? {
        if let Some(defect) = row.defect() {
            eprintln!("row {}: {defect:?}", row.number());
        }
        writeln!(out, "{}", row.cells().map(quoted).collect::<Vec<_>>().join(","))?;
    }
    Ok(())
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
