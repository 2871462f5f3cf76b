//! The names of figures: what the program measures, what the documentation lists, what the alerts ask for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeSet, fs, path::Path};

use work::telemetry::{METRICS, Sort, table};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names in a text that look like a figure's: `tenantry_…` or `process_…`.
fn names(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with("tenantry_") || word.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(read(&path));
        }
    }
}

#[test]
fn every_figure_that_is_measured_is_listed_and_every_listed_one_is_measured() {
    let mut measured = BTreeSet::new();
    for floor in ["store", "work", "web", "tenantry"] {
        let mut texts = vec![];
        sources(&root().join("crates").join(floor).join("src"), &mut texts);
        for text in texts {
            for sort in ["counter!(", "gauge!(", "histogram!("] {
                let calls = text.split(sort).skip(1);
                let named = calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next());
                measured.extend(named.map(str::to_owned));
            }
        }
    }
    let listed: BTreeSet<String> = METRICS.iter().map(|metric| metric.name.to_owned()).collect();
    assert_eq!(measured, listed);
}

#[test]
fn the_documentation_lists_them_as_they_are() {
    let path = root().join("docs/operating.md");
    let text = read(&path);
    let (begin, end) = ("<!-- figures -->\n", "<!-- /figures -->");
    let (head, rest) = text.split_once(begin).unwrap();
    let (_, tail) = rest.split_once(end).unwrap();
    let expected = format!("{head}{begin}{}{end}{tail}", table());
    if std::env::var_os("TENANTRY_REWRITE").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    assert_eq!(read(&path), expected, "run it with TENANTRY_REWRITE=1");
}

#[test]
fn alerts_ask_for_figures_that_exist_and_each_has_a_runbook() {
    let alerts = read(&root().join("docs/alerts.yml"));
    let operating = read(&root().join("docs/operating.md"));
    let known = |name: &str| {
        METRICS.iter().any(|metric| {
            let stem = name.strip_suffix("_bucket").filter(|_| metric.sort == Sort::Histogram);
            metric.name == stem.unwrap_or(name)
        })
    };
    let expressions: Vec<&str> =
        alerts.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).collect();
    assert!(expressions.len() >= 10, "{expressions:?}");
    for expression in expressions {
        let asked = names(expression);
        assert!(!asked.is_empty() && asked.iter().all(|name| known(name)), "{expression}");
    }
    for alert in alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        assert!(operating.contains(&format!("**{alert}**")), "{alert} has no runbook");
    }
}
