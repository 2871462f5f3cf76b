//! What customers find in their portal.

use model::field::{self, Field, Text};
use serde::Deserialize;

use super::{Described, Group, anything};

/// What customers find in their portal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Portal {
    /// Portal users order.
    pub ordering: bool,
    /// Portal users see invoices and payments.
    pub documents: bool,
    /// Portal users see whether there is stock.
    pub availability: bool,
}

impl Group for Portal {
    const DESCRIBED: &'static Described = &GROUP;
}

pub(super) static GROUP: Described = Described {
    name: "portal",
    label: Text::of("Portal", "พอร์ทัล"),
    about: Text::of("What customers find in their portal.", "สิ่งที่ลูกค้าพบในพอร์ทัล"),
    fields: FIELDS,
    check: anything,
};

const FIELDS: &[Field] = &[
    field::boolean("ordering", "Ordering")
        .th("การสั่งซื้อ")
        .default("true")
        .help("Portal users fill carts and order.")
        .help_th("ผู้ใช้พอร์ทัลใส่ตะกร้าและสั่งซื้อได้")
        .example("true"),
    field::boolean("documents", "Invoices and payments")
        .th("ใบแจ้งหนี้และการชำระเงิน")
        .default("true")
        .help("Portal users see invoices and payments.")
        .help_th("ผู้ใช้พอร์ทัลเห็นใบแจ้งหนี้และการชำระเงิน")
        .example("true"),
    field::boolean("availability", "Availability")
        .th("สต็อกคงเหลือ")
        .default("true")
        .help("Portal users see whether a product is in stock.")
        .help_th("ผู้ใช้พอร์ทัลเห็นว่าสินค้ามีในสต็อกหรือไม่")
        .example("true"),
];
