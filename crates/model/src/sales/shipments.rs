//! Shipments.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const SHIPMENTS_STATUS: &[Choice] = &[
    choice("draft", "Draft", "ฉบับร่าง").or(&["pending"]),
    choice("shipped", "Shipped", "ส่งแล้ว").or(&["in transit", "dispatched"]),
    choice("delivered", "Delivered", "ถึงแล้ว").or(&["done", "received"]),
    choice("cancelled", "Cancelled", "ยกเลิก").or(&["canceled"]),
];

/// Goods of an order that leave together.
pub static SHIPMENTS: Entity = Entity::new("shipments", "shipment", Area::Sales, Class::Customer)
    .labels(Text::of("Shipment", "การจัดส่ง"), Text::of("Shipments", "การจัดส่ง"))
    .about("Goods of an order that leave together.")
    .fields(&[
        field::code("number", "Number")
            .th("เลขที่")
            .by_import()
            .listed()
            .sortable()
            .example("SH-2026-00001")
            .or(&["Shipment number", "Shipment no", "Delivery number", "Delivery note", "เลขที่ใบส่งของ"]),
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
        field::link("warehouse_id", "Warehouse", "warehouses")
            .th("คลังสินค้า")
            .staff_only()
            .indexed()
            .or(&["Warehouse code", "Warehouse name", "Depot", "WH", "คลัง", "รหัสคลัง", "ชื่อคลัง"]),
        field::select("status", "Status", SHIPMENTS_STATUS)
            .th("สถานะ")
            .default("\"draft\"")
            .by_import()
            .listed()
            .sortable()
            .example("shipped")
            .or(&["Shipment status", "สถานะการจัดส่ง"]),
        field::timestamp("shipped_at", "Shipped")
            .th("ส่งเมื่อ")
            .listed()
            .sortable()
            .example("2026-02-02T04:00:00Z")
            .or(&["Ship date", "Shipped date", "Delivery date", "Date shipped", "วันที่ส่ง", "วันที่จัดส่ง"]),
        field::text("carrier", "Carrier")
            .th("ผู้ขนส่ง")
            .example("Kerry Express")
            .or(&["Shipping carrier", "Ship via", "Courier", "Shipping company", "ขนส่ง", "บริษัทขนส่ง"]),
        field::code("tracking_number", "Tracking number")
            .th("เลขพัสดุ")
            .example("TH0123456789")
            .or(&["Tracking no", "Tracking", "Tracking code", "Consignment number", "หมายเลขพัสดุ"]),
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
    .keys(&[key("shipments_number_key", &["number"])])
    .named_by(&["number"])
    .searchable()
    .children(&[child("lines", "shipment_lines", "shipment_id")])
    .owner(&["customer_id", "owner_id"])
    .read_only();

/// The part of an order line in a shipment.
pub static SHIPMENT_LINES: Entity =
    Entity::new("shipment_lines", "shipment_line", Area::Sales, Class::Customer)
        .labels(Text::of("Shipment line", "รายการจัดส่ง"), Text::of("Shipment lines", "รายการจัดส่ง"))
        .about("The part of an order line in a shipment.")
        .fields(&[
            field::link("shipment_id", "Shipment", "shipments")
                .th("การจัดส่ง")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&["Shipment number", "Shipment no", "Delivery number", "เลขที่ใบส่งของ"]),
            field::link("customer_id", "Customer", "customers")
                .th("ลูกค้า")
                .required()
                .carried_by("shipment_id")
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                    "Cust ID", "Client", "Client name", "Account", "Account name", "Account code",
                    "Account ID", "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store",
                    "partner_id", "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
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
                    "Location code", "Bin", "Bin code", "Shelf", "Stock location", "Storage location",
                    "ตำแหน่ง", "ที่เก็บ", "รหัสตำแหน่ง",
                ]),
            field::quantity("quantity", "Quantity")
                .th("จำนวน")
                .required()
                .non_negative()
                .listed()
                .example("12")
                .or(&[
                    "Qty", "Units", "Count", "Lineitem quantity", "Ordered quantity", "Qty ordered",
                    "Order qty", "product_uom_qty", "Bottles sold", "Pcs", "Pieces", "จำนวนสินค้า", "ปริมาณ",
                ]),
        ])
        .keys(&[key(
            "shipment_lines_shipment_id_order_line_id_location_id_key",
            &["shipment_id", "order_line_id", "location_id"],
        )])
        .owner(&["customer_id", "owner_id"])
        .permanent()
        .without_creation_index()
        .read_only();
