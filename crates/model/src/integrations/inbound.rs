//! Inbound webhooks: sources, what they sent, and what could not be processed.

use super::payload;
use crate::{
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const WEBHOOK_SOURCES_KIND: &[Choice] = &[
    choice("n8n", "n8n", "n8n"),
    choice("line", "LINE Official Account", "LINE Official Account").or(&["line oa"]),
    choice("generic", "Generic", "ทั่วไป").or(&["standard webhooks", "other"]),
];

/// A sender of webhooks and how its requests are verified and understood.
pub static WEBHOOK_SOURCES: Entity =
    Entity::new("webhook_sources", "webhook_source", Area::Integrations, Class::Staff)
        .labels(Text::of("Webhook source", "แหล่งเว็บฮุก"), Text::of("Webhook sources", "แหล่งเว็บฮุก"))
        .about("A sender of webhooks and how its requests are verified and understood.")
        .fields(&[
            field::code("code", "Code")
                .th("รหัส")
                .required()
                .listed()
                .sortable()
                .help("Its name in the address `/hooks/{tenant}/{code}`.")
                .example("booking-form"),
            field::text("name", "Name").th("ชื่อ").required().listed().example("Booking form"),
            field::select("kind", "Kind", WEBHOOK_SOURCES_KIND)
                .th("ประเภท")
                .required()
                .once()
                .listed()
                .example("n8n"),
            field::boolean("enabled", "Enabled")
                .th("เปิดใช้")
                .default("true")
                .listed()
                .help("A source that is not enabled is refused as an unknown one is.")
                .example("true"),
            field::json("mapping", "Mapping")
                .th("การจับคู่ข้อมูล")
                .default("{}")
                .help("Of a generic source: by event type the action and the paths of its fields."),
            field::json("payload_schema", "Payload schema")
                .th("รูปแบบข้อมูล")
                .default("{}")
                .help("By path what the payload must hold there: a kind, or `{kind, required}`."),
            field::timestamp("former_secret_until", "Former secret is valid until")
                .th("รหัสลับเดิมใช้ได้ถึง")
                .read_only(),
        ])
        .keys(&[key("webhook_sources_code_key", &["code"])])
        .named_by(&["code", "name"])
        .children(&[
            child("logs", "webhook_logs", "source_id"),
            child("failed", "failed_webhooks", "source_id"),
        ])
        .checks(&[
            Check { constraint: None, run: payload::mapping_errors },
            Check { constraint: None, run: payload::schema_errors },
        ])
        .internal(&["secret", "former_secret"]);

const WEBHOOK_LOGS_STATUS: &[Choice] = &[
    choice("RECEIVED", "Received", "ได้รับแล้ว"),
    choice("PROCESSING", "Processing", "กำลังทำ"),
    choice("PROCESSED", "Processed", "ทำแล้ว"),
    choice("FAILED", "Failed", "ล้มเหลว"),
    choice("RETRY_NEEDED", "Retry needed", "ต้องลองใหม่"),
];

/// An inbound event as it was received, and what became of it.
pub static WEBHOOK_LOGS: Entity =
    Entity::new("webhook_logs", "webhook_log", Area::Integrations, Class::System)
        .labels(Text::of("Webhook log", "บันทึกเว็บฮุก"), Text::of("Webhook logs", "บันทึกเว็บฮุก"))
        .about("An inbound event as it was received, and what became of it.")
        .fields(&[
            field::link("source_id", "Source", "webhook_sources")
                .th("แหล่ง")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
            field::id("request_id", "Request")
                .th("คำขอ")
                .required()
                .help("The events of one request share it.")
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
            field::text("delivery_id", "Delivery")
                .th("การส่ง")
                .required()
                .help("The sender's id of the event; the same one again has no second effect.")
                .example("01FZ74A0TDDPYRVKNK77XKC3ZR"),
            field::text("event_type", "Event type").th("ชนิดเหตุการณ์").listed().example("message"),
            field::text("workflow_id", "Workflow").th("เวิร์กโฟลว์").example("wf-42"),
            field::text("execution_id", "Execution").th("การทำงาน").example("1018"),
            field::json("headers", "Headers")
                .th("ส่วนหัว")
                .default("{}")
                .help("Secrets and signatures are left out."),
            field::json("payload", "Payload").th("ข้อมูล"),
            field::select("status", "Status", WEBHOOK_LOGS_STATUS)
                .th("สถานะ")
                .default("\"RECEIVED\"")
                .listed()
                .indexed()
                .example("PROCESSED"),
            field::timestamp("received_at", "Received").th("ได้รับเมื่อ").default(field::NOW).listed(),
            field::timestamp("processed_at", "Processed")
                .th("ทำเมื่อ")
                .listed()
                .indexed()
                .example("2026-01-31T09:30:00Z"),
            field::paragraph("error_message", "Error").th("ข้อผิดพลาด"),
            field::integer("retry_count", "Failed tries", 0, i32::MAX as i64)
                .th("จำนวนครั้งที่ล้มเหลว")
                .default("0")
                .example("0"),
            field::json("outcome", "Outcome").th("ผลลัพธ์").help("What was made or changed."),
        ])
        .unversioned()
        .without(&["created_at", "updated_at", "created_by"])
        .internal(&["raw_body"])
        .read_only();

/// An event in the dead-letter queue: mended and replayed, or left.
pub static FAILED_WEBHOOKS: Entity =
    Entity::new("failed_webhooks", "failed_webhook", Area::Integrations, Class::Staff)
        .labels(Text::of("Failed webhook", "เว็บฮุกที่ล้มเหลว"), Text::of("Failed webhooks", "เว็บฮุกที่ล้มเหลว"))
        .about("An event in the dead-letter queue: mended and replayed, or left.")
        .fields(&[
            field::id("original_log_id", "Webhook log")
                .th("บันทึกเว็บฮุก")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
            field::link("source_id", "Source", "webhook_sources")
                .th("แหล่ง")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
            field::json("payload", "Payload").th("ข้อมูล").help("What a replay processes."),
            field::json("error_details", "Reason")
                .th("เหตุผล")
                .default("{}")
                .listed()
                .help("Code and detail of the last failure, and its field errors."),
            field::timestamp("retry_after", "Replayed after")
                .th("ลองใหม่หลัง")
                .listed()
                .help("When it is replayed by itself; empty: by hand alone.")
                .example("2026-01-31T09:30:00Z"),
            field::boolean("manual_review", "Needs a person")
                .th("ต้องตรวจเอง")
                .default("false")
                .listed()
                .example("true"),
            field::integer("replays", "Replays", 0, i32::MAX as i64)
                .th("จำนวนครั้งที่ลองใหม่")
                .default("0")
                .example("1"),
            field::timestamp("resolved_at", "Resolved")
                .th("แก้ไขเมื่อ")
                .listed()
                .example("2026-01-31T09:30:00Z"),
        ])
        .keys(&[key("failed_webhooks_original_log_id_key", &["original_log_id"])])
        .permanent()
        .read_only();
