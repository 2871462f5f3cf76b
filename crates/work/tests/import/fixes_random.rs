//! After any corrections the verdicts are those of a fresh import of the corrected files.

use std::collections::BTreeMap;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use store::sql::Query;
use uuid::Uuid;
use work::import::{self, Column as Of, Fix, Mode, Options};

use crate::house::{House, valid_rows};

/// A column by its header, and what its cells hold.
type Column = (&'static str, &'static [&'static str]);

/// The files of a set: name and columns.
const FILES: &[(&str, &[Column])] = &[
    (
        "categories.csv",
        &[
            ("Category code", &["K1", "K2", "K3", "K4", ""]),
            ("Category name", &["Red", "White", "Rose", ""]),
            ("Parent", &["White", "", "K1", "", "K2", "K9"]),
        ],
    ),
    (
        "products.csv",
        &[
            ("Product code", &["P1", "P2", "P3", ""]),
            ("Product name", &["Pear", "Plum", "Quince", ""]),
            ("Category", &["K1", "K2", "K3", "", "K8"]),
            ("Unit price", &["1", "2", "cheap", ""]),
            ("Stock", &["5", "6", "", "some"]),
        ],
    ),
    (
        "customers.csv",
        &[
            ("Customer code", &["C1", "C2", "C3", "C4", "c1", ""]),
            ("Customer name", &["One", "Two", "Three", ""]),
            ("E-mail", &["a@x.de", "b@x.de", "nobody", ""]),
            ("Credit limit", &["100", "lots", ""]),
        ],
    ),
    (
        "contacts.csv",
        &[
            ("Customer", &["C1", "C2", "C3", "One", "C9"]),
            ("Contact name", &["Ann", "Bob", ""]),
            ("E-mail", &["p@x.de", "q@x.de", "nobody"]),
        ],
    ),
    (
        "orders.csv",
        &[
            ("Order number", &["S1", "S2", "S3", ""]),
            ("Customer", &["C1", "C2", "C4", "C9"]),
            ("Order date", &["2026-01-05", "2026-02-30"]),
            ("Product code", &["P1", "P2", "P9"]),
            ("Quantity", &["1", "2", "two"]),
            ("Unit price", &["2", "3", ""]),
        ],
    ),
];

/// A row as the file has it, or shorter or longer.
fn row(columns: &'static [Column]) -> impl Strategy<Value = Vec<String>> {
    let cells: Vec<_> = columns.iter().map(|(_, values)| prop::sample::select(*values)).collect();
    (cells, 0..14_u8).prop_map(|(cells, shape)| {
        let mut cells: Vec<String> = cells.into_iter().map(str::to_owned).collect();
        match shape {
            0 => cells.truncate(2),
            1 => cells.push("more".into()),
            _ => {}
        }
        cells
    })
}

#[derive(Clone, Debug)]
struct Step {
    file: usize,
    row: usize,
    column: usize,
    value: usize,
    what: u8,
}

#[derive(Clone, Debug)]
struct Case {
    sheets: Vec<Vec<Vec<String>>>,
    steps: Vec<Step>,
    mode: Mode,
    known: bool,
}

fn case() -> impl Strategy<Value = Case> {
    let sheets: Vec<_> = FILES.iter().map(|(_, columns)| prop::collection::vec(row(columns), 2..7)).collect();
    let step = (0..FILES.len(), 1..8_usize, 0..6_usize, 0..6_usize, 0..10_u8)
        .prop_map(|(file, row, column, value, what)| Step { file, row, column, value, what });
    let mode = prop_oneof![Just(Mode::Upsert), Just(Mode::Upsert), Just(Mode::Create), Just(Mode::Update)];
    (sheets, prop::collection::vec(step, 1..9), mode, any::<bool>())
        .prop_map(|(sheets, steps, mode, known)| Case { sheets, steps, mode, known })
}

/// The file's text; a first row that is good holds something in every column.
fn text(file: usize, rows: &[Vec<String>]) -> String {
    let columns = FILES[file].1;
    let mut lines = vec![columns.iter().map(|(header, _)| *header).collect::<Vec<_>>().join(",")];
    lines.push(columns.iter().map(|(_, values)| values[0].replace('1', "0")).collect::<Vec<_>>().join(","));
    lines.extend(rows.iter().map(|cells| cells.join(",")));
    lines.join("\n") + "\n"
}

/// The rows with the corrections that the database keeps; a row that is left out is blank.
fn corrected(file: usize, rows: &[Vec<String>], fixes: &[(i64, Option<i32>, String)]) -> Vec<Vec<String>> {
    let width = FILES[file].1.len();
    let mut rows = rows.to_vec();
    for (number, cells) in (3_i64..).zip(&mut rows) {
        let of: Vec<_> = fixes.iter().filter(|(row, ..)| *row == number).collect();
        if of.iter().any(|(_, place, _)| place.is_none()) {
            *cells = vec![String::new(); width];
            continue;
        }
        let last = cells.iter().rposition(|cell| !cell.trim().is_empty());
        for (_, place, value) in of {
            let place = usize::try_from(place.unwrap_or_default()).unwrap();
            if last.is_none_or(|last| place > last) {
                cells.resize(width, String::new());
            }
            if place < cells.len() {
                cells[place].clone_from(value);
            }
        }
    }
    rows
}

impl House {
    /// Every staged row of a set, by file, part and number: all that is told of it, ids by what they stand for.
    async fn verdicts(&self, set: Uuid) -> BTreeMap<String, Value> {
        let sql =
            "select b.file_name, r.id, to_jsonb(r) - '{tenant_id,id,batch_id,created_at,raw,defects}'::text[]
             from import_rows r join import_batches b on b.tenant_id = $1 and b.id = r.batch_id
             where r.tenant_id = $1 and b.parent_id = $2 and r.status <> 'skipped'";
        let query = Query::free(sql, vec![self.caller.tenant.into(), set.into()]);
        let found = self.db.read(&self.caller, query).await.unwrap();
        let rows: Vec<(String, Uuid, Value)> =
            found.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
        let name = |file: &str, row: &Value| {
            let key = if row["is_file_row"] == true { Value::Null } else { row["payload"].clone() };
            format!("{file} {} {} {key}", row["part"], row["row_number"])
        };
        let names: Vec<(String, String)> =
            rows.iter().map(|(file, id, row)| (id.to_string(), name(file, row).replace('"', "'"))).collect();
        let told = |(file, _, row): &(String, Uuid, Value)| {
            let mut text = row.to_string();
            for (id, name) in &names {
                text = text.replace(id, name);
            }
            (name(file, row), json!(text))
        };
        rows.iter().map(told).collect()
    }

    async fn fixes(&self, batch: Uuid) -> Vec<(i64, Option<i32>, String)> {
        let sql = "select row_number, place, coalesce(value, '') from import_fixes where tenant_id = $1 and batch_id = $2";
        let query = Query::free(sql, vec![self.caller.tenant.into(), batch.into()]);
        let found = self.db.read(&self.caller, query).await.unwrap();
        found.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
    }
}

fn fix(case: &Case, step: &Step) -> Option<Fix> {
    let columns = FILES[step.file].1;
    let cells = case.sheets[step.file].get(step.row - 1)?;
    let place = step.column % columns.len();
    let (row, column) = (i64::try_from(step.row).unwrap() + 2, Of::Place(place));
    let values = columns[place].1;
    let value = values[step.value % values.len()].to_owned();
    Some(match step.what {
        0 => Fix::Skip { row, skip: true },
        1 => Fix::Skip { row, skip: false },
        2 => Fix::Cell { row, column, value: None },
        3 | 4 => {
            let code = ["not_an_email", "unknown_link", "not_a_number", "required"][step.value % 4];
            Fix::Alike { column, holds: cells.get(place)?.clone(), code: code.into(), value }
        }
        _ => Fix::Cell { row, column, value: Some(value) },
    })
}

async fn check(case: &Case) {
    let house = House::new().await;
    if case.known {
        let before = "Customer code,Customer name,E-mail\nC1,Known,a@x.de\nC7,Other,b@x.de\n";
        house.content("before.csv", before, &valid_rows()).await;
    }
    let asked = Options { mode: Some(case.mode), ..valid_rows() };
    let files = |sheets: &[Vec<Vec<String>>]| -> Vec<_> {
        let one = |(at, rows): (usize, &Vec<Vec<String>>)| house.file(FILES[at].0, text(at, rows));
        sheets.iter().enumerate().map(one).collect()
    };
    let set = house.dry(&files(&case.sheets), &asked).await;
    let batches: Vec<Uuid> = house.report(set).await.files.iter().map(|file| file.batch).collect();
    let mut done = vec![];
    for step in &case.steps {
        let Some(fix) = fix(case, step) else { continue };
        done.push((FILES[step.file].0, fix.clone()));
        match import::fix(&house.db, &house.caller, batches[step.file], &fix).await {
            Ok(fixed) if fixed.checked.is_none() => {
                import::validate(&house.db, &house.files, &house.caller, set, &|_| {}).await.unwrap();
            }
            Ok(_) => {}
            // A row without a cell is none.
            Err(problem) => {
                assert!(problem.field_errors().iter().any(|error| error.field == "row"), "{problem}")
            }
        }
    }
    let mut sheets = vec![];
    for (at, rows) in case.sheets.iter().enumerate() {
        sheets.push(corrected(at, rows, &house.fixes(batches[at]).await));
    }
    let fresh = house.dry(&files(&sheets), &asked).await;
    let (mine, theirs) = (house.verdicts(set).await, house.verdicts(fresh).await);
    for (name, told) in &theirs {
        assert_eq!(mine.get(name), Some(told), "{name} after {done:#?}");
    }
    assert_eq!(mine.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>(), "after {done:#?}");
    let (report, other) = (house.report(set).await, house.report(fresh).await);
    assert!(report.counts.add_up(), "{:?}", report.counts);
    for (mine, theirs) in report.files.iter().zip(&other.files) {
        let without =
            |counts: import::Counts| (counts.created, counts.updated, counts.unchanged, counts.failed);
        assert_eq!(without(mine.counts), without(theirs.counts), "{}", mine.file);
    }
}

/// `PROPTEST_CASES` makes it longer.
#[test]
fn corrections_come_to_the_verdicts_of_the_corrected_files() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let mut runner = TestRunner::new(Config {
        cases,
        max_shrink_iters: 20,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&case(), |case| {
        runtime.block_on(check(&case));
        Ok(())
    });
    outcome.unwrap();
}
