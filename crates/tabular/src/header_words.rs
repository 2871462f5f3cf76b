//! Words that headers, totals and names of columns are made of.

use crate::column::TextPattern;

/// A header in lower case with its words parted by blanks: `ShipPostalCode` and `ship_postal_code` agree.
fn words(header: &str) -> String {
    let mut folded = String::with_capacity(header.len() + 8);
    let mut before = ' ';
    for c in header.chars() {
        if !c.is_alphanumeric() && !('\u{E00}'..='\u{E7F}').contains(&c) {
            folded.push(' ');
        } else {
            if c.is_uppercase() && before.is_lowercase() {
                folded.push(' ');
            }
            folded.extend(c.to_lowercase());
        }
        before = c;
    }
    folded
}

/// What a header says of numbers below it that are names, not quantities.
pub(crate) fn pattern(header: &str) -> Option<TextPattern> {
    let folded = words(header);
    let all: Vec<&str> = folded.split_whitespace().collect();
    let any = |list: &[&str]| all.iter().any(|word| list.contains(word));
    if any(&["phone", "tel", "telephone", "mobile", "fax", "cell"])
        || folded.contains("โทร")
        || folded.contains("มือถือ")
    {
        return Some(TextPattern::Phone);
    }
    if any(&["zip", "zipcode", "postal", "postcode", "plz", "postleitzahl"]) || folded.contains("ไปรษณีย์")
    {
        return Some(TextPattern::PostalCode);
    }
    let last = all.last().copied().unwrap_or_default();
    let names =
        ["id", "ids", "code", "sku", "barcode", "ean", "upc", "gtin", "isbn", "uuid", "vat", "iban", "tin"];
    let numbered = all.len() > 1 && matches!(last, "no" | "nr" | "number" | "num" | "ref" | "reference");
    let glued = last.len() > 3 && (last.ends_with("sku") || last.ends_with("code"));
    let identifier = any(&names) || numbered || glued || folded.contains("รหัส") || folded.contains("เลขที่");
    identifier.then_some(TextPattern::Identifier)
}

/// Whether a header speaks of days.
pub(crate) fn is_date(header: &str) -> bool {
    let folded = words(header);
    folded.contains("วันที่")
        || folded
            .split_whitespace()
            .any(|word| matches!(word, "date" | "day" | "dt" | "datum" | "fecha" | "dob"))
}

/// Whether a header speaks of how long something takes.
pub(crate) fn is_duration(header: &str) -> bool {
    let folded = words(header);
    folded.contains("ระยะเวลา")
        || folded.split_whitespace().any(|word| {
            matches!(
                word,
                "duration" | "elapsed" | "lasted" | "length" | "dauer" | "durée" | "hours" | "worked"
            )
        })
}

/// Whether a text is a word that usually heads a column.
pub(crate) fn is_usual(header: &str) -> bool {
    const USUAL: [&str; 48] = [
        "id", "code", "name", "email", "mail", "phone", "tel", "mobile", "fax", "address", "street", "city",
        "town", "state", "province", "region", "country", "zip", "postal", "postcode", "date", "time",
        "year", "month", "price", "cost", "amount", "total", "qty", "quantity", "unit", "units", "status",
        "type", "category", "description", "sku", "product", "item", "customer", "company", "contact",
        "supplier", "order", "invoice", "notes", "title", "currency",
    ];
    const THAI: [&str; 14] = [
        "ชื่อ", "รหัส", "ที่อยู่", "โทร", "อีเมล", "จังหวัด", "วันที่", "ราคา", "จำนวน", "สถานะ", "ประเภท", "บริษัท",
        "ลูกค้า", "สินค้า",
    ];
    let folded = words(header);
    folded.split_whitespace().any(|word| USUAL.contains(&word))
        || THAI.iter().any(|word| folded.contains(word))
}

/// Whether a cell is the word before a sum.
pub(crate) fn is_total(cell: &str) -> bool {
    const TOTALS: [&str; 25] = [
        "total", "totals", "grand total", "sum", "subtotal", "sub total", "sub-total", "total amount",
        "overall total", "report total", "summe", "gesamt", "gesamtsumme", "totaal", "somme",
        "total général", "totale", "итого", "รวม", "รวมทั้งสิ้น", "ยอดรวม", "รวมเงิน", "合計", "总计", "合计",
    ];
    // Every row asks this: most leave at the first letter.
    let start = cell.trim_ascii_start();
    if start.len() > 80
        || matches!(start.as_bytes().first(), None | Some(b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F'))
    {
        return false;
    }
    let cell = start.trim().trim_end_matches([':', '：', '=']).trim_end();
    TOTALS.iter().any(|total| total.len() == cell.len() && total.eq_ignore_ascii_case(cell) || *total == cell)
        || !cell.is_ascii() && TOTALS.contains(&cell.to_lowercase().as_str())
}
