//! The same done to all records of a list.

use crate::{
    entity::{Area, Class, Entity},
    field::{self, Choice, Text, choice},
};

/// What can be done to all records of a list.
pub const BULK_CHANGES_ACTION: &[Choice] = &[
    choice("update", "Set fields", "กำหนดค่า"),
    choice("archive", "Archive", "เก็บถาวร"),
    choice("restore", "Restore", "นำกลับ"),
];

const BULK_CHANGES_STATUS: &[Choice] = &[
    choice("queued", "Queued", "รอคิว"),
    choice("running", "Running", "กำลังทำ"),
    choice("completed", "Completed", "เสร็จ"),
    choice("cancelled", "Cancelled", "ยกเลิกแล้ว"),
    choice("failed", "Failed", "ล้มเหลว"),
    choice("undoing", "Being undone", "กำลังย้อนกลับ"),
    choice("undone", "Undone", "ย้อนกลับแล้ว"),
];

/// The states in which a job is at work on it, or about to be.
pub const BULK_CHANGES_UNDER_WAY: &[&str] = &["queued", "running", "undoing"];

/// The same done to all records of a list, by a job.
pub static BULK_CHANGES: Entity = Entity::new("bulk_changes", "bulk_change", Area::Data, Class::Staff)
    .labels(Text::of("Bulk change", "การแก้ไขหลายรายการ"), Text::of("Bulk changes", "การแก้ไขหลายรายการ"))
    .about("The same done to all records of a list, by a job.")
    .fields(&[
        field::code("entity", "Entity").th("ชนิดระเบียน").required().listed().example("customers"),
        field::select("action", "Action", BULK_CHANGES_ACTION)
            .th("การกระทำ")
            .required()
            .listed()
            .example("update"),
        field::json("filter", "Filter").th("ตัวกรอง").default("{}"),
        field::json("changes", "Values set").th("ค่าที่กำหนด").default("{}").listed(),
        field::select("status", "Status", BULK_CHANGES_STATUS)
            .th("สถานะ")
            .default("\"queued\"")
            .listed()
            .sortable()
            .example("completed"),
        field::integer("total", "Records", 0, i64::MAX).th("จำนวนระเบียน").listed(),
        field::integer("changed", "Changed", 0, i64::MAX).th("แก้ไขแล้ว").default("0").listed(),
        field::integer("unchanged", "Unchanged", 0, i64::MAX)
            .th("ไม่เปลี่ยน")
            .default("0")
            .help("They already were as asked."),
        field::integer("refused", "Refused", 0, i64::MAX).th("ถูกปฏิเสธ").default("0").listed(),
        field::integer("undone", "Taken back", 0, i64::MAX).th("ย้อนกลับแล้ว").default("0"),
        field::json("refusals", "Why not")
            .th("เหตุผล")
            .default("[]")
            .help("The first hundred records that were refused, each with its id and why."),
        field::paragraph("error", "Error").th("ข้อผิดพลาด"),
        field::timestamp("finished_at", "Finished").th("เสร็จเมื่อ").example("2026-12-31T00:00:00Z"),
        field::timestamp("undo_until", "Can be undone until")
            .th("ย้อนกลับได้ถึง")
            .example("2026-12-31T00:00:00Z"),
        field::id("requested_by", "Requested by").th("ผู้ขอ"),
    ])
    .title("entity")
    .owner(&["requested_by"])
    .under_way(BULK_CHANGES_UNDER_WAY)
    .internal(&["cursor"])
    .permanent()
    .read_only();
