//! Any text behind a header, told its dialect: the splitter, its repairs and the search for tables. The first byte chooses
//! the dialect.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tabular::{Hints, Limits};

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, rest)) = bytes.split_first() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("file");
    let delimiter = b",;\t| ^"[usize::from(choice % 6)];
    let mark = char::from(delimiter);
    let head = format!("Code{mark}Name{mark}Qty\nA1{mark}Pinot{mark}2\nA2{mark}Merlot{mark}3\n");
    std::fs::write(&path, [head.as_bytes(), rest].concat()).expect("a file in it");
    let quote = if choice & 64 == 0 { b'"' } else { b'\'' };
    let hints = Hints { delimiter: Some(delimiter), quote: Some(quote), ..Hints::default() };
    let Ok(members) = tabular::open(&path, "file", &Limits::default(), &hints) else { return };
    for member in &members {
        let Ok(sheets) = member.sheets() else { return };
        for sheet in sheets {
            let profile = member.profile(sheet.index).expect("what was looked at is read");
            let rows = member.rows(sheet.index).expect("it opens twice").filter(Result::is_ok).count();
            assert_eq!(profile.rows, rows as u64);
        }
    }
});
