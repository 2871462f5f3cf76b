//! The SQL files of a program version.

use sha2::{Digest, Sha256};

use super::error::MigrateError;
use super::statements;

include!(concat!(env!("OUT_DIR"), "/sql_files.rs"));

/// The migrations and replaceable files of a program version.
///
/// Marks in a file's first line, separated by commas after `-- `:
/// * `as admin`: runs as the administrator's login, not as `tenantry_owner` (extensions, marks only a superuser sets).
/// * `no transaction` (migrations): runs statement by statement outside a transaction, for `CREATE INDEX CONCURRENTLY`
///   and the like; each statement must be fit to run again. Invalid indexes of a broken-off run are dropped first.
/// * `always` (replaceable): runs at every `migrate`.
/// * `optional` (replaceable): as `always`, and where the login lacks the right for it, it becomes a warning: the
///   comment lines below the first one, which say what its lack costs.
#[derive(Debug, Clone)]
pub struct MigrationSet {
    pub(super) migrations: Vec<Migration>,
    pub(super) before: Vec<SqlFile>,
    pub(super) after: Vec<SqlFile>,
}

/// One step of the schema.
#[derive(Debug, Clone)]
pub(super) struct Migration {
    pub(super) version: i32,
    pub(super) file: SqlFile,
}

/// One SQL file.
#[derive(Debug, Clone)]
pub(super) struct SqlFile {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) checksum: String,
    pub(super) as_admin: bool,
    pub(super) no_transaction: bool,
    pub(super) always: bool,
    pub(super) optional: bool,
}

impl MigrationSet {
    /// The files built into this program.
    ///
    /// # Errors
    /// [`MigrateError::BadFile`] where a file is misnamed or misused.
    pub fn embedded() -> Result<Self, MigrateError> {
        Self::new(MIGRATIONS.iter().copied(), REPLACEABLE.iter().copied())
    }

    /// A set of (file name, text) pairs: migrations, and replaceable files.
    ///
    /// # Errors
    /// [`MigrateError::BadFile`] where a migration's name does not begin with its number, a number is used twice, a
    /// mark does not fit, or a file ends the transaction it runs in.
    pub fn new<'a>(
        migrations: impl IntoIterator<Item = (&'a str, &'a str)>,
        replaceable: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, MigrateError> {
        let mut migrations = migrations
            .into_iter()
            .map(|(name, text)| Migration::parse(SqlFile::read(name, text)?))
            .collect::<Result<Vec<_>, _>>()?;
        migrations.sort_by_key(|migration| migration.version);
        if let Some(twice) = migrations.windows(2).find(|pair| pair[0].version == pair[1].version) {
            return Err(bad(&twice[1].file.name, "its number is used twice: give it the next free one"));
        }
        let mut files = replaceable
            .into_iter()
            .map(|(name, text)| SqlFile::read(name, text))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(file) = files.iter().find(|file| file.no_transaction) {
            return Err(bad(&file.name, "`no transaction` is for migrations: replaceable files run in one"));
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let (before, after) = files.into_iter().partition(|file| file.name.starts_with("00_"));
        Ok(MigrationSet { migrations, before, after })
    }

    /// The number of the newest migration; 0 without any.
    pub fn version(&self) -> i32 {
        self.migrations.last().map_or(0, |migration| migration.version)
    }

    /// A short name of exactly these files, the same wherever they are the same.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for file in
            self.migrations.iter().map(|migration| &migration.file).chain(&self.before).chain(&self.after)
        {
            hash.update(format!("{}\n{}\n", file.name, file.checksum));
        }
        crate::secret::hex(&hash.finalize()[..8])
    }

    /// The replaceable files that must be in the database as they are.
    pub(super) fn required(&self) -> impl Iterator<Item = &SqlFile> {
        self.before.iter().chain(&self.after).filter(|file| !file.optional)
    }
}

impl Migration {
    fn parse(file: SqlFile) -> Result<Migration, MigrateError> {
        let number = file.name.split_once('_').map(|(number, _)| number).unwrap_or_default();
        let version = number.parse().ok().filter(|version| *version > 0 && number.len() == 4);
        let Some(version) = version.filter(|_| file.name.ends_with(".sql")) else {
            return Err(bad(&file.name, "a migration is named by four digits, `_`, a name and `.sql`"));
        };
        if file.optional || file.always {
            return Err(bad(
                &file.name,
                "`optional` and `always` are for replaceable files: a migration runs once",
            ));
        }
        Ok(Migration { version, file })
    }
}

impl SqlFile {
    fn read(name: &str, text: &str) -> Result<SqlFile, MigrateError> {
        let text = text.replace("\r\n", "\n");
        let marks = marks(&text);
        let has = |mark: &str| marks.contains(&mark);
        let file = SqlFile {
            name: name.to_owned(),
            checksum: crate::secret::hex(&Sha256::digest(text.as_bytes())),
            as_admin: has("as admin"),
            no_transaction: has("no transaction"),
            always: has("always") || has("optional"),
            optional: has("optional"),
            text: text.clone(),
        };
        if let Some(statement) = statements::split(&text).iter().find(|statement| {
            ["BEGIN", "START", "COMMIT", "ROLLBACK", "ABORT"].contains(&statement.verb().as_str())
        }) {
            let reason =
                format!("line {} begins or ends a transaction, which is the runner's", statement.line);
            return Err(bad(name, &reason));
        }
        Ok(file)
    }

    /// What the lack of an optional file costs: the comment lines below the first.
    pub(super) fn cost(&self) -> String {
        let lines = self.text.lines().skip(1).map_while(|line| line.strip_prefix("--"));
        lines.map(str::trim).collect::<Vec<_>>().join(" ")
    }
}

/// The marks of the first line; a comment with anything else in it is prose.
fn marks(text: &str) -> Vec<&str> {
    const KNOWN: [&str; 4] = ["as admin", "no transaction", "always", "optional"];
    let Some(line) = text.lines().next().and_then(|line| line.strip_prefix("--")) else { return Vec::new() };
    let marks: Vec<&str> = line.split(',').map(str::trim).collect();
    if marks.iter().all(|mark| KNOWN.contains(mark)) { marks } else { Vec::new() }
}

fn bad(file: &str, reason: &str) -> MigrateError {
    MigrateError::BadFile { file: file.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(migrations: &[(&str, &str)], replaceable: &[(&str, &str)]) -> String {
        let set = MigrationSet::new(migrations.iter().copied(), replaceable.iter().copied());
        set.unwrap_err().to_string()
    }

    #[test]
    fn the_built_in_files_are_a_set() {
        let set = MigrationSet::embedded().unwrap();
        assert!(set.version() > 0);
        assert!(set.before.iter().all(|file| file.name.starts_with("00_")));
    }

    #[test]
    fn misnamed_and_misused_files_are_refused_by_name() {
        assert!(refusal(&[("1_a.sql", "")], &[]).contains("1_a.sql"));
        assert!(refusal(&[("0001_a.sql", ""), ("0001_b.sql", "")], &[]).contains("used twice"));
        assert!(refusal(&[("0001_a.sql", "select 1;\ncommit;")], &[]).contains("line 2"));
        assert!(refusal(&[("0001_a.sql", "-- optional\n")], &[]).contains("optional"));
        assert!(refusal(&[], &[("10_a.sql", "-- no transaction\n")]).contains("no transaction"));
    }

    #[test]
    fn marks_are_read_from_the_first_line_and_prose_is_none() {
        let file = SqlFile::read("90_x.sql", "-- as admin, optional\n-- Searches are\n-- slower.\nselect 1")
            .unwrap();
        assert!(file.as_admin && file.optional && file.always && !file.no_transaction);
        assert_eq!(file.cost(), "Searches are slower.");
        let file = SqlFile::read("0001_x.sql", "-- optional, in a way\n-- as admin\n").unwrap();
        assert!(!file.as_admin && !file.optional);
    }

    #[test]
    fn the_fingerprint_follows_every_text_but_not_line_ends() {
        let of = |text| MigrationSet::new([("0001_a.sql", text)], []).unwrap().fingerprint();
        assert_eq!(of("select 1;\n"), of("select 1;\r\n"));
        assert_ne!(of("select 1;"), of("select 2;"));
    }
}
