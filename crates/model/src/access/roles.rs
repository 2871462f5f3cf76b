//! Roles and what they permit.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

/// A named set of permissions; built-in ones are refreshed by every upgrade.
pub static ROLES: Entity = Entity::new("roles", "role", Area::Access, Class::Staff)
    .labels(Text::of("Role", "บทบาท"), Text::of("Roles", "บทบาท"))
    .about("A named set of permissions; built-in ones are refreshed by every upgrade.")
    .fields(&[
        field::code("code", "Code")
            .th("รหัส")
            .required()
            .listed()
            .sortable()
            .example("sales_rep")
            .or(&["Role code"]),
        field::text("name", "Name")
            .th("ชื่อ")
            .required()
            .listed()
            .sortable()
            .example("Sales rep")
            .or(&["Role", "Role name"]),
        field::paragraph("description", "Description")
            .th("คำอธิบาย")
            .or(&["Desc", "Details", "Long description", "รายละเอียด"]),
        field::boolean("is_system", "Built in")
            .th("ของระบบ")
            .default("false")
            .read_only()
            .listed()
            .example("true"),
    ])
    .keys(&[key("roles_code_key", &["code"])])
    .named_by(&["code", "name"])
    .children(&[
        child("permissions", "role_permissions", "role_id"),
        child("users", "user_roles", "role_id"),
    ]);

const ROLE_PERMISSIONS_RECORD_SCOPE: &[Choice] =
    &[choice("own", "Own", "ของตนเอง"), choice("team", "Team", "ของทีม"), choice("all", "All", "ทั้งหมด")];

/// What a role may do, on whose records.
pub static ROLE_PERMISSIONS: Entity =
    Entity::new("role_permissions", "role_permission", Area::Access, Class::Staff)
        .labels(Text::of("Role permission", "สิทธิ์ของบทบาท"), Text::of("Role permissions", "สิทธิ์ของบทบาท"))
        .about("What a role may do, on whose records.")
        .fields(&[
            field::link("role_id", "Role", "roles")
                .th("บทบาท")
                .required()
                .once()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&["Role code", "Role name", "รหัสบทบาท"]),
            field::code("permission_code", "Permission")
                .th("สิทธิ์")
                .required()
                .listed()
                .indexed()
                .example("customers.view"),
            field::select("record_scope", "Reach", ROLE_PERMISSIONS_RECORD_SCOPE)
                .th("ขอบเขต")
                .default("\"all\"")
                .listed()
                .help("Own records, the team's, or all.")
                .example("all")
                .or(&["Scope"]),
        ])
        .keys(&[key("role_permissions_role_id_permission_code_key", &["role_id", "permission_code"])])
        .permanent();
