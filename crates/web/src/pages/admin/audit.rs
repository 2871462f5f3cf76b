//! `GET /admin/audit`: who did what, newest first, narrowed to a kind of record, a person and days.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::http::StatusCode;
use futures_util::future::try_join_all;
use jiff::{ToSpan, civil::Date};
use maud::{Markup, html};
use model::{entity::Entity, problem::Problem, registry};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::words;
use crate::{
    input::Params,
    pages::{
        Answer,
        found::{further, list, nothing, text},
        html as answer,
        shell::{self, Page},
        timeline,
        visitor::Visitor,
    },
    ui::{
        Look, Url, icon, small,
        value::{self, Record},
        words as texts,
    },
};

/// Entries of a page.
const PAGE: &str = "50";
/// Fields that change with every write and tell nothing.
const UNTOLD: &[&str] = &["updated_at", "version"];

/// The page.
pub async fn page(visitor: Visitor, Params(params): Params) -> Answer {
    visitor.permit(registry::described("audit_logs")?, "view")?;
    let url = Url::new("/admin/audit", &params);
    let asked = |name: &str| url.get(name).unwrap_or_default().trim();
    let day = |name: &str, more: i64| -> String {
        let day = asked(name).parse::<Date>().ok().and_then(|day| day.checked_add(more.days()).ok());
        let begins = day.and_then(|day| day.to_zoned(visitor.look.zone.clone()).ok());
        begins.map(|at| at.timestamp().to_string()).unwrap_or_default()
    };
    // A day ends where the next one begins, in the company's own time.
    let (from, until) = (day("from", 0), day("until", 1));
    let found = list(
        &visitor,
        "audit_logs",
        &[
            ("sort", "-id"),
            ("limit", PAGE),
            ("filter[entity]", asked("entity")),
            ("filter[actor_id]", asked("who")),
            ("filter[at][gte]", &from),
            ("filter[at][lt]", &until),
            ("after", asked("after")),
        ],
    )
    .await?;
    let names = names(&visitor, &found.records).await?;
    let look = &visitor.look;
    let people = list(&visitor, "users", &[("limit", "200"), ("sort", "name")]).await?.records;
    let body = html! {
        div.scroll tabindex="0" role="region" aria-label=(look.t(words::AUDIT)) { div.imports {
            (narrow(look, &url, &people))
            @if found.records.is_empty() { (nothing(look, "scroll-text", texts::LIST_NONE)) } @else {
                section.card.time { ol {
                    @for entry in &found.records { (line(look, entry, &names)) }
                } }
            }
            (further(look, &url, found.next.as_ref()))
        } }
    };
    let bar = html! {
        div.crumb { (icon("scroll-text")) h1 { (look.t(words::AUDIT)) } }
        span.grow {}
        (shell::me(&visitor))
        a."btn out" href="/audit_logs" aria-label=(look.t(words::AUDIT_LIST)) { (small("list")) span.only-l { (look.t(words::AUDIT_LIST)) } }
    };
    let sheet = Page { title: look.t(words::AUDIT).to_owned(), bar, body, toast: None };
    Ok(answer(StatusCode::OK, shell::page(&visitor, &sheet)))
}

/// The form that narrows the trail.
fn narrow(look: &Look, url: &Url, people: &[Record]) -> Markup {
    let asked = |name: &str| url.get(name).unwrap_or_default();
    let mut kinds: Vec<&Entity> = registry::ENTITIES.to_vec();
    kinds.sort_by_key(|entity| look.t(entity.plural));
    let day = |name: &str, label: &str| {
        html! { label { span { (label) } input.field type="date" name=(name) value=(asked(name)); } }
    };
    html! {
        form.card.audit method="get" action="/admin/audit" {
            label {
                span { (look.t(words::KIND)) }
                select.field name="entity" {
                    option value="" { (look.t(words::EVERYTHING)) }
                    @for entity in kinds { option value=(entity.name) selected[entity.name == asked("entity")] { (look.t(entity.plural)) } }
                }
            }
            label {
                span { (look.t(words::WHO)) }
                select.field name="who" {
                    option value="" { (look.t(words::EVERYBODY)) }
                    @for person in people {
                        option value=(text(person, "id")) selected[text(person, "id") == asked("who")] { (text(person, "name")) }
                    }
                }
            }
            (day("from", look.t(words::FROM)))
            (day("until", look.t(words::UNTIL)))
            button."btn pri" type="submit" { (look.t(words::SHOW)) }
            @if !url.pairs().is_empty() { a.btn href="/admin/audit" { (look.t(texts::CLEAR_FILTERS)) } }
        }
    }
}

/// What records are called, by kind and id.
type Names = HashMap<(String, String), String>;

/// What the records and persons of these entries are called, as far as the visitor sees them.
async fn names(visitor: &Visitor, entries: &[Record]) -> Result<Names, Problem> {
    let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for entry in entries {
        wanted.entry(text(entry, "entity")).or_default().insert(text(entry, "entity_id"));
        wanted.entry(actor(entry)).or_default().insert(text(entry, "actor_id"));
    }
    let look = &visitor.look;
    let asking = wanted.into_iter().filter_map(|(name, ids)| {
        let entity = registry::entity(name)?;
        let ids: Vec<&str> = ids.into_iter().filter(|id| Uuid::try_parse(id).is_ok()).collect();
        (!ids.is_empty()).then_some(async move {
            let ids = ids.join(",");
            let mut pairs = vec![("filter[id][in]", ids.as_str()), ("limit", "100")];
            if entity.archives {
                pairs.push(("archived", "with"));
            }
            let found = list(visitor, name, &pairs).await?;
            let named = found.records.into_iter().map(|record| {
                ((name.to_owned(), text(&record, "id").to_owned()), value::title(look, entity, &record))
            });
            Ok::<_, Problem>(named.collect::<Vec<_>>())
        })
    });
    let found = try_join_all(asking).await?;
    Ok(found.into_iter().flatten().collect())
}

/// The kind of record that an actor is.
fn actor(entry: &Record) -> &'static str {
    match text(entry, "actor_kind") {
        "user" => "users",
        "portal_user" => "portal_users",
        "token" => "integration_tokens",
        _ => "",
    }
}

/// An entry as a line of a record's history, with the record that it is about.
fn line(look: &Look, entry: &Record, names: &Names) -> Markup {
    let (kind, id) = (text(entry, "entity"), text(entry, "entity_id"));
    let entity = registry::entity(kind);
    let name = |kind: &str, id: &str| names.get(&(kind.to_owned(), id.to_owned()));
    let about = html! {
        " " span.muted { (entity.map_or(kind, |entity| look.t(entity.label))) } " "
        @match (entity, name(kind, id)) {
            (Some(entity), Some(name)) => a href={ "/" (entity.name) "/" (id) } lang=[value::thai(name)] { (name) },
            _ => @if !id.is_empty() { code.mono { (id.get(..8).unwrap_or(id)) } },
        }
        @if !text(entry, "ip").is_empty() { " " span.muted { (text(entry, "ip")) } }
    };
    let mut told = Map::new();
    for part in ["action", "at", "batch_id"] {
        told.insert(part.to_owned(), entry.get(part).cloned().unwrap_or_default());
    }
    let who = name(actor(entry), text(entry, "actor_id"));
    told.insert("actor".to_owned(), json!({ "name": who }));
    told.insert("changes".to_owned(), changes(entry));
    timeline::line(look, entity, &told, &about)
}

/// The fields whose values before and after differ: `{field, old, new}`.
fn changes(entry: &Record) -> Value {
    let side = |name: &str| entry.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let (old, new) = (side("old_values"), side("new_values"));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let of = |side: &Map<String, Value>, name: &str| side.get(name).cloned().unwrap_or_default();
    let changed = names.into_iter().filter(|name| !UNTOLD.contains(&name.as_str()));
    let changed = changed.filter(|name| of(&old, name) != of(&new, name));
    changed.map(|name| json!({ "field": name, "old": of(&old, name), "new": of(&new, name) })).collect()
}
