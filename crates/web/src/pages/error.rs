//! Problems as pages: what went wrong, what helps, a way out, and the request's id.

use std::{collections::HashSet, sync::LazyLock};

use axum::{extract::Request, http::header, response::Response};
use maud::{Markup, html};
use model::{
    caller::Scope,
    problem::{Problem, Status},
    registry,
};
use uuid::Uuid;

use super::{html as answer, leave, shell};
use crate::{
    App, portal,
    refusal::Refusal,
    routes::routes,
    ui::{Lang, Look, Url, icon, words},
};

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
        let look = Look::of(app, request.headers(), request.uri());
        // The list itself is a way out where what was asked of it is wrong.
        let narrowed = route.contains("/{id}") || request.uri().query().is_some();
        let own = route.strip_prefix(portal::PLACE).filter(|_| look.portal).unwrap_or(route);
        let first = own.split('/').nth(1).filter(|name| narrowed && registry::entity(name).is_some());
        let list = first.map(|name| look.at(name));
        Some(Self { look, list, reads: request.method().is_safe() })
    }

    /// The problem as a page. Whoever is not signed in is sent to do so, and back again; whoever is signed in to the
    /// portal and comes to a page of the staff is led to the portal.
    pub fn write(&self, refusal: &Refusal, request: Uuid, signed: Option<Scope>) -> Response {
        let problem = refusal.problem();
        refusal.log();
        let other_side = signed.is_some_and(|scope| (scope == Scope::Portal) != self.look.portal);
        match problem.code().status {
            Status::Unauthenticated => return self.to_sign_in(),
            Status::Forbidden if other_side && self.reads && !self.look.portal => {
                return leave(&self.look, portal::PLACE);
            }
            _ => {}
        }
        let status = refusal.status();
        if self.look.partial {
            return answer(status, part(&self.look, problem, request));
        }
        answer(status, self.page(problem, request, other_side))
    }

    fn to_sign_in(&self) -> Response {
        let back = if self.reads { self.look.asked.clone() } else { String::new() };
        let back = if back == self.look.place("/") { String::new() } else { back };
        let place = Url::new(self.look.place("/sign-in"), &[("next".to_owned(), back)]).to_string();
        // A part of a page cannot be signed in to; the page itself goes there.
        leave(&self.look, &place)
    }

    fn page(&self, problem: &Problem, request: Uuid, other_side: bool) -> Markup {
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
                    @if other_side {
                        a.btn.out.l href=(if look.portal { "/" } else { portal::PLACE }) { (icon("house")) (look.t(words::HOME)) }
                        @if look.portal { a.btn.out.l href=(look.place("/sign-in")) { (look.t(words::SIGN_IN_PORTAL)) } }
                    } @else {
                        @if let Some(list) = &self.list { a.btn.out.l href=(list) { (look.t(words::OPEN_LIST)) } }
                        a.btn.out.l href=(look.place("/")) { (icon("house")) (look.t(words::HOME)) }
                    }
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
