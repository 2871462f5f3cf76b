//! What was changed and checked.

use crate::{
    entity::{Area, Class, Entity, key},
    field::{self, Choice, Field, Kind, Text, choice},
};

const AUDIT_LOGS_ACTOR_KIND: &[Choice] = &[
    choice("user", "User", "ผู้ใช้"),
    choice("portal_user", "Portal user", "ผู้ใช้พอร์ทัล"),
    choice("token", "Token", "โทเคน"),
    choice("job", "Job", "งานเบื้องหลัง"),
    choice("system", "System", "ระบบ"),
];

/// Who changed what, appended and never changed.
pub static AUDIT_LOGS: Entity = Entity::new("audit_logs", "audit_log", Area::Access, Class::System)
    .labels(Text::of("Audit entry", "บันทึกการตรวจสอบ"), Text::of("Audit trail", "บันทึกการตรวจสอบ"))
    .about("Who changed what, appended and never changed. Months that the tenant no longer keeps are in audit archives.")
    .fields(&[
        field::code("entity", "Entity").th("ชนิดระเบียน").required().listed().indexed().example("customers"),
        field::id("entity_id", "Record").th("ระเบียน"),
        field::text("action", "Action")
            .th("การกระทำ")
            .required()
            .listed()
            .help("What was done.")
            .example("update"),
        field::json("old_values", "Old values").th("ค่าเดิม"),
        field::json("new_values", "New values").th("ค่าใหม่"),
        field::select("actor_kind", "Kind of actor", AUDIT_LOGS_ACTOR_KIND)
            .th("ประเภทผู้กระทำ")
            .required()
            .listed()
            .example("user"),
        field::id("actor_id", "Actor").th("ผู้กระทำ").listed().indexed().help("Who did it."),
        field::id("token_id", "Token").th("โทเคน"),
        field::id("batch_id", "Batch").th("ชุดนำเข้า").indexed(),
        field::id("request_id", "Request").th("คำขอ"),
        Field::new("ip", "Address", Kind::Ip).th("ที่อยู่ IP").example("203.0.113.7"),
        field::timestamp("at", "At")
            .th("เวลา")
            .default(field::NOW)
            .listed()
            .sortable()
            .example("2026-01-31T09:30:00Z"),
    ])
    .unversioned()
    .without(&["created_at", "updated_at", "created_by"])
    .older_in("audit_archives")
    .read_only();

/// The outcome of one integrity check at one time.
pub static DATA_INTEGRITY_SNAPSHOTS: Entity =
    Entity::new("data_integrity_snapshots", "data_integrity_snapshot", Area::Access, Class::Staff)
        .labels(
            Text::of("Integrity check", "ผลตรวจความถูกต้อง"),
            Text::of("Integrity checks", "ผลตรวจความถูกต้อง"),
        )
        .about("The outcome of one integrity check at one time.")
        .fields(&[
            field::code("check_name", "Check")
                .th("การตรวจ")
                .required()
                .listed()
                .indexed()
                .example("levels_equal_movements"),
            field::boolean("ok", "Passed").th("ผ่าน").required().listed().example("true"),
            field::json("counts", "Counts").th("จำนวน").default("{}").listed(),
            field::json("findings", "Findings").th("สิ่งที่พบ").default("[]"),
        ])
        .unversioned()
        .without_creation_index()
        .read_only();

/// A file with lines of the audit trail that are older than the tenant keeps them in the table.
pub static AUDIT_ARCHIVES: Entity =
    Entity::new("audit_archives", "audit_archive", Area::Access, Class::System)
        .labels(
            Text::of("Audit archive", "คลังบันทึกการตรวจสอบ"),
            Text::of("Audit archives", "คลังบันทึกการตรวจสอบ"),
        )
        .about("A file with lines of the audit trail that are older than the tenant keeps them in the table.")
        .fields(&[
            field::date("month", "Month")
                .th("เดือน")
                .required()
                .listed()
                .sortable()
                .help("The month of its lines, in UTC; the first day stands for it.")
                .example("2026-01-01"),
            field::id("first_id", "First line")
                .th("บรรทัดแรก")
                .required()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
            field::id("last_id", "Last line")
                .th("บรรทัดสุดท้าย")
                .required()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1dff"),
            field::timestamp("first_at", "From")
                .th("ตั้งแต่")
                .required()
                .listed()
                .example("2026-01-01T08:00:00Z"),
            field::timestamp("last_at", "To").th("ถึง").required().listed().example("2026-01-31T09:30:00Z"),
            field::integer("lines", "Lines", 1, i64::MAX)
                .th("จำนวนบรรทัด")
                .required()
                .listed()
                .example("1200"),
            field::integer("size", "Bytes", 0, i64::MAX)
                .th("ขนาด (ไบต์)")
                .required()
                .listed()
                .example("48211"),
            field::text("sha256", "SHA-256")
                .th("ค่าแฮช SHA-256")
                .required()
                .help("Of the file, in hexadecimal.")
                .example("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ])
        .keys(&[key("audit_archives_first_id_key", &["first_id"])])
        .internal(&["storage_key"])
        .unversioned()
        .read_only();
