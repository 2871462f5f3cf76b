//! Lines of orders.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, key},
    field::{self, Text},
};

/// One line of an order; its total is rounded half-up once, before tax.
pub static ORDER_LINES: Entity = Entity::new("order_lines", "order_line", Area::Sales, Class::Customer)
    .labels(Text::of("Order line", "รายการสั่งซื้อ"), Text::of("Order lines", "รายการสั่งซื้อ"))
    .about("One line of an order; its total is rounded half-up once, before tax.")
    .fields(&[
        field::link("order_id", "Order", "orders")
            .th("คำสั่งซื้อ")
            .required()
            .once()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Order number", "Order no", "Order #", "Order name", "Sales order", "SO number",
                "เลขที่คำสั่งซื้อ", "เลขที่ใบสั่งซื้อ",
            ]),
        field::link("customer_id", "Customer", "customers")
            .th("ลูกค้า")
            .required()
            .carried_by("order_id")
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
            .or(&["Line no", "Line number", "Line item", "Seq", "Sequence", "ลำดับ", "ลำดับที่"]),
        field::link("sku_id", "SKU", "skus").th("SKU").listed().indexed().or(&[
            "SKU code", "ProductID", "Product code", "Product", "Product name", "Item", "Item code",
            "Item number", "Item no", "Item name", "Lineitem sku", "Variant SKU", "InventoryItemCode",
            "Stock code", "Part number", "Article", "Article number", "default_code", "รหัสสินค้า", "สินค้า",
            "ชื่อสินค้า",
        ]),
        field::paragraph("description", "Description")
            .th("คำอธิบาย")
            .or(&["Desc", "Line description", "Item description", "Lineitem name", "Details", "รายละเอียด"]),
        field::quantity("quantity", "Quantity")
            .th("จำนวน")
            .required()
            .non_negative()
            .listed()
            .example("12")
            .or(&[
                "Qty", "Units", "Count", "Lineitem quantity", "Ordered quantity", "Qty ordered", "Order qty",
                "product_uom_qty", "Bottles sold", "Pcs", "Pieces", "จำนวนสินค้า", "ปริมาณ",
            ]),
        field::unit_price("unit_price", "Unit price")
            .th("ราคาต่อหน่วย")
            .non_negative()
            .listed()
            .help("Empty on a line that came without a price and waits for one.")
            .example("14.000000")
            .or(&[
                "Price", "Rate", "Sales price", "Unit amount", "Lineitem price", "Price each", "price_unit",
                "Net price", "State bottle retail", "ราคา", "หน่วยละ", "ราคา/หน่วย",
            ]),
        field::percent("discount_percent", "Discount %")
            .th("ส่วนลด %")
            .default("\"0.000000\"")
            .up_to(100)
            .listed()
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
            .non_negative()
            .by_import()
            .listed()
            .help("Quantity × unit price less discount, before tax; empty where there is no price.")
            .example("168.00")
            .or(&[
                "Total", "Line amount", "Amount", "Extended price", "Line price", "Subtotal", "Net amount",
                "price_subtotal", "Sale dollars", "รวม", "จำนวนเงิน", "ราคารวม",
            ]),
        field::text("price_source", "Price source")
            .th("ที่มาของราคา")
            .by_import()
            .staff_only()
            .example("price_list"),
        field::json("price_trace", "Price trace").th("เหตุผลของราคา").read_only().staff_only(),
        field::boolean("is_sample", "Sample")
            .th("ตัวอย่าง")
            .default("false")
            .example("false")
            .or(&["Free sample", "Sample pull", "สินค้าตัวอย่าง"]),
        field::quantity("shipped_quantity", "Shipped")
            .th("ส่งแล้ว")
            .default("\"0.000\"")
            .non_negative()
            .by_import()
            .example("0.000")
            .or(&["Qty shipped", "Delivered quantity", "qty_delivered", "Fulfilled quantity", "จำนวนที่ส่ง"]),
        field::quantity("invoiced_quantity", "Invoiced")
            .th("วางบิลแล้ว")
            .default("\"0.000\"")
            .non_negative()
            .by_import()
            .example("0.000")
            .or(&["Qty invoiced", "จำนวนที่วางบิล"]),
        field::quantity("returned_quantity", "Returned")
            .th("คืนแล้ว")
            .default("\"0.000\"")
            .non_negative()
            .by_import()
            .example("0.000")
            .or(&["Qty returned", "จำนวนที่คืน"]),
    ])
    .keys(&[key("order_lines_order_id_position_key", &["order_id", "position"])])
    .owner(&["customer_id", "owner_id"])
    .checks(&[Check {
        constraint: Some("order_lines_quantity_check"),
        run: |doc| checks::positive(doc, "quantity"),
    }])
    .permanent()
    .without_creation_index()
    .read_only();
