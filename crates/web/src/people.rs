//! What an admin asks about one of the company's people: what they did, and why they see what they see.

use axum::{http::StatusCode, response::Response};
use model::{
    problem::{FieldError, Problem},
    query::PageQuery,
    value,
};
use uuid::Uuid;
use work::access::{
    staff,
    why::{Question, why},
};

use crate::{
    answer,
    ask::Ask,
    input::{Id, Params},
    refusal::Refusal,
};

/// Devices and lines of the audit trail of one user.
pub async fn activity(ask: Ask, Id(user): Id, Params(params): Params) -> Result<Response, Refusal> {
    let query = PageQuery::parse(&params)?;
    let told = ask.run(staff::activity(&ask.app.db, &ask.caller, user, &query)).await?;
    Ok(answer::document(StatusCode::OK, &told))
}

/// Why a user may do something, or why not: `?entity=orders&record=…&action=view`.
pub async fn access(ask: Ask, Id(user): Id, Params(params): Params) -> Result<Response, Refusal> {
    let question = question(user, &params)?;
    let told = ask.run(why(&ask.app.db, &ask.caller, &question)).await?;
    Ok(answer::document(StatusCode::OK, &told))
}

fn question(user: Uuid, params: &[(String, String)]) -> Result<Question, Problem> {
    let mut question = Question { user, entity: String::new(), record: None, action: "view".to_owned() };
    let mut errors = vec![];
    for (name, text) in params {
        match name.as_str() {
            "entity" => question.entity.clone_from(text),
            "action" => question.action.clone_from(text),
            "record" => match Uuid::try_parse(text) {
                Ok(id) => question.record = Some(id),
                Err(_) => {
                    let message = "`record` is the id of a record, a UUID.";
                    errors.push(
                        FieldError::new("record", &value::codes::NOT_AN_ID, message).value(text.clone()),
                    );
                }
            },
            other => {
                let meant = value::nearest(other, ["entity", "record", "action"]);
                let message = format!("There is no parameter `{other}`: entity, record, action.");
                let error = FieldError::new(other, &value::codes::UNKNOWN_FIELD, message);
                errors.push(error.value(text.clone()).suggest(meant));
            }
        }
    }
    if question.entity.is_empty() {
        errors.push(FieldError::new(
            "entity",
            &value::codes::REQUIRED,
            "Name the kind of record: `entity=orders`.",
        ));
    }
    if errors.is_empty() { Ok(question) } else { Err(Problem::invalid(errors)) }
}
