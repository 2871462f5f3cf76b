//! The migration runner on databases of the tests' own, with files of the tests' own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Mutex;
use std::time::Duration;

use store::migrate::{MigrateError, MigrationSet, Patience, Report, RoleSecrets, SchemaState};
use store::testing::TestDb;
use tokio_postgres::{Client, Config, NoTls};

const QUICK: Patience = Patience {
    lock: Duration::from_millis(100),
    tries: 50,
    pause: Duration::from_millis(50),
    other_run: Duration::from_secs(30),
};

const ONE: (&str, &str) = ("0001_one.sql", "create table one (id int);\ninsert into one values (1);");
const TWO: (&str, &str) = ("0002_two.sql", "create table two (id int);");

fn set(migrations: &[(&str, &str)], replaceable: &[(&str, &str)]) -> MigrationSet {
    MigrationSet::new(migrations.iter().copied(), replaceable.iter().copied()).unwrap()
}

async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn apply(db: &TestDb, set: &MigrationSet) -> Result<Report, MigrateError> {
    set.apply(&db.admin, &RoleSecrets::kept_elsewhere(), QUICK, |_| {}).await
}

async fn number(client: &Client, sql: &str) -> i64 {
    client.query_one(&format!("select ({sql})::int8"), &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn migrations_run_once_in_order_and_the_owner_owns_them() {
    let db = TestDb::empty().await.unwrap();
    let report = apply(&db, &set(&[TWO, ONE], &[])).await.unwrap();
    assert_eq!(
        (report.applied, report.version),
        (vec!["0001_one.sql".to_owned(), "0002_two.sql".to_owned()], 2)
    );
    let again = apply(&db, &set(&[ONE, TWO], &[])).await.unwrap();
    assert_eq!((again.applied.len(), again.replaced), (0, false));
    let client = connect(&db.admin).await;
    assert_eq!(number(&client, "select count(*) from one").await, 1);
    let owned = "select count(*) from pg_class where relname in ('one', 'two') and relowner = 'tenantry_owner'::regrole";
    assert_eq!(number(&client, owned).await, 2);
}

#[tokio::test]
async fn the_runtime_logins_may_use_the_schema_and_make_nothing() {
    let db = TestDb::new().await.unwrap();
    for login in [&db.app, &db.operator] {
        let client = connect(login).await;
        for refused in [
            "create table mine ()", "create temporary table mine ()", "create schema mine",
            "set role tenantry_owner",
        ] {
            let error = client
                .batch_execute(&format!("set transaction_read_only = off; {refused}"))
                .await
                .unwrap_err();
            assert_eq!(error.code().unwrap().code(), "42501", "{refused}");
        }
        assert_eq!(
            number(&client, "select count(*) from tenantry_meta.migrations where version = 1").await,
            1
        );
        let timeout: String = client.query_one("show statement_timeout", &[]).await.unwrap().get(0);
        assert_eq!(timeout, "1min");
    }
}

#[tokio::test]
async fn an_edited_migration_is_refused() {
    let db = TestDb::empty().await.unwrap();
    apply(&db, &set(&[ONE], &[])).await.unwrap();
    let edited = set(&[("0001_one.sql", "create table one (id bigint);")], &[]);
    let error = apply(&db, &edited).await.unwrap_err();
    assert!(matches!(&error, MigrateError::Edited { file } if file == "0001_one.sql"), "{error}");
}

#[tokio::test]
async fn a_migration_below_the_newest_applied_one_is_refused() {
    let db = TestDb::empty().await.unwrap();
    apply(&db, &set(&[TWO], &[])).await.unwrap();
    let error = apply(&db, &set(&[ONE, TWO], &[])).await.unwrap_err().to_string();
    assert!(error.contains("0001_one.sql") && error.contains("a number above 2"), "{error}");
}

#[tokio::test]
async fn behind_and_ahead_are_told_apart_with_the_mend() {
    let db = TestDb::empty().await.unwrap();
    let client = connect(&db.admin).await;
    let (old, new) = (set(&[ONE], &[]), set(&[ONE, TWO], &[]));
    let nothing = old.check(&client).await.unwrap_err();
    assert_eq!(nothing, SchemaState::Behind { have: 0, want: 1 });
    assert!(nothing.to_string().contains("run `tenantry migrate`"));

    apply(&db, &old).await.unwrap();
    old.check(&client).await.unwrap();
    assert_eq!(new.check(&client).await.unwrap_err(), SchemaState::Behind { have: 1, want: 2 });

    apply(&db, &new).await.unwrap();
    let newer = old.check(&client).await.unwrap_err();
    assert_eq!(newer, SchemaState::Ahead { have: 2, want: 1 });
    assert!(newer.to_string().contains("made by a newer Tenantry"));
    assert!(matches!(apply(&db, &old).await.unwrap_err(), MigrateError::Ahead { have: 2, want: 1 }));
}

#[tokio::test]
async fn replaceable_files_run_when_a_text_or_the_schema_changes() {
    let db = TestDb::empty().await.unwrap();
    let client = connect(&db.admin).await;
    let early =
        ("00_early.sql", "create or replace function app.early() returns int language sql as 'select 1'");
    let uses_early = ("0001_uses.sql", "create table runs (n int default app.early());");
    let log = |n| format!("insert into runs values ({n})");
    let (first, second) = (log(1), log(2));

    let report = apply(&db, &set(&[uses_early], &[early, ("10_log.sql", &first)])).await.unwrap();
    assert!(report.replaced);
    assert!(!apply(&db, &set(&[uses_early], &[early, ("10_log.sql", &first)])).await.unwrap().replaced);
    assert_eq!(number(&client, "select count(*) from runs").await, 1);

    let changed = set(&[uses_early], &[early, ("10_log.sql", &second)]);
    assert_eq!(changed.check(&client).await.unwrap_err(), SchemaState::Behind { have: 1, want: 1 });
    assert!(apply(&db, &changed).await.unwrap().replaced);
    changed.check(&client).await.unwrap();
    assert_eq!(number(&client, "select max(n) from runs").await, 2);

    // A run that dies between the migrations and the files leaves the files due, though no text of theirs changed.
    let broken = set(&[uses_early, TWO], &[early, ("10_log.sql", &second), ("20_broken.sql", "select 1/0")]);
    apply(&db, &broken).await.unwrap_err();
    let mended = set(&[uses_early, TWO], &[early, ("10_log.sql", &second)]);
    let report = apply(&db, &mended).await.unwrap();
    assert_eq!((report.applied.len(), report.replaced), (0, true));
    assert_eq!(number(&client, "select count(*) from runs").await, 3);
}

#[tokio::test]
async fn files_marked_always_run_every_time() {
    let db = TestDb::empty().await.unwrap();
    let set = set(&[ONE], &[("10_always.sql", "-- always\ninsert into one values (2)")]);
    for _ in 0..3 {
        apply(&db, &set).await.unwrap();
    }
    assert_eq!(number(&connect(&db.admin).await, "select count(*) from one where id = 2").await, 3);
}

#[tokio::test]
async fn a_fault_names_file_line_and_reason_and_leaves_nothing() {
    let db = TestDb::empty().await.unwrap();
    let faulty = set(&[ONE, ("0002_bad.sql", "create table half ();\n\nselect nothing_like_it();")], &[]);
    let error = apply(&db, &faulty).await.unwrap_err().to_string();
    assert!(error.starts_with("0002_bad.sql, line 3: ") && error.contains("nothing_like_it"), "{error}");
    let client = connect(&db.admin).await;
    assert_eq!(number(&client, "select count(*) from pg_class where relname = 'half'").await, 0);
    assert_eq!(number(&client, "select max(version) from tenantry_meta.migrations").await, 1);
}

#[tokio::test]
async fn an_index_broken_off_while_building_is_built_again() {
    let db = TestDb::empty().await.unwrap();
    let concurrent = (
        "0002_index.sql",
        "-- no transaction\ncreate unique index concurrently if not exists one_id_key on one (id);\n\
         create index concurrently if not exists one_id_desc_idx on one (id desc); -- ; not an end",
    );
    apply(&db, &set(&[ONE], &[])).await.unwrap();
    let client = connect(&db.admin).await;
    client.batch_execute("insert into one values (1)").await.unwrap();
    let error = apply(&db, &set(&[ONE, concurrent], &[])).await.unwrap_err().to_string();
    assert!(error.starts_with("0002_index.sql, line 2: ") && error.contains("(id)=(1)"), "{error}");
    assert_eq!(number(&client, "select count(*) from pg_index where not indisvalid").await, 1);

    client.batch_execute("delete from one where ctid = (select max(ctid) from one)").await.unwrap();
    let report = apply(&db, &set(&[ONE, concurrent], &[])).await.unwrap();
    assert_eq!(report.applied, ["0002_index.sql"]);
    let valid = "select count(*) from pg_index where indrelid = 'one'::regclass and indisvalid";
    assert_eq!(number(&client, valid).await, 2);
}

#[tokio::test]
async fn a_run_killed_half_way_leaves_nothing_and_runs_again() {
    let db = TestDb::empty().await.unwrap();
    apply(&db, &set(&[("0001_gate.sql", "create table gate as select 60 as seconds;")], &[])).await.unwrap();
    let set = set(
        &[
            ("0001_gate.sql", "create table gate as select 60 as seconds;"),
            ("0002_slow.sql", "create table slow ();\nselect pg_sleep(seconds) from gate;"),
        ],
        &[],
    );
    let client = connect(&db.admin).await;
    let run = async { apply(&db, &set).await };
    let kill = async {
        while number(
            &client,
            "select count(pg_terminate_backend(pid)) from pg_stat_activity \
                               where datname = current_database() and wait_event = 'PgSleep'",
        )
        .await
            == 0
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (killed, ()) = tokio::join!(run, kill);
    killed.unwrap_err();
    assert_eq!(number(&client, "select count(*) from pg_class where relname = 'slow'").await, 0);
    client.batch_execute("update gate set seconds = 0").await.unwrap();
    assert_eq!(apply(&db, &set).await.unwrap().applied, ["0002_slow.sql"]);
}

#[tokio::test]
async fn a_lock_in_the_way_is_waited_out_in_short_tries() {
    let db = TestDb::empty().await.unwrap();
    let alter = ("0002_alter.sql", "alter table one add column name text;");
    apply(&db, &set(&[ONE], &[])).await.unwrap();
    let reader = connect(&db.admin).await;
    reader.batch_execute("begin; select * from one").await.unwrap();

    let impatient = Patience { tries: 2, ..QUICK };
    let both = set(&[ONE, alter], &[]);
    let error = both
        .apply(&db.admin, &RoleSecrets::kept_elsewhere(), impatient, |_| {})
        .await
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("0002_alter.sql met a lock") && error.contains("each of 2 tries"), "{error}");

    let told = Mutex::new(Vec::new());
    let secrets = RoleSecrets::kept_elsewhere();
    let run = both.apply(&db.admin, &secrets, QUICK, |line| told.lock().unwrap().push(line.to_owned()));
    let release = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        reader.batch_execute("commit").await.unwrap();
    };
    let (report, ()) = tokio::join!(run, release);
    assert_eq!(report.unwrap().applied, ["0002_alter.sql"]);
    assert!(told.lock().unwrap().iter().any(|line| line.contains("waits for a lock")));
}

#[tokio::test]
async fn of_two_runs_at_once_one_applies_and_the_other_finds_it_done() {
    let db = TestDb::empty().await.unwrap();
    let set = set(&[("0001_slow.sql", "create table slow ();\nselect pg_sleep(0.5);")], &[]);
    let (first, second) = tokio::join!(apply(&db, &set), apply(&db, &set));
    let mut applied = [first.unwrap().applied.len(), second.unwrap().applied.len()];
    applied.sort();
    assert_eq!(applied, [0, 1]);
}

#[tokio::test]
async fn a_run_that_waits_too_long_for_another_gives_up() {
    let db = TestDb::empty().await.unwrap();
    let slow = set(&[("0001_slow.sql", "select pg_sleep(1);")], &[]);
    let secrets = RoleSecrets::kept_elsewhere();
    let hasty = Patience { other_run: Duration::ZERO, ..QUICK };
    let late = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        slow.apply(&db.admin, &secrets, hasty, |_| {}).await
    };
    let (first, second) = tokio::join!(apply(&db, &slow), late);
    first.unwrap();
    assert!(matches!(second.unwrap_err(), MigrateError::OtherRun { .. }));
}
