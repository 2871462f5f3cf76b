//! `GET /{entity}/options?q=`: records to choose from, for the entries of forms that link.

use axum::http::StatusCode;
use maud::html;
use model::{
    entity::Entity,
    field::Kind,
    query::{Filter, ListQuery, SortKey, Target, Test, View},
};
use serde_json::Value;
use store::engine;

use super::{Answer, html as answer, table, visitor::Visitor};
use crate::{
    input::Params,
    ui::{Look, value, words},
};

/// How many are offered.
const MOST: u16 = 8;

/// The best matches as options of a list box.
pub async fn options(visitor: Visitor, entity: &'static Entity, Params(params): Params) -> Answer {
    let text = params.iter().find(|(name, _)| name == "q").map_or("", |(_, text)| text.trim());
    let ask = &visitor.ask;
    let page = ask
        .run(engine::list(&ask.app.db, visitor.caller(), entity, &query(&visitor.look, entity, text)))
        .await?;
    let records = table::records(&page.data)?;
    let look = &visitor.look;
    let list = html! {
        @for record in &records {
            @let name = value::title(look, entity, record);
            li role="option" aria-selected="false" data-id=(record.get("id").and_then(Value::as_str).unwrap_or_default())
                data-name=(name) {
                span lang=[value::thai(&name)] { (name) }
                @if let Some(also) = beside(entity, record) { small { (also) } }
            }
        }
        @if records.is_empty() { li role="option" aria-disabled="true" aria-selected="false" { (look.t(words::LIST_NONE)) } }
    };
    Ok(answer(StatusCode::OK, list))
}

/// What tells a record from others of its title: its code or address.
fn beside<'a>(entity: &Entity, record: &'a value::Record) -> Option<&'a str> {
    let mut names = entity.named_by.iter().filter(|name| **name != entity.title);
    names.find_map(|name| record.get(*name)?.as_str())
}

fn query(look: &Look, entity: &'static Entity, text: &str) -> ListQuery {
    let title = entity.field(entity.title);
    let mut query = ListQuery { limit: MOST, ..ListQuery::default() };
    let texts = title.filter(|field| matches!(field.kind, Kind::Text { .. } | Kind::Code | Kind::Email));
    match (text, texts) {
        ("", _) => {
            query.sort = title.filter(|field| field.sortable).map(SortKey::ascending).into_iter().collect()
        }
        (text, _) if entity.searchable => query.search = Some(text.chars().take(100).collect()),
        (text, Some(field)) => {
            query.filters.push(Filter { target: Target::Own(field), test: Test::Contains(text.to_owned()) });
        }
        _ => {}
    }
    let fields = entity.named_by.iter().chain([&entity.title]).filter_map(|name| entity.field(name));
    let mut names: Vec<_> = fields.filter(|field| look.reads(field)).collect();
    names.dedup_by_key(|field| field.name);
    query.view = View { fields: Some(names), attributes: false, expand: vec![] };
    query
}
