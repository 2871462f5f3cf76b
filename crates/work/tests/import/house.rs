//! A tenant with files to import, and short ways to ask what became of them.

use std::path::{Path, PathBuf};

use model::{caller::Caller, problem::Problem};
use store::{Db, DbSettings, Files, sql::Query, testing::TestDb};
use uuid::Uuid;
use work::{
    import::{self, FileReport, Options, Policy, Report, SourceKind, Upload},
    tenants::{self, NewTenant},
};

/// A tenant in a database of its own.
pub struct House {
    pub db: Db,
    pub files: Files,
    pub caller: Caller,
    pub test_db: TestDb,
    folder: tempfile::TempDir,
}

impl House {
    pub async fn new() -> Self {
        Self::on(TestDb::new().await.unwrap()).await
    }

    /// One whose statements are counted.
    pub async fn counted() -> Self {
        let test_db = TestDb::new().await.unwrap();
        test_db.count_statements().await.unwrap();
        Self::on(test_db).await
    }

    async fn on(test_db: TestDb) -> Self {
        let mut settings = DbSettings::new(test_db.app.clone(), test_db.operator.clone());
        settings.connections = 6;
        let db = Db::new(&settings, store::world::system()).unwrap();
        let mut new = NewTenant::new("northwind", "Northwind Traders");
        new.country = Some("US".into());
        let tenant = tenants::create(&db, &new).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(&folder.path().join("files")).unwrap();
        let caller = Caller::system(tenant, db.world().id());
        Self { db, files, caller, test_db, folder }
    }

    /// Writes a file to be imported.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn upload(&self, path: &Path) -> Upload {
        Upload { name: path.file_name().unwrap().to_str().unwrap().to_owned(), path: path.to_owned() }
    }

    /// Receives and validates.
    pub async fn dry(&self, paths: &[PathBuf], options: &Options) -> Uuid {
        let uploads = paths.iter().map(|path| self.upload(path)).collect();
        let batch = import::receive(&self.db, &self.files, &self.caller, uploads, options).await.unwrap();
        import::validate(&self.db, &self.files, &self.caller, batch, &|_| {}).await.unwrap();
        batch
    }

    /// Commits, as a task of its own that can be aborted as a kill would.
    pub fn committing(
        &self,
        batch: Uuid,
        told: impl Fn(import::Progress) + Send + Sync + 'static,
    ) -> tokio::task::JoinHandle<Result<(), Problem>> {
        let (db, caller) = (self.db.clone(), self.caller.clone());
        tokio::spawn(async move { import::commit(&db, &caller, batch, &told).await })
    }

    /// Makes every change of a batch to this status fail, as if the process died there; a second call with none mends it.
    pub async fn die_at(&self, status: Option<&str>) {
        let plant = match status {
            None => "drop trigger planted on import_batches".to_owned(),
            Some(status) => format!(
                "create or replace function planted() returns trigger language plpgsql as
                   $$ begin raise exception 'the process died' using errcode = '57P01'; end $$;
                 create trigger planted before update on import_batches for each row
                   when (new.status = '{status}' and old.status <> '{status}') execute function planted()"
            ),
        };
        self.test_db.plant(&plant).await.unwrap();
    }

    pub async fn commit(&self, batch: Uuid) -> Result<(), Problem> {
        import::commit(&self.db, &self.caller, batch, &|_| {}).await
    }

    pub async fn resume(&self, batch: Uuid) -> Result<(), Problem> {
        import::resume(&self.db, &self.files, &self.caller, batch, &|_| {}).await
    }

    pub async fn undo(&self, batch: Uuid, force: bool) -> Result<import::Undone, Problem> {
        import::undo(&self.db, &self.caller, batch, force, &|_| {}).await
    }

    /// How many lines of this action the audit has.
    pub async fn audited(&self, action: &str) -> String {
        self.one(&format!("select count(*) from audit_logs where action = '{action}'")).await
    }

    /// Receives, validates and commits.
    pub async fn import(&self, paths: &[PathBuf], options: &Options) -> Report {
        let batch = self.dry(paths, options).await;
        let predicted = self.report(batch).await;
        import::commit(&self.db, &self.caller, batch, &|_| {}).await.unwrap();
        let report = self.report(batch).await;
        for (said, did) in predicted.files.iter().zip(&report.files) {
            assert!(did.counts.add_up(), "{:?}", did.counts);
            if report.status == "completed" {
                assert_eq!(said.counts, did.counts, "{}: the dry run and the commit agree", did.file);
            }
        }
        report
    }

    /// Receives, validates and tries to commit one file.
    pub async fn content(&self, name: &str, content: impl AsRef<[u8]>, options: &Options) -> Report {
        let path = self.file(name, content);
        self.import(&[path], options).await
    }

    /// The error file of the only file of a set.
    pub async fn errors(&self, batch: Uuid) -> String {
        let mut out = vec![];
        import::errors_csv(&self.db, &self.caller, batch, &mut out).await.unwrap();
        String::from_utf8(out).unwrap()
    }

    pub async fn report(&self, batch: Uuid) -> Report {
        import::report(&self.db, &self.caller, batch).await.unwrap()
    }

    /// The first column of the first row of a statement, as text.
    pub async fn one(&self, text: &str) -> String {
        let text = format!("select ({text})::text");
        let rows = self.db.read(&self.caller, Query::free(text, vec![])).await.unwrap();
        rows[0].get::<_, Option<String>>(0).unwrap_or_default()
    }

    /// Runs a statement as the program.
    pub async fn run(&self, text: &str) {
        let mut tx = self.db.begin(&self.caller).await.unwrap();
        tx.run(&Query::free(text.to_owned(), vec![])).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn count(&self, table: &str) -> u64 {
        self.one(&format!("select count(*) from {table}")).await.parse().unwrap()
    }
}

/// What came in by the command line.
pub fn options() -> Options {
    Options::new(SourceKind::Cli)
}

/// What came in by the command line, the good rows of it.
pub fn valid_rows() -> Options {
    Options { policy: Some(Policy::ValidRows), ..options() }
}

/// created, updated, unchanged, skipped, failed.
pub fn tally(file: &FileReport) -> [u64; 5] {
    let counts = file.counts;
    [counts.created, counts.updated, counts.unchanged, counts.skipped, counts.failed]
}

/// Holds up a worker, which tells how far it is, without holding up the other tasks of the test.
pub fn pause(time: std::time::Duration) {
    tokio::task::block_in_place(|| std::thread::sleep(time));
}

/// Holds up a worker until it is let go.
pub fn until(let_go: &std::sync::Mutex<std::sync::mpsc::Receiver<()>>) {
    tokio::task::block_in_place(|| let_go.lock().unwrap().recv().unwrap());
}
