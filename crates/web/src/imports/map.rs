//! `POST /api/v1/imports/{id}/map`: what a file holds and which column gives which field, said anew.

use axum::{http::StatusCode, response::Response};
use model::{
    Document,
    problem::{FieldError, Problem},
    value::codes as value_codes,
};
use serde::Deserialize;
use serde_json::Value;
use work::import::{self, Choices, TemplateUse};

use super::look;
use crate::{
    ask::Ask,
    input::{Id, Posted},
    once,
    refusal::Refusal,
};

/// What is said. One of `template`, `add` and `remove` goes alone, `add` with what is said of the new part.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Said {
    /// Reads the files of the whole import by this template, or by `none`.
    template: Option<String>,
    /// Reads the file for a further kind of record.
    add: Option<String>,
    /// No longer reads the file for this kind of record.
    remove: bool,
    /// What the file holds.
    data_type: Option<String>,
    /// Header → field.
    mapping: Document,
    /// Field → value.
    set: Document,
    /// Headers by which rows tell of one record.
    key: Option<Vec<String>>,
}

/// Maps an import's file anew and answers how the import stands. Done twice it is done once, so the answer is kept
/// behind it.
pub async fn map(ask: Ask, Id(id): Id, Posted { body, once }: Posted) -> Result<Response, Refusal> {
    if let Some(asked) = once.asks()
        && let Some(kept) = ask.run(asked.look(&ask.app.db, &ask.caller)).await?
    {
        return Ok(once::again(kept)?);
    }
    let said: Said = serde_json::from_value(Value::Object(body)).map_err(unread)?;
    let (db, files, caller) = (&ask.app.db, &ask.app.files, &ask.caller);
    let choices = Choices { columns: said.mapping, set: said.set, key: said.key };
    let work = async {
        match (&said.template, &said.add, said.remove) {
            (Some(template), None, false) if said.data_type.is_none() && choices.is_empty() => {
                import::reread(db, files, caller, id, &TemplateUse::from_text(template)).await
            }
            (None, Some(kind), false) if said.data_type.is_none() => {
                import::add_part(db, files, caller, id, kind, &choices).await.map(drop)
            }
            (None, None, true) if said.data_type.is_none() && choices.is_empty() => {
                import::drop_part(db, caller, id).await
            }
            (None, None, false) => {
                import::remap(db, files, caller, id, said.data_type.as_deref(), &choices).await
            }
            _ => {
                let message = "`template`, `add` and `remove` are said one at a time, without `data_type`.";
                Err(Problem::invalid(vec![FieldError::new("template", &value_codes::INCONSISTENT, message)]))
            }
        }
    };
    ask.run(work).await?;
    let answer = look::report(&ask, id, StatusCode::OK).await;
    Ok(once.answered(&ask, answer).await?)
}

fn unread(error: serde_json::Error) -> Problem {
    let message = format!(
        "The body cannot be read: {error}. It takes template, add, remove, data_type, mapping, set and key."
    );
    Problem::invalid(vec![FieldError::new("body", &value_codes::WRONG_TYPE, message)])
}
