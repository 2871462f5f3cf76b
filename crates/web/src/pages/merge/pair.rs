//! Two records side by side: which one stays, whose value each field keeps, and what goes over.

use maud::{Markup, html};
use model::{Document, entity::Entity, problem::Problem, registry};
use serde_json::Value;
use store::engine::Likely;
use uuid::Uuid;
use work::{
    merging::{CUSTOM, Compared, Line, MERGE},
    operation::Operation,
};

use super::{CHOICE, OTHER, TAKE, likely::offered, words};
use crate::{
    assets::MERGE_CSS,
    pages::{fields, list::lower, nav, sent::KEY, visitor::Visitor},
    ui::{
        Look, avatar,
        entry::{Entry, entry},
        icon, number, small,
        value::{self, Record, full},
        words as texts,
    },
};

/// What a page of two records shows.
pub struct Pair<'a> {
    /// Their kind.
    pub entity: &'static Entity,
    /// The record that stays.
    pub kept: &'a Record,
    /// Its id.
    pub id: Uuid,
    /// The one that becomes part of it.
    pub other: &'a Record,
    /// Its id.
    pub other_id: Uuid,
    /// What differs, and what goes over.
    pub compared: &'a Compared,
    /// Why it was refused.
    pub problem: Option<&'a Problem>,
}

/// The form in which the other record is chosen.
pub fn choosing(
    visitor: &Visitor,
    operation: &'static Operation,
    (entity, id): (&'static Entity, Uuid),
    note: Option<&str>,
    likely: &[Likely],
) -> Markup {
    let look = &visitor.look;
    let home = format!("/{}/{id}", operation.entity);
    let other = operation.input.iter().find(|field| field.name == OTHER);
    html! {
        form.list method="get" action={ (home) "/" (MERGE) } {
            div.sheet { div.form {
                @if let Some(note) = note {
                    div."note bad" role="alert" { (small("circle-alert")) span { (note) } }
                }
                section.card {
                    header { h2 { (look.t(operation.label)) } }
                    div.ins {
                        @if let Some(field) = other {
                            div.wide { (entry(look, &Entry { field, text: "", named: "", wrong: None, must: true, prefix: "m-", own: None })) }
                        }
                        p.help.wide { (look.t(words::CHOOSE_LEAD)) }
                    }
                }
                @if !likely.is_empty() { (offered(look, entity, id, likely)) }
            } }
            div.actions {
                a."btn l" href=(home) { (look.t(texts::CANCEL)) }
                span.grow {}
                button."btn pri l" type="submit" { (look.t(words::COMPARE)) }
            }
        }
    }
}

/// The two side by side.
pub fn pair(visitor: &Visitor, pair: &Pair<'_>) -> Markup {
    let (look, entity) = (&visitor.look, pair.entity);
    let (home, other) =
        (format!("/{}/{}", entity.name, pair.id), format!("/{}/{}", entity.name, pair.other_id));
    let (same, differ): (Vec<&Line>, Vec<&Line>) = pair.compared.lines.iter().partition(|line| line.same);
    let filled = |line: &&&Line| !shown(look, line, pair.kept).1;
    let same: Vec<&&Line> = same.iter().filter(filled).collect();
    html! {
        link rel="stylesheet" href=(MERGE_CSS);
        form.list method="post" action={ (home) "/" (MERGE) } data-once {
            input type="hidden" name=(KEY) value=(visitor.key());
            input type="hidden" name=(OTHER) value=(pair.other_id);
            div.sheet { div."form merge" {
                @if let Some(problem) = pair.problem { (refused(look, problem)) }
                section.card aria-labelledby="which" {
                    header { h2 #which { (look.t(words::WHICH)) } }
                    div.two {
                        (side(look, entity, pair.kept, &home, true))
                        (side(look, entity, pair.other, &other, false))
                    }
                    div.swap {
                        a."btn out" href={ (other) "/" (MERGE) "?" (OTHER) "=" (pair.id) } {
                            (small("refresh-cw")) (look.t(words::SWAP))
                        }
                    }
                }
                @if !differ.is_empty() || !same.is_empty() {
                    section.card aria-labelledby="values" {
                        header { h2 #values { (look.t(words::VALUES)) } }
                        @for line in differ { (choice(look, line, pair)) }
                        @if !same.is_empty() {
                            details.same {
                                summary { (small("chevron-right")) (look.t(words::SAME)) " (" (same.len()) ")" }
                                dl.facts {
                                    @for line in same {
                                        div { dt { (label(look, line)) } dd { (shown(look, line, pair.kept).0) } }
                                    }
                                }
                            }
                        }
                    }
                }
                section.card aria-labelledby="moves" {
                    header { h2 #moves { (look.t(words::MOVES)) } }
                    (moves(look, pair.compared))
                }
            } }
            div.actions {
                a."btn l" href=(home) { (look.t(texts::CANCEL)) }
                span.grow {}
                span.only-l.muted { (look.t(words::UNDO_LEAD)) }
                button."btn pri l" type="submit" { (look.t(words::MERGE)) }
            }
        }
    }
}

fn refused(look: &Look, problem: &Problem) -> Markup {
    let errors = problem.field_errors();
    html! {
        div."note bad" role="alert" {
            (small("circle-alert"))
            div.errs {
                @if errors.is_empty() { b { (fields::said(look.lang, problem)) } }
                @for error in errors { span { (fields::wrong(look.lang, None, error)) } }
            }
        }
    }
}

/// One of the two, and what becomes of it.
fn side(look: &Look, entity: &'static Entity, record: &Record, path: &str, stays: bool) -> Markup {
    let name = value::title(look, entity, record);
    let mut names = entity.named_by.iter().filter(|name| **name != entity.title);
    let beside = names.find_map(|name| record.get(*name)?.as_str());
    html! {
        div.one.kept[stays] {
            (avatar::sized(&name, "big"))
            div {
                a.name href=(path) lang=[value::thai(&name)] { (name) }
                @if let Some(beside) = beside { span.muted { (beside) } }
                span.fate {
                    @if stays { (small("circle-check")) (look.t(words::STAYS)) }
                    @else { (small("archive")) (look.t(words::GOES)) }
                }
            }
        }
    }
}

fn label(look: &Look, line: &Line) -> String {
    line.field.map_or_else(
        || line.name.strip_prefix(CUSTOM).unwrap_or(&line.name).to_owned(),
        |field| look.t(field.label).to_owned(),
    )
}

/// The value of a record, and whether it is none.
fn shown(look: &Look, line: &Line, record: &Record) -> (Markup, bool) {
    let none = |value: Option<&Value>| match value {
        None | Some(Value::Null) => true,
        Some(Value::Array(all)) => all.is_empty(),
        Some(Value::String(text)) => text.is_empty(),
        _ => false,
    };
    match line.field {
        Some(field) => (full(look, field, record), none(record.get(field.name))),
        None => {
            let key = line.name.strip_prefix(CUSTOM).unwrap_or(&line.name);
            let value = record.get("attributes").and_then(|custom| custom.get(key));
            let text = value
                .map_or_else(|| "–".to_owned(), |v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
            (html! { (text) }, none(value))
        }
    }
}

/// A field in which the two differ: whose value stays.
fn choice(look: &Look, line: &Line, pair: &Pair<'_>) -> Markup {
    let (id, name) = (format!("l-{}", line.name), format!("{CHOICE}{}", line.name));
    let option = |record: &Record, value: &str, chosen: bool| {
        html! {
            label.opt {
                input.radio type="radio" name=(name) value=(value) checked[chosen];
                span { (shown(look, line, record).0) }
            }
        }
    };
    html! {
        @if line.stays {
            div.line {
                span.what { (label(look, line)) }
                div.opt.fixed { span { (shown(look, line, pair.kept).0) " " span.muted { (look.t(words::TELLS_APART)) } } }
                div.opt.fixed.gone { span { (shown(look, line, pair.other).0) } }
            }
        } @else {
            div.line role="radiogroup" aria-labelledby=(id) {
                span.what id=(id) { (label(look, line)) }
                (option(pair.kept, "keep", !line.fills))
                (option(pair.other, TAKE, line.fills))
            }
        }
    }
}

/// How many records of each kind go over.
fn moves(look: &Look, compared: &Compared) -> Markup {
    html! {
        @if compared.moves.is_empty() { p.nothing { (look.t(words::MOVES_NOTHING)) } } @else {
            ul.moves {
                @for (table, count) in &compared.moves {
                    @if let Some(entity) = registry::entity(table) { li { (counted(look, entity, *count)) } }
                }
            }
        }
    }
}

fn counted(look: &Look, entity: &'static Entity, count: i64) -> Markup {
    let kind = if count == 1 { lower(look, entity) } else { look.t(entity.plural).to_lowercase() };
    html! { (icon(nav::icon(entity))) span { b.num { (number::grouped(&count.to_string(), 0)) } " " (kind) } }
}

/// What could not go back.
pub fn undone(
    visitor: &Visitor,
    entity: &'static Entity,
    (kept, other): (&Record, &Record),
    done: &Document,
) -> Markup {
    let look = &visitor.look;
    let conflicts = done.get("conflicts").and_then(Value::as_object);
    let fields: Vec<&str> = done
        .get("fields_kept")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let way = |record: &Record, class: &'static str| {
        let id = record.get("id").and_then(Value::as_str).unwrap_or_default();
        let name = value::title(look, entity, record);
        html! { a class=(class) href={ "/" (entity.name) "/" (id) } lang=[value::thai(&name)] { (name) } }
    };
    html! {
        link rel="stylesheet" href=(MERGE_CSS);
        div.sheet { div."form merge" {
            p."note warn" role="status" { (small("triangle-alert")) span { (look.t(words::UNDONE_PARTLY)) } }
            @if let Some(conflicts) = conflicts.filter(|all| !all.is_empty()) {
                section.card {
                    header { h2 { (look.t(words::CONFLICTS)) } }
                    ul.moves {
                        @for (table, count) in conflicts {
                            @if let Some(kind) = registry::entity(table) { li { (counted(look, kind, count.as_i64().unwrap_or_default())) } }
                        }
                    }
                }
            }
            @if !fields.is_empty() {
                section.card {
                    header { h2 { (look.t(words::FIELDS_STAY)) } }
                    ul.moves {
                        @for name in &fields {
                            li { (entity.field(name).map_or(*name, |field| look.t(field.label))) }
                        }
                    }
                }
            }
            div.ways {
                (way(other, "btn out l"))
                (way(kept, "btn out l"))
            }
        } }
    }
}
