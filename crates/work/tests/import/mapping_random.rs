//! Headers and values of any mixture: the mapping of every kind of record holds to its rules. The fuzzer asks the same for
//! longer (`fuzz/`).

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use work::import::{DATA_TYPES, targets};

use crate::{gold, mapped};

/// The longest that the mapping may take in a build without optimization, on a machine that does much else.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
/// Cells of every kind of value.
const VALUES: [&str; 24] = [
    "", "0", "1", "12", "-3.5", "1,234.00", "0.15", "50%", "฿1,200", "2026-01-31", "31/01/2569",
    "04/05/2026", "2026-01-31 09:30", "12:30", "yes", "No", "A-001", "0012", "+66 81 234 5678",
    "a@b.example", "https://b.example", "0190b1f2-7c3e-7a10-8f43-1c2d3e4f5a6b", "NULL", "(?) Required.",
];

/// Headers of products, of the fields themselves, and whatever else.
fn header() -> impl Strategy<Value = String> {
    let known: Vec<String> = gold::headers().map(str::to_owned).collect();
    let fields = DATA_TYPES.iter().flat_map(targets).map(|target| target.path);
    let names: Vec<String> =
        fields.map(|path| path.rsplit_once('.').map_or("", |(_, name)| name).replace('_', " ")).collect();
    prop_oneof![
        4 => proptest::sample::select(known),
        4 => proptest::sample::select(names.clone()),
        2 => (proptest::sample::select(names), any::<u8>()).prop_map(|(name, at)| {
            let at = usize::from(at) % name.chars().count().max(1);
            name.chars().enumerate().filter(|(place, _)| *place != at).map(|(_, letter)| letter).collect()
        }),
        1 => "\\PC{0,24}",
    ]
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![9 => proptest::sample::select(&VALUES[..]).prop_map(str::to_owned), 1 => "\\PC{0,24}"]
}

fn text(columns: &[(String, Vec<String>)]) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let row = |cells: Vec<String>| cells.join("\t") + "\n";
    let mut text = row(columns.iter().map(|(header, _)| quoted(header)).collect());
    for at in 0..3 {
        text += &row(columns.iter().map(|(_, cells)| quoted(&cells[at])).collect());
    }
    text
}

#[test]
fn any_headers_over_any_values_are_mapped_by_the_rules() {
    let columns = proptest::collection::vec((header(), proptest::collection::vec(cell(), 3)), 1..14);
    let mut runner = TestRunner::new(Config { cases: 400, ..Config::default() });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let mapped = std::cell::Cell::new(0);
    runner
        .run(&(columns, any::<u8>(), any::<u8>()), |(columns, kind, known)| {
            std::fs::write(&path, text(&columns)).unwrap();
            // About every third file says nothing of what it holds.
            let kind = DATA_TYPES.get(usize::from(kind) % (DATA_TYPES.len() * 3 / 2));
            mapped.set(mapped.get() + mapped::map(&path, kind, known));
            Ok(())
        })
        .unwrap();
    assert!(mapped.get() > 200, "most files have a mapping, else nothing is tested: {}", mapped.get());
}

/// Writes headers of products and of all fields into the folder of the fuzzer's target, where `FUZZ_SEEDS` names it.
#[test]
fn seeds_for_the_fuzzer() {
    let Some(folder) = std::env::var_os("FUZZ_SEEDS").map(std::path::PathBuf::from) else {
        println!("skipped: FUZZ_SEEDS is not set");
        return;
    };
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder).join("map");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, kind: u8, text: &str| {
        std::fs::write(folder.join(name), [&[kind, 0], text.as_bytes()].concat()).unwrap();
    };
    for (number, export) in gold::texts().into_iter().enumerate() {
        write(&format!("export{number:03}"), u8::MAX, &export);
    }
    for (number, kind) in DATA_TYPES.iter().enumerate() {
        let row = |cell: fn(String) -> String| {
            let cells = targets(kind).into_iter().map(|target| cell(target.path));
            cells.collect::<Vec<_>>().join("\t") + "\n"
        };
        let text = row(|path| path) + &row(|_| "1".into()) + &row(|_| "0.5".into());
        write(&format!("fields{number:03}"), number as u8, &text);
    }
}

#[test]
fn long_and_many_headers_are_mapped_soon() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let names = DATA_TYPES.iter().flat_map(targets).map(|target| target.path.replace(['.', '_'], " "));
    let wide: Vec<String> =
        names.cycle().take(300).enumerate().map(|(at, name)| format!("{name} {at}")).collect();
    let long = vec!["Kunden Nr ".repeat(20_000), "Name".to_owned()];
    for headers in [wide, long] {
        let cells = vec![vec!["one".to_owned(); 3]; headers.len()];
        std::fs::write(&path, text(&headers.into_iter().zip(cells).collect::<Vec<_>>())).unwrap();
        let start = std::time::Instant::now();
        mapped::map(&path, None, 0);
        assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    }
}
