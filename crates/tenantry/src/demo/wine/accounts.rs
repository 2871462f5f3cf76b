//! Who buys from Well Crafted: three named accounts, four with a story, and about two hundred more.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::super::{
    book::Book,
    dice::Dice,
    trade::{Account, HISTORY, Payer, ship_to},
};

/// How many customers there are in all.
const CUSTOMERS: usize = 200;

const FIRST: &[&str] = &[
    "Amber", "Blue Heron", "Cardinal", "Chesapeake", "Copper Kettle", "Dockside", "Eastern Shore",
    "Federal Hill", "Foxglove", "Garnet", "Gilded Fig", "Hawthorn", "Iron Gate", "Juniper", "Kingfisher",
    "Lantern", "Magnolia", "Millstone", "Old Line", "Oyster Bay", "Patapsco", "Quince", "Red Maple",
    "Saltbox", "Tidewater", "Union Street", "Velvet", "Whistling Duck", "Yellow Door", "Zephyr",
];
const KIND: &[&str] = &[
    "Bistro", "Wine Bar", "Market", "Tavern", "Bottle Shop", "Trattoria", "Grill", "Inn", "Provisions",
    "Hotel",
];
const PEOPLE: &[&str] = &[
    "José Álvarez", "Zoë Åkerman", "Mai Trần", "Siobhán O'Neill", "Björn Lund", "Amélie Fournier",
    "Łukasz Nowak", "Priya Raman", "Kenji Mori", "Noor Haddad", "Grace Okafor", "Tomáš Dvořák",
];
const STREETS: &[&str] = &[
    "Light Street", "Thames Street", "Aliceanna Street", "Main Street", "Harbor Road", "Mill Lane",
    "Church Street",
];
/// City, state, first three digits of the postal code, area code.
const PLACES: &[(&str, &str, &str, &str)] = &[
    ("Baltimore", "MD", "212", "410"),
    ("Annapolis", "MD", "214", "410"),
    ("Frederick", "MD", "217", "301"),
    ("Washington", "DC", "200", "202"),
    ("Alexandria", "VA", "223", "703"),
    ("Richmond", "VA", "232", "804"),
    ("Wilmington", "DE", "198", "302"),
    ("Lancaster", "PA", "176", "717"),
];

/// What sets an account apart from its place in the list.
struct Story {
    name: &'static str,
    payer: Payer,
    rhythm: i64,
    size: i64,
    period: (i32, i32),
    status: &'static str,
    risk: &'static str,
    notes: &'static str,
}

const STORIES: &[Story] = &[
    Story {
        name: "Harborview Cellars",
        payer: Payer::Prompt,
        rhythm: 14,
        size: 180,
        period: (HISTORY, 1),
        status: "ACTIVE",
        risk: "HEALTHY",
        notes: "First customer. Weekly tasting on Thursdays.",
    },
    Story {
        name: "Downtown Wine",
        payer: Payer::Prompt,
        rhythm: 18,
        size: 140,
        period: (HISTORY - 20, 1),
        status: "ACTIVE",
        risk: "HEALTHY",
        notes: "Deliveries before ten only.",
    },
    Story {
        name: "Vineyard Market",
        payer: Payer::Monthly,
        rhythm: 12,
        size: 220,
        period: (HISTORY - 40, 1),
        status: "ACTIVE",
        risk: "HEALTHY",
        notes: "Pays all open invoices at the end of the month.",
    },
    Story {
        name: "Blue Lantern Bistro",
        payer: Payer::Slow,
        rhythm: 21,
        size: 90,
        period: (HISTORY, 150),
        status: "ACTIVE",
        risk: "AT_RISK",
        notes: "Ordered every three weeks until the chef left. Nothing for five months.",
    },
    Story {
        name: "Cask & Anchor Group",
        payer: Payer::StoppedDaysAgo(140),
        rhythm: 16,
        size: 200,
        period: (HISTORY - 10, 45),
        status: "BLOCKED",
        risk: "AT_RISK",
        notes: "Stopped paying; every invoice since is overdue. Blocked until the oldest is settled.",
    },
    Story {
        name: "Gilded Swan Hotel",
        payer: Payer::Slow,
        rhythm: 30,
        size: 260,
        period: (HISTORY - 100, 1),
        status: "ACTIVE",
        risk: "WATCH",
        notes: "Large but slow. Watch the balance before the season.",
    },
    Story {
        name: "Old Bay Social Club",
        payer: Payer::Prompt,
        rhythm: 28,
        size: 70,
        period: (HISTORY - 5, 400),
        status: "INACTIVE",
        risk: "CLOSED",
        notes: "Closed for good.",
    },
];

/// A customer in the making.
pub struct Customer {
    /// Its row's id.
    pub id: Uuid,
    /// Its mailbox at `.example`.
    pub domain: String,
    /// The state it lies in.
    pub state: &'static str,
}

/// Puts the customers into the book; gives them and how they trade, in the same order.
pub fn put(
    book: &mut Book,
    reps: &[Uuid],
    routes: &[Uuid],
    dice: &mut Dice,
) -> (Vec<Customer>, Vec<Account>) {
    let mut names: Vec<(String, bool)> = STORIES.iter().map(|story| (story.name.to_owned(), false)).collect();
    let mut made_up: Vec<(String, bool)> = FIRST
        .iter()
        .flat_map(|first| KIND.iter().map(move |kind| (format!("{first} {kind}"), false)))
        .collect();
    dice.shuffle(&mut made_up);
    made_up.truncate(CUSTOMERS - STORIES.len() - PEOPLE.len());
    made_up.extend(PEOPLE.iter().map(|name| ((*name).to_owned(), true)));
    dice.shuffle(&mut made_up);
    names.extend(made_up);
    names
        .into_iter()
        .enumerate()
        .map(|(index, (name, person))| put_one(book, index, name, person, reps, routes, dice))
        .unzip()
}

fn put_one(
    book: &mut Book,
    index: usize,
    name: String,
    person: bool,
    reps: &[Uuid],
    routes: &[Uuid],
    dice: &mut Dice,
) -> (Customer, Account) {
    let story = STORIES.get(index);
    let (city, state, zip, area) = *dice.pick(PLACES);
    let address = format!("{} {}", dice.between(1, 980), dice.pick(STREETS));
    let postal = format!("{zip}{:02}", dice.between(1, 45));
    let domain = format!("{}.example", model::value::fold(&name).replace(' ', "-"));
    let code = format!("CUS-{:05}", index + 1);
    // Of the others some only just began, some are still being courted, a few have gone.
    let (rhythm, period) = match (story, dice.between(0, 99)) {
        (Some(story), _) => (story.rhythm, story.period),
        (None, ..12) => (0, (0, 0)),
        (None, ..20) => (dice.between(25, 50), (200, 1)),
        (None, ..30) => {
            (dice.between(30, 60), (HISTORY - dice.below(90) as i32, dice.between(200, 420) as i32))
        }
        (None, _) => (dice.between(35, 90), (HISTORY - dice.below(120) as i32, 1)),
    };
    let tier = match dice.between(0, 9) {
        0..2 => Some("GOLD"),
        2..5 => Some("SILVER"),
        _ => None,
    };
    let terms = if person { 0 } else { *dice.pick(&[14, 30, 30, 45]) };
    let payer = story.map_or_else(
        || *dice.pick(&[Payer::Prompt, Payer::Prompt, Payer::Prompt, Payer::Slow, Payer::Monthly]),
        |story| story.payer,
    );
    let discount = if tier == Some("GOLD") { Decimal::from(8) } else { Decimal::ZERO };
    let tax = if person { Decimal::from(9) } else { Decimal::ZERO };
    let started = if rhythm > 0 { period.0 } else { 60 };
    let at = book.moment(book.ago(started + 3), dice.between(0, 500));
    let account_type = match (rhythm, period.1) {
        (0, _) => "PROSPECT",
        (_, ..180) => "ACTIVE",
        _ => "TARGET",
    };
    let row = json!({
        "code": code, "kind": if person { "person" } else { "business" }, "name": name,
        "email": format!("{}@{domain}", if person { "mail" } else { "office" }),
        "phone": format!("+1 {area} 555 {:04}", 100 + index), "address": address, "city": city, "state": state,
        "postal_code": postal, "country": "US", "tier": tier, "account_type": account_type,
        "owner_id": reps[index % reps.len()], "credit_limit": (!person).then_some(dice.between(4, 40) * 500),
        "payment_terms_days": terms, "currency": "USD",
        "delivery_route_id": (!person && state == "MD").then(|| routes[index % routes.len()]),
        "status": story.map_or(if dice.chance(2) { "INACTIVE" } else { "ACTIVE" }, |story| story.status),
        "risk_status": story.map_or(if dice.chance(8) { "WATCH" } else { "HEALTHY" }, |story| story.risk),
        "notes": story.map(|story| story.notes),
        "attributes": if story.is_some() { json!({"segment": "flagship", "tastings": true}) } else { json!({}) },
        "last_order_at": (rhythm > 0).then(|| book.moment(book.ago(period.1), 0)),
    });
    let id = book.put("customers", &code, at, row);
    let ship_to = ship_to(&name, &address, city, Some(state), &postal, "US");
    let account = Account {
        id,
        ship_to,
        rep: Some(reps[index % reps.len()]),
        portal: None,
        terms,
        discount,
        tax,
        payer,
        rhythm,
        size: story.map_or_else(|| dice.between(40, 120), |story| story.size),
        period,
    };
    (Customer { id, domain, state }, account)
}

/// Puts the licences to sell alcohol into the book: one for each business in Maryland and Virginia; some have run
/// out, one was revoked.
pub fn put_licenses(book: &mut Book, customers: &[Customer]) {
    for (index, customer) in customers.iter().filter(|one| matches!(one.state, "MD" | "VA")).enumerate() {
        let issued: Date = book.ago(300 + (index as i64 * 37) % 400);
        let expires = issued.saturating_add(jiff::Span::new().years(if index % 9 == 4 { 1 } else { 2 }));
        let status = match index {
            6 => "REVOKED",
            _ if expires < book.today() => "EXPIRED",
            _ => "ACTIVE",
        };
        let at = book.moment(issued, 100);
        let row = json!({
            "customer_id": customer.id, "number": format!("{}-{:06}", customer.state, 40_000 + index * 13),
            "kind": "on_premise", "state": customer.state, "issued_on": issued, "expires_on": expires,
            "status": status,
        });
        book.put("customer_licenses", &index.to_string(), at, row);
    }
}
