//! The parts that many addresses share: problems, pages, headers.

use model::problem::{Status, codes};
use serde_json::{Map, Value, json};

use super::{object, reference};

/// The refusals that addresses share: name, status and what it means.
pub const REFUSALS: [(&str, Status, &str); 11] = [
    ("BadRequest", Status::BadRequest, "The request cannot be read."),
    ("Unauthenticated", Status::Unauthenticated, "No token, or one that is unknown, expired or revoked."),
    ("Forbidden", Status::Forbidden, "The caller's roles lack a permission."),
    ("NotFound", Status::NotFound, "Nothing is there, or this caller may not see it."),
    ("Conflict", Status::Conflict, "What is stored stands against it."),
    ("PreconditionFailed", Status::PreconditionFailed, "The record has changed since it was read."),
    ("TooLarge", Status::TooLarge, "The body is larger than its limit."),
    ("UnsupportedMedia", Status::UnsupportedMedia, "The body is of a kind that is not read here."),
    ("Unprocessable", Status::Unprocessable, "Understood, but values are wrong; `errors` names each."),
    ("TooMany", Status::TooMany, "More requests came than the caller, the company or the address may send."),
    ("Unavailable", Status::Unavailable, "The database is away, or the program is stopping."),
];

/// Schemas that belong to no entity.
pub fn schemas() -> Map<String, Value> {
    let members = [
        ("Problem", problem()),
        ("Refused", refused()),
        ("Import", super::imports::schema()),
        ("FieldError", field_error()),
        ("Page", page()),
        ("History", history()),
        ("Me", me()),
        ("EventTypes", event_types()),
        ("Tenant", super::platform::schema()),
    ];
    object(members.map(|(name, schema)| (name.to_owned(), schema)))
}

/// The refusals as responses.
pub fn responses() -> Map<String, Value> {
    object(REFUSALS.map(|(name, _, about)| {
        let mut headers = json!({ "X-Request-Id": reference("headers", "RequestId") });
        if name == "TooMany" {
            for header in ["Retry-After", "RateLimit", "RateLimit-Policy"] {
                headers[header] = reference("headers", &header.replace('-', ""));
            }
        }
        let response = json!({
            "description": about,
            "headers": headers,
            "content": { "application/problem+json": { "schema": reference("schemas", "Problem") } },
        });
        (name.to_owned(), response)
    }))
}

/// Headers of answers.
pub fn headers() -> Map<String, Value> {
    let text = |about: &str, example: &str| json!({ "description": about, "schema": { "type": "string" }, "example": example });
    object([
        (
            "RequestId".to_owned(),
            text("The request's id, as in log and audit.", "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        ),
        ("Replayed".to_owned(), text("This answer was given before to the same `Idempotency-Key`.", "true")),
        ("RetryAfter".to_owned(), text("Seconds to wait.", "2")),
        (
            "RateLimit".to_owned(),
            text(
                "Of each limit how many requests are left, and the seconds until all are there again.",
                "\"caller\";r=59999;t=1, \"tenant\";r=119999;t=1",
            ),
        ),
        (
            "RateLimitPolicy".to_owned(),
            text(
                "The limits: requests `q` within `w` seconds.",
                "\"caller\";q=60000;w=60, \"tenant\";q=120000;w=60",
            ),
        ),
        ("ETag".to_owned(), text("The record's version, for `If-Match` and `If-None-Match`.", "\"v3\"")),
        (
            "Location".to_owned(),
            text("The address of what was made.", "/api/v1/customers/0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        ),
    ])
}

fn problem() -> Value {
    let known: Vec<&str> = codes::ALL.iter().map(|code| code.code).collect();
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status", "code", "detail", "request_id"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "The code's documentation." },
            "title": { "type": "string", "description": "The same for each occurrence." },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "code": {
                "type": "string",
                "description": format!(
                    "Stable, what programs compare. Any address may answer with one of {}; operations list their own.",
                    known.join(", ")
                ),
                "examples": ["invalid"],
            },
            "detail": { "type": "string", "description": "A sentence about this occurrence." },
            "hint": { "type": "string", "description": "How to mend it." },
            "errors": { "type": "array", "items": reference("schemas", "FieldError") },
            "facts": { "type": "object", "description": "What a program may use, as theirs, mine and before of a refused write." },
            "request_id": { "type": "string", "format": "uuid" },
        },
    })
}

/// A problem within an answer: what is refused there has no request of its own.
fn refused() -> Value {
    let mut refused = problem();
    refused["required"] = json!(["type", "title", "status", "code", "detail"]);
    if let Some(properties) = refused["properties"].as_object_mut() {
        properties.shift_remove("request_id");
    }
    refused
}

fn field_error() -> Value {
    json!({
        "type": "object",
        "description": "One bad field of an input.",
        "required": ["field", "code", "message"],
        "properties": {
            "field": { "type": "string" },
            "code": { "type": "string", "examples": ["required"] },
            "message": { "type": "string" },
            "value": { "description": "The value as it came in." },
            "suggestion": { "type": "string", "description": "What was probably meant." },
        },
    })
}

fn page() -> Value {
    json!({
        "type": "object",
        "required": ["next", "prev", "count"],
        "properties": {
            "next": { "type": ["string", "null"], "description": "`after=` of the next page; null on the last." },
            "prev": { "type": ["string", "null"], "description": "The cursor of the page before; null on the first." },
            "count": { "description": "How many records there are, where `count=` asked for it." },
        },
    })
}

fn history() -> Value {
    let actor = json!({
        "type": "object",
        "required": ["kind", "id", "name"],
        "properties": {
            "kind": { "type": "string", "enum": ["user", "portal_user", "token", "job", "system"] },
            "id": { "type": ["string", "null"], "format": "uuid" },
            "name": { "type": ["string", "null"] },
        },
    });
    let change = json!({
        "type": "object",
        "required": ["field", "old", "new"],
        "properties": {
            "field": { "type": "string", "description": "The field's name; `attributes.<key>` of a custom one." },
            "old": { "description": "What stood there." },
            "new": { "description": "What stands there since." },
        },
    });
    let line = json!({
        "type": "object",
        "required": ["id", "at", "action", "actor", "changes", "batch_id"],
        "properties": {
            "id": { "type": "string", "format": "uuid" },
            "at": { "type": "string", "format": "date-time" },
            "action": { "type": "string", "enum": ["create", "update", "archive", "restore", "delete"] },
            "actor": actor,
            "changes": { "type": "array", "items": change },
            "batch_id": { "type": ["string", "null"], "format": "uuid", "description": "The import that did it." },
        },
    });
    json!({
        "type": "object",
        "required": ["data", "page"],
        "properties": { "data": { "type": "array", "items": line }, "page": reference("schemas", "Page") },
    })
}

fn event_types() -> Value {
    let text = json!({ "type": "string" });
    let names: Vec<&str> = work::events::event_types().iter().map(|kind| kind.name.as_str()).collect();
    let kind = json!({
        "type": "object",
        "required": ["name", "label", "entity", "example"],
        "properties": {
            "name": { "type": "string", "enum": names },
            "label": { "type": "object", "properties": { "en": text, "th": text } },
            "entity": text,
            "example": { "type": "object", "description": "The body of a message of this kind." },
        },
    });
    json!({
        "type": "object",
        "required": ["data"],
        "properties": { "data": { "type": "array", "items": kind } },
    })
}

fn me() -> Value {
    json!({
        "type": "object",
        "required": ["tenant", "actor", "person", "customer", "roles", "permissions", "session"],
        "properties": {
            "tenant": { "type": "object", "description": "The company." },
            "person": {
                "type": ["object", "null"],
                "description": "Who is signed in; null for a program's token.",
                "required": ["id", "name", "email", "locale", "second_step"],
                "properties": {
                    "id": { "type": "string", "format": "uuid" },
                    "name": { "type": "string" },
                    "email": { "type": "string" },
                    "locale": { "type": "string" },
                    "second_step": { "type": "boolean", "description": "Whether signing in asks for a code." },
                },
            },
            "customer": {
                "type": ["object", "null"],
                "description": "For whom a portal user acts.",
                "required": ["id", "code", "name"],
                "properties": {
                    "id": { "type": "string", "format": "uuid" },
                    "code": { "type": "string" },
                    "name": { "type": "string" },
                },
            },
            "roles": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["code", "name"],
                    "properties": { "code": { "type": "string" }, "name": { "type": "string" } },
                },
            },
            "session": {
                "type": ["object", "null"],
                "description": "Where a person is signed in.",
                "properties": { "id": { "type": "string", "format": "uuid" } },
            },
            "actor": { "type": "string", "description": "Who acts, as the audit trail tells it.", "examples": ["token:0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"] },
            "permissions": {
                "type": "object",
                "description": "What the role permits, and on whose records.",
                "additionalProperties": { "type": "string", "enum": ["own", "team", "all"] },
            },
        },
    })
}
