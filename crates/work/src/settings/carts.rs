//! How long carts and the stock held for them are kept.

use model::field::{self, Field, Text};
use serde::Deserialize;

use super::{Described, Group, anything};

/// How long carts and the stock held for them are kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Carts {
    /// Hours until an empty cart ends.
    pub empty_hours: u32,
    /// Days until a portal user's cart ends.
    pub portal_days: u32,
    /// Minutes for which stock is held.
    pub hold_minutes: u32,
}

impl Group for Carts {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "carts",
    label: Text::of("Carts", "ตะกร้า"),
    about: Text::of("How long carts and the stock held for them are kept.", "ระยะเวลาที่เก็บตะกร้าและสต็อกที่กันไว้"),
    fields: FIELDS,
    check: anything,
};

const FIELDS: &[Field] = &[
    field::integer("empty_hours", "Empty carts, hours", 1, 720)
        .th("ตะกร้าว่าง (ชั่วโมง)")
        .default("6")
        .help("An empty cart ends so long after its last change.")
        .help_th("ตะกร้าว่างหมดอายุหลังการแก้ไขล่าสุด")
        .example("6"),
    field::integer("portal_days", "Carts of portal users, days", 1, 365)
        .th("ตะกร้าของผู้ใช้พอร์ทัล (วัน)")
        .default("90")
        .help("A portal user's cart ends so long after its last change.")
        .help_th("ตะกร้าของผู้ใช้พอร์ทัลหมดอายุหลังการแก้ไขล่าสุด")
        .example("90"),
    field::integer("hold_minutes", "Stock held, minutes", 1, 1440)
        .th("กันสต็อก (นาที)")
        .default("30")
        .help("Stock is held for a cart so long; then the cart stays and the stock is free.")
        .help_th("กันสต็อกให้ตะกร้าไว้เท่านี้ หลังจากนั้นตะกร้ายังอยู่แต่สต็อกว่าง")
        .example("30"),
];
