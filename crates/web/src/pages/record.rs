//! `GET /{entity}/{id}`: one record, what belongs to it, and what became of it.

use axum::http::StatusCode;
use maud::{Markup, html};
use model::{
    entity::{Child, Class, Entity, Writes},
    field::{Field, Kind, Text},
    problem::Problem,
    query::{Count, GetQuery, ListQuery, PageQuery, View},
    registry,
};
use serde_json::Value;
use store::engine::{self, Page};
use uuid::Uuid;
use work::{
    merging::{self, Standing},
    operation::{Operation, operations},
};

use super::{
    Answer,
    admin::words::WHY_SHORT,
    custom::{self, Custom},
    found::text,
    groups::{grouped, is_shown},
    html as answer, leave,
    list::{can_create, counted, lower},
    merge::{self, words as merge_words},
    nav, operate, portal,
    shell::{self, Page as Sheet},
    table::{self, Table, columns, table},
    timeline::timeline,
    visitor::Visitor,
};
use crate::{
    input::{Id, Params},
    portal::has_tab,
    ui::{
        Look, Url, avatar, chip,
        entry::is_wide,
        icon, small, time,
        toast::{Undo, toast},
        value::{self, Record, full},
        words,
    },
};

/// Lines of history on the page.
const LINES: u16 = 20;

/// The page.
pub async fn record(visitor: Visitor, entity: &'static Entity, Id(id): Id, Params(params): Params) -> Answer {
    let look = &visitor.look;
    let url = Url::new(format!("{}/{id}", look.at(entity.name)), &params);
    let (db, caller) = (&visitor.ask.app.db, visitor.caller());
    let found = visitor.ask.run(engine::get(db, caller, entity, id, &everything(look, entity))).await?;
    let record: Record = serde_json::from_str(&found.json).map_err(Problem::internal)?;
    let merged = match merging::merges(entity) && !look.portal {
        true => visitor.ask.run(merging::into(db, caller, entity, id)).await?,
        false => Standing::default(),
    };
    let went = if is_archived(&record) { merge::went(&visitor, entity, &merged).await? } else { None };
    let children = children(&visitor, entity);
    let child = url.get("show").and_then(|name| children.iter().find(|(child, _)| child.name == name));
    let body = match child {
        Some((child, other)) => {
            let query = ListQuery { count: Count::Capped, ..listed(look, other, child, &url)? };
            let page = visitor.ask.run(engine::children(db, caller, entity, id, child, &query)).await?;
            related(&visitor, (child, other), id, &url, &query, &page)?
        }
        None if look.portal => portal::overview(&visitor, entity, id, &record).await?,
        None => {
            let history = match entity.class {
                Class::System => None,
                _ => {
                    let query = PageQuery { limit: LINES, after: None };
                    let page = visitor.ask.run(engine::history(db, caller, entity, id, &query)).await?;
                    Some(table::records(&page.data)?)
                }
            };
            let customs = custom::of(&visitor, entity).await?;
            overview(look, entity, &record, &customs, history.as_deref())
        }
    };
    let own = if look.portal {
        portal::buttons(&visitor, entity, id).await?
    } else {
        html! {}
    };
    let name = value::title(look, entity, &record);
    let moving = entity.under_way.contains(&text(&record, "status"));
    let place = url.clone().without("done").to_string();
    let region = html! {
        div.list #list hx-get=[moving.then_some(&place)] hx-trigger=[moving.then_some("load delay:1500ms")] hx-swap="outerMorph" {
            div.busy {}
            (head(look, entity, id, &record, &name))
            (gone(look, &record, went))
            @if !children.is_empty() { (tabs(look, &children, id, entity, child.map(|(child, _)| child.name))) }
            (body)
        }
    };
    if look.partial {
        // What is done with the record changes with its state, and stands outside of the region.
        return Ok(if moving { answer(StatusCode::OK, region) } else { leave(look, &place) });
    }
    let sheet = Sheet {
        bar: bar(&visitor, entity, id, (&record, &name), &own, &merged),
        body: region,
        toast: done(&visitor, entity, id, url.get("done")),
        title: name,
    };
    Ok(answer(StatusCode::OK, shell::page(&visitor, &sheet)))
}

/// Everything of a record that the page may show, with the records that its links name.
pub fn everything(look: &Look, entity: &'static Entity) -> GetQuery {
    let links = entity.fields.iter().filter(|field| field.link().is_some());
    // Which fields a company has of its own, its customers do not see; what a document is addressed to, they do.
    if look.portal {
        let fields = entity.fields.iter().chain(entity.standard()).filter(|field| look.reads(field));
        let addressed = |field: &&Field| is_shown(look, field) || field.link() == Some("customers");
        let expand = links.filter(addressed).collect();
        return GetQuery { view: View { fields: Some(fields.collect()), attributes: false, expand } };
    }
    let expand = links.filter(|field| is_shown(look, field)).collect();
    GetQuery { view: View { fields: None, attributes: true, expand } }
}

/// What belongs to records of this kind, as far as the visitor may view it.
pub fn children(visitor: &Visitor, entity: &'static Entity) -> Vec<(&'static Child, &'static Entity)> {
    let others = entity.children.iter().filter_map(|child| Some((child, registry::entity(child.entity)?)));
    let others = others.filter(|(_, other)| visitor.may(other, "view"));
    others.filter(|(child, other)| !visitor.look.portal || has_tab(entity, child, other)).collect()
}

/// The query of a related list, from the parameters of the page that holds it.
pub fn listed(
    look: &Look,
    other: &'static Entity,
    child: &'static Child,
    url: &Url,
) -> Result<ListQuery, Problem> {
    let own = url.clone().without("show").without("done");
    let mut query = ListQuery::parse(other, own.pairs())?;
    query.view = table::view(look, other, &related_columns(look, other, child));
    Ok(query)
}

/// The columns of a related list: without the link to the record whose page it is on.
pub fn related_columns(look: &Look, other: &'static Entity, child: &Child) -> Vec<&'static Field> {
    let all = columns(look, other);
    let (first, rest) = all.split_at(1.min(all.len()));
    first.iter().chain(rest.iter().filter(|field| field.name != child.field)).copied().collect()
}

/// What the menu offers in the state of the record; taking a merge back where there is one.
fn offered(
    visitor: &Visitor,
    entity: &'static Entity,
    record: &Record,
    merged: &Standing,
) -> Vec<&'static Operation> {
    let mut offered = operate::offered(visitor, entity, true);
    offered.retain(|operation| operation.fits(text(record, "status")));
    if merged.last.is_some() && visitor.may(entity, merging::UNDO) {
        offered.extend(operations().find(|one| one.entity == entity.name && one.name == merging::UNDO));
    }
    offered
}

/// The line at the top; `own` are buttons of this side of the house.
fn bar(
    visitor: &Visitor,
    entity: &'static Entity,
    id: Uuid,
    (record, name): (&Record, &str),
    own: &Markup,
    merged: &Standing,
) -> Markup {
    let look = &visitor.look;
    let path = format!("{}/{id}", look.at(entity.name));
    let gone = is_archived(record);
    let writes = entity.writes == Writes::All;
    html! {
        nav.crumb aria-label=(look.t(words::TO_LIST)) {
            @let up = if look.portal { portal::up(look, entity, record) } else { Some((look.at(entity.name), entity)) };
            @if let Some((list, up)) = up { (shell::way_back(look, &list, nav::icon(up), look.t(up.plural))) }
            h1 lang=[value::thai(name)] { (name) }
        }
        span.grow {}
        (shell::me(visitor))
        @if entity.name == "users" && visitor.caller().grants.scope("roles.view").is_some() {
            a."btn out" href={ (path) "/access" } { (small("shield")) span.only-l { (look.t(WHY_SHORT)) } }
        }
        (own)
        @if !gone { (operate::menu(visitor, &offered(visitor, entity, record, merged), Some(id))) }
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
pub fn post(action: &str, sign: &str, label: &str, key: &str, class: &str) -> Markup {
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
            @if !look.portal { (avatar::sized(name, "huge")) }
            div {
                b lang=[value::thai(name)] { (name) }
                div.sub {
                    span { (look.t(entity.label)) }
                    @if let Some((choices, value)) = state { (chip::choice(look, choices, value)) }
                    @if let Some(at) = at("updated_at").filter(|_| !look.portal) { span { (look.t(words::UPDATED_AT)) " " (time::ago(look, at)) } }
                    @if !look.portal { button.btn type="button" data-copy=(id) { (small("copy")) (look.t(words::COPY_ID)) } }
                }
            }
        }
    }
}

/// That a record is in the archive, and where it `went` if it was merged into another one.
pub fn gone(look: &Look, record: &Record, went: Option<Markup>) -> Markup {
    html! {
        @if is_archived(record) {
            div."note warn gone-note" {
                (small("archive"))
                div.errs {
                    @if let Some(went) = went { (went) }
                    span { (look.t(words::ARCHIVED_NOTE)) }
                }
            }
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
    let path = format!("{}/{id}", look.at(entity.name));
    html! {
        nav."tabs rec-tabs" aria-label=(look.t(words::DETAILS)) {
            a href=(path) aria-current=[current.is_none().then_some("page")] { (look.t(words::OVERVIEW)) }
            @for (child, other) in children {
                a href={ (path) "?show=" (child.name) } aria-current=[(current == Some(child.name)).then_some("page")] {
                    (look.t(if child.name == "credit_notes" { words::CREDIT_NOTES } else { other.plural }))
                }
            }
        }
    }
}

fn overview(
    look: &Look,
    entity: &'static Entity,
    record: &Record,
    customs: &[Custom],
    history: Option<&[Record]>,
) -> Markup {
    html! {
        div.rec-body {
            div tabindex="0" role="region" aria-label=(look.t(words::DETAILS)) {
                @for (label, fields) in grouped(entity, |field| is_shown(look, field)) { (facts(look, label, &fields, record)) }
                (custom::facts(look, customs, record))
            }
            @if let Some(lines) = history {
                aside tabindex="0" aria-label=(look.t(words::HISTORY)) { (timeline(look, entity, lines)) }
            }
        }
    }
}

/// A group of fields with their values.
pub fn facts(look: &Look, label: Text, fields: &[&'static Field], record: &Record) -> Markup {
    html! {
        section.card {
            header { h2 { (look.t(label)) } }
            dl.facts {
                @for field in fields {
                    div.wide[is_wide(field.kind)] { dt { (look.t(field.label)) } dd { (full(look, field, record)) } }
                }
            }
        }
    }
}

/// The way to add a child to the record of this id; none where the visitor may not.
pub fn add(visitor: &Visitor, child: &Child, other: &'static Entity, id: Uuid) -> Option<Markup> {
    let look = &visitor.look;
    can_create(visitor, other).then(|| {
        html! {
            a."btn out" href={ (look.at(other.name)) "/new?" (child.field) "=" (id) } {
                (small("plus")) span { (look.t(words::NEW)) " " (lower(look, other)) }
            }
        }
    })
}

fn related(
    visitor: &Visitor,
    (child, other): (&'static Child, &'static Entity),
    id: Uuid,
    url: &Url,
    query: &ListQuery,
    page: &Page,
) -> Result<Markup, Problem> {
    let look = &visitor.look;
    let (records, columns) = (table::records(&page.data)?, related_columns(look, other, child));
    let url = url.clone().without("done");
    let way = |cursor: &Option<String>, name: &str, sign: &str, label: &str| {
        html! {
            @if let Some(cursor) = cursor {
                a."btn sq" href=(url.clone().at_start().with(name, cursor)) aria-label=(label) { (small(sign)) }
            }
        }
    };
    let create = add(visitor, child, other, id);
    Ok(html! {
        div.scroll tabindex="0" role="region" aria-label=(look.t(other.plural)) {
            @if records.is_empty() {
                div.empty {
                    (icon(nav::icon(other)))
                    p { (look.t(words::LIST_EMPTY)) }
                    @if let Some(create) = &create { (create) }
                }
            } @else {
                (table(look, &Table { entity: other, columns: &columns, records: &records, sorted: Some((query, &url)), picks: false, peeks: false, writes: false }))
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
    let undo =
        |step: &str| Undo { action: format!("{}/{id}/{step}", look.at(entity.name)), key: visitor.key() };
    Some(match done? {
        "created" => toast(look, look.t(words::DONE_CREATED), None),
        "saved" => toast(look, look.t(words::DONE_SAVED), None),
        "archived" if entity.archives => toast(look, look.t(words::DONE_ARCHIVED), Some(&undo("restore"))),
        "restored" => toast(look, look.t(words::DONE_RESTORED), None),
        merging::MERGE if visitor.may(entity, merging::UNDO) => {
            toast(look, look.t(merge_words::MERGED), Some(&undo(merging::UNDO)))
        }
        merging::UNDO => toast(look, look.t(merge_words::UNDONE), None),
        name => {
            let done = operate::offered(visitor, entity, true)
                .into_iter()
                .find(|operation| operation.name == name)?;
            toast(look, &format!("{}: {}", look.t(words::DONE), look.t(done.label)), None)
        }
    })
}
