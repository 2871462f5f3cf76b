//! Plain exports: all records of an entity as CSV, written while they are sent.

use axum::{http::HeaderValue, response::Response};
use model::{entity::Entity, problem::Problem};
use work::export;

use crate::{answer, ask::Ask, refusal::Refusal, streamed::streamed};

/// Every record that the caller may export.
pub async fn csv(ask: Ask, entity: &'static Entity) -> Result<Response, Refusal> {
    let (db, caller) = (ask.app.db.clone(), ask.caller.clone());
    let write = async move |mut out| export::csv(&db, &caller, entity, &mut out).await;
    let body = ask.run(streamed(write)).await?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}.csv\"", entity.name));
    Ok(answer::csv(body, &name.map_err(Problem::internal)?))
}
