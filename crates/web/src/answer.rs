//! Answers. Records travel as the JSON text that PostgreSQL made, never parsed on the way.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use model::{caller::Scope, entity::Entity};
use serde_json::Value;
use store::engine::{Counted, Page, Record};

use crate::routes::{BASE, PORTAL};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// JSON text.
pub fn json(status: StatusCode, text: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(text.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

/// A JSON document.
pub fn document(status: StatusCode, document: &Value) -> Response {
    json(status, document.to_string())
}

/// A JSON document with its version.
pub fn versioned(status: StatusCode, document: &Value, version: i32) -> Response {
    let mut response = self::document(status, document);
    if let Some(tag) = etag(Some(version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// A JSON document and where it is.
pub fn placed(status: StatusCode, document: &Value, place: &str) -> Response {
    let mut response = self::document(status, document);
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// A file of CSV, written while it is sent.
pub fn csv(body: Body, disposition: &HeaderValue) -> Response {
    file(body, HeaderValue::from_static("text/csv; charset=utf-8"), disposition)
}

/// A file for people to store.
pub fn file(body: Body, media_type: HeaderValue, disposition: &HeaderValue) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition.clone());
    response
}

/// One record with its version.
pub fn record(status: StatusCode, record: Record) -> Response {
    let tag = etag(record.version);
    let mut response = json(status, record.json);
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// A new record and where it is.
pub fn created(side: Scope, entity: &str, record: Record) -> Response {
    let base = if side == Scope::Portal { PORTAL } else { BASE };
    let place = HeaderValue::from_str(&format!("{base}/{entity}/{}", record.id));
    let mut response = self::record(StatusCode::CREATED, record);
    if let Ok(place) = place {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// The caller already holds this version.
pub fn not_modified(version: Option<i32>) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    if let Some(tag) = etag(version) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// A page of records: `{data, page: {next, prev, count}}`.
pub fn page(page: Page) -> Response {
    let cursor = |cursor: Option<String>| cursor.map_or(Value::Null, Value::from);
    let (next, prev) = (cursor(page.next), cursor(page.prev));
    let count = match page.count {
        None => Value::Null,
        Some(Counted::Exactly(count)) => count.into(),
        Some(more) => more.to_string().into(),
    };
    let mut text = page.data;
    text.insert_str(0, "{\"data\":");
    text.push_str(&format!(",\"page\":{{\"next\":{next},\"prev\":{prev},\"count\":{count}}}}}"));
    json(StatusCode::OK, text)
}

/// Says where records are that are too old to be listed: `Link: <…>; rel="archives"` (RFC 8288).
pub fn with_older(mut response: Response, entity: &Entity) -> Response {
    if let Some(older) = entity.older
        && let Ok(link) = HeaderValue::from_str(&format!("<{BASE}/{older}>; rel=\"archives\""))
    {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// `"v3"`.
fn etag(version: Option<i32>) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"v{}\"", version?)).ok()
}
