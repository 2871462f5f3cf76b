//! The committed reference pages are those the descriptions give. `TENANTRY_REWRITE=1` writes them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeSet, env, fs, path::Path};

use model::{dictionary, problem, value::codes};

fn same(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if env::var_os("TENANTRY_REWRITE").is_some() {
        fs::write(&path, page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(
        committed == page,
        "docs/{name} is out of date: run `TENANTRY_REWRITE=1 cargo test -p model --test documents`"
    );
}

#[test]
fn the_dictionary_is_current() {
    same("dictionary.md", &dictionary::markdown());
}

#[test]
fn the_list_of_problems_is_current() {
    same("problems.md", &dictionary::problems());
}

#[test]
fn codes_are_distinct_and_say_what_to_do() {
    let general: BTreeSet<&str> = problem::codes::ALL.iter().map(|code| code.code).collect();
    let values: BTreeSet<&str> = codes::ALL.iter().map(|code| code.code).collect();
    assert_eq!((general.len(), values.len()), (problem::codes::ALL.len(), codes::ALL.len()));
    assert!(problem::codes::ALL.iter().all(|code| code.about.ends_with('.')));
    assert!(codes::ALL.iter().all(|code| code.about.ends_with('.')));
}
