//! Every entity, in one list.

use std::sync::LazyLock;

use crate::{
    access, catalog, crm, data, entity::Entity, insight, integrations, problem::Problem, sales, service,
    stock,
};

/// Every entity, area by area.
pub static ENTITIES: LazyLock<Vec<&'static Entity>> = LazyLock::new(|| {
    [
        access::ENTITIES,
        catalog::ENTITIES,
        stock::ENTITIES,
        crm::ENTITIES,
        sales::ENTITIES,
        insight::ENTITIES,
        service::ENTITIES,
        data::ENTITIES,
        integrations::ENTITIES,
    ]
    .concat()
});

/// The tables that are no entity, and why.
pub static NOT_ENTITIES: &[(&str, &str)] = &[
    ("tenants", "a tenant is not a record of a tenant; operators create, suspend and close it"),
    ("tenant_figures", "counts of each tenant, for the operator, who never sees its rows"),
    ("tenant_slugs", "the look-up that is read before any tenant is known"),
    ("permissions", "the same for all tenants, filled from the program's own list"),
    ("sessions", "sign-in alone reads and writes it; a user's own are listed by an operation"),
    ("access_stamps", "nothing but a mark of when last anything about access changed"),
    ("spent_refresh_tokens", "nothing but the hashes of tokens that were used up"),
    ("recovery_codes", "nothing but the hashes of codes that work once"),
    ("one_time_tokens", "nothing but the hashes of links that work once"),
    ("idempotency_keys", "the memory of answers already given"),
    ("webhook_receipts", "the memory of deliveries already taken"),
    ("document_series", "the counter behind document numbers, under a lock of its own"),
    ("dashboards", "what stands on home pages, kept by these alone"),
    ("dashboard_widgets", "how each person arranged their home page, theirs alone"),
    ("import_header_memory", "what the mapper has learnt, kept by the import alone"),
    ("import_fixes", "what people corrected in a file's cells; its rows show it"),
    ("bulk_change_rows", "what bulk changes wrote over, so that they can be undone"),
    ("import_dependencies", "the order of batches, kept by the import alone"),
];

/// A link of a table that is no entity to records that may become one with others.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The entity whose records it names.
    pub target: &'static str,
    /// The column and table through which it does: both name the same record.
    pub through: (&'static str, &'static str),
}

/// Every such link; a test compares them with the catalog.
pub static LINKS_BESIDE: &[Beside] = &[Beside {
    table: "sessions",
    column: "customer_id",
    target: "customers",
    through: ("portal_user_id", "portal_users"),
}];

/// The entity of this (plural) name.
pub fn entity(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().copied().find(|entity| entity.name == name)
}

/// The entity of a name that the program itself wrote.
///
/// # Errors
/// `internal` where there is none.
pub fn described(name: &str) -> Result<&'static Entity, Problem> {
    entity(name).ok_or_else(|| Problem::internal(format!("{name} is no entity")))
}
