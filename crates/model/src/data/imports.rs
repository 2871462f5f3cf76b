//! Import batches and templates.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

/// A saved mapping, found again by the fingerprint of its header.
pub static IMPORT_TEMPLATES: Entity =
    Entity::new("import_templates", "import_template", Area::Data, Class::Staff)
        .labels(Text::of("Import template", "แม่แบบนำเข้า"), Text::of("Import templates", "แม่แบบนำเข้า"))
        .about("A saved mapping, found again by the fingerprint of its header.")
        .fields(&[
            field::text("name", "Name")
                .th("ชื่อ")
                .required()
                .listed()
                .sortable()
                .example("Monthly customer list")
                .or(&["Template"]),
            field::code("data_type", "Data type")
                .th("ชนิดข้อมูล")
                .required()
                .listed()
                .help("The entity that is brought in.")
                .example("customers"),
            field::paragraph("description", "Description")
                .th("คำอธิบาย")
                .or(&["Desc", "Details", "Long description", "รายละเอียด"]),
            field::json("config", "Settings")
                .th("การตั้งค่า")
                .default("{}")
                .help("Columns, transforms and choices of the mapping."),
            field::text("header_fingerprint", "Header fingerprint")
                .th("ลายนิ้วมือหัวตาราง")
                .read_only()
                .indexed(),
        ])
        .keys(&[key("import_templates_name_key", &["name"])])
        .named_by(&["name"])
        .searchable()
        .read_only();

const IMPORT_BATCHES_SOURCE: &[Choice] = &[
    choice("portal-upload", "Upload", "อัปโหลด"),
    choice("api", "API", "API"),
    choice("cli", "Command line", "บรรทัดคำสั่ง"),
    choice("schedule", "Schedule", "ตามกำหนด"),
];

const IMPORT_BATCHES_STATUS: &[Choice] = &[
    choice("received", "Received", "ได้รับ"),
    choice("detected", "Detected", "ตรวจจับแล้ว"),
    choice("mapped", "Mapped", "จับคู่แล้ว"),
    choice("staged", "Staged", "พักข้อมูลแล้ว"),
    choice("validated", "Validated", "ตรวจแล้ว"),
    choice("awaiting_approval", "Awaiting approval", "รออนุมัติ"),
    choice("committing", "Committing", "กำลังบันทึก"),
    choice("completed", "Completed", "เสร็จ"),
    choice("failed", "Failed", "ล้มเหลว"),
    choice("cancelled", "Cancelled", "ยกเลิก"),
    choice("undone", "Undone", "เลิกทำแล้ว"),
];

/// As the name of the field says.
pub(super) const IMPORT_BATCHES_MODE: &[Choice] = &[
    choice("create", "Create", "สร้าง"),
    choice("update", "Update", "แก้ไข"),
    choice("upsert", "Create or update", "สร้างหรือแก้ไข"),
];

/// As the name of the field says.
pub(super) const IMPORT_BATCHES_POLICY: &[Choice] = &[
    choice("all_or_nothing", "All or nothing", "ทั้งหมดหรือไม่เลย"),
    choice("valid_rows", "Valid rows", "เฉพาะแถวที่ถูกต้อง"),
];

/// As the name of the field says.
pub(super) const IMPORT_BATCHES_EMPTY_CELLS: &[Choice] =
    &[choice("keep", "Keep", "คงค่าเดิม"), choice("clear", "Clear", "ล้างค่า")];

/// One uploaded file or sheet, or the set of them.
pub static IMPORT_BATCHES: Entity = Entity::new("import_batches", "import_batch", Area::Data, Class::Staff)
    .labels(Text::of("Import", "การนำเข้า"), Text::of("Imports", "การนำเข้า"))
    .about("One uploaded file or sheet, or the set of them.")
    .fields(&[
        field::link("parent_id", "Part of", "import_batches").th("ส่วนหนึ่งของ").indexed(),
        field::integer("position", "Position", 0, i32::MAX as i64).th("ลำดับ").default("0").example("1"),
        field::code("data_type", "Data type")
            .th("ชนิดข้อมูล")
            .listed()
            .help("The entity that is brought in.")
            .example("customers"),
        field::select("source", "Source", IMPORT_BATCHES_SOURCE)
            .th("แหล่งที่มา")
            .required()
            .listed()
            .example("cli"),
        field::select("status", "Status", IMPORT_BATCHES_STATUS)
            .th("สถานะ")
            .default("\"received\"")
            .listed()
            .sortable()
            .example("completed"),
        field::link("template_id", "Template", "import_templates").th("แม่แบบ").indexed(),
        field::link("data_source_id", "Data source", "data_sources").th("แหล่งข้อมูล").indexed(),
        field::link("file_id", "File", "files").th("ไฟล์").indexed(),
        field::text("file_name", "File name").th("ชื่อไฟล์").listed().example("customers.csv"),
        field::text("sheet", "Sheet").th("ชีต").example("Sheet1"),
        field::text("sha256", "Checksum")
            .th("ค่าตรวจสอบ")
            .indexed()
            .example("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        field::id("initiated_by", "Started by").th("เริ่มโดย"),
        field::id("approved_by", "Approved by").th("อนุมัติโดย"),
        field::select("mode", "Mode", IMPORT_BATCHES_MODE).th("โหมด").default("\"upsert\"").example("upsert"),
        field::select("policy", "Policy", IMPORT_BATCHES_POLICY)
            .th("นโยบาย")
            .default("\"all_or_nothing\"")
            .example("all_or_nothing"),
        field::select("empty_cells", "Empty cells", IMPORT_BATCHES_EMPTY_CELLS)
            .th("ช่องว่าง")
            .default("\"keep\"")
            .help("Leave what is stored alone, or clear it.")
            .example("keep"),
        field::json("detection", "Detection").th("การตรวจจับ").help("What was found out about the file."),
        field::json("mapping", "Mapping").th("การจับคู่"),
        field::json("progress", "Progress").th("ความคืบหน้า"),
        field::json("counts", "Counts").th("จำนวน").default("{}").listed(),
        field::json("summary", "Summary").th("สรุป"),
        field::paragraph("error", "Error").th("ข้อผิดพลาด"),
        field::timestamp("started_at", "Started").th("เริ่มเมื่อ").example("2026-01-31T09:30:00Z"),
        field::timestamp("dry_run_at", "Dry run").th("ทดลองเมื่อ"),
        field::timestamp("completed_at", "Completed").th("เสร็จเมื่อ").listed().example("2026-01-31T09:30:00Z"),
    ])
    .named_by(&["file_name"])
    .children(&[child("rows", "import_rows", "batch_id"), child("parts", "import_batches", "parent_id")])
    .permanent()
    .internal(&["lease_owner", "lease_until", "rows_pruned_at"])
    .read_only();
