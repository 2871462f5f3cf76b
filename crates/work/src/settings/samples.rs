//! How many samples a sales rep may give away.

use model::field::{self, Choice, Field, Text, choice};
use serde::Deserialize;

use super::{Described, Group, anything};

/// How many samples a sales rep may give away.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Samples {
    /// Samples per sales rep and period.
    pub allowance: u32,
    /// How long a period is.
    pub period: Period,
}

impl Group for Samples {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "samples",
    label: Text::of("Samples", "ตัวอย่างสินค้า"),
    about: Text::of("How many samples a sales rep may give away.", "จำนวนตัวอย่างสินค้าที่พนักงานขายแจกได้"),
    fields: FIELDS,
    check: anything,
};

const FIELDS: &[Field] = &[
    field::integer("allowance", "Allowance", 0, 100000)
        .th("โควตา")
        .default("60")
        .help("Samples per sales rep and period; above it a manager decides.")
        .help_th("จำนวนต่อพนักงานขายต่อรอบ เกินกว่านี้ผู้จัดการตัดสินใจ")
        .example("60"),
    field::select("period", "Period", PERIOD)
        .th("รอบเวลา")
        .default("\"month\"")
        .help("How long a period is.")
        .help_th("ความยาวของรอบ")
        .example("month"),
];

const PERIOD: &[Choice] =
    &[choice("month", "Month", "เดือน"), choice("quarter", "Quarter", "ไตรมาส"), choice("year", "Year", "ปี")];

/// A stretch of the tenant's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}
