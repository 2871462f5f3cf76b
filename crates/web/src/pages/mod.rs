//! The pages of the staff and of the portal: written by the server from the descriptions of entities, with the same
//! functions behind them that the API has.
//!
//! A page is a [`Screen`] on the one list of routes, a handler that reads and writes as the API does, and a function that
//! gives its markup. [`visitor::Visitor`] is who stands in front of it, [`shell::page`] what stands around it.

mod admin;
mod custom;
mod dev;
mod enter;
mod error;
mod fields;
mod filters;
mod form;
mod found;
mod groups;
mod home;
mod imports;
mod index;
mod link;
mod list;
mod lists;
mod merge;
mod nav;
mod notices;
mod operate;
mod options;
mod palette;
mod portal;
mod preferences;
mod profile;
mod record;
mod screen;
mod sent;
mod shell;
mod table;
mod timeline;
mod visitor;
mod write;

use std::time::Duration;

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use maud::Markup;
use model::problem::{Problem, Status};
use tower_http::{CompressionLevel, compression::CompressionLayer};

pub use admin::tenants::Tenants;
pub use dev::Dev;
pub use error::Asked;
pub use imports::Wizard;
pub use screen::{Screen, routes};

use crate::{
    App, assets,
    refusal::Refusal,
    router::mount,
    routes::{Route, Side},
    ui::Look,
};

/// How long it took from what was read to the markup, on its way to `Server-Timing`.
#[derive(Clone, Copy, Debug)]
pub struct Rendered(pub Duration);

/// What pages may load and do: their own files and addresses, nothing else, nothing written into the page itself.
pub const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// Each person's own, and asked for again each time.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
/// A page and its part have one address.
const BY_PART: HeaderValue = HeaderValue::from_static("HX-Request, HX-Request-Type");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
/// The whole page goes there, whatever part was asked.
const REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// What handlers of pages answer.
type Answer = Result<Response, Refusal>;

/// The handler of one page.
pub fn endpoint(route: &'static Route, screen: Screen) -> MethodRouter<App> {
    let handler = match screen {
        Screen::Asset => return mount(route, assets::get),
        Screen::SignIn => mount(route, enter::form),
        Screen::Enter => mount(route, enter::enter),
        Screen::SignOut => mount(route, enter::leave),
        Screen::Forgot => mount(route, link::forgot),
        Screen::SendLink => mount(route, link::send),
        Screen::Link(purpose) => mount(route, move |guest, params| link::form(guest, purpose, params)),
        Screen::Redeem(purpose) => mount(route, move |guest, sent| link::redeem(guest, purpose, sent)),
        Screen::Prefer => mount(route, preferences::keep),
        Screen::Home if route.side == Side::Portal => mount(route, portal::home),
        Screen::Home => mount(route, home::home),
        Screen::Arrange => mount(route, home::arrange),
        Screen::Import(wizard) => imports::endpoint(route, wizard),
        Screen::Index => mount(route, index::index),
        Screen::Palette => mount(route, palette::palette),
        Screen::Profile => mount(route, profile::profile),
        Screen::ChangeMe => mount(route, profile::change),
        Screen::OwnPassword => mount(route, profile::password),
        Screen::EndSession => mount(route, profile::end_session),
        Screen::SetUpTotp => mount(route, profile::set_up),
        Screen::ConfirmTotp => mount(route, profile::confirm),
        Screen::DisableTotp => mount(route, profile::disable),
        Screen::List(entity) => mount(route, move |visitor, params| list::list(visitor, entity, params)),
        Screen::Options(entity) => {
            mount(route, move |visitor, params| options::options(visitor, entity, params))
        }
        Screen::Record(entity) => {
            mount(route, move |visitor, id, params| record::record(visitor, entity, id, params))
        }
        Screen::Peek(entity) => mount(route, move |visitor, id| lists::peek::peek(visitor, entity, id)),
        Screen::Cell(entity) => {
            mount(route, move |visitor, id, params| lists::cell::form(visitor, entity, id, params))
        }
        Screen::SetCell(entity) => {
            mount(route, move |visitor, id, sent| lists::cell::change(visitor, entity, id, sent))
        }
        Screen::Bulk(entity) => mount(route, move |visitor, sent| lists::bulk::bulk(visitor, entity, sent)),
        Screen::Dev(dev) => return dev::endpoint(route, dev),
        Screen::Notices => mount(route, notices::list),
        Screen::ReadNotices => mount(route, notices::read_all),
        Screen::Settings => mount(route, admin::settings::page),
        Screen::SaveSettings(group) => {
            mount(route, move |visitor, sent| admin::settings::save(visitor, group, sent))
        }
        Screen::Tenants(tenants) => admin::tenants::endpoint(route, tenants),
        Screen::Audit => mount(route, admin::audit::page),
        Screen::Why => mount(route, admin::why::page),
        Screen::NewView => mount(route, lists::save::create),
        Screen::View => mount(route, lists::save::change),
        Screen::Exports => mount(route, lists::exports::list),
        Screen::Export => mount(route, lists::exports::ask_for),
        Screen::New(entity) => mount(route, move |visitor, params| form::new(visitor, entity, params)),
        Screen::Create(entity) => mount(route, move |visitor, sent| write::create(visitor, entity, sent)),
        Screen::Edit(entity) => mount(route, move |visitor, id| form::edit(visitor, entity, id)),
        Screen::Change(entity) => {
            mount(route, move |visitor, id, sent| write::change(visitor, entity, id, sent))
        }
        Screen::Archive(entity) => mount(route, move |visitor, id| write::archive(visitor, entity, id)),
        Screen::Merge(entity) => {
            mount(route, move |visitor, id, params| merge::page(visitor, entity, id, params))
        }
        Screen::MergeNow(entity) => {
            mount(route, move |visitor, id, sent| merge::merge(visitor, entity, id, sent))
        }
        Screen::UndoMerge(entity) => {
            mount(route, move |visitor, id, sent| merge::undo(visitor, entity, id, sent))
        }
        Screen::Restore(entity) => {
            mount(route, move |visitor, id, sent| write::restore(visitor, entity, id, sent))
        }
        Screen::Ask(entity, operation) if operation.is_on_record() => {
            mount(route, move |visitor, id| operate::form(visitor, entity, operation, id))
        }
        Screen::Ask(entity, operation) => {
            mount(route, move |visitor| operate::form_of_all(visitor, entity, operation))
        }
        Screen::Do(entity, operation) if operation.is_on_record() => {
            mount(route, move |visitor, id, sent| operate::on_record(visitor, entity, operation, id, sent))
        }
        Screen::Do(entity, operation) => {
            mount(route, move |visitor, sent| operate::on_collection(visitor, entity, operation, sent))
        }
    };
    handler.layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)))
}

/// A page, or a part of one, with its headers.
fn html(status: StatusCode, markup: Markup) -> Response {
    let mut response = (status, markup.into_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HTML);
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.insert(header::VARY, BY_PART);
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    // Posts of our own forms tell their origin by it.
    headers.insert(header::REFERRER_POLICY, SAME_ORIGIN);
    headers.insert(OPENER, SAME_ORIGIN);
    response
}

/// The problem, where the page that was left can tell it; what is nobody's to mend there becomes a page of its own.
///
/// # Errors
/// The problem that is not told there.
fn told(problem: Problem) -> Result<Problem, Problem> {
    match problem.code().status {
        Status::Unprocessable
        | Status::Conflict
        | Status::PreconditionFailed
        | Status::BadRequest
        | Status::TooLarge => Ok(problem),
        _ => Err(problem),
    }
}

/// Sends the browser on with GET, from a part of a page too.
fn leave(look: &Look, place: &str) -> Response {
    if !look.partial {
        return go(place);
    }
    let mut response = html(StatusCode::OK, maud::html! {});
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(REDIRECT, place);
    }
    response
}

/// Sends the browser on with GET.
fn go(place: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}
