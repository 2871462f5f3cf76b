//! Any headers over any cells, parted by tabs: which column gives which field. The first byte chooses what the file is said
//! to hold (nothing, beyond the data types), the second what the mapper knows of the tenant.
#![no_main]

use libfuzzer_sys::fuzz_target;
use work::import::DATA_TYPES;

#[path = "../../crates/work/tests/import/mapped.rs"]
mod mapped;

fuzz_target!(|bytes: &[u8]| {
    let [kind, known, text @ ..] = bytes else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("file");
    std::fs::write(&path, text).expect("a file in it");
    mapped::map(&path, DATA_TYPES.get(usize::from(*kind)), *known);
});
