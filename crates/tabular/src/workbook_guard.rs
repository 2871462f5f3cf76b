//! Looks through a workbook's parts before the spreadsheet reader sees them: real sizes, passwords, macros, entities,
//! claims.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use memchr::{memchr, memmem, memrchr};
use zip::ZipArchive;

use crate::archive::Meter;
use crate::{Container, Limits, Refusal};

/// Checks every part of a workbook that holds values by inflating it once.
pub(crate) fn check(
    kind: Container,
    archive: &mut ZipArchive<BufReader<File>>,
    path: &Path,
    file: &str,
    limits: &Limits,
) -> Result<(), Refusal> {
    let size = std::fs::metadata(path).map_err(|error| Refusal::from_io(file, &error))?.len();
    let mut meter = Meter::new(file, limits, size);
    for index in 0..archive.len() {
        let damaged = |error: zip::result::ZipError| Refusal::damaged(file, error.to_string());
        let raw = archive.by_index_raw(index).map_err(damaged)?;
        let name = String::from_utf8_lossy(raw.name_raw()).into_owned();
        let packed = raw.compressed_size();
        if raw.encrypted() {
            return Err(Refusal::Encrypted { file: file.to_owned() });
        }
        drop(raw);
        let lower = name.to_lowercase();
        if lower.ends_with("vbaproject.bin") || kind == Container::Ods && is_script(&name) {
            return Err(Refusal::Macros { file: file.to_owned() });
        }
        let binary = kind == Container::Xlsb && lower.ends_with(".bin");
        if !binary && !lower.ends_with(".xml") && !lower.ends_with(".rels") {
            continue;
        }
        let mut part = archive.by_index(index).map_err(damaged)?;
        let strings = lower.ends_with("sharedstrings.xml") || lower.ends_with("sharedstrings.bin");
        let look = Look { name: &name, packed, strings, binary, sealed: name == "META-INF/manifest.xml" };
        check_part(&mut part, &look, &mut meter, file, limits)?;
    }
    Ok(())
}

/// Whether a member of an OpenDocument file is a macro; the lists of their libraries are there without any, too.
fn is_script(name: &str) -> bool {
    let list = name.ends_with("/script-lb.xml") || name.ends_with("/script-lc.xml") || name.ends_with('/');
    (name.starts_with("Basic/") || name.starts_with("Scripts/")) && !list
}

/// What is known of a part before it is inflated.
struct Look<'a> {
    name: &'a str,
    packed: u64,
    /// It holds the table of shared strings.
    strings: bool,
    /// It is no XML.
    binary: bool,
    /// It says which parts of the file are encrypted.
    sealed: bool,
}

fn check_part(
    part: &mut impl Read,
    look: &Look<'_>,
    meter: &mut Meter<'_>,
    file: &str,
    limits: &Limits,
) -> Result<(), Refusal> {
    let Look { name, packed, strings, .. } = *look;
    // Parts may be in UTF-16: there each letter is followed or led by a zero byte.
    let wide = |text: &[u8]| text.iter().flat_map(|byte| [*byte, 0]).collect::<Vec<u8>>();
    let patterns: Vec<Vec<u8>> = [&b"<!DOCTYPE"[..], b"<!ENTITY"]
        .iter()
        .flat_map(|text| [text.to_vec(), wide(text)[..text.len() * 2 - 1].to_vec()])
        .collect();
    let finders: Vec<memmem::Finder<'_>> = patterns.iter().map(memmem::Finder::new).collect();
    let mut block = vec![0_u8; 128 << 10];
    let encrypted = memmem::Finder::new("encryption-data");
    let (mut kept, mut own, mut claimed) = (0_usize, 0_u64, None);
    // Bytes since the last tag began: readers hold what is between two tags in memory.
    let mut since = 0;
    loop {
        let got = match part.read(&mut block[kept..]) {
            Ok(got) => got,
            Err(error) => return Err(Refusal::damaged(file, format!("{name}: {error}"))),
        };
        if got == 0 {
            break;
        }
        let size = kept + got;
        if look.sealed && encrypted.find(&block[..size]).is_some() {
            return Err(Refusal::Encrypted { file: file.to_owned() });
        }
        if !look.binary && finders.iter().any(|finder| finder.find(&block[..size]).is_some()) {
            return Err(Refusal::XmlEntities { file: file.to_owned(), part: name.to_owned() });
        }
        let new = &block[kept..size];
        since += memchr(b'<', new).unwrap_or(new.len());
        if !look.binary && since > limits.record_bytes {
            let detail = format!("{name} holds more than {} MiB in one piece", limits.record_bytes >> 20);
            return Err(Refusal::damaged(file, detail));
        }
        if let Some(last) = memrchr(b'<', new) {
            since = new.len() - last;
        }
        if own == 0 && strings && !look.binary {
            claimed = claimed_strings(&block[..size]);
        }
        own += got as u64;
        meter.add(got as u64, own, packed)?;
        if strings && own > limits.shared_strings_bytes {
            let detail = format!("more than {} MiB of text", limits.shared_strings_bytes >> 20);
            return Err(Refusal::UnpacksTooLarge { file: file.to_owned(), detail });
        }
        kept = size.min(32);
        block.copy_within(size - kept..size, 0);
    }
    // The reader makes room for as many strings as the part claims; each takes at least `<si/>`.
    if claimed.is_some_and(|count| count > own / 5 + 1) {
        return Err(Refusal::damaged(file, "its table of strings claims more than it holds"));
    }
    Ok(())
}

/// The `uniqueCount` a table of shared strings claims.
fn claimed_strings(head: &[u8]) -> Option<u64> {
    const MARK: &[u8] = b"uniqueCount=";
    let at = memmem::find(&head[..head.len().min(16 << 10)], MARK)? + MARK.len() + 1;
    let digits: Vec<u8> = head.get(at..)?.iter().copied().take_while(u8::is_ascii_digit).collect();
    // A claim too long for a number is larger than any part.
    Some(String::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX))
}
