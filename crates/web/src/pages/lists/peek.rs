//! `GET /{entity}/{id}/peek`: what matters of a record, beside the list that it stands in.

use axum::http::StatusCode;
use maud::{Markup, html};
use model::{entity::Entity, field::Field};
use serde_json::Value;
use store::engine;
use uuid::Uuid;

use super::words;
use crate::{
    input::Id,
    pages::{
        Answer, go,
        groups::{grouped, is_shown},
        html as answer, nav,
        record::{children, everything, gone, head},
        visitor::Visitor,
    },
    ui::{
        small,
        value::{Record, full, title},
    },
};

/// The summary; as a page of its own it is the record's page.
pub async fn peek(visitor: Visitor, entity: &'static Entity, Id(id): Id) -> Answer {
    let (db, caller) = (&visitor.ask.app.db, visitor.caller());
    let found =
        visitor.ask.run(engine::get(db, caller, entity, id, &everything(&visitor.look, entity))).await?;
    if !visitor.look.partial {
        return Ok(go(&format!("/{}/{id}", entity.name)));
    }
    let record: Record = serde_json::from_str(&found.json).map_err(model::problem::Problem::internal)?;
    Ok(answer(StatusCode::OK, shown(&visitor, entity, id, &record)))
}

fn shown(visitor: &Visitor, entity: &'static Entity, id: Uuid, record: &Record) -> Markup {
    let look = &visitor.look;
    let name = title(look, entity, record);
    let filled = |field: &Field| {
        is_shown(look, field)
            && record.get(field.name).is_some_and(|value| !is_empty(value))
            && field.name != entity.title
    };
    let path = format!("/{}/{id}", entity.name);
    html! {
        header.peek-top {
            a."btn out" href=(path) { (small("arrow-right")) (look.t(words::OPEN)) kbd { "Enter" } }
            span.grow {}
            button."btn sq" type="button" data-unpeek aria-label=(look.t(words::CLOSE)) { (small("x")) }
        }
        (head(look, entity, id, record, &name))
        (gone(look, record, None))
        div.peek-body {
            @for (label, fields) in grouped(entity, filled) {
                section {
                    h2 { (look.t(label)) }
                    dl.facts { @for field in fields { div.wide { dt { (look.t(field.label)) } dd { (full(look, field, record)) } } } }
                }
            }
            @let children = children(visitor, entity);
            @if !children.is_empty() {
                section {
                    h2 { (look.t(words::RELATED)) }
                    ul.ways {
                        @for (child, other) in children {
                            li { a.nav href={ (path) "?show=" (child.name) } { (small(nav::icon(other))) (look.t(other.plural)) } }
                        }
                    }
                }
            }
        }
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null()
        || value.as_array().is_some_and(Vec::is_empty)
        || value.as_object().is_some_and(|one| one.is_empty())
}
