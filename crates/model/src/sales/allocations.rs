//! What payments, credit notes and write-offs settle.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity},
    field::{self, Choice, Text, choice},
};

const PAYMENT_ALLOCATIONS_KIND: &[Choice] = &[
    choice("payment", "Payment", "การชำระ"),
    choice("credit_note", "Credit note", "ใบลดหนี้"),
    choice("write_off", "Write-off", "ตัดหนี้สูญ"),
];

/// Ties part of a payment, a credit note or a write-off to an invoice.
pub static PAYMENT_ALLOCATIONS: Entity =
    Entity::new("payment_allocations", "payment_allocation", Area::Sales, Class::Customer)
        .labels(Text::of("Allocation", "การจัดสรรเงิน"), Text::of("Allocations", "การจัดสรรเงิน"))
        .about("Ties part of a payment, a credit note or a write-off to an invoice.")
        .fields(&[
            field::select("kind", "Kind", PAYMENT_ALLOCATIONS_KIND)
                .th("ประเภท")
                .required()
                .example("payment"),
            field::link("payment_id", "Payment", "payments").th("การชำระเงิน").listed().indexed(),
            field::link("credit_note_id", "Credit note", "invoices").th("ใบลดหนี้").indexed(),
            field::link("invoice_id", "Invoice", "invoices")
                .th("ใบแจ้งหนี้")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Invoice number", "Invoice no", "Invoice #", "Inv no", "Bill no", "Document number",
                    "เลขที่ใบแจ้งหนี้", "เลขที่ใบกำกับภาษี",
                ]),
            field::link("customer_id", "Customer", "customers")
                .th("ลูกค้า")
                .required()
                .carried_by("invoice_id")
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                    "Cust ID", "Client", "Client name", "Account", "Account name", "Account code",
                    "Account ID", "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store",
                    "partner_id", "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
                ]),
            field::money("amount", "Amount")
                .th("จำนวนเงิน")
                .required()
                .non_negative()
                .listed()
                .example("1250.00")
                .or(&[
                    "Paid", "Paid amount", "Amount paid", "Amount received", "Payment amount",
                    "Received amount", "Total paid", "Amt", "Applied amount", "Allocated amount", "ยอดชำระ",
                    "ยอดเงิน", "ยอดรับชำระ",
                ]),
        ])
        .owner(&["customer_id", "owner_id"])
        .checks(&[Check {
            constraint: Some("payment_allocations_amount_check"),
            run: |doc| checks::positive(doc, "amount"),
        }])
        .permanent()
        .read_only();
