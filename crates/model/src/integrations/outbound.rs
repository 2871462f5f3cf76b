//! Outbound webhooks: events, who is told of them, and how that went.

use serde_json::Value;

use crate::{
    Document,
    entity::{Area, Check, Class, Entity, child, key},
    event::is_filter,
    field::{self, Choice, Text, choice},
    problem::FieldError,
    value::codes,
};

const EXAMPLE_ID: &str = "0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00";
const EXAMPLE_TIME: &str = "2026-01-31T09:30:00Z";

const EVENTS_STATE: &[Choice] =
    &[choice("pending", "Pending", "รอส่งต่อ"), choice("done", "Handed on", "ส่งต่อแล้ว")];

/// A fact that committed together with the change it tells of.
pub static WEBHOOK_EVENTS: Entity =
    Entity::new("webhook_events", "webhook_event", Area::Integrations, Class::System)
        .labels(Text::of("Event", "เหตุการณ์"), Text::of("Events", "เหตุการณ์"))
        .about("Something that happened to a record; it commits together with the change.")
        .fields(&[
            field::code("type", "Type").th("ชนิด").required().listed().example("customer.updated"),
            field::code("entity", "Entity").th("ชนิดข้อมูล").required().listed().example("customers"),
            field::id("entity_id", "Record").th("รายการ").listed().example(EXAMPLE_ID),
            field::json("payload", "Payload").th("ข้อมูล").default("{}"),
            field::select("state", "State", EVENTS_STATE)
                .th("สถานะ")
                .default("\"pending\"")
                .listed()
                .example("done")
                .help("Pending until it is handed to the subscriptions."),
        ])
        .children(&[child("deliveries", "webhook_deliveries", "event_id")])
        .unversioned()
        .without_creation_index()
        .read_only();

const SUBSCRIPTIONS_STATUS: &[Choice] =
    &[choice("active", "Active", "ใช้งาน"), choice("disabled", "Disabled", "ปิดใช้งาน")];

/// An endpoint and the events it is told.
pub static WEBHOOK_SUBSCRIPTIONS: Entity =
    Entity::new("webhook_subscriptions", "webhook_subscription", Area::Integrations, Class::Staff)
        .labels(
            Text::of("Webhook subscription", "การสมัครรับเว็บฮุก"),
            Text::of("Webhook subscriptions", "การสมัครรับเว็บฮุก"),
        )
        .about("An endpoint of other software and the events it is told. Its secret is shown once, when it is made or rotated.")
        .fields(&[
            field::text("name", "Name").th("ชื่อ").required().listed().sortable().example("ERP"),
            field::url("url", "Address")
                .th("ที่อยู่")
                .required()
                .listed()
                .help("Where events are posted to: https, and no private address.")
                .example("https://erp.example.com/hooks/tenantry"),
            field::tags("event_types", "Events")
                .th("เหตุการณ์")
                .required()
                .listed()
                .help("Names of events; `customer.*` is every event of customers, `*` every event there is.")
                .example("customer.*, import.completed"),
            field::paragraph("description", "Description").th("คำอธิบาย"),
            field::select("status", "Status", SUBSCRIPTIONS_STATUS)
                .th("สถานะ")
                .default("\"active\"")
                .read_only()
                .listed()
                .example("active"),
            field::timestamp("disabled_at", "Disabled at").th("ปิดเมื่อ").read_only().example(EXAMPLE_TIME),
            field::text("disabled_reason", "Why it is disabled").th("เหตุที่ปิด").read_only(),
            field::timestamp("former_secret_until", "Former secret signs until")
                .th("รหัสลับเดิมใช้ได้ถึง")
                .read_only()
                .example(EXAMPLE_TIME),
        ])
        .keys(&[key("webhook_subscriptions_name_key", &["name"])])
        .named_by(&["name"])
        .children(&[
            child("deliveries", "webhook_deliveries", "subscription_id"),
            child("attempts", "webhook_attempts", "subscription_id"),
            child("failures", "webhook_failures", "subscription_id"),
        ])
        .checks(&[Check { constraint: None, run: filter_errors }])
        .internal(&["secret", "former_secret"]);

/// Filters that no event can pass.
fn filter_errors(record: &Document) -> Vec<FieldError> {
    let Some(Value::Array(filters)) = record.get("event_types") else { return vec![] };
    let bad = filters.iter().filter_map(Value::as_str).filter(|filter| !is_filter(filter));
    bad.map(|filter| {
        let message = format!(
            "`{filter}` is no event. Write one such as `customer.updated`, `customer.*` for all of an entity, or `*` for all \
             there are; GET /api/v1/event-types lists them."
        );
        FieldError::new("event_types", &codes::INCONSISTENT, message)
    })
    .collect()
}

/// An endpoint's run of failures.
pub static WEBHOOK_FAILURES: Entity =
    Entity::new("webhook_failures", "webhook_failure", Area::Integrations, Class::System)
        .labels(
            Text::of("Failing endpoint", "ปลายทางที่ล้มเหลว"),
            Text::of("Failing endpoints", "ปลายทางที่ล้มเหลว"),
        )
        .about("An endpoint's failures since its last success; a success removes it. After five days of nothing but failures the endpoint is disabled.")
        .fields(&[
            field::link("subscription_id", "Subscription", "webhook_subscriptions")
                .th("การสมัครรับ")
                .required()
                .listed()
                .indexed()
                .example(EXAMPLE_ID),
            field::integer("failures", "Failures", 1, i32::MAX as i64)
                .th("จำนวนครั้งที่ล้มเหลว")
                .required()
                .listed()
                .example("7"),
            field::timestamp("first_failed_at", "First failure").th("ล้มเหลวครั้งแรก").required().listed().example(EXAMPLE_TIME),
            field::timestamp("last_failed_at", "Last failure").th("ล้มเหลวล่าสุด").required().listed().example(EXAMPLE_TIME),
            field::timestamp("clock_started_at", "Nothing but failures since")
                .th("ล้มเหลวต่อเนื่องตั้งแต่")
                .listed()
                .example(EXAMPLE_TIME),
            field::paragraph("last_error", "Last error").th("ข้อผิดพลาดล่าสุด"),
        ])
        .keys(&[key("webhook_failures_subscription_id_key", &["subscription_id"])])
        .unversioned()
        .without_creation_index()
        .read_only();

const DELIVERIES_STATE: &[Choice] = &[
    choice("pending", "Pending", "รอส่ง"),
    choice("delivered", "Delivered", "ส่งถึงแล้ว"),
    choice("failed", "Failed", "ล้มเหลว"),
    choice("cancelled", "Cancelled", "ยกเลิก"),
];

/// One event on its way to one endpoint.
pub static WEBHOOK_DELIVERIES: Entity = Entity::new(
    "webhook_deliveries",
    "webhook_delivery",
    Area::Integrations,
    Class::System,
)
.labels(Text::of("Delivery", "การส่ง"), Text::of("Deliveries", "การส่ง"))
.about("One event on its way to one endpoint, tried until it answers with a 2xx or ten attempts have failed.")
.fields(&[
    field::link("subscription_id", "Subscription", "webhook_subscriptions")
        .th("การสมัครรับ")
        .required()
        .listed()
        .indexed()
        .example(EXAMPLE_ID),
    field::link("event_id", "Event", "webhook_events")
        .th("เหตุการณ์")
        .required()
        .listed()
        .indexed()
        .example(EXAMPLE_ID),
    field::select("state", "State", DELIVERIES_STATE)
        .th("สถานะ")
        .default("\"pending\"")
        .listed()
        .sortable()
        .example("delivered"),
    field::integer("attempts", "Attempts", 0, i32::MAX as i64)
        .th("จำนวนครั้งที่ส่ง")
        .default("0")
        .listed()
        .example("1"),
    field::timestamp("next_attempt_at", "Next attempt").th("ส่งครั้งถัดไป").listed(),
    field::integer("last_status", "Last answer", 100, i32::MAX as i64)
        .th("คำตอบล่าสุด")
        .listed()
        .example("200"),
    field::paragraph("last_error", "Last error").th("ข้อผิดพลาดล่าสุด"),
    field::timestamp("completed_at", "Completed").th("เสร็จเมื่อ").example(EXAMPLE_TIME),
])
.keys(&[key("webhook_deliveries_subscription_id_event_id_key", &["subscription_id", "event_id"])])
.children(&[child("attempts", "webhook_attempts", "delivery_id")])
.unversioned()
.without_creation_index()
.internal(&["lease"])
.read_only();

const ATTEMPTS_OUTCOME: &[Choice] =
    &[choice("delivered", "Delivered", "ส่งถึงแล้ว"), choice("failed", "Failed", "ล้มเหลว")];

/// One try of a delivery.
pub static WEBHOOK_ATTEMPTS: Entity =
    Entity::new("webhook_attempts", "webhook_attempt", Area::Integrations, Class::System)
        .labels(Text::of("Delivery attempt", "ครั้งที่ส่ง"), Text::of("Delivery attempts", "ครั้งที่ส่ง"))
        .about("One try of a delivery: what was sent, what came back, how long it took.")
        .fields(&[
            field::link("delivery_id", "Delivery", "webhook_deliveries")
                .th("การส่ง")
                .required()
                .listed()
                .indexed()
                .example(EXAMPLE_ID),
            field::link("subscription_id", "Subscription", "webhook_subscriptions")
                .th("การสมัครรับ")
                .required()
                .listed()
                .indexed()
                .example(EXAMPLE_ID),
            field::integer("attempt", "Attempt", 0, i32::MAX as i64)
                .th("ครั้งที่")
                .required()
                .listed()
                .example("1"),
            field::select("outcome", "Outcome", ATTEMPTS_OUTCOME)
                .th("ผล")
                .required()
                .listed()
                .example("delivered"),
            field::integer("response_status", "Answer", 100, i32::MAX as i64)
                .th("คำตอบ")
                .listed()
                .example("200"),
            field::integer("duration_ms", "Milliseconds", 0, i32::MAX as i64)
                .th("มิลลิวินาที")
                .required()
                .listed()
                .example("42"),
            field::paragraph("error", "Error").th("ข้อผิดพลาด"),
            field::text("url", "Address")
                .th("ที่อยู่")
                .required()
                .example("https://erp.example.com/hooks/tenantry"),
            field::json("request_headers", "Request headers").th("ส่วนหัวคำขอ").default("{}"),
            field::json("response_headers", "Response headers").th("ส่วนหัวคำตอบ"),
            field::paragraph("response_body", "Response").th("เนื้อหาคำตอบ").help("Its first 4 KiB."),
            field::timestamp("started_at", "Started")
                .th("เริ่มเมื่อ")
                .default(field::NOW)
                .listed()
                .example(EXAMPLE_TIME),
        ])
        .unversioned()
        .without(&["created_at", "updated_at", "created_by"])
        .read_only();
