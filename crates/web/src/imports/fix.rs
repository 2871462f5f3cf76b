//! `POST /api/v1/imports/{id}/fix`: corrections of a checked file.

use axum::{http::StatusCode, response::Response};
use model::{
    Document,
    problem::{FieldError, Problem},
    value::codes as value_codes,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::{Instrument, Span};
use uuid::Uuid;
use work::import::{self, Column, Fix, Fixed, Step};

use super::{PATIENCE, look, placed};
use crate::{
    answer,
    ask::Ask,
    input::{Id, Posted},
    once,
    refusal::Refusal,
};

/// What is said: a cell with its value, a row that is left out, or all cells of a kind with theirs.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Said {
    /// The row's number in the file.
    row: Option<i64>,
    /// A header, or a place from 0.
    column: Option<Value>,
    /// As it would stand in the file; null takes a correction back.
    value: Option<String>,
    /// Leaves the row out, or takes it back.
    skip: Option<bool>,
    /// What cells of a kind hold.
    holds: Option<String>,
    /// What is wrong with them.
    code: Option<String>,
    /// Counts the rows, and corrects none.
    preview: bool,
}

/// Corrects a file and answers how the import stands. Done twice it is done once, so the answer is kept behind it.
pub async fn fix(ask: Ask, Id(id): Id, Posted { body, once }: Posted) -> Result<Response, Refusal> {
    if let Some(asked) = once.asks()
        && let Some(kept) = ask.run(asked.look(&ask.app.db, &ask.caller)).await?
    {
        return Ok(once::again(kept)?);
    }
    let (fix, preview) = read(body)?;
    let (db, caller) = (&ask.app.db, &ask.caller);
    if preview {
        let rows = ask.run(import::would_fix(db, caller, id, &fix)).await?;
        let answer = Ok(answer::document(StatusCode::OK, &json!({ "rows": rows })));
        return Ok(once.answered(&ask, answer).await?);
    }
    let fixed = ask.run(correct(&ask, id, fix)).await?;
    let answer = async {
        if fixed.checked.is_some() {
            return look::report(&ask, id, StatusCode::OK).await;
        }
        let done = ask.run(import::enqueue(db, caller, id, Step::Validate, None)).await?;
        match done {
            work::once::Done::Now(job) if !ask.run(import::wait(db, caller, job, PATIENCE)).await? => {
                Ok(placed(look::report(&ask, id, StatusCode::ACCEPTED).await?, id))
            }
            _ => look::report(&ask, id, StatusCode::OK).await,
        }
    };
    let answer = answer.await;
    Ok(once.answered(&ask, answer).await?)
}

/// Corrects a file; whoever leaves meanwhile does not stop it.
///
/// # Errors
/// As [`import::fix()`].
pub async fn correct(ask: &Ask, id: Uuid, fix: Fix) -> Result<Fixed, Problem> {
    let (db, caller) = (ask.app.db.clone(), ask.caller.clone());
    let work = async move { import::fix(&db, &caller, id, &fix).await };
    tokio::spawn(work.instrument(Span::current())).await.map_err(Problem::internal)?
}

fn read(body: Document) -> Result<(Fix, bool), Problem> {
    let valued = body.contains_key("value");
    let said: Said = serde_json::from_value(Value::Object(body)).map_err(|error| {
        let message = format!(
            "The body cannot be read: {error}. It takes row, column, value, skip, holds, code and preview."
        );
        Problem::invalid(vec![FieldError::new("body", &value_codes::WRONG_TYPE, message)])
    })?;
    let column = match said.column {
        Some(Value::String(header)) => Some(Column::Header(header)),
        Some(Value::Number(place)) if place.is_u64() => Some(Column::Place(
            place.as_u64().and_then(|place| usize::try_from(place).ok()).unwrap_or(usize::MAX),
        )),
        None => None,
        Some(other) => {
            let message = "`column` is a header, or the place of a column from 0.";
            let error = FieldError::new("column", &value_codes::WRONG_TYPE, message).value(other);
            return Err(Problem::invalid(vec![error]));
        }
    };
    let fix = match (said.row, column, said.skip, said.holds, said.code) {
        (Some(row), Some(column), None, None, None) if valued => Fix::Cell { row, column, value: said.value },
        (Some(row), None, Some(skip), None, None) if !valued => Fix::Skip { row, skip },
        (None, Some(column), None, Some(holds), Some(code)) if said.value.is_some() => {
            Fix::Alike { column, holds, code, value: said.value.unwrap_or_default() }
        }
        _ => {
            let message = "Say `row`, `column` and `value` for a cell; `row` and `skip` for a row; \
                `column`, `holds`, `code` and `value` for all cells of a kind.";
            return Err(Problem::invalid(vec![FieldError::new("row", &value_codes::INCONSISTENT, message)]));
        }
    };
    Ok((fix, said.preview))
}
