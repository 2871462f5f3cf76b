//! Companies, customers, contacts and the routes that serve them.

mod companies;
mod company_lists;
mod contacts;
mod customer_papers;
mod customers;
mod delivery_routes;

use crate::entity::Entity;

/// The entities of this area.
pub static ENTITIES: &[&Entity] = &[
    &companies::COMPANIES,
    &company_lists::COMPANY_LISTS,
    &company_lists::COMPANY_LIST_ITEMS,
    &company_lists::COMPANY_LIST_SHARES,
    &delivery_routes::DELIVERY_ROUTES,
    &delivery_routes::DELIVERY_ROUTE_STOPS,
    &customers::CUSTOMERS,
    &customer_papers::CUSTOMER_LICENSES,
    &customer_papers::TAX_EXEMPTIONS,
    &contacts::CONTACTS,
];
