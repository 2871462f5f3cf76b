//! `GET /{entity}`: the records of an entity, searched, filtered, sorted, page by page.

use std::time::Instant;

use axum::http::StatusCode;
use maud::{Markup, html};
use model::{
    entity::{Entity, Writes},
    field::Field,
    query::{Archived, Count, Kept, ListQuery, Start},
};
use store::engine::{self, Counted, Page};
use work::access::{views, views::View};

use super::{
    Answer, Rendered, filters, go, html as answer,
    lists::{bulk, columns, views as tabs, words as list_words},
    nav, operate,
    shell::{self, Page as Sheet},
    table::{Table, records, table, view},
    visitor::Visitor,
};
use crate::{
    assets::{CELLS_CSS, CELLS_JS},
    input::Params,
    ui::{Look, Url, icon, number, small, toast::toast, value::Record, words},
};

/// A list as it is shown.
pub struct Shown<'a> {
    /// The kind of record.
    pub entity: &'static Entity,
    /// What was asked.
    pub query: &'a ListQuery,
    /// Where it was asked.
    pub url: &'a Url,
    /// What was found.
    pub page: &'a Page,
    /// The records of it.
    pub records: &'a [Record],
    /// The columns, what names a record first.
    pub columns: &'a [&'static Field],
    /// The views above it.
    pub views: &'a [View],
    /// What was just done to some of its records.
    pub told: Option<Markup>,
}

/// The page, or the list alone.
pub async fn list(visitor: Visitor, entity: &'static Entity, Params(params): Params) -> Answer {
    let done = params.iter().find(|(name, _)| name == "done").map(|(_, done)| done.clone());
    let look = &visitor.look;
    let url = Url::new(look.at(entity.name), &params).without("done");
    if let Some(place) = filters::added(entity, &url).or_else(|| columns::chosen(look, entity, &url)) {
        return Ok(go(&place.to_string()));
    }
    let views = match look.portal {
        true => vec![],
        false => visitor.ask.run(views::views(&visitor.ask.app.db, visitor.caller(), entity)).await?,
    };
    if params.is_empty()
        && let Some(place) = tabs::begins(entity, &views)
    {
        return Ok(go(&place.to_string()));
    }
    let toast = done.and_then(|done| self::done(&visitor, entity, &done));
    show(&visitor, entity, &url, &views, (StatusCode::OK, None, toast)).await
}

/// The list again, with what became of some of its records.
pub async fn again(
    visitor: &Visitor,
    entity: &'static Entity,
    url: Url,
    told: Markup,
    status: StatusCode,
) -> Answer {
    let views = visitor.ask.run(views::views(&visitor.ask.app.db, visitor.caller(), entity)).await?;
    show(visitor, entity, &url.without("done"), &views, (status, Some(told), None)).await
}

async fn show(
    visitor: &Visitor,
    entity: &'static Entity,
    url: &Url,
    views: &[View],
    (status, told, toast): (StatusCode, Option<Markup>, Option<Markup>),
) -> Answer {
    let look = &visitor.look;
    // The portal's lists are as they are.
    let chosen = if look.portal { vec![] } else { Kept::of(url.pairs()).fields(entity)? };
    let columns = columns::of(look, entity, &chosen);
    let asked = url.clone().without("view").without("columns");
    let mut query = ListQuery::parse(entity, asked.pairs())?;
    query.view = view(look, entity, &columns);
    query.count = Count::Capped;
    let page = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    let began = Instant::now();
    let records = records(&page.data)?;
    let shown =
        Shown { entity, query: &query, url, page: &page, records: &records, columns: &columns, views, told };
    let list = region(visitor, &shown);
    let timed = |markup: Markup| {
        let mut response = answer(status, markup);
        response.extensions_mut().insert(Rendered(began.elapsed()));
        response
    };
    if look.partial {
        return Ok(timed(list));
    }
    let sheet = Sheet {
        title: look.t(entity.plural).to_owned(),
        bar: bar(visitor, entity),
        body: html! {
            (list)
            @if !look.portal { aside.peek #peek hidden tabindex="-1" aria-label=(look.t(words::DETAILS)) {} }
            @if writes(visitor, entity) {
                link rel="stylesheet" href=(CELLS_CSS);
                script src=(CELLS_JS) type="module" {}
            }
        },
        toast,
    };
    Ok(timed(shell::page(visitor, &sheet)))
}

/// What was just done to the whole kind.
fn done(visitor: &Visitor, entity: &Entity, name: &str) -> Option<Markup> {
    let look = &visitor.look;
    match name {
        "view_saved" => return Some(toast(look, look.t(list_words::SAVED), None)),
        "view_deleted" => return Some(toast(look, look.t(list_words::VIEW_DELETED), None)),
        _ => {}
    }
    let done =
        operate::offered(visitor, entity, false).into_iter().find(|operation| operation.name == name)?;
    Some(toast(look, &format!("{}: {}", look.t(words::DONE), look.t(done.label)), None))
}

fn bar(visitor: &Visitor, entity: &'static Entity) -> Markup {
    let look = &visitor.look;
    html! {
        div.crumb { (icon(nav::icon(entity))) h1 { (look.t(entity.plural)) } }
        span.grow {}
        (shell::me(visitor))
        @let (made, others): (Vec<_>, Vec<_>) =
            operate::offered(visitor, entity, false).into_iter().partition(|operation| operation.name == "create");
        (operate::menu(visitor, &others, None))
        @if can_create(visitor, entity) { (create(look, entity)) }
        // What is made by an operation, such as a token, is made by the same button.
        @for operation in made {
            a."btn pri" href={ "/" (entity.name) "/do/" (operation.name) } data-dialog data-key="c" {
                (small("plus")) span { (look.t(operation.label)) }
            }
        }
    }
}

/// Whether cells are written in where they stand; what makes them so is no part of the portal.
fn writes(visitor: &Visitor, entity: &Entity) -> bool {
    entity.writes == Writes::All && visitor.may(entity, "update") && !visitor.look.portal
}

/// Whether the visitor may make records of this kind by a form.
pub fn can_create(visitor: &Visitor, entity: &Entity) -> bool {
    entity.writes == Writes::All && visitor.may(entity, "create")
}

fn create(look: &Look, entity: &Entity) -> Markup {
    html! {
        a."btn pri" href={ (look.at(entity.name)) "/new" } data-key="c" {
            (small("plus"))
            span { (look.t(words::NEW)) " " (lower(look, entity)) }
        }
    }
}

/// The label of one record within a sentence.
pub fn lower(look: &Look, entity: &Entity) -> String {
    let label = look.t(entity.label);
    // What is written in capitals stays so: SKU.
    let small = label.chars().nth(1).is_some_and(char::is_lowercase);
    if small { label.to_lowercase() } else { label.to_owned() }
}

fn region(visitor: &Visitor, shown: &Shown<'_>) -> Markup {
    let (look, entity) = (&visitor.look, shown.entity);
    let picks = bulk::picks(visitor, entity) && !shown.records.is_empty() && !look.portal;
    html! {
        div.list #list hx-boost:inherited="true" hx-target:inherited="#list" hx-swap:inherited="outerMorph"
            hx-push-url:inherited="true" hx-indicator:inherited="#list" {
            div.busy {}
            @if !look.portal { (tabs::tabs(visitor, shown)) }
            (filters::filters(look, shown))
            @if shown.records.is_empty() { (empty(visitor, shown)) } @else {
                div.scroll tabindex="0" role="region" aria-label=(look.t(entity.plural)) {
                    (table(look, &Table {
                        entity,
                        columns: shown.columns,
                        records: shown.records,
                        sorted: Some((shown.query, shown.url)),
                        picks,
                        peeks: !look.portal,
                        writes: writes(visitor, entity),
                    }))
                }
            }
            @if picks { (bulk::bar(visitor, shown)) }
            (foot(look, shown))
            @if let Some(told) = &shown.told { div.toasts role="status" { (told) } }
        }
    }
}

fn empty(visitor: &Visitor, shown: &Shown<'_>) -> Markup {
    let (look, entity, query) = (&visitor.look, shown.entity, shown.query);
    let kept = |name: &&(String, String)| matches!(name.0.as_str(), "view" | "columns" | "sort");
    let kept: Vec<_> = shown.url.pairs().iter().filter(kept).cloned().collect();
    let cleared = Url::new(shown.url.path(), &kept);
    let narrowed = query.search.is_some() || !query.filters.is_empty() || query.archived == Archived::Only;
    html! {
        div.scroll {
            div.empty {
                (icon(if narrowed { "search" } else { nav::icon(entity) }))
                p { (look.t(if narrowed { words::LIST_NONE } else { words::LIST_EMPTY })) }
                div.do {
                    @if narrowed {
                        a."btn out" href=(cleared) { (look.t(words::CLEAR_FILTERS)) }
                    } @else if can_create(visitor, entity) { (create(look, entity)) }
                }
            }
        }
    }
}

/// How many there are, and the way to the pages around; counts are exact up to a cap.
fn foot(look: &Look, shown: &Shown<'_>) -> Markup {
    let Page { next, prev, count, .. } = shown.page;
    let start = shown.query.start == Start::First && next.is_none();
    let way = |cursor: &Option<String>, name: &str, sign: &str, label: &str| {
        html! {
            @match cursor {
                Some(cursor) => a."btn sq" href=(shown.url.clone().at_start().with(name, cursor)) aria-label=(label) { (small(sign)) },
                None => span."btn sq" aria-disabled="true" role="link" aria-label=(label) { (small(sign)) },
            }
        }
    };
    html! {
        footer.foot {
            span {
                @if !start { span.num { (shown.records.len()) } " " (look.t(words::OF)) " " }
                span.num { (counted(*count, shown.records.len())) }
                " " (if start && shown.records.len() == 1 { lower(look, shown.entity) } else { look.t(shown.entity.plural).to_lowercase() })
            }
            span.grow {}
            (way(prev, "before", "chevron-left", look.t(words::PREVIOUS_PAGE)))
            (way(next, "after", "chevron-right", look.t(words::NEXT_PAGE)))
        }
    }
}

/// A count, of which more than the cap is told as such.
pub fn counted(count: Option<Counted>, shown: usize) -> String {
    match count {
        Some(Counted::Exactly(count)) => number::grouped(&count.to_string(), 0),
        Some(Counted::AtLeast(count)) => format!("{}+", number::grouped(&count.to_string(), 0)),
        None => shown.to_string(),
    }
}
