//! Every entity, in one list.

use crate::entity::Entity;

/// Every entity, area by area.
pub static ENTITIES: &[&Entity] = &[];

/// The entity of this (plural) name.
pub fn entity(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().copied().find(|entity| entity.name == name)
}
