//! What became of a record, newest first: who did what, and which fields changed from what to what.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{entity::Entity, field::Kind};
use serde_json::{Map, Value};

use crate::ui::{
    Look, person, time,
    value::{self, Record},
    words,
};

/// Most changes of one line that are told in full.
const TOLD: usize = 6;

/// The history as a list.
pub fn timeline(look: &Look, entity: &'static Entity, lines: &[Record]) -> Markup {
    html! {
        section.time aria-labelledby="history" {
            h2 #history { (look.t(words::HISTORY)) }
            @if lines.is_empty() { p.muted { (look.t(words::NO_HISTORY)) } }
            ol { @for line in lines { (self::line(look, Some(entity), line, &html! {})) } }
        }
    }
}

/// One line, as the history of a record has them; `about` stands behind what was done.
pub fn line(look: &Look, entity: Option<&'static Entity>, line: &Record, about: &Markup) -> Markup {
    let text = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
    let actor = line.get("actor").and_then(|actor| actor["name"].as_str());
    let actor = actor.unwrap_or(look.t(words::BY_PROGRAM));
    let at: Option<Timestamp> = text("at").parse().ok();
    let action = match text("action") {
        "create" | "insert" => look.t(words::CREATED),
        "update" => look.t(words::UPDATED),
        "archive" => look.t(words::ACTION_ARCHIVE),
        "restore" => look.t(words::ACTION_RESTORE),
        "delete" => look.t(words::ACTION_DELETE),
        "view" => look.t(words::ACTION_VIEW),
        other => other,
    };
    let made = matches!(text("action"), "create" | "insert");
    let changes: Vec<&Map<String, Value>> = line
        .get("changes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .collect();
    html! {
        li {
            (person(actor))
            p.what {
                b { (actor) } " " (action) (about)
                @if line.get("batch_id").is_some_and(|batch| !batch.is_null()) { " " (look.t(words::IMPORTED)) }
                @if let Some(at) = at { " · " (time::ago(look, at)) }
            }
            @if !made && !changes.is_empty() {
                ul.diff {
                    @for change in changes.iter().take(TOLD) { (changed(look, entity, change)) }
                    @if changes.len() > TOLD { li { "+" (changes.len() - TOLD) } }
                }
            }
        }
    }
}

fn changed(look: &Look, entity: Option<&'static Entity>, change: &Map<String, Value>) -> Markup {
    let name = change.get("field").and_then(Value::as_str).unwrap_or_default();
    let field = entity.and_then(|entity| entity.any_field(name));
    let label = field.map_or(name.strip_prefix("attributes.").unwrap_or(name), |field| look.t(field.label));
    let side = |side: &str| {
        let value = change.get(side).cloned().unwrap_or_default();
        match field {
            // Ids say nothing to people; that the link changed does.
            Some(field) if matches!(field.kind, Kind::Link(_) | Kind::Id) && !value.is_null() => {
                html! { span.muted { "·····" } }
            }
            Some(field) => {
                let record = Map::from_iter([(field.name.to_owned(), value)]);
                value::cell(look, field, &record)
            }
            None if value.is_null() => value::none(),
            None => html! { (value.as_str().map_or_else(|| value.to_string(), str::to_owned)) },
        }
    };
    html! { li { span.muted { (label) } " " del { (side("old")) } " → " ins { (side("new")) } } }
}
