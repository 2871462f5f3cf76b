//! Operations: typed business logic behind `POST …/{operation}`.

use axum::{http::StatusCode, response::Response};
use serde_json::Value;
use uuid::Uuid;
use work::{
    once::Done,
    operation::{Operation, execute_once},
};

use crate::{
    answer,
    ask::Ask,
    input::{Id, Posted},
    once,
    refusal::Refusal,
};

/// Runs an operation on one record.
pub async fn on_record(
    ask: Ask,
    operation: &'static Operation,
    Id(id): Id,
    posted: Posted,
) -> Result<Response, Refusal> {
    run(ask, operation, Some(id), posted).await
}

/// Runs an operation on a whole kind of record.
pub async fn on_collection(
    ask: Ask,
    operation: &'static Operation,
    posted: Posted,
) -> Result<Response, Refusal> {
    run(ask, operation, None, posted).await
}

async fn run(
    ask: Ask,
    operation: &'static Operation,
    id: Option<Uuid>,
    Posted { body, once }: Posted,
) -> Result<Response, Refusal> {
    let work = execute_once(&ask.app.services, &ask.caller, operation, id, body, once.asks());
    match ask.run(work).await? {
        Done::Now(done) => Ok(answer::document(StatusCode::OK, &Value::Object(done))),
        Done::Before(kept) => Ok(once::again(kept)?),
    }
}
