//! Training workflows.

use crate::{
    entity::{Area, Class, Entity, key},
    field::{self, Choice, Text, choice},
};

const TRAINING_WORKFLOWS_STATUS: &[Choice] = &[
    choice("AWAITING_DOCUMENTS", "Awaiting documents", "รอเอกสาร").or(&["waiting for documents", "new"]),
    choice("DOCUMENTS_RECEIVED", "Documents received", "ได้รับเอกสารแล้ว").or(&["documents in"]),
    choice("TRAINING_IN_PROGRESS", "Training in progress", "กำลังอบรม").or(&["in progress", "training"]),
    choice("TRAINING_COMPLETED", "Training completed", "อบรมเสร็จแล้ว").or(&["trained"]),
    choice("COMPLETED", "Completed", "เสร็จสิ้น").or(&["done", "closed", "finished"]),
];

/// From papers to trained people, one per service job.
pub static TRAINING_WORKFLOWS: Entity =
    Entity::new("training_workflows", "training_workflow", Area::Service, Class::Staff)
        .labels(Text::of("Training workflow", "ขั้นตอนการอบรม"), Text::of("Training workflows", "ขั้นตอนการอบรม"))
        .about("From papers to trained people, one per service job.")
        .fields(&[
            field::link("service_job_id", "Service job", "service_jobs")
                .th("งานบริการ")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&["Job", "Booking", "งาน"]),
            field::select("status", "Status", TRAINING_WORKFLOWS_STATUS)
                .th("สถานะ")
                .default("\"AWAITING_DOCUMENTS\"")
                .listed()
                .sortable()
                .example("DOCUMENTS_RECEIVED")
                .or(&["Training status", "State", "สถานะการอบรม"]),
            field::boolean("documents_received", "Documents are in")
                .th("เอกสารครบ")
                .default("false")
                .listed()
                .example("true")
                .or(&["Has documents", "Papers received"]),
            field::boolean("training_completed", "Training is done")
                .th("อบรมครบ")
                .default("false")
                .listed()
                .example("false")
                .or(&["Trained"]),
            field::paragraph("notes", "Notes")
                .th("หมายเหตุ")
                .example("Two of five certificates are missing")
                .or(&["Note", "Comments", "Remarks", "บันทึก"]),
        ])
        .keys(&[key("training_workflows_service_job_id_key", &["service_job_id"])])
        .owner(&["service_job_id", "customer_id", "owner_id"]);
