//! Returns.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const RETURNS_STATUS: &[Choice] = &[
    choice("draft", "Draft", "ฉบับร่าง").or(&["requested", "open"]),
    choice("received", "Received", "รับคืนแล้ว"),
    choice("closed", "Closed", "ปิดแล้ว").or(&["done", "completed"]),
    choice("cancelled", "Cancelled", "ยกเลิก").or(&["canceled"]),
];

/// Goods of an order that come back; restocked only where said.
pub static RETURNS: Entity = Entity::new("returns", "return", Area::Sales, Class::Customer)
    .labels(Text::of("Return", "การคืนสินค้า"), Text::of("Returns", "การคืนสินค้า"))
    .about("Goods of an order that come back; restocked only where said.")
    .fields(&[
        field::code("number", "Number")
            .th("เลขที่")
            .by_import()
            .listed()
            .sortable()
            .example("RT-2026-00001")
            .or(&["Return number", "RMA", "RMA number", "เลขที่ใบคืน"]),
        field::link("order_id", "Order", "orders")
            .th("คำสั่งซื้อ")
            .required()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Order number", "Order no", "Order #", "Sales order", "SO number", "SO no", "Order name",
                "Order ref", "เลขที่คำสั่งซื้อ", "เลขที่ใบสั่งซื้อ",
            ]),
        field::link("customer_id", "Customer", "customers")
            .th("ลูกค้า")
            .required()
            .carried_by("order_id")
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                "Cust ID", "Client", "Client name", "Account", "Account name", "Account code", "Account ID",
                "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id",
                "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
            ]),
        field::select("status", "Status", RETURNS_STATUS)
            .th("สถานะ")
            .default("\"draft\"")
            .by_import()
            .listed()
            .sortable()
            .example("received")
            .or(&["Return status"]),
        field::paragraph("reason", "Reason").th("เหตุผล").example("Stock count").or(&["Cause", "สาเหตุ"]),
        field::date("received_on", "Received")
            .th("วันที่รับคืน")
            .listed()
            .sortable()
            .example("2026-02-10")
            .or(&["Return date", "Date received", "วันที่คืน"]),
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
    .keys(&[key("returns_number_key", &["number"])])
    .named_by(&["number"])
    .searchable()
    .children(&[child("lines", "return_lines", "return_id")])
    .owner(&["customer_id", "owner_id"])
    .read_only();

/// The part of an order line that came back.
pub static RETURN_LINES: Entity = Entity::new("return_lines", "return_line", Area::Sales, Class::Customer)
    .labels(Text::of("Return line", "รายการคืน"), Text::of("Return lines", "รายการคืน"))
    .about("The part of an order line that came back.")
    .fields(&[
        field::link("return_id", "Return", "returns")
            .th("การคืนสินค้า")
            .required()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        field::link("customer_id", "Customer", "customers")
            .th("ลูกค้า")
            .required()
            .carried_by("return_id")
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                "Cust ID", "Client", "Client name", "Account", "Account name", "Account code", "Account ID",
                "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id",
                "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
            ]),
        field::link("order_line_id", "Order line", "order_lines")
            .th("รายการสั่งซื้อ")
            .required()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        field::link("location_id", "Location", "warehouse_locations")
            .th("ตำแหน่งเก็บ")
            .staff_only()
            .indexed()
            .or(&[
                "Location code", "Bin", "Bin code", "Shelf", "Stock location", "Storage location", "ตำแหน่ง",
                "ที่เก็บ", "รหัสตำแหน่ง",
            ]),
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
        field::boolean("restock", "Restocked").th("คืนเข้าสต๊อก").default("false").listed().example("false"),
    ])
    .keys(&[key("return_lines_return_id_order_line_id_key", &["return_id", "order_line_id"])])
    .owner(&["customer_id", "owner_id"])
    .permanent()
    .without_creation_index()
    .read_only();
