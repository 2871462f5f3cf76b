//! `GET /records`: every kind of record that the visitor may view, by area.

use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};
use model::{
    entity::{Area, Entity},
    registry,
};

use super::{
    Answer, html as answer, nav,
    shell::{self, Page},
    visitor::Visitor,
};
use crate::ui::{icon, words};

const AREAS: [Area; 9] = [
    Area::Sales,
    Area::Crm,
    Area::Insight,
    Area::Catalog,
    Area::Stock,
    Area::Service,
    Area::Data,
    Area::Integrations,
    Area::Access,
];

/// The page.
pub async fn index(visitor: Visitor) -> Answer {
    Ok(shown(&visitor))
}

fn shown(visitor: &Visitor) -> Response {
    let look = &visitor.look;
    let seen = |area: Area| -> Vec<&'static Entity> {
        let all = registry::ENTITIES.iter().copied();
        all.filter(|entity| entity.area == area && visitor.may(entity, "view")).collect()
    };
    let areas: Vec<_> = AREAS.into_iter().map(|area| (area, seen(area))).collect();
    let body: Markup = html! {
        div.scroll tabindex="0" role="region" aria-label=(look.t(words::ALL_RECORDS)) {
            div.index {
                @let places: Vec<_> = nav::places(visitor).collect();
                @if !places.is_empty() {
                    section {
                        h2 { (look.t(words::ADMINISTRATION)) }
                        @for place in places { (shell::entry(place.path, place.icon, look.t(place.label), false)) }
                    }
                }
                @for (area, entities) in areas.iter().filter(|(_, entities)| !entities.is_empty()) {
                    section {
                        h2 { (look.t(nav::area(*area))) }
                        @for entity in entities {
                            (shell::entry(&nav::place(look, entity), nav::icon(entity), look.t(entity.plural), false))
                        }
                    }
                }
            }
        }
    };
    let bar = html! {
        div.crumb { (icon("layers")) h1 { (look.t(words::ALL_RECORDS)) } }
        span.grow {}
        (shell::me(visitor))
    };
    let page = Page { title: look.t(words::ALL_RECORDS).to_owned(), bar, body, toast: None };
    answer(StatusCode::OK, shell::page(visitor, &page))
}
