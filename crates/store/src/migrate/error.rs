//! Why a migration stops, each with the mend.

use std::fmt;

use tokio_postgres::error::{DbError, ErrorPosition};

/// A right that the administrator's login lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRight {
    /// What the right is needed for.
    pub needed_for: String,
    /// The SQL that a superuser or the owner runs to give it.
    pub sql: String,
}

/// Why `migrate` stopped.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The server cannot be reached or refuses the login.
    #[error("cannot connect to the database as its administrator: {}", describe(.0))]
    Connect(#[source] tokio_postgres::Error),
    /// The server or the database is not one Tenantry can use.
    #[error("{0}")]
    Unfit(String),
    /// The administrator's login may not do what provisioning needs.
    #[error("the login `{login}` lacks rights that `tenantry migrate` needs:{}", rights(.missing))]
    MissingRights {
        /// The login of `DATABASE_URL`.
        login: String,
        /// Every right it lacks.
        missing: Vec<MissingRight>,
    },
    /// A file of the set cannot be run as it is.
    #[error("the SQL file {file} cannot be used: {reason}")]
    BadFile {
        /// The file's name.
        file: String,
        /// What is wrong with it, and the mend.
        reason: String,
    },
    /// An applied migration was edited.
    #[error(
        "the migration {file} was edited after it had been applied to this database: put its old text back and write \
         the change as a new migration"
    )]
    Edited {
        /// The file's name.
        file: String,
    },
    /// A migration slipped in below one that is applied.
    #[error(
        "the migration {file} is older than version {have}, which this database already has: give it a number above {have}"
    )]
    OutOfOrder {
        /// The file's name.
        file: String,
        /// The database's version.
        have: i32,
    },
    /// The database has a schema this program does not know.
    #[error(
        "this database was made by a newer Tenantry (its schema is at version {have}, this program knows {want}): use \
         that version or a newer one"
    )]
    Ahead {
        /// The database's version.
        have: i32,
        /// This program's version.
        want: i32,
    },
    /// The database refused a statement of a file.
    #[error("{file}, line {line}: {message}")]
    Statement {
        /// The file's name.
        file: String,
        /// The line where the statement fails, counted from 1; the file's first one where the server does not say.
        line: usize,
        /// The server's message with its detail and hint.
        message: String,
    },
    /// Locks of others were in the way at every try.
    #[error(
        "{file} met a lock held by another session at each of {tries} tries ({message}): end long transactions (see \
         pg_stat_activity) and run `tenantry migrate` again"
    )]
    Locked {
        /// The file's name.
        file: String,
        /// How often it was tried.
        tries: u32,
        /// The server's message of the last try.
        message: String,
    },
    /// Another run holds the lock.
    #[error(
        "another `tenantry migrate` has been at work on this database for {seconds} s: wait for it, or end it"
    )]
    OtherRun {
        /// How long this run waited.
        seconds: u64,
    },
    /// A step of the runner itself failed.
    #[error("cannot {step}: {}", describe(.source))]
    Step {
        /// What was tried.
        step: &'static str,
        /// Why it failed.
        #[source]
        source: tokio_postgres::Error,
    },
    /// A password could not be made or kept.
    #[error("cannot {what} {path}: {reason}")]
    Secrets {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: String,
        /// Why it failed.
        reason: String,
    },
}

impl MigrateError {
    /// Names the runner's step; for `map_err`.
    pub(super) fn step(step: &'static str) -> impl FnOnce(tokio_postgres::Error) -> MigrateError {
        move |source| MigrateError::Step { step, source }
    }

    /// Names the file and the line in `text`, the SQL that was sent, which begins at line `first_line` of the file.
    pub(super) fn statement(
        file: &str,
        first_line: usize,
        text: &str,
        error: &tokio_postgres::Error,
    ) -> MigrateError {
        let before = match error.as_db_error().and_then(DbError::position) {
            Some(ErrorPosition::Original(at)) => (*at as usize).saturating_sub(1),
            _ => 0,
        };
        let line = first_line + text.chars().take(before).filter(|c| *c == '\n').count();
        MigrateError::Statement { file: file.to_owned(), line, message: describe(error) }
    }
}

/// The server's message with its detail, hint and place; the driver's own words where there is none.
pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    let Some(db) = error.as_db_error() else {
        let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
        return format!("{error}{cause}");
    };
    let mut text = format!("{} ({})", db.message(), db.code().code());
    for more in [db.detail(), db.hint(), db.where_()].into_iter().flatten() {
        text.push_str("; ");
        text.push_str(more);
    }
    text
}

fn rights(missing: &[MissingRight]) -> String {
    missing.iter().map(|right| format!("\n- {right}")).collect()
}

impl fmt::Display for MissingRight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; let a superuser run: {}", self.needed_for, self.sql)
    }
}
