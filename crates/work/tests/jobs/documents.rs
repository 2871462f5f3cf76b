//! The list of kinds in `docs/jobs.md`, written anew with `TENANTRY_REWRITE=1`.

use std::path::Path;

use work::jobs::kinds;

#[test]
fn the_list_of_kinds_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/jobs.md");
    let committed = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- kinds -->\n", "<!-- end of kinds -->");
    let (before, rest) = committed.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let mut table = "| kind | does | attempts | priority |\n|---|---|---|---|\n".to_owned();
    for kind in kinds().filter(|kind| !kind.name.starts_with("test.")) {
        table +=
            &format!("| `{}` | {} | {} | {} |\n", kind.name, kind.about, kind.max_attempts, kind.priority);
    }
    let current = format!("{before}{begin}{table}{end}{after}");
    if std::env::var_os("TENANTRY_REWRITE").is_some() {
        std::fs::write(&path, current).unwrap();
    } else {
        assert_eq!(committed, current, "write it anew with TENANTRY_REWRITE=1");
    }
}
