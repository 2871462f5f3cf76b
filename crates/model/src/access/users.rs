//! The staff, their roles and what roles permit.

use super::roles::PLATFORM;
use crate::{
    checks,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

/// A person on the tenant's staff.
pub static USERS: Entity = Entity::new("users", "user", Area::Access, Class::Staff)
    .labels(Text::of("User", "ผู้ใช้"), Text::of("Users", "ผู้ใช้"))
    .about("A person on the tenant's staff.")
    .fields(&[
        field::email("email", "E-mail")
            .th("อีเมล")
            .required()
            .keyed("email_key")
            .listed()
            .indexed()
            .example("maria@example.com")
            .or(&[
                "Email address", "Mail", "Main email", "Primary email", "Contact email", "Billing email",
                "ที่อยู่อีเมล", "อีเมล์",
            ]),
        field::text("name", "Name").th("ชื่อ").required().listed().sortable().example("Nancy Davolio").or(&[
            "Full name", "User name", "Employee", "Employee name", "Display name", "ชื่อ-นามสกุล", "ชื่อพนักงาน",
        ]),
        field::text("password_hash", "Password hash").th("แฮชรหัสผ่าน").secret(),
        field::text("locale", "Language").th("ภาษา").help("en or th.").example("th").or(&["Lang"]),
        field::text("department", "Department")
            .th("แผนก")
            .listed()
            .example("Sales")
            .or(&["Dept", "Division", "ฝ่าย"]),
        field::boolean("is_active", "Active").th("ใช้งานอยู่").default("true").read_only().listed().sortable(),
        field::timestamp("locked_until", "Locked until").th("ล็อกถึง").read_only(),
        field::timestamp("last_login_at", "Last sign-in").th("เข้าใช้ล่าสุด").read_only().listed(),
        field::timestamp("totp_since", "Second step since").th("ยืนยันสองขั้นตอนตั้งแต่").read_only(),
    ])
    .keys(&[key("users_email_key_key", &["email"])])
    .named_by(&["email", "name"])
    .searchable()
    .children(&[
        child("roles", "user_roles", "user_id"),
        child("teams", "team_members", "user_id"),
        child("service_jobs", "service_jobs", "assigned_to_id"),
        child("tasks", "tasks", "assignee_id"),
        child("activities", "activities", "user_id"),
    ])
    .owner(&["id"])
    .internal(&["totp", "totp_step", "failed_login_count", "failing_since"]);

/// A role that a user has.
pub static USER_ROLES: Entity = Entity::new("user_roles", "user_role", Area::Access, Class::Staff)
    .labels(Text::of("User role", "บทบาทของผู้ใช้"), Text::of("User roles", "บทบาทของผู้ใช้"))
    .about("A role that a user has.")
    .fields(&[
        field::link("user_id", "User", "users")
            .th("ผู้ใช้")
            .required()
            .once()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&["User e-mail", "Username", "พนักงาน"]),
        field::link("role_id", "Role", "roles")
            .th("บทบาท")
            .required()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .once()
            .or(&["Role code", "Role name", "รหัสบทบาท"]),
    ])
    .not_imported()
    .keys(&[key("user_roles_user_id_role_id_key", &["user_id", "role_id"])])
    .owner(&["user_id"])
    .permanent()
    .without_creation_index();

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
        field::boolean("is_portal", "For the portal")
            .th("สำหรับพอร์ทัล")
            .default("false")
            .once()
            .listed()
            .help("For portal users, not for the company's own people.")
            .example("false"),
    ])
    .not_imported()
    .keys(&[key("roles_code_key", &["code"])])
    .named_by(&["code", "name"])
    .children(&[child("permissions", "role_permissions", "role_id"), child("users", "user_roles", "role_id")])
    .without_creation_index();

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
                .once()
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
        .not_imported()
        .keys(&[key("role_permissions_role_id_permission_code_key", &["role_id", "permission_code"])])
        .checks(&[Check {
            constraint: Some("role_permissions_platform_check"),
            run: |doc| checks::not_below(doc, "permission_code", PLATFORM),
        }])
        .permanent()
        .without_creation_index();
