//! Fields of the tenant's own, in forms and on the pages of records.

use maud::{Markup, html};
use model::{
    Document,
    entity::Entity,
    field::Kind,
    problem::{FieldError, Problem},
    value::CustomField,
};
use serde_json::{Map, Value, json};
use store::engine;

use super::{
    fields,
    form::{Shown, WAS},
    sent::Sent,
    visitor::Visitor,
};
use crate::ui::{
    Look,
    entry::{Entry, Own, entry, text},
    value::{Record, full},
    words,
};

/// A field, behind its key.
pub type Custom = (String, CustomField);

/// The tenant's own fields of an entity; customers are not told which there are.
///
/// # Errors
/// What the database says.
pub async fn of(visitor: &Visitor, entity: &'static Entity) -> Result<Vec<Custom>, Problem> {
    if visitor.look.portal {
        return Ok(vec![]);
    }
    visitor.ask.run(engine::custom_fields(&visitor.ask.app.db, visitor.caller(), entity)).await
}

/// What forms call a field, and errors too.
pub fn name(key: &str) -> String {
    format!("attributes.{key}")
}

/// What a record has in them, as texts of its form.
pub fn texts(look: &Look, customs: &[Custom], record: &Record) -> impl Iterator<Item = (String, String)> {
    let values = record.get("attributes");
    customs.iter().map(move |(key, custom)| {
        let value = values.and_then(|values| values.get(key)).unwrap_or(&Value::Null);
        (name(key), text(look, custom.shape(), value))
    })
}

/// Adds what was sent to the document: of a new record what is filled, of one that is there what differs from what was
/// shown. The engine reads the texts.
pub fn read(customs: &[Custom], new: bool, sent: &Sent, document: &mut Document) {
    let mut stated = Map::new();
    for (key, _) in customs {
        let name = name(key);
        let Some(text) = sent.get(&name).map(str::trim) else { continue };
        let was = sent.get(&format!("{WAS}{name}")).map(str::trim);
        if if new { !text.is_empty() } else { was != Some(text) } {
            stated.insert(key.clone(), if text.is_empty() { Value::Null } else { json!(text) });
        }
    }
    if !stated.is_empty() {
        document.insert("attributes".to_owned(), Value::Object(stated));
    }
}

/// Their part of a form.
pub fn section(look: &Look, shown: &Shown) -> Markup {
    html! {
        @if !shown.customs.is_empty() {
            section.card {
                header { h2 { (look.t(words::GROUP_CUSTOM)) } }
                div.ins { @for (key, custom) in &shown.customs { (field(look, shown, key, custom)) } }
            }
        }
    }
}

fn field(look: &Look, shown: &Shown, key: &str, custom: &CustomField) -> Markup {
    let name = name(key);
    let errors = shown.problem.as_ref().map_or(&[][..], Problem::field_errors);
    let wrong = errors.iter().find(|error| error.field == name).map(|error| said(look, custom, error));
    let text = shown.texts.get(&name).map_or("", String::as_str);
    let options: Vec<&str> = if custom.kind == "choice" { custom.options().collect() } else { vec![] };
    html! {
        @if shown.id.is_some() {
            input type="hidden" name={ (WAS) (name) } value=(shown.was.get(&name).map_or("", String::as_str));
        }
        (entry(look, &Entry {
            field: custom.shape(),
            own: Some(Own { name: &name, label: &custom.label, options: &options }),
            text,
            named: "",
            wrong: wrong.as_deref(),
            must: custom.required,
            prefix: "f-",
        }))
    }
}

/// What is wrong, by what people call the field.
fn said(look: &Look, custom: &CustomField, error: &FieldError) -> String {
    fields::wrong(look.lang, None, &FieldError { field: custom.label.clone(), ..error.clone() })
}

/// An error above the form, with the way to its entry where it is about one of these.
pub fn refused(look: &Look, customs: &[Custom], error: &FieldError) -> Markup {
    let custom = customs.iter().find(|(key, _)| name(key) == error.field);
    html! {
        @match custom {
            Some((_, custom)) => a href={ "#f-" (error.field) } { (said(look, custom, error)) },
            None => (fields::wrong(look.lang, None, error)),
        }
    }
}

/// What a record has in them, beside what people call them; what is no field any more goes by its key.
pub fn facts(look: &Look, customs: &[Custom], record: &Record) -> Markup {
    let none = Map::new();
    let values = record.get("attributes").and_then(Value::as_object).unwrap_or(&none);
    let former = values.iter().filter(|(key, _)| customs.iter().all(|(known, _)| known != *key));
    html! {
        @if !customs.is_empty() || !values.is_empty() {
            section.card {
                header { h2 { (look.t(words::GROUP_CUSTOM)) } }
                dl.facts {
                    @for (key, custom) in customs {
                        div { dt { (custom.label) } dd { (fact(look, custom, values.get(key))) } }
                    }
                    @for (key, value) in former {
                        div { dt { (key) } dd { (value.as_str().map_or_else(|| value.to_string(), str::to_owned)) } }
                    }
                }
            }
        }
    }
}

fn fact(look: &Look, custom: &CustomField, value: Option<&Value>) -> Markup {
    let field = custom.shape();
    let value = value.cloned().unwrap_or(Value::Null);
    match (field.kind, &value) {
        // Kept as short as it was written, not to a price's decimals.
        (Kind::UnitPrice, Value::String(number)) => html! { span.num { (number) } },
        _ => full(look, field, &Record::from_iter([(field.name.to_owned(), value)])),
    }
}
