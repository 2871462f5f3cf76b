//! `/{entity}/{id}/cell`: one field of a record, written where it stands in a list.
//!
//! It is asked as a part, by `assets/parts/cells.js`; as a page of its own it is the record's form.

use axum::http::StatusCode;
use maud::{Markup, html};
use model::{
    entity::{Entity, Writes},
    field::{Field, Kind},
    problem::Problem,
};
use serde_json::Value;
use store::engine;
use uuid::Uuid;

use super::words;
use crate::{
    input::{Id, Params},
    pages::{
        Answer, fields,
        form::{NAMED, WAS, document},
        go,
        groups::is_asked,
        html as answer,
        record::everything,
        sent::{Sent, VERSION},
        told,
        visitor::Visitor,
    },
    refusal::status,
    ui::{
        Look,
        entry::{Entry, entry, text},
        small,
        value::{self, Record},
        words as texts,
    },
    writes,
};

/// Whether a field is written in lists by whoever may change records of this kind: on one line, and where the form asks
/// for it too.
pub fn is_written(look: &Look, entity: &Entity, field: &Field) -> bool {
    entity.writes == Writes::All
        && field.name != entity.title
        && is_asked(look, field, false)
        && !matches!(field.kind, Kind::Paragraph { .. } | Kind::Json)
}

/// The field of this name that is written in lists.
fn written(look: &Look, entity: &'static Entity, name: &str) -> Result<&'static Field, Problem> {
    let field = entity.field(name).filter(|field| is_written(look, entity, field));
    field.ok_or_else(|| Problem::not_found("field"))
}

async fn read(
    visitor: &Visitor,
    entity: &'static Entity,
    id: Uuid,
) -> Result<(Record, Option<i32>), Problem> {
    let all = everything(&visitor.look, entity);
    let found = visitor.ask.run(engine::get(&visitor.ask.app.db, visitor.caller(), entity, id, &all)).await?;
    Ok((serde_json::from_str(&found.json).map_err(Problem::internal)?, found.version))
}

/// What a link of the record is called.
fn named(look: &Look, field: &'static Field, record: &Record) -> String {
    let there = field.link_name().and_then(|name| record.get(name)?.as_object());
    let target = field.link().and_then(model::registry::entity);
    there.zip(target).map(|(there, target)| value::title(look, target, there)).unwrap_or_default()
}

/// What an open cell shows.
struct Open<'a> {
    entity: &'static Entity,
    id: Uuid,
    field: &'static Field,
    version: Option<i32>,
    text: &'a str,
    was: &'a str,
    named: &'a str,
    wrong: Option<String>,
}

/// The entry of a cell.
pub async fn form(visitor: Visitor, entity: &'static Entity, Id(id): Id, Params(params): Params) -> Answer {
    visitor.permit(entity, "update")?;
    let (record, version) = read(&visitor, entity, id).await?;
    if !visitor.look.partial {
        return Ok(go(&format!("/{}/{id}/edit", entity.name)));
    }
    let name = params.iter().find(|(name, _)| name == "field").map_or("", |(_, field)| field.as_str());
    let field = written(&visitor.look, entity, name)?;
    let look = &visitor.look;
    let was = text(look, field, record.get(field.name).unwrap_or(&Value::Null));
    let named = named(look, field, &record);
    let open = Open { entity, id, field, version, text: &was, was: &was, named: &named, wrong: None };
    Ok(answer(StatusCode::OK, shown(look, &open)))
}

/// Writes a cell and answers with what it shows then, or with the entry and what is wrong.
pub async fn change(visitor: Visitor, entity: &'static Entity, Id(id): Id, sent: Sent) -> Answer {
    let field = written(&visitor.look, entity, sent.text("field"))?;
    let look = &visitor.look;
    let work = async {
        visitor.permit(entity, "update")?;
        let body = document(look, entity, false, &sent, &[]).map_err(Problem::invalid)?;
        if !body.is_empty() {
            writes::update(&visitor.ask, entity, id, body, sent.version()).await?;
        }
        read(&visitor, entity, id).await
    };
    match work.await {
        Ok(_) if !visitor.look.partial => Ok(go(&sent.back(&format!("/{}", entity.name), "saved"))),
        Ok((record, version)) => {
            let done = done(&visitor, entity, id, field, &record, version, &sent);
            Ok(answer(StatusCode::OK, html! { (value::cell(look, field, &record)) (done) }))
        }
        Err(problem) => {
            let problem = told(problem)?;
            let (version, wrong) = refused(look, field, &problem, sent.version());
            let name = format!("{NAMED}{}", field.name);
            let was = format!("{WAS}{}", field.name);
            let open = Open {
                entity,
                id,
                field,
                version,
                text: sent.text(field.name),
                was: sent.text(&was),
                named: sent.text(&name),
                wrong: Some(wrong),
            };
            Ok(answer(status(&problem), shown(look, &open)))
        }
    }
}

/// What was refused, in a sentence. Where somebody else changed the record meanwhile it tells their value, and the version
/// over which the next try goes.
fn refused(
    look: &Look,
    field: &'static Field,
    problem: &Problem,
    sent: Option<i32>,
) -> (Option<i32>, String) {
    let facts = problem.get_facts();
    let newer = facts.and_then(|facts| facts["version"].as_i64()?.try_into().ok());
    if let Some(theirs) = facts.and_then(|facts| facts["fields"].get(field.name)?.get("theirs")) {
        let theirs = if field.link().is_some() { String::new() } else { text(look, field, theirs) };
        return (newer.or(sent), format!("{} {theirs}", look.t(words::CHANGED_BY_ANOTHER)));
    }
    let errors = problem.field_errors();
    let error = errors.iter().find(|error| error.field == field.name).or(errors.first());
    let wrong = error.map_or_else(
        || fields::said(look.lang, problem),
        |error| fields::wrong(look.lang, Some(field), error),
    );
    (newer.or(sent), wrong)
}

fn hidden(open: &Open<'_>) -> Markup {
    html! {
        input type="hidden" name="field" value=(open.field.name);
        input type="hidden" name={ (WAS) (open.field.name) } value=(open.was);
        @if let Some(version) = open.version { input type="hidden" name=(VERSION) value=(version); }
    }
}

fn shown(look: &Look, open: &Open<'_>) -> Markup {
    let field = open.field;
    html! {
        form.cell-form method="post" action={ "/" (open.entity.name) "/" (open.id) "/cell" } novalidate {
            (hidden(open))
            (entry(look, &Entry {
                field,
                own: None,
                text: open.text,
                named: open.named,
                wrong: open.wrong.as_deref(),
                must: field.required && field.default.is_none(),
                prefix: "c-",
            }))
        }
    }
}

/// The toast, with a way back for what is cheap: no amounts and quantities.
fn done(
    visitor: &Visitor,
    entity: &'static Entity,
    id: Uuid,
    field: &'static Field,
    record: &Record,
    version: Option<i32>,
    sent: &Sent,
) -> Markup {
    let look = &visitor.look;
    let now = text(look, field, record.get(field.name).unwrap_or(&Value::Null));
    let was = sent.text(&format!("{WAS}{}", field.name));
    let open = Open { entity, id, field, version, text: was, was: &now, named: "", wrong: None };
    html! {
        @if now != was {
            div.toast {
                (small("circle-check"))
                span { (look.t(field.label)) ": " (look.t(words::SAVED_CELL)) }
                @if !value::is_number(field.kind) {
                    form.cell-undo method="post" action={ "/" (entity.name) "/" (id) "/cell" } {
                        (hidden(&open))
                        input type="hidden" name=(field.name) value=(was);
                        button type="submit" { (look.t(texts::UNDO)) }
                    }
                }
            }
        }
    }
}
