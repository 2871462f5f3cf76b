//! Tokens of other programs.

use crate::{
    entity::{Area, Class, Entity, key},
    field::{self, Text},
};

/// A bearer token of another program, with the rights of its role; made and revoked by operations, shown once.
pub static INTEGRATION_TOKENS: Entity = Entity::new("integration_tokens", "integration_token", Area::Access, Class::Staff)
.labels(Text::of("Integration token", "โทเคนเชื่อมต่อ"), Text::of("Integration tokens", "โทเคนเชื่อมต่อ"))
.about("A bearer token of another program, with the rights of its role; made and revoked by operations, shown once.")
.fields(&[field::text("name", "Name").th("ชื่อ").required().listed().sortable().example("Web shop").or(&["Token name"]),
field::tags("scopes", "Scopes").th("ขอบเขตสิทธิ์").default("[]").listed(),
field::link("role_id", "Role", "roles").th("บทบาท").required().listed().indexed().example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00").or(&["Role code", "Role name", "รหัสบทบาท"]),
field::timestamp("former_until", "Former secret until").th("รหัสลับเดิมใช้ได้ถึง").help("Until when the secret before the last rotation is taken too."),
field::timestamp("expires_at", "Expires").th("หมดอายุเมื่อ").listed().example("2026-12-31T00:00:00Z"),
field::timestamp("last_used_at", "Last used").th("ใช้ล่าสุด").listed(),
field::timestamp("revoked_at", "Revoked").th("เพิกถอนเมื่อ").listed()])
.keys(&[key("integration_tokens_name_key", &["name"])])
.named_by(&["name"])
.internal(&["token_hash", "former_hash"])
.read_only();
