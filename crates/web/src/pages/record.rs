//! `GET /{entity}/{id}`: one record, what belongs to it, and what became of it.

use axum::http::StatusCode;
use maud::{Markup, html};
use model::{
    entity::{Child, Class, Entity, Writes},
    field::Kind,
    query::{Count, GetQuery, ListQuery, PageQuery, View},
    registry,
};
use serde_json::Value;
use store::engine::{self, Page};
use uuid::Uuid;

use super::{
    Answer,
    admin::words::WHY_SHORT,
    groups::{grouped, is_shown},
    html as answer,
    list::{counted, lower},
    nav, operate,
    shell::{self, Page as Sheet},
    table::{self, Table, columns, table},
    timeline::timeline,
    visitor::Visitor,
};
use crate::{
    input::{Id, Params},
    ui::{
        Look, Url, avatar, chip, icon, small, time,
        toast::{Undo, toast},
        value::{self, Record, full},
        words,
    },
};

/// Lines of history on the page.
const LINES: u16 = 20;

/// The page.
pub async fn record(visitor: Visitor, entity: &'static Entity, Id(id): Id, Params(params): Params) -> Answer {
    let url = Url::new(format!("/{}/{id}", entity.name), &params);
    let (db, caller) = (&visitor.ask.app.db, visitor.caller());
    let found = visitor.ask.run(engine::get(db, caller, entity, id, &everything(entity))).await?;
    let record: Record = serde_json::from_str(&found.json).map_err(model::problem::Problem::internal)?;
    let children = children(&visitor, entity);
    let child = url.get("show").and_then(|name| children.iter().find(|(child, _)| child.name == name));
    let body = match child {
        Some((child, other)) => {
            let query = ListQuery { count: Count::Capped, ..listed(other, child, &url)? };
            let page = visitor.ask.run(engine::children(db, caller, entity, id, child, &query)).await?;
            related(&visitor, (child, other), id, &url, &query, &page)?
        }
        None => {
            let history = match entity.class {
                Class::System => None,
                _ => {
                    let query = PageQuery { limit: LINES, after: None };
                    let page = visitor.ask.run(engine::history(db, caller, entity, id, &query)).await?;
                    Some(table::records(&page.data)?)
                }
            };
            overview(&visitor.look, entity, &record, history.as_deref())
        }
    };
    let name = value::title(&visitor.look, entity, &record);
    let sheet = Sheet {
        bar: bar(&visitor, entity, id, &record, &name),
        body: html! {
            div.list #list {
                div.busy {}
                (head(&visitor.look, entity, id, &record, &name))
                @if !children.is_empty() { (tabs(&visitor.look, &children, id, entity, child.map(|(child, _)| child.name))) }
                (body)
            }
        },
        toast: done(&visitor, entity, id, url.get("done")),
        title: name,
    };
    Ok(answer(StatusCode::OK, shell::page(&visitor, &sheet)))
}

/// Everything of a record, with the records that its links name.
pub fn everything(entity: &'static Entity) -> GetQuery {
    let expand = entity.fields.iter().filter(|field| field.link().is_some() && is_shown(field)).collect();
    GetQuery { view: View { fields: None, attributes: true, expand } }
}

/// What belongs to records of this kind, as far as the visitor may view it.
pub fn children(visitor: &Visitor, entity: &'static Entity) -> Vec<(&'static Child, &'static Entity)> {
    let others = entity.children.iter().filter_map(|child| Some((child, registry::entity(child.entity)?)));
    others.filter(|(_, other)| visitor.may(other, "view")).collect()
}

/// The query of a related list, from the parameters of the page that holds it.
fn listed(
    other: &'static Entity,
    child: &'static Child,
    url: &Url,
) -> Result<ListQuery, model::problem::Problem> {
    let own = url.clone().without("show").without("done");
    let mut query = ListQuery::parse(other, own.pairs())?;
    query.view = table::view(other, &related_columns(other, child));
    Ok(query)
}

/// The columns of a related list: without the link to the record whose page it is on.
fn related_columns(other: &'static Entity, child: &Child) -> Vec<&'static model::field::Field> {
    let all = columns(other);
    let (first, rest) = all.split_at(1.min(all.len()));
    first.iter().chain(rest.iter().filter(|field| field.name != child.field)).copied().collect()
}

fn bar(visitor: &Visitor, entity: &'static Entity, id: Uuid, record: &Record, name: &str) -> Markup {
    let look = &visitor.look;
    let path = format!("/{}/{id}", entity.name);
    let gone = is_archived(record);
    let writes = entity.writes == Writes::All;
    html! {
        nav.crumb aria-label=(look.t(words::TO_LIST)) {
            (shell::way_back(look, &format!("/{}", entity.name), nav::icon(entity), look.t(entity.plural)))
            h1 lang=[value::thai(name)] { (name) }
        }
        span.grow {}
        (shell::me(visitor))
        @if entity.name == "users" && visitor.caller().grants.scope("roles.view").is_some() {
            a."btn out" href={ (path) "/access" } { (small("shield")) span.only-l { (look.t(WHY_SHORT)) } }
        }
        @if !gone { (operate::menu(visitor, &operate::offered(visitor, entity, true), Some(id))) }
        @if writes && visitor.may(entity, "delete") {
            @if gone && entity.archives {
                (post(&format!("{path}/restore"), "archive-restore", look.t(words::RESTORE), &visitor.key(), "btn out"))
            } @else if !gone && entity.archives {
                (post(&format!("{path}/archive"), "archive", look.t(words::ARCHIVE), &visitor.key(), "btn"))
            }
        }
        @if writes && !gone && visitor.may(entity, "update") {
            a."btn pri" href={ (path) "/edit" } data-key="e" { (small("pencil")) (look.t(words::EDIT)) }
        }
    }
}

/// A button that posts, with a key that makes it be done once.
fn post(action: &str, sign: &str, label: &str, key: &str, class: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            input type="hidden" name="_key" value=(key);
            button class=(class) type="submit" { (small(sign)) span { (label) } }
        }
    }
}

fn is_archived(record: &Record) -> bool {
    record.get("archived_at").is_some_and(|at| !at.is_null())
}

/// Name, state and dates.
pub fn head(look: &Look, entity: &'static Entity, id: Uuid, record: &Record, name: &str) -> Markup {
    let state = entity.fields.iter().find_map(|field| match (field.kind, field.name) {
        (Kind::Choice(choices), "status") => Some((choices, record.get(field.name)?.as_str()?)),
        _ => None,
    });
    let at = |name: &str| record.get(name).and_then(Value::as_str).and_then(|text| text.parse().ok());
    html! {
        div.rec-head {
            (avatar::sized(name, "huge"))
            div {
                b lang=[value::thai(name)] { (name) }
                div.sub {
                    span { (look.t(entity.label)) }
                    @if let Some((choices, value)) = state { (chip::choice(look, choices, value)) }
                    @if let Some(at) = at("updated_at") { span { (look.t(words::UPDATED_AT)) " " (time::ago(look, at)) } }
                    button.btn type="button" data-copy=(id) { (small("copy")) (look.t(words::COPY_ID)) }
                }
            }
        }
        @if is_archived(record) {
            p."note warn gone-note" { (small("archive")) span { (look.t(words::ARCHIVED_NOTE)) } }
        }
    }
}

fn tabs(
    look: &Look,
    children: &[(&'static Child, &'static Entity)],
    id: Uuid,
    entity: &Entity,
    current: Option<&str>,
) -> Markup {
    let path = format!("/{}/{id}", entity.name);
    html! {
        nav."tabs rec-tabs" aria-label=(look.t(words::DETAILS)) {
            a href=(path) aria-current=[current.is_none().then_some("page")] { (look.t(words::OVERVIEW)) }
            @for (child, other) in children {
                a href={ (path) "?show=" (child.name) } aria-current=[(current == Some(child.name)).then_some("page")] {
                    (look.t(other.plural))
                }
            }
        }
    }
}

fn overview(look: &Look, entity: &'static Entity, record: &Record, history: Option<&[Record]>) -> Markup {
    let custom = record.get("attributes").and_then(Value::as_object).filter(|custom| !custom.is_empty());
    html! {
        div.rec-body {
            div tabindex="0" role="region" aria-label=(look.t(words::DETAILS)) {
                @for (label, fields) in grouped(entity, is_shown) {
                    section.card {
                        header { h2 { (look.t(label)) } }
                        dl.facts {
                            @for field in fields {
                                div.wide[crate::ui::entry::is_wide(field.kind)] {
                                    dt { (look.t(field.label)) }
                                    dd { (full(look, field, record)) }
                                }
                            }
                        }
                    }
                }
                @if let Some(custom) = custom {
                    section.card {
                        header { h2 { (look.t(words::GROUP_CUSTOM)) } }
                        dl.facts {
                            @for (name, value) in custom {
                                div { dt { (name) } dd { (value.as_str().map_or_else(|| value.to_string(), str::to_owned)) } }
                            }
                        }
                    }
                }
            }
            @if let Some(lines) = history {
                aside tabindex="0" aria-label=(look.t(words::HISTORY)) { (timeline(look, entity, lines)) }
            }
        }
    }
}

fn related(
    visitor: &Visitor,
    (child, other): (&'static Child, &'static Entity),
    id: Uuid,
    url: &Url,
    query: &ListQuery,
    page: &Page,
) -> Result<Markup, model::problem::Problem> {
    let look = &visitor.look;
    let (records, columns) = (table::records(&page.data)?, related_columns(other, child));
    let url = url.clone().without("done");
    let way = |cursor: &Option<String>, name: &str, sign: &str, label: &str| {
        html! {
            @if let Some(cursor) = cursor {
                a."btn sq" href=(url.clone().at_start().with(name, cursor)) aria-label=(label) { (small(sign)) }
            }
        }
    };
    let create = super::list::can_create(visitor, other).then(|| {
        html! {
            a."btn out" href={ "/" (other.name) "/new?" (child.field) "=" (id) } {
                (small("plus")) span { (look.t(words::NEW)) " " (lower(look, other)) }
            }
        }
    });
    Ok(html! {
        div.scroll tabindex="0" role="region" aria-label=(look.t(other.plural)) {
            @if records.is_empty() {
                div.empty {
                    (icon(nav::icon(other)))
                    p { (look.t(words::LIST_EMPTY)) }
                    @if let Some(create) = &create { (create) }
                }
            } @else {
                (table(look, &Table { entity: other, columns: &columns, records: &records, sorted: Some((query, &url)), picks: false, peeks: false }))
            }
        }
        footer.foot {
            span { span.num { (counted(page.count, records.len())) } " " (look.t(other.plural).to_lowercase()) }
            span.grow {}
            @if !records.is_empty() { @if let Some(create) = &create { (create) } }
            (way(&page.prev, "before", "chevron-left", look.t(words::PREVIOUS_PAGE)))
            (way(&page.next, "after", "chevron-right", look.t(words::NEXT_PAGE)))
        }
    })
}

/// What was just done, with a way to take it back where there is one.
fn done(visitor: &Visitor, entity: &Entity, id: Uuid, done: Option<&str>) -> Option<Markup> {
    let look = &visitor.look;
    let undo = |step: &str| Undo { action: format!("/{}/{id}/{step}", entity.name), key: visitor.key() };
    Some(match done? {
        "created" => toast(look, look.t(words::DONE_CREATED), None),
        "saved" => toast(look, look.t(words::DONE_SAVED), None),
        "archived" if entity.archives => toast(look, look.t(words::DONE_ARCHIVED), Some(&undo("restore"))),
        "restored" => toast(look, look.t(words::DONE_RESTORED), None),
        name => {
            let done = operate::offered(visitor, entity, true)
                .into_iter()
                .find(|operation| operation.name == name)?;
            toast(look, &format!("{}: {}", look.t(words::DONE), look.t(done.label)), None)
        }
    })
}
