//! `GET /api/v1/search`: over every kind of record that the caller may see.

use axum::{http::StatusCode, response::Response};
use model::query::SearchQuery;
use serde_json::{Value, json};
use store::engine::{self, Hit, SEARCH_MOST};

use crate::{answer, ask::Ask, input::Params, refusal::Refusal};

/// The best matches, `{data: [{entity, id, title, subtitle, score}]}`.
pub async fn everywhere(ask: Ask, Params(params): Params) -> Result<Response, Refusal> {
    let offered: Vec<_> = engine::searched(&ask.caller).collect();
    let query = SearchQuery::parse(&offered, SEARCH_MOST, &params)?;
    let search = engine::everywhere(&ask.app.db, &ask.caller, &query.entities, &query.text, query.limit);
    let data: Vec<Value> = ask.run(search).await?.iter().map(told).collect();
    Ok(answer::document(StatusCode::OK, &json!({ "data": data })))
}

fn told(hit: &Hit) -> Value {
    json!({
        "entity": hit.entity.name, "id": hit.id, "title": hit.title, "subtitle": hit.subtitle,
        "score": (f64::from(hit.score) * 1_000.0).round() / 1_000.0,
    })
}
