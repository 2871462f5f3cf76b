//! Roles and rights, on clusters where nothing is provisioned yet.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::os::unix::fs::PermissionsExt;

use store::cluster::{Cluster, ClusterOptions};
use store::migrate::{self, MigrateError, MigrationSet, Patience, RoleSecrets};
use tempfile::TempDir;
use tokio_postgres::{Client, Config, NoTls};

/// A cluster of the test's own; dropped before its folder.
struct Fresh {
    cluster: Cluster,
    folder: TempDir,
}

impl Fresh {
    async fn start() -> Fresh {
        let folder =
            tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o755)).tempdir().unwrap();
        let options =
            ClusterOptions { fast_for_tests: true, ..ClusterOptions::new(folder.path().join("data")) };
        Fresh { cluster: Cluster::start(&options).await.unwrap(), folder }
    }

    fn secrets(&self) -> RoleSecrets {
        RoleSecrets::load_or_create(&self.folder.path().join("secrets")).unwrap()
    }

    async fn database(&self, name: &str) -> Config {
        migrate::create_database(&self.cluster.admin(), name).await.unwrap()
    }

    /// A login that is no superuser, with the database `shop`.
    async fn boss(&self, rights: &str) -> Config {
        let client = connect(&self.cluster.admin()).await;
        client.batch_execute(&format!("create role boss login password 'b' {rights}")).await.unwrap();
        let mut config = self.database("shop").await;
        config.user("boss").password("b");
        config
    }

    async fn as_superuser(&self, sql: &str) {
        connect(&self.cluster.admin()).await.batch_execute(sql).await.unwrap();
    }
}

async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn databases_of_one_server_are_migrated_at_once_and_the_logins_get_in() {
    let fresh = Fresh::start().await;
    let secrets = fresh.secrets();
    let mut databases = Vec::new();
    for name in ["one", "two", "three"] {
        databases.push(fresh.database(name).await);
    }
    let runs = databases.iter().map(|config| migrate::migrate(config, &secrets, |_| {}));
    for report in futures_util::future::join_all(runs).await {
        assert_eq!(report.unwrap().warnings, Vec::<String>::new());
    }
    for config in &databases {
        for login in [secrets.app(config), secrets.operator(config)] {
            migrate::check_current(&connect(&login).await).await.unwrap();
        }
    }
    let mut guess = secrets.app(&databases[0]);
    guess.password("guess");
    assert!(guess.connect(NoTls).await.is_err());
}

#[tokio::test]
async fn a_lost_password_is_set_anew_by_the_next_run() {
    let fresh = Fresh::start().await;
    let config = fresh.database("shop").await;
    let set = MigrationSet::new([("0001_a.sql", "create table a ();")], []).unwrap();
    set.apply(&config, &fresh.secrets(), Patience::default(), |_| {}).await.unwrap();
    std::fs::remove_dir_all(fresh.folder.path().join("secrets")).unwrap();
    let secrets = fresh.secrets();
    assert!(secrets.app(&config).connect(NoTls).await.is_err());
    set.apply(&config, &secrets, Patience::default(), |_| {}).await.unwrap();
    connect(&secrets.app(&config)).await;
}

#[tokio::test]
async fn every_missing_right_is_named_with_the_sql_that_gives_it() {
    let fresh = Fresh::start().await;
    let boss = fresh.boss("").await;
    let error = migrate::migrate(&boss, &fresh.secrets(), |_| {}).await.unwrap_err();
    let text = error.to_string();
    let MigrateError::MissingRights { login, missing } = error else { panic!("{text}") };
    assert_eq!(login, "boss");
    assert!(text.contains("tenantry_owner, tenantry_app, tenantry_operator"), "{text}");
    assert_eq!(missing.len(), 2, "{text}");
    for right in &missing {
        fresh.as_superuser(&right.sql).await;
    }
    migrate::migrate(&boss, &fresh.secrets(), |_| {}).await.unwrap();
}

#[tokio::test]
async fn a_login_without_superuser_migrates_and_is_told_what_is_left_out() {
    let fresh = Fresh::start().await;
    let boss = fresh.boss("createrole").await;
    fresh.as_superuser("alter database shop owner to boss").await;
    let set = MigrationSet::new(
        [("0001_a.sql", "create table a (id int);")],
        [
            ("10_b.sql", "create or replace function app.b() returns int language sql as 'select 1'"),
            (
                "90_marks.sql",
                "-- as admin, optional\n-- Searches by number\n-- are slower.\n\nalter function numeric_eq leakproof;",
            ),
        ],
    )
    .unwrap();
    let secrets = fresh.secrets();
    let report = set.apply(&boss, &secrets, Patience::default(), |_| {}).await.unwrap();
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    assert!(report.warnings[0].starts_with("90_marks.sql was left out"), "{}", report.warnings[0]);
    assert!(report.warnings[0].ends_with("Searches by number are slower."), "{}", report.warnings[0]);
    set.check(&connect(&secrets.app(&boss)).await).await.unwrap();

    // A superuser's later run makes up for it, though no text has changed.
    let report =
        set.apply(&fresh.database("shop").await, &secrets, Patience::default(), |_| {}).await.unwrap();
    assert_eq!((report.warnings.len(), report.replaced), (0, false));
    let marked = "select proleakproof from pg_proc where proname = 'numeric_eq'";
    assert!(connect(&boss).await.query_one(marked, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn a_runtime_role_with_powers_loses_them() {
    let fresh = Fresh::start().await;
    let config = fresh.database("shop").await;
    fresh.as_superuser("create role friends; create role tenantry_app superuser bypassrls createdb login in role friends").await;
    let set = MigrationSet::new([("0001_a.sql", "create table a ();")], []).unwrap();
    set.apply(&config, &fresh.secrets(), Patience::default(), |_| {}).await.unwrap();
    let sql = "select not (rolsuper or rolbypassrls or rolcreatedb) \
               and not exists (select from pg_auth_members where member = r.oid) from pg_roles r where rolname = 'tenantry_app'";
    assert!(connect(&config).await.query_one(sql, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn a_database_of_another_encoding_is_refused_with_the_mend() {
    let fresh = Fresh::start().await;
    fresh
        .as_superuser(
            "create database old template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'",
        )
        .await;
    let mut config = fresh.cluster.admin();
    config.dbname("old");
    let error = migrate::migrate(&config, &fresh.secrets(), |_| {}).await.unwrap_err().to_string();
    assert!(error.contains("SQL_ASCII") && error.contains("CREATE DATABASE \"old\""), "{error}");
}
