//! Stored files.

use crate::{
    entity::{Area, Class, Entity, key},
    field::{self, Field, Kind, Text},
};

/// A stored object; one of a customer may be read by their portal.
pub static FILES: Entity = Entity::new("files", "file", Area::Data, Class::Customer)
    .labels(Text::of("File", "ไฟล์"), Text::of("Files", "ไฟล์"))
    .about("A stored object; one of a customer may be read by their portal.")
    .fields(&[
        Field::new("storage_key", "Storage key", Kind::Text { max: 500 })
            .th("ที่เก็บ")
            .required()
            .staff_only()
            .sortable()
            .example("1"),
        field::text("name", "File name").th("ชื่อไฟล์").required().listed().sortable().example("customers.csv"),
        field::text("media_type", "Media type").th("ชนิดไฟล์").required().listed().example("text/csv"),
        field::integer("size", "Size", 0, i64::MAX).th("ขนาด").required().listed().example("1"),
        field::text("sha256", "Checksum")
            .th("ค่าตรวจสอบ")
            .required()
            .staff_only()
            .indexed()
            .example("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        field::code("entity", "Entity").th("ชนิดระเบียน").listed().example("customers"),
        field::id("entity_id", "Record").th("ระเบียน"),
        field::link("customer_id", "Customer", "customers").th("ลูกค้า").indexed().or(&[
            "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no", "Cust ID",
            "Client", "Client name", "Account", "Account name", "Account code", "Account ID", "Sold to",
            "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id", "ContactName",
            "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
        ]),
        field::timestamp("expires_at", "Expires").th("หมดอายุเมื่อ").indexed().example("2026-12-31T00:00:00Z"),
    ])
    .keys(&[key("files_storage_key_key", &["storage_key"])])
    .named_by(&["name"])
    .searchable()
    .about_any("entity_id")
    .read_only();
