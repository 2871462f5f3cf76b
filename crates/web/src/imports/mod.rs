//! Imports over HTTP: upload, look, check, commit, resume, cancel, undo.
//!
//! What may take long is a background job, which any process with workers does and a caller who leaves does not stop. An
//! answer within [`PATIENCE`] is given as such; else 202 says that the work goes on, and the address of the import tells
//! how far, in any process.

mod action;
mod fix;
mod look;
mod map;
mod sample;
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
use work::{
    import::{self, Step},
    once::{Done, Kept},
};

use crate::{
    App,
    ask::Ask,
    input::{Id, Posted, nothing},
    once,
    refusal::Refusal,
    router::mount,
    routes::{BASE, Route},
};

pub use action::Import;
pub(crate) use fix::correct;
pub(crate) use upload::{LIMIT as UPLOAD_LIMIT, imports_something, take};

/// How long an answer waits for the work to end before it says that it goes on.
const PATIENCE: Duration = Duration::from_secs(2);

/// The handler of an import's address.
pub fn endpoint(route: &Route, import: Import) -> MethodRouter<App> {
    match import {
        Import::Sample => mount(route, sample::sample),
        Import::List => mount(route, look::list),
        Import::Receive => mount(route, upload::receive).layer(DefaultBodyLimit::max(upload::LIMIT)),
        Import::Get => mount(route, look::get),
        Import::Rows => mount(route, look::rows),
        Import::Errors => mount(route, look::errors),
        Import::ErrorFile => mount(route, look::error_file),
        Import::Map => mount(route, map::map),
        Import::Validate => mount(route, |ask, id, body| run(ask, id, body, Step::Validate)),
        Import::Fix => mount(route, fix::fix),
        Import::Commit => mount(route, |ask, id, body| run(ask, id, body, Step::Commit)),
        Import::Resume => mount(route, |ask, id, body| run(ask, id, body, Step::Resume)),
        Import::Undo => mount(route, |ask, id, body| run(ask, id, body, Step::Undo { force: false })),
        Import::Cancel => mount(route, cancel),
    }
}

async fn run(ask: Ask, Id(id): Id, Posted { body, once }: Posted, step: Step) -> Result<Response, Refusal> {
    let force = upload::flag(&body, "force")?;
    let step = match step {
        Step::Undo { .. } => Step::Undo { force },
        other => other,
    };
    let unanswered = unanswered(StatusCode::ACCEPTED, id);
    let enqueued =
        import::enqueue(&ask.app.db, &ask.caller, id, step, once.asks().map(|once| (once, &unanswered)));
    let job = match ask.run(Box::pin(enqueued)).await? {
        Done::Before(kept) => return again(&ask, kept).await,
        Done::Now(job) => job,
    };
    let answer = async {
        match ask.run(import::wait(&ask.app.db, &ask.caller, job, PATIENCE)).await? {
            true => look::report(&ask, id, StatusCode::OK).await,
            false => Ok(placed(look::report(&ask, id, StatusCode::ACCEPTED).await?, id)),
        }
    };
    let answer = answer.await;
    Ok(once.answered(&ask, answer).await?)
}

/// What is known of the answer when the effect commits: where to look.
fn unanswered(status: StatusCode, id: Uuid) -> Kept {
    let place = ("location".to_owned(), format!("{BASE}/imports/{id}"));
    Kept { status: status.as_u16(), headers: vec![place], body: None }
}

/// The answer of the time before; how the import stands now, where a process died before it was answered.
async fn again(ask: &Ask, kept: Kept) -> Result<Response, Refusal> {
    if kept.body.is_some() {
        return Ok(once::again(kept)?);
    }
    let place = kept.headers.iter().find(|(name, _)| name == "location").map(|(_, place)| place.as_str());
    let id = place.and_then(|place| Uuid::try_parse(place.rsplit('/').next()?).ok());
    let id = id.ok_or_else(|| Problem::internal("an unanswered import without its address"))?;
    let status = StatusCode::from_u16(kept.status).map_err(Problem::internal)?;
    Ok(once::replayed(placed(look::report(ask, id, status).await?, id)))
}

/// The answer with the address of the import.
fn placed(mut response: Response, id: Uuid) -> Response {
    if let Ok(place) = HeaderValue::from_str(&format!("{BASE}/imports/{id}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// Waits for the chunk that is being written; a caller who leaves does not stop it. Stopping twice is stopping once, so
/// the answer is kept behind it.
async fn cancel(ask: Ask, Id(id): Id, Posted { body, once }: Posted) -> Result<Response, Refusal> {
    nothing(&body)?;
    if let Some(asked) = once.asks()
        && let Some(kept) = ask.run(asked.look(&ask.app.db, &ask.caller)).await?
    {
        return again(&ask, kept).await;
    }
    let (db, caller) = (ask.app.db.clone(), ask.caller.clone());
    let work = async move { import::cancel(&db, &caller, id).await };
    let task = tokio::spawn(work.instrument(Span::current()));
    let answer = match ask.run(async { Ok(timeout(PATIENCE, task).await) }).await? {
        Ok(ended) => {
            ended.map_err(Problem::internal)??;
            look::report(&ask, id, StatusCode::OK).await?
        }
        Err(_) => placed(look::report(&ask, id, StatusCode::ACCEPTED).await?, id),
    };
    Ok(once.answered(&ask, Ok(answer)).await?)
}
