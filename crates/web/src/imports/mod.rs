//! Imports over HTTP: upload, look, check, commit, resume, cancel, undo.
//!
//! What may take long goes on in a task of the process, which a caller who leaves does not stop. An answer within
//! [`PATIENCE`] is given as such; else 202 says that the work goes on, and the address of the import tells how far.

mod look;
mod upload;

use std::time::Duration;

use axum::{
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    response::Response,
    routing::MethodRouter,
};
use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde_json::json;
use tokio::time::timeout;
use tracing::{Instrument, Span, error};
use uuid::Uuid;
use work::import;

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
        Import::Undo => mount(route, |ask, id, body| run(ask, id, body, Step::Undo)),
        Import::Cancel => mount(route, |ask, id, body| run(ask, id, body, Step::Cancel)),
    }
}

/// What may take long.
#[derive(Clone, Copy, Debug)]
enum Step {
    Validate,
    Commit,
    Resume,
    Undo,
    Cancel,
}

async fn run(ask: Ask, Id(id): Id, JsonBody(body): JsonBody, step: Step) -> Result<Response, Refusal> {
    let force = upload::flag(&body, "force")?;
    let (app, caller) = (ask.app.clone(), ask.caller.clone());
    let work = async move {
        let done = step.take(&app, &caller, id, force).await;
        match &done {
            // Another task is at work on it, and tells how far.
            Err(problem) if *problem.code() == codes::BUSY => {}
            Err(problem) => stopped(&app, id, problem),
            Ok(()) => app.running().end(id),
        }
        done
    };
    let task = tokio::spawn(work.instrument(Span::current()));
    match ask.run(async { Ok(timeout(PATIENCE, task).await) }).await? {
        Ok(ended) => {
            ended.map_err(Problem::internal)??;
            look::report(&ask, id, StatusCode::OK).await
        }
        Err(_) => Ok(placed(look::report(&ask, id, StatusCode::ACCEPTED).await?, id)),
    }
}

impl Step {
    async fn take(self, app: &App, caller: &Caller, id: Uuid, force: bool) -> Result<(), Problem> {
        let told = |progress| app.running().note(id, progress);
        match self {
            Self::Validate => import::validate(&app.db, &app.files, caller, id, &told).await,
            Self::Commit => import::commit(&app.db, caller, id, &told).await,
            Self::Resume => import::resume(&app.db, &app.files, caller, id, &told).await,
            Self::Undo => import::undo(&app.db, caller, id, force, &told).await.map(drop),
            Self::Cancel => import::cancel(&app.db, caller, id).await,
        }
    }
}

/// The caller may be gone, so what went wrong inside is told to the log here too.
fn stopped(app: &App, id: Uuid, problem: &Problem) {
    app.running().end(id);
    if let Some(cause) = problem.inner_cause() {
        error!(import = %id, code = problem.code().code, ?cause, "an import stopped");
    }
}

/// The answer with the address of the import.
fn placed(mut response: Response, id: Uuid) -> Response {
    if let Ok(place) = HeaderValue::from_str(&format!("{BASE}/imports/{id}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// A report with how far this process is.
fn told(report: &import::Report, progress: Option<import::Progress>) -> serde_json::Value {
    let mut told = json!(report);
    told["progress"] = json!(progress);
    told
}
