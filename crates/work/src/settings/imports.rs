//! What imports do where nobody says otherwise.

use model::field::{self, Field, Text};
use serde::Deserialize;

use super::{Described, Group, anything};

/// What imports do where nobody says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Imports {
    /// Rows up to which an import is done whole or not at all.
    pub whole_up_to: u64,
    /// Who brought an import in does not approve it.
    pub second_person: bool,
    /// Rows up to which they do all the same.
    pub second_person_above: u64,
    /// What a data source brings in by itself waits for somebody to approve it, whatever the source says.
    pub sources_wait: bool,
}

impl Group for Imports {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "imports",
    label: Text::of("Imports", "การนำเข้า"),
    about: Text::of(
        "What imports do where nobody says otherwise, and who approves them.",
        "สิ่งที่การนำเข้าทำเมื่อไม่มีการระบุเป็นอย่างอื่น และผู้อนุมัติ",
    ),
    fields: FIELDS,
    check: anything,
};

const FIELDS: &[Field] = &[
    field::integer("whole_up_to", "All or nothing up to, rows", 0, 50000)
        .th("ทั้งหมดหรือไม่เลย สูงสุด (แถว)")
        .default("50000")
        .help("Up to so many rows an import is done whole or not at all; above, the good rows are written.")
        .help_th("ไม่เกินจำนวนนี้ นำเข้าทั้งหมดหรือไม่เลย เกินกว่านี้บันทึกเฉพาะแถวที่ถูกต้อง")
        .example("50000"),
    field::boolean("second_person", "Two persons")
        .th("ใช้สองคน")
        .default("false")
        .help("Who brought an import in does not approve it; somebody else who may approve imports does.")
        .help_th("ผู้ที่นำเข้าไฟล์อนุมัติเองไม่ได้ ต้องให้ผู้อื่นที่มีสิทธิ์อนุมัติ")
        .example("true"),
    field::integer("second_person_above", "Two persons above, rows", 0, i32::MAX as i64)
        .th("ใช้สองคนเมื่อเกิน (แถว)")
        .default("0")
        .help("Where two persons are wanted: up to so many rows one may do it alone.")
        .help_th("เมื่อกำหนดให้ใช้สองคน: ไม่เกินจำนวนนี้คนเดียวทำได้")
        .example("1000"),
    field::boolean("sources_wait", "Data sources wait for approval")
        .th("แหล่งข้อมูลต้องรออนุมัติ")
        .default("false")
        .help("What a data source fetches is written only once somebody has approved it, whatever the source says.")
        .help_th("ข้อมูลที่แหล่งข้อมูลดึงมาจะบันทึกเมื่อมีผู้อนุมัติแล้วเท่านั้น ไม่ว่าแหล่งข้อมูลจะตั้งไว้อย่างไร")
        .example("true"),
];
