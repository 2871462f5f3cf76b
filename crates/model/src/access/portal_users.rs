//! People at customers who sign in.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Text},
};

/// A person at a customer who signs in to the portal.
pub static PORTAL_USERS: Entity = Entity::new("portal_users", "portal_user", Area::Access, Class::Customer)
    .labels(Text::of("Portal user", "ผู้ใช้พอร์ทัล"), Text::of("Portal users", "ผู้ใช้พอร์ทัล"))
    .about("A person at a customer who signs in to the portal.")
    .fields(&[
        field::link("customer_id", "Customer", "customers")
            .th("ลูกค้า")
            .required()
            .once()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                "Cust ID", "Client", "Client name", "Account", "Account name", "Account code", "Account ID",
                "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id",
                "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
            ]),
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
        field::text("name", "Name")
            .th("ชื่อ")
            .required()
            .listed()
            .sortable()
            .example("Maria Anders")
            .or(&["Full name", "User name", "ชื่อ-นามสกุล"]),
        field::text("password_hash", "Password hash").th("แฮชรหัสผ่าน").secret(),
        field::text("locale", "Language").th("ภาษา").help("en or th.").example("th").or(&["Lang"]),
        field::boolean("is_active", "Active")
            .th("ใช้งานอยู่")
            .default("true")
            .listed()
            .example("true")
            .or(&["Enabled", "Active user", "สถานะใช้งาน"]),
        field::timestamp("locked_until", "Locked until").th("ล็อกถึง").read_only().staff_only(),
        field::timestamp("last_login_at", "Last sign-in").th("เข้าใช้ล่าสุด").read_only().listed(),
        field::timestamp("totp_since", "Second step since").th("ยืนยันสองขั้นตอนตั้งแต่").read_only(),
    ])
    .keys(&[key("portal_users_email_key_key", &["email"])])
    .named_by(&["email", "name"])
    .searchable()
    .children(&[child("roles", "portal_user_roles", "portal_user_id")])
    .owner(&["customer_id", "owner_id"])
    .internal(&["totp", "totp_step", "failed_login_count", "failing_since"]);

/// A role that a portal user has.
pub static PORTAL_USER_ROLES: Entity =
    Entity::new("portal_user_roles", "portal_user_role", Area::Access, Class::Staff)
        .labels(
            Text::of("Portal user role", "บทบาทของผู้ใช้พอร์ทัล"),
            Text::of("Portal user roles", "บทบาทของผู้ใช้พอร์ทัล"),
        )
        .about("A role that a portal user has.")
        .fields(&[
            field::link("portal_user_id", "Portal user", "portal_users")
                .th("ผู้ใช้พอร์ทัล")
                .required()
                .once()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
            field::link("role_id", "Role", "roles")
                .th("บทบาท")
                .required()
                .once()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&["Role code", "Role name", "รหัสบทบาท"]),
        ])
        .not_imported()
        .keys(&[key("portal_user_roles_portal_user_id_role_id_key", &["portal_user_id", "role_id"])])
        .permanent()
        .without_creation_index();
