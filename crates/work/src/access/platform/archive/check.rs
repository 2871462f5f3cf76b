//! Reading an archive that nobody vouches for.
//!
//! Nothing of it is unpacked to the disk, no name of it becomes a path, and everything is looked at before the first row
//! is written: the list of members against the manifest, each member's size and SHA-256, each row's columns.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead, BufReader, Read as _},
    path::{Path, PathBuf},
};

use model::problem::{Problem, codes};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use store::{catalog::Table, files::is_key, secret::hex};
use uuid::Uuid;
use zip::{ZipArchive, result::ZipError};

use super::{
    LEFT_OUT, bad, hostile,
    manifest::{Manifest, NAME},
};

/// Most bytes of a manifest.
const MANIFEST_LIMIT: u64 = 256 << 20;
/// Most bytes of one row: a staged row of an import may hold 16 MiB, and its JSON more.
const LINE_LIMIT: u64 = 128 << 20;
/// How much larger a table may be than what it takes in the archive; random ids alone keep rows far below.
const RATIO: u64 = 200;
/// Tables up to here may be packed as densely as they like.
const RATIO_FLOOR: u64 = 4 << 20;

/// A row as it stands in an archive, its values unread.
pub type Fields = BTreeMap<String, Box<RawValue>>;

/// An archive whose every part was looked at.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What it says of itself.
    pub manifest: Manifest,
    /// The least id of its logs' rows: since when partitions are needed.
    pub oldest_log: Option<Uuid>,
    pub(super) path: PathBuf,
}

/// An open archive.
pub struct Read {
    zip: ZipArchive<BufReader<File>>,
}

impl Read {
    /// Opens the list of members.
    ///
    /// # Errors
    /// `not_found`, `bad_file`.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let file = File::open(path).map_err(|error| {
            Problem::new(&codes::NOT_FOUND, format!("{} cannot be opened: {error}.", path.display()))
        })?;
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| damaged("the archive", &error))?;
        Ok(Self { zip })
    }

    /// The rows of a table, line by line with the number of each.
    ///
    /// # Errors
    /// `bad_file`; those of `take`.
    pub fn rows(
        &mut self,
        member: &str,
        mut take: impl FnMut(u64, Vec<u8>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let entry = self.zip.by_name(member).map_err(|error| damaged(member, &error))?;
        let mut lines = BufReader::with_capacity(1 << 18, entry);
        for number in 1.. {
            let mut line = vec![];
            let read = (&mut lines)
                .take(LINE_LIMIT)
                .read_until(b'\n', &mut line)
                .map_err(|error| hostile(member, &format!("it cannot be unpacked ({error})")))?;
            if read == 0 {
                break;
            }
            if line.pop() != Some(b'\n') {
                return Err(hostile(
                    member,
                    &format!("line {number} has no end within {} MiB", LINE_LIMIT >> 20),
                ));
            }
            take(number, line)?;
        }
        Ok(())
    }

    /// A member's bytes, piece by piece.
    ///
    /// # Errors
    /// `bad_file`; those of `take`.
    pub fn bytes(
        &mut self,
        member: &str,
        mut take: impl FnMut(&[u8]) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut entry = self.zip.by_name(member).map_err(|error| damaged(member, &error))?;
        let mut piece = vec![0; 1 << 18];
        loop {
            let read = entry
                .read(&mut piece)
                .map_err(|error| hostile(member, &format!("it cannot be unpacked ({error})")))?;
            if read == 0 {
                return Ok(());
            }
            take(&piece[..read])?;
        }
    }

    /// Whether a member has this size and SHA-256; reads no more than that.
    fn verify(&mut self, member: &str, size: u64, sha256: &str) -> Result<(), Problem> {
        let (mut hash, mut count) = (Sha256::new(), 0_u64);
        self.bytes(member, |piece| {
            count += piece.len() as u64;
            if count > size {
                return Err(hostile(member, "it is larger than its manifest says"));
            }
            hash.update(piece);
            Ok(())
        })?;
        if count != size || hex(&hash.finalize()) != sha256 {
            return Err(hostile(member, "it is not what its manifest says: size or SHA-256 differ"));
        }
        Ok(())
    }

    fn manifest(&mut self, migration: i32) -> Result<Manifest, Problem> {
        let mut text = vec![];
        if self.zip.index_for_name(NAME).is_none() {
            return Err(bad(format!("There is no `{NAME}`: this is no archive of a tenant.")));
        }
        self.bytes(NAME, |piece| {
            text.extend_from_slice(piece);
            match text.len() as u64 > MANIFEST_LIMIT {
                true => Err(hostile(NAME, "it is too large")),
                false => Ok(()),
            }
        })?;
        Manifest::read(&text, migration)
    }

    /// The list of members is the manifest's, each once, and none is denser than rows can be.
    fn members(&mut self, manifest: &Manifest, packed: u64) -> Result<(), Problem> {
        let mut wanted = BTreeMap::from([(NAME.to_owned(), None)]);
        let tables = manifest.tables.iter().map(|table| (table.member(), Some(table.size)));
        for (name, size) in tables.chain(manifest.files.iter().map(|file| (file.member(), Some(file.size)))) {
            if wanted.insert(name.clone(), size).is_some() {
                return Err(hostile(&name, "the manifest names it twice"));
            }
        }
        let mut all = 0_u64;
        for index in 0..self.zip.len() {
            let entry = self.zip.by_index_raw(index).map_err(|error| damaged("the archive", &error))?;
            let name = entry.name().map_err(|error| damaged("the archive", &error))?.into_owned();
            let Some(size) = wanted.remove(&name) else {
                return Err(hostile(&name, "the manifest does not name it, or it is there twice"));
            };
            all = all.saturating_add(entry.compressed_size());
            let stated = size.unwrap_or(0);
            if stated > RATIO_FLOOR && stated / RATIO > entry.compressed_size() {
                return Err(hostile(&name, &format!("it would unpack to more than {RATIO} times its size")));
            }
        }
        if let Some((name, _)) = wanted.pop_first() {
            return Err(hostile(&name, "the manifest names it, and it is not there"));
        }
        // Members that share their bytes would unpack to more than there is.
        if all > packed {
            return Err(hostile("the archive", "its members overlap"));
        }
        Ok(())
    }
}

/// Looks at every part of an archive, against the tables of this database at schema `migration`. Blocks.
///
/// # Errors
/// `not_found`, and `bad_file` with the member and what is wrong with it.
pub fn check(path: &Path, tables: &[Table], migration: i32) -> Result<Checked, Problem> {
    let packed = std::fs::metadata(path).map_or(0, |data| data.len());
    let mut read = Read::open(path)?;
    let manifest = read.manifest(migration)?;
    read.members(&manifest, packed)?;
    let known: BTreeMap<&str, &Table> = tables
        .iter()
        .filter(|table| !LEFT_OUT.iter().any(|(name, _)| *name == table.name))
        .map(|table| (table.name.as_str(), table))
        .collect();
    let mut oldest_log = None;
    for member in &manifest.tables {
        let name = member.member();
        let Some(table) = known.get(member.name.as_str()) else {
            return Err(hostile(&name, "no such table can be brought in"));
        };
        let columns: BTreeSet<&str> = member.columns.iter().map(String::as_str).collect();
        if let Some(stranger) =
            columns.iter().find(|column| !table.columns.iter().any(|known| known == *column))
        {
            return Err(hostile(&name, &format!("the table has no column `{stranger}`")));
        }
        read.verify(&name, member.size, &member.sha256)?;
        let mut rows = 0;
        read.rows(&name, |number, line| {
            let fields = fields(&name, number, &line)?;
            if let Some(stranger) = fields.keys().find(|key| !columns.contains(key.as_str())) {
                let detail = format!(
                    "line {number} has a field `{stranger}`, which is none of the columns of the manifest"
                );
                return Err(hostile(&name, &detail));
            }
            if table.partitioned {
                let id = fields.get("id").and_then(|id| serde_json::from_str::<Uuid>(id.get()).ok());
                let id = id.ok_or_else(|| hostile(&name, &format!("line {number} has no id")))?;
                oldest_log = Some(oldest_log.map_or(id, |oldest: Uuid| oldest.min(id)));
            }
            rows += 1;
            Ok(())
        })?;
        if rows != member.rows {
            return Err(hostile(&name, &format!("it has {rows} rows and its manifest says {}", member.rows)));
        }
    }
    for file in &manifest.files {
        if !is_key(&file.key) {
            return Err(hostile(&file.member(), "its name is no key of a stored file"));
        }
        read.verify(&file.member(), file.size, &file.sha256)?;
    }
    Ok(Checked { manifest, oldest_log, path: path.to_owned() })
}

/// The fields of a line.
pub(super) fn fields(member: &str, number: u64, line: &[u8]) -> Result<Fields, Problem> {
    serde_json::from_slice(line)
        .map_err(|error| hostile(member, &format!("line {number} is no JSON object ({error})")))
}

fn damaged(what: &str, error: &ZipError) -> Problem {
    hostile(what, &format!("it cannot be read as a ZIP ({error})"))
}
