//! Carts.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const CARTS_STATUS: &[Choice] = &[
    choice("ACTIVE", "Active", "เปิดอยู่"),
    choice("CONVERTED", "Converted", "สั่งซื้อแล้ว"),
    choice("EXPIRED", "Expired", "หมดอายุ"),
];

/// What a customer is about to order.
pub static CARTS: Entity = Entity::new("carts", "cart", Area::Sales, Class::Customer)
    .labels(Text::of("Cart", "ตะกร้า"), Text::of("Carts", "ตะกร้า"))
    .about("What a customer is about to order.")
    .fields(&[
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
        field::link("portal_user_id", "Portal user", "portal_users").th("ผู้ใช้พอร์ทัล").once().indexed(),
        field::select("status", "Status", CARTS_STATUS)
            .th("สถานะ")
            .default("\"ACTIVE\"")
            .read_only()
            .listed()
            .sortable()
            .example("ACTIVE"),
        field::currency("currency", "Currency").th("สกุลเงิน").help("ISO code.").example("USD").or(&[
            "Currency code", "Curr", "CCY", "Currency ISO code", "InvoiceCurrency", "currency_id", "หน่วยเงิน",
        ]),
        field::timestamp("expires_at", "Expires")
            .th("หมดอายุเมื่อ")
            .read_only()
            .listed()
            .indexed()
            .example("2026-12-31T00:00:00Z"),
    ])
    .children(&[child("items", "cart_items", "cart_id")])
    .owner(&["customer_id", "owner_id"]);

/// One SKU in a cart.
pub static CART_ITEMS: Entity = Entity::new("cart_items", "cart_item", Area::Sales, Class::Customer)
    .labels(Text::of("Cart item", "รายการในตะกร้า"), Text::of("Cart items", "รายการในตะกร้า"))
    .about("One SKU in a cart.")
    .fields(&[
        field::link("cart_id", "Cart", "carts")
            .th("ตะกร้า")
            .required()
            .once()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
        field::link("customer_id", "Customer", "customers")
            .th("ลูกค้า")
            .required()
            .carried_by("cart_id")
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&[
                "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                "Cust ID", "Client", "Client name", "Account", "Account name", "Account code", "Account ID",
                "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id",
                "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
            ]),
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
        field::integer("position", "Position", 0, i32::MAX as i64)
            .th("ลำดับ")
            .default("0")
            .example("1")
            .or(&["Line", "Line no", "Line number", "No", "Seq", "Sequence", "Order", "ลำดับที่"]),
    ])
    .keys(&[key("cart_items_cart_id_sku_id_key", &["cart_id", "sku_id"])])
    .owner(&["customer_id", "owner_id"])
    .checks(&[Check {
        constraint: Some("cart_items_quantity_check"),
        run: |doc| checks::positive(doc, "quantity"),
    }])
    .permanent()
    .without_creation_index();
