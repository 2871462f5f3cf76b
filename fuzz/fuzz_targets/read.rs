//! Any bytes as a file: containers, workbooks, archives, text. README.md says how to run it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tabular::{Hints, Limits, Refusal};

fuzz_target!(
    init: {
        // The reader makes refusals of the panics of spreadsheet libraries; one that it does not catch ends the run still.
        let end = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !panic.location().is_some_and(|place| place.file().contains("/registry/")) {
                end(panic);
            }
        }));
    },
    |bytes: &[u8]| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).expect("a file in it");
        // Small bounds: what the fuzzer looks for does not need size.
        let limits = Limits { unpacked_bytes: 16 << 20, record_bytes: 1 << 20, ..Limits::default() };
        let _rows: Result<u64, Refusal> = read(&path, &limits);
    }
);

fn read(path: &std::path::Path, limits: &Limits) -> Result<u64, Refusal> {
    let mut rows = 0;
    for member in tabular::open(path, "file", limits, &Hints::default())? {
        for index in 0..member.sheets()?.len() {
            let width = member.sheets()?[index].columns.len();
            for row in member.rows(index)? {
                assert!(row?.cells.len() >= width);
                rows += 1;
            }
        }
    }
    Ok(rows)
}
