//! Payments.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const PAYMENTS_METHOD: &[Choice] = &[
    choice("cash", "Cash", "เงินสด"),
    choice("bank_transfer", "Bank transfer", "โอนเงิน")
        .or(&["transfer", "wire", "ach", "eft", "bank", "promptpay", "พร้อมเพย์", "โอน"]),
    choice("card", "Card", "บัตร")
        .or(&["credit card", "debit card", "visa", "mastercard", "stripe", "บัตรเครดิต"]),
    choice("check", "Check", "เช็ค").or(&["cheque"]),
    choice("direct_debit", "Direct debit", "หักบัญชี").or(&["debit", "autopay"]),
    choice("other", "Other", "อื่น ๆ").or(&["paypal"]),
];

/// Money received from a customer.
pub static PAYMENTS: Entity = Entity::new("payments", "payment", Area::Sales, Class::Customer)
    .labels(Text::of("Payment", "การชำระเงิน"), Text::of("Payments", "การชำระเงิน"))
    .about("Money received from a customer.")
    .fields(&[
        field::link("customer_id", "Customer", "customers")
            .th("ลูกค้า")
            .required()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                "Cust ID", "Client", "Client name", "Account", "Account name", "Account code", "Account ID",
                "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id",
                "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
            ]),
        field::link("order_id", "Order", "orders")
            .th("คำสั่งซื้อ")
            .indexed()
            .or(&["Order number", "Order no", "Order #", "Sales order", "SO number", "เลขที่คำสั่งซื้อ"]),
        field::currency("currency", "Currency").th("สกุลเงิน").required().help("ISO code.").example("USD").or(
            &[
                "Currency code", "Curr", "CCY", "Currency ISO code", "InvoiceCurrency", "currency_id",
                "หน่วยเงิน",
            ],
        ),
        field::money("amount", "Amount")
            .th("จำนวนเงิน")
            .required()
            .non_negative()
            .listed()
            .sortable()
            .example("1250.00")
            .or(&[
                "Paid", "Paid amount", "Amount paid", "Amount received", "Payment amount", "Received amount",
                "Total paid", "Amt", "Applied amount", "Allocated amount", "ยอดชำระ", "ยอดเงิน", "ยอดรับชำระ",
            ]),
        field::select("method", "Method", PAYMENTS_METHOD)
            .th("วิธีชำระ")
            .required()
            .listed()
            .example("bank_transfer")
            .or(&[
                "Payment method", "Paid by", "Pay method", "Payment type", "Tender", "Mode of payment",
                "วิธีการชำระเงิน", "ช่องทางชำระ", "ชำระโดย",
            ]),
        field::text("reference", "Reference").th("เลขอ้างอิง").listed().example("TRX-88412").or(&[
            "Ref", "Ref no", "Reference no", "Reference number", "Payment reference", "Payment ref",
            "Transaction ID", "Check number", "Check no", "Payment number", "Payment no", "เลขที่อ้างอิง",
            "เลขที่เช็ค", "อ้างอิง",
        ]),
        field::date("received_on", "Received")
            .th("วันที่รับ")
            .required()
            .listed()
            .sortable()
            .example("2026-01-31")
            .or(&[
                "Date", "Payment date", "Paid on", "Date received", "Paid at", "Date paid", "Received date",
                "วันที่ชำระ", "วันที่รับเงิน", "วันที่",
            ]),
        field::money("unallocated", "Unallocated")
            .th("ยังไม่จัดสรร")
            .required()
            .non_negative()
            .by_import()
            .listed()
            .help("What settles no invoice yet.")
            .example("0.00")
            .or(&["Unapplied", "Unapplied amount", "Credit balance", "Unused amount", "ยอดคงเหลือ"]),
        field::money("refunded", "Refunded")
            .th("คืนเงินแล้ว")
            .default("\"0.00\"")
            .non_negative()
            .by_import()
            .example("0.00")
            .or(&["Refund", "Refunded amount", "Amount refunded", "เงินคืน"]),
        field::boolean("imported", "Imported")
            .th("นำเข้า")
            .default("false")
            .read_only()
            .help("Came from an import: no number drawn, no stock moved, nothing sent.")
            .example("true"),
        field::paragraph("notes", "Notes")
            .th("หมายเหตุ")
            .staff_only()
            .help("For staff only.")
            .example("Delivery before noon")
            .or(&[
                "Note", "Comments", "Comment", "Remarks", "Remark", "Memo", "Internal note", "บันทึก",
                "ข้อสังเกต",
            ]),
    ])
    .keys(&[key("payments_customer_id_method_reference_key", &["customer_id", "method", "reference"])])
    .matched_by(&[&["customer_id", "received_on", "amount", "method"]])
    .named_by(&["reference"])
    .searchable()
    .children(&[child("allocations", "payment_allocations", "payment_id")])
    .owner(&["customer_id", "owner_id"])
    .checks(&[Check {
        constraint: Some("payments_amount_check"),
        run: |doc| checks::positive(doc, "amount"),
    }])
    .custom_fields()
    .read_only();
