//! Products, SKUs, suppliers, prices.

mod categories;
mod price_lists;
mod product_lists;
mod products;
mod skus;
mod suppliers;

use crate::entity::Entity;

/// The entities of this area.
pub static ENTITIES: &[&Entity] = &[
    &suppliers::SUPPLIERS,
    &categories::PRODUCT_CATEGORIES,
    &products::PRODUCTS,
    &skus::SKUS,
    &price_lists::PRICE_LISTS,
    &price_lists::PRICE_LIST_ASSIGNMENTS,
    &price_lists::PRICE_LIST_ENTRIES,
    &product_lists::PRODUCT_LISTS,
    &product_lists::PRODUCT_LIST_ITEMS,
];
