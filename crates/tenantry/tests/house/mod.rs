//! The real program on a database of its own.
#![expect(dead_code, reason = "each test file uses its part")]

pub mod server;

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use model::caller::Caller;
use store::{
    Db, DbSettings,
    sql::{Query, Row},
    testing::TestDb,
};
use tempfile::TempDir;
use uuid::Uuid;

/// A database, a data folder, and the program that uses them.
pub struct House {
    pub folder: TempDir,
    pub db: Db,
    pub test: TestDb,
}

impl House {
    /// On a database with this program's schema.
    pub async fn new() -> Self {
        Self::on(TestDb::new().await.unwrap())
    }

    /// On a database with nothing in it.
    pub async fn empty() -> Self {
        Self::on(TestDb::empty().await.unwrap())
    }

    fn on(test: TestDb) -> Self {
        let settings = DbSettings::new(test.app.clone(), test.operator.clone());
        let db = Db::new(&settings, store::world::system()).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), db, test }
    }

    /// The program with these arguments, ready to be started.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TENANTRY_DATA", self.folder.path().join("data"))
            .envs(self.test.environment());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs the program, which must succeed, and gives what it printed.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    /// The rows of a statement over one tenant, `$1`.
    pub async fn rows(&self, slug: &str, sql: String) -> Vec<Row> {
        let tenant = self.tenant(slug).await;
        let system = Caller::system(tenant, self.db.world().id());
        self.db.read(&system, Query::free(sql, vec![tenant.into()])).await.unwrap()
    }

    /// The one number of a statement over one tenant.
    pub async fn number(&self, slug: &str, sql: &str) -> i64 {
        self.rows(slug, sql.to_owned()).await[0].get(0)
    }

    /// The first column, text, of a question asked as the superuser.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        self.test.texts(sql).await.unwrap()
    }

    /// Runs a statement as the superuser.
    pub async fn plant(&self, sql: &str) {
        self.test.plant(sql).await.unwrap();
    }

    pub async fn tenant(&self, slug: &str) -> Uuid {
        self.db.resolve("slug", slug).await.unwrap().unwrap()
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
