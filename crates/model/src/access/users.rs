//! The staff and their roles.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Text},
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
        field::boolean("is_active", "Active")
            .th("ใช้งานอยู่")
            .default("true")
            .listed()
            .sortable()
            .example("true")
            .or(&["Enabled", "Active user", "สถานะใช้งาน"]),
        field::timestamp("locked_until", "Locked until").th("ล็อกถึง").read_only(),
        field::timestamp("last_login_at", "Last sign-in").th("เข้าใช้ล่าสุด").read_only().listed(),
    ])
    .keys(&[key("users_email_key_key", &["email"])])
    .named_by(&["email", "name"])
    .searchable()
    .children(&[child("roles", "user_roles", "user_id"), child("teams", "team_members", "user_id")])
    .owner(&["id"])
    .internal(&["totp", "failed_login_count"]);

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
            .or(&["Role code", "Role name", "รหัสบทบาท"]),
    ])
    .keys(&[key("user_roles_user_id_role_id_key", &["user_id", "role_id"])])
    .owner(&["user_id"])
    .permanent();
