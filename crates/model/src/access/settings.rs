//! Settings of a tenant.

use crate::{
    entity::{Area, Class, Entity, key},
    field::{self, Text},
};

/// One typed document per group of settings; written by an operation that knows the group.
pub static TENANT_SETTINGS: Entity =
    Entity::new("tenant_settings", "tenant_setting", Area::Access, Class::Staff)
        .labels(Text::of("Setting", "การตั้งค่า"), Text::of("Settings", "การตั้งค่า"))
        .about("One typed document per group of settings; written by an operation that knows the group.")
        .fields(&[
            field::code("setting_group", "Group").th("กลุ่ม").required().listed().sortable().example("orders"),
            field::json("document", "Values").th("ค่า").default("{}"),
        ])
        .keys(&[key("tenant_settings_setting_group_key", &["setting_group"])])
        .named_by(&["setting_group"])
        .permanent()
        .without_creation_index()
        .read_only();
