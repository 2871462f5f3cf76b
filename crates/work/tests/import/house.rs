//! A tenant with files to import, and short ways to ask what became of them.

use std::path::{Path, PathBuf};

use model::caller::Caller;
use store::{Db, DbSettings, Files, sql::Query, testing::TestDb};
use uuid::Uuid;
use work::{
    import::{self, FileReport, Options, Report, SourceKind, Upload},
    tenants::{self, NewTenant},
};

/// A tenant in a database of its own.
pub struct House {
    pub db: Db,
    pub files: Files,
    pub caller: Caller,
    folder: tempfile::TempDir,
    _test_db: TestDb,
}

impl House {
    pub async fn new() -> Self {
        let test_db = TestDb::new().await.unwrap();
        let mut settings = DbSettings::new(test_db.app.clone(), test_db.operator.clone());
        settings.connections = 6;
        let db = Db::new(&settings, store::world::system()).unwrap();
        let mut new = NewTenant::new("northwind", "Northwind Traders");
        new.country = Some("US".into());
        let tenant = tenants::create(&db, &new).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(&folder.path().join("files")).unwrap();
        let caller = Caller::system(tenant, db.world().id());
        Self { db, files, caller, folder, _test_db: test_db }
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

    pub async fn count(&self, table: &str) -> u64 {
        self.one(&format!("select count(*) from {table}")).await.parse().unwrap()
    }
}

/// What came in by the command line.
pub fn options() -> Options {
    Options::new(SourceKind::Cli)
}

/// created, updated, unchanged, skipped, failed.
pub fn tally(file: &FileReport) -> [u64; 5] {
    let counts = file.counts;
    [counts.created, counts.updated, counts.unchanged, counts.skipped, counts.failed]
}
