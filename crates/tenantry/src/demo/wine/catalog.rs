//! What Well Crafted sells: 40 wines and spirits, 120 SKUs, and the prices agreed with tiers and customers.

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::super::{
    book::Book,
    trade::{HISTORY, Item},
};

/// Code, name, contact, city, region, country.
const SUPPLIERS: &[(&str, &str, &str, &str, &str, &str)] = &[
    ("SILVER", "Silver Ridge Vineyards", "Dana Whitlock", "St. Helena", "California", "US"),
    ("AUBE", "Domaine de l'Aube", "Hélène Marchand", "Beaune", "Bourgogne", "FR"),
    ("SIERRA", "Bodegas Sierra Alta", "Íñigo Zabala", "Haro", "La Rioja", "ES"),
    ("MONTE", "Tenuta Monteluce", "Chiara Bellandi", "Montalcino", "Toscana", "IT"),
    ("SONN", "Weingut Sonnenhang", "Jürgen Köhler", "Bernkastel", "Mosel", "DE"),
    ("KOWHAI", "Kōwhai Estate", "Aroha Ngata", "Blenheim", "Marlborough", "NZ"),
    ("VERDE", "Quinta do Vale Verde", "João Antunes", "Pinhão", "Douro", "PT"),
    ("COPPER", "Copper Still Spirits Co.", "Ruth Calloway", "Bardstown", "Kentucky", "US"),
];

/// Code, name, parent.
const CATEGORIES: &[(&str, &str, Option<&str>)] = &[
    ("WINE", "Wine", None),
    ("SPIRITS", "Spirits", None),
    ("RED", "Red wine", Some("WINE")),
    ("WHITE", "White wine", Some("WINE")),
    ("ROSE", "Rosé", Some("WINE")),
    ("SPARKLING", "Sparkling wine", Some("WINE")),
    ("WHISKEY", "Whiskey", Some("SPIRITS")),
    ("GIN", "Gin", Some("SPIRITS")),
];

/// Code, name, category, supplier, vintage (0: none), alcohol in tenths of a percent, price of a bottle in cents.
type Product = (&'static str, &'static str, &'static str, &'static str, i32, i64, i64);

const PRODUCTS: &[Product] = &[
    ("CAB", "Cabernet Sauvignon", "RED", "SILVER", 2021, 142, 2400),
    ("CHA", "Chardonnay", "WHITE", "SILVER", 2022, 135, 1900),
    ("PIN", "Pinot Noir", "RED", "SILVER", 2022, 136, 2600),
    ("MER", "Merlot", "RED", "SILVER", 2021, 140, 1800),
    ("ZIN", "Old Vine Zinfandel", "RED", "SILVER", 2020, 150, 2200),
    ("SYR", "Syrah", "RED", "SILVER", 2021, 143, 2100),
    ("FUM", "Fumé Blanc", "WHITE", "SILVER", 2023, 131, 1700),
    ("VIO", "Viognier", "WHITE", "SILVER", 2023, 138, 2000),
    ("ROP", "Rosé of Pinot Noir", "ROSE", "SILVER", 2024, 128, 1650),
    ("BDB", "Blanc de Blancs", "SPARKLING", "SILVER", 2019, 122, 3400),
    ("BGR", "Bourgogne Rouge", "RED", "AUBE", 2022, 129, 2800),
    ("BGB", "Bourgogne Blanc", "WHITE", "AUBE", 2022, 128, 2700),
    ("SAV", "Savigny-lès-Beaune", "RED", "AUBE", 2020, 132, 4600),
    ("ALI", "Aligoté", "WHITE", "AUBE", 2023, 123, 1950),
    ("CRE", "Crémant de Bourgogne", "SPARKLING", "AUBE", 0, 120, 2250),
    ("RIC", "Rioja Crianza", "RED", "SIERRA", 2020, 138, 1550),
    ("RIR", "Rioja Reserva", "RED", "SIERRA", 2017, 140, 2450),
    ("RIB", "Rioja Blanco", "WHITE", "SIERRA", 2023, 129, 1350),
    ("TXA", "Txakolina", "WHITE", "SIERRA", 2024, 114, 1750),
    ("GAR", "Garnacha Rosado", "ROSE", "SIERRA", 2024, 135, 1150),
    ("BRU", "Brunello di Montalcino", "RED", "MONTE", 2018, 145, 5800),
    ("ROS", "Rosso di Montalcino", "RED", "MONTE", 2021, 140, 2650),
    ("CHI", "Chianti Classico", "RED", "MONTE", 2021, 136, 2150),
    ("VER", "Vernaccia", "WHITE", "MONTE", 2023, 126, 1600),
    ("RIK", "Riesling Kabinett", "WHITE", "SONN", 2023, 85, 1900),
    ("RIS", "Riesling Spätlese", "WHITE", "SONN", 2022, 80, 2600),
    ("SPB", "Spätburgunder", "RED", "SONN", 2021, 130, 2300),
    ("SEK", "Riesling Sekt", "SPARKLING", "SONN", 2021, 120, 2100),
    ("SAU", "Sauvignon Blanc", "WHITE", "KOWHAI", 2024, 130, 1600),
    ("PNZ", "Pinot Noir Marlborough", "RED", "KOWHAI", 2022, 133, 2400),
    ("PGR", "Pinot Gris", "WHITE", "KOWHAI", 2023, 133, 1700),
    ("DOT", "Douro Tinto", "RED", "VERDE", 2021, 139, 1450),
    ("DOB", "Douro Branco", "WHITE", "VERDE", 2023, 127, 1400),
    ("VIN", "Vinho Verde", "WHITE", "VERDE", 2024, 110, 1050),
    ("TAW", "Tawny Port 10 Years", "RED", "VERDE", 0, 200, 3200),
    ("BOU", "Small Batch Bourbon", "WHISKEY", "COPPER", 0, 460, 3800),
    ("RYE", "Straight Rye", "WHISKEY", "COPPER", 0, 480, 4200),
    ("SMO", "Single Malt", "WHISKEY", "COPPER", 0, 450, 5600),
    ("GIN", "Juniper Hill Gin", "GIN", "COPPER", 0, 430, 2900),
    ("OLD", "Barrel-Aged Gin", "GIN", "COPPER", 0, 440, 3600),
];

/// Puts suppliers, categories, products and SKUs into the book. Stock lies at `locations`, one aisle a category.
pub fn put(book: &mut Book, locations: &[Uuid]) -> Vec<Item> {
    let at = book.moment(book.ago(HISTORY), 10);
    for (code, name, contact, city, region, country) in SUPPLIERS {
        let mailbox = code.to_lowercase();
        let row = json!({
            "code": code, "name": name, "contact": contact, "email": format!("orders@{mailbox}.example"),
            "phone": "+1 707 555 0100", "city": city, "region": region, "country": country,
            "website": format!("https://{mailbox}.example"),
        });
        book.put("suppliers", code, at, row);
    }
    for (code, name, parent) in CATEGORIES {
        let parent = parent.map(|parent| book.id("product_categories", parent, at));
        book.put("product_categories", code, at, json!({"code": code, "name": name, "parent_id": parent}));
    }
    let mut items = vec![];
    for (index, product) in PRODUCTS.iter().enumerate() {
        put_product(book, index, product, locations, &mut items);
    }
    items
}

fn put_product(book: &mut Book, index: usize, product: &Product, locations: &[Uuid], items: &mut Vec<Item>) {
    let &(code, name, category, supplier, vintage, abv, cents) = product;
    let at = book.moment(book.ago(HISTORY), 20 + index as i64);
    let (_, brand, _, _, region, country) =
        SUPPLIERS.iter().find(|(code, ..)| *code == supplier).unwrap_or(&SUPPLIERS[0]);
    // Of the range two are no longer made and one rests until the next vintage.
    let status = match code {
        "TXA" | "OLD" => "DISCONTINUED",
        "SEK" => "INACTIVE",
        _ => "ACTIVE",
    };
    let category_at = book.moment(book.ago(HISTORY), 10);
    let row = json!({
        "code": code, "name": name, "category_id": book.id("product_categories", category, category_at),
        "brand": brand, "supplier_id": book.id("suppliers", supplier, category_at),
        "vintage": (vintage > 0).then_some(vintage), "abv": Decimal::new(abv, 1), "country": country,
        "region": region, "tax_class": if abv > 210 { "spirits" } else { "wine" }, "status": status,
        "description": format!("{name} of {brand}, {region}."),
    });
    let id = book.put("products", code, at, row);
    // Bottle, case of twelve (at eleven times the price), magnum.
    let packs = [
        ("750", "750 ml", 1, "bottle", 750, cents),
        ("C12", "case of 12", 12, "case", 750, cents * 11),
        ("MAG", "magnum", 1, "bottle", 1500, cents * 21 / 10),
    ];
    for (pack, (suffix, label, size, unit, volume, price)) in packs.into_iter().enumerate() {
        let sku_code = format!("{code}-{suffix}");
        let name =
            format!("{name} {}{label}", if vintage > 0 { format!("{vintage} ") } else { String::new() });
        let row = json!({
            "product_id": id, "code": sku_code, "name": name, "pack_size": size, "unit": unit, "volume_ml": volume,
            "barcode": ean13(40_000_000_000 + index as u64 * 10 + pack as u64), "base_price": Decimal::new(price, 2),
            "cost": Decimal::new(price * 62, 4), "currency": "USD", "status": status,
        });
        let sku = book.put("skus", &sku_code, at, row);
        if status == "ACTIVE" {
            let location = locations.get(index % locations.len().max(1)).copied();
            let step = if size == 12 { 1 } else { 6 };
            items.push(Item { sku, name, price: Decimal::new(price, 2), location, step });
        }
    }
}

/// A 13-digit article number: twelve digits and their check digit (GS1 General Specifications, 7.9).
fn ean13(number: u64) -> String {
    let digits = format!("{number:012}");
    let sum: u32 =
        digits.bytes().enumerate().map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 1 } else { 3 }).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Puts price lists into the book: the standard one, one for the best tier, a summer offer that is over, and an
/// agreement with one customer.
pub fn put_prices(book: &mut Book, items: &[Item], favourite: Uuid) {
    let at = book.moment(book.ago(HISTORY - 5), 0);
    let (this, last) = (book.today().year(), book.today().year() - 1);
    let mut list = |code: &str, name: &str, priority, from: Option<String>, to: Option<String>| {
        let row = json!({
            "code": code, "name": name, "currency": "USD", "priority": priority, "valid_from": from, "valid_to": to,
            "is_default": code == "STANDARD",
        });
        book.put("price_lists", code, at, row)
    };
    let standard = list("STANDARD", "Standard", 0, None, None);
    let gold = list("GOLD", "Gold tier", 10, None, None);
    let summer =
        list("SUMMER", "Summer rosé", 20, Some(format!("{last}-06-01")), Some(format!("{last}-08-31")));
    let harbor = list("HARBORVIEW", "Harborview agreement", 30, Some(format!("{this}-01-01")), None);
    for (index, item) in items.iter().enumerate() {
        let row =
            json!({"price_list_id": standard, "sku_id": item.sku, "min_quantity": 1, "price": item.price});
        book.put("price_list_entries", &format!("STANDARD/{index}"), at, row);
    }
    let category =
        |book: &Book, code| book.id("product_categories", code, book.moment(book.ago(HISTORY), 10));
    for (key, list, code, from, discount) in [
        ("gold-wine", gold, "WINE", 1, 8),
        ("gold-wine-60", gold, "WINE", 60, 12),
        ("gold-spirits", gold, "SPIRITS", 1, 5),
        ("summer", summer, "ROSE", 12, 15),
    ] {
        let row = json!({
            "price_list_id": list, "category_id": category(book, code), "min_quantity": from,
            "discount_percent": discount,
        });
        book.put("price_list_entries", key, at, row);
    }
    let row = json!({"price_list_id": harbor, "sku_id": items[0].sku, "min_quantity": 12, "price": "21.60"});
    book.put("price_list_entries", "harborview", at, row);
    for (key, list, customer, tier) in [
        ("gold", gold, None, Some("GOLD")),
        ("summer", summer, None, Some("SILVER")),
        ("harborview", harbor, Some(favourite), None),
    ] {
        let row = json!({"price_list_id": list, "customer_id": customer, "tier": tier});
        book.put("price_list_assignments", key, at, row);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn article_numbers_carry_their_check_digit() {
        assert_eq!(super::ean13(400_638_133_393), "4006381333931");
    }
}
