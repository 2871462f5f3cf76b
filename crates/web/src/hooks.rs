//! Inbound webhooks: `POST /hooks/{tenant}/{source}`.
//!
//! The body is read whole and untouched, since signatures are over its bytes. What refuses a request, and how long that
//! takes, tells nothing about which tenants and sources there are.

use std::sync::Arc;

use axum::{
    body::to_bytes,
    extract::{FromRequestParts, Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use model::problem::{Problem, codes};
use serde_json::json;
use work::webhooks::inbound::{BODY_LIMIT, Headers, Kind};

use crate::{App, answer, door::Slip, refusal::Refusal};

/// Takes a webhook: 200 for LINE, which asks for it, 202 for others.
pub async fn receive(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let slip = parts.extensions.get::<Arc<Slip>>().cloned();
    let slip = slip.ok_or_else(|| Problem::internal("the request did not come through the door"))?;
    let place = Path::<(String, String)>::from_request_parts(&mut parts, &app).await;
    // A name that cannot be read leads to nobody.
    let (tenant, source) = place.map_or_else(|_| Default::default(), |Path(place)| place);
    let announced =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > BODY_LIMIT) {
        return Err(too_large().into());
    }
    let body = to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        let limit =
            std::error::Error::source(&error).is_some_and(|s| s.is::<http_body_util::LengthLimitError>());
        if limit {
            too_large()
        } else {
            Problem::new(&codes::BAD_REQUEST, "The body broke off.").cause(error)
        }
    })?;
    let accepted = app.inbox.receive((&tenant, &source), &plain(&parts.headers), &body, slip.id).await?;
    let status = if accepted.kind == Kind::Line { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok(answer::document(status, &json!({ "request_id": slip.id, "events": accepted.events })))
}

fn too_large() -> Problem {
    Problem::new(&codes::TOO_LARGE, "The body is larger than 1 MiB.").hint("Send fewer events at a time.")
}

/// The headers that are text.
fn plain(headers: &HeaderMap) -> Headers {
    let pairs = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    Headers(pairs.collect())
}
