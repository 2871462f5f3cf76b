//! Background jobs, their runs and schedules.

use crate::{
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const JOBS_STATUS: &[Choice] = &[
    choice("pending", "Pending", "รอ"),
    choice("processing", "Processing", "กำลังทำ"),
    choice("completed", "Completed", "เสร็จ"),
    choice("failed", "Failed", "ล้มเหลว"),
    choice("cancelled", "Cancelled", "ยกเลิก"),
];

/// Work in the queue.
pub static JOBS: Entity = Entity::new("jobs", "job", Area::Integrations, Class::System)
    .labels(Text::of("Background job", "งานเบื้องหลัง"), Text::of("Background jobs", "งานเบื้องหลัง"))
    .about("Work in the queue.")
    .fields(&[
        field::code("type", "Type").th("ชนิด").required().listed().example("import.commit"),
        field::json("payload", "Payload").th("ข้อมูล").default("{}"),
        field::select("status", "Status", JOBS_STATUS)
            .th("สถานะ")
            .default("\"pending\"")
            .listed()
            .example("completed"),
        field::integer("priority", "Priority", -1000000, 1000000)
            .th("ลำดับความสำคัญ")
            .default("0")
            .listed()
            .help("Higher comes first.")
            .example("10")
            .or(&["Rank", "Precedence", "Order", "ความสำคัญ"]),
        field::timestamp("run_at", "Runs at").th("ทำงานเมื่อ").default(field::NOW).listed(),
        field::integer("attempts", "Attempts", 0, i32::MAX as i64)
            .th("จำนวนครั้งที่ทำ")
            .default("0")
            .listed()
            .example("1"),
        field::integer("max_attempts", "Most attempts", 1, i32::MAX as i64)
            .th("จำนวนครั้งสูงสุด")
            .default("3")
            .example("3"),
        field::text("unique_key", "Unique key").th("คีย์เฉพาะ"),
        field::text("worker", "Worker").th("ผู้ทำงาน"),
        field::json("progress", "Progress").th("ความคืบหน้า").help("How far the present attempt is."),
        field::json("result", "Result").th("ผลลัพธ์"),
        field::paragraph("error", "Error").th("ข้อผิดพลาด"),
        field::timestamp("started_at", "Started").th("เริ่มเมื่อ").example("2026-01-31T09:30:00Z"),
        field::timestamp("completed_at", "Completed").th("เสร็จเมื่อ").indexed().example("2026-01-31T09:30:00Z"),
    ])
    .children(&[child("runs", "job_runs", "job_id")])
    .unversioned()
    .without_creation_index()
    .internal(&["lease", "lease_until", "waiting"])
    .read_only();

const JOB_RUNS_STATUS: &[Choice] = &[
    choice("processing", "Processing", "กำลังทำ"),
    choice("completed", "Completed", "เสร็จ"),
    choice("failed", "Failed", "ล้มเหลว"),
    choice("cancelled", "Cancelled", "ยกเลิก"),
    choice("lost", "Lost", "ขาดการติดต่อ"),
];

/// One attempt at a background job.
pub static JOB_RUNS: Entity = Entity::new("job_runs", "job_run", Area::Integrations, Class::System)
    .labels(Text::of("Job run", "รอบการทำงาน"), Text::of("Job runs", "รอบการทำงาน"))
    .about("One attempt at a background job.")
    .fields(&[
        field::link("job_id", "Job", "jobs")
            .th("งาน")
            .required()
            .listed()
            .sortable()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        field::code("type", "Type").th("ชนิด").required().example("import.commit"),
        field::integer("attempt", "Attempt", 0, i32::MAX as i64).th("ครั้งที่").required().listed().example("1"),
        field::select("status", "Status", JOB_RUNS_STATUS)
            .th("สถานะ")
            .default("\"processing\"")
            .listed()
            .example("completed"),
        field::text("worker", "Worker").th("ผู้ทำงาน"),
        field::timestamp("started_at", "Started")
            .th("เริ่มเมื่อ")
            .default(field::NOW)
            .listed()
            .sortable()
            .example("2026-01-31T09:30:00Z"),
        field::timestamp("completed_at", "Completed").th("เสร็จเมื่อ").listed().example("2026-01-31T09:30:00Z"),
        field::json("result", "Result").th("ผลลัพธ์"),
        field::paragraph("error", "Error").th("ข้อผิดพลาด"),
        field::paragraph("log", "Log").th("บันทึก").help("What the handler wrote down."),
    ])
    .unversioned()
    .without(&["created_at", "updated_at", "created_by"])
    .read_only();

/// A background job made again and again.
pub static JOB_SCHEDULES: Entity =
    Entity::new("job_schedules", "job_schedule", Area::Integrations, Class::Staff)
        .labels(Text::of("Schedule", "กำหนดการ"), Text::of("Schedules", "กำหนดการ"))
        .about("A background job made again and again.")
        .fields(&[
            field::code("code", "Code").th("รหัส").required().listed().sortable().example("expire_orders"),
            field::code("type", "Type").th("ชนิด").required().listed().example("orders.expire"),
            field::text("cron", "Schedule")
                .th("กำหนดการ")
                .required()
                .listed()
                .help("Minute, hour, day, month, weekday in the time zone.")
                .example("0 2 * * *"),
            field::text("time_zone", "Time zone")
                .th("เขตเวลา")
                .default("\"UTC\"")
                .listed()
                .example("Asia/Bangkok"),
            field::boolean("enabled", "Enabled").th("เปิดใช้").default("true").listed().example("true"),
            field::timestamp("last_slot_at", "Last run").th("ครั้งล่าสุด").read_only(),
            field::timestamp("next_slot_at", "Next run").th("ครั้งถัดไป").read_only().listed(),
        ])
        .keys(&[key("job_schedules_code_key", &["code"])])
        .named_by(&["code"])
        .checks(&[Check { constraint: None, run: super::cron::check }])
        .without_creation_index()
        .internal(&["payload"]);
