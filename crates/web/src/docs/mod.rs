//! The documentation to read: pages written by the server from the same lists as everything else.

mod entity;
mod overview;
mod problems;

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::{problem::Problem, registry};

use crate::{App, refusal::Refusal, routes::Page};

/// Pages load their own style sheet and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const CSS: HeaderValue = HeaderValue::from_static("text/css; charset=utf-8");
/// The pages change with the program alone.
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The handler of a page.
pub fn endpoint(page: Page) -> MethodRouter<App> {
    match page {
        Page::Overview => get(|| async { shown("API", overview::body()) }),
        Page::Problems => get(|| async { shown("Problems", problems::body()) }),
        Page::Style => get(|| async {
            ([(header::CONTENT_TYPE, CSS), (header::CACHE_CONTROL, AN_HOUR)], include_str!("style.css"))
        }),
        Page::Entity => get(one_entity),
    }
}

async fn one_entity(Path(name): Path<String>) -> Result<Response, Refusal> {
    let entity = registry::entity(&name)
        .ok_or_else(|| Problem::not_found("entity").hint("`/api/docs` lists every entity."))?;
    Ok(shown(entity.plural.en, entity::body(entity)))
}

/// A whole page.
fn shown(title: &str, body: Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Tenantry" }
                link rel="stylesheet" href="/api/docs/style.css";
            }
            body {
                nav {
                    strong { "Tenantry" }
                    a href="/api/docs" { "API" }
                    a href="/docs/problems" { "Problems" }
                    a href="/api/v1/openapi.json" { "OpenAPI" }
                }
                main { (body) }
            }
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HTML),
        (header::CACHE_CONTROL, AN_HOUR),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, page.into_string()).into_response()
}

/// Text in which `…` marks code.
fn prose(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// A block of code.
fn block(text: &str) -> Markup {
    html! { pre { code { (text) } } }
}

/// Nothing.
fn nothing() -> Markup {
    PreEscaped(String::new())
}
