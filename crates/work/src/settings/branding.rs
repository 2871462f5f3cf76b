//! How pages look to the company and its customers.

use model::field::{self, Field, Text};
use serde::Deserialize;

use super::{Described, Group, anything};

/// How pages look to the company and its customers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Branding {
    /// Degrees of the colour circle, 0 to 359.
    pub hue: i64,
}

impl Group for Branding {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "branding",
    label: Text::of("Branding", "แบรนด์"),
    about: Text::of("How pages look to the company and its customers.", "หน้าตาของหน้าเว็บสำหรับบริษัทและลูกค้า"),
    fields: FIELDS,
    check: anything,
};

const FIELDS: &[Field] = &[field::integer("hue", "Hue", 0, 359)
    .th("เฉดสี")
    .default("268")
    .help("The colour of buttons and links, in degrees of the colour circle.")
    .help_th("สีของปุ่มและลิงก์ เป็นองศาบนวงล้อสี")
    .example("155")];
