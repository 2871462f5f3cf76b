//! What a file may hold: each data type is a list of parts, each part records of one entity.
//!
//! A row of a file gives at most one record of each part. Parts stand in the order in which their records are
//! made: what others refer to first, documents before their lines.

use std::sync::LazyLock;

use model::{
    entity::{Entity, Writes},
    field::{Field, Kind, Text},
    registry,
    value::{Author, Mode, ValueCode},
};

use super::codes::WITHOUT_PRICE;

/// How the records of a part hang together with the others of the same row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Stands by itself; later parts may refer to it.
    Reference,
    /// A document: made in one step with all its children, or not at all.
    Root,
    /// A line of the document.
    Child,
}

/// Where a field's value comes from when no column gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implied {
    /// The value of a field of another part of the same row: `(part, field)`.
    Same(&'static str, &'static str),
    /// The tenant's currency.
    Currency,
    /// A fixed value, as JSON text.
    Json(&'static str),
    /// The day of the import, in the tenant's time zone.
    Today,
    /// The record's place among the rows of its document, from 1.
    Position,
    /// The tenant's default location of stock, made where there is none.
    DefaultLocation,
}

/// Records of one entity within the rows of a file.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The entity; also the part's name.
    pub entity: &'static str,
    /// How it hangs together with the others.
    pub role: Role,
    /// Several rows may tell of the same record; what they tell must agree.
    pub grouped: bool,
    /// Link fields that point at the record of another part of the same row: `(field, part)`.
    pub of: &'static [(&'static str, &'static str)],
    /// Fields that no column needs to give, and where their values come from, in order of preference.
    pub implied: &'static [(&'static str, Implied)],
    /// Further headers that files of this data type use: `(field, headers)`.
    pub synonyms: &'static [(&'static str, &'static [&'static str])],
    /// Fields that a record can do without, and what its warning says then.
    pub wanted: &'static [(&'static str, &'static ValueCode)],
}

impl Part {
    const fn new(entity: &'static str, role: Role) -> Self {
        Self { entity, role, grouped: false, of: &[], implied: &[], synonyms: &[], wanted: &[] }
    }

    const fn grouped(mut self) -> Self {
        self.grouped = true;
        self
    }

    const fn of(mut self, links: &'static [(&'static str, &'static str)]) -> Self {
        self.of = links;
        self
    }

    const fn implied(mut self, implied: &'static [(&'static str, Implied)]) -> Self {
        self.implied = implied;
        self
    }

    const fn or(mut self, synonyms: &'static [(&'static str, &'static [&'static str])]) -> Self {
        self.synonyms = synonyms;
        self
    }

    const fn wanting(mut self, wanted: &'static [(&'static str, &'static ValueCode)]) -> Self {
        self.wanted = wanted;
        self
    }

    /// A part whose records the program makes where a file needs them.
    pub const fn program(entity: &'static str) -> Self {
        Self::new(entity, Role::Reference)
    }

    /// The description of its records: a test resolves every part of every data type.
    pub fn description(&self) -> &'static Entity {
        static NOTHING: Entity =
            Entity::new("nothing", "nothing", model::entity::Area::Data, model::entity::Class::Staff);
        registry::entity(self.entity).unwrap_or(&NOTHING)
    }

    /// Whether a column may give this field.
    pub fn takes(&self, field: &Field) -> bool {
        let own = self.of.iter().all(|(link, _)| *link != field.name);
        let position =
            self.implied.iter().all(|(name, from)| *name != field.name || *from != Implied::Position);
        let kind = !matches!(field.kind, Kind::Id | Kind::Json);
        let stated = Author::Import.writes(field, Mode::Create) && Author::Import.sees(field);
        let computed = field.name == "line_total";
        own && position && kind && stated && !computed && field.carried.is_none()
    }

    /// Where a field's value comes from when no column gives it, best first.
    pub fn sources(&self, field: &str) -> impl Iterator<Item = Implied> {
        self.implied.iter().filter(move |(name, _)| *name == field).map(|(_, from)| *from)
    }
}

/// What a file may hold.
#[derive(Clone, Debug)]
pub struct DataType {
    /// Name in the API and on the command line.
    pub name: &'static str,
    /// What people read.
    pub label: Text,
    /// Its parts, in the order in which records are made.
    pub parts: Vec<Part>,
    /// Proposed by itself when a file looks like it.
    pub offered: bool,
}

impl DataType {
    /// The part of this entity, with its place.
    pub fn part(&self, entity: &str) -> Option<(usize, &Part)> {
        self.parts.iter().enumerate().find(|(_, part)| part.entity == entity)
    }
}

use Implied::{Currency, DefaultLocation, Json, Position, Same, Today};
use Role::{Child, Reference, Root};

const SKU: Part = Part::new("skus", Reference);
const INVENTORY: Part = Part::new("inventory", Reference).implied(&[("location_id", DefaultLocation)]);

/// A line waits for its price rather than be left out.
const PRICED: &[(&str, &ValueCode)] = &[("unit_price", &WITHOUT_PRICE)];

/// The data types that are offered, most usual first.
const OFFERED: &[(&str, &str, &str, &[Part])] = &[
    ("customers", "Customers", "ลูกค้า", &[Part::new("customers", Reference)]),
    ("contacts", "Contacts", "ผู้ติดต่อ", &[Part::new("contacts", Reference)]),
    ("companies", "Companies", "บริษัท", &[Part::new("companies", Reference)]),
    ("suppliers", "Suppliers", "ผู้จัดจำหน่าย", &[Part::new("suppliers", Reference)]),
    ("product_categories", "Product categories", "หมวดสินค้า", &[Part::new("product_categories", Reference)]),
    (
        "products",
        "Products",
        "สินค้า",
        &[
            Part::new("products", Reference)
                .grouped()
                .implied(&[("code", Same("skus", "code")), ("name", Same("skus", "name"))]),
            SKU.grouped().of(&[("product_id", "products")]).implied(&[
                ("code", Same("products", "code")),
                ("name", Same("products", "name")),
                ("currency", Currency),
            ]),
            INVENTORY.of(&[("sku_id", "skus")]),
        ],
    ),
    (
        "skus",
        "SKUs",
        "SKU",
        &[
            SKU.grouped().implied(&[("name", Same("skus", "code")), ("currency", Currency)]),
            INVENTORY.of(&[("sku_id", "skus")]),
        ],
    ),
    ("inventory", "Stock", "สต็อก", &[INVENTORY]),
    ("warehouses", "Warehouses", "คลังสินค้า", &[Part::new("warehouses", Reference)]),
    (
        "warehouse_locations",
        "Warehouse locations",
        "ตำแหน่งในคลัง",
        &[Part::new("warehouse_locations", Reference)],
    ),
    (
        "price_list_entries",
        "Prices",
        "ราคาสินค้า",
        &[
            Part::new("price_lists", Reference)
                .grouped()
                .implied(&[
                    ("code", Same("price_lists", "name")),
                    ("name", Same("price_lists", "code")),
                    ("currency", Currency),
                ])
                .or(&[("code", &["price list"])]),
            Part::new("price_list_entries", Reference)
                .of(&[("price_list_id", "price_lists")])
                .or(&[("sku_id", &["product", "product id"])]),
        ],
    ),
    (
        "orders",
        "Orders",
        "คำสั่งซื้อ",
        &[
            Part::new("orders", Root).grouped().implied(&[
                ("currency", Currency),
                ("status", Json("\"confirmed\"")),
                ("source", Json("\"import\"")),
            ]),
            Part::new("order_lines", Child)
                .of(&[("order_id", "orders")])
                .implied(&[("position", Position)])
                .wanting(PRICED),
        ],
    ),
    (
        "invoices",
        "Invoices",
        "ใบแจ้งหนี้",
        &[
            Part::new("invoices", Root).grouped().implied(&[
                ("currency", Currency),
                ("status", Json("\"ISSUED\"")),
                ("issued_on", Today),
            ]),
            Part::new("invoice_lines", Child)
                .of(&[("invoice_id", "invoices")])
                .implied(&[("position", Position)]),
        ],
    ),
    (
        "payments",
        "Payments",
        "การชำระเงิน",
        &[Part::new("payments", Root).implied(&[
            ("currency", Currency),
            ("method", Json("\"other\"")),
            ("received_on", Today),
            ("unallocated", Same("payments", "amount")),
        ])],
    ),
    ("delivery_routes", "Delivery routes", "เส้นทางจัดส่ง", &[Part::new("delivery_routes", Reference)]),
];

/// Entities whose key holds two empty values for equal.
const NULLS_ALIKE: &[&str] = &[
    "company_list_shares", "customer_licenses", "saved_views", "price_list_assignments",
    "price_list_entries", "shipment_lines",
];

/// Whether an entity's key tells records apart by empty values too.
pub fn nulls_alike(entity: &Entity) -> bool {
    NULLS_ALIKE.contains(&entity.name)
}

/// Every data type: the offered ones, then one for each other entity that callers may write.
pub static DATA_TYPES: LazyLock<Vec<DataType>> = LazyLock::new(|| {
    let mut types: Vec<DataType> = OFFERED
        .iter()
        .map(|(name, en, th, parts)| DataType {
            name,
            label: Text::of(en, th),
            parts: parts.to_vec(),
            offered: true,
        })
        .collect();
    for entity in registry::ENTITIES.iter().filter(|entity| entity.writes == Writes::All && entity.imports) {
        if types.iter().all(|known| known.name != entity.name) {
            let parts = vec![Part::new(entity.name, Reference)];
            types.push(DataType { name: entity.name, label: entity.plural, parts, offered: false });
        }
    }
    types
});

/// The data type of this name.
pub fn data_type(name: &str) -> Option<&'static DataType> {
    DATA_TYPES.iter().find(|known| known.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_described_and_its_fields_exist() {
        for data_type in DATA_TYPES.iter() {
            for part in &data_type.parts {
                let entity =
                    registry::entity(part.entity).unwrap_or_else(|| panic!("no entity {}", part.entity));
                let links = part.of.iter().map(|(field, _)| *field);
                let implied = part.implied.iter().map(|(field, _)| *field);
                let named = part.synonyms.iter().map(|(field, _)| *field);
                let wanted = part.wanted.iter().map(|(field, _)| *field);
                for field in links.chain(implied).chain(named).chain(wanted) {
                    assert!(entity.field(field).is_some(), "{}.{field}", part.entity);
                }
                for (field, of) in part.of {
                    assert!(data_type.part(of).is_some(), "{}.{field} is of {of}", part.entity);
                }
            }
        }
    }
}
