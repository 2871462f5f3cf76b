//! How orders become invoices.

use model::field::{self, Choice, Field, Text, choice};
use serde::Deserialize;

use super::{Described, Group, anything};

/// How orders become invoices.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Orders {
    /// Which quantity is invoiced.
    pub invoice_on: InvoiceOn,
}

impl Group for Orders {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "orders",
    label: Text::of("Orders", "คำสั่งซื้อ"),
    about: Text::of("How orders become invoices.", "คำสั่งซื้อกลายเป็นใบแจ้งหนี้อย่างไร"),
    fields: FIELDS,
    check: anything,
};

const FIELDS: &[Field] = &[field::select("invoice_on", "Invoice on", INVOICE_ON)
    .th("ออกใบแจ้งหนี้ตาม")
    .default("\"ordered\"")
    .help("Whether what was ordered is invoiced, or what was delivered.")
    .help_th("ออกใบแจ้งหนี้ตามจำนวนที่สั่งหรือที่ส่งแล้ว")
    .example("ordered")];

const INVOICE_ON: &[Choice] = &[
    choice("ordered", "Ordered quantity", "จำนวนที่สั่ง"),
    choice("delivered", "Delivered quantity", "จำนวนที่ส่งแล้ว"),
];

/// Which quantity is invoiced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceOn {
    /// What was ordered.
    Ordered,
    /// What was delivered.
    Delivered,
}
