//! The OpenAPI 3.1 description, written from the list of routes, the entities and the operations.

mod auth;
mod bulk;
mod example;
mod imports;
mod parameters;
mod paths;
mod people;
mod platform;
mod schemas;
mod settings;
mod shared;

pub use schemas::setting;

use std::sync::LazyLock;

use axum::{body::Bytes, http::StatusCode, response::Response};
use model::registry;
use serde_json::{Map, Value, json};

/// The description as an indented document, the same for every run of the program.
pub fn text() -> Bytes {
    static TEXT: LazyLock<Bytes> = LazyLock::new(|| {
        let mut text = format!("{:#}", document());
        text.push('\n');
        Bytes::from(text)
    });
    TEXT.clone()
}

/// Answers with the description.
pub async fn answer() -> Response {
    crate::answer::json(StatusCode::OK, text())
}

/// The description.
pub fn document() -> Value {
    let (mut schemas, mut parameters) = (shared::schemas(), parameters::shared());
    schemas.extend(schemas::codes());
    schemas.extend(settings::of_groups());
    for entity in registry::ENTITIES.iter().copied() {
        schemas.extend(schemas::of(entity));
        parameters.extend(parameters::of(entity));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tenantry",
            "version": "1",
            "summary": "Sales and operations of many companies, one tenant at a time.",
            "description": INTRODUCTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This server" }],
        "security": [{ "token": [] }, { "session": [] }],
        "tags": tags(),
        "paths": paths::all(),
        "components": {
            "schemas": schemas,
            "responses": shared::responses(),
            "parameters": parameters,
            "headers": shared::headers(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An integration token, `tnt_<tenant>_<secret>`, which acts with the permissions of its role, or the access token of a person who signed in at `/api/v1/auth/login`.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-tenantry",
                    "description": "A browser's session, from `/api/v1/auth/login`; over http on the own machine the cookie is called `tenantry`. Writes must come from the same origin.",
                },
            },
        },
    })
}

const INTRODUCTION: &str = "Every record belongs to one tenant, and a token reaches the records of its own tenant alone.\n\n\
    Money, prices and quantities are strings (`\"12.50\"`), times are RFC 3339 in UTC, dates `YYYY-MM-DD`, ids UUIDs. \
    A record that the caller may not see is answered like one that does not exist. Every refusal is \
    `application/problem+json` (RFC 9457) with a stable `code`; all bad fields are told at once. \
    `ETag` holds a record's version; a write with `If-Match` refuses when somebody else was faster.";

/// What groups the addresses in readers of the description.
fn tags() -> Vec<Value> {
    let mut tags = vec![
        json!({ "name": "service", "description": "Health, documentation and who is asking." }),
        json!({ "name": "auth", "description": "Signing in and out." }),
        json!({ "name": "portal", "description": "For people at customers: the records of their customer and the catalogue, without what only staff may know. Fields marked as the staff's are left out of answers." }),
        json!({ "name": "platform", "description": "Tenants as a whole, for the operator of this Tenantry." }),
    ];
    tags.extend(
        registry::ENTITIES.iter().map(|entity| json!({ "name": entity.name, "description": entity.about })),
    );
    tags
}

/// A JSON object of these members.
fn object(members: impl IntoIterator<Item = (String, Value)>) -> Map<String, Value> {
    members.into_iter().collect()
}

/// `{"$ref": "#/components/<kind>/<name>"}`.
fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}
