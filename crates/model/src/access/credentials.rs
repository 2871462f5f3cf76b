//! Secrets of third parties.

use crate::{
    entity::{Area, Class, Entity, key},
    field::{self, Choice, Text, choice},
};

/// What a secret is for.
pub const CREDENTIAL_KINDS: &[Choice] = &[
    choice("smtp", "Mail server", "เซิร์ฟเวอร์อีเมล"),
    choice("line", "LINE", "LINE"),
    choice("n8n", "n8n", "n8n"),
    choice("s3", "Object storage (S3)", "ที่เก็บข้อมูล (S3)"),
    choice("http_basic", "Web address: user and password", "ที่อยู่เว็บ: ผู้ใช้และรหัสผ่าน"),
    choice("http_bearer", "Web address: token", "ที่อยู่เว็บ: โทเคน"),
    choice("http_header", "Web address: header with a key", "ที่อยู่เว็บ: ส่วนหัวพร้อมคีย์"),
];

/// A secret of a third party, sealed; set by operations and never answered.
pub static CREDENTIALS: Entity = Entity::new("credentials", "credential", Area::Access, Class::Staff)
    .labels(Text::of("Credential", "ข้อมูลรับรอง"), Text::of("Credentials", "ข้อมูลรับรอง"))
    .about("A secret of a third party, sealed; set by operations and never answered.")
    .fields(&[
        field::select("kind", "For", CREDENTIAL_KINDS).th("สำหรับ").required().once().listed().example("smtp"),
        field::text("name", "Name").th("ชื่อ").required().once().listed().example("Mail relay"),
    ])
    .keys(&[key("credentials_kind_name_key", &["kind", "name"])])
    .named_by(&["name"])
    .internal(&["sealed", "key_id"])
    .without_creation_index()
    .read_only();
