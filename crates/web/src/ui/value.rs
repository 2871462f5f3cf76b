//! A field's value as people read it, in a list or on a record's page.

use jiff::{Timestamp, civil::Date};
use maud::{Markup, html};
use model::{
    entity::Entity,
    field::{Field, Kind},
    registry,
};
use serde_json::{Map, Value};

use super::{Look, avatar, chip, number, small, time, words};
use crate::portal;

/// A record as it is answered.
pub type Record = Map<String, Value>;

/// What people call a record: its title, else the best of what names it, else how it is described.
pub fn title(look: &Look, entity: &Entity, record: &Record) -> String {
    let mut names =
        std::iter::once(&entity.title).chain(entity.named_by.iter().rev()).chain(&["description"]);
    let filled = |name: &str| record.get(name)?.as_str().filter(|text| !text.is_empty() && name != "id");
    let found = names.find_map(|name| filled(name));
    found.map_or_else(|| nameless(look, entity), |name| shown_title(look, entity, name))
}

fn nameless(look: &Look, entity: &Entity) -> String {
    format!("{} ({})", look.t(entity.label), look.t(words::NO_TITLE))
}

/// Titles that are choices or days are told as such.
fn shown_title(look: &Look, entity: &Entity, value: &str) -> String {
    match entity.field(entity.title).map(|field| field.kind) {
        Some(Kind::Choice(choices)) => {
            let label = choices.iter().find(|choice| choice.value == value);
            label.map_or_else(|| value.to_owned(), |choice| look.t(choice.label).to_owned())
        }
        Some(Kind::Date) => {
            value.parse().map_or_else(|_| value.to_owned(), |date| time::day(look.lang, date))
        }
        _ => value.to_owned(),
    }
}

/// Whether values stand at the right, digits under digits.
pub const fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Integer { .. } | Kind::Quantity | Kind::Money | Kind::UnitPrice | Kind::Percent)
}

/// A value in a row of a list.
pub fn cell(look: &Look, field: &'static Field, record: &Record) -> Markup {
    let value = record.get(field.name).unwrap_or(&Value::Null);
    match (field.kind, value) {
        (_, Value::Null) => none(),
        (Kind::Tags, Value::Array(words)) if words.is_empty() => none(),
        (Kind::Timestamp, Value::String(text)) => match text.parse::<Timestamp>() {
            Ok(at) => time::ago(look, at),
            Err(_) => html! { (text) },
        },
        (Kind::Email | Kind::Phone | Kind::Url, Value::String(text)) => html! { (text) },
        (Kind::Json, _) => html! { span.muted { "{…}" } },
        (Kind::Link(_), _) => link(look, field, record, false),
        _ => full(look, field, record),
    }
}

/// A value on a record's page.
pub fn full(look: &Look, field: &'static Field, record: &Record) -> Markup {
    let value = record.get(field.name).unwrap_or(&Value::Null);
    match (field.kind, value) {
        (_, Value::Null) => none(),
        (Kind::Choice(choices), Value::String(text)) => chip::choice(look, choices, text),
        (Kind::Money, Value::String(text)) => html! { (number::amount(text, currency(look, record))) },
        (Kind::UnitPrice, Value::String(text)) => html! { (number::amount(text, currency(look, record))) },
        (Kind::Quantity, Value::String(text)) => html! { (number::grouped(text, 0)) },
        (Kind::Percent, Value::String(text)) => html! { (number::grouped(text, 0)) "%" },
        (Kind::Integer { .. }, Value::Number(whole)) => html! { (number::grouped(&whole.to_string(), 0)) },
        (Kind::Bool, Value::Bool(true)) => {
            html! { span.chip.quiet { (small("check")) (look.t(words::YES)) } }
        }
        (Kind::Bool, Value::Bool(false)) => html! { span.muted { (look.t(words::NO)) } },
        (Kind::Date, Value::String(text)) => match text.parse::<Date>() {
            Ok(date) => html! { time datetime=(text) { (time::day(look.lang, date)) } },
            Err(_) => html! { (text) },
        },
        (Kind::Timestamp, Value::String(text)) => match text.parse::<Timestamp>() {
            Ok(at) => html! { time datetime=(text) { (time::moment(look, at)) } },
            Err(_) => html! { (text) },
        },
        (Kind::Email, Value::String(text)) => html! { a href={ "mailto:" (text) } { (text) } },
        (Kind::Phone, Value::String(text)) => html! { a href={ "tel:" (text) } { (text) } },
        (Kind::Url, Value::String(text)) if text.starts_with("https://") || text.starts_with("http://") => {
            html! { a href=(text) rel="noreferrer noopener" target="_blank" { (text) } }
        }
        (Kind::Paragraph { .. }, Value::String(text)) => html! { span.para lang=[thai(text)] { (text) } },
        (Kind::Code | Kind::Ip, Value::String(text)) => html! { (text) },
        (Kind::Tags, Value::Array(words)) => html! {
            @for word in words.iter().filter_map(Value::as_str) { span.chip { (word) } " " }
        },
        (Kind::Json, value) => html! { pre { (pretty(value)) } },
        (Kind::Link(_), _) => link(look, field, record, true),
        (_, Value::String(text)) => html! { span lang=[thai(text)] { (text) } },
        (_, other) => html! { (other.to_string()) },
    }
}

/// The record that a link names, by its title; on pages of records one can go there.
fn link(look: &Look, field: &'static Field, record: &Record, goes: bool) -> Markup {
    let Some(target) = field.link().and_then(registry::entity) else { return none() };
    let id = record.get(field.name).and_then(Value::as_str).unwrap_or_default();
    let there = field.link_name().and_then(|name| record.get(name)).and_then(Value::as_object);
    // Not answered is what the caller may not see.
    let Some(there) = there else { return html! { span.muted title=(id) { "·····" } } };
    let name = title(look, target, there);
    let body = html! {
        @if target.name == "users" { (avatar::person(&name)) }
        span lang=[thai(&name)] { (name) }
    };
    match goes && (!look.portal || portal::has_pages(target)) {
        true => html! { a.who href={ (look.at(target.name)) "/" (id) } { (body) } },
        false => html! { span.who { (body) } },
    }
}

/// No value.
pub fn none() -> Markup {
    html! { span.muted { "–" } }
}

/// Marks Thai text as such, so that it is spoken and set as Thai.
pub fn thai(text: &str) -> Option<&'static str> {
    text.chars().any(|letter| ('\u{e01}'..='\u{e5b}').contains(&letter)).then_some("th")
}

fn currency<'a>(look: &'a Look, record: &'a Record) -> &'a str {
    record.get("currency").and_then(Value::as_str).unwrap_or(&look.currency)
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}
