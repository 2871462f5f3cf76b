//! `GET /api/v1/search`: over every kind of record that the caller may see; and records that likely are one that somebody is
//! about to make.

use axum::{http::StatusCode, response::Response};
use model::{
    Document,
    entity::Entity,
    problem::Problem,
    query::{SearchQuery, unknown_parameter},
    value::{Format, parse_text},
};
use serde_json::{Value, json};
use store::engine::{self, Hit, Likely, SEARCH_MOST};

use crate::{answer, ask::Ask, input::Params, refusal::Refusal};

/// The best matches, `{data: [{entity, id, title, subtitle, score}]}`.
pub async fn everywhere(ask: Ask, Params(params): Params) -> Result<Response, Refusal> {
    let offered: Vec<_> = engine::searched(&ask.caller).collect();
    let query = SearchQuery::parse(&offered, SEARCH_MOST, &params)?;
    let search = engine::everywhere(&ask.app.db, &ask.caller, &query.entities, &query.text, query.limit);
    let data: Vec<Value> = ask.run(search).await?.iter().map(told).collect();
    Ok(answer::document(StatusCode::OK, &json!({ "data": data })))
}

/// The records that likely are the one with these values, `{data: [{id, title, alike}]}`; without id and title where
/// the caller may not see them.
pub async fn likely(ask: Ask, entity: &'static Entity, Params(params): Params) -> Result<Response, Refusal> {
    ask.caller.permit(&entity.permission("create"))?;
    let known: Vec<&str> = engine::likely_by(entity).map(|field| field.name).collect();
    let (mut doc, mut errors) = (Document::new(), vec![]);
    for (name, text) in &params {
        let field = engine::likely_by(entity).find(|field| field.name == name);
        let field = field.ok_or_else(|| unknown_parameter(name, &known))?;
        match parse_text(field, text, &Format::canonical()) {
            Ok(value) => _ = doc.insert(name.clone(), value),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(Problem::invalid(errors).into());
    }
    let found = ask.run(engine::likely(&ask.app.db, &ask.caller, entity, &doc, None)).await?;
    let data: Vec<Value> = found.iter().map(likely_told).collect();
    Ok(answer::document(StatusCode::OK, &json!({ "data": data })))
}

fn likely_told(likely: &Likely) -> Value {
    let alike: Vec<&str> = likely.alike.iter().map(|field| field.name).collect();
    let (id, title) = likely.seen.as_ref().map(|(id, title)| (id, title)).unzip();
    json!({ "id": id, "title": title, "alike": alike })
}

fn told(hit: &Hit) -> Value {
    json!({
        "entity": hit.entity.name, "id": hit.id, "title": hit.title, "subtitle": hit.subtitle,
        "score": (f64::from(hit.score) * 1_000.0).round() / 1_000.0,
    })
}
