//! Price lists, what they hold and whom they reach.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Text},
};

/// Prices and discounts under a name, in one currency.
pub static PRICE_LISTS: Entity =
    Entity::new("price_lists", "price_list", Area::Catalog, Class::Staff)
        .labels(Text::of("Price list", "รายการราคา"), Text::of("Price lists", "รายการราคา"))
        .about("Prices and discounts under a name, in one currency.")
        .fields(&[
            field::code("code", "Code")
                .th("รหัส")
                .required()
                .listed()
                .sortable()
                .example("GOLD-USD")
                .or(&["Price list code", "List code", "Price list ID", "รหัสรายการราคา"]),
            field::text("name", "Name").th("ชื่อ").required().listed().sortable().example("Gold customers").or(
                &["Price list", "Price list name", "List name", "Price book", "ชื่อรายการราคา", "รายการราคา"],
            ),
            field::currency("currency", "Currency")
                .th("สกุลเงิน")
                .required()
                .listed()
                .help("ISO code.")
                .example("USD")
                .or(&[
                    "Currency code", "Curr", "CCY", "Currency ISO code", "InvoiceCurrency", "currency_id",
                    "หน่วยเงิน",
                ]),
            field::link("parent_id", "Parent list", "price_lists")
                .th("รายการแม่")
                .indexed()
                .help("Prices not found here are looked up there.")
                .or(&["Base list", "Parent price list", "Based on"]),
            field::integer("priority", "Priority", -1000000, 1000000)
                .th("ลำดับความสำคัญ")
                .default("0")
                .help("Higher comes first.")
                .example("10")
                .or(&["Rank", "Precedence", "Order", "ความสำคัญ"]),
            field::date("valid_from", "Valid from").th("เริ่มใช้").listed().example("2026-01-01").or(&[
                "Start date", "From", "From date", "Effective from", "Effective date", "Start", "Starts on",
                "date_start", "วันที่เริ่ม", "ตั้งแต่วันที่", "เริ่มต้น",
            ]),
            field::date("valid_to", "Valid to")
                .th("สิ้นสุด")
                .listed()
                .help("The last day included.")
                .example("2026-12-31")
                .or(&[
                    "End date", "To", "To date", "Until", "Effective to", "End", "Valid until", "Expires",
                    "date_end", "วันที่สิ้นสุด", "ถึงวันที่",
                ]),
            field::boolean("is_default", "Default")
                .th("ค่าเริ่มต้น")
                .default("false")
                .listed()
                .example("false")
                .or(&["Standard"]),
        ])
        .keys(&[key("price_lists_code_key", &["code"])])
        .named_by(&["code", "name"])
        .searchable()
        .children(&[
            child("entries", "price_list_entries", "price_list_id"),
            child("assignments", "price_list_assignments", "price_list_id"),
        ])
        .checks(&[
            Check {
                constraint: Some("price_lists_period_check"),
                run: |doc| checks::not_before(doc, "valid_from", "valid_to"),
            },
            Check {
                constraint: Some("price_lists_parent_check"),
                run: |doc| checks::not_itself(doc, "parent_id"),
            },
        ]);

/// The only way a list reaches a customer: by itself or by its tier.
pub static PRICE_LIST_ASSIGNMENTS: Entity =
    Entity::new("price_list_assignments", "price_list_assignment", Area::Catalog, Class::Staff)
        .labels(
            Text::of("Price list assignment", "การกำหนดรายการราคา"),
            Text::of("Price list assignments", "การกำหนดรายการราคา"),
        )
        .about("The only way a list reaches a customer: by itself or by its tier.")
        .fields(&[
            field::link("price_list_id", "Price list", "price_lists")
                .th("รายการราคา")
                .required()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Price list code", "Price list name", "Price book", "Price level", "ตารางราคา",
                    "ชื่อรายการราคา", "รหัสรายการราคา",
                ]),
            field::link("customer_id", "Customer", "customers").th("ลูกค้า").listed().indexed().or(&[
                "Customer code", "Customer name", "Customer no", "Customer number", "Cust", "Cust no",
                "Cust ID", "Client", "Client name", "Account", "Account name", "Account code", "Account ID",
                "Sold to", "Bill to", "Bill to name", "Buyer", "Store number", "Store", "partner_id",
                "ContactName", "รหัสลูกค้า", "ชื่อลูกค้า", "เลขที่ลูกค้า", "ผู้ซื้อ",
            ]),
            field::code("tier", "Tier")
                .th("ระดับ")
                .listed()
                .indexed()
                .example("GOLD")
                .or(&["Customer tier", "Price tier", "Customer group", "กลุ่มลูกค้า"]),
        ])
        .keys(&[key(
            "price_list_assignments_price_list_id_customer_id_tier_key",
            &["price_list_id", "customer_id", "tier"],
        )])
        .checks(&[Check {
            constraint: Some("price_list_assignments_target_check"),
            run: |doc| checks::one_of(doc, &["customer_id", "tier"]),
        }])
        .without_creation_index();

/// A price or a discount for one SKU, product or category from a quantity on.
pub static PRICE_LIST_ENTRIES: Entity =
    Entity::new("price_list_entries", "price_list_entry", Area::Catalog, Class::Staff)
        .labels(Text::of("Price list entry", "ราคาในรายการ"), Text::of("Price list entries", "ราคาในรายการ"))
        .about("A price or a discount for one SKU, product or category from a quantity on.")
        .fields(&[
            field::link("price_list_id", "Price list", "price_lists")
                .th("รายการราคา")
                .required()
                .once()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&[
                    "Price list code", "Price list name", "Price book", "Price level", "ตารางราคา",
                    "ชื่อรายการราคา", "รหัสรายการราคา",
                ]),
            field::link("sku_id", "SKU", "skus").th("SKU").listed().indexed().or(&[
                "SKU code", "Product code", "Product name", "Item", "Item code", "Item number", "Item no",
                "Item name", "Lineitem sku", "Lineitem name", "Variant SKU", "InventoryItemCode",
                "Stock code", "Part number", "Article", "Article number", "default_code", "รหัสสินค้า",
                "ชื่อสินค้า",
            ]),
            field::link("product_id", "Product", "products")
                .th("สินค้า")
                .listed()
                .indexed()
                .or(&["product_tmpl_id", "Handle"]),
            field::link("category_id", "Category", "product_categories").th("หมวดหมู่").listed().indexed().or(
                &[
                    "Product category", "Category name", "Category code", "Item category", "Product type",
                    "Type of product", "Item group", "Product group", "categ_id", "หมวดสินค้า", "หมวดหมู่สินค้า",
                    "ประเภทสินค้า", "กลุ่มสินค้า",
                ],
            ),
            field::quantity("min_quantity", "From quantity")
                .th("จำนวนขั้นต่ำ")
                .default("\"1.000\"")
                .non_negative()
                .listed()
                .help("The price holds from this quantity on.")
                .example("12")
                .or(&[
                    "Minimum quantity", "Min qty", "Quantity break", "Break", "Qty from", "MOQ", "ขั้นต่ำ",
                    "จำนวนเริ่มต้น",
                ]),
            field::unit_price("price", "Price")
                .th("ราคา")
                .non_negative()
                .listed()
                .help("Per unit.")
                .example("16.500000")
                .or(&[
                    "Unit price", "Net price", "Special price", "List price", "Fixed price", "Rate",
                    "ราคาต่อหน่วย", "ราคาขาย", "ราคาพิเศษ",
                ]),
            field::percent("discount_percent", "Discount %")
                .th("ส่วนลด %")
                .up_to(100)
                .listed()
                .help("Off the SKU's base price; 0 to 100.")
                .example("5")
                .or(&["Discount", "Discount percentage", "Disc %", "Disc", "ส่วนลด", "เปอร์เซ็นต์ส่วนลด"]),
            field::date("valid_from", "Valid from").th("เริ่มใช้").example("2026-01-01").or(&[
                "Start date", "From", "From date", "Effective from", "Effective date", "Start", "Starts on",
                "date_start", "วันที่เริ่ม", "ตั้งแต่วันที่", "เริ่มต้น",
            ]),
            field::date("valid_to", "Valid to")
                .th("สิ้นสุด")
                .help("The last day included.")
                .example("2026-12-31")
                .or(&[
                    "End date", "To", "To date", "Until", "Effective to", "End", "Valid until", "Expires",
                    "date_end", "วันที่สิ้นสุด", "ถึงวันที่",
                ]),
        ])
        .keys(&[key(
            "price_list_entries_target_min_quantity_valid_from_key",
            &["price_list_id", "sku_id", "product_id", "category_id", "min_quantity", "valid_from"],
        )])
        .checks(&[
            Check {
                constraint: Some("price_list_entries_target_check"),
                run: |doc| checks::one_of(doc, &["sku_id", "product_id", "category_id"]),
            },
            Check {
                constraint: Some("price_list_entries_value_check"),
                run: |doc| checks::one_of(doc, &["price", "discount_percent"]),
            },
            Check {
                constraint: Some("price_list_entries_period_check"),
                run: |doc| checks::not_before(doc, "valid_from", "valid_to"),
            },
        ]);
