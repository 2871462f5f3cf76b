//! `GET /{entity}`: the records of an entity, searched, filtered, sorted, page by page.

use axum::http::StatusCode;
use maud::{Markup, html};
use model::{
    entity::{Entity, Writes},
    query::{Archived, COUNT_CAP, Count, ListQuery, Start},
};
use store::engine::{self, Counted, Page};

use super::{
    Answer, filters, go, html as answer, nav, operate,
    shell::{self, Page as Sheet},
    table::{Table, columns, records, table, view},
    visitor::Visitor,
};
use crate::{
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
}

/// The page, or the list alone.
pub async fn list(visitor: Visitor, entity: &'static Entity, Params(params): Params) -> Answer {
    let told = params.iter().find(|(name, _)| name == "done").map(|(_, done)| done.clone());
    let url = Url::new(format!("/{}", entity.name), &params).without("done");
    if let Some(narrowed) = filters::added(entity, &url) {
        return Ok(go(&narrowed.to_string()));
    }
    let columns = columns(entity);
    let mut query = ListQuery::parse(entity, url.pairs())?;
    query.view = view(entity, &columns);
    query.count = Count::Capped;
    let page = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    let records = records(&page.data)?;
    let shown = Shown { entity, query: &query, url: &url, page: &page, records: &records };
    let list = region(&visitor, &shown, &columns);
    if visitor.look.partial {
        return Ok(answer(StatusCode::OK, list));
    }
    let sheet = Sheet {
        title: visitor.look.t(entity.plural).to_owned(),
        bar: bar(&visitor, entity),
        body: list,
        toast: told.and_then(|told| done(&visitor, entity, &told)),
    };
    Ok(answer(StatusCode::OK, shell::page(&visitor, &sheet)))
}

/// What was just done to the whole kind.
fn done(visitor: &Visitor, entity: &Entity, name: &str) -> Option<Markup> {
    let done =
        operate::offered(visitor, entity, false).into_iter().find(|operation| operation.name == name)?;
    let look = &visitor.look;
    Some(toast(look, &format!("{}: {}", look.t(words::DONE), look.t(done.label)), None))
}

fn bar(visitor: &Visitor, entity: &'static Entity) -> Markup {
    let look = &visitor.look;
    html! {
        div.crumb { (icon(nav::icon(entity))) h1 { (look.t(entity.plural)) } }
        span.grow {}
        (shell::me(visitor))
        @if visitor.may(entity, "export") {
            a."btn out only-l" href={ "/api/v1/exports/" (entity.name) ".csv" } download { (small("download")) (look.t(words::EXPORT)) }
        }
        (operate::menu(visitor, &operate::offered(visitor, entity, false), None))
        @if can_create(visitor, entity) { (create(look, entity)) }
    }
}

/// Whether the visitor may make records of this kind by a form.
pub fn can_create(visitor: &Visitor, entity: &Entity) -> bool {
    entity.writes == Writes::All && visitor.may(entity, "create")
}

fn create(look: &Look, entity: &Entity) -> Markup {
    html! {
        a."btn pri" href={ "/" (entity.name) "/new" } data-key="c" {
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

fn region(visitor: &Visitor, shown: &Shown<'_>, columns: &[&'static model::field::Field]) -> Markup {
    let (look, entity) = (&visitor.look, shown.entity);
    html! {
        div.list #list hx-boost:inherited="true" hx-target:inherited="#list" hx-swap:inherited="outerMorph"
            hx-push-url:inherited="true" hx-indicator:inherited="#list" {
            div.busy {}
            (filters::filters(look, shown))
            @if shown.records.is_empty() { (empty(visitor, shown)) } @else {
                div.scroll tabindex="0" role="region" aria-label=(look.t(entity.plural)) {
                    (table(look, &Table { entity, columns, records: shown.records, sorted: Some((shown.query, shown.url)) }))
                }
            }
            (foot(look, shown))
        }
    }
}

fn empty(visitor: &Visitor, shown: &Shown<'_>) -> Markup {
    let (look, entity, query) = (&visitor.look, shown.entity, shown.query);
    let narrowed = query.search.is_some() || !query.filters.is_empty() || query.archived == Archived::Only;
    html! {
        div.scroll {
            div.empty {
                (icon(if narrowed { "search" } else { nav::icon(entity) }))
                p { (look.t(if narrowed { words::LIST_NONE } else { words::LIST_EMPTY })) }
                div.do {
                    @if narrowed {
                        a."btn out" href={ "/" (entity.name) } { (look.t(words::CLEAR_FILTERS)) }
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
        Some(Counted::Many) => format!("{}+", number::grouped(&COUNT_CAP.to_string(), 0)),
        None => shown.to_string(),
    }
}
