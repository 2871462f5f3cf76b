//! `/admin/imports`: files are dropped in, columns mapped, rows checked, approved, written, and taken back.
//!
//! One address shows an import at whatever step it stands; each step is a form that posts what the API does.

mod check;
mod map;
mod overview;
mod parts;
mod steps;
mod wizard;
mod words;

use axum::routing::MethodRouter;

use crate::{
    App,
    imports::{Import, UPLOAD_LIMIT},
    router::mount,
    routes::Route,
};
use axum::extract::DefaultBodyLimit;
use axum::http::Method;

/// The pages, by what they do with an import, with method and address.
pub const ALL: [(Import, Method, &str); 8] = [
    (Import::List, Method::GET, "/admin/imports"),
    (Import::Receive, Method::POST, "/admin/imports"),
    (Import::Get, Method::GET, "/admin/imports/{id}"),
    (Import::Validate, Method::POST, "/admin/imports/{id}/validate"),
    (Import::Commit, Method::POST, "/admin/imports/{id}/commit"),
    (Import::Resume, Method::POST, "/admin/imports/{id}/resume"),
    (Import::Cancel, Method::POST, "/admin/imports/{id}/cancel"),
    (Import::Undo, Method::POST, "/admin/imports/{id}/undo"),
];

/// The handler of one of them.
pub fn endpoint(route: &'static Route, import: Import) -> MethodRouter<App> {
    match import {
        Import::Receive => mount(route, steps::receive).layer(DefaultBodyLimit::max(UPLOAD_LIMIT)),
        Import::Get => mount(route, wizard::show),
        Import::Validate => mount(route, steps::validate),
        Import::Commit | Import::Resume | Import::Undo => {
            mount(route, move |visitor, id, sent| steps::go_on(visitor, id, sent, import))
        }
        Import::Cancel => mount(route, steps::cancel),
        // What else the API knows of imports has no page of its own.
        Import::List | Import::Rows | Import::Errors | Import::ErrorFile => mount(route, overview::list),
    }
}
