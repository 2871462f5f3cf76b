//! Operations: typed business logic behind `POST …/{operation}`.

use axum::{http::StatusCode, response::Response};
use serde_json::Value;
use work::operation::{Operation, execute};

use crate::{
    answer,
    ask::Ask,
    input::{Id, JsonBody},
    refusal::Refusal,
};

/// Runs an operation on one record.
pub async fn on_record(
    ask: Ask,
    operation: &'static Operation,
    Id(id): Id,
    JsonBody(input): JsonBody,
) -> Result<Response, Refusal> {
    let done = ask.run(execute(&ask.app.services, &ask.caller, operation, Some(id), input)).await?;
    Ok(answer::document(StatusCode::OK, &Value::Object(done)))
}

/// Runs an operation on a whole kind of record.
pub async fn on_collection(
    ask: Ask,
    operation: &'static Operation,
    JsonBody(input): JsonBody,
) -> Result<Response, Refusal> {
    let done = ask.run(execute(&ask.app.services, &ask.caller, operation, None, input)).await?;
    Ok(answer::document(StatusCode::OK, &Value::Object(done)))
}
