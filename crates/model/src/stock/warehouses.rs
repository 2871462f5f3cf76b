//! Warehouses and their locations.

use crate::{
    entity::{Area, Class, Entity, child, key},
    field::{self, Choice, Text, choice},
};

/// A building that holds stock.
pub static WAREHOUSES: Entity = Entity::new("warehouses", "warehouse", Area::Stock, Class::Staff)
    .labels(Text::of("Warehouse", "คลังสินค้า"), Text::of("Warehouses", "คลังสินค้า"))
    .about("A building that holds stock.")
    .fields(&[
        field::code("code", "Code")
            .th("รหัส")
            .required()
            .listed()
            .sortable()
            .example("MAIN")
            .or(&["Warehouse code", "Warehouse ID", "WH code", "Depot code", "รหัสคลัง", "รหัสคลังสินค้า"]),
        field::text("name", "Name")
            .th("ชื่อ")
            .required()
            .listed()
            .sortable()
            .example("Main warehouse")
            .or(&["Warehouse", "Warehouse name", "Depot", "ชื่อคลัง", "คลังสินค้า", "ชื่อคลังสินค้า"]),
        field::paragraph("address", "Address")
            .th("ที่อยู่")
            .help("Street and house; city and postal code stand in fields of their own.")
            .example("Obere Str. 57")
            .or(&[
                "Street", "Street address", "Address line 1", "Address 1", "Addr", "Billing street",
                "Billing address", "Billing address line 1", "Mailing street", "Mailing address",
                "Bill addr", "Bill street", "Shipping street", "SAAddressLine1", "POAddressLine1",
                "Default address address1", "ที่อยู่ลูกค้า", "บ้านเลขที่", "ถนน",
            ]),
        field::integer("priority", "Priority", -1000000, 1000000)
            .th("ลำดับความสำคัญ")
            .default("0")
            .listed()
            .sortable()
            .help("Higher comes first.")
            .example("10")
            .or(&["Rank", "Precedence", "Order", "ความสำคัญ"]),
    ])
    .keys(&[key("warehouses_code_key", &["code"])])
    .named_by(&["code", "name"])
    .searchable()
    .children(&[child("locations", "warehouse_locations", "warehouse_id")])
    .custom_fields();

const WAREHOUSE_LOCATIONS_KIND: &[Choice] = &[
    choice("storage", "Storage", "เก็บสินค้า").or(&["stock", "internal", "bulk"]),
    choice("receiving", "Receiving", "รับเข้า").or(&["inbound", "input"]),
    choice("shipping", "Shipping", "ส่งออก").or(&["outbound", "output", "dispatch"]),
    choice("returns", "Returns", "รับคืน").or(&["return"]),
];

/// A place in a warehouse.
pub static WAREHOUSE_LOCATIONS: Entity =
    Entity::new("warehouse_locations", "warehouse_location", Area::Stock, Class::Staff)
        .labels(Text::of("Location", "ตำแหน่งเก็บ"), Text::of("Locations", "ตำแหน่งเก็บ"))
        .about("A place in a warehouse.")
        .fields(&[
            field::link("warehouse_id", "Warehouse", "warehouses")
                .th("คลังสินค้า")
                .required()
                .once()
                .listed()
                .indexed()
                .example("0190f5c4-7b1e-7c3a-9d52-0f6a3c2b1d00")
                .or(&["Warehouse code", "Warehouse name", "Depot", "WH", "คลัง", "รหัสคลัง", "ชื่อคลัง"]),
            field::code("code", "Code").th("รหัส").required().listed().sortable().example("A-01-3").or(&[
                "Location", "Location code", "Bin", "Bin code", "Bin location", "Shelf", "Aisle",
                "รหัสตำแหน่ง", "ตำแหน่ง",
            ]),
            field::select("kind", "Kind", WAREHOUSE_LOCATIONS_KIND)
                .th("ประเภท")
                .default("\"storage\"")
                .listed()
                .example("storage")
                .or(&["Location type", "Location kind", "ประเภทตำแหน่ง"]),
        ])
        .keys(&[key("warehouse_locations_warehouse_id_code_key", &["warehouse_id", "code"])])
        .named_by(&["code"])
        .searchable()
        .children(&[child("inventory", "inventory", "location_id")]);
