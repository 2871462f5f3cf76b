//! Permissions, and the roles that every tenant starts with.
//!
//! A permission is `entity.action`: the six actions as far as the entity knows them, one per operation, and a few
//! beyond single entities. Built-in roles are written into each tenant and refreshed by every upgrade, so a new
//! entity or operation reaches them by the patterns below.

use crate::{
    caller::RecordScope,
    entity::{Entity, Writes},
    field::{Text, Write},
    registry::ENTITIES,
};

/// Permissions that belong to no single action of an entity.
static BEYOND: &[(&str, &str)] = &[
    ("imports", "commit"),
    ("orders", "approve"),
    ("portal", "manage"),
    ("tenant_settings", "update"),
    ("analytics", "view"),
    ("analytics", "export"),
    (PLATFORM, "view"),
    (PLATFORM, "manage"),
];

/// Tenants as a whole: what the operator looks after. No role of a company has it, whatever its patterns say.
pub const PLATFORM: &str = "platform";

/// One thing that may be permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The entity, or the area of work.
    pub entity: &'static str,
    /// The action or operation.
    pub action: &'static str,
}

impl Permission {
    /// `customers.view`, as roles and callers name it.
    pub fn code(self) -> String {
        format!("{}.{}", self.entity, self.action)
    }
}

/// Every permission: those of all entities, of `operations` as pairs of entity and verb, and those beyond.
pub fn permissions(operations: &[(&'static str, &'static str)]) -> impl Iterator<Item = Permission> {
    let entities =
        ENTITIES.iter().flat_map(|entity| actions(entity).map(move |action| (entity.name, action)));
    let others = operations.iter().chain(BEYOND).copied();
    entities.chain(others).map(|(entity, action)| Permission { entity, action })
}

/// The actions that an entity knows: what only the program writes cannot be created; what files may state can be
/// imported all the same.
pub fn actions(entity: &Entity) -> impl Iterator<Item = &'static str> + use<> {
    let (writable, imports) = (entity.writes == Writes::All, entity.imports);
    let stated = entity.fields.iter().any(|field| field.write == Write::Import && field.carried.is_none());
    ["view", "create", "update", "delete", "import", "export"].into_iter().filter(move |action| match *action
    {
        "create" | "update" | "delete" => writable,
        "import" => imports && (writable || stated),
        _ => true,
    })
}

/// What a role is granted: patterns of permissions (`customers.view`, `customers.*`, `*.view`, `*`) and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// On whose records.
    pub scope: RecordScope,
    /// Which permissions.
    pub patterns: &'static [&'static str],
}

/// A role that every tenant has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Stable name.
    pub code: &'static str,
    /// What people read.
    pub name: Text,
    /// A sentence on who has it.
    pub about: &'static str,
    /// For portal users, not for staff.
    pub portal: bool,
    /// What it permits.
    pub grants: &'static [Grant],
}

impl Role {
    /// How far the role permits it, if it does; the widest grant counts.
    pub fn permits(&self, permission: Permission) -> Option<RecordScope> {
        if permission.entity == PLATFORM && self.code != OPERATOR.code {
            return None;
        }
        let granted = |grant: &&Grant| grant.patterns.iter().any(|pattern| fits(pattern, permission));
        self.grants.iter().filter(granted).map(|grant| grant.scope).max()
    }
}

/// Whether the pattern covers the permission.
pub fn fits(pattern: &str, permission: Permission) -> bool {
    covers(pattern, permission.entity, permission.action)
}

/// Whether the pattern covers the permission of this code.
pub fn fits_code(pattern: &str, code: &str) -> bool {
    code.split_once('.').is_some_and(|(entity, action)| covers(pattern, entity, action))
}

fn covers(pattern: &str, entity: &str, action: &str) -> bool {
    match pattern.split_once('.') {
        None => pattern == "*",
        Some((of, does)) => (of == "*" || of == entity) && (does == "*" || does == action),
    }
}

const fn all(patterns: &'static [&'static str]) -> Grant {
    Grant { scope: RecordScope::All, patterns }
}

const fn own(patterns: &'static [&'static str]) -> Grant {
    Grant { scope: RecordScope::Own, patterns }
}

/// What all staff need to find their way: the catalogue, lists of their own, files.
const EVERYDAY: Grant = all(&[
    "custom_fields.view", "files.view", "product_categories.view", "products.view", "saved_views.create",
    "saved_views.delete", "saved_views.update", "saved_views.view", "skus.view", "teams.view", "users.view",
]);

/// What concerns each person alone.
const PERSONAL: Grant = own(&[
    "bulk_changes.view", "bulk_changes.request", "bulk_changes.cancel", "bulk_changes.undo",
    "export_jobs.view", "export_jobs.request", "notifications.view", "notifications.read",
    "notifications.read_all", "notification_preferences.*",
]);

/// What all staff keep of their own: what they did and what they are to do.
const OWN_WORK: Grant = own(&[
    "activities.create", "activities.delete", "activities.export", "activities.update", "activities.view",
    "tasks.create", "tasks.delete", "tasks.export", "tasks.update", "tasks.view",
]);

/// The role that the system tenant has beside the others, and no other tenant.
pub static OPERATOR: Role = Role {
    code: "operator",
    name: Text::of("Operator", "ผู้ดูแลระบบกลาง"),
    about: "Makes, suspends and closes tenants and sees their figures, never their records.",
    portal: false,
    grants: &[all(&["platform.*"])],
};

/// The built-in roles of every tenant.
pub static ROLES: &[Role] = &[
    Role {
        code: "admin",
        name: Text::of("Admin", "ผู้ดูแลระบบ"),
        about: "Does everything, and alone gives rights.",
        portal: false,
        grants: &[all(&["*"])],
    },
    Role {
        code: "sales_manager",
        name: Text::of("Sales manager", "ผู้จัดการฝ่ายขาย"),
        about: "Runs sales: every account, price and order, approvals and figures.",
        portal: false,
        grants: &[
            EVERYDAY,
            PERSONAL,
            all(&[
                "activities.*", "analytics.*", "carts.*", "cart_items.*", "companies.*", "company_lists.*",
                "company_list_items.*", "company_list_shares.*", "contacts.*", "customers.*",
                "customer_licenses.*", "tax_exemptions.*", "delivery_routes.*", "delivery_route_stops.*",
                "orders.*", "order_lines.*", "shipments.*", "shipment_lines.*", "returns.*",
                "return_lines.*", "invoices.*", "invoice_lines.*", "payments.*", "payment_allocations.*",
                "price_lists.*", "price_list_assignments.*", "price_list_entries.*", "products.*",
                "product_categories.*", "product_lists.*", "product_list_items.*", "skus.*", "suppliers.*",
                "inventory.view", "inventory.export", "inventory_reservations.view", "warehouses.view",
                "warehouse_locations.view", "data_sources.view", "import_batches.view", "import_rows.view",
                "import_templates.*", "imports.commit", "export_jobs.view", "external_ids.view",
                "portal.manage", "portal_users.*", "quality_checklists.view", "quality_checks.view",
                "service_jobs.*", "tasks.*", "teams.*", "team_members.*", "training_workflows.view",
            ]),
        ],
    },
    Role {
        code: "sales_rep",
        name: Text::of("Sales rep", "พนักงานขาย"),
        about: "Looks after their own accounts and enters their orders.",
        portal: false,
        grants: &[
            EVERYDAY,
            PERSONAL,
            OWN_WORK,
            own(&[
                "carts.view", "carts.create", "carts.update", "carts.delete", "cart_items.view",
                "cart_items.create", "cart_items.update", "cart_items.delete", "companies.update",
                "companies.convert", "company_lists.view", "company_lists.create", "company_lists.update",
                "company_lists.delete", "company_list_items.view", "company_list_items.create",
                "company_list_items.update", "company_list_items.delete", "company_list_shares.view",
                "company_list_shares.create", "company_list_shares.update", "company_list_shares.delete",
                "contacts.view", "contacts.create", "contacts.update", "contacts.export", "customers.view",
                "customers.create", "customers.update", "customers.export", "customer_licenses.view",
                "tax_exemptions.view", "orders.view", "orders.create", "orders.update", "orders.export",
                "order_lines.view", "shipments.view", "shipment_lines.view", "returns.view",
                "return_lines.view", "invoices.view", "invoice_lines.view", "payments.view",
                "payment_allocations.view", "quality_checks.view", "service_jobs.view",
                "training_workflows.view",
            ]),
            all(&[
                "analytics.view", "companies.view", "companies.create", "delivery_routes.view",
                "delivery_route_stops.view", "inventory.view", "price_lists.view",
                "price_list_assignments.view", "price_list_entries.view", "product_lists.view",
                "product_lists.create", "product_lists.update", "product_lists.delete",
                "product_list_items.view", "product_list_items.create", "product_list_items.update",
                "product_list_items.delete", "warehouses.view", "warehouse_locations.view",
            ]),
        ],
    },
    Role {
        code: "operations",
        name: Text::of("Operations", "ฝ่ายปฏิบัติการ"),
        about: "Keeps stock, ships orders, plans routes and service jobs.",
        portal: false,
        grants: &[
            EVERYDAY,
            PERSONAL,
            OWN_WORK,
            all(&[
                "contacts.view", "customers.view", "customer_licenses.view", "delivery_routes.*",
                "delivery_route_stops.*", "inventory.*", "inventory_movements.*", "inventory_reservations.*",
                "invoices.view", "invoice_lines.view", "orders.view", "orders.update", "orders.export",
                "order_lines.view", "order_lines.export", "products.*", "product_categories.*", "returns.*",
                "quality_checklists.view", "quality_checks.*", "return_lines.*", "service_jobs.*",
                "shipments.*", "shipment_lines.*", "skus.*", "suppliers.*", "training_workflows.view",
                "warehouses.*", "warehouse_locations.*", "data_sources.view", "import_batches.view",
                "import_rows.view", "import_templates.*", "export_jobs.view",
            ]),
        ],
    },
    Role {
        code: "training",
        name: Text::of("Training", "ฝ่ายฝึกอบรม"),
        about: "Trains the people of customers.",
        portal: false,
        grants: &[
            EVERYDAY,
            PERSONAL,
            OWN_WORK,
            all(&[
                "contacts.view", "contacts.update", "customers.view", "service_jobs.view",
                "service_jobs.update", "training_workflows.*",
            ]),
        ],
    },
    Role {
        code: "qc_manager",
        name: Text::of("Quality manager", "ผู้จัดการคุณภาพ"),
        about: "Checks the quality of work at customers.",
        portal: false,
        grants: &[
            EVERYDAY,
            PERSONAL,
            OWN_WORK,
            all(&[
                "analytics.view", "contacts.view", "customers.view", "orders.view", "order_lines.view",
                "quality_checklists.*", "quality_checks.*", "service_jobs.view", "service_jobs.update",
                "training_workflows.view",
            ]),
        ],
    },
    Role {
        code: "portal_admin",
        name: Text::of("Portal admin", "ผู้ดูแลพอร์ทัล"),
        about: "Orders for their company and looks after its portal users.",
        portal: true,
        grants: &[
            PORTAL,
            all(&["contacts.create", "contacts.update", "customer_licenses.view", "tax_exemptions.view"]),
        ],
    },
    Role {
        code: "portal_user",
        name: Text::of("Portal user", "ผู้ใช้พอร์ทัล"),
        about: "Orders for their company and sees its documents.",
        portal: true,
        grants: &[PORTAL],
    },
];

/// What everyone at a customer may do; the database narrows each to rows of that customer.
const PORTAL: Grant = all(&[
    "carts.view", "carts.create", "carts.update", "carts.delete", "cart_items.view", "cart_items.create",
    "cart_items.update", "cart_items.delete", "contacts.view", "customers.view", "files.view",
    "invoices.view", "invoice_lines.view", "orders.view", "order_lines.view", "payments.view",
    "payment_allocations.view", "portal_users.view", "product_categories.view", "products.view",
    "product_lists.view", "product_lists.create", "product_lists.update", "product_lists.delete",
    "product_list_items.view", "product_list_items.create", "product_list_items.update",
    "product_list_items.delete", "returns.view", "return_lines.view", "shipments.view",
    "shipment_lines.view", "skus.view",
]);
