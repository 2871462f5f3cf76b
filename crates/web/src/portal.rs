//! The portal's part of the API: what some role of portal users is permitted, at addresses of its own.
//!
//! The engine and the database narrow every answer to the caller's customer, and leave out the fields that are the
//! staff's alone.

use model::{
    access::roles::{Permission, ROLES},
    entity::Entity,
};

use crate::routes::{Action, BASE, PORTAL, Route, Side};

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
    permitted.then(|| Route {
        method: route.method.clone(),
        path: route.path.replacen(BASE, PORTAL, 1),
        action: route.action,
        side: Side::Portal,
    })
}

fn permits(entity: &Entity, action: &'static str) -> bool {
    let permission = Permission { entity: entity.name, action };
    ROLES.iter().any(|role| role.portal && role.permits(permission).is_some())
}
