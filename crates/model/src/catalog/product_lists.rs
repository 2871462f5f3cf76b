//! Lists of SKUs that people keep.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

const PRODUCT_LISTS_KIND: &[Choice] = &[
    choice("favourites", "Favourites", "รายการโปรด").or(&["favorites"]),
    choice("template", "Template", "แม่แบบ"),
];

/// SKUs that a user or portal user keeps together.
pub static PRODUCT_LISTS: Entity =
    Entity::new("product_lists", "product_list", Area::Catalog, Class::Customer)
        .labels(
            Text::of("Product list", "รายการสินค้าที่ใช้ประจำ"),
            Text::of("Product lists", "รายการสินค้าที่ใช้ประจำ"),
        )
        .about("SKUs that a user or portal user keeps together.")
        .fields(&[
            field::text("name", "Name")
                .th("ชื่อ")
                .required()
                .listed()
                .sortable()
                .example("Weekly order")
                .or(&["List name"]),
            field::select("kind", "Kind", PRODUCT_LISTS_KIND)
                .th("ประเภท")
                .default("\"favourites\"")
                .listed()
                .example("favourites"),
            field::link("user_id", "User", "users")
                .th("ผู้ใช้")
                .once()
                .staff_only()
                .listed()
                .indexed()
                .or(&["User e-mail", "Username", "พนักงาน"]),
            field::link("portal_user_id", "Portal user", "portal_users").th("ผู้ใช้พอร์ทัล").once().indexed(),
            field::link("customer_id", "Customer", "customers").th("ลูกค้า").once().indexed().or(&[
                "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                "Cust ID", "Client", "Client name", "Account", "Account name", "Account code", "Account ID",
                "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id",
                "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
            ]),
        ])
        .named_by(&["name"])
        .searchable()
        .children(&[child("items", "product_list_items", "product_list_id")])
        .checks(&[Check {
            constraint: Some("product_lists_holder_check"),
            run: |doc| checks::one_of(doc, &["user_id", "portal_user_id"]),
        }]);

/// One SKU of a product list.
pub static PRODUCT_LIST_ITEMS: Entity =
    Entity::new("product_list_items", "product_list_item", Area::Catalog, Class::Customer)
        .labels(
            Text::of("Product list item", "รายการสินค้าในรายการ"),
            Text::of("Product list items", "รายการสินค้าในรายการ"),
        )
        .about("One SKU of a product list.")
        .fields(&[
            field::link("product_list_id", "List", "product_lists")
                .th("รายการ")
                .required()
                .once()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00"),
            field::link("customer_id", "Customer", "customers").th("ลูกค้า").carried_by("product_list_id").or(
                &[
                    "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                    "Cust ID", "Client", "Client name", "Account", "Account name", "Account code",
                    "Account ID", "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store",
                    "partner_id", "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
                ],
            ),
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
            field::quantity("quantity", "Quantity")
                .th("จำนวน")
                .default("\"1.000\"")
                .non_negative()
                .listed()
                .example("12")
                .or(&[
                    "Qty", "Units", "Count", "Lineitem quantity", "Ordered quantity", "Qty ordered",
                    "Order qty", "product_uom_qty", "Bottles sold", "Pcs", "Pieces", "จำนวนสินค้า", "ปริมาณ",
                ]),
            field::integer("position", "Position", 0, i32::MAX as i64)
                .th("ลำดับ")
                .default("0")
                .example("1")
                .or(&["Line", "Line no", "Line number", "No", "Seq", "Sequence", "Order", "ลำดับที่"]),
        ])
        .keys(&[key("product_list_items_product_list_id_sku_id_key", &["product_list_id", "sku_id"])])
        .checks(&[Check {
            constraint: Some("product_list_items_quantity_check"),
            run: |doc| checks::positive(doc, "quantity"),
        }])
        .permanent()
        .without_creation_index();
