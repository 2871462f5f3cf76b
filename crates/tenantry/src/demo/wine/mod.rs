//! Well Crafted: a wine distributor in Baltimore with two years of history.

mod accounts;
mod around;
mod catalog;

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use super::{
    book::Book,
    dice::Dice,
    documents::Numbers,
    hooks,
    notices::told,
    people::{Person, Roles, portal_user, staff},
    service::{self, Crew, Service},
    sources,
    trade::{Account, DealLine, HISTORY, Outcome, Trade},
};

const STAFF: &[Person] = &[
    Person { name: "Margaret Hale", mailbox: "margaret", department: "Management", role: "admin" },
    Person { name: "Desmond Price", mailbox: "desmond", department: "Sales", role: "sales_manager" },
    Person { name: "Alicia Romero", mailbox: "alicia", department: "Sales", role: "sales_rep" },
    Person { name: "Ben Whitaker", mailbox: "ben", department: "Sales", role: "sales_rep" },
    Person { name: "Carmen Doyle", mailbox: "carmen", department: "Sales", role: "sales_rep" },
    Person { name: "Yusuf Demir", mailbox: "yusuf", department: "Warehouse", role: "operations" },
    Person { name: "Tess Okafor", mailbox: "tess", department: "Training", role: "training" },
    Person { name: "Quentin Marsh", mailbox: "quentin", department: "Quality", role: "qc_manager" },
    Person { name: "Paula Stone", mailbox: "paula", department: "Sales", role: "sales_rep" },
];

const WORK: &[Service] = &[
    Service { name: "Staff tasting", share: 45 },
    Service { name: "Wine list review", share: 35 },
    Service { name: "Cellar check", share: 20 },
];

/// Kind, outcome, notes.
const TALKS: &[(&str, &str, &str)] = &[
    ("call", "Reorders next week", "Waits for the patio to open."),
    ("call", "No answer", "Left a message with the bar manager."),
    ("visit", "Tasted the new Rieslings", "Liked the dry one; wants it by the glass."),
    ("email", "Sent the spring list", "With the by-the-glass prices."),
    ("sample", "Left two bottles", "Pinot Noir and the rosé, for the owner."),
    ("note", "New chef from March", "Menu turns Basque; more whites."),
];

const TASKS: &[(&str, &str)] = &[
    ("Visit every account that has been quiet for 45 days", "OPEN"),
    ("Collect the renewed licenses", "IN_PROGRESS"),
    ("Call back about the spring list", "OPEN"),
    ("Bring samples to the hospital canteens", "DONE"),
    ("Book the distributor tasting in May", "OPEN"),
    ("Offer the closing vintage to wine bars", "CANCELLED"),
];

/// Wine sells before the holidays and rests in January and February.
const SEASONS: [i64; 12] = [65, 70, 85, 95, 105, 100, 95, 90, 100, 110, 145, 160];

/// The whole book of Well Crafted.
pub fn fill(book: &mut Book, roles: &Roles, dice: &mut Dice) {
    let users = staff(book, roles, "well-crafted.example", STAFF);
    told(book, "en", &users);
    hooks::put(book);
    sources::put(book, users[0]);
    around::put_team(book, &users);
    around::put_custom_fields(book);
    let shelves = put_warehouses(book);
    let routes = around::put_routes(book);
    let items = catalog::put(book, &shelves.aisles);
    let (customers, mut accounts) = accounts::put(book, &users[2..5], &routes, dice);
    catalog::put_prices(book, &items, customers[0].id);
    accounts::put_licenses(book, &customers);
    around::put_contacts(book, &customers, dice);
    around::put_stops(book, &routes, &customers);
    around::put_companies(book, &users, dice);
    let portals = [("Nora Lindqvist", 0), ("Ray Okonkwo", 1), ("Lucía Ferrer", 2)].map(|(name, index)| {
        let email = format!("buyer@{}", customers[index].domain);
        let role = if index == 0 { "portal_admin" } else { "portal_user" };
        let user = portal_user(book, roles, customers[index].id, name, &email, role);
        accounts[index].portal = Some(user);
        user
    });
    let mut taken: BTreeSet<&str> = customers[..3].iter().map(|customer| customer.domain.as_str()).collect();
    for customer in &customers[3..24] {
        if taken.insert(&customer.domain) {
            let email = format!("buyer@{}", customer.domain);
            portal_user(book, roles, customer.id, "Purchasing", &email, "portal_admin");
        }
    }
    put_service(book, &users, &accounts, dice);
    let trade = Trade {
        currency: "USD",
        warehouse: Some(shelves.main),
        returns: Some(shelves.returns),
        seasons: SEASONS,
        items,
        accounts,
    };
    let mut numbers = Numbers::default();
    let mut deals = trade.deals(book, dice);
    // What a newcomer looks at first: an order of the first customer with two lines, delivered and paid.
    if let Some(deal) = deals.iter_mut().find(|deal| deal.account == 0 && deal.day >= book.ago(60)) {
        deal.outcome = Outcome::Closed;
        deal.lines = vec![DealLine { item: 0, quantity: 24 }, DealLine { item: 3, quantity: 12 }];
    }
    let mut orders = trade.orders(book, deals, &mut numbers, dice);
    trade.ship(book, &orders, &mut numbers, dice);
    around::put_stray_shipments(book, &trade, &orders, &mut numbers);
    let mut invoices = trade.invoice(book, &orders, &mut numbers);
    trade.settle(book, &mut orders, &mut invoices, &mut numbers, dice);
    around::put_void_invoice(book, &trade, &mut numbers);
    let mut levels = trade.stock(book, &orders, shelves.second, dice);
    around::put_carts(book, &trade, &mut orders, &portals, &mut levels);
    around::put_lists(book, &trade, &users, &portals);
    trade.record_orders(book, &orders);
    levels.record(book);
    numbers.start_customers_after(customers.len());
    numbers.record(book);
}

/// Tastings and cellar visits, what was said with accounts, and what is to be done.
fn put_service(book: &mut Book, users: &[Uuid], accounts: &[Account], dice: &mut Dice) {
    let customers: Vec<Uuid> = accounts.iter().map(|account| account.id).collect();
    let crew = Crew { workers: &users[2..5], checker: users[1] };
    service::put_jobs(book, &customers, WORK, crew, (60, 200), dice);
    let known: Vec<_> = accounts.iter().map(|account| (account.id, account.rep)).collect();
    service::put_activities(book, &known, TALKS, dice);
    service::put_tasks(book, &users[2..5], &customers, TASKS);
}

/// Where goods lie.
struct Shelves {
    main: Uuid,
    aisles: Vec<Uuid>,
    returns: Uuid,
    second: Uuid,
}

fn put_warehouses(book: &mut Book) -> Shelves {
    let at = book.moment(book.ago(HISTORY), 5);
    let mut warehouse = |code: &str, name: &str, address: &str, priority: i32| {
        let row = json!({"code": code, "name": name, "address": address, "priority": priority});
        book.put("warehouses", code, at, row)
    };
    let main = warehouse("MAIN", "Canton warehouse", "3600 Boston Street, Baltimore, MD 21224", 1);
    let east = warehouse("EAST", "Eastern Shore depot", "12 Marina Road, Easton, MD 21601", 2);
    let mut location = |warehouse: Uuid, code: &str, kind: &str| {
        let row = json!({"warehouse_id": warehouse, "code": code, "kind": kind});
        book.put("warehouse_locations", &format!("{warehouse}/{code}"), at, row)
    };
    location(main, "DOCK-IN", "receiving");
    location(main, "DOCK-OUT", "shipping");
    let returns = location(main, "RETURNS", "returns");
    let aisles =
        ["A-01", "A-02", "B-01", "B-02", "C-01"].map(|code| location(main, code, "storage")).to_vec();
    let second = location(east, "E-01", "storage");
    Shelves { main, aisles, returns, second }
}
