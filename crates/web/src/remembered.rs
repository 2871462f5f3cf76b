//! Requests of callers who are remembered: where the database says that something changed about access since, or was
//! not asked at all, the request is served once more, and its caller looked up.

use std::sync::{Arc, OnceLock};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::caller::{Caller, Remembered};

use crate::{
    input::whole,
    refusal::Refusal,
    routes::{Action, Route},
};

/// Most bytes of a body that is held for a second time.
const HELD: u64 = 64 << 10;

/// Travels with a request whose caller may be remembered, and notes that they were.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<OnceLock<Arc<Remembered>>>);

impl Memory {
    /// Notes how the caller is known.
    pub fn note(&self, caller: &Caller) {
        if let Some(remembered) = &caller.remembered {
            // A request is signed in once.
            let _ = self.0.set(remembered.clone());
        }
    }

    /// Whether the answer was given to somebody who may be another by now.
    fn is_in_doubt(&self) -> bool {
        self.0.get().is_some_and(|remembered| !remembered.is_confirmed())
    }
}

/// Whether requests of this address can be served twice: those that read, and those whose first step sets the context of
/// the one transaction in which all they do is done. What is streamed begins before the database was asked.
pub fn may_be_served_twice(route: &Route) -> bool {
    match route.action {
        Action::List(_)
        | Action::Get(_)
        | Action::History(_)
        | Action::Children(..)
        | Action::Likely(_)
        | Action::Search
        | Action::Me
        | Action::Create(_)
        | Action::Update(_)
        | Action::Archive(_)
        | Action::Restore(_) => true,
        Action::Page(_) => route.method == Method::GET,
        _ => false,
    }
}

/// The layer of those addresses.
pub async fn layer(request: Request, next: Next) -> Response {
    let held = request.body().size_hint().exact().is_some_and(|length| length <= HELD);
    if !held {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let body = match whole(&parts.headers, body).await {
        Ok(body) => body,
        Err(problem) => return Refusal::from(problem).into_response(),
    };
    let again = Request::from_parts(parts.clone(), Body::from(body.clone()));
    let memory = Memory::default();
    parts.extensions.insert(memory.clone());
    let answer = next.clone().run(Request::from_parts(parts, Body::from(body))).await;
    if memory.is_in_doubt() { next.run(again).await } else { answer }
}
