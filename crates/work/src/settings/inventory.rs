//! When stock is promised to orders, and what happens when there is too little.

use model::field::{self, Choice, Field, Text, choice};
use serde::Deserialize;

use super::{Described, Group, anything};

/// When stock is promised to orders, and what happens when there is too little.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Inventory {
    /// When stock is promised.
    pub reserve: Reserve,
    /// What happens when there is too little.
    pub partial: Partial,
}

impl Group for Inventory {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "inventory",
    label: Text::of("Stock", "สต็อก"),
    about: Text::of(
        "When stock is promised to orders, and what happens when there is too little.",
        "เวลาที่จองสต็อกให้คำสั่งซื้อ และสิ่งที่เกิดเมื่อสต็อกไม่พอ",
    ),
    fields: FIELDS,
    check: anything,
};

const FIELDS: &[Field] = &[
    field::select("reserve", "Reserve", RESERVE)
        .th("จองสต็อก")
        .default("\"at_confirmation\"")
        .help("When stock is promised to an order.")
        .help_th("เวลาที่จองสต็อกให้คำสั่งซื้อ")
        .example("at_confirmation"),
    field::select("partial", "Too little stock", PARTIAL)
        .th("สต็อกไม่พอ")
        .default("\"all_or_nothing\"")
        .help("What a confirmation does when there is too little stock.")
        .help_th("สิ่งที่การยืนยันทำเมื่อสต็อกไม่พอ")
        .example("all_or_nothing"),
];

const RESERVE: &[Choice] =
    &[choice("at_confirmation", "At confirmation", "เมื่อยืนยัน"), choice("by_hand", "By hand", "ด้วยตนเอง")];

const PARTIAL: &[Choice] = &[
    choice("all_or_nothing", "All or nothing", "ทั้งหมดหรือไม่เลย"),
    choice("back_order", "Part, the rest as back-order", "บางส่วน ที่เหลือค้างส่ง"),
];

/// When stock is promised to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reserve {
    /// By its confirmation.
    AtConfirmation,
    /// By a person, line by line.
    ByHand,
}

/// What a confirmation does when there is too little stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Partial {
    /// It is refused.
    AllOrNothing,
    /// What is there is promised, the rest is a back-order.
    BackOrder,
}
