//! Files of any mixture of rows, under any mode and policy: counts add up, and the dry run foretells the commit.

use std::fmt::Write;

use model::caller::Caller;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use store::sql::Query;
use work::{
    import::{self, EmptyCells, Mode, Options, Policy},
    tenants::{self, NewTenant},
};

use crate::house::{House, options};

/// A row of customers, by what is the matter with it.
#[derive(Clone, Debug)]
enum Row {
    /// Code and name of a few, so that rows repeat and meet records that exist.
    Good {
        code: u8,
        name: u8,
    },
    NoCity {
        code: u8,
    },
    NoName {
        code: u8,
    },
    BadMail {
        code: u8,
    },
    BadLimit {
        code: u8,
    },
    NoCells,
    TooMany {
        code: u8,
    },
    TooFew {
        code: u8,
    },
    Contact {
        customer: u8,
        name: u8,
    },
}

fn row() -> impl Strategy<Value = Row> {
    let code = 0..12_u8;
    prop_oneof![
        8 => (code.clone(), 0..3_u8).prop_map(|(code, name)| Row::Good { code, name }),
        2 => code.clone().prop_map(|code| Row::NoCity { code }),
        1 => code.clone().prop_map(|code| Row::NoName { code }),
        1 => code.clone().prop_map(|code| Row::BadMail { code }),
        1 => code.clone().prop_map(|code| Row::BadLimit { code }),
        1 => Just(Row::NoCells),
        1 => code.clone().prop_map(|code| Row::TooMany { code }),
        1 => code.clone().prop_map(|code| Row::TooFew { code }),
        3 => (code, 0..4_u8).prop_map(|(customer, name)| Row::Contact { customer, name }),
    ]
}

#[derive(Clone, Debug)]
struct Case {
    before: Vec<Row>,
    files: Vec<Vec<Row>>,
    mode: Mode,
    policy: Option<Policy>,
    empty: EmptyCells,
}

fn case() -> impl Strategy<Value = Case> {
    // Half of the files are without a bad row, so that all or nothing is all too.
    let sound = row().prop_filter("good", |row| {
        matches!(row, Row::Good { .. } | Row::NoCity { .. } | Row::Contact { .. })
    });
    let file = prop_oneof![prop::collection::vec(row(), 1..25), prop::collection::vec(sound, 1..8)];
    let mode = prop_oneof![Just(Mode::Upsert), Just(Mode::Upsert), Just(Mode::Create), Just(Mode::Update)];
    let policy = prop_oneof![Just(None), Just(Some(Policy::AllOrNothing)), Just(Some(Policy::ValidRows))];
    let empty = prop_oneof![Just(EmptyCells::Keep), Just(EmptyCells::Clear)];
    (prop::collection::vec(row(), 0..12), prop::collection::vec(file, 1..4), mode, policy, empty)
        .prop_map(|(before, files, mode, policy, empty)| Case { before, files, mode, policy, empty })
}

/// The customers and the contacts of the rows as two files, and how many rows with a cell each has.
fn files(rows: &[Row]) -> [(String, u64); 2] {
    let mut customers = String::from("Code,Name,Email,Credit limit,City\n");
    let mut contacts = String::from("Customer,Name,Email\n");
    let mut count = [0, 0];
    for row in rows {
        count[usize::from(matches!(row, Row::Contact { .. }))] += u64::from(!matches!(row, Row::NoCells));
        let told = match row {
            Row::Good { code, name } => {
                writeln!(customers, "C{code},Name {name},c{code}@x.de,{name}00,Town {name}")
            }
            Row::NoCity { code } => writeln!(customers, "C{code},Name 1,,,"),
            Row::NoName { code } => writeln!(customers, "C{code},,c{code}@x.de,1,Town"),
            Row::BadMail { code } => writeln!(customers, "C{code},Name,no mail,1,Town"),
            Row::BadLimit { code } => writeln!(customers, "C{code},Name,,much,Town"),
            Row::NoCells => writeln!(customers, ",,,,"),
            Row::TooMany { code } => writeln!(customers, "C{code},Name,,1,Town,more,and more"),
            Row::TooFew { code } => writeln!(customers, "C{code},Name"),
            Row::Contact { customer, name } => {
                writeln!(contacts, "C{customer},Person {name},p{customer}{name}@x.de")
            }
        };
        told.unwrap();
    }
    [(customers, count[0]), (contacts, count[1])]
}

/// Every customer and contact, as text.
async fn state(house: &House, caller: &Caller) -> String {
    let sql = "select coalesce(string_agg(line, E'\\n' order by line), '') from (
                 select (to_jsonb(c) - 'id' - 'updated_at')::text as line from customers c where tenant_id = $1
                 union all select (to_jsonb(c) - 'id' - 'updated_at')::text from contacts c where tenant_id = $1) x";
    house.db.read(caller, Query::free(sql, vec![caller.tenant.into()])).await.unwrap()[0].get(0)
}

async fn check(house: &House, slug: &str, case: &Case) {
    let tenant = tenants::create(&house.db, &NewTenant::new(slug, slug)).await.unwrap();
    let caller = Caller::system(tenant, house.db.world().id());
    let receive = async |files: Vec<(String, String)>, options: &Options| {
        let uploads = files.iter().map(|(name, text)| house.upload(&house.file(name, text))).collect();
        let batch = import::receive(&house.db, &house.files, &caller, uploads, options).await.unwrap();
        import::validate(&house.db, &house.files, &caller, batch, &|_| {}).await.unwrap();
        batch
    };
    let [(before, rows), _] = files(&case.before);
    if rows > 0 {
        let valid =
            Options { policy: Some(Policy::ValidRows), data_type: Some("customers".into()), ..options() };
        let batch = receive(vec![("before.csv".into(), before)], &valid).await;
        import::commit(&house.db, &caller, batch, &|_| {}).await.unwrap();
    }
    let (mut told, mut expected) = (vec![], vec![]);
    for (at, rows) in case.files.iter().enumerate() {
        for ((text, count), kind) in files(rows).into_iter().zip(["customers", "contacts"]) {
            if count > 0 {
                told.push((format!("{kind}-{at}.csv"), text));
                expected.push(count);
            }
        }
    }
    if told.is_empty() {
        return;
    }
    let asked =
        Options { mode: Some(case.mode), policy: case.policy, empty_cells: Some(case.empty), ..options() };
    let held = state(house, &caller).await;
    let batch = receive(told, &asked).await;
    assert_eq!(state(house, &caller).await, held, "a dry run leaves no trace");
    let foretold = import::report(&house.db, &caller, batch).await.unwrap();
    import::commit(&house.db, &caller, batch, &|_| {}).await.unwrap();
    let report = import::report(&house.db, &caller, batch).await.unwrap();
    let mut sum = 0;
    for ((did, said), rows) in report.files.iter().zip(&foretold.files).zip(expected) {
        assert!(did.counts.add_up() && said.counts.add_up(), "{did:?}");
        assert_eq!(did.counts.rows, rows, "{}: each row counts once", did.file);
        assert_eq!(did.counts.failed, said.counts.failed, "{}", did.file);
        sum += rows;
    }
    assert_eq!(report.counts.rows, sum);
    assert!(report.counts.add_up());
    let together = case.policy != Some(Policy::ValidRows);
    if together && foretold.counts.failed > 0 {
        assert_eq!(report.status, "failed");
        assert_eq!(report.counts.skipped, sum - foretold.counts.failed);
        assert_eq!(state(house, &caller).await, held, "nothing is written");
    } else {
        assert_eq!(report.status, "completed");
        let counts =
            |report: &import::Report| report.files.iter().map(|file| file.counts).collect::<Vec<_>>();
        assert_eq!(counts(&report), counts(&foretold), "the dry run foretold the commit");
        if report.counts.created + report.counts.updated == 0 {
            assert_eq!(state(house, &caller).await, held);
        }
        let undone = import::undo(&house.db, &caller, batch, false, &|_| {}).await.unwrap();
        assert_eq!(undone.conflicts, 0);
        let without_versions = |text: String| {
            let lines = text.lines().map(|line| line.split(", \"version\"").next().unwrap().to_owned());
            lines.collect::<Vec<_>>()
        };
        assert_eq!(without_versions(state(house, &caller).await), without_versions(held), "undone");
    }
}

/// `PROPTEST_CASES` makes it longer.
#[test]
fn counts_add_up_and_the_dry_run_foretells_the_commit() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let house = runtime.block_on(House::new());
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(12);
    let mut runner = TestRunner::new(Config {
        cases,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    });
    let number = std::cell::Cell::new(0);
    let outcome = runner.run(&case(), |case| {
        number.set(number.get() + 1);
        runtime.block_on(check(&house, &format!("t{}", number.get()), &case));
        Ok(())
    });
    drop(house);
    outcome.unwrap();
}
