//! `GET /notices`: what one is told, in the menu of the bell and as a page; read one by one, or all.

use axum::http::StatusCode;
use jiff::Timestamp;
use maud::{Markup, html};
use model::{Document, query::ListQuery, registry};
use serde_json::Value;
use store::engine;
use work::operation::{self, execute};

use super::{
    Answer,
    found::{further, nothing, text},
    go, html as answer,
    sent::{NEXT, Sent},
    shell::{self, Page},
    table::records,
    visitor::Visitor,
};
use crate::{
    input::Params,
    ui::{Look, Url, icon, small, time, url::local, value::Record, words},
};

/// How many the menu shows, and the page at a time.
const MENU: &str = "10";
const PAGE: &str = "50";

/// The page, or what the menu holds.
pub async fn list(visitor: Visitor, Params(params): Params) -> Answer {
    let url = Url::new("/notices", &params);
    let partial = visitor.look.partial;
    let after = url.get("after").map(|after| ("after".to_owned(), after.to_owned()));
    shown(&visitor, &url, if partial { MENU } else { PAGE }, after).await
}

/// Marks all of one's own as read.
pub async fn read_all(visitor: Visitor, _: Sent) -> Answer {
    let operation = operation::named("notifications.read_all")?;
    let services = &visitor.ask.app.services;
    visitor.ask.run(execute(services, visitor.caller(), operation, None, Document::new())).await?;
    if !visitor.look.partial {
        return Ok(go("/notices"));
    }
    shown(&visitor, &Url::new("/notices", &[]), MENU, None).await
}

async fn shown(visitor: &Visitor, url: &Url, most: &str, after: Option<(String, String)>) -> Answer {
    let entity = registry::described("notifications")?;
    let mut asked = vec![("sort".to_owned(), "-told_at".to_owned()), ("limit".to_owned(), most.to_owned())];
    asked.extend(after);
    let query = ListQuery::parse(entity, &asked)?;
    let page = visitor.ask.run(engine::list(&visitor.ask.app.db, visitor.caller(), entity, &query)).await?;
    let (look, notices) = (&visitor.look, records(&page.data)?);
    let unread = notices.iter().any(|notice| notice.get("read_at").is_none_or(Value::is_null));
    if look.partial {
        let menu = html! {
            header.bell-top {
                b { (look.t(words::NOTICES)) }
                span.grow {}
                @if unread {
                    form hx-post="/notices/read" hx-target="#bell-pop" method="post" action="/notices/read" {
                        button.btn type="submit" { (small("check")) (look.t(words::NOTICES_READ)) }
                    }
                }
            }
            (entries(look, &notices, !unread))
            a.nav href="/notices" { (look.t(words::NOTICES_ALL)) }
        };
        return Ok(answer(StatusCode::OK, menu));
    }
    let body = html! {
        div.scroll tabindex="0" role="region" aria-label=(look.t(words::NOTICES)) {
            div.imports {
                (entries(look, &notices, !unread))
                (further(look, url, page.next.as_ref()))
            }
        }
    };
    let bar = html! {
        div.crumb { (icon("bell")) h1 { (look.t(words::NOTICES)) } }
        span.grow {}
        (shell::me(visitor))
        @if unread {
            form method="post" action="/notices/read" {
                button."btn out" type="submit" aria-label=(look.t(words::NOTICES_READ)) { (small("check")) span.only-l { (look.t(words::NOTICES_READ)) } }
            }
        }
    };
    let page = Page { title: look.t(words::NOTICES).to_owned(), bar, body, toast: None };
    Ok(answer(StatusCode::OK, shell::page(visitor, &page)))
}

fn entries(look: &Look, notices: &[Record], none_unread: bool) -> Markup {
    html! {
        @if notices.is_empty() { (nothing(look, "bell", words::NOTICES_NONE)) }
        ul.notices data-read[none_unread] { @for notice in notices { (entry(look, notice)) } }
    }
}

/// One of them: opened, it is read, and leads to what it is about.
fn entry(look: &Look, notice: &Record) -> Markup {
    let text = |name: &str| text(notice, name);
    let unread = text("read_at").is_empty();
    let about = || Some(format!("/{}/{}", registry::entity(text("entity"))?.name, text("entity_id")));
    let place = local(text("link")).filter(|link| *link != "/").map(str::to_owned).or_else(about);
    let times = notice.get("times").and_then(Value::as_i64).filter(|times| *times > 1);
    html! {
        li.unread[unread] {
            form method="post" action={ "/notifications/" (text("id")) "/do/read" } {
                input type="hidden" name=(NEXT) value=(place.as_deref().unwrap_or("/notices"));
                button type="submit" {
                    @if unread { span.dot { span.sr { (look.t(words::UNREAD)) } } }
                    span.what {
                        b { (text("title")) @if let Some(times) = times { " ×" (times) } }
                        @if !text("body").is_empty() { span { (text("body")) } }
                    }
                    @if let Ok(at) = text("told_at").parse::<Timestamp>() { span.muted { (time::ago(look, at)) } }
                }
            }
        }
    }
}
