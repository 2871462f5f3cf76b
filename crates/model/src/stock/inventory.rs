//! Levels, movements and reservations.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, key},
    field::{self, Choice, Text, choice},
};

/// On hand, reserved and available of one SKU at one location; changed by movements alone.
pub static INVENTORY: Entity = Entity::new("inventory", "inventory_level", Area::Stock, Class::Staff)
    .labels(Text::of("Inventory level", "ระดับสต๊อก"), Text::of("Inventory", "สต๊อก"))
    .about("On hand, reserved and available of one SKU at one location; changed by movements alone.")
    .fields(&[
        field::link("sku_id", "SKU", "skus")
            .th("SKU")
            .required()
            .once()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "SKU code", "ProductID", "Product code", "Product", "Product name", "Item", "Item code",
                "Item number", "Item no", "Item name", "Lineitem sku", "Lineitem name", "Variant SKU",
                "InventoryItemCode", "Stock code", "Part number", "Article", "Article number",
                "default_code", "รหัสสินค้า", "สินค้า", "ชื่อสินค้า",
            ]),
        field::link("location_id", "Location", "warehouse_locations")
            .th("ตำแหน่งเก็บ")
            .required()
            .once()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Location code", "Bin", "Bin code", "Shelf", "Stock location", "Storage location", "ตำแหน่ง",
                "ที่เก็บ", "รหัสตำแหน่ง",
            ]),
        field::quantity("on_hand", "On hand")
            .th("คงเหลือ")
            .default("\"0.000\"")
            .by_import()
            .listed()
            .sortable()
            .help("Physically there.")
            .example("39.000")
            .or(&[
                "UnitsInStock", "Stock", "Qty on hand", "Quantity on hand", "Qty", "Quantity", "In stock",
                "Stock quantity", "Stock level", "On hand quantity", "Variant inventory qty",
                "Available stock", "qty_available", "จำนวนคงเหลือ", "สต๊อก", "สต็อก", "จำนวนสินค้า", "ยอดคงเหลือ",
                "จำนวน",
            ]),
        field::quantity("reserved", "Reserved")
            .th("จองแล้ว")
            .default("\"0.000\"")
            .non_negative()
            .read_only()
            .listed()
            .help("Promised to orders and carts.")
            .example("5.000")
            .or(&["Qty reserved", "Reserved quantity", "Committed", "Allocated", "จำนวนจอง", "จอง"]),
        field::quantity("available", "Available")
            .th("พร้อมขาย")
            .read_only()
            .listed()
            .sortable()
            .help("On hand minus reserved.")
            .example("34.000")
            .or(&["Available quantity", "Available qty", "คงเหลือพร้อมขาย"]),
        field::quantity("reorder_level", "Reorder level")
            .th("จุดสั่งซื้อ")
            .non_negative()
            .listed()
            .example("10.000")
            .or(&[
                "Reorder point", "Min stock", "Minimum stock", "Safety stock", "Par level", "จุดสั่งซื้อซ้ำ",
                "สต๊อกขั้นต่ำ", "จุดสั่งซื้อขั้นต่ำ",
            ]),
    ])
    .keys(&[key("inventory_sku_id_location_id_key", &["sku_id", "location_id"])])
    .checks(&[Check {
        constraint: Some("inventory_reserved_check"),
        run: |doc| checks::not_above(doc, "reserved", "on_hand"),
    }]);

const INVENTORY_MOVEMENTS_KIND: &[Choice] = &[
    choice("receipt", "Receipt", "รับเข้า").or(&["in", "received", "purchase"]),
    choice("issue", "Issue", "จ่ายออก").or(&["out", "sale", "shipped"]),
    choice("adjustment", "Adjustment", "ปรับปรุง").or(&["count", "stock take", "correction"]),
    choice("transfer", "Transfer", "โอนย้าย").or(&["move"]),
    choice("return", "Return", "รับคืน"),
    choice("import", "Import", "นำเข้า"),
    choice("reversal", "Reversal", "กลับรายการ"),
];

/// One line of the ledger behind a level.
pub static INVENTORY_MOVEMENTS: Entity =
    Entity::new("inventory_movements", "inventory_movement", Area::Stock, Class::Staff)
        .labels(Text::of("Movement", "การเคลื่อนไหวสต๊อก"), Text::of("Movements", "การเคลื่อนไหวสต๊อก"))
        .about("One line of the ledger behind a level.")
        .fields(&[
            field::link("sku_id", "SKU", "skus")
                .th("SKU")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "SKU code", "ProductID", "Product code", "Product", "Product name", "Item", "Item code",
                    "Item number", "Item no", "Item name", "Lineitem sku", "Lineitem name", "Variant SKU",
                    "InventoryItemCode", "Stock code", "Part number", "Article", "Article number",
                    "default_code", "รหัสสินค้า", "สินค้า", "ชื่อสินค้า",
                ]),
            field::link("location_id", "Location", "warehouse_locations")
                .th("ตำแหน่งเก็บ")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Location code", "Bin", "Bin code", "Shelf", "Stock location", "Storage location",
                    "ตำแหน่ง", "ที่เก็บ", "รหัสตำแหน่ง",
                ]),
            field::select("kind", "Kind", INVENTORY_MOVEMENTS_KIND)
                .th("ประเภท")
                .required()
                .listed()
                .sortable()
                .example("adjustment")
                .or(&["Movement type", "Movement kind", "ประเภทรายการ"]),
            field::quantity("quantity", "Quantity")
                .th("จำนวน")
                .required()
                .listed()
                .help("Added to the level; below zero for stock that leaves.")
                .example("-3.000")
                .or(&["Qty", "Change", "Difference"]),
            field::paragraph("reason", "Reason").th("เหตุผล").listed().example("Stock count").or(&["Cause"]),
            field::text("source", "Caused by").th("สาเหตุ").help("Entity that caused it.").example("orders"),
            field::id("source_id", "Record that caused it").th("ระเบียนต้นเหตุ"),
            field::link("reverses_id", "Reverses", "inventory_movements").th("กลับรายการของ").indexed(),
            field::timestamp("occurred_at", "Occurred")
                .th("เกิดเมื่อ")
                .default(field::NOW)
                .listed()
                .sortable()
                .example("2026-01-31T09:30:00Z")
                .or(&["Date", "Movement date", "Transaction date", "วันที่"]),
        ])
        .checks(&[Check {
            constraint: Some("inventory_movements_quantity_check"),
            run: |doc| checks::not_zero(doc, "quantity"),
        }])
        .permanent()
        .read_only();

const INVENTORY_RESERVATIONS_STATE: &[Choice] = &[
    choice("open", "Open", "จองอยู่"),
    choice("consumed", "Consumed", "ใช้แล้ว"),
    choice("released", "Released", "ปล่อยแล้ว"),
    choice("expired", "Expired", "หมดอายุ"),
];

/// Stock promised to one order line, or for a while to one cart item.
pub static INVENTORY_RESERVATIONS: Entity =
    Entity::new("inventory_reservations", "inventory_reservation", Area::Stock, Class::Staff)
        .labels(Text::of("Reservation", "การจองสต๊อก"), Text::of("Reservations", "การจองสต๊อก"))
        .about("Stock promised to one order line, or for a while to one cart item.")
        .fields(&[
            field::link("order_line_id", "Order line", "order_lines").th("รายการสั่งซื้อ").indexed(),
            field::link("cart_item_id", "Cart item", "cart_items").th("รายการในตะกร้า").indexed(),
            field::link("sku_id", "SKU", "skus")
                .th("SKU")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "SKU code", "ProductID", "Product code", "Product", "Product name", "Item", "Item code",
                    "Item number", "Item no", "Item name", "Lineitem sku", "Lineitem name", "Variant SKU",
                    "InventoryItemCode", "Stock code", "Part number", "Article", "Article number",
                    "default_code", "รหัสสินค้า", "สินค้า", "ชื่อสินค้า",
                ]),
            field::link("location_id", "Location", "warehouse_locations")
                .th("ตำแหน่งเก็บ")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
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
            field::select("state", "State", INVENTORY_RESERVATIONS_STATE)
                .th("สถานะ")
                .default("\"open\"")
                .listed()
                .example("open"),
            field::timestamp("expires_at", "Expires")
                .th("หมดอายุเมื่อ")
                .listed()
                .example("2026-12-31T00:00:00Z"),
        ])
        .permanent()
        .read_only();
