//! The error file: failed rows in the original's layout, written to the current folder.

use std::path::{Path, PathBuf};

use model::caller::Caller;
use store::Db;
use work::import::{self, FileReport, Report};

use crate::{command::export, failure::Failure};

/// Writes the error file of each file that has failed rows, and says where.
pub async fn write(db: &Db, caller: &Caller, report: &Report, folder: &Path) -> Result<(), Failure> {
    for file in report.files.iter().filter(|file| file.counts.failed > 0) {
        let same = |other: &&FileReport| (&other.file, &other.sheet) == (&file.file, &file.sheet);
        let part = file.data_type.as_deref().filter(|_| report.files.iter().filter(same).count() > 1);
        let path = folder.join(name(file, part));
        let rows =
            export::to_file(&path, async |out| import::errors_csv(db, caller, file.batch, out).await).await?;
        eprintln!("{rows} rows with their errors: {}", path.display());
    }
    Ok(())
}

/// `orders.csv` → `orders.errors.csv`, `list.xlsx` with the sheet `May` → `list-May.errors.csv`; of a file with several
/// kinds of records `sales-customers.errors.csv`.
fn name(file: &FileReport, part: Option<&str>) -> PathBuf {
    let original = Path::new(&file.file);
    let mut stem = original.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    if let Some(sheet) = &file.sheet {
        stem.push('-');
        stem.push_str(&sheet.replace(['/', '\\', ':'], "_"));
    }
    if let Some(part) = part {
        stem.push('-');
        stem.push_str(part);
    }
    PathBuf::from(format!("{stem}.errors.csv"))
}
