//! What tenants add to entities and lists.

use crate::{
    entity::{Area, Class, Entity, Personal, key},
    field::{self, Choice, Text, choice},
};

const CUSTOM_FIELDS_TYPE: &[Choice] = &[
    choice("text", "Text", "ข้อความ"),
    choice("integer", "Whole number", "จำนวนเต็ม"),
    choice("decimal", "Number", "ตัวเลข"),
    choice("boolean", "Yes or no", "ใช่/ไม่ใช่"),
    choice("date", "Date", "วันที่"),
    choice("choice", "Choice", "ตัวเลือก"),
];

/// A field a tenant added to an entity; its values live in the records' attributes.
pub static CUSTOM_FIELDS: Entity = Entity::new("custom_fields", "custom_field", Area::Access, Class::Staff)
    .labels(Text::of("Custom field", "ฟิลด์เพิ่มเติม"), Text::of("Custom fields", "ฟิลด์เพิ่มเติม"))
    .about("A field a tenant added to an entity; its values live in the records' attributes.")
    .fields(&[
        field::code("entity", "Entity")
            .th("ชนิดระเบียน")
            .required()
            .once()
            .listed()
            .indexed()
            .example("customers"),
        field::code("key", "Key")
            .th("คีย์")
            .required()
            .once()
            .listed()
            .help("How programs name it.")
            .example("region_code"),
        field::text("label", "Label").th("ป้าย").required().listed().example("Region code"),
        field::select("type", "Type", CUSTOM_FIELDS_TYPE)
            .th("ชนิด")
            .required()
            .once()
            .listed()
            .example("text"),
        field::json("options", "Options").th("ตัวเลือก").default("[]"),
        field::boolean("required", "Required").th("จำเป็น").default("false").listed().example("false"),
        field::integer("position", "Position", 0, i32::MAX as i64)
            .th("ลำดับ")
            .default("0")
            .example("1")
            .or(&["Line", "Line no", "Line number", "No", "Seq", "Sequence", "Order", "ลำดับที่"]),
    ])
    .keys(&[key("custom_fields_entity_key_key", &["entity", "key"])])
    .without_creation_index();

/// A list's filter, sort and columns under a name; without a user it is shared.
pub static SAVED_VIEWS: Entity = Entity::new("saved_views", "saved_view", Area::Access, Class::Staff)
    .labels(Text::of("Saved view", "มุมมองที่บันทึก"), Text::of("Saved views", "มุมมองที่บันทึก"))
    .about("A list's filter, sort and columns under a name: one person's own, or without a user everybody's.")
    .fields(&[
        field::code("entity", "Entity").th("ชนิดระเบียน").required().listed().indexed().example("customers"),
        field::link("user_id", "User", "users")
            .th("ผู้ใช้")
            .listed()
            .indexed()
            .or(&["User e-mail", "Username", "พนักงาน"]),
        field::text("name", "Name").th("ชื่อ").required().listed().example("My open orders").or(&["View"]),
        field::json("filter", "Filter").th("ตัวกรอง").default("{}"),
        field::tags("sort", "Sort").th("การเรียง").default("[]"),
        field::tags("columns", "Columns").th("คอลัมน์").default("[]"),
        field::integer("position", "Position", 0, i32::MAX as i64)
            .th("ลำดับ")
            .default("0")
            .example("1")
            .or(&["Line", "Line no", "Line number", "No", "Seq", "Sequence", "Order", "ลำดับที่"]),
        field::boolean("is_default", "Default")
            .th("ค่าเริ่มต้น")
            .default("false")
            .listed()
            .example("false")
            .or(&["Standard"]),
    ])
    .keys(&[key("saved_views_entity_user_id_name_key", &["entity", "user_id", "name"])])
    .named_by(&["name"])
    .owner(&["user_id"])
    .personal(Personal::OrShared)
    .without_creation_index();
