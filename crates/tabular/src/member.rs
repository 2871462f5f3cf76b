//! A file to read, alone or out of an archive.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;

use crate::archive::{self, Contents};
use crate::column::{Column, Evidence};
use crate::container::{self, Container, Seen};
use crate::decode;
use crate::order::Order;
use crate::rows::{RowReader, Source};
use crate::sheet::{self, SheetInfo, TextSheet};
use crate::splitter::Splitter;
use crate::workbook::{self, Isolation, SheetRows};
use crate::workbook_guard;
use crate::xls_guard;
use crate::{Hints, Limits, Refusal};

/// Opens a file by what it holds: a ZIP gives its members, gzip what was packed, anything else itself.
///
/// Members of a ZIP are unpacked into a temporary folder, which goes when the last of them is dropped. A member that
/// cannot be read (a PDF among tables) does not spoil the others: its own [`Member::sheets`] refuses.
///
/// # Errors
/// The file is no table, damaged, or beyond a limit.
pub fn open(path: &Path, name: &str, limits: &Limits, hints: &Hints) -> Result<Vec<Member>, Refusal> {
    open_with(path, name, limits, hints, None)
}

/// Opens a file as [`open`] does; its workbooks are read in another process where a way to do so is given.
///
/// # Errors
/// As [`open`].
pub fn open_with(
    path: &Path,
    name: &str,
    limits: &Limits,
    hints: &Hints,
    isolation: Option<Arc<dyn Isolation>>,
) -> Result<Vec<Member>, Refusal> {
    let mut members = members(path, name, limits, hints)?;
    for member in &mut members {
        member.isolation.clone_from(&isolation);
    }
    Ok(members)
}

fn members(path: &Path, name: &str, limits: &Limits, hints: &Hints) -> Result<Vec<Member>, Refusal> {
    let size = std::fs::metadata(path).map_err(|error| Refusal::from_io(name, &error))?.len();
    if size > limits.file_bytes {
        return Err(Refusal::TooLarge { file: name.to_owned(), limit_mib: limits.file_bytes >> 20 });
    }
    match container::look(path, name)? {
        Seen::Text => Ok(vec![Member::new(name, path, Container::Csv, None, limits, hints)]),
        Seen::Compound => {
            xls_guard::check(path, name, limits)?;
            Ok(vec![Member::new(name, path, Container::Xls, None, limits, hints)])
        }
        Seen::Gzip => {
            let inner = archive::gunzip(path, name, limits)?;
            let kind = inside(&inner.path, &inner.name, name, limits)?;
            Ok(vec![Member::new(&inner.name, &inner.path, kind, Some(inner.folder), limits, hints)])
        }
        Seen::Zip => {
            let mut archive = archive::open(path, name, limits)?;
            if let Contents::Workbook(kind) = archive::contents(&archive, name)? {
                workbook_guard::check(kind, &mut archive, path, name, limits)?;
                return Ok(vec![Member::new(name, path, kind, None, limits, hints)]);
            }
            let mut members = Vec::new();
            for inner in archive::unpack(&mut archive, path, name, limits)? {
                let kind = inside(&inner.path, &inner.name, name, limits);
                if let Err(refusal @ Refusal::NestedArchive { .. }) = kind {
                    return Err(refusal);
                }
                let folder = Some(inner.folder);
                let shown = *kind.as_ref().unwrap_or(&Container::Csv);
                let mut member = Member::new(&inner.name, &inner.path, shown, folder, limits, hints);
                member.refusal = kind.err();
                members.push(member);
            }
            if members.is_empty() {
                return Err(Refusal::Empty { file: name.to_owned() });
            }
            Ok(members)
        }
    }
}

/// What a file out of an archive is; another archive is refused.
fn inside(path: &Path, name: &str, outer: &str, limits: &Limits) -> Result<Container, Refusal> {
    let nested = || Refusal::NestedArchive { file: outer.to_owned(), member: name.to_owned() };
    match container::look(path, name) {
        Ok(Seen::Text) => Ok(Container::Csv),
        Ok(Seen::Gzip) => Err(nested()),
        Ok(Seen::Compound) => xls_guard::check(path, name, limits).map(|()| Container::Xls),
        Ok(Seen::Zip) => {
            let mut archive = archive::open(path, name, limits)?;
            match archive::contents(&archive, name)? {
                Contents::Workbook(kind) => {
                    workbook_guard::check(kind, &mut archive, path, name, limits)?;
                    Ok(kind)
                }
                Contents::Files => Err(nested()),
            }
        }
        Err(Refusal::NotATable { what, .. }) if what.ends_with("archive") => Err(nested()),
        Err(refusal) => Err(refusal),
    }
}

/// Rows of each sheet of a workbook looked at for the preview.
const SAMPLE_ROWS: usize = 1_000;

/// A file to read, alone or out of an archive.
#[derive(Debug)]
pub struct Member {
    /// Its name; in a ZIP, with its folders.
    pub name: String,
    /// What its rows stand in.
    pub kind: Container,
    path: PathBuf,
    /// Keeps the unpacked file alive.
    _folder: Option<Arc<TempDir>>,
    limits: Limits,
    hints: Hints,
    isolation: Option<Arc<dyn Isolation>>,
    refusal: Option<Refusal>,
    found: OnceLock<Result<Found, Refusal>>,
}

/// What a look at the member found.
#[derive(Debug)]
struct Found {
    sheets: Vec<SheetInfo>,
    text: Option<TextSheet>,
}

/// What all rows of a sheet tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Rows of data.
    pub rows: u64,
    /// Blank rows between and below them.
    pub blank_rows: u64,
    /// Rows with a defect.
    pub defects: u64,
    /// Rows of totals and notes below the table.
    pub footer_rows: Vec<u64>,
    /// The columns with kinds by all values.
    pub columns: Vec<Column>,
}

impl Member {
    fn new(
        name: &str,
        path: &Path,
        kind: Container,
        folder: Option<Arc<TempDir>>,
        limits: &Limits,
        hints: &Hints,
    ) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            path: path.to_owned(),
            _folder: folder,
            limits: limits.clone(),
            hints: hints.clone(),
            isolation: None,
            refusal: None,
            found: OnceLock::new(),
        }
    }

    /// The sheets that hold a value, with all verdicts by a sample of each. Found once, then remembered.
    ///
    /// # Errors
    /// The member is no table, damaged, or beyond a limit.
    pub fn sheets(&self) -> Result<&[SheetInfo], Refusal> {
        Ok(&self.found()?.sheets)
    }

    /// Reads the table of a sheet from its first row of data.
    ///
    /// # Errors
    /// As [`Self::sheets`]; or there is no such sheet.
    pub fn rows(&self, sheet_index: usize) -> Result<RowReader, Refusal> {
        let found = self.found()?;
        let info = self.sheet(found, sheet_index)?;
        let source = match &found.text {
            Some(text) => {
                let input = decode::open(&self.path, &self.name, &text.encoding)?;
                let lossy = input.is_lossy();
                let splitter = Splitter::new(input, &self.name, text.dialect, &self.limits, lossy);
                Source::Text(Box::new(splitter.expecting(text.shapes.clone())))
            }
            None => {
                Source::Workbook(SheetRows::start(self.order(Some(info.source)), self.isolation.as_ref())?)
            }
        };
        Ok(RowReader::new(source, info))
    }

    /// Reads all of a sheet for the kinds of its columns and the number of its rows.
    ///
    /// # Errors
    /// As [`Self::rows`], and whatever stands in the way of its last row.
    pub fn profile(&self, sheet_index: usize) -> Result<Profile, Refusal> {
        let found = self.found()?;
        let info = self.sheet(found, sheet_index)?;
        let mut reader = self.rows(sheet_index)?;
        let mut evidence = vec![Evidence::default(); info.columns.len()];
        let (mut rows, mut defects) = (0, 0);
        while let Some(row) = reader.next_row()? {
            rows += 1;
            defects += u64::from(row.defect().is_some());
            for (evidence, cell) in evidence.iter_mut().zip(row.cells()) {
                evidence.add(cell);
            }
        }
        let columns = info
            .columns
            .iter()
            .zip(&evidence)
            .map(|(column, evidence)| {
                evidence.column(column.index, column.header.clone(), column.key.clone(), &self.hints)
            })
            .collect();
        let footer_rows = reader.footer().iter().map(|row| row.number).collect();
        Ok(Profile { rows, blank_rows: reader.blank_rows(), defects, footer_rows, columns })
    }

    fn sheet<'a>(&self, found: &'a Found, index: usize) -> Result<&'a SheetInfo, Refusal> {
        found.sheets.get(index).ok_or_else(|| Refusal::NoSuchSheet {
            file: self.name.clone(),
            sheet: format!("number {}", index + 1),
            have: found.sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    /// What is to be read of a workbook: one sheet, or the first rows of all.
    fn order(&self, sheet: Option<usize>) -> Order {
        Order {
            kind: self.kind,
            path: self.path.clone(),
            file: self.name.clone(),
            sheet,
            rows: SAMPLE_ROWS,
            limits: self.limits.clone(),
        }
    }

    fn found(&self) -> Result<&Found, Refusal> {
        let found = self.found.get_or_init(|| match (&self.refusal, self.kind) {
            (Some(refusal), _) => Err(refusal.clone()),
            (None, Container::Csv) => {
                let (sheets, text) = sheet::of_text(&self.path, &self.name, &self.limits, &self.hints)?;
                Ok(Found { sheets, text: Some(text) })
            }
            (None, _) => {
                let bytes = std::fs::metadata(&self.path)
                    .map_err(|error| Refusal::from_io(&self.name, &error))?
                    .len();
                let previews = workbook::preview(self.order(None), self.isolation.as_ref())?;
                let sheets = sheet::of_workbook(previews, bytes, &self.name, &self.limits, &self.hints)?;
                Ok(Found { sheets, text: None })
            }
        });
        found.as_ref().map_err(Refusal::clone)
    }
}
