//! Clean tables of the kinds that people keep: the same table for the same number.

use crate::dice::Dice;

/// A table as it should be read: names of columns, and the cells below them.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it is about.
    pub about: &'static str,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Where its people live, as a hint for what several readings fit.
    pub locale: &'static str,
}

impl Table {
    /// Header and rows as records.
    pub fn records(&self) -> Vec<Vec<String>> {
        [vec![self.header.clone()], self.rows.clone()].concat()
    }

    /// The same with other rows alone.
    pub fn with_rows(&self, rows: Vec<Vec<String>>) -> Self {
        Self { rows, ..self.clone() }
    }
}

type Maker = fn(&mut Dice, usize) -> Vec<String>;

struct Subject {
    about: &'static str,
    locale: &'static str,
    header: &'static [&'static str],
    row: Maker,
}

const SUBJECTS: [Subject; 10] = [
    Subject {
        about: "customers",
        locale: "en-US",
        header: &["Customer No", "Name", "E-mail", "Phone", "City", "ZIP", "Since", "Credit limit"],
        row: customer,
    },
    Subject {
        about: "products",
        locale: "en-GB",
        header: &["SKU", "Product", "Description", "Price", "Qty", "Active"],
        row: product,
    },
    Subject {
        about: "sales",
        locale: "en-GB",
        header: &["DATE", "TIME", "Qty", "PRODUCTID", "Price", "ProductType", "URL", "Comments"],
        row: sale,
    },
    Subject {
        about: "thai stock",
        locale: "th",
        header: &["รหัสสินค้า", "ชื่อสินค้า", "คลัง", "จำนวน", "วันที่นับ"],
        row: thai_stock,
    },
    Subject {
        about: "german prices",
        locale: "de",
        header: &["Artikelnummer", "Bezeichnung", "Menge", "Preis", "Lieferant"],
        row: german_price,
    },
    Subject {
        about: "french contacts",
        locale: "fr",
        header: &["Société", "Contact", "Ville", "Téléphone", "Remarques"],
        row: french_contact,
    },
    Subject {
        about: "measurements",
        locale: "en",
        header: &["timestamp", "station", "temperature", "humidity", "pressure"],
        row: measurement,
    },
    Subject {
        about: "service jobs",
        locale: "en-US",
        header: &["Job", "Customer", "Address", "Start", "Hours", "Rating", "Note"],
        row: service_job,
    },
    Subject {
        about: "invoices",
        locale: "en-US",
        header: &["invoice_id", "customer_id", "issued", "due", "amount", "currency", "paid"],
        row: invoice,
    },
    Subject { about: "countries", locale: "en", header: &["Code", "Country", "Capital"], row: country },
];

/// The table of a number: its subject, its size and its cells.
pub fn table(number: u64) -> Table {
    let mut dice = Dice::new(number.wrapping_mul(0xA24B_AED4_963E_E407));
    let subject = &SUBJECTS[(number % SUBJECTS.len() as u64) as usize];
    let rows = dice.between(8, 40);
    Table {
        about: subject.about,
        header: subject.header.iter().map(|name| (*name).to_owned()).collect(),
        rows: (0..rows).map(|row| (subject.row)(&mut dice, row)).collect(),
        locale: subject.locale,
    }
}

/// The number of subjects: tables of consecutive numbers go through all of them.
pub const SUBJECTS_COUNT: u64 = SUBJECTS.len() as u64;

const COMPANIES: [&str; 14] = [
    "Harborview Cellars", "Downtown Wine, Inc.", "Vineyard Market", "O'Brien & Sons", "Blue Door Bistro",
    "Cask, Barrel & Co.", "Northside Grocers", "The \"Copper Pot\" Inn", "Riverside Hotel; Bar",
    "Saint Mary's Kitchen", "Alder Street Deli", "Maple Row Foods, LLC", "Quayside Traders",
    "Fox/Hound Tavern",
];
const CITIES: [&str; 9] =
    ["Bangkok", "Seattle", "Portland", "New York", "Salt Lake City", "Reno", "Boise", "Austin", "Chiang Mai"];
const THINGS: [&str; 12] = [
    "Men's Waterproof Boots", "Throw Pillow, Wooden Paddles", "Dining Table, Round 48\"", "Running Jacket",
    "Kids' Bike, 24\" wheels", "Leather Sofa", "Tropic Cap", "Pinot Noir 75 cl",
    "Cycling Jersey, Short-Sleeve", "Women's No-Show Socks", "Snowshoes | Set", "Heated Insoles",
];
const SENTENCES: [&str; 8] = [
    "Built for strong, lightweight comfort.",
    "Rugged enough for peak performance yet light and quick.",
    "Made in the USA to our exacting standards, this one is durable.",
    "The \"best of show\" winner, now in blue.",
    "Great grip; extra breathability.",
    "Ideal for warm, dry conditions.",
    "A classic.",
    "You won't want to take them off, ever.",
];
const NOTES: [&str; 8] = [
    "call before delivery", "gate code 4711, ring twice", "dog in the yard", "leave at reception",
    "customer said \"after noon\"", "use the back door; no steps", "paid in cash", "new filter needed",
];

fn day(dice: &mut Dice) -> (usize, usize, usize) {
    (dice.between(2019, 2025), dice.between(1, 12), dice.between(1, 28))
}

fn iso(dice: &mut Dice) -> String {
    let (year, month, day) = day(dice);
    format!("{year}-{month:02}-{day:02}")
}

fn money(dice: &mut Dice, most: usize) -> String {
    format!("{}.{:02}", dice.below(most), dice.below(100))
}

fn maybe(dice: &mut Dice, percent: usize, text: String) -> String {
    if dice.chance(percent) { text } else { String::new() }
}

fn customer(dice: &mut Dice, row: usize) -> Vec<String> {
    let phone = format!("({}) 555-{:04}", dice.between(201, 989), dice.below(10_000));
    vec![
        format!("C{:04}", 1000 + row * 7),
        format!("{} {}", dice.one(&COMPANIES), row + 1),
        format!("buyer{}@example.com", dice.below(900)),
        maybe(dice, 80, phone),
        (*dice.one(&CITIES)).to_owned(),
        format!("{:05}", dice.between(501, 99_950)),
        iso(dice),
        money(dice, 9000),
    ]
}

fn product(dice: &mut Dice, row: usize) -> Vec<String> {
    vec![
        format!("{}{}-{:04}", dice.word(&["MG", "RI", "CC", "YY"]), row % 10, dice.below(10_000)),
        (*dice.one(&THINGS)).to_owned(),
        (*dice.one(&SENTENCES)).to_owned(),
        format!("£{}", money(dice, 300)),
        dice.below(60).to_string(),
        (dice.word(&["yes", "no"])).to_owned(),
    ]
}

fn sale(dice: &mut Dice, row: usize) -> Vec<String> {
    let (year, month, day) = day(dice);
    let id = format!("{}-{:04}", dice.word(&["MG", "RI", "BH", "HK"]), dice.below(10_000));
    let note = (*dice.one(&NOTES)).to_owned();
    vec![
        format!("{day:02}/{month:02}/{year}"),
        format!("{:02}:{:02}", (row / 4) % 24, row % 4 * 15),
        dice.below(30).to_string(),
        id.clone(),
        format!("${}", money(dice, 95)),
        (*dice.one(&THINGS)).to_owned(),
        format!("https://www.example.com/product/{}.html", id.replace('-', "_")),
        maybe(dice, 15, note),
    ]
}

fn thai_stock(dice: &mut Dice, row: usize) -> Vec<String> {
    const GOODS: [&str; 6] =
        ["ไวน์แดง 750 มล.", "เบียร์สด", "น้ำแร่, ขวดแก้ว", "สบู่เหลว", "ผ้าเช็ดตัว \"ใหญ่\"", "กาแฟคั่ว"];
    let (year, month, day) = day(dice);
    vec![
        format!("{:05}", 120 + row * 3),
        (*dice.one(&GOODS)).to_owned(),
        (dice.word(&["กรุงเทพฯ", "เชียงใหม่", "ภูเก็ต"])).to_owned(),
        dice.below(500).to_string(),
        format!("{day:02}/{month:02}/{}", year + 543),
    ]
}

fn german_price(dice: &mut Dice, row: usize) -> Vec<String> {
    const GOODS: [&str; 6] =
        ["Rotwein trocken", "Weißbier 0,5 l", "Käse, jung", "Müsli \"Früchte\"", "Brötchen", "Apfelsaft"];
    let price = format!("{}.{:03},{:02}", dice.between(1, 9), dice.below(1000), dice.below(100));
    let small = format!("{},{:02}", dice.below(90), dice.below(100));
    vec![
        format!("{}-{:03}", dice.between(10, 99), row),
        (*dice.one(&GOODS)).to_owned(),
        format!("{},{}", dice.below(50), dice.below(10)),
        if dice.chance(30) { price } else { small },
        (dice.word(&["Müller GmbH", "Jäger & Söhne KG", "Weingut Groß", "Bäckerei Öhm; Inh. Öhm"]))
            .to_owned(),
    ]
}

fn french_contact(dice: &mut Dice, row: usize) -> Vec<String> {
    const FIRMS: [&str; 5] =
        ["Château Été", "L’Épicerie fine", "Boulangerie Noël, SARL", "Crème & Cie", "Garçon S.A."];
    const PEOPLE: [&str; 5] =
        ["Zoé Lefèvre", "François Côté", "Anaïs Dupré", "Jérôme Péché", "Hélène Bénard"];
    let note = (dice.word(&["à rappeler", "déjà client, fidèle", "préfère l’après-midi"])).to_owned();
    vec![
        format!("{} n° {}", dice.one(&FIRMS), row + 1),
        (*dice.one(&PEOPLE)).to_owned(),
        (dice.word(&["Orléans", "Béziers", "Saint-Étienne", "Mâcon"])).to_owned(),
        format!("0{} {:02} {:02} {:02} {:02}", dice.between(1, 9), row % 90 + 10, 24, 36, dice.below(99)),
        maybe(dice, 60, note),
    ]
}

fn measurement(dice: &mut Dice, row: usize) -> Vec<String> {
    vec![
        format!("2024-03-{:02}T{:02}:{:02}:00", row / 24 + 1, row % 24, dice.below(60)),
        format!("ST{:02}", dice.below(12)),
        format!("{}{}.{}", if dice.chance(20) { "-" } else { "" }, dice.below(35), dice.below(10)),
        dice.between(20, 99).to_string(),
        format!("10{:02}.{}", dice.below(40), dice.below(10)),
    ]
}

fn service_job(dice: &mut Dice, row: usize) -> Vec<String> {
    let note = (*dice.one(&NOTES)).to_owned();
    let lines = format!("{note}\n{}", dice.one(&NOTES));
    let note = if dice.chance(12) { lines } else { maybe(dice, 70, note) };
    vec![
        format!("J-{}", 20_400 + row),
        (*dice.one(&COMPANIES)).to_owned(),
        format!(
            "{} {} St., {}",
            dice.between(1, 999),
            dice.word(&["Oak", "Pine", "Main"]),
            dice.one(&CITIES)
        ),
        format!("{} {:02}:{:02}", iso(dice), dice.between(7, 18), dice.one(&[0, 15, 30, 45])),
        format!("{}.{}", dice.below(9), dice.one(&[0, 25, 5, 75])),
        maybe(dice, 75, dice.clone().between(1, 5).to_string()),
        note,
    ]
}

fn invoice(dice: &mut Dice, row: usize) -> Vec<String> {
    let amount = format!("{},{:03}.{:02}", dice.between(1, 88), dice.below(1000), dice.below(100));
    vec![
        format!("INV-{:06}", 4000 + row),
        dice.between(100, 999).to_string(),
        iso(dice),
        iso(dice),
        if dice.chance(40) { amount } else { money(dice, 999) },
        (dice.word(&["USD", "THB", "EUR"])).to_owned(),
        (dice.word(&["TRUE", "FALSE"])).to_owned(),
    ]
}

fn country(_dice: &mut Dice, row: usize) -> Vec<String> {
    const ALL: [[&str; 3]; 40] = [
        ["AR", "Argentina", "Buenos Aires"],
        ["AU", "Australia", "Canberra"],
        ["AT", "Austria", "Vienna"],
        ["BE", "Belgium", "Brussels"],
        ["BR", "Brazil", "Brasília"],
        ["CA", "Canada", "Ottawa"],
        ["CL", "Chile", "Santiago"],
        ["CN", "China", "Beijing"],
        ["HR", "Croatia", "Zagreb"],
        ["CZ", "Czechia", "Prague"],
        ["DK", "Denmark", "Copenhagen"],
        ["EG", "Egypt", "Cairo"],
        ["FI", "Finland", "Helsinki"],
        ["FR", "France", "Paris"],
        ["DE", "Germany", "Berlin"],
        ["GR", "Greece", "Athens"],
        ["HU", "Hungary", "Budapest"],
        ["IN", "India", "New Delhi"],
        ["ID", "Indonesia", "Jakarta"],
        ["IE", "Ireland", "Dublin"],
        ["IT", "Italy", "Rome"],
        ["JP", "Japan", "Tokyo"],
        ["KE", "Kenya", "Nairobi"],
        ["KR", "Korea, South", "Seoul"],
        ["LA", "Laos", "Vientiane"],
        ["MY", "Malaysia", "Kuala Lumpur"],
        ["MX", "Mexico", "Mexico City"],
        ["NL", "Netherlands", "Amsterdam"],
        ["NZ", "New Zealand", "Wellington"],
        ["NO", "Norway", "Oslo"],
        ["PE", "Peru", "Lima"],
        ["PH", "Philippines", "Manila"],
        ["PL", "Poland", "Warsaw"],
        ["PT", "Portugal", "Lisbon"],
        ["ES", "Spain", "Madrid"],
        ["SE", "Sweden", "Stockholm"],
        ["CH", "Switzerland", "Bern"],
        ["TH", "Thailand", "Bangkok"],
        ["TR", "Türkiye", "Ankara"],
        ["VN", "Vietnam", "Hanoi"],
    ];
    ALL[row % ALL.len()].iter().map(|cell| (*cell).to_owned()).collect()
}
