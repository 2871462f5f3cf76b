//! What was asked: path, query, headers and body, read into plain values.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use model::{
    Document,
    problem::{FieldError, Problem, codes},
    value::codes as value_codes,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{App, once::Once, refusal::Refusal};

/// Most bytes of a JSON body.
pub const BODY_LIMIT: usize = 1 << 20;

/// The `{id}` of the path.
#[derive(Clone, Copy, Debug)]
pub struct Id(pub Uuid);

impl FromRequestParts<App> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let text = path.map_or_else(|_| String::new(), |Path(text)| text);
        Ok(Self(uuid(&text).ok_or_else(|| {
            Problem::not_found("record")
                .hint("The address takes the record's id, a UUID; a list finds it by code or name.")
        })?))
    }
}

/// Reads a UUID in its hyphenated form alone.
fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// The parameters behind the `?`, decoded, in the order in which they came.
#[derive(Clone, Debug)]
pub struct Params(pub Vec<(String, String)>);

impl FromRequestParts<App> for Params {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        match Query::from_request_parts(parts, app).await {
            Ok(Query(pairs)) => Ok(Self(pairs)),
            Err(_) => Err(Problem::new(&codes::BAD_REQUEST, "The parameters behind the `?` cannot be read.")
                .hint("Write them as `name=value`, percent-encoded, joined by `&`.")
                .into()),
        }
    }
}

/// A JSON object as the body; none at all counts as an empty one.
#[derive(Clone, Debug)]
pub struct JsonBody(pub Document);

impl FromRequest<App> for JsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &App) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        Ok(Self(document(&parts.headers, body).await?.0))
    }
}

/// The body of a POST, and how it is done once where the caller said so.
#[derive(Clone, Debug)]
pub struct Posted {
    /// As of [`JsonBody`].
    pub body: Document,
    /// From `Idempotency-Key`.
    pub once: Once,
}

impl FromRequest<App> for Posted {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &App) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let once = Once::asked(&parts)?;
        let (body, bytes) = document(&parts.headers, body).await?;
        Ok(Self { body, once: once.of(&bytes) })
    }
}

/// The JSON object of a body, and its bytes.
async fn document(headers: &HeaderMap, body: Body) -> Result<(Document, Bytes), Refusal> {
    let bytes = whole(headers, body).await?;
    if bytes.is_empty() {
        return Ok((Document::new(), bytes));
    }
    if !is_json(headers) {
        return Err(Problem::new(&codes::UNSUPPORTED_MEDIA, "The body is read as JSON only.")
            .hint("Send `Content-Type: application/json`.")
            .into());
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(document)) => Ok((document, bytes)),
        Ok(_) => Err(unread("The body must be a JSON object.", "Put the fields between `{` and `}`.")),
        Err(error) => Err(unread(
            &format!("The body is not valid JSON: line {}, column {}.", error.line(), error.column()),
            "Check quotes, commas and brackets there; the text must be UTF-8.",
        )),
    }
}

/// Refuses a body where none is read.
///
/// # Errors
/// `invalid` naming each field.
pub fn nothing(body: &Document) -> Result<(), Problem> {
    if body.is_empty() {
        return Ok(());
    }
    let error = |name: &String| {
        FieldError::new(name, &value_codes::UNKNOWN_FIELD, format!("The input has no field `{name}`."))
    };
    Err(Problem::invalid(body.keys().map(error).collect()))
}

fn unread(detail: &str, hint: &str) -> Refusal {
    Problem::new(&codes::BAD_REQUEST, detail).hint(hint).into()
}

/// The body in memory, if it is within the limit. A length that is announced is refused before it is read.
///
/// # Errors
/// `too_large`, or `bad_request` for one that breaks off.
pub async fn whole(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::new(&codes::TOO_LARGE, "The body is larger than 1 MiB.")
            .hint("Send fewer records at a time, or import a file.")
    };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > BODY_LIMIT) {
        return Err(too_large());
    }
    to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        if std::error::Error::source(&error)
            .is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
        {
            too_large()
        } else {
            Problem::new(&codes::BAD_REQUEST, "The body broke off.").cause(error)
        }
    })
}

/// `application/json` or a type that ends in `+json`.
fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

/// What a request says about versions.
#[derive(Clone, Debug, Default)]
pub struct Precondition {
    /// Write only to this version.
    pub if_match: Option<i32>,
    /// The versions the caller already holds.
    pub if_none_match: Option<HeaderValue>,
}

impl FromRequestParts<App> for Precondition {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        let if_match = match parts.headers.get(header::IF_MATCH).map(HeaderValue::as_bytes) {
            None | Some(b"*") => None,
            // A tag of something else fits no version (RFC 9110, 13.1.1).
            Some(tag) if is_tag(tag) => Some(version(tag).unwrap_or(0)),
            Some(_) => {
                return Err(unread(
                    "`If-Match` holds no version of a record.",
                    "Send the `ETag` of the record as it was read, like `\"v3\"`.",
                ));
            }
        };
        Ok(Self { if_match, if_none_match: parts.headers.get(header::IF_NONE_MATCH).cloned() })
    }
}

impl Precondition {
    /// Whether the caller already holds this version.
    pub fn holds(&self, version: Option<i32>) -> bool {
        let (Some(given), Some(current)) = (&self.if_none_match, version) else { return false };
        let mut tags = given.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        tags.any(|tag| tag == b"*" || self::version(tag.strip_prefix(b"W/").unwrap_or(tag)) == Some(current))
    }
}

/// Whether it is one entity tag, whosever (RFC 9110, 8.8.3).
fn is_tag(tag: &[u8]) -> bool {
    let plain = tag.strip_prefix(b"W/").unwrap_or(tag);
    let inner = plain.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    inner.is_some_and(|inner| inner.iter().all(|byte| matches!(byte, 0x21 | 0x23..=0x7e | 0x80..)))
}

/// Reads `"v3"`.
fn version(tag: &[u8]) -> Option<i32> {
    let digits = tag.strip_prefix(b"\"v")?.strip_suffix(b"\"")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
