//! What a file is, by its first bytes; never by its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::Refusal;

/// What the rows of a member stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// Delimited text.
    Csv,
    /// An Office Open XML workbook (`.xlsx`, and `.xlsm` without macros).
    Xlsx,
    /// A binary workbook (`.xlsb`).
    Xlsb,
    /// An Excel 97–2003 workbook (`.xls`).
    Xls,
    /// An OpenDocument spreadsheet (`.ods`).
    Ods,
}

impl Container {
    /// Whether the file may hold several sheets with names.
    pub fn is_workbook(self) -> bool {
        self != Self::Csv
    }
}

/// What the first bytes show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Text,
    Zip,
    Gzip,
    /// An OLE compound file.
    Compound,
}

/// Bytes looked at.
const HEAD: u64 = 64 << 10;

/// Tells what a file is, or refuses what is recognized as something that holds no table.
pub(crate) fn look(path: &Path, file: &str) -> Result<Seen, Refusal> {
    let failed = |error: std::io::Error| Refusal::from_io(file, &error);
    let mut input = File::open(path).map_err(failed)?;
    let mut head = Vec::new();
    (&mut input).take(HEAD).read_to_end(&mut head).map_err(failed)?;
    let owned = || file.to_owned();
    if head.is_empty() {
        return Err(Refusal::Empty { file: owned() });
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Seen::Zip);
    }
    if head.starts_with(&[0x1F, 0x8B]) {
        return Ok(Seen::Gzip);
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Ok(Seen::Compound);
    }
    if let Some(what) = other_workbook(&head) {
        return Err(Refusal::Unsupported { file: owned(), what: what.to_owned() });
    }
    if let Some(what) = foreign(&head) {
        return Err(Refusal::NotATable { file: owned(), what: what.to_owned() });
    }
    if is_blank(&mut input, &head).map_err(failed)? {
        return Err(Refusal::Empty { file: owned() });
    }
    if is_binary(&head) {
        return Err(Refusal::NotATable { file: owned(), what: "a file of binary data".to_owned() });
    }
    Ok(Seen::Text)
}

fn other_workbook(head: &[u8]) -> Option<&'static str> {
    let start = String::from_utf8_lossy(&head[..head.len().min(4096)]).trim_start().to_lowercase();
    let start = start.trim_start_matches('\u{feff}');
    if matches!(
        head,
        [0x09, 0x00, 0x04, 0x00, ..] | [0x09, 0x02, 0x06, 0x00, ..] | [0x09, 0x04, 0x06, 0x00, ..]
    ) {
        return Some("an early Excel workbook (.xls)");
    }
    if start.starts_with("<?xml") && start.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return Some("an Excel 2003 XML workbook");
    }
    if start.starts_with("<?xml") && start.contains("<office:document") {
        return Some("a flat OpenDocument spreadsheet (.fods)");
    }
    if start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with("<table") {
        return Some("a web page (HTML)");
    }
    if start.starts_with("id;pwxl") {
        return Some("a SYLK spreadsheet (.slk)");
    }
    if head.starts_with(b"PAR1") {
        return Some("a Parquet file");
    }
    let mut signs = start.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let json = match (signs.next(), signs.next()) {
        (Some(b'{'), Some(b'"' | b'}')) => start.contains("\":") || start.contains("\" :"),
        (Some(b'['), Some(b'{' | b'[')) => true,
        _ => false,
    };
    json.then_some("a JSON file")
}

fn foreign(head: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 20] = [
        (b"%PDF", "a PDF document"),
        (b"\x89PNG", "a PNG picture"),
        (b"\xFF\xD8\xFF", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"II*\0", "a TIFF picture"),
        (b"MM\0*", "a TIFF picture"),
        (b"RIFF", "a sound, film or WebP picture"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
        (b"Rar!", "a RAR archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\xFD7zXZ\0", "an xz archive"),
        (b"\x28\xB5\x2F\xFD", "a zstd archive"),
        (b"{\\rtf", "an RTF document"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\x7FELF", "a program"),
        (b"MZ\x90\0", "a program"),
        (b"\0asm", "a program"),
        (b"%!PS", "a PostScript document"),
        (b"OggS", "a sound"),
        (b"ID3", "a sound"),
    ];
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive");
    }
    // `ID3` alone may be the head of a CSV: a sound has its version behind it.
    MAGIC
        .iter()
        .find(|(magic, _)| {
            head.starts_with(magic) && (*magic != b"ID3" || head.get(3).is_some_and(|byte| *byte < 5))
        })
        .map(|(_, what)| *what)
}

fn is_blank(input: &mut File, head: &[u8]) -> std::io::Result<bool> {
    let blank = |bytes: &[u8]| bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0);
    let mark = match head {
        [0xEF, 0xBB, 0xBF, ..] => 3,
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => 2,
        _ => 0,
    };
    if !blank(&head[mark..]) {
        return Ok(false);
    }
    let mut block = vec![0_u8; 64 << 10];
    loop {
        let got = input.read(&mut block)?;
        if got == 0 {
            return Ok(true);
        }
        if !blank(&block[..got]) {
            return Ok(false);
        }
    }
}

/// Control bytes that no text has, in number. Zero bytes in step are UTF-16 or UTF-32.
fn is_binary(head: &[u8]) -> bool {
    let control =
        head.iter().filter(|byte| matches!(byte, 1..=8 | 14..=26 | 28..=31) && **byte != 0x1A).count();
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    let wide =
        matches!(head, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) || zeros * 10 > head.len() && in_step(head);
    // Thai and other scripts in UTF-16 have bytes of every value.
    !wide && control * 20 > head.len() && !in_step(head) || zeros * 4 > head.len() && !wide
}

/// Whether the zero bytes stand nearly all in the same half of their pairs.
fn in_step(head: &[u8]) -> bool {
    let (mut even, mut odd) = (0_usize, 0_usize);
    for pair in head.as_chunks::<2>().0 {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let (few, many) = (even.min(odd), even.max(odd));
    many > 0 && (few * 4 < many || (even + odd) * 4 > head.len() * 2)
}
