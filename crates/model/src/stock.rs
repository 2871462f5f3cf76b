//! Warehouses and what lies in them.

mod inventory;
mod warehouses;

use crate::entity::Entity;

/// The entities of this area.
pub static ENTITIES: &[&Entity] = &[
    &warehouses::WAREHOUSES,
    &warehouses::WAREHOUSE_LOCATIONS,
    &inventory::INVENTORY,
    &inventory::INVENTORY_MOVEMENTS,
    &inventory::INVENTORY_RESERVATIONS,
];
