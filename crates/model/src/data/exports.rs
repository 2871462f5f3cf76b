//! Exports.

use crate::{
    entity::{Area, Class, Entity},
    field::{self, Choice, Text, choice},
};

/// What the file of an export can be.
pub const EXPORT_JOBS_FORMAT: &[Choice] = &[
    choice("csv", "CSV", "CSV"),
    choice("xlsx", "Excel", "Excel"),
    choice("jsonl", "JSON Lines", "JSON Lines"),
    choice("parquet", "Parquet", "Parquet"),
];

const EXPORT_JOBS_STATUS: &[Choice] = &[
    choice("queued", "Queued", "รอคิว"),
    choice("processing", "Processing", "กำลังทำ"),
    choice("completed", "Completed", "เสร็จ"),
    choice("failed", "Failed", "ล้มเหลว"),
    choice("expired", "Expired", "หมดอายุ"),
];

/// A list written to a file.
pub static EXPORT_JOBS: Entity = Entity::new("export_jobs", "export_job", Area::Data, Class::Staff)
    .labels(Text::of("Export", "การส่งออก"), Text::of("Exports", "การส่งออก"))
    .about("A list written to a file.")
    .fields(&[
        field::code("entity", "Entity").th("ชนิดระเบียน").required().listed().example("customers"),
        field::select("format", "Format", EXPORT_JOBS_FORMAT).th("รูปแบบ").required().listed().example("csv"),
        field::json("filter", "Filter").th("ตัวกรอง").default("{}"),
        field::tags("sort", "Sort").th("การเรียง").default("[]"),
        field::tags("columns", "Columns").th("คอลัมน์").default("[]"),
        field::select("status", "Status", EXPORT_JOBS_STATUS)
            .th("สถานะ")
            .default("\"queued\"")
            .listed()
            .sortable()
            .example("completed"),
        field::json("progress", "Progress").th("ความคืบหน้า"),
        field::integer("row_count", "Rows", 0, i64::MAX).th("จำนวนแถว").listed(),
        field::link("file_id", "File", "files").th("ไฟล์").indexed(),
        field::timestamp("expires_at", "Expires")
            .th("หมดอายุเมื่อ")
            .listed()
            .indexed()
            .example("2026-12-31T00:00:00Z"),
        field::id("requested_by", "Requested by").th("ผู้ขอ"),
        field::paragraph("error", "Error").th("ข้อผิดพลาด"),
    ])
    .under_way(&["queued", "processing"])
    .owner(&["requested_by"])
    .permanent()
    .read_only();
