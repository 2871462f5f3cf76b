//! Imports over HTTP: upload, look, check, commit, resume, cancel, undo.
//!
//! What may take long is a background job, which any process with workers does and a caller who leaves does not stop. An
//! answer within [`PATIENCE`] is given as such; else 202 says that the work goes on, and the address of the import tells
//! how far, in any process.

mod look;
mod upload;

use std::time::Duration;

use axum::{
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    response::Response,
    routing::MethodRouter,
};
use model::problem::Problem;
use tokio::time::timeout;
use tracing::{Instrument, Span};
use uuid::Uuid;
use work::import::{self, Step};

use crate::{
    App,
    ask::Ask,
    input::{Id, JsonBody},
    refusal::Refusal,
    router::mount,
    routes::{BASE, Import, Route},
};

/// How long an answer waits for the work to end before it says that it goes on.
const PATIENCE: Duration = Duration::from_secs(2);

/// The handler of an import's address.
pub fn endpoint(route: &Route, import: Import) -> MethodRouter<App> {
    match import {
        Import::List => mount(route, look::list),
        Import::Receive => mount(route, upload::receive).layer(DefaultBodyLimit::max(upload::LIMIT)),
        Import::Get => mount(route, look::get),
        Import::Rows => mount(route, look::rows),
        Import::Errors => mount(route, look::errors),
        Import::ErrorFile => mount(route, look::error_file),
        Import::Validate => mount(route, |ask, id, body| run(ask, id, body, Step::Validate)),
        Import::Commit => mount(route, |ask, id, body| run(ask, id, body, Step::Commit)),
        Import::Resume => mount(route, |ask, id, body| run(ask, id, body, Step::Resume)),
        Import::Undo => mount(route, |ask, id, body| run(ask, id, body, Step::Undo { force: false })),
        Import::Cancel => mount(route, cancel),
    }
}

async fn run(ask: Ask, Id(id): Id, JsonBody(body): JsonBody, step: Step) -> Result<Response, Refusal> {
    let force = upload::flag(&body, "force")?;
    let step = match step {
        Step::Undo { .. } => Step::Undo { force },
        other => other,
    };
    let work = async {
        let job = import::enqueue(&ask.app.db, &ask.caller, id, step).await?;
        import::wait(&ask.app.db, &ask.caller, job, PATIENCE).await
    };
    match ask.run(work).await? {
        true => look::report(&ask, id, StatusCode::OK).await,
        false => Ok(placed(look::report(&ask, id, StatusCode::ACCEPTED).await?, id)),
    }
}

/// The answer with the address of the import.
fn placed(mut response: Response, id: Uuid) -> Response {
    if let Ok(place) = HeaderValue::from_str(&format!("{BASE}/imports/{id}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// Waits for the chunk that is being written; a caller who leaves does not stop it.
async fn cancel(ask: Ask, Id(id): Id) -> Result<Response, Refusal> {
    let (db, caller) = (ask.app.db.clone(), ask.caller.clone());
    let work = async move { import::cancel(&db, &caller, id).await };
    let task = tokio::spawn(work.instrument(Span::current()));
    match ask.run(async { Ok(timeout(PATIENCE, task).await) }).await? {
        Ok(ended) => {
            ended.map_err(Problem::internal)??;
            look::report(&ask, id, StatusCode::OK).await
        }
        Err(_) => Ok(placed(look::report(&ask, id, StatusCode::ACCEPTED).await?, id)),
    }
}
