//! What the database says, as problems. Its own text goes to the log and never to a person.

use std::fmt;

use model::problem::{Problem, codes};
use tokio_postgres::{
    Error,
    error::{DbError, SqlState},
};

use super::unavailable;

/// A rule of the database that a statement broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// Two records would share this key.
    Unique(String),
    /// A link points nowhere, or something still points here.
    Link(String),
    /// A check said no.
    Check(String),
    /// A column must have a value.
    Missing(String),
}

/// The rule that was broken, if that is what the problem is about.
pub fn violation(problem: &Problem) -> Option<Violation> {
    let error = problem.inner_cause()?.downcast_ref::<Cause>()?.0.as_db_error()?;
    let name = constraint(error);
    match *error.code() {
        SqlState::UNIQUE_VIOLATION | SqlState::EXCLUSION_VIOLATION => Some(Violation::Unique(name)),
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => Some(Violation::Link(name)),
        SqlState::CHECK_VIOLATION => Some(Violation::Check(name)),
        SqlState::NOT_NULL_VIOLATION => {
            Some(Violation::Missing(error.column().unwrap_or_default().to_owned()))
        }
        _ => None,
    }
}

/// Whether the values of a row are to blame: a broken rule, or a number or text the column cannot hold.
pub fn is_of_row(problem: &Problem) -> bool {
    let error = problem.inner_cause().and_then(|cause| cause.downcast_ref::<Cause>());
    error
        .and_then(|cause| cause.0.code())
        .is_some_and(|code| code.code().starts_with("22") || code.code().starts_with("23"))
}

/// The constraint's name: a distributed engine leaves the field empty, names it in the message and appends the
/// shard's number (`orders_number_key_102008`).
fn constraint(error: &DbError) -> String {
    let name = match error.constraint() {
        Some(name) if !name.is_empty() => name,
        _ => error.message().split('"').rev().nth(1).unwrap_or_default(),
    };
    match name.rsplit_once('_') {
        Some((stem, shard)) if shard.len() > 4 && shard.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        _ => name,
    }
    .to_owned()
}

/// A driver's error as the log may tell it: the database's texts quote the values of rows, so of an answer of the
/// database only its code and the names of table, column and constraint are told.
pub(super) struct Cause(Error);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(db) = self.0.as_db_error() else { return self.0.fmt(f) };
        write!(f, "SQLSTATE {}", db.code().code())?;
        for (what, name) in [("table", db.table()), ("column", db.column()), ("constraint", db.constraint())]
        {
            if let Some(name) = name {
                write!(f, ", {what} {name}")?;
            }
        }
        // These classes speak of the program's SQL and of the server, not of values.
        match db.code().code().get(..2) {
            Some("42" | "53" | "57" | "58" | "XX") => write!(f, ": {}", db.message()),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Cause {}

/// A driver's error as a problem, counted.
pub(super) fn problem(error: Error) -> Problem {
    let class = error.code().and_then(|code| code.code().get(..2)).unwrap_or("connection").to_owned();
    metrics::counter!("tenantry_db_errors_total", "class" => class).increment(1);
    let error = Cause(error);
    told(error)
}

fn told(error: Cause) -> Problem {
    let Some(db) = error.0.as_db_error() else {
        return if error.0.is_closed()
            || std::error::Error::source(&error.0).is_some_and(|s| s.is::<std::io::Error>())
        {
            unavailable(error)
        } else {
            Problem::internal(error)
        };
    };
    let problem = match *db.code() {
        SqlState::UNIQUE_VIOLATION | SqlState::EXCLUSION_VIOLATION => {
            Problem::new(&codes::DUPLICATE, "Another record already has this key.")
        }
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => {
            Problem::new(&codes::IN_USE, "Records that belong together would come apart.")
        }
        SqlState::CHECK_VIOLATION | SqlState::NOT_NULL_VIOLATION => {
            Problem::new(&codes::INVALID, "A value breaks a rule of the record.")
        }
        SqlState::QUERY_CANCELED => {
            Problem::new(&codes::TOO_SLOW, "The question took longer than its limit.")
                .hint("Narrow it by a filter on an indexed field.")
        }
        SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::LOCK_NOT_AVAILABLE => {
            Problem::new(&codes::BUSY, "Someone else is changing the same records.").hint("Try again.")
        }
        ref code
            if code.code().starts_with("08")
                || code.code().starts_with("57P")
                || code.code().starts_with("53") =>
        {
            return unavailable(error);
        }
        _ => return Problem::internal(error),
    };
    problem.cause(error)
}
