//! Forms that make and change a record, from the description: entries in groups, all that is wrong at once beside them.

use std::collections::HashMap;

use axum::http::StatusCode;
use jiff::civil::DateTime;
use maud::{Markup, html};
use model::{
    Document,
    entity::Entity,
    field::{Field, Kind},
    problem::{FieldError, Problem},
    query::GetQuery,
    value::codes,
};
use serde_json::{Value, json};
use store::engine::{self, Likely};
use uuid::Uuid;

use super::{
    Answer,
    custom::{self, Custom},
    fields,
    groups::{grouped, is_asked},
    html as answer,
    list::lower,
    merge, nav,
    record::everything,
    sent::{KEY, Sent, VERSION},
    shell::{self, Page as Sheet},
    visitor::Visitor,
};
use crate::{
    input::{Id, Params},
    ui::{
        Look,
        entry::{Entry, entry, text},
        small,
        value::{self, Record},
        words,
    },
};

/// What begins the name of a field's text as it was when the form was shown.
pub const WAS: &str = "was.";
/// What begins the name of what a chosen record is called.
pub const NAMED: &str = "named.";

/// The field by which a form says that the record is another one than those that it was warned of.
pub const SURE: &str = "_sure";

/// A form as it is shown.
pub struct Shown {
    /// The kind of record.
    pub entity: &'static Entity,
    /// The record it changes; `None` for a new one.
    pub id: Option<Uuid>,
    /// The version that was read.
    pub version: Option<i32>,
    /// What people call the record.
    pub name: String,
    /// Texts by field.
    pub texts: HashMap<String, String>,
    /// Texts by field as they were at first.
    pub was: HashMap<String, String>,
    /// What chosen records are called, by field.
    pub named: HashMap<String, String>,
    /// The fields of the tenant's own; their texts stand beside the others.
    pub customs: Vec<Custom>,
    /// What was refused.
    pub problem: Option<Problem>,
    /// Records that likely are the same; whoever sends the form again means another one.
    pub likely: Vec<Likely>,
}

impl Shown {
    /// An empty form.
    fn empty(entity: &'static Entity, customs: Vec<Custom>) -> Self {
        Self {
            entity,
            id: None,
            version: None,
            name: String::new(),
            texts: HashMap::new(),
            was: HashMap::new(),
            named: HashMap::new(),
            customs,
            problem: None,
            likely: vec![],
        }
    }

    /// The form that was sent, with what was refused.
    pub fn again(
        look: &Look,
        entity: &'static Entity,
        id: Option<Uuid>,
        sent: &Sent,
        customs: Vec<Custom>,
        problem: Option<Problem>,
    ) -> Self {
        let texts = |prefix: &str| -> HashMap<String, String> {
            let asked = entity.fields.iter().filter(|field| is_asked(look, field, id.is_none()));
            let names = asked
                .map(|field| field.name.to_owned())
                .chain(customs.iter().map(|(key, _)| custom::name(key)));
            let sent = names.filter_map(|name| {
                let text = sent.get(&format!("{prefix}{name}"))?.to_owned();
                Some((name, text))
            });
            sent.collect()
        };
        // Sent again, it goes over the version that stands against it now.
        let facts = problem.as_ref().and_then(Problem::get_facts);
        let newer = facts.and_then(|facts| facts["version"].as_i64()?.try_into().ok());
        Self {
            version: newer.or(sent.version()),
            name: sent.text("_name").to_owned(),
            texts: texts(""),
            was: texts(WAS),
            named: texts(NAMED),
            problem,
            ..Self { id, ..Self::empty(entity, customs) }
        }
    }
}

/// The form of a new record; parameters fill entries.
pub async fn new(visitor: Visitor, entity: &'static Entity, Params(params): Params) -> Answer {
    visitor.permit(entity, "create")?;
    let customs = custom::of(&visitor, entity).await?;
    let mut shown = Shown::empty(entity, customs);
    for field in entity.fields.iter().filter(|field| is_asked(&visitor.look, field, true)) {
        let stated = params.iter().find(|(name, _)| name == field.name).map(|(_, text)| text.clone());
        let usual = || {
            let default: Value = serde_json::from_str(field.default?).ok()?;
            Some(text(&visitor.look, field, &default))
        };
        if let Some(text) = stated.or_else(usual) {
            shown.texts.insert(field.name.to_owned(), text);
        }
    }
    name_links(&visitor, &mut shown).await?;
    Ok(answer(StatusCode::OK, page(&visitor, &shown)))
}

/// Finds what records that entries already name are called, as far as the visitor sees them.
async fn name_links(visitor: &Visitor, shown: &mut Shown) -> Result<(), Problem> {
    let links = shown.entity.fields.iter().filter(|field| field.link().is_some());
    for field in links {
        let id = shown.texts.get(field.name).and_then(|text| Uuid::try_parse(text).ok());
        let (Some(id), Some(target)) = (id, field.link().and_then(model::registry::entity)) else { continue };
        let plain = GetQuery::default();
        let get = engine::get(&visitor.ask.app.db, visitor.caller(), target, id, &plain);
        if let Ok(found) = visitor.ask.run(get).await {
            let record: Record = serde_json::from_str(&found.json).map_err(Problem::internal)?;
            shown.named.insert(field.name.to_owned(), value::title(&visitor.look, target, &record));
        }
    }
    Ok(())
}

/// The form of a record.
pub async fn edit(visitor: Visitor, entity: &'static Entity, Id(id): Id) -> Answer {
    visitor.permit(entity, "update")?;
    let all = everything(&visitor.look, entity);
    let get = engine::get(&visitor.ask.app.db, visitor.caller(), entity, id, &all);
    let found = visitor.ask.run(get).await?;
    let record: Record = serde_json::from_str(&found.json).map_err(Problem::internal)?;
    let customs = custom::of(&visitor, entity).await?;
    let texts: HashMap<_, _> = custom::texts(&visitor.look, &customs, &record).collect();
    let mut shown = Shown {
        id: Some(id),
        version: found.version,
        was: texts.clone(),
        texts,
        ..Shown::empty(entity, customs)
    };
    shown.name = value::title(&visitor.look, entity, &record);
    for field in entity.fields.iter().filter(|field| is_asked(&visitor.look, field, false)) {
        let text = text(&visitor.look, field, record.get(field.name).unwrap_or(&Value::Null));
        shown.was.insert(field.name.to_owned(), text.clone());
        shown.texts.insert(field.name.to_owned(), text);
        let there = field.link_name().and_then(|name| record.get(name)?.as_object());
        if let (Some(there), Some(target)) = (there, field.link().and_then(model::registry::entity)) {
            shown.named.insert(field.name.to_owned(), value::title(&visitor.look, target, there));
        }
    }
    Ok(answer(StatusCode::OK, page(&visitor, &shown)))
}

/// What was sent as a document for the engine, which reads the texts as it reads those of programs: of a new record what
/// is filled, of one that is there what differs from what was shown.
///
/// # Errors
/// Texts that name nothing that could be sent on.
pub fn document(
    look: &Look,
    entity: &'static Entity,
    new: bool,
    sent: &Sent,
    customs: &[Custom],
) -> Result<Document, Vec<FieldError>> {
    let (mut document, mut errors) = (Document::new(), vec![]);
    for field in entity.fields.iter().filter(|field| is_asked(look, field, new)) {
        let Some(text) = sent.get(field.name).map(str::trim) else { continue };
        let typed = sent.text(&format!("{NAMED}{}", field.name)).trim();
        let unchosen = field.link().is_some() && text.is_empty() && !typed.is_empty();
        let text = if unchosen && Uuid::try_parse(typed).is_ok() { typed } else { text };
        if unchosen && text.is_empty() {
            let message = format!("{}: choose “{typed}” from the list, or clear it.", field.label.en);
            errors.push(FieldError::new(field.name, &codes::UNKNOWN_LINK, message));
            continue;
        }
        let was = sent.get(&format!("{WAS}{}", field.name)).map(str::trim);
        if if new { text.is_empty() } else { was == Some(text) } {
            continue;
        }
        match read(look, field, text) {
            Ok(value) => _ = document.insert(field.name.to_owned(), value),
            Err(error) => errors.push(error),
        }
    }
    custom::read(customs, new, sent, &mut document);
    if errors.is_empty() { Ok(document) } else { Err(errors) }
}

/// The text as the engine's reader takes it: moments with the tenant's zone, documents as JSON.
///
/// # Errors
/// A document that is no JSON.
pub fn read(look: &Look, field: &Field, text: &str) -> Result<Value, FieldError> {
    match field.kind {
        _ if text.is_empty() => Ok(Value::Null),
        Kind::Json => serde_json::from_str(text).map_err(|_| {
            let message = format!("{} is not JSON.", field.label.en);
            FieldError::new(field.name, &codes::NOT_JSON, message)
        }),
        Kind::Timestamp => {
            let local = text.parse::<DateTime>().ok();
            let zoned = local.and_then(|local| look.zone.to_ambiguous_zoned(local).compatible().ok());
            Ok(json!(zoned.map_or_else(|| text.to_owned(), |at| at.timestamp().to_string())))
        }
        _ => Ok(json!(text)),
    }
}

/// The page of a form.
pub fn page(visitor: &Visitor, shown: &Shown) -> Markup {
    let (look, entity) = (&visitor.look, shown.entity);
    let label = lower(look, entity);
    let title = match shown.id {
        None => format!("{} {label}", look.t(words::NEW)),
        Some(_) => format!("{} · {}", look.t(words::EDIT), shown.name),
    };
    let list = look.at(entity.name);
    let back = shown.id.map_or_else(|| list.clone(), |id| format!("{list}/{id}"));
    let bar = html! {
        nav.crumb aria-label=(look.t(words::TO_LIST)) {
            (shell::way_back(look, &list, nav::icon(entity), look.t(entity.plural)))
            h1 { (title) }
        }
        span.grow {}
        (shell::me(visitor))
    };
    let action = shown.id.map_or_else(|| list.clone(), |id| format!("{list}/{id}"));
    let over = conflict(shown).is_some();
    let body = html! {
        form.list method="post" action=(action) data-once novalidate {
            input type="hidden" name=(KEY) value=(visitor.key());
            input type="hidden" name="_name" value=(shown.name);
            @if let Some(version) = shown.version { input type="hidden" name=(VERSION) value=(version); }
            div.sheet { div.form {
                @if let Some(problem) = &shown.problem { (refused(look, shown, problem)) }
                @if !shown.likely.is_empty() {
                    input type="hidden" name=(SURE) value="true";
                    (merge::warning(look, entity, &shown.likely))
                }
                @for (label, fields) in grouped(entity, |field| is_asked(look, field, shown.id.is_none())) {
                    section.card {
                        header { h2 { (look.t(label)) } }
                        div.ins { @for field in fields { (self::field(look, shown, field)) } }
                    }
                }
                (custom::section(look, shown))
            } }
            div.actions {
                a."btn l" href=(back) { (look.t(words::CANCEL)) }
                span.grow {}
                button."btn pri l" type="submit" {
                    (look.t(if !shown.likely.is_empty() { merge::words::CREATE_ANYWAY } else if over { words::CHANGES_OVER } else if shown.id.is_some() { words::SAVE } else { words::CREATE }))
                }
            }
        }
    };
    let sheet = Sheet { title, bar, body, toast: None };
    shell::page(visitor, &sheet)
}

fn field(look: &Look, shown: &Shown, field: &'static Field) -> Markup {
    let text = |of: &HashMap<String, String>| of.get(field.name).cloned().unwrap_or_default();
    let errors = shown.problem.as_ref().map_or(&[][..], Problem::field_errors);
    let wrong = errors.iter().find(|error| error.field == field.name);
    let wrong = wrong.map(|error| fields::wrong(look.lang, Some(field), error));
    let (now, named) = (text(&shown.texts), text(&shown.named));
    html! {
        @if shown.id.is_some() { input type="hidden" name={ (WAS) (field.name) } value=(text(&shown.was)); }
        (entry(look, &Entry {
            field,
            own: None,
            text: &now,
            named: &named,
            wrong: wrong.as_deref(),
            must: field.required && field.default.is_none(),
            prefix: "f-",
        }))
    }
}

/// The fields that somebody else changed meanwhile: theirs, mine and before.
fn conflict(shown: &Shown) -> Option<&serde_json::Map<String, Value>> {
    shown.problem.as_ref()?.get_facts()?["fields"].as_object()
}

/// What was refused, above the form: what somebody else changed, or every error with a way to its entry.
fn refused(look: &Look, shown: &Shown, problem: &Problem) -> Markup {
    if let Some(conflict) = conflict(shown) {
        return meanwhile(look, look.t(words::CHANGED_MEANWHILE), &|name| shown.entity.field(name), conflict);
    }
    let errors = problem.field_errors();
    html! {
        div."note bad" role="alert" {
            (small("circle-alert"))
            div.errs {
                @if errors.is_empty() { b { (fields::said(look.lang, problem)) } } @else {
                    b { (look.t(words::FIELDS_WRONG)) }
                    ul { @for error in errors {
                        @let field = shown.entity.field(&error.field);
                        li {
                            @match field {
                                Some(field) => a href={ "#f-" (field.name) } { (fields::wrong(look.lang, Some(field), error)) },
                                None => (custom::refused(look, &shown.customs, error)),
                            }
                        }
                    } }
                }
            }
        }
    }
}

/// What somebody else changed meanwhile: mine, theirs and, where that is known, what stood there before, side by side.
pub fn meanwhile(
    look: &Look,
    told: &str,
    field: &dyn Fn(&str) -> Option<&'static Field>,
    conflict: &serde_json::Map<String, Value>,
) -> Markup {
    let known = conflict.values().any(|values| values.get("before").is_some());
    html! {
        div."note warn" role="alert" {
            (small("triangle-alert"))
            div.errs {
                b { (told) }
                table.both {
                    thead { tr {
                        th scope="col" { (look.t(words::FIELD)) }
                        th scope="col" { (look.t(words::MINE)) }
                        th scope="col" { (look.t(words::THEIRS)) }
                        @if known { th scope="col" { (look.t(words::BEFORE)) } }
                    } }
                    tbody { @for (name, values) in conflict {
                        @let field = field(name);
                        tr {
                            th scope="row" { (field.map_or(name.as_str(), |field| look.t(field.label))) }
                            td { (side(look, field, &values["mine"])) }
                            td { (side(look, field, &values["theirs"])) }
                            @if known { td { (side(look, field, &values["before"])) } }
                        }
                    } }
                }
            }
        }
    }
}

fn side(look: &Look, field: Option<&'static Field>, value: &Value) -> Markup {
    match field {
        Some(field) if field.link().is_none() => {
            let record = Record::from_iter([(field.name.to_owned(), value.clone())]);
            value::full(look, field, &record)
        }
        _ => html! { (value.as_str().map_or_else(|| value.to_string(), str::to_owned)) },
    }
}
