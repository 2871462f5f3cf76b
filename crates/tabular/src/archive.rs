//! Archives: what is in them, and unpacking within the limits whatever they claim of their sizes.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;
use zip::ZipArchive;

use crate::{Container, Limits, Refusal};

/// One file out of an archive, in a folder that lives as long as it does.
pub(crate) struct Unpacked {
    pub name: String,
    pub path: PathBuf,
    pub folder: Arc<TempDir>,
}

/// What a ZIP file holds, by the names of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contents {
    /// Files to read one by one.
    Files,
    /// A workbook.
    Workbook(Container),
}

/// Counts real bytes out of an archive against its limits.
pub(crate) struct Meter<'a> {
    file: &'a str,
    limits: &'a Limits,
    /// Size of the whole archive.
    packed: u64,
    total: u64,
}

impl<'a> Meter<'a> {
    /// For an archive of `packed` bytes.
    pub fn new(file: &'a str, limits: &'a Limits, packed: u64) -> Self {
        Self { file, limits, packed, total: 0 }
    }

    /// Notes `got` more bytes of a member that has given `own` so far out of `packed`.
    pub fn add(&mut self, got: u64, own: u64, packed: u64) -> Result<(), Refusal> {
        self.total += got;
        let limits = self.limits;
        let refuse = |detail: String| Err(Refusal::UnpacksTooLarge { file: self.file.to_owned(), detail });
        if self.total > limits.unpacked_bytes {
            return refuse(format!("more than {} MiB", limits.unpacked_bytes >> 20));
        }
        let steep = |out: u64, packed: u64| out > limits.ratio_floor && out / limits.ratio > packed;
        if steep(own, packed) || steep(self.total, self.packed) {
            return refuse(format!("more than {} to 1", limits.ratio));
        }
        Ok(())
    }

    /// Copies a member out, counting. `packed` is its size inside the archive.
    pub fn copy(&mut self, from: &mut impl Read, to: &mut impl Write, packed: u64) -> Result<u64, Refusal> {
        let mut block = vec![0; 64 << 10];
        let mut own = 0;
        loop {
            let got = match from.read(&mut block) {
                Ok(0) => return Ok(own),
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(broken(self.file, &error)),
            };
            own += got as u64;
            self.add(got as u64, own, packed)?;
            to.write_all(&block[..got]).map_err(|error| Refusal::from_io(self.file, &error))?;
        }
    }
}

/// An unpacker reports bad data as many kinds of error; none of them is the disk's.
fn broken(file: &str, error: &io::Error) -> Refusal {
    Refusal::damaged(file, error.to_string())
}

/// Opens a ZIP file's list of members.
pub(crate) fn open(path: &Path, file: &str, limits: &Limits) -> Result<ZipArchive<BufReader<File>>, Refusal> {
    let input = File::open(path).map_err(|error| Refusal::from_io(file, &error))?;
    let archive =
        ZipArchive::new(BufReader::new(input)).map_err(|error| Refusal::damaged(file, error.to_string()))?;
    if archive.len() > limits.members {
        return Err(Refusal::TooManyMembers {
            file: file.to_owned(),
            count: archive.len(),
            limit: limits.members,
        });
    }
    Ok(archive)
}

/// Tells a workbook from a plain ZIP, and refuses what is another program's document.
pub(crate) fn contents<R: Read + io::Seek>(archive: &ZipArchive<R>, file: &str) -> Result<Contents, Refusal> {
    let has =
        |wanted: &str| archive.file_names_raw().any(|name| name.eq_ignore_ascii_case(wanted.as_bytes()));
    let under = |folder: &[u8]| archive.file_names_raw().any(|name| name.starts_with(folder));
    let unsupported = |what: &str| Err(Refusal::Unsupported { file: file.to_owned(), what: what.to_owned() });
    let not_a_table = |what: &str| Err(Refusal::NotATable { file: file.to_owned(), what: what.to_owned() });
    if has("[Content_Types].xml") {
        if has("xl/vbaProject.bin") {
            return Err(Refusal::Macros { file: file.to_owned() });
        }
        if has("xl/workbook.bin") {
            return Ok(Contents::Workbook(Container::Xlsb));
        }
        if under(b"xl/") {
            return Ok(Contents::Workbook(Container::Xlsx));
        }
        return not_a_table(if under(b"word/") {
            "a Word document"
        } else if under(b"ppt/") {
            "a presentation"
        } else {
            "an Office document without sheets"
        });
    }
    if has("mimetype") && has("META-INF/manifest.xml") && has("content.xml") {
        return Ok(Contents::Workbook(Container::Ods));
    }
    if has("Index/Document.iwa") || under(b"Index/") && has("Metadata/DocumentIdentifier") {
        return unsupported("a Numbers document");
    }
    if has("META-INF/MANIFEST.MF") {
        return not_a_table("a Java archive");
    }
    Ok(Contents::Files)
}

/// Unpacks all members of a ZIP but folders and what file managers leave behind.
pub(crate) fn unpack(
    archive: &mut ZipArchive<BufReader<File>>,
    path: &Path,
    file: &str,
    limits: &Limits,
) -> Result<Vec<Unpacked>, Refusal> {
    let io_refusal = |error: io::Error| Refusal::from_io(file, &error);
    let packed = std::fs::metadata(path).map_err(io_refusal)?.len();
    let folder = Arc::new(tempfile::Builder::new().prefix("tabular-").tempdir().map_err(io_refusal)?);
    let mut meter = Meter::new(file, limits, packed);
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| Refusal::damaged(file, error.to_string()))?;
        let name = member_name(entry.name_raw());
        if is_unsafe(&name) {
            return Err(Refusal::UnsafeName { file: file.to_owned(), member: name });
        }
        let (encrypted, packed) = (entry.encrypted(), entry.compressed_size());
        drop(entry);
        if name.ends_with('/') || is_left_behind(&name) {
            continue;
        }
        if encrypted {
            return Err(Refusal::Encrypted { file: file.to_owned() });
        }
        let mut entry = archive.by_index(index).map_err(|error| Refusal::damaged(file, error.to_string()))?;
        let target = folder.path().join(format!("{index:06}"));
        let mut output = File::create(&target).map_err(io_refusal)?;
        meter.copy(&mut entry, &mut output, packed)?;
        members.push(Unpacked { name, path: target, folder: Arc::clone(&folder) });
    }
    Ok(members)
}

/// Unpacks a gzip file, all its parts as one.
pub(crate) fn gunzip(path: &Path, file: &str, limits: &Limits) -> Result<Unpacked, Refusal> {
    let io_refusal = |error: io::Error| Refusal::from_io(file, &error);
    let packed = std::fs::metadata(path).map_err(io_refusal)?.len();
    let folder = Arc::new(tempfile::Builder::new().prefix("tabular-").tempdir().map_err(io_refusal)?);
    let target = folder.path().join("000000");
    let mut output = File::create(&target).map_err(io_refusal)?;
    let mut input = MultiGzDecoder::new(BufReader::new(File::open(path).map_err(io_refusal)?));
    Meter::new(file, limits, packed).copy(&mut input, &mut output, packed)?;
    let lower = file.to_lowercase();
    let name = if lower.ends_with(".gz") { file[..file.len() - 3].to_owned() } else { file.to_owned() };
    Ok(Unpacked { name, path: target, folder })
}

/// A member's name: UTF-8 where it is, else the archive format's own code page.
fn member_name(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => {
            let mut name = String::new();
            crate::codepage::decode_upper(&crate::codepage::CP437, raw, &mut name);
            name
        }
    }
}

/// Whether a name is absolute, climbs out of its folder or cannot be a name.
fn is_unsafe(name: &str) -> bool {
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    name.is_empty()
        || drive
        || name.starts_with(['/', '\\'])
        || name.contains('\0')
        || name.split(['/', '\\']).any(|part| part == "..")
}

/// What file managers put beside the real files.
fn is_left_behind(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("__MACOSX/")
        || last.starts_with("._")
        || matches!(last, ".DS_Store" | "Thumbs.db" | "desktop.ini" | "Desktop.ini")
}
