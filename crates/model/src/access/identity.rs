//! Records under other ids, and records made one.

use crate::{
    entity::{Area, Class, Entity, key},
    field::{self, Text},
};

/// The id a record has in another system; a key for imports and integrations.
pub static EXTERNAL_IDS: Entity = Entity::new("external_ids", "external_id", Area::Access, Class::Staff)
    .labels(Text::of("External ID", "รหัสภายนอก"), Text::of("External IDs", "รหัสภายนอก"))
    .about("The id a record has in another system; a key for imports and integrations.")
    .fields(&[
        field::code("entity", "Entity").th("ชนิดระเบียน").required().listed().indexed().example("customers"),
        field::code("source_system", "System").th("ระบบ").required().listed().example("salesforce"),
        field::text("external_id", "Their ID")
            .th("รหัสในระบบอื่น")
            .required()
            .listed()
            .example("0015g00000XyZ")
            .or(&["Foreign ID", "Remote ID"]),
        field::id("record_id", "Record")
            .th("ระเบียน")
            .required()
            .listed()
            .help("Our record.")
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
    ])
    .keys(&[key(
        "external_ids_entity_source_system_external_id_key",
        &["entity", "source_system", "external_id"],
    )])
    .named_by(&["external_id"])
    .about_any("record_id")
    .permanent()
    .without_creation_index();

/// Two records made one, and what moved, so that it can move back.
pub static MERGES: Entity = Entity::new("merges", "merge", Area::Access, Class::Staff)
    .labels(Text::of("Merge", "การรวมระเบียน"), Text::of("Merges", "การรวมระเบียน"))
    .about("Two records made one, and what moved, so that it can move back.")
    .fields(&[
        field::code("entity", "Entity").th("ชนิดระเบียน").required().listed().indexed().example("customers"),
        field::id("winner_id", "Kept record")
            .th("ระเบียนที่เก็บไว้")
            .required()
            .listed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        field::id("loser_id", "Merged record")
            .th("ระเบียนที่ถูกรวม")
            .required()
            .listed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        field::json("moved", "Moved")
            .th("สิ่งที่ย้าย")
            .default("{}")
            .help("How many records of each kind went over to the kept record."),
        field::timestamp("undone_at", "Undone").th("เลิกทำเมื่อ").listed(),
    ])
    .internal(&["before"])
    .permanent()
    .read_only();
