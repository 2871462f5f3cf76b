//! The same done to every record that a list holds, however many: asked for by an operation, done by a job page by page, and
//! taken back for as long as the values before are kept.
//!
//! Each page is one call of the engine as the API makes it, in one transaction with where the job stands: a kill leaves whole
//! pages, and the next attempt goes on behind them. It is done as whoever asked for it, as far as they may by then.

mod cancel;
mod request;
mod run;
mod undo;

use model::{Document, problem::Problem, query::MOST};
use serde_json::{Value, json};
use store::engine::{Action, Done};

use crate::{jobs::Kind, operation::Operation};

/// The operations on bulk changes.
pub const OPERATIONS: &[Operation] = &[request::OPERATION, cancel::OPERATION, undo::OPERATION];

/// Kinds of jobs of this area.
pub(crate) const JOBS: &[Kind] = &[
    Kind::of::<run::RunChange>("Does the same to every record that a list holds."),
    Kind::of::<undo::UndoRun>("Takes back what was done to every record of a list."),
];

/// Refused records that are named.
const NAMED: usize = 100;
/// Records of a page: one call, one transaction.
const PAGE: u16 = MOST;

/// What a bulk change does, as its row has it.
fn action(name: &str) -> Result<Action, Problem> {
    Action::named(name).ok_or_else(|| Problem::internal(format!("no bulk action {name}")))
}

/// The first of these refusals as the bulk change keeps them: `{id, why}`.
fn refusals<'a>(answers: impl IntoIterator<Item = (&'a str, &'a Result<Done, Problem>)>) -> Vec<Value> {
    let refused = answers.into_iter().filter_map(|(id, answer)| Some((id, answer.as_ref().err()?)));
    let why = |problem: &Problem| {
        problem
            .field_errors()
            .first()
            .map_or_else(|| problem.detail().to_owned(), |error| error.message.to_string())
    };
    refused.take(NAMED).map(|(id, problem)| json!({ "id": id, "why": why(problem) })).collect()
}

/// The id of a record that is written.
fn id(record: &Document) -> &str {
    record.get("id").and_then(Value::as_str).unwrap_or_default()
}
