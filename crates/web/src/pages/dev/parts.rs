//! What the pages of the engine room share: tabs, lists, and forms that do an operation and come back.

use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use maud::{Markup, html};
use model::{
    entity::Entity,
    field::{Kind, Text},
};
use serde_json::Value;

use super::{Dev, words};
use crate::{
    pages::{
        Answer,
        found::text,
        html as answer,
        sent::{KEY, NEXT},
        shell::{self, Page},
        visitor::Visitor,
    },
    ui::{
        Look, Url, chip, icon, small, time,
        toast::toast,
        value::{self, Record},
    },
};

/// The pages with a tab.
const TABS: [(Dev, &str, Text); 5] = [
    (Dev::Jobs, "/dev", words::JOBS),
    (Dev::Schedules, "/dev/schedules", words::SCHEDULES),
    (Dev::Webhooks, "/dev/webhooks", words::OUTBOUND),
    (Dev::Inbound, "/dev/inbound", words::INBOUND),
    (Dev::Integrity, "/dev/integrity", words::INTEGRITY),
];

/// A page under its tab. A part is the region that refreshes itself.
pub fn page(visitor: &Visitor, of: Dev, url: &Url, region: Markup) -> Answer {
    let look = &visitor.look;
    if look.partial {
        return Ok(answer(StatusCode::OK, region));
    }
    let tabs = TABS.iter().filter(|(dev, ..)| visitor.caller().grants.scope(dev.permission()).is_some());
    let body = html! {
        div.list {
            nav."tabs dev-tabs" aria-label=(look.t(words::ENGINE_ROOM)) {
                @for (dev, path, label) in tabs {
                    a href=(path) aria-current=[(*dev == of).then_some("page")] { (look.t(*label)) }
                }
            }
            div.scroll tabindex="0" role="region" aria-label=(look.t(words::ENGINE_ROOM)) { div.dev { (region) } }
        }
    };
    let bar = html! {
        div.crumb { (icon("activity")) h1 { (look.t(words::ENGINE_ROOM)) } }
        span.grow {}
        (shell::me(visitor))
    };
    let told = url.get("done").map(|done| match done.parse::<u64>() {
        Ok(count) => toast(look, &format!("{count} {}", look.t(words::REPLAYED)), None),
        Err(_) => toast(look, look.t(words::DONE), None),
    });
    let page = Page { title: look.t(words::ENGINE_ROOM).to_owned(), bar, body, toast: told };
    let response: Response = answer(StatusCode::OK, shell::page(visitor, &page));
    Ok(response)
}

/// A button that does an operation on a record and comes back; nothing where the visitor may not.
pub fn act(
    visitor: &Visitor,
    record: &Record,
    (entity, operation): (&str, &str),
    sign: &str,
    label: Text,
) -> Markup {
    let look = &visitor.look;
    let may = visitor.caller().grants.scope(&format!("{entity}.{operation}")).is_some();
    html! {
        @if may {
            form method="post" action={ "/" (entity) "/" (text(record, "id")) "/do/" (operation) } data-once {
                input type="hidden" name=(KEY) value=(visitor.key());
                input type="hidden" name=(NEXT) value=(back(look));
                button."btn out" type="submit" { (small(sign)) (look.t(label)) }
            }
        }
    }
}

/// The page that is looked at, without what it told.
pub fn back(look: &Look) -> String {
    Url::read(&look.asked).without("done").to_string()
}

/// A moment of a record by how far away it is.
pub fn ago(look: &Look, record: &Record, name: &str) -> Markup {
    match text(record, name).parse::<Timestamp>() {
        Ok(at) => time::ago(look, at),
        Err(_) => value::none(),
    }
}

/// One of the choices of a field as a chip.
pub fn state(look: &Look, entity: &Entity, record: &Record, name: &str) -> Markup {
    match entity.field(name).map(|field| field.kind) {
        Some(Kind::Choice(choices)) => chip::choice(look, choices, text(record, name)),
        _ => value::none(),
    }
}

/// A JSON document, folded away.
pub fn document(look: &Look, label: Text, value: &Value) -> Markup {
    let shown =
        value.as_str().map_or_else(|| serde_json::to_string_pretty(value).unwrap_or_default(), str::to_owned);
    html! {
        @if !value.is_null() && !shown.is_empty() {
            details.doc { summary { (look.t(label)) (small("chevron-right")) } pre { (shown) } }
        }
    }
}
