//! Staged rows of imports.

use crate::{
    entity::{Area, Class, Entity},
    field::{self, Choice, Text, choice},
};

const IMPORT_ROWS_STATUS: &[Choice] = &[
    choice("pending", "Pending", "รอ"),
    choice("validated", "Validated", "ตรวจแล้ว"),
    choice("applied", "Applied", "บันทึกแล้ว"),
    choice("skipped", "Skipped", "ข้าม"),
    choice("failed", "Failed", "ล้มเหลว"),
];

const IMPORT_ROWS_ACTION: &[Choice] = &[
    choice("create", "Create", "สร้าง"),
    choice("update", "Update", "แก้ไข"),
    choice("unchanged", "Unchanged", "ไม่เปลี่ยน"),
];

/// One staged row.
pub static IMPORT_ROWS: Entity = Entity::new("import_rows", "import_row", Area::Data, Class::System)
    .labels(Text::of("Import row", "แถวนำเข้า"), Text::of("Import rows", "แถวนำเข้า"))
    .about("One staged row.")
    .fields(&[
        field::link("batch_id", "Batch", "import_batches")
            .th("ชุดนำเข้า")
            .required()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        field::code("part", "Part").th("ส่วน").required().example("customers"),
        field::boolean("is_file_row", "Row of the file").th("แถวในไฟล์").required().example("true"),
        field::text("sheet", "Sheet").th("ชีต").listed().example("Sheet1"),
        field::integer("row_number", "Row", 0, i64::MAX).th("แถว").listed().example("2"),
        field::code("external_key", "Key in the file").th("คีย์ในไฟล์").example("ALFKI"),
        field::tags("raw", "Cells").th("ค่าดิบ").help("The cells as the file has them."),
        field::select("status", "Status", IMPORT_ROWS_STATUS)
            .th("สถานะ")
            .default("\"pending\"")
            .listed()
            .example("applied"),
        field::select("action", "Action", IMPORT_ROWS_ACTION).th("การกระทำ").listed().example("create"),
        field::json("errors", "Errors").th("ข้อผิดพลาด").listed(),
        field::json("warnings", "Warnings").th("คำเตือน"),
        field::id("applied_record_id", "Record").th("ระเบียน").help("The record this row became."),
        field::integer("applied_version", "Version applied", 0, i32::MAX as i64).th("รุ่นที่บันทึก").example("1"),
    ])
    .unversioned()
    .without_creation_index()
    .without(&["updated_at", "created_by"])
    .internal(&["refs", "root_id", "links", "payload", "before", "defects"])
    .read_only();
