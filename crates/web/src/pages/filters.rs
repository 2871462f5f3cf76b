//! What narrows a list: the search, a chip for each filter, and the one popover that adds them. All of it is in the
//! address.

use maud::{Markup, html};
use model::{
    entity::Entity,
    field::{Field, Kind},
    query::{Archived, Filter, Target, Test, linked},
    registry,
};
use serde_json::Value;

use super::{groups::is_shown, list::Shown};
use crate::ui::{
    Look, Url, small,
    value::{self, Record},
    words,
};

/// The filter that the popover asked to add, as the address that has it; `None` where it asked for none.
pub fn added(entity: &'static Entity, url: &Url) -> Option<Url> {
    let name = url.get("add")?.to_owned();
    let texts = |wanted: &str| -> Vec<String> {
        let found = url.pairs().iter().filter(|(given, _)| given == wanted);
        found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
    };
    let (values, from, to) = (texts("value"), texts("from"), texts("to"));
    let op = url.get("op").unwrap_or("eq").to_owned();
    let mut plain = url.clone().at_start();
    for own in ["add", "op", "value", "from", "to"] {
        plain = plain.without(own);
    }
    if name == "archived" {
        return Some(plain.with("archived", "only"));
    }
    // A field that is not there is refused where the address is read.
    let timed = entity.any_field(&name).is_some_and(|field| matches!(field.kind, Kind::Timestamp));
    let mut put = |op: &str, value: String| {
        let parameter = if op == "eq" { format!("filter[{name}]") } else { format!("filter[{name}][{op}]") };
        plain = plain.clone().with(&parameter, value);
    };
    match (op.as_str(), values.as_slice()) {
        ("in", [one]) => put("eq", one.clone()),
        ("in", [_, ..]) => put("in", values.join(",")),
        (op, [one, ..]) => put(op, one.clone()),
        _ => {}
    }
    let day = |text: &String, end: &str| if timed { format!("{text}T{end}") } else { text.clone() };
    if let Some(from) = from.first() {
        put("gte", day(from, "00:00:00Z"));
    }
    if let Some(to) = to.first() {
        put("lte", day(to, "23:59:59Z"));
    }
    Some(plain)
}

/// Search, chips and popover.
pub fn filters(look: &Look, shown: &Shown<'_>) -> Markup {
    let (entity, query, url) = (shown.entity, shown.query, shown.url);
    let kept = url.clone().at_start().without("q");
    html! {
        form.filters role="search" action=(look.at(entity.name)) {
            @for (name, value) in kept.pairs() { input type="hidden" name=(name) value=(value); }
            @if entity.searchable {
                label.find-in {
                    span.sr { (look.t(words::SEARCH)) " " (look.t(entity.plural)) }
                    (small("search"))
                    input.field #q type="search" name="q" value=(query.search.as_deref().unwrap_or_default())
                        placeholder=(look.t(words::SEARCH)) autocomplete="off" data-key="/"
                        hx-get=(look.at(entity.name)) hx-trigger="input changed delay:150ms" hx-include="closest form";
                }
            }
            @for filter in &query.filters { (chip(look, shown, filter)) }
            @if query.archived == Archived::Only {
                span.fchip {
                    span.val { (small("archive")) (look.t(words::ARCHIVED_ONLY)) }
                    (remove(look, &url.clone().at_start().without("archived"), look.t(words::ARCHIVED_ONLY)))
                }
            }
            button."btn pop-at" type="button" popovertarget="filter-pop" data-key="f" {
                (small("list-filter")) (look.t(words::ADD_FILTER))
            }
        }
        (popover(look, entity, url))
    }
}

fn remove(look: &Look, without: &Url, label: &str) -> Markup {
    html! { a href=(without) aria-label={ (look.t(words::REMOVE_FILTER)) ": " (label) } { (small("x")) } }
}

fn chip(look: &Look, shown: &Shown<'_>, filter: &Filter) -> Markup {
    let (label, field) = target(look, &filter.target);
    let (op, text) = test(look, field, &filter.test, shown.records);
    let parameter = format!("filter[{}]", filter.target.name());
    let same = |(name, _): &&(String, String)| {
        name.strip_prefix(parameter.as_str())
            .is_some_and(|rest| rest.is_empty() || rest == format!("[{}]", code(&filter.test)))
    };
    let pair = shown.url.pairs().iter().find(same);
    let without =
        pair.map_or_else(|| shown.url.clone(), |pair| shown.url.clone().without_pair(pair)).at_start();
    html! {
        span.fchip {
            span { (label) }
            span.op { (op) }
            @if !text.is_empty() { span.val lang=[value::thai(&text)] { (text) } }
            (remove(look, &without, &label))
        }
    }
}

/// What a filter looks at, as people read it.
fn target(look: &Look, target: &Target) -> (String, Option<&'static Field>) {
    match target {
        Target::Own(field) => (look.t(field.label).to_owned(), Some(field)),
        Target::Linked { link, field } => {
            let titled = linked(link).is_ok_and(|entity| entity.title == field.name);
            let label = look.t(link.label);
            let label = if titled { label.to_owned() } else { format!("{label}: {}", look.t(field.label)) };
            (label, Some(field))
        }
        Target::Custom(key) => (key.clone(), None),
    }
}

/// The operator's code, as addresses have it.
const fn code(test: &Test) -> &'static str {
    match test {
        Test::Eq(_) => "eq",
        Test::Ne(_) => "ne",
        Test::Lt(_) => "lt",
        Test::Lte(_) => "lte",
        Test::Gt(_) => "gt",
        Test::Gte(_) => "gte",
        Test::In(_) => "in",
        Test::Like(_) => "like",
        Test::Contains(_) => "contains",
        Test::IsNull(_) => "is_null",
        Test::Between(..) => "between",
    }
}

fn test(
    look: &Look,
    field: Option<&'static Field>,
    test: &Test,
    records: &[Record],
) -> (&'static str, String) {
    let one = |value: &Value| told(look, field, value, records);
    let (op, text) = match test {
        Test::Eq(value) => (words::IS, one(value)),
        Test::Ne(value) => (words::IS_NOT, one(value)),
        Test::Lt(value) => (words::IS_BELOW, one(value)),
        Test::Lte(value) => (words::IS_AT_MOST, one(value)),
        Test::Gt(value) => (words::IS_ABOVE, one(value)),
        Test::Gte(value) => (words::IS_AT_LEAST, one(value)),
        Test::In(values) => (words::IS_ANY, values.iter().map(one).collect::<Vec<_>>().join(", ")),
        Test::Like(text) => (words::IS_LIKE, text.clone()),
        Test::Contains(text) => (words::CONTAINS, text.clone()),
        Test::IsNull(true) => (words::IS_EMPTY, String::new()),
        Test::IsNull(false) => (words::IS_FILLED, String::new()),
        Test::Between(low, high) => (words::IS_BETWEEN, format!("{} – {}", one(low), one(high))),
    };
    (look.t(op), text)
}

/// A value that a filter compares, as people read it; of a link the name that the records found show.
fn told(look: &Look, field: Option<&'static Field>, value: &Value, records: &[Record]) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let Some(field) = field else { return text };
    match field.kind {
        Kind::Choice(choices) => {
            let label = choices.iter().find(|choice| choice.value == text);
            label.map_or(text, |choice| look.t(choice.label).to_owned())
        }
        Kind::Bool => look.t(if text == "true" { words::YES } else { words::NO }).to_owned(),
        Kind::Link(name) => {
            let there = || records.first()?.get(field.link_name()?)?.as_object();
            let named =
                registry::entity(name).zip(there()).map(|(entity, there)| value::title(look, entity, there));
            named.unwrap_or_else(|| text.chars().take(8).collect())
        }
        Kind::Timestamp => text.get(..10).unwrap_or(&text).to_owned(),
        _ => text,
    }
}

/// The fields that the popover offers: those listed or with an index, and choices.
fn offered(look: &Look, entity: &'static Entity) -> impl Iterator<Item = &'static Field> {
    let fits = move |field: &&Field| {
        let kind = !matches!(field.kind, Kind::Json | Kind::Id | Kind::Paragraph { .. } | Kind::Ip);
        let quick = field.listed || field.indexed || matches!(field.kind, Kind::Choice(_));
        kind && quick && is_shown(look, field)
    };
    entity.fields.iter().filter(fits).chain(entity.standard().filter(|field| field.name == "created_at"))
}

fn popover(look: &Look, entity: &'static Entity, url: &Url) -> Markup {
    let kept = url.clone().at_start();
    let form = |name: &str, op: &str, body: Markup| {
        html! {
            form action=(look.at(entity.name)) hx-boost="false" {
                @for (name, value) in kept.pairs() { input type="hidden" name=(name) value=(value); }
                input type="hidden" name="add" value=(name);
                @if !op.is_empty() { input type="hidden" name="op" value=(op); }
                (body)
                button."btn pri" type="submit" { (look.t(words::APPLY)) }
            }
        }
    };
    html! {
        div.pop #filter-pop popover aria-label=(look.t(words::ADD_FILTER)) {
            @for field in offered(look, entity) {
                details name="filter" {
                    summary { (look.t(field.label)) span.go { (small("chevron-right")) } }
                    @let (name, op) = asks(field);
                    (form(&name, op, inputs(look, field)))
                }
            }
            @if entity.archives {
                details name="filter" {
                    summary { (look.t(words::ARCHIVED)) span.go { (small("chevron-right")) } }
                    (form("archived", "", html! { p.muted { (look.t(words::ARCHIVED_ONLY)) } }))
                }
            }
        }
    }
}

/// Name and operator of the filter that a field's form adds. Of links the name over there is compared.
fn asks(field: &'static Field) -> (String, &'static str) {
    if let (Some(link), Ok(there)) = (field.link_name(), linked(field)) {
        let text = there
            .field(there.title)
            .is_some_and(|title| matches!(title.kind, Kind::Text { .. } | Kind::Code));
        if text {
            return (format!("{link}.{}", there.title), "contains");
        }
    }
    let op = match field.kind {
        Kind::Choice(_) => "in",
        Kind::Bool | Kind::Country | Kind::Currency | Kind::Link(_) => "eq",
        Kind::Text { .. } | Kind::Code | Kind::Email | Kind::Phone | Kind::Url | Kind::Tags => "contains",
        _ => "",
    };
    (field.name.to_owned(), op)
}

fn inputs(look: &Look, field: &'static Field) -> Markup {
    let label = look.t(field.label);
    let range = |kind: &str, mode: Option<&str>| {
        let one = |name: &str, words| {
            html! {
                label.entry {
                    span.label { (look.t(words)) }
                    input.field type=(kind) inputmode=[mode] name=(name) aria-label={ (label) ", " (look.t(words)) };
                }
            }
        };
        html! { div.two { (one("from", words::FROM)) (one("to", words::TO)) } }
    };
    match field.kind {
        Kind::Choice(choices) => html! {
            @for choice in choices {
                label.tick {
                    input.check type="checkbox" name="value" value=(choice.value);
                    (look.t(choice.label))
                }
            }
        },
        Kind::Bool => html! {
            @for (value, word) in [("true", words::YES), ("false", words::NO)] {
                label.tick { input type="radio" name="value" value=(value); (look.t(word)) }
            }
        },
        Kind::Date | Kind::Timestamp => range("date", None),
        kind if value::is_number(kind) => range("text", Some("decimal")),
        _ => {
            html! { input.field type="text" name="value" aria-label={ (label) " " (look.t(words::CONTAINS)) }; }
        }
    }
}
