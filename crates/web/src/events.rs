//! `GET /api/v1/event-types`: every kind of event, from the descriptions.

use std::sync::LazyLock;

use axum::{body::Bytes, http::StatusCode, response::Response};
use serde_json::{Value, json};
use work::events;

use crate::{answer, ask::Ask};

/// Every kind of event with its example. The same for all callers: descriptions are no secret of a tenant.
pub async fn event_types(_signed: Ask) -> Response {
    static TEXT: LazyLock<Bytes> = LazyLock::new(|| {
        let types: Vec<Value> = events::event_types().iter().map(described).collect();
        Bytes::from(json!({ "data": types }).to_string())
    });
    answer::json(StatusCode::OK, TEXT.clone())
}

fn described(kind: &events::EventType) -> Value {
    json!({
        "name": kind.name,
        "label": { "en": kind.label_en, "th": kind.label_th },
        "entity": kind.entity.name,
        "example": { "type": kind.name, "timestamp": "2026-01-31T09:30:00Z", "data": kind.example() },
    })
}
