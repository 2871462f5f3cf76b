//! Lines of invoices and credit notes.

use crate::{
    entity::{Area, Class, Entity, key},
    field::{self, Text},
};

/// One line of an invoice, with price, discount and tax of its order line.
pub static INVOICE_LINES: Entity = Entity::new("invoice_lines", "invoice_line", Area::Sales, Class::Customer)
    .labels(Text::of("Invoice line", "รายการในใบแจ้งหนี้"), Text::of("Invoice lines", "รายการในใบแจ้งหนี้"))
    .about("One line of an invoice, with price, discount and tax of its order line.")
    .fields(&[
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
                "Cust ID", "Client", "Client name", "Account", "Account name", "Account code", "Account ID",
                "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id",
                "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
            ]),
        field::integer("position", "Line", 1, i32::MAX as i64)
            .th("บรรทัด")
            .required()
            .listed()
            .example("1")
            .or(&["Line no", "Line number", "Seq", "Sequence", "ลำดับ", "ลำดับที่"]),
        field::link("order_line_id", "Order line", "order_lines").th("รายการสั่งซื้อ").indexed(),
        field::link("sku_id", "SKU", "skus").th("SKU").listed().indexed().or(&[
            "SKU code", "ProductID", "Product code", "Product", "Product name", "Item", "Item code",
            "Item number", "Item no", "Item name", "Lineitem sku", "Lineitem name", "Variant SKU",
            "InventoryItemCode", "Stock code", "Part number", "Article", "Article number", "default_code",
            "รหัสสินค้า", "สินค้า", "ชื่อสินค้า",
        ]),
        field::paragraph("description", "Description")
            .th("คำอธิบาย")
            .or(&["Desc", "Line description", "Item description", "Details", "รายละเอียด"]),
        field::quantity("quantity", "Quantity").th("จำนวน").required().listed().example("12").or(&[
            "Qty", "Units", "Count", "Lineitem quantity", "Ordered quantity", "Qty ordered", "Order qty",
            "product_uom_qty", "Bottles sold", "Pcs", "Pieces", "จำนวนสินค้า", "ปริมาณ",
        ]),
        field::unit_price("unit_price", "Unit price")
            .th("ราคาต่อหน่วย")
            .required()
            .listed()
            .example("14.000000")
            .or(&[
                "Price", "Rate", "Sales price", "Unit amount", "Lineitem price", "Price each", "price_unit",
                "Net price", "State bottle retail", "ราคา", "หน่วยละ", "ราคา/หน่วย",
            ]),
        field::percent("discount_percent", "Discount %")
            .th("ส่วนลด %")
            .default("\"0.000000\"")
            .up_to(100)
            .help("0 to 100.")
            .example("5")
            .or(&[
                "Discount", "Discount percentage", "Disc %", "Disc", "Line discount", "Discount rate",
                "Lineitem discount", "ส่วนลดเปอร์เซ็นต์", "ส่วนลด", "เปอร์เซ็นต์ส่วนลด",
            ]),
        field::percent("tax_rate", "Tax rate")
            .th("อัตราภาษี")
            .default("\"0.000000\"")
            .non_negative()
            .help("In percent.")
            .example("7")
            .or(&[
                "Tax %", "Tax", "VAT %", "VAT rate", "Tax percent", "GST rate", "Tax rate %", "อัตราภาษี %",
                "ภาษี %", "ภาษี",
            ]),
        field::money("line_total", "Line total")
            .th("รวมบรรทัด")
            .required()
            .by_import()
            .listed()
            .help("Quantity × unit price less discount, before tax.")
            .example("168.00")
            .or(&[
                "Total", "Line amount", "Amount", "Extended price", "Line price", "Subtotal", "Net amount",
                "price_subtotal", "Sale dollars", "รวม", "จำนวนเงิน", "ราคารวม",
            ]),
    ])
    .keys(&[key("invoice_lines_invoice_id_position_key", &["invoice_id", "position"])])
    .owner(&["customer_id", "owner_id"])
    .permanent()
    .without_creation_index()
    .read_only();
