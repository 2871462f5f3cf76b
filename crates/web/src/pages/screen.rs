//! The pages there are, each with its address, and who may come.

use axum::http::Method;
use model::{
    entity::{Entity, Writes},
    registry,
};
use work::{
    access::sign_in::Purpose,
    merging::{MERGE, UNDO},
    operation::{Operation, Place, operations},
    settings::{Described, GROUPS},
};

use super::{admin::tenants::Tenants, dev::Dev, imports::Wizard};
use crate::{
    portal,
    routes::{Access, Action, Route, Side},
};

/// A page, or what a form of one posts.
#[derive(Clone, Copy)]
pub enum Screen {
    /// Style, script, icons, fonts.
    Asset,
    /// The form to sign in.
    SignIn,
    /// Signs in.
    Enter,
    /// Signs out.
    SignOut,
    /// The form for who forgot the password.
    Forgot,
    /// Sends the link.
    SendLink,
    /// The form behind a link.
    Link(Purpose),
    /// Chooses a password by a link.
    Redeem(Purpose),
    /// Keeps language and theme.
    Prefer,
    /// Where one begins.
    Home,
    /// Arranges it.
    Arrange,
    /// An import, or a step of one.
    Import(Wizard),
    /// A page of the engine room.
    Dev(Dev),
    /// What one is told.
    Notices,
    /// Marks all that one was told as read.
    ReadNotices,
    /// Every kind of record.
    Index,
    /// What the command palette offers.
    Palette,
    /// Where one is signed in, one's password and second step.
    Profile,
    /// Changes one's own name and language.
    ChangeMe,
    /// Changes one's own password.
    OwnPassword,
    /// Ends one of one's sessions.
    EndSession,
    /// Makes a secret for the second step.
    SetUpTotp,
    /// Switches the second step on.
    ConfirmTotp,
    /// Switches the second step off.
    DisableTotp,
    /// The records of an entity.
    List(&'static Entity),
    /// Records to choose from, for entries that link.
    Options(&'static Entity),
    /// One record.
    Record(&'static Entity),
    /// The form of a new record.
    New(&'static Entity),
    /// Makes a record.
    Create(&'static Entity),
    /// The form of a record.
    Edit(&'static Entity),
    /// Changes a record.
    Change(&'static Entity),
    /// Puts a record into the archive.
    Archive(&'static Entity),
    /// Takes a record out of the archive.
    Restore(&'static Entity),
    /// A record beside another one of the same thing.
    Merge(&'static Entity),
    /// Makes the two one.
    MergeNow(&'static Entity),
    /// Takes that back.
    UndoMerge(&'static Entity),
    /// What matters of a record, beside its list.
    Peek(&'static Entity),
    /// The entry of one field in a list.
    Cell(&'static Entity),
    /// Writes one field in a list.
    SetCell(&'static Entity),
    /// Does the same to many records of a list.
    Bulk(&'static Entity),
    /// Makes a saved view.
    NewView,
    /// Changes a saved view, or deletes it.
    View,
    /// The exports there are.
    Exports,
    /// Asks for an export.
    Export,
    /// The company's settings.
    Settings,
    /// Saves a group of settings.
    SaveSettings(&'static Described),
    /// Who did what.
    Audit,
    /// Why a person sees something.
    Why,
    /// Tenants as a whole, for operators.
    Tenants(Tenants),
    /// The form of an operation.
    Ask(&'static Entity, &'static Operation),
    /// Does an operation.
    Do(&'static Entity, &'static Operation),
}

impl Screen {
    /// Who may come: whoever may do the same through the API.
    pub fn access(self) -> Access {
        let on = |entity: &Entity, action: &str| Access::Permission(entity.permission(action));
        match self {
            Self::Asset
            | Self::SignIn
            | Self::Enter
            | Self::Forgot
            | Self::SendLink
            | Self::Link(_)
            | Self::Redeem(_)
            | Self::Prefer => Access::Public,
            Self::SignOut
            | Self::Arrange
            | Self::Profile
            | Self::ChangeMe
            | Self::OwnPassword
            | Self::EndSession
            | Self::SetUpTotp
            | Self::ConfirmTotp
            | Self::DisableTotp => Access::Person,
            Self::Home | Self::Index | Self::Palette => Access::Signed,
            Self::Ask(_, operation) | Self::Do(_, operation) => Access::Permission(operation.permission()),
            Self::Import(wizard) => wizard.access(),
            Self::Dev(dev) => dev.access(),
            Self::Notices => Access::Permission("notifications.view".to_owned()),
            Self::ReadNotices => Access::Permission("notifications.read_all".to_owned()),
            Self::List(entity) | Self::Options(entity) | Self::Record(entity) => on(entity, "view"),
            Self::New(entity) | Self::Create(entity) => on(entity, "create"),
            Self::Edit(entity) | Self::Change(entity) | Self::Cell(entity) | Self::SetCell(entity) => {
                on(entity, "update")
            }
            Self::Archive(entity) | Self::Restore(entity) => on(entity, "delete"),
            Self::Merge(entity) | Self::MergeNow(entity) => on(entity, MERGE),
            Self::UndoMerge(entity) => on(entity, UNDO),
            Self::Peek(entity) => on(entity, "view"),
            // Which of them, what is asked decides.
            Self::Bulk(entity) => {
                Access::AnyOf(["update", "delete", "export"].map(|action| entity.permission(action)).into())
            }
            Self::Settings => Access::Permission("tenant_settings.view".to_owned()),
            Self::SaveSettings(_) => Access::Permission("tenant_settings.update".to_owned()),
            Self::Tenants(tenants) => tenants.access(),
            Self::Audit => Access::Permission("audit_logs.view".to_owned()),
            Self::Why => Access::Permission("roles.view".to_owned()),
            Self::NewView => Access::Permission("saved_views.create".to_owned()),
            Self::View => Access::Permission("saved_views.update".to_owned()),
            Self::Exports => Access::Permission("export_jobs.view".to_owned()),
            Self::Export => Access::Permission("export_jobs.request".to_owned()),
        }
    }

    /// What kind of record it is about.
    pub const fn entity(self) -> Option<&'static Entity> {
        match self {
            Self::List(entity)
            | Self::Options(entity)
            | Self::Record(entity)
            | Self::New(entity)
            | Self::Create(entity)
            | Self::Edit(entity)
            | Self::Change(entity)
            | Self::Archive(entity)
            | Self::Restore(entity)
            | Self::Merge(entity)
            | Self::MergeNow(entity)
            | Self::UndoMerge(entity)
            | Self::Peek(entity)
            | Self::Cell(entity)
            | Self::SetCell(entity)
            | Self::Bulk(entity)
            | Self::Ask(entity, _)
            | Self::Do(entity, _) => Some(entity),
            _ => None,
        }
    }

    const fn side(self) -> Side {
        match self {
            Self::SignOut => Side::Both,
            _ => Side::Staff,
        }
    }
}

/// Every page: the staff's, and those that the portal has of them.
pub fn routes() -> Vec<Route> {
    let (get, post) = (Method::GET, Method::POST);
    let mut routes = vec![
        page(&get, "/a/{file}", Screen::Asset),
        page(&get, "/sign-in", Screen::SignIn),
        page(&post, "/sign-in", Screen::Enter),
        page(&post, "/sign-out", Screen::SignOut),
        page(&get, "/forgot", Screen::Forgot),
        page(&post, "/forgot", Screen::SendLink),
        page(&post, "/preferences", Screen::Prefer),
        page(&get, "/", Screen::Home),
        page(&post, "/home", Screen::Arrange),
        page(&get, "/records", Screen::Index),
        page(&get, "/palette", Screen::Palette),
        page(&post, "/views", Screen::NewView),
        page(&post, "/views/{id}", Screen::View),
        page(&get, "/exports", Screen::Exports),
        page(&post, "/exports", Screen::Export),
        page(&get, "/notices", Screen::Notices),
        page(&post, "/notices/read", Screen::ReadNotices),
        page(&get, "/admin/settings", Screen::Settings),
        page(&get, "/admin/audit", Screen::Audit),
        page(&get, "/users/{id}/access", Screen::Why),
        page(&get, "/profile", Screen::Profile),
        page(&post, "/profile", Screen::ChangeMe),
        page(&post, "/profile/password", Screen::OwnPassword),
        page(&post, "/profile/sessions/{id}", Screen::EndSession),
        page(&post, "/profile/second-step", Screen::SetUpTotp),
        page(&post, "/profile/second-step/confirm", Screen::ConfirmTotp),
        page(&post, "/profile/second-step/off", Screen::DisableTotp),
    ];
    for group in GROUPS {
        routes.push(page(&post, &format!("/admin/settings/{}", group.name), Screen::SaveSettings(group)));
    }
    for purpose in [Purpose::Invitation, Purpose::Reset] {
        routes.push(page(&get, purpose.path(), Screen::Link(purpose)));
        routes.push(page(&post, purpose.path(), Screen::Redeem(purpose)));
    }
    routes.extend(Tenants::ALL.map(|(tenants, method, path)| page(&method, path, Screen::Tenants(tenants))));
    routes.extend(Dev::ALL.map(|(dev, method, path)| page(&method, path, Screen::Dev(dev))));
    routes.extend(Wizard::ALL.map(|(wizard, method, path)| page(&method, path, Screen::Import(wizard))));
    for entity in registry::ENTITIES.iter().copied() {
        let at = |rest: &str| format!("/{}{rest}", entity.name);
        routes.push(page(&get, &at(""), Screen::List(entity)));
        routes.push(page(&get, &at("/options"), Screen::Options(entity)));
        routes.push(page(&get, &at("/{id}"), Screen::Record(entity)));
        routes.push(page(&get, &at("/{id}/peek"), Screen::Peek(entity)));
        routes.push(page(&post, &at("/bulk"), Screen::Bulk(entity)));
        if entity.writes == Writes::All {
            routes.push(page(&get, &at("/new"), Screen::New(entity)));
            routes.push(page(&post, &at(""), Screen::Create(entity)));
            routes.push(page(&get, &at("/{id}/edit"), Screen::Edit(entity)));
            routes.push(page(&post, &at("/{id}"), Screen::Change(entity)));
            routes.push(page(&get, &at("/{id}/cell"), Screen::Cell(entity)));
            routes.push(page(&post, &at("/{id}/cell"), Screen::SetCell(entity)));
            routes.push(page(&post, &at("/{id}/archive"), Screen::Archive(entity)));
            if entity.archives {
                routes.push(page(&post, &at("/{id}/restore"), Screen::Restore(entity)));
            }
        }
    }
    for operation in operations() {
        let Some(entity) = registry::entity(operation.entity) else { continue };
        let between = if operation.is_on_record() { "/{id}" } else { "" };
        let path = format!("/{}{between}/do/{}", entity.name, operation.name);
        let own = format!("/{}/{{id}}/{}", entity.name, operation.name);
        match operation.place {
            Place::Menu => {}
            Place::Page => {
                routes.push(page(&get, &own, Screen::Merge(entity)));
                routes.push(page(&post, &own, Screen::MergeNow(entity)));
                continue;
            }
            Place::Beside => {
                routes.push(page(&post, &own, Screen::UndoMerge(entity)));
                continue;
            }
        }
        if !operation.input.is_empty() {
            routes.push(page(&get, &path, Screen::Ask(entity, operation)));
        }
        routes.push(page(&post, &path, Screen::Do(entity, operation)));
    }
    let portal: Vec<Route> = routes.iter().filter_map(portal::page).collect();
    routes.extend(portal);
    routes
}

fn page(method: &Method, path: &str, screen: Screen) -> Route {
    Route { method: method.clone(), path: path.to_owned(), action: Action::Page(screen), side: screen.side() }
}
