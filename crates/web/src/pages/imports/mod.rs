//! `/admin/imports`: files are dropped in, columns mapped, rows checked, approved, written, and taken back.
//!
//! One address shows an import at whatever step it stands; each step is a form that posts what the API does.

mod check;
mod grid;
mod map;
mod overview;
mod parts;
mod reading;
mod steps;
mod wizard;
mod words;

use axum::{extract::DefaultBodyLimit, http::Method, routing::MethodRouter};
use work::import::Step;

use crate::{
    App,
    imports::{Import, UPLOAD_LIMIT},
    router::mount,
    routes::{Access, Route},
};

/// A page of imports, or what a form of one posts.
#[derive(Clone, Copy, Debug)]
pub enum Wizard {
    /// Where files are dropped in, and the imports so far.
    List,
    /// Takes files in.
    Receive,
    /// One import at the step where it stands.
    Show,
    /// Maps its columns, and checks its rows where that is asked.
    Validate,
    /// Corrects cells, or leaves rows out.
    Fix,
    /// Writes it.
    Commit,
    /// Goes on with it.
    Resume,
    /// Stops it.
    Cancel,
    /// Takes it back.
    Undo,
}

impl Wizard {
    /// Every one, with method and address.
    pub const ALL: [(Self, Method, &'static str); 9] = [
        (Self::List, Method::GET, "/admin/imports"),
        (Self::Receive, Method::POST, "/admin/imports"),
        (Self::Show, Method::GET, "/admin/imports/{id}"),
        (Self::Validate, Method::POST, "/admin/imports/{id}/validate"),
        (Self::Fix, Method::POST, "/admin/imports/{id}/fix"),
        (Self::Commit, Method::POST, "/admin/imports/{id}/commit"),
        (Self::Resume, Method::POST, "/admin/imports/{id}/resume"),
        (Self::Cancel, Method::POST, "/admin/imports/{id}/cancel"),
        (Self::Undo, Method::POST, "/admin/imports/{id}/undo"),
    ];

    /// Who may come: whoever may do the same through the API.
    pub(super) fn access(self) -> Access {
        let same = match self {
            Self::List => Import::List,
            Self::Receive => Import::Receive,
            Self::Show => Import::Get,
            Self::Validate => Import::Validate,
            Self::Fix => Import::Fix,
            Self::Commit => Import::Commit,
            Self::Resume => Import::Resume,
            Self::Cancel => Import::Cancel,
            Self::Undo => Import::Undo,
        };
        same.access()
    }
}

/// The handler of one of them.
pub(super) fn endpoint(route: &'static Route, wizard: Wizard) -> MethodRouter<App> {
    let step = |step: Step| mount(route, move |visitor, id| steps::go_on(visitor, id, step));
    match wizard {
        Wizard::List => mount(route, overview::list),
        Wizard::Receive => mount(route, steps::receive).layer(DefaultBodyLimit::max(UPLOAD_LIMIT)),
        Wizard::Show => mount(route, wizard::show),
        Wizard::Validate => mount(route, steps::validate),
        Wizard::Fix => mount(route, steps::fix),
        Wizard::Commit => step(Step::Commit),
        Wizard::Resume => step(Step::Resume),
        Wizard::Undo => step(Step::Undo { force: false }),
        Wizard::Cancel => mount(route, steps::cancel),
    }
}
