//! SKUs.

use crate::{
    checks,
    entity::{Area, Check, Class, Entity, child, key},
    field::{self, Choice, Text, choice, flag},
};

const SKUS_STATUS: &[Choice] = &[
    choice("ACTIVE", "Active", "ขายอยู่").or(&["available", "published", "on sale"]),
    choice("INACTIVE", "Inactive", "พักขาย").or(&["draft", "unpublished", "disabled", "hidden"]),
    choice("DISCONTINUED", "Discontinued", "เลิกขาย").or(&["archived", "obsolete", "end of life", "eol"]),
];

/// One orderable variant and packaging of a product.
pub static SKUS: Entity = Entity::new("skus", "sku", Area::Catalog, Class::Catalogue)
    .labels(Text::of("SKU", "SKU"), Text::of("SKUs", "SKU"))
    .about("One orderable variant and packaging of a product.")
    .fields(&[
        field::link("product_id", "Product", "products")
            .th("สินค้า")
            .required()
            .listed()
            .indexed()
            .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
            .or(&["Parent product", "Product template", "product_tmpl_id", "Handle", "สินค้าหลัก"]),
        field::code("code", "Code").th("รหัส").required().listed().sortable().example("CAB-19-750").or(&[
            "SKU", "SKU code", "Variant SKU", "Item code", "Item number", "Item no", "Stock code",
            "Part number", "Article number", "Product code", "default_code", "Internal reference", "รหัสสินค้า",
            "รหัส SKU",
        ]),
        field::text("name", "Name")
            .th("ชื่อ")
            .required()
            .listed()
            .sortable()
            .example("Cabernet Sauvignon 2019, 750 ml")
            .or(&[
                "SKU name", "Variant name", "Variant title", "Variant", "Item name", "Item",
                "Item description", "ProductName", "Option1 value", "ชื่อสินค้า", "ชื่อ SKU",
            ]),
        field::integer("pack_size", "Pack size", 1, i32::MAX as i64)
            .th("จำนวนต่อแพ็ค")
            .default("1")
            .help("Units in one package.")
            .example("12")
            .or(&[
                "Pack", "Units per case", "Case size", "Per case", "Case pack", "Bottles per case",
                "Pack qty", "จำนวนต่อลัง", "ขนาดบรรจุ", "บรรจุ",
            ]),
        field::text("unit", "Unit").th("หน่วย").listed().example("bottle").or(&[
            "Uom", "Unit of measure", "Units", "QuantityPerUnit", "Packaging", "Selling unit", "uom_id",
            "หน่วยนับ", "หน่วยขาย",
        ]),
        field::quantity("volume_ml", "Volume (ml)").th("ปริมาตร (มล.)").non_negative().example("750").or(&[
            "Volume", "Bottle volume ml", "Bottle volume", "Bottle size", "Size ml", "Millilitres",
            "Milliliters", "ML", "ปริมาตร", "ขนาดขวด",
        ]),
        field::code("barcode", "Barcode")
            .th("บาร์โค้ด")
            .indexed()
            .help("EAN, UPC or the house's own.")
            .example("8850999320007")
            .or(&[
                "EAN", "EAN13", "UPC", "GTIN", "Variant barcode", "UPC code", "รหัสบาร์โค้ด", "หมายเลขบาร์โค้ด",
            ]),
        field::unit_price("base_price", "Base price")
            .th("ราคาตั้งต้น")
            .non_negative()
            .staff_only()
            .listed()
            .sortable()
            .help("Per unit, before price lists.")
            .example("18.000000")
            .or(&[
                "UnitPrice", "Price", "List price", "Sales price", "SalesUnitPrice", "Sales price or rate",
                "Selling price", "Retail price", "Regular price", "Variant price", "lst_price", "Rate",
                "ราคา", "ราคาขาย", "ราคาต่อหน่วย",
            ]),
        field::unit_price("cost", "Cost")
            .th("ต้นทุน")
            .non_negative()
            .staff_only()
            .help("What one unit costs the tenant.")
            .example("9.500000")
            .or(&[
                "Cost price", "Unit cost", "Purchase price", "Cost per item", "standard_price",
                "PurchasesUnitPrice", "Purchase cost", "Buying price", "ราคาทุน", "ราคาซื้อ", "ต้นทุนต่อหน่วย",
            ]),
        field::currency("currency", "Currency").th("สกุลเงิน").help("ISO code.").example("USD").or(&[
            "Currency code", "Curr", "CCY", "Currency ISO code", "InvoiceCurrency", "currency_id", "หน่วยเงิน",
        ]),
        field::select("status", "Status", SKUS_STATUS)
            .th("สถานะ")
            .default("\"ACTIVE\"")
            .listed()
            .sortable()
            .example("ACTIVE")
            .or(&["SKU status", "Variant status", "สถานะสินค้า"])
            .flags(&[
                flag("Discontinued", "DISCONTINUED", "ACTIVE"),
                flag("Active", "ACTIVE", "INACTIVE"),
                flag("Is active", "ACTIVE", "INACTIVE"),
                flag("Inactive", "INACTIVE", "ACTIVE"),
                flag("เลิกขาย", "DISCONTINUED", "ACTIVE"),
            ]),
    ])
    .keys(&[key("skus_code_key", &["code"])])
    .named_by(&["code", "barcode", "name"])
    .searchable()
    .children(&[child("inventory", "inventory", "sku_id"), child("prices", "price_list_entries", "sku_id")])
    .checks(&[Check {
        constraint: Some("skus_volume_ml_check"),
        run: |doc| checks::positive(doc, "volume_ml"),
    }])
    .custom_fields();
