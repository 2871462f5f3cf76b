//! Products.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Choice, Text, choice, flag},
};

const PRODUCTS_STATUS: &[Choice] = &[
    choice("ACTIVE", "Active", "ขายอยู่").or(&["available", "published", "on sale"]),
    choice("INACTIVE", "Inactive", "พักขาย").or(&["draft", "unpublished", "disabled", "hidden"]),
    choice("DISCONTINUED", "Discontinued", "เลิกขาย").or(&["archived", "obsolete", "end of life", "eol"]),
];

/// What is sold; ordered by its SKUs.
pub static PRODUCTS: Entity = Entity::new("products", "product", Area::Catalog, Class::Catalogue)
    .labels(Text::of("Product", "สินค้า"), Text::of("Products", "สินค้า"))
    .about("What is sold; ordered by its SKUs.")
    .fields(&[
        field::code("code", "Code").th("รหัส").required().listed().sortable().example("CAB-19").or(&[
            "ProductID", "Product code", "Product no", "Product number", "Item code", "Item number",
            "Item no", "Item ID", "Handle", "Internal reference", "Stock code", "Article number", "ID",
            "รหัสสินค้า",
        ]),
        field::text("name", "Name").th("ชื่อ").required().listed().sortable().example("Cabernet Sauvignon").or(
            &[
                "ProductName", "Product", "Item", "Item name", "Item description", "Title", "Product title",
                "Product/Service Name", "Product service", "ชื่อสินค้า", "สินค้า", "รายการสินค้า",
            ],
        ),
        field::link("category_id", "Category", "product_categories").th("หมวดหมู่").listed().indexed().or(&[
            "Product category", "Category name", "Category code", "Item category", "Product type",
            "Type of product", "Item group", "Product group", "categ_id", "หมวดสินค้า", "หมวดหมู่สินค้า",
            "ประเภทสินค้า", "กลุ่มสินค้า",
        ]),
        field::text("brand", "Brand").th("ยี่ห้อ").listed().example("Silver Oak").or(&[
            "Brand name", "Producer", "Winery", "Manufacturer", "Maker", "Vendor brand", "แบรนด์", "ตราสินค้า",
            "ผู้ผลิต",
        ]),
        field::link("supplier_id", "Supplier", "suppliers")
            .th("ผู้จัดจำหน่าย")
            .staff_only()
            .listed()
            .indexed()
            .or(&[
                "Supplier name", "Supplier code", "Vendor", "Vendor name", "Vendor code", "Preferred vendor",
                "Distributor", "ผู้ขาย", "ซัพพลายเออร์", "ชื่อผู้จัดจำหน่าย", "รหัสผู้จัดจำหน่าย",
            ]),
        field::integer("vintage", "Vintage", 1000, 9999)
            .th("ปีที่ผลิต")
            .example("2019")
            .or(&["Year", "Vintage year", "Harvest", "วินเทจ", "ปี"]),
        field::percent("abv", "Alcohol")
            .th("แอลกอฮอล์")
            .up_to(100)
            .help("Alcohol by volume in percent.")
            .example("13.5")
            .or(&["Alcohol %", "Alcohol by volume", "Alc", "Alc %", "Alc/Vol", "ดีกรี", "ปริมาณแอลกอฮอล์"]),
        field::country("country", "Country of origin")
            .th("ประเทศผู้ผลิต")
            .help("Name or ISO code.")
            .example("FR")
            .or(&["Origin", "Made in", "Country of manufacture", "ประเทศ", "ประเทศต้นกำเนิด"]),
        field::text("region", "Region")
            .th("แหล่งผลิต")
            .help("Where it grows or is made.")
            .example("Napa Valley")
            .or(&["Appellation", "Region of origin", "Wine region", "ภูมิภาค", "เขตผลิต"]),
        field::text("tax_class", "Tax class")
            .th("ประเภทภาษี")
            .example("wine")
            .or(&["Tax category", "Tax type", "Tax code", "Product tax class", "ชนิดภาษี"]),
        field::select("status", "Status", PRODUCTS_STATUS)
            .th("สถานะ")
            .default("\"ACTIVE\"")
            .listed()
            .sortable()
            .example("ACTIVE")
            .or(&["Product status", "Item status", "สถานะสินค้า"])
            .flags(&[
                flag("Discontinued", "DISCONTINUED", "ACTIVE"),
                flag("Active", "ACTIVE", "INACTIVE"),
                flag("Is active", "ACTIVE", "INACTIVE"),
                flag("Published", "ACTIVE", "INACTIVE"),
                flag("Inactive", "INACTIVE", "ACTIVE"),
                flag("Archived", "DISCONTINUED", "ACTIVE"),
                flag("เลิกขาย", "DISCONTINUED", "ACTIVE"),
            ]),
        field::paragraph("description", "Description").th("คำอธิบาย").example("Dry, full-bodied red").or(&[
            "Desc", "Product description", "Long description", "Body (HTML)", "Details", "Sales description",
            "รายละเอียด", "รายละเอียดสินค้า",
        ]),
        field::link("image_id", "Image", "files").th("รูปภาพ").indexed(),
    ])
    .keys(&[key("products_code_key", &["code"])])
    .named_by(&["code", "name"])
    .searchable()
    .children(&[child("skus", "skus", "product_id")])
    .custom_fields();
