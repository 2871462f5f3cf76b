//! The menu: which kinds of record stand in it, under which body of work, with which icon.

use model::{
    entity::{Area, Entity},
    field::Text,
    registry,
};

use super::visitor::Visitor;
use crate::ui::Look;

/// A body of work.
pub struct Section {
    /// What people read.
    pub label: Text,
    /// The kinds of record, by name, in order.
    entities: &'static [&'static str],
}

/// The menu. What is not in it is found through the records it belongs to, and on the page of all records.
static SECTIONS: &[Section] = &[
    Section {
        label: Text::of("Sales", "การขาย"),
        entities: &["customers", "orders", "shipments", "invoices", "payments", "returns"],
    },
    Section {
        label: Text::of("Relations", "ความสัมพันธ์"),
        entities: &["companies", "contacts", "activities", "tasks", "company_lists"],
    },
    Section {
        label: Text::of("Goods", "สินค้าและคลัง"),
        entities: &[
            "products", "skus", "inventory", "price_lists", "suppliers", "warehouses", "delivery_routes",
        ],
    },
    Section {
        label: Text::of("Service", "งานบริการ"),
        entities: &["service_jobs", "quality_checks", "training_workflows"],
    },
    Section {
        label: Text::of("Data", "ข้อมูล"),
        entities: &[
            "import_batches", "data_sources", "import_templates", "export_jobs", "bulk_changes",
            "custom_fields", "files", "audit_logs",
        ],
    },
    Section {
        label: Text::of("Connections", "การเชื่อมต่อ"),
        entities: &["webhook_sources", "failed_webhooks", "webhook_subscriptions", "credentials", "jobs"],
    },
    Section {
        label: Text::of("People", "ผู้ใช้"),
        entities: &["users", "roles", "teams", "portal_users", "integration_tokens"],
    },
];

/// A page of the menu that is no list.
pub struct Place {
    /// Its address.
    pub path: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// What people read.
    pub label: Text,
    /// What it takes.
    permission: &'static str,
}

static PLACES: &[Place] = &[
    Place {
        path: "/admin/tenants",
        icon: "building-2",
        label: super::admin::words::TENANTS,
        permission: "platform.view",
    },
    Place { path: "/dev", icon: "activity", label: super::dev::words::ENGINE_ROOM, permission: "jobs.view" },
    Place {
        path: "/admin/settings",
        icon: "settings",
        label: super::admin::words::SETTINGS,
        permission: "tenant_settings.view",
    },
];

/// The pages beyond lists that this visitor may open.
pub fn places(visitor: &Visitor) -> impl Iterator<Item = &'static Place> {
    PLACES.iter().filter(|place| visitor.caller().grants.scope(place.permission).is_some())
}

/// The first entries of the tab bar on phones.
pub static TABS: &[&str] = &["customers", "orders", "products"];

/// The sections with the kinds of record that this visitor may view; empty ones are left out.
pub fn sections(visitor: &Visitor) -> Vec<(Text, Vec<&'static Entity>)> {
    let seen = |section: &Section| {
        let entities = section.entities.iter().filter_map(|name| registry::entity(name));
        entities.filter(|entity| visitor.may(entity, "view")).collect::<Vec<_>>()
    };
    let sections = SECTIONS.iter().map(|section| (section.label, seen(section)));
    sections.filter(|(_, entities)| !entities.is_empty()).collect()
}

/// Where the menu leads for a kind of record: to its list, or to the page that is made for it.
pub fn place(look: &Look, entity: &Entity) -> String {
    match entity.name {
        "import_batches" => "/admin/imports".to_owned(),
        "export_jobs" => "/exports".to_owned(),
        "audit_logs" => "/admin/audit".to_owned(),
        name => look.at(name),
    }
}

/// The icon of a kind of record: its own, else its area's.
pub fn icon(entity: &Entity) -> &'static str {
    match entity.name {
        "customers" => "store",
        "companies" => "building-2",
        "contacts" => "contact",
        "orders" => "shopping-cart",
        "carts" => "shopping-cart",
        "shipments" => "truck",
        "delivery_routes" => "route",
        "invoices" => "receipt-text",
        "payments" => "wallet",
        "returns" => "undo-2",
        "activities" => "activity",
        "tasks" => "list-checks",
        "company_lists" | "product_lists" => "list",
        "products" => "wine",
        "skus" => "tag",
        "inventory" => "boxes",
        "price_lists" => "tags",
        "suppliers" => "briefcase",
        "service_jobs" => "calendar-check",
        "quality_checks" => "clipboard-check",
        "training_workflows" => "award",
        "import_batches" => "upload",
        "export_jobs" => "download",
        "bulk_changes" => "list-checks",
        "files" => "files",
        "audit_logs" => "scroll-text",
        "failed_webhooks" => "triangle-alert",
        "webhook_subscriptions" => "send",
        "jobs" => "refresh-cw",
        "users" => "users",
        "portal_users" => "user-round",
        "roles" => "shield",
        "teams" => "users-round",
        "integration_tokens" => "key-round",
        _ => match entity.area {
            Area::Access => "shield",
            Area::Catalog => "package",
            Area::Stock => "warehouse",
            Area::Crm => "building-2",
            Area::Sales => "receipt-text",
            Area::Insight => "activity",
            Area::Service => "wrench",
            Area::Data => "database",
            Area::Integrations => "webhook",
        },
    }
}

/// What people read of an area.
pub const fn area(area: Area) -> Text {
    match area {
        Area::Access => Text::of("People and settings", "ผู้ใช้และการตั้งค่า"),
        Area::Catalog => Text::of("Catalogue", "แค็ตตาล็อก"),
        Area::Stock => Text::of("Stock", "คลังสินค้า"),
        Area::Crm => Text::of("Directory", "สมุดรายชื่อ"),
        Area::Sales => Text::of("Sales", "การขาย"),
        Area::Insight => Text::of("Activities", "กิจกรรม"),
        Area::Service => Text::of("Service", "งานบริการ"),
        Area::Data => Text::of("Data", "ข้อมูล"),
        Area::Integrations => Text::of("Connections", "การเชื่อมต่อ"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_menu_names_kinds_of_record_that_there_are() {
        for name in SECTIONS.iter().flat_map(|section| section.entities).chain(TABS) {
            assert!(registry::entity(name).is_some(), "{name}");
        }
    }
}
