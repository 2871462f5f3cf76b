//! A problem on its way out, as `application/problem+json` (RFC 9457).

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{
    caller::Caller,
    problem::{Problem, Status},
};
use serde_json::{Map, Value, json};
use store::Db;
use tracing::{debug, error, warn};
use uuid::Uuid;
use work::access::refusals::{self, Attempt};

/// Seconds after which a caller may try again while the database is away.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// A problem that a handler or extractor answers with. The door writes it out, since it knows the request's id.
#[derive(Clone, Debug)]
pub struct Refusal(Arc<Problem>);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Arc::new(problem))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        response
    }
}

/// The status of an answer that tells this problem.
pub fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.code().status.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl Refusal {
    /// Its status.
    pub fn status(&self) -> StatusCode {
        status(&self.0)
    }

    /// The problem itself.
    pub fn problem(&self) -> &Problem {
        &self.0
    }

    /// The answer in full; what `headers` already hold (as `Allow`) stays.
    pub fn write(&self, request: Uuid, mut headers: HeaderMap) -> Response {
        self.log();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self.0.code().status {
            Status::Unauthenticated => {
                headers
                    .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"tenantry\""));
            }
            Status::Unavailable => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            _ => {}
        }
        let mut document = members(&self.0);
        document.insert("request_id".to_owned(), request.to_string().into());
        (self.status(), headers, Value::Object(document).to_string()).into_response()
    }

    /// Leaves a line in the audit trail where a permission was missing. The answer does not hang on it.
    pub async fn remember(&self, db: &Db, caller: &Caller, address: &str, path: &str) {
        if self.0.code().status != Status::Forbidden {
            return;
        }
        let permission = self.0.get_facts().and_then(|facts| facts["permission"].as_str());
        let record = path.split('/').find_map(|part| Uuid::try_parse(part).ok());
        let attempt = Attempt { permission, code: self.0.code().code, address, record };
        if let Err(problem) = refusals::note(db, caller, attempt).await {
            warn!(?problem, "a refusal is missing in the audit trail");
        }
    }

    /// The inner cause goes to the log of the request's span, and nowhere else.
    pub fn log(&self) {
        let (code, cause) = (self.0.code(), self.0.inner_cause());
        match (code.status, cause) {
            (Status::Internal, _) => error!(code = code.code, ?cause, "a defect"),
            (Status::Unavailable, _) => warn!(code = code.code, ?cause, "not available"),
            (_, Some(_)) => debug!(code = code.code, ?cause, "refused"),
            (_, None) => {}
        }
    }
}

/// The members that tell of a problem, the request's id aside. Absent ones are left out.
pub fn members(problem: &Problem) -> Map<String, Value> {
    let code = problem.code();
    let mut members = Map::new();
    let mut tell =
        |name: &str, value: Option<Value>| _ = value.map(|value| members.insert(name.to_owned(), value));
    tell("type", Some(format!("/docs/problems#{}", code.code).into()));
    tell("title", Some(code.title.into()));
    tell("status", Some(code.status.http().into()));
    tell("code", Some(code.code.into()));
    tell("detail", Some(problem.detail().into()));
    tell("hint", problem.get_hint().map(Value::from));
    let errors = problem.field_errors();
    tell("errors", (!errors.is_empty()).then(|| json!(errors)));
    tell("facts", problem.get_facts().cloned());
    members
}
