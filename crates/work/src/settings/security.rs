//! How people sign in, and from where.

use model::{
    Document,
    field::{self, Field, Text},
    problem::FieldError,
    value,
};
use serde::Deserialize;
use serde_json::Value;
use std::net::IpAddr;

use crate::outbound::Network;

use super::{Described, Group};

/// How people sign in, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Security {
    /// Fewest characters of a new password.
    pub password_min_length: usize,
    /// Hours after which an unused session ends.
    pub session_idle_hours: i64,
    /// Days after which every session ends.
    pub session_days: i64,
    /// Networks from which the company's own people and programs may come; everywhere where empty.
    pub ip_allow: Vec<String>,
}

impl Group for Security {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "security",
    label: Text::of("Security", "ความปลอดภัย"),
    about: Text::of("How people sign in, and from where.", "การเข้าสู่ระบบและที่มาของการเข้าใช้"),
    fields: FIELDS,
    check,
};

const FIELDS: &[Field] = &[
    field::integer("password_min_length", "Shortest password", 10, 64).th("รหัสผ่านสั้นที่สุด").default("10")
        .help("Fewest characters of a new password.")
        .help_th("จำนวนอักขระน้อยสุดของรหัสผ่านใหม่")
        .example("12"),
    field::integer("session_idle_hours", "Signed out when idle, hours", 1, 2160).th("ออกจากระบบเมื่อไม่ใช้งาน (ชั่วโมง)").default("168")
        .help("A session that is not used ends after so long.")
        .help_th("เซสชันที่ไม่ได้ใช้สิ้นสุดหลังเวลานี้")
        .example("12"),
    field::integer("session_days", "Longest session, days", 1, 365).th("เซสชันนานสุด (วัน)").default("90")
        .help("A session ends after so long, however much it is used.")
        .help_th("เซสชันสิ้นสุดหลังเวลานี้ แม้ยังใช้งานอยู่")
        .example("30"),
    field::tags("ip_allow", "Addresses allowed").th("ที่อยู่ที่อนุญาต").default("[]")
        .help("Networks from which the company's own people and programs may come, as 203.0.113.0/24; everywhere where empty.")
        .help_th("เครือข่ายที่พนักงานและโปรแกรมของบริษัทเข้าใช้ได้ เช่น 203.0.113.0/24 เว้นว่างเพื่ออนุญาตทุกที่")
        .example("203.0.113.0/24"),
];

/// Every entry is a network.
fn check(values: &Document) -> Vec<FieldError> {
    let wrong = networks(values).filter(|text| text.parse::<Network>().is_err());
    wrong
        .map(|text| {
            let message =
                format!("`{text}` is no network: write one such as 203.0.113.0/24 or 2001:db8::/32.");
            FieldError::new("ip_allow", &value::codes::NOT_AN_ADDRESS, message).value(text)
        })
        .collect()
}

/// Whether somebody at this address may come in.
pub(super) fn admits(values: &Document, client: IpAddr) -> bool {
    let texts: Vec<String> = networks(values).map(str::to_owned).collect();
    allowed(&texts, client)
}

/// Whether these networks, where there are any, hold the address. What cannot be read holds none.
pub(crate) fn allowed(networks: &[String], client: IpAddr) -> bool {
    let held = |text: &String| text.parse::<Network>().is_ok_and(|network| network.holds(client));
    networks.is_empty() || networks.iter().any(held)
}

fn networks(values: &Document) -> impl Iterator<Item = &str> {
    values.get("ip_allow").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
