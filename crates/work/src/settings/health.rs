//! From which score an account is healthy, and what counts as a risk.

use model::{
    Document,
    field::{self, Field, Text},
    problem::FieldError,
    value,
};
use serde::Deserialize;
use serde_json::Value;

use super::{Described, Group};

/// From which score an account is healthy, and what counts as a risk.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Health {
    /// The least score of band HEALTHY.
    pub healthy_from: u32,
    /// The least score of band WATCH.
    pub watch_from: u32,
    /// Percent below the account's own baseline.
    pub revenue_drop_percent: u32,
    /// Orders needed for a score.
    pub fewest_orders: u32,
    /// Days beyond the expected next order.
    pub overdue_days: u32,
}

impl Group for Health {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "health",
    label: Text::of("Account health", "สุขภาพบัญชี"),
    about: Text::of(
        "From which score an account is healthy, and what counts as a risk.",
        "คะแนนที่ถือว่าบัญชีแข็งแรง และสิ่งที่ถือเป็นความเสี่ยง",
    ),
    fields: FIELDS,
    check,
};

const FIELDS: &[Field] = &[
    field::integer("healthy_from", "Healthy from", 1, 100)
        .th("แข็งแรงตั้งแต่")
        .default("70")
        .help("The least score of band HEALTHY.")
        .help_th("คะแนนต่ำสุดของระดับ HEALTHY")
        .example("70"),
    field::integer("watch_from", "To be watched from", 0, 99)
        .th("เฝ้าระวังตั้งแต่")
        .default("40")
        .help("The least score of band WATCH; below it an account is AT_RISK.")
        .help_th("คะแนนต่ำสุดของระดับ WATCH ต่ำกว่านี้คือ AT_RISK")
        .example("40"),
    field::integer("revenue_drop_percent", "Drop of revenue, percent", 1, 100)
        .th("รายได้ลดลง (ร้อยละ)")
        .default("15")
        .help("A drop below the account's own baseline from which it is a risk.")
        .help_th("รายได้ที่ลดลงจากฐานของบัญชีเองซึ่งถือเป็นความเสี่ยง")
        .example("15"),
    field::integer("fewest_orders", "Fewest orders", 2, 50)
        .th("จำนวนคำสั่งซื้อขั้นต่ำ")
        .default("3")
        .help("With fewer orders there is not enough data for a score.")
        .help_th("ถ้ามีคำสั่งซื้อน้อยกว่านี้ ข้อมูลไม่พอให้คะแนน")
        .example("3"),
    field::integer("overdue_days", "Overdue by, days", 0, 365)
        .th("เกินรอบ (วัน)")
        .default("2")
        .help("An account is at risk so many days after its next order was to be expected.")
        .help_th("บัญชีมีความเสี่ยงเมื่อเลยวันที่คาดว่าจะสั่งครั้งถัดไปเท่านี้")
        .example("2"),
];

/// The bands do not overlap.
fn check(values: &Document) -> Vec<FieldError> {
    let number = |name: &str| values.get(name).and_then(Value::as_i64).unwrap_or_default();
    if number("watch_from") < number("healthy_from") {
        return vec![];
    }
    let message = "The band WATCH begins below HEALTHY: `watch_from` is less than `healthy_from`.";
    vec![FieldError::new("watch_from", &value::codes::INCONSISTENT, message).value(number("watch_from"))]
}
