//! Invoices and credit notes.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const INVOICES_KIND: &[Choice] = &[
    choice("invoice", "Invoice", "ใบแจ้งหนี้").or(&["accrec", "out_invoice", "sales invoice", "ใบกำกับภาษี"]),
    choice("credit_note", "Credit note", "ใบลดหนี้")
        .or(&["credit", "credit memo", "accreccredit", "out_refund", "refund"]),
];

const INVOICES_STATUS: &[Choice] = &[
    choice("DRAFT", "Draft", "ฉบับร่าง"),
    choice("ISSUED", "Issued", "ออกแล้ว").or(&[
        "open", "sent", "unpaid", "authorised", "authorized", "posted", "approved", "awaiting payment",
    ]),
    choice("PARTIALLY_PAID", "Partially paid", "ชำระบางส่วน").or(&["partial", "part paid", "partly paid"]),
    choice("PAID", "Paid", "ชำระแล้ว").or(&["closed", "settled", "in payment"]),
    choice("OVERDUE", "Overdue", "เกินกำหนด").or(&["late", "past due"]),
    choice("VOID", "Void", "ยกเลิก").or(&["voided", "cancelled", "canceled", "deleted"]),
];

/// An invoice or credit note; once issued it is only ever credited.
pub static INVOICES: Entity = Entity::new("invoices", "invoice", Area::Sales, Class::Customer)
    .labels(Text::of("Invoice", "ใบแจ้งหนี้"), Text::of("Invoices", "ใบแจ้งหนี้"))
    .about("An invoice or credit note; once issued it is only ever credited.")
    .fields(&[
        field::code("number", "Number")
            .th("เลขที่")
            .by_import()
            .listed()
            .sortable()
            .example("INV-2026-00001")
            .or(&[
                "Invoice number", "Invoice no", "Invoice #", "Invoice", "Invoice ID", "Inv no", "Bill no",
                "Document number", "Document no", "DocNumber", "เลขที่ใบแจ้งหนี้", "เลขที่ใบกำกับภาษี", "เลขที่ใบกำกับ",
                "เลขที่เอกสาร",
            ]),
        field::select("kind", "Kind", INVOICES_KIND)
            .th("ประเภท")
            .default("\"invoice\"")
            .once()
            .example("invoice")
            .or(&["Invoice type", "Document type", "move_type", "ประเภทเอกสาร"]),
        field::link("order_id", "Order", "orders").th("คำสั่งซื้อ").indexed().or(&[
            "Order number", "Order no", "Order #", "Sales order", "SO number", "SO no", "Order name",
            "Order ref", "เลขที่คำสั่งซื้อ", "เลขที่ใบสั่งซื้อ",
        ]),
        field::link("credited_invoice_id", "Credited invoice", "invoices")
            .th("ใบแจ้งหนี้ที่ลดหนี้")
            .indexed()
            .help("The invoice a credit note takes back.")
            .or(&["Original invoice", "Credits invoice", "อ้างอิงใบแจ้งหนี้"]),
        field::link("customer_id", "Customer", "customers")
            .th("ลูกค้า")
            .required()
            .once()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                "Cust ID", "Client", "Client name", "Account", "Account name", "Account code", "Account ID",
                "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id",
                "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
            ]),
        field::currency("currency", "Currency").th("สกุลเงิน").required().help("ISO code.").example("USD").or(
            &[
                "Currency code", "Curr", "CCY", "Currency ISO code", "InvoiceCurrency", "currency_id",
                "หน่วยเงิน",
            ],
        ),
        field::select("status", "Status", INVOICES_STATUS)
            .th("สถานะ")
            .default("\"DRAFT\"")
            .by_import()
            .listed()
            .indexed()
            .example("ISSUED")
            .or(&["Invoice status", "State", "Payment status", "สถานะใบแจ้งหนี้"]),
        field::date("issued_on", "Issued").th("วันที่ออก").listed().sortable().example("2026-01-31").or(&[
            "Issue date", "Invoice date", "Date", "Date issued", "Document date", "Bill date", "TxnDate",
            "วันที่", "วันที่ใบแจ้งหนี้", "วันที่เอกสาร", "ออกให้เมื่อ",
        ]),
        field::date("due_on", "Due").th("ครบกำหนด").listed().sortable().example("2026-02-28").or(&[
            "Due date", "Payment due", "Invoice due date", "Pay by", "invoice_date_due", "วันครบกำหนด",
            "กำหนดชำระ", "วันที่ครบกำหนด",
        ]),
        field::money("subtotal", "Subtotal")
            .th("ยอดก่อนภาษี")
            .default("\"0.00\"")
            .non_negative()
            .by_import()
            .help("Sum of the lines, before discount, tax and freight.")
            .example("440.00")
            .or(&[
                "Net", "Net total", "Net amount", "Untaxed amount", "amount_untaxed", "ยอดรวมก่อนภาษี",
                "มูลค่าก่อนภาษี",
            ]),
        field::money("tax", "Tax")
            .th("ภาษี")
            .default("\"0.00\"")
            .non_negative()
            .by_import()
            .example("30.80")
            .or(&[
                "Tax amount", "VAT", "VAT amount", "Total tax", "Sales tax", "GST", "Taxes", "amount_tax",
                "ภาษีมูลค่าเพิ่ม", "ภาษีขาย",
            ]),
        field::money("rounding", "Rounding")
            .th("ปัดเศษ")
            .default("\"0.00\"")
            .by_import()
            .example("0.00")
            .or(&["Rounding adjustment", "Round off", "เศษ"]),
        field::money("total", "Total")
            .th("ยอดรวม")
            .default("\"0.00\"")
            .non_negative()
            .by_import()
            .listed()
            .sortable()
            .example("470.80")
            .or(&[
                "Grand total", "Total amount", "Order total", "Invoice total", "Invoice amount", "Amount",
                "Amount total", "Gross total", "Total due", "Total price", "รวมทั้งสิ้น", "ยอดรวมทั้งสิ้น", "ยอดสุทธิ",
                "จำนวนเงินรวม",
            ]),
        field::money("outstanding", "Outstanding")
            .th("ค้างชำระ")
            .default("\"0.00\"")
            .non_negative()
            .by_import()
            .listed()
            .sortable()
            .help("What is not yet settled.")
            .example("250.00")
            .or(&[
                "Balance", "Balance due", "Amount due", "Open balance", "Due amount", "amount_residual",
                "Outstanding amount", "Outstanding balance", "ยอดค้างชำระ", "คงค้าง",
            ]),
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
    .keys(&[key("invoices_number_key", &["number"])])
    .named_by(&["number"])
    .searchable()
    .children(&[
        child("lines", "invoice_lines", "invoice_id"),
        child("allocations", "payment_allocations", "invoice_id"),
        child("credit_notes", "invoices", "credited_invoice_id"),
    ])
    .owner(&["customer_id", "owner_id"])
    .checks(&[
        Check {
            constraint: Some("invoices_number_check"),
            run: |doc| {
                checks::needed_when(
                    doc,
                    "number",
                    "status",
                    &["ISSUED", "PARTIALLY_PAID", "PAID", "OVERDUE", "VOID"],
                )
            },
        },
        Check {
            constraint: Some("invoices_outstanding_check"),
            run: |doc| checks::not_above(doc, "outstanding", "total"),
        },
    ])
    .custom_fields()
    .read_only();
