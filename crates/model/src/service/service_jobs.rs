//! Service jobs.

use crate::{
    entity::{Area, Class, Entity, child},
    field::{self, Choice, Text, choice},
};

const SERVICE_JOBS_STATUS: &[Choice] = &[
    choice("NEW", "New", "ใหม่").or(&["open", "booked", "scheduled", "pending", "จองแล้ว"]),
    choice("IN_PROGRESS", "In progress", "กำลังดำเนินการ").or(&["started", "ongoing", "doing", "กำลังทำ"]),
    choice("COMPLETED", "Completed", "เสร็จสิ้น").or(&["done", "complete", "finished", "closed", "เสร็จแล้ว"]),
    choice("CANCELLED", "Cancelled", "ยกเลิก").or(&["canceled", "void"]),
    choice("ON_HOLD", "On hold", "พักไว้").or(&["hold", "paused", "waiting", "ระงับ"]),
];

const PRIORITY: &[Choice] = &[
    choice("LOW", "Low", "ต่ำ").or(&["minor"]),
    choice("MEDIUM", "Medium", "ปานกลาง").or(&["normal", "standard", "ปกติ"]),
    choice("HIGH", "High", "สูง").or(&["important", "สำคัญ"]),
    choice("URGENT", "Urgent", "ด่วน").or(&["critical", "emergency", "ด่วนมาก"]),
];

/// A booking or piece of work at a customer.
pub static SERVICE_JOBS: Entity =
    Entity::new("service_jobs", "service_job", Area::Service, Class::Staff)
        .labels(Text::of("Service job", "งานบริการ"), Text::of("Service jobs", "งานบริการ"))
        .about("A booking or piece of work at a customer.")
        .fields(&[
            field::link("customer_id", "Customer", "customers")
                .th("ลูกค้า")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Customer code", "Customer name", "Customer no", "Customer number", "Client",
                    "Client name", "Account", "Account name", "Account code", "รหัสลูกค้า", "ชื่อลูกค้า",
                ]),
            field::link("assigned_to_id", "Assigned to", "users").th("ผู้รับผิดชอบ").listed().indexed().or(&[
                "Assignee", "Technician", "Cleaner", "Team leader", "Responsible", "พนักงาน", "มอบหมายให้",
            ]),
            field::text("service_type", "Service")
                .th("บริการ")
                .required()
                .listed()
                .sortable()
                .example("Deep cleaning")
                .or(&[
                    "Service name", "Type of service", "Job type", "Type", "Booking type", "ประเภทบริการ",
                    "ประเภทงาน",
                ]),
            field::paragraph("description", "Description")
                .th("รายละเอียด")
                .example("Kitchen and two bathrooms, third floor")
                .or(&["Details", "Job description", "Notes", "Instructions", "หมายเหตุ", "รายละเอียดงาน"]),
            field::select("status", "Status", SERVICE_JOBS_STATUS)
                .th("สถานะ")
                .default("\"NEW\"")
                .listed()
                .sortable()
                .example("NEW")
                .or(&["Job status", "Booking status", "State", "สถานะงาน"]),
            field::select("priority", "Priority", PRIORITY)
                .th("ความสำคัญ")
                .default("\"MEDIUM\"")
                .listed()
                .example("HIGH")
                .or(&["Urgency", "Importance", "ลำดับความสำคัญ", "ความเร่งด่วน"]),
            field::timestamp("scheduled_at", "Scheduled")
                .th("นัดหมาย")
                .listed()
                .sortable()
                .example("2026-01-31T09:30:00Z")
                .or(&[
                    "Scheduled for", "Appointment", "Booking date", "Service date", "Visit date", "Start",
                    "วันนัด", "วันที่นัด", "วันที่ให้บริการ",
                ]),
            field::timestamp("completed_at", "Completed")
                .th("เสร็จเมื่อ")
                .example("2026-01-31T12:00:00Z")
                .or(&["Completion date", "Finished at", "Done at", "วันที่เสร็จ"]),
            field::code("n8n_workflow_id", "n8n workflow")
                .th("เวิร์กโฟลว์ n8n")
                .read_only()
                .help("The n8n workflow that made it.")
                .example("wf-42"),
            field::json("webhook_data", "Webhook data")
                .th("ข้อมูลจากเว็บฮุก")
                .read_only()
                .help("What the last webhook about it said."),
            field::id("webhook_log_id", "Webhook log")
                .th("บันทึกเว็บฮุก")
                .read_only()
                .help("The last webhook about it."),
        ])
        .named_by(&["service_type"])
        .searchable()
        .children(&[
            child("quality_checks", "quality_checks", "service_job_id"),
            child("training_workflows", "training_workflows", "service_job_id"),
        ])
        .owner(&["customer_id", "owner_id"])
        .custom_fields();
