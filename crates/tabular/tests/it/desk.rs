//! Files put on disk and opened.

use std::path::PathBuf;

use tabular::{Hints, Limits, Member, Refusal, Row, SheetInfo};
use tempfile::TempDir;

/// A file on disk that lives as long as this.
pub struct Desk {
    _folder: TempDir,
    pub path: PathBuf,
}

/// Puts bytes on disk.
pub fn put(bytes: impl AsRef<[u8]>) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    Desk { _folder: folder, path }
}

/// A file opened as its only member.
pub struct Opened {
    pub member: Member,
    _desk: Desk,
}

impl Opened {
    pub fn sheet(&self) -> &SheetInfo {
        &self.member.sheets().unwrap()[0]
    }

    pub fn rows(&self) -> Vec<Row> {
        self.member.rows(0).unwrap().map(Result::unwrap).collect()
    }

    pub fn cells(&self) -> Vec<Vec<String>> {
        self.rows().into_iter().map(|row| row.cells).collect()
    }

    pub fn headers(&self) -> Vec<&str> {
        self.sheet().columns.iter().map(|column| column.header.as_str()).collect()
    }
}

pub fn open_with(bytes: impl AsRef<[u8]>, hints: &Hints) -> Opened {
    let desk = put(bytes);
    let mut members = tabular::open(&desk.path, "table.csv", &Limits::default(), hints).unwrap();
    assert_eq!(members.len(), 1);
    Opened { member: members.remove(0), _desk: desk }
}

pub fn open(bytes: impl AsRef<[u8]>) -> Opened {
    open_with(bytes, &Hints::default())
}

/// The refusal a file meets at the door or at the first look.
pub fn refused_within(bytes: impl AsRef<[u8]>, name: &str, limits: &Limits) -> Refusal {
    let desk = put(bytes);
    let members = match tabular::open(&desk.path, name, limits, &Hints::default()) {
        Ok(members) => members,
        Err(refusal) => return refusal,
    };
    let read = |member: &Member| {
        for index in 0..member.sheets()?.len() {
            for row in member.rows(index)? {
                row?;
            }
        }
        Ok(())
    };
    members.iter().map(read).find_map(Result::err).expect("the file is refused")
}

pub fn refused(bytes: impl AsRef<[u8]>, name: &str) -> Refusal {
    refused_within(bytes, name, &Limits::default())
}
