//! Tasks.

use crate::{
    entity::{Area, Check, Class, Entity},
    field::{self, Choice, Text, choice},
    problem::FieldError,
    value::codes,
};

const TASKS_STATUS: &[Choice] = &[
    choice("OPEN", "Open", "เปิด").or(&["new", "to do", "not started", "pending"]),
    choice("IN_PROGRESS", "In progress", "กำลังทำ").or(&["started", "doing"]),
    choice("DONE", "Done", "เสร็จ").or(&["completed", "complete", "closed", "finished", "เสร็จสิ้น"]),
    choice("CANCELLED", "Cancelled", "ยกเลิก").or(&["canceled", "dropped"]),
];

const TASKS_PRIORITY: &[Choice] = &[
    choice("LOW", "Low", "ต่ำ").or(&["minor"]),
    choice("MEDIUM", "Medium", "ปานกลาง").or(&["normal", "standard", "ปกติ"]),
    choice("HIGH", "High", "สูง").or(&["important", "สำคัญ"]),
    choice("URGENT", "Urgent", "ด่วน").or(&["critical", "ด่วนมาก"]),
];

/// Something someone is to do, about a record or in general.
pub static TASKS: Entity = Entity::new("tasks", "task", Area::Insight, Class::Staff)
    .labels(Text::of("Task", "งานที่ต้องทำ"), Text::of("Tasks", "งานที่ต้องทำ"))
    .about("Something someone is to do, about a record or in general.")
    .fields(&[
        field::text("title", "Title")
            .th("หัวข้อ")
            .required()
            .listed()
            .example("Call back about the spring list")
            .or(&["Task", "Subject", "To do", "Task name", "เรื่อง", "ชื่องาน"]),
        field::link("assignee_id", "Assignee", "users")
            .th("ผู้รับผิดชอบ")
            .listed()
            .indexed()
            .or(&["Assigned to", "Owner", "Task owner", "Responsible", "User", "มอบหมายให้"]),
        field::date("due_on", "Due")
            .th("ครบกำหนด")
            .listed()
            .sortable()
            .example("2026-01-31")
            .or(&["Due date", "Deadline", "Date due", "กำหนดส่ง", "วันครบกำหนด"]),
        field::select("status", "Status", TASKS_STATUS)
            .th("สถานะ")
            .default("\"OPEN\"")
            .listed()
            .sortable()
            .example("OPEN")
            .or(&["Task status", "State", "สถานะงาน"]),
        field::select("priority", "Priority", TASKS_PRIORITY)
            .th("ความสำคัญ")
            .default("\"MEDIUM\"")
            .listed()
            .example("HIGH")
            .or(&["Urgency", "Importance", "ลำดับความสำคัญ"]),
        field::code("entity", "About a")
            .th("เกี่ยวกับ")
            .help("The kind of record it is about, such as `customers`.")
            .example("customers"),
        field::id("entity_id", "About")
            .th("เรคคอร์ดที่เกี่ยวข้อง")
            .indexed()
            .help("The record it is about.")
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        field::boolean("from_management", "From management")
            .th("จากฝ่ายบริหาร")
            .default("false")
            .listed()
            .example("true")
            .or(&["By management", "From manager"]),
        field::paragraph("notes", "Notes")
            .th("หมายเหตุ")
            .example("Before Friday noon")
            .or(&["Note", "Comments", "Remarks", "Description", "Details", "รายละเอียด"]),
    ])
    .named_by(&["title"])
    .searchable()
    .owner(&["assignee_id"])
    .about_any("entity_id")
    .checks(&[Check {
        constraint: Some("tasks_record_check"),
        run: |doc| match (doc.get("entity"), doc.get("entity_id")) {
            (Some(entity), Some(id)) if entity.is_null() != id.is_null() => {
                let message = "Give `entity` and `entity_id` together, or neither.";
                vec![FieldError::new("entity_id", &codes::INCONSISTENT, message)]
            }
            _ => vec![],
        },
    }]);
