//! `GET /palette?q=`: what one may go to or make, and the records that fit, as options of the command palette.

use axum::http::StatusCode;
use futures_util::future::join_all;
use maud::{Markup, html};
use model::{entity::Entity, problem::Problem, query::GetQuery, registry};
use store::engine::{self, Hit};
use uuid::Uuid;

use super::{
    Answer, html as answer,
    list::{can_create, lower},
    nav,
    visitor::Visitor,
};
use crate::{
    input::Params,
    ui::{
        Look, icon,
        value::{self, Record},
        words,
    },
};

/// Most records that are offered.
const MOST: usize = 8;
/// Most of those that were looked at last.
const RECENT: usize = 6;

/// The options.
pub async fn palette(visitor: Visitor, Params(params): Params) -> Answer {
    let text = params.iter().find(|(name, _)| name == "q").map_or("", |(_, text)| text.trim());
    let text: String = text.chars().filter(|letter| *letter != '\0').take(100).collect();
    let hits = match text.is_empty() {
        true => {
            let places = params.iter().find(|(name, _)| name == "recent").map_or("", |(_, places)| places);
            recent(&visitor, places).await?
        }
        false => {
            let offered: Vec<_> = engine::searched(visitor.caller()).collect();
            let search = engine::everywhere(&visitor.ask.app.db, visitor.caller(), &offered, &text, MOST);
            visitor.ask.run(search).await?
        }
    };
    Ok(answer(StatusCode::OK, options(&visitor, &text.to_lowercase(), &hits)))
}

/// The records at these addresses, as far as they are still there and to be seen. The browser remembers nothing but where
/// its person was.
async fn recent(visitor: &Visitor, places: &str) -> Result<Vec<Hit>, Problem> {
    let named = places.split(',').filter_map(|place| {
        let (entity, id) = place.strip_prefix('/')?.split_once('/')?;
        let entity = registry::entity(entity).filter(|entity| visitor.may(entity, "view"))?;
        Some((entity, Uuid::try_parse(id).ok()?))
    });
    let named: Vec<_> = named.take(RECENT).collect();
    let (db, caller, query) = (&visitor.ask.app.db, visitor.caller(), GetQuery::default());
    let gets = named.iter().map(|(entity, id)| engine::get(db, caller, entity, *id, &query));
    let found = visitor.ask.run(async { Ok(join_all(gets).await) }).await?;
    let mut hits = vec![];
    for ((entity, id), record) in named.into_iter().zip(found) {
        let Ok(record) = record else { continue };
        let record: Record = serde_json::from_str(&record.json).map_err(Problem::internal)?;
        let title = value::title(&visitor.look, entity, &record);
        hits.push(Hit { entity, id, title, subtitle: String::new(), score: 1.0 });
    }
    Ok(hits)
}

fn options(visitor: &Visitor, text: &str, hits: &[Hit]) -> Markup {
    let look = &visitor.look;
    let seen = || registry::ENTITIES.iter().copied().filter(|entity| visitor.may(entity, "view"));
    let menu = || nav::sections(visitor).into_iter().flat_map(|(_, entities)| entities);
    let fits = |entity: &&'static Entity| {
        let fits =
            |label: model::field::Text| label.en.to_lowercase().contains(text) || label.th.contains(text);
        fits(entity.plural) || fits(entity.label)
    };
    let (places, made): (Vec<&Entity>, Vec<&Entity>) = if text.is_empty() {
        (menu().take(8).collect(), menu().filter(|entity| can_create(visitor, entity)).take(4).collect())
    } else {
        let made = seen().filter(fits).filter(|entity| can_create(visitor, entity));
        (seen().filter(fits).take(5).collect(), made.take(3).collect())
    };
    html! {
        @if !hits.is_empty() { (caption(look.t(if text.is_empty() { words::RECENT } else { words::RECORDS }))) }
        @for hit in hits {
            (option(&format!("/{}/{}", hit.entity.name, hit.id), nav::icon(hit.entity), html! {
                span.what lang=[value::thai(&hit.title)] { (titled(look, hit)) }
                @if !hit.subtitle.is_empty() { small { (hit.subtitle) } }
                small.kind { (look.t(hit.entity.label)) }
            }))
        }
        @if !places.is_empty() { (caption(look.t(words::GO_TO))) }
        @for entity in &places {
            (option(&nav::place(look, entity), nav::icon(entity), html! { span.what { (look.t(entity.plural)) } }))
        }
        @for place in nav::places(visitor).filter(|place| !text.is_empty() && (place.label.en.to_lowercase().contains(text) || place.label.th.contains(text))) {
            (option(place.path, place.icon, html! { span.what { (look.t(place.label)) } }))
        }
        @if !made.is_empty() { (caption(look.t(words::CREATE))) }
        @for entity in &made {
            (option(&format!("/{}/new", entity.name), "plus", html! { span.what { (look.t(words::NEW)) " " (lower(look, entity)) } }))
        }
        @if hits.is_empty() && places.is_empty() { (caption(look.t(words::LIST_NONE))) }
    }
}

fn titled<'a>(look: &Look, hit: &'a Hit) -> &'a str {
    if hit.title.is_empty() { look.t(hit.entity.label) } else { &hit.title }
}

fn caption(text: &str) -> Markup {
    html! { li.cap role="presentation" { (text) } }
}

fn option(href: &str, sign: &str, body: Markup) -> Markup {
    html! { li role="option" aria-selected="false" data-href=(href) { (icon(sign)) (body) } }
}
