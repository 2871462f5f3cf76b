//! Files of every kind with bytes changed, taken away, doubled and mixed: whatever comes, the reader answers with rows or
//! a refusal, soon, and the same twice.
//!
//! `TABULAR_MUTATIONS=200000` makes more of them; the number of a file is its seed.

use std::time::{Duration, Instant};

use tabular::{Hints, Limits, Refusal};

use crate::{
    dice::Dice,
    kinds::{Half, KINDS, files},
    writers::Value::{Day, Hours, Number, Text, Truth},
    writers::{Value, compound, ods_with, workbook_stream, xls, xlsb, zip},
};

/// Files that are tried in a run of all tests.
const FILES: u64 = 1_500;
/// The longest that a small file may take, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// Files of each kind of pollution.
fn texts() -> Vec<Vec<u8>> {
    KINDS
        .iter()
        .flat_map(|kind| files(kind, Half::Open, 4).into_iter().take(2))
        .map(|file| file.bytes)
        .collect()
}

/// Workbooks of all formats, and archives.
fn books() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let rows: [&[Value<'_>]; 3] = [
        &[Text("Name"), Text("Qty"), Text("Since"), Text("Lasted"), Text("Active")],
        &[Text("Château"), Number(2.5), Day(45_351.0), Hours(1.5), Truth(true)],
        &[Text("ไวน์แดง"), Number(3.0), Day(45_352.5), Hours(0.25), Truth(false)],
    ];
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..20 {
        sheet.write_string(row, 0, format!("name {row}")).unwrap();
        sheet.write_number(row, 1, f64::from(row) * 1.7).unwrap();
    }
    all.push(book.save_to_buffer().unwrap());
    all.push(xls(&rows));
    all.push(xlsb(&rows));
    all.push(ods_with(
        r#"<table:table table:name="One"><table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2"><text:p>a&amp;b</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell></table:table-row></table:table>"#,
    ));
    all.push(zip(&[("a.csv", b"a,b\n1,2\n"), ("b.txt", b"x;y\n3;4\n")]));
    all.push(compound(&[("/Workbook", &workbook_stream(&rows, &[]))]));
    all
}

/// Pieces that mean something to some part of the reader.
const PIECES: [&[u8]; 26] = [
    b"\"", b"'", b"\\", b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\0", b"\xFF", b"\xEF\xBB\xBF",
    b"\xFF\xFE", b"\xED\xA0\x80", b"\x1B$B", b"\x84\x31\x95\x33", b"\"\"", b"\",\"", b"sep=;\n",
    b"<!DOCTYPE", b"&#0;", b"\n\n", b"99999999999", b"-1", b"PK\x03\x04",
];

/// Changes bytes in one to eight places.
fn changed(mut bytes: Vec<u8>, other: &[u8], dice: &mut Dice) -> Vec<u8> {
    for _ in 0..dice.between(1, 8) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(40)).min(bytes.len());
        match dice.below(8) {
            0 if at < bytes.len() => bytes[at] = dice.roll() as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece.repeat(dice.between(1, 30)));
            }
            4 => bytes.truncate(at),
            5 if !other.is_empty() => {
                let from = dice.below(other.len());
                let piece = &other[from..(from + dice.below(200)).min(other.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            _ => drop(bytes.splice(at..at, dice.one(&PIECES).iter().copied())),
        }
    }
    bytes
}

/// A changed file. Of an archive, often one of its members is changed instead, so that it still opens.
fn mutant(seeds: &[Vec<Vec<u8>>; 2], dice: &mut Dice) -> Vec<u8> {
    let kind = usize::from(dice.chance(35));
    let seed = dice.one(&seeds[kind]).clone();
    let other = dice.one(&seeds[kind]).clone();
    if dice.chance(80)
        && seed.starts_with(b"PK")
        && let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(&seed))
    {
        let chosen = dice.below(archive.len());
        let mut parts = Vec::new();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let name = String::from_utf8(entry.name_raw().to_vec()).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
            parts.push((name, if index == chosen { changed(bytes, &other, dice) } else { bytes }));
        }
        let parts: Vec<(&str, &[u8])> =
            parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        return zip(&parts);
    }
    changed(seed, &other, dice)
}

/// Reads a file to its end; checks what must hold of every answer.
fn read(path: &std::path::Path) -> Result<Vec<Vec<String>>, Refusal> {
    let limits = Limits { unpacked_bytes: 64 << 20, record_bytes: 1 << 20, ..Limits::default() };
    let mut all = Vec::new();
    for member in tabular::open(path, "mutant", &limits, &Hints::default())? {
        for (index, sheet) in member.sheets()?.iter().enumerate() {
            let mut before = 0;
            for row in member.rows(index)? {
                let row = row?;
                assert!(row.number > before, "rows go on");
                before = row.number;
                assert!(row.cells.len() >= sheet.columns.len(), "no cell is missing");
                assert!(row.cells.iter().all(|cell| cell.len() <= limits.cell_bytes && !cell.contains('\0')));
                all.push(row.cells);
            }
            let counted = sheet.is_counted.then_some(sheet.row_estimate);
            assert!(
                counted.is_none_or(|counted| counted <= before),
                "no more rows than the last one's number"
            );
        }
    }
    Ok(all)
}

#[test]
fn changed_files_give_rows_or_a_refusal() {
    let count = std::env::var("TABULAR_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(FILES);
    let first: u64 = std::env::var("TABULAR_FIRST").ok().and_then(|first| first.parse().ok()).unwrap_or(0);
    let seeds = [texts(), books()];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mutant");
    let (mut read_whole, mut refused) = (0_u64, std::collections::BTreeMap::<&str, u64>::new());
    for number in first..first + count {
        let bytes = mutant(&seeds, &mut Dice::new(number));
        std::fs::write(&path, &bytes).unwrap();
        let start = Instant::now();
        let told = || format!("mutant {number}, {} bytes", bytes.len());
        let once = std::panic::catch_unwind(|| read(&path)).unwrap_or_else(|_| panic!("{}", told()));
        assert!(start.elapsed() < PATIENCE, "{} took {:?}", told(), start.elapsed());
        assert_eq!(once, read(&path), "{} reads differently the second time", told());
        match once {
            Ok(_) => read_whole += 1,
            Err(refusal) => *refused.entry(refusal.code()).or_default() += 1,
        }
    }
    println!("{count} files: {read_whole} read, refused: {refused:?}");
    assert!(read_whole * 2 > count, "most files stay readable, else nothing is tested");
}

/// Writes the unchanged files into the folders of the fuzzer's targets, where `FUZZ_SEEDS` names them.
#[test]
fn seeds_for_the_fuzzer() {
    let Some(folder) = std::env::var_os("FUZZ_SEEDS").map(std::path::PathBuf::from) else {
        println!("skipped: FUZZ_SEEDS is not set");
        return;
    };
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    for target in ["text", "read"] {
        std::fs::create_dir_all(folder.join(target)).unwrap();
    }
    for (number, bytes) in texts().into_iter().enumerate() {
        std::fs::write(folder.join(format!("text/{number:03}")), [&b"\0"[..], &bytes].concat()).unwrap();
        std::fs::write(folder.join(format!("read/{number:03}")), bytes).unwrap();
    }
    for (number, bytes) in books().into_iter().enumerate() {
        std::fs::write(folder.join(format!("read/book{number:03}")), bytes).unwrap();
    }
}
