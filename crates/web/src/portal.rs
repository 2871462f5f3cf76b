//! The portal: what some role of portal users is permitted, at addresses of its own, for programs and for people.
//!
//! Each is the twin of an address of the staff, with the same handler behind it. The engine and the database narrow every
//! answer to the caller's customer, and leave out the fields that are the staff's alone.

use model::{
    access::roles::{Permission, ROLES},
    entity::{Child, Entity},
    registry,
};

use crate::routes::{Action, BASE, PORTAL, Route, Screen, Side};

/// Where the portal's pages begin.
pub const PLACE: &str = "/portal";
/// Kinds of record that portal users reach by the API alone: nothing could be done with them on a page.
const NO_PAGES: [&str; 3] = ["carts", "cart_items", "files"];
/// Children that are shown on the page of the record they belong to: what a document, a list or a product consists of.
const PARTS: [&str; 3] = ["lines", "items", "skus"];

/// The portal's twin of a staff address; none where no portal user may come.
pub fn twin(route: &Route) -> Option<Route> {
    let permitted = match route.action {
        Action::List(entity) | Action::Get(entity) => permits(entity, "view"),
        Action::Children(entity, _, child) => permits(entity, "view") && permits(child, "view"),
        Action::Create(entity) => permits(entity, "create"),
        Action::Update(entity) => permits(entity, "update"),
        Action::Archive(entity) | Action::Restore(entity) => permits(entity, "delete"),
        _ => false,
    };
    permitted.then(|| Route { path: route.path.replacen(BASE, PORTAL, 1), ..on_its_side(route) })
}

/// The portal's twin of a page of the staff; none where the portal has no such page.
pub fn page(route: &Route) -> Option<Route> {
    let Action::Page(screen) = route.action else { return None };
    let on = |entity: &'static Entity, action| has_pages(entity) && permits(entity, action);
    let has = match screen {
        Screen::SignIn | Screen::Enter | Screen::Forgot | Screen::SendLink => true,
        Screen::Home | Screen::Profile | Screen::ChangeMe | Screen::OwnPassword | Screen::EndSession => true,
        Screen::SetUpTotp | Screen::ConfirmTotp | Screen::DisableTotp => true,
        Screen::List(entity) | Screen::Options(entity) | Screen::Record(entity) => on(entity, "view"),
        Screen::New(entity) | Screen::Create(entity) => on(entity, "create"),
        Screen::Edit(entity) | Screen::Change(entity) => on(entity, "update"),
        Screen::Archive(entity) | Screen::Restore(entity) => on(entity, "delete"),
        _ => false,
    };
    let path = if route.path == "/" { PLACE.to_owned() } else { format!("{PLACE}{}", route.path) };
    has.then(|| Route { path, ..on_its_side(route) })
}

fn on_its_side(route: &Route) -> Route {
    Route { side: Side::Portal, ..route.clone() }
}

/// Whether a path is that of a page of the portal.
pub fn is_place(path: &str) -> bool {
    path.strip_prefix(PLACE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether records of this kind have pages in the portal.
pub fn has_pages(entity: &Entity) -> bool {
    permits(entity, "view") && !NO_PAGES.contains(&entity.name)
}

/// Whether the children of this name are shown on the page of the record they belong to.
pub fn is_part(child: &str) -> bool {
    PARTS.contains(&child)
}

/// Whether a tab of a record leads to these children. A customer's own record has none: all that there is belongs to it.
pub fn has_tab(entity: &Entity, child: &Child, other: &Entity) -> bool {
    entity.name != "customers" && has_pages(other) && !is_part(child.name)
}

/// Where the record stands that shows records of this kind as its parts: its kind, and the link to it.
pub fn whole(entity: &Entity) -> Option<(&'static Entity, &'static str)> {
    let holders = registry::ENTITIES.iter().copied();
    let mut parts = holders.flat_map(|holder| holder.children.iter().map(move |child| (holder, child)));
    // A SKU is part of its product and stands for itself all the same.
    let found =
        parts.find(|(_, child)| child.entity == entity.name && child.name != "skus" && is_part(child.name));
    found.map(|(holder, child)| (holder, child.field))
}

fn permits(entity: &Entity, action: &'static str) -> bool {
    let permission = Permission { entity: entity.name, action };
    ROLES.iter().any(|role| role.portal && role.permits(permission).is_some())
}
