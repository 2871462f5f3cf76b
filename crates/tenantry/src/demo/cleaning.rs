//! Sa-at Sai Cleaning · สะอาดใส: a cleaning-service company in Bangkok, in Thai and English.

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    book::Book,
    dice::Dice,
    documents::Numbers,
    notices::told,
    people::{Person, Roles, portal_user, staff},
    service::{self, Crew, Service},
    trade::{Account, HISTORY, Item, Payer, Trade, ship_to},
};

const STAFF: &[Person] = &[
    Person {
        name: "กมลชนก ศรีสุข", mailbox: "kamonchanok", department: "ผู้บริหาร", role: "admin"
    },
    Person { name: "Anucha Wongsawat", mailbox: "anucha", department: "Sales", role: "sales_manager" },
    Person {
        name: "ปิยะดา ทองคำ", mailbox: "piyada", department: "ฝ่ายขาย", role: "sales_rep"
    },
    Person { name: "Somchai Rattanakul", mailbox: "somchai", department: "Operations", role: "operations" },
    Person {
        name: "วราภรณ์ ใจดี", mailbox: "waraporn", department: "ฝึกอบรม", role: "training"
    },
    Person { name: "Nattapong Srisai", mailbox: "nattapong", department: "Quality", role: "qc_manager" },
    Person {
        name: "ชลธิชา มั่นคง", mailbox: "chonticha", department: "ฝ่ายขาย", role: "sales_rep"
    },
];

/// Code, name, unit, baht a unit, usual quantity.
const SERVICES: &[(&str, &str, &str, i64, i64)] = &[
    ("OFF-D", "ทำความสะอาดสำนักงานรายวัน · Daily office cleaning", "day", 900, 5),
    ("OFF-W", "ทำความสะอาดสำนักงานรายสัปดาห์ · Weekly office cleaning", "visit", 1800, 1),
    ("CON-4", "ทำความสะอาดคอนโด 4 ชั่วโมง · Condo cleaning, 4 hours", "visit", 1200, 1),
    ("CON-8", "ทำความสะอาดคอนโด 8 ชั่วโมง · Condo cleaning, 8 hours", "visit", 2200, 1),
    ("DEEP", "ทำความสะอาดครั้งใหญ่ · Deep cleaning", "visit", 6500, 1),
    ("WIN", "เช็ดกระจกสูง · High window cleaning", "visit", 8500, 1),
    ("CAR", "ซักพรม · Carpet shampooing", "m2", 45, 40),
    ("SOF", "ซักโซฟาและเบาะ · Upholstery cleaning", "seat", 350, 3),
    ("AC", "ล้างแอร์ · Air-conditioner cleaning", "unit", 600, 3),
    ("DIS", "พ่นฆ่าเชื้อ · Disinfection", "visit", 3200, 1),
    ("MOV", "ทำความสะอาดก่อนเข้าอยู่ · Move-in cleaning", "visit", 4800, 1),
    ("EVE", "แม่บ้านงานอีเวนต์ · Event staff", "hour", 180, 16),
];

const THAI_FIRST: &[&str] =
    &["สมชาย", "สมหญิง", "วิชัย", "มาลี", "ประเสริฐ", "สุดา", "อนันต์", "พรทิพย์", "ธนา", "จันทร์เพ็ญ"];
const THAI_LAST: &[&str] = &["สุขสวัสดิ์", "แก้วมณี", "ทองดี", "ศรีวิไล", "บุญมาก", "รุ่งเรือง", "วงศ์ใหญ่", "พึ่งพา"];
const BUSINESSES: &[&str] = &[
    "บริษัท ริเวอร์ไซด์ ทาวเวอร์ จำกัด",
    "Sathorn Legal Advisors",
    "โรงแรมบ้านเจ้าพระยา",
    "Lumpini Dental Clinic",
    "บริษัท สยามดีไซน์ จำกัด",
    "Green Mango Co-working",
    "โรงเรียนอนุบาลดอกบัว",
    "Ari Yoga Studio",
    "ร้านกาแฟบ้านสวน",
    "Thonglor Animal Hospital",
    "บริษัท ไทยโลจิสติกส์พลัส จำกัด",
    "Ekkamai Residence",
    "คลินิกผิวหนังสุขุมวิท",
    "Phrom Phong Serviced Apartments",
    "บริษัท บางกอกซอฟต์แวร์ จำกัด",
    "Old Town Hostel",
    "ห้างหุ้นส่วนจำกัด เจริญกรุงการพิมพ์",
    "Silom Wealth Planning",
    "สำนักงานบัญชีนวลจันทร์",
    "River City Gallery",
];
/// District, postal code.
const DISTRICTS: &[(&str, &str)] = &[
    ("บางรัก", "10500"),
    ("สาทร", "10120"),
    ("วัฒนา", "10110"),
    ("ปทุมวัน", "10330"),
    ("พญาไท", "10400"),
    ("จตุจักร", "10900"),
    ("คลองสาน", "10600"),
];

/// What is booked, and how often of 100.
const WORK: &[Service] = &[
    Service {
        name: "ทำความสะอาดสำนักงาน · Office cleaning", share: 40
    },
    Service { name: "ทำความสะอาดคอนโด · Condo cleaning", share: 27 },
    Service {
        name: "ทำความสะอาดครั้งใหญ่ · Deep cleaning", share: 13
    },
    Service { name: "ล้างแอร์ · Air-conditioner cleaning", share: 12 },
    Service { name: "เช็ดกระจกสูง · High window cleaning", share: 8 },
];

/// Kind, outcome, notes.
const TALKS: &[(&str, &str, &str)] = &[
    ("call", "ขอเลื่อนวันนัด", "ขอเลื่อนเป็นสัปดาห์หน้า ช่วงเช้า"),
    ("call", "Wants a quote for carpets", "About 120 square meters on two floors."),
    ("visit", "Site inspection done", "Measured windows; needs a lift on the street side."),
    ("email", "ส่งใบเสนอราคาแล้ว", "ใบเสนอราคาทำความสะอาดครั้งใหญ่ก่อนสงกรานต์"),
    ("note", "ข้อความ LINE", "พรุ่งนี้เข้างานได้ตั้งแต่ 8 โมงค่ะ"),
];

const TASKS: &[(&str, &str)] = &[
    ("โทรหาลูกค้าที่ไม่ได้จองเกิน 60 วัน", "OPEN"),
    ("Renew the liability insurance papers", "IN_PROGRESS"),
    ("ตามเอกสารอบรมของพนักงานใหม่", "OPEN"),
    ("Re-check the glass doors at Sathorn Legal", "DONE"),
    ("สั่งน้ำยาทำความสะอาดเพิ่ม", "DONE"),
    ("Offer deep cleaning before Songkran", "OPEN"),
    ("Move the Saturday team to Ari", "CANCELLED"),
];

/// Business is steady, with a peak of deep cleaning before Songkran and the new year.
const SEASONS: [i64; 12] = [95, 95, 120, 130, 90, 90, 90, 90, 90, 95, 105, 130];

/// The whole book of the company.
pub fn fill(book: &mut Book, roles: &Roles, dice: &mut Dice) {
    let users = staff(book, roles, "saatsai.example", STAFF);
    told(book, "th", &users);
    let items = put_services(book);
    put_prices(book, &items);
    let teams = put_routes(book);
    let mut accounts = vec![];
    for index in 0..60 {
        accounts.push(put_customer(book, index, &users, &teams, dice));
    }
    let portal = portal_user(book, roles, accounts[0].id, "คุณวารี", "waree@riverside.example", "portal_admin");
    accounts[0].portal = Some(portal);
    for (index, account) in accounts.iter().enumerate().take(12).skip(1) {
        let email = format!("contact{index}@customers.example");
        portal_user(book, roles, account.id, "ฝ่ายอาคาร", &email, "portal_admin");
    }
    put_service(book, &users, &accounts, dice);
    let trade = Trade { currency: "THB", warehouse: None, returns: None, seasons: SEASONS, items, accounts };
    let mut numbers = Numbers::default();
    let deals = trade.deals(book, dice);
    let mut orders = trade.orders(book, deals, &mut numbers, dice);
    let mut invoices = trade.invoice(book, &orders, &mut numbers);
    trade.settle(book, &mut orders, &mut invoices, &mut numbers, dice);
    trade.record_orders(book, &orders);
    numbers.start_customers_after(60);
    numbers.record(book);
}

/// Two years of visits, the people's training, and what the office has on its desk.
fn put_service(book: &mut Book, users: &[Uuid], accounts: &[Account], dice: &mut Dice) {
    let customers: Vec<Uuid> = accounts.iter().map(|account| account.id).collect();
    let crew = Crew { workers: &users[3..6], checker: users[5] };
    let jobs = service::put_jobs(book, &customers, WORK, crew, (900, i64::from(HISTORY) - 320), dice);
    service::put_training(book, &jobs);
    service::put_sources(book);
    let known: Vec<_> = accounts.iter().map(|account| (account.id, account.rep)).collect();
    service::put_activities(book, &known, TALKS, dice);
    service::put_tasks(book, &[users[2], users[3], users[4], users[5]], &customers, TASKS);
}

fn put_services(book: &mut Book) -> Vec<Item> {
    let at = book.moment(book.ago(HISTORY), 10);
    let row = json!({"code": "SERVICE", "name": "บริการทำความสะอาด · Cleaning services"});
    let category = book.put("product_categories", "SERVICE", at, row);
    SERVICES
        .iter()
        .map(|(code, name, unit, baht, usual)| {
            let row = json!({
                "code": code, "name": name, "category_id": category, "country": "TH", "tax_class": "service",
                "status": "ACTIVE",
            });
            let product = book.put("products", code, at, row);
            let row = json!({
                "product_id": product, "code": format!("{code}-1"), "name": name, "pack_size": 1, "unit": unit,
                "base_price": baht, "cost": Decimal::new(baht * 55, 2), "currency": "THB", "status": "ACTIVE",
            });
            let sku = book.put("skus", code, at, row);
            Item { sku, name: (*name).to_owned(), price: Decimal::from(*baht), location: None, step: *usual }
        })
        .collect()
}

fn put_prices(book: &mut Book, items: &[Item]) {
    let at = book.moment(book.ago(HISTORY - 1), 0);
    let row = json!({
        "code": "STANDARD", "name": "ราคามาตรฐาน · Standard", "currency": "THB", "priority": 0, "is_default": true,
    });
    let list = book.put("price_lists", "STANDARD", at, row);
    for (index, item) in items.iter().enumerate() {
        let row = json!({"price_list_id": list, "sku_id": item.sku, "min_quantity": 1, "price": item.price});
        book.put("price_list_entries", &index.to_string(), at, row);
    }
}

/// The rounds of the cleaning teams; every other weekday than Well Crafted's routes, the weekend included.
fn put_routes(book: &mut Book) -> Vec<Uuid> {
    let at = book.moment(book.ago(HISTORY), 15);
    [
        ("TEAM-A", "ทีม A สาทร–บางรัก", "wednesday", "Somsri"),
        ("TEAM-B", "ทีม B สุขุมวิท", "saturday", "บุญมี"),
        ("TEAM-C", "ทีม C พญาไท–จตุจักร", "sunday", "Lek"),
    ]
    .map(|(code, name, weekday, driver)| {
        let row = json!({"code": code, "name": name, "weekday": weekday, "driver": driver});
        book.put("delivery_routes", code, at, row)
    })
    .to_vec()
}

fn put_customer(book: &mut Book, index: usize, users: &[Uuid], teams: &[Uuid], dice: &mut Dice) -> Account {
    let business = BUSINESSES.get(index);
    let name = business.map_or_else(
        || format!("คุณ{} {}", THAI_FIRST[index % THAI_FIRST.len()], THAI_LAST[index % THAI_LAST.len()]),
        |name| (*name).to_owned(),
    );
    let (district, postal) = *dice.pick(DISTRICTS);
    let address = format!(
        "{}/{} ถนน{}",
        dice.between(1, 300),
        dice.between(1, 40),
        dice.pick(&["สีลม", "สุขุมวิท", "พหลโยธิน", "เจริญนคร"])
    );
    let code = format!("CUS-{:05}", index + 1);
    let started = HISTORY - dice.below(300) as i32;
    let at = book.moment(book.ago(started + 3), dice.between(0, 500));
    let rep = users[1 + index % 2];
    let terms = if business.is_some() { 30 } else { 0 };
    let row = json!({
        "code": code, "kind": if business.is_some() { "business" } else { "person" }, "name": name,
        "email": format!("customer{:02}@saatsai.example", index + 1), "phone": format!("02-555-{:04}", 1000 + index * 7),
        "address": address, "city": district, "state": "กรุงเทพมหานคร", "postal_code": postal, "country": "TH",
        "line_user_id": business.is_none().then(|| format!("U{:032x}", 0x5aa7_0000 + index)),
        "tier": business.map(|_| "BUSINESS"), "account_type": "ACTIVE", "owner_id": rep, "payment_terms_days": terms,
        "currency": "THB", "delivery_route_id": teams[index % teams.len()], "status": "ACTIVE",
        "risk_status": if index == 7 { "WATCH" } else { "HEALTHY" }, "attributes": {},
        "last_order_at": book.moment(book.ago(1), 0),
    });
    let id = book.put("customers", &code, at, row);
    if business.is_some() {
        let row = json!({
            "customer_id": id, "name": format!("คุณ{}", dice.pick(THAI_FIRST)), "title": "ผู้จัดการอาคาร",
            "phone": format!("081-555-{:04}", 2000 + index * 3), "is_primary": true,
        });
        book.put("contacts", &code, at, row);
    }
    Account {
        id,
        ship_to: ship_to(&name, &address, district, Some("กรุงเทพมหานคร"), postal, "TH"),
        rep: Some(rep),
        portal: None,
        terms,
        discount: if business.is_some() && index.is_multiple_of(4) {
            Decimal::from(5)
        } else {
            Decimal::ZERO
        },
        tax: Decimal::from(7),
        payer: *dice.pick(&[Payer::Prompt, Payer::Prompt, Payer::Slow, Payer::Monthly]),
        rhythm: if business.is_some() { dice.between(20, 35) } else { dice.between(30, 90) },
        size: 100,
        period: (started, 1),
    }
}
