//! Problems as pages: what went wrong, what helps, a way out, and the request's id.

use std::{collections::HashSet, sync::LazyLock};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use maud::{Markup, html};
use model::{
    problem::{Problem, Status},
    registry,
};
use uuid::Uuid;

use super::{go, html as answer, shell};
use crate::{
    App,
    refusal::Refusal,
    routes::routes,
    ui::{Lang, Look, Url, icon, words},
};

const REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// A request for a page, as far as telling a problem needs it.
#[derive(Clone, Debug)]
pub struct Asked {
    look: Look,
    /// Where a list is that the address belongs to.
    list: Option<String>,
    /// The request asks for something to look at, so that one may come back to it.
    reads: bool,
}

impl Asked {
    /// The request, where it asks for a page: by its route, or by a browser at an address that leads nowhere.
    pub fn of(app: &App, request: &Request, route: &str) -> Option<Self> {
        static PAGES: LazyLock<HashSet<&'static str>> =
            LazyLock::new(|| routes().iter().filter(|r| r.is_page()).map(|r| r.path.as_str()).collect());
        let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
        let browser = route == "-" && accepts.is_some_and(|kinds| kinds.contains("text/html"));
        let wanted = browser && !request.uri().path().starts_with("/api/");
        if !wanted && !PAGES.contains(route) {
            return None;
        }
        let look = Look::of(request.headers(), request.uri(), app.db.world().now());
        // The list itself is a way out where what was asked of it is wrong.
        let narrowed = route.contains("/{id}") || request.uri().query().is_some();
        let first = route.split('/').nth(1).filter(|name| narrowed && registry::entity(name).is_some());
        Some(Self { look, list: first.map(|name| format!("/{name}")), reads: request.method().is_safe() })
    }

    /// The problem as a page. Whoever is not signed in is sent to do so, and back again.
    pub fn write(&self, refusal: &Refusal, request: Uuid) -> Response {
        let problem = refusal.problem();
        refusal.log();
        if problem.code().status == Status::Unauthenticated {
            return self.to_sign_in();
        }
        let status = refusal.status();
        if self.look.partial {
            return answer(status, part(&self.look, problem, request));
        }
        answer(status, self.page(problem, request))
    }

    fn to_sign_in(&self) -> Response {
        let back = if self.reads { self.look.asked.clone() } else { String::new() };
        let back = if back == "/" { String::new() } else { back };
        let place = Url::new("/sign-in", &[("next".to_owned(), back)]).to_string();
        if !self.look.partial {
            return go(&place);
        }
        // A part of a page cannot be signed in to; the page itself goes there.
        let mut response = answer(StatusCode::OK, html! {});
        if let Ok(place) = HeaderValue::from_str(&place) {
            response.headers_mut().insert(REDIRECT, place);
        }
        response
    }

    fn page(&self, problem: &Problem, request: Uuid) -> Markup {
        let look = &self.look;
        let (title, lead) = told(look, problem);
        let retry = matches!(problem.code().status, Status::Internal | Status::Unavailable | Status::TooMany);
        shell::door(
            look,
            &title,
            html! {
                div {
                    h1 { (title) }
                    p { (lead) }
                }
                @if let (Lang::En, Some(hint)) = (look.lang, problem.get_hint()) { p.muted { (hint) } }
                div.ways {
                    @if retry && self.reads { a.btn.pri.l href=(look.asked) { (look.t(words::RETRY)) } }
                    @if let Some(list) = &self.list { a.btn.out.l href=(list) { (look.t(words::OPEN_LIST)) } }
                    a.btn.out.l href="/" { (icon("house")) (look.t(words::HOME)) }
                }
                p.id { (look.t(words::REQUEST)) " " code { (request) } }
            },
        )
    }
}

/// The problem in place of a part that was asked.
fn part(look: &Look, problem: &Problem, request: Uuid) -> Markup {
    let (title, lead) = told(look, problem);
    html! {
        div.list #list {
            div.empty role="alert" {
                (icon("circle-alert"))
                p { b { (title) } br; (lead) }
                p.muted { (look.t(words::REQUEST)) " " (request) }
            }
        }
    }
}

/// Title and sentence of a problem. Details are told in English as the API tells them; Thai pages have their own words.
fn told(look: &Look, problem: &Problem) -> (String, String) {
    let (title, lead) = match problem.code().status {
        Status::NotFound => (words::NOT_FOUND_TITLE, Some(words::NOT_FOUND_LEAD)),
        Status::Forbidden => (words::NO_RIGHT_TITLE, None),
        Status::Internal => (words::BROKEN_TITLE, None),
        Status::Unavailable => (words::AWAY_TITLE, Some(words::AWAY_LEAD)),
        Status::BadRequest | Status::MethodNotAllowed => (words::BAD_ADDRESS_TITLE, None),
        _ => (words::REFUSED_TITLE, None),
    };
    let lead = lead.map_or_else(|| super::fields::said(look.lang, problem), |lead| look.t(lead).to_owned());
    (look.t(title).to_owned(), lead)
}
