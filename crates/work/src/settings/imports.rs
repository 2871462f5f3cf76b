//! What imports do where nobody says otherwise.

use model::field::{self, Field, Text};
use serde::Deserialize;

use super::{Described, Group, anything};

/// What imports do where nobody says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Imports {
    /// Rows up to which an import is done whole or not at all.
    pub whole_up_to: u64,
}

impl Group for Imports {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "imports",
    label: Text::of("Imports", "การนำเข้า"),
    about: Text::of("What imports do where nobody says otherwise.", "สิ่งที่การนำเข้าทำเมื่อไม่มีการระบุเป็นอย่างอื่น"),
    fields: FIELDS,
    check: anything,
};

const FIELDS: &[Field] = &[field::integer("whole_up_to", "All or nothing up to, rows", 0, 50000)
    .th("ทั้งหมดหรือไม่เลย สูงสุด (แถว)")
    .default("50000")
    .help("Up to so many rows an import is done whole or not at all; above, the good rows are written.")
    .help_th("ไม่เกินจำนวนนี้ นำเข้าทั้งหมดหรือไม่เลย เกินกว่านี้บันทึกเฉพาะแถวที่ถูกต้อง")
    .example("50000")];
