//! The tenant's settings: every group, one group, a change of some settings.

use axum::{http::StatusCode, response::Response};
use model::field::{Field, Text};
use serde_json::{Value, json};
use work::settings::{self, Described, Settings};

use crate::{
    answer,
    ask::Ask,
    input::{JsonBody, Precondition},
    openapi,
    refusal::Refusal,
};

/// Every group.
pub async fn all(ask: Ask) -> Result<Response, Refusal> {
    let all = ask.run(settings::all(&ask.app.db, &ask.caller)).await?;
    let data: Vec<Value> = all.iter().map(told).collect();
    Ok(answer::document(StatusCode::OK, &json!({ "data": data })))
}

/// One group, with its version.
pub async fn get(ask: Ask, group: &'static Described) -> Result<Response, Refusal> {
    let settings = ask.run(settings::get(&ask.app.db, &ask.caller, group)).await?;
    Ok(answer::versioned(StatusCode::OK, &told(&settings), settings.version))
}

/// A change of some settings; null gives one its default back.
pub async fn update(
    ask: Ask,
    group: &'static Described,
    held: Precondition,
    JsonBody(body): JsonBody,
) -> Result<Response, Refusal> {
    let work = async {
        let mut tx = ask.app.db.begin(&ask.caller).await?;
        let settings = settings::write(&mut tx, group, body, held.if_match).await?;
        tx.commit().await.map(|()| settings)
    };
    let settings = ask.run(work).await?;
    Ok(answer::versioned(StatusCode::OK, &told(&settings), settings.version))
}

fn told(settings: &Settings) -> Value {
    let group = settings.group;
    let stated: Vec<&String> = settings.stated.keys().collect();
    let fields: Vec<Value> = group.fields.iter().map(field).collect();
    json!({
        "group": group.name,
        "label": words(group.label),
        "about": words(group.about),
        "version": settings.version,
        "values": settings.values,
        "stated": stated,
        "fields": fields,
    })
}

fn field(field: &'static Field) -> Value {
    let default: Value = field.default.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    json!({
        "name": field.name,
        "label": words(field.label),
        "help": { "en": field.help, "th": field.help_th },
        "default": default,
        "schema": openapi::setting(field),
    })
}

fn words(text: Text) -> Value {
    json!({ "en": text.en, "th": text.th })
}
