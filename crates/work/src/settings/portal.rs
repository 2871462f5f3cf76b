//! What customers find in their portal.

use model::{
    caller::Grants,
    field::{self, Field, Text},
};
use serde::Deserialize;

use super::{Described, Group, anything};

/// What customers find in their portal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Portal {
    /// Portal users order.
    pub ordering: bool,
    /// Portal users see invoices and payments.
    pub documents: bool,
}

impl Group for Portal {
    const DESCRIBED: &'static Described = &GROUP;
}

/// What ordering takes.
const ORDERING: &[&str] = &[
    "carts.create", "carts.update", "carts.delete", "cart_items.create", "cart_items.update",
    "cart_items.delete",
];

/// What seeing documents takes.
const DOCUMENTS: &[&str] =
    &["invoices.view", "invoice_lines.view", "payments.view", "payment_allocations.view"];

impl Portal {
    /// What is left of a portal user's grants.
    pub(crate) fn left(&self, grants: &Grants) -> Grants {
        let mut off: Vec<&str> = vec![];
        off.extend(ORDERING.iter().filter(|_| !self.ordering));
        off.extend(DOCUMENTS.iter().filter(|_| !self.documents));
        grants.without(&off)
    }
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
        .help("Portal users fill carts and order; without it they only look.")
        .help_th("ผู้ใช้พอร์ทัลใส่ตะกร้าและสั่งซื้อได้ หากปิดจะดูได้อย่างเดียว")
        .example("true"),
    field::boolean("documents", "Invoices and payments")
        .th("ใบแจ้งหนี้และการชำระเงิน")
        .default("true")
        .help("Portal users see invoices and payments.")
        .help_th("ผู้ใช้พอร์ทัลเห็นใบแจ้งหนี้และการชำระเงิน")
        .example("true"),
];
