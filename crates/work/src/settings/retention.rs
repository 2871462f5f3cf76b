//! Days for which things are kept.

use model::field::{self, Field, Text};
use serde::Deserialize;

use super::{Described, Group, anything};

/// Days for which things are kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Retention {
    /// Files that were imported.
    pub files: u32,
    /// Staged rows of imports that have ended; an import can be undone for as long.
    pub staged_rows: u32,
    /// Files of exports.
    pub exports: u32,
    /// Webhooks that came in, and events that were told others, with what became of them.
    pub webhook_logs: u32,
    /// Notifications, read or not.
    pub notifications: u32,
    /// Mails that were sent or given up.
    pub emails: u32,
    /// Attempts at background jobs.
    pub job_runs: u32,
    /// The audit trail, before its months go into files.
    pub audit: u32,
    /// Outcomes of integrity checks.
    pub snapshots: u32,
}

impl Group for Retention {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "retention",
    label: Text::of("Retention", "การเก็บรักษา"),
    about: Text::of("For how many days things are kept.", "จำนวนวันที่เก็บข้อมูลแต่ละอย่าง"),
    fields: FIELDS,
    check: anything,
};

const FIELDS: &[Field] = &[
    field::integer("files", "Imported files, days", 1, LONGEST)
        .th("ไฟล์ที่นำเข้า (วัน)")
        .default("90")
        .help("Files that were imported are kept so long.")
        .help_th("เก็บไฟล์ที่นำเข้าไว้นานเท่านี้")
        .example("90"),
    field::integer("staged_rows", "Rows of imports, days", 1, LONGEST)
        .th("แถวของการนำเข้า (วัน)")
        .default("30")
        .help("An import can be undone for so long.")
        .help_th("เลิกทำการนำเข้าได้ภายในเวลานี้")
        .example("30"),
    field::integer("exports", "Exported files, days", 1, LONGEST)
        .th("ไฟล์ที่ส่งออก (วัน)")
        .default("7")
        .help("Files of exports are kept so long.")
        .help_th("เก็บไฟล์ส่งออกไว้นานเท่านี้")
        .example("7"),
    field::integer("webhook_logs", "Webhooks, days", 1, LONGEST)
        .th("เว็บฮุก (วัน)")
        .default("30")
        .help("Webhooks that came in, and events that were told others, are kept so long.")
        .help_th("เก็บเว็บฮุกที่เข้ามาและเหตุการณ์ที่ส่งออกไว้นานเท่านี้")
        .example("30"),
    field::integer("notifications", "Notifications, days", 1, LONGEST)
        .th("การแจ้งเตือน (วัน)")
        .default("90")
        .help("Notifications are kept so long, read or not.")
        .help_th("เก็บการแจ้งเตือนไว้นานเท่านี้ ไม่ว่าจะอ่านแล้วหรือไม่")
        .example("90"),
    field::integer("emails", "Mails, days", 1, LONGEST)
        .th("อีเมล (วัน)")
        .default("90")
        .help("Mails that were sent or given up are kept so long.")
        .help_th("เก็บอีเมลที่ส่งแล้วหรือเลิกส่งไว้นานเท่านี้")
        .example("90"),
    field::integer("job_runs", "Background jobs, days", 1, LONGEST)
        .th("งานเบื้องหลัง (วัน)")
        .default("14")
        .help("Attempts at background jobs are kept so long.")
        .help_th("เก็บประวัติงานเบื้องหลังไว้นานเท่านี้")
        .example("14"),
    field::integer("audit", "Audit trail, days", 1, LONGEST)
        .th("บันทึกการตรวจสอบ (วัน)")
        .default("400")
        .help("After so long the audit trail goes to its archive.")
        .help_th("หลังเวลานี้บันทึกการตรวจสอบจะย้ายไปคลังเก็บ")
        .example("400"),
    field::integer("snapshots", "Integrity checks, days", 1, LONGEST)
        .th("ผลตรวจความถูกต้อง (วัน)")
        .default("90")
        .help("Outcomes of integrity checks are kept so long.")
        .help_th("เก็บผลตรวจความถูกต้องไว้นานเท่านี้")
        .example("90"),
];

/// The longest that may be asked for, in days: ten years.
const LONGEST: i64 = 3_650;
