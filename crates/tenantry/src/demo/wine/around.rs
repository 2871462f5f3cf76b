//! What stands around the trade of Well Crafted: team, routes, contacts, the directory of companies, carts and lists.

use jiff::ToSpan;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;
use work::sales::numbering::Series;

use super::{
    super::{
        book::Book,
        dice::Dice,
        documents::{Numbers, Order},
        stock::Levels,
        trade::{HISTORY, Outcome, Trade},
    },
    accounts::Customer,
};

const FIRST_NAMES: &[&str] =
    &["Ana", "Bruno", "Celia", "Derek", "Elif", "Femi", "Gwen", "Hugo", "Iris", "Jonah", "Keiko", "Leo"];
const LAST_NAMES: &[&str] =
    &["Abbott", "Boone", "Castillo", "Dunn", "Eriksen", "Faulkner", "Gupta", "Hoang", "Ivers", "Jansen"];

pub fn put_team(book: &mut Book, users: &[Uuid]) {
    let at = book.moment(book.ago(HISTORY), 2);
    let team =
        book.put("teams", "FIELD", at, json!({"code": "FIELD", "name": "Field sales", "lead_id": users[1]}));
    for user in &users[1..5] {
        book.put("team_members", &user.to_string(), at, json!({"team_id": team, "user_id": user}));
    }
}

pub fn put_routes(book: &mut Book) -> Vec<Uuid> {
    let at = book.moment(book.ago(HISTORY), 15);
    let routes = [
        ("HARBOR", "Inner Harbor", "monday", "Sam Tully"),
        ("NORTH", "North and county", "tuesday", "Sam Tully"),
        ("BAY", "Annapolis and the Bay", "thursday", "Inez Cole"),
        ("WEST", "Frederick and west", "friday", "Inez Cole"),
    ];
    routes
        .map(|(code, name, weekday, driver)| {
            let row = json!({"code": code, "name": name, "weekday": weekday, "driver": driver});
            book.put("delivery_routes", code, at, row)
        })
        .to_vec()
}

/// Fields of the tenant's own on customers, one of each type.
pub fn put_custom_fields(book: &mut Book) {
    let at = book.moment(book.ago(HISTORY), 3);
    let fields = [
        ("segment", "Segment", "choice", json!(["flagship", "neighborhood", "seasonal"])),
        ("tastings", "Hosts tastings", "boolean", json!([])),
        ("opening_hours", "Opening hours", "text", json!([])),
        ("seats", "Seats", "integer", json!([])),
        ("allocation", "Allocation in liters", "decimal", json!([])),
        ("season_opens", "Season opens", "date", json!([])),
    ];
    for (position, (key, label, kind, options)) in fields.into_iter().enumerate() {
        let row = json!({
            "entity": "customers", "key": key, "label": label, "type": kind, "options": options, "required": false,
            "position": position + 1,
        });
        book.put("custom_fields", key, at, row);
    }
}

/// Each route stops at the first customers of Maryland that it serves.
pub fn put_stops(book: &mut Book, routes: &[Uuid], customers: &[Customer]) {
    let at = book.moment(book.ago(HISTORY - 30), 0);
    let mut positions = vec![0; routes.len()];
    for (index, customer) in customers.iter().enumerate().filter(|(_, customer)| customer.state == "MD") {
        let route = index % routes.len();
        if positions[route] == 12 {
            continue;
        }
        positions[route] += 1;
        let row = json!({
            "delivery_route_id": routes[route], "customer_id": customer.id, "position": positions[route],
        });
        book.put("delivery_route_stops", &index.to_string(), at, row);
    }
}

/// A buyer for most businesses, and a bookkeeper for some; two hospitals are exempt from tax.
pub fn put_contacts(book: &mut Book, customers: &[Customer], dice: &mut Dice) {
    for (index, customer) in customers.iter().enumerate() {
        let at = book.moment(book.ago(HISTORY - 40), 0);
        for (position, title) in ["Buyer", "Bookkeeper"].into_iter().enumerate() {
            if !dice.chance(if position == 0 { 85 } else { 25 }) {
                continue;
            }
            let name = format!("{} {}", dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES));
            let mailbox = model::value::fold(&name);
            let row = json!({
                "customer_id": customer.id, "name": name, "title": title,
                "email": format!("{mailbox}@{}", customer.domain), "phone": null, "is_primary": position == 0,
            });
            book.put("contacts", &format!("{index}/{position}"), at, row);
        }
        if index == 5 || index == 9 {
            let row = json!({
                "customer_id": customer.id, "state": customer.state, "certificate_no": format!("EX-{:05}", 7100 + index),
                "valid_from": book.ago(500), "valid_to": book.ago(500).saturating_add(3.years()),
            });
            book.put("tax_exemptions", &index.to_string(), at, row);
        }
    }
}

/// Prospects in the directory, one that became a customer elsewhere, one that is gone; a list of them, shared.
pub fn put_companies(book: &mut Book, users: &[Uuid], dice: &mut Dice) {
    let companies = [
        ("Bayview Hospitality Partners", "Hotels", "201-500", "PROSPECT"),
        ("Chesapeake Dining Collective", "Restaurants", "51-200", "PROSPECT"),
        ("Piedmont Country Clubs", "Clubs", "51-200", "PROSPECT"),
        ("Rowhouse Restaurant Group", "Restaurants", "11-50", "CUSTOMER"),
        ("Tidal Basin Catering", "Catering", "11-50", "PROSPECT"),
        ("Shenandoah Inns", "Hotels", "51-200", "PROSPECT"),
        ("Capital Cruise Lines", "Travel", "201-500", "INACTIVE"),
        ("Lancaster Farm Stores", "Retail", "11-50", "PROSPECT"),
    ];
    let at = book.moment(book.ago(120), 60);
    let list = json!({"name": "Autumn prospects", "owner_id": users[2], "visibility": "shared", "description": "To visit before the holidays."});
    let shared = book.put("company_lists", "autumn", at, list);
    let list = json!({"name": "My long shots", "owner_id": users[3], "visibility": "private"});
    let private = book.put("company_lists", "long-shots", at, list);
    for (index, (name, industry, size, status)) in companies.into_iter().enumerate() {
        let domain = format!("{}.example", model::value::fold(name));
        let row = json!({
            "name": name, "registration_no": format!("MD-{:07}", 2_100_000 + index * 977), "industry": industry,
            "size": size, "website": format!("https://{domain}"), "phone": format!("+1 443 555 {:04}", 150 + index),
            "email": format!("info@{domain}"), "city": "Baltimore", "province": "MD", "country": "US",
            "tags": if dice.chance(50) { json!(["autumn", "tasting"]) } else { json!([]) }, "status": status,
            "source": "trade fair", "owner_id": users[2 + index % 3],
        });
        let company = book.put("companies", name, at, row);
        let list = if index < 5 { shared } else { private };
        let row = json!({"company_list_id": list, "company_id": company, "position": index + 1});
        book.put("company_list_items", name, at, row);
        let row = json!({
            "company_id": company, "name": format!("{} {}", dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES)),
            "title": "Purchasing", "email": format!("purchasing@{domain}"), "is_primary": true,
        });
        book.put("contacts", name, at, row);
    }
    let row = json!({"company_list_id": shared, "user_id": users[1], "can_edit": true});
    book.put("company_list_shares", "autumn", at, row);
}

/// A shipment that is being packed and one that was called off.
pub fn put_stray_shipments(book: &mut Book, trade: &Trade, orders: &[Order], numbers: &mut Numbers) {
    let mut open = orders.iter().filter(|order| order.deal.outcome == Outcome::Open);
    for status in ["draft", "cancelled"] {
        let Some(order) = open.next() else { return };
        let at = book.moment(book.ago(1), 500);
        let number = numbers.next(Series::Shipment, book.ago(1));
        let row = json!({
            "number": number, "order_id": order.id, "customer_id": trade.accounts[order.deal.account].id,
            "warehouse_id": trade.warehouse, "status": status,
        });
        book.put("shipments", &number, at, row);
    }
}

/// An invoice that was voided before anyone saw it.
pub fn put_void_invoice(book: &mut Book, trade: &Trade, numbers: &mut Numbers) {
    let day = book.ago(1);
    let at = book.moment(day, 535);
    let number = numbers.next(Series::Invoice, day);
    let total = Decimal::new(48_000, 2);
    let row = json!({
        "number": number, "kind": "invoice", "customer_id": trade.accounts[1].id, "currency": trade.currency,
        "status": "VOID", "issued_on": day, "due_on": day, "subtotal": total, "tax": 0, "total": total,
        "outstanding": 0,
    });
    let invoice = book.put("invoices", &number, at, row);
    let row = json!({
        "invoice_id": invoice, "customer_id": trade.accounts[1].id, "position": 1, "sku_id": trade.items[0].sku,
        "description": "Entered for the wrong customer", "quantity": 20, "unit_price": "24.00", "discount_percent": 0,
        "tax_rate": 0, "line_total": total,
    });
    book.put("invoice_lines", &number, at, row);
}

/// Carts of the portal users: one at work with stock held, one that became an order, one whose time ran out.
pub fn put_carts(
    book: &mut Book,
    trade: &Trade,
    orders: &mut [Order],
    portals: &[Uuid],
    levels: &mut Levels,
) {
    let ordered = orders.iter_mut().rev().find(|order| {
        order.deal.source == "portal" && order.number.is_some() && order.deal.account < portals.len()
    });
    let from_portal = ordered.as_ref().map(|order| order.deal.account);
    let carts = [
        (0, "ACTIVE", book.moment(book.ago(1), 300), "open"),
        (1, "EXPIRED", book.moment(book.ago(140), 300), "expired"),
    ];
    for (account, status, at, state) in carts {
        let customer = trade.accounts[account].id;
        let expires = at.to_zoned(jiff::tz::TimeZone::UTC).saturating_add(90.days()).timestamp();
        let row = json!({
            "customer_id": customer, "portal_user_id": portals[account], "status": status, "currency": trade.currency,
            "expires_at": expires,
        });
        let cart = book.put("carts", status, at, row);
        for (position, item) in [0, 4].into_iter().enumerate() {
            let (item, quantity) = (&trade.items[item], 6);
            let row = json!({
                "cart_id": cart, "customer_id": customer, "sku_id": item.sku, "quantity": quantity,
                "position": position + 1,
            });
            let line = book.put("cart_items", &format!("{status}/{position}"), at, row);
            let Some(location) = item.location else { continue };
            if state == "open" {
                levels.reserve(item.sku, location, quantity);
            }
            let row = json!({
                "cart_item_id": line, "sku_id": item.sku, "location_id": location, "quantity": quantity,
                "state": state, "expires_at": expires,
            });
            book.put("inventory_reservations", &format!("{status}/{position}"), at, row);
        }
    }
    if let (Some(order), Some(account)) = (ordered, from_portal) {
        let customer = trade.accounts[account].id;
        let row = json!({
            "customer_id": customer, "portal_user_id": portals[account], "status": "CONVERTED",
            "currency": trade.currency,
        });
        let cart = book.put("carts", "CONVERTED", order.at, row);
        for (position, line) in order.lines.iter().enumerate() {
            let row = json!({
                "cart_id": cart, "customer_id": customer, "sku_id": trade.items[line.item].sku,
                "quantity": line.quantity, "position": position + 1,
            });
            book.put("cart_items", &format!("CONVERTED/{position}"), order.at, row);
        }
        order.cart = Some(cart);
    }
}

/// Lists of SKUs: a rep's order template and a portal user's favorites.
pub fn put_lists(book: &mut Book, trade: &Trade, users: &[Uuid], portals: &[Uuid]) {
    let at = book.moment(book.ago(90), 0);
    let customer = trade.accounts[0].id;
    let lists = [
        ("Opening order for a wine bar", "template", Some(users[2]), None, None),
        ("Our house pours", "favourites", None, Some(portals[0]), Some(customer)),
    ];
    for (name, kind, user, portal, customer) in lists {
        let row = json!({
            "name": name, "kind": kind, "user_id": user, "portal_user_id": portal, "customer_id": customer,
        });
        let list = book.put("product_lists", name, at, row);
        for (position, item) in trade.items.iter().step_by(7).take(6).enumerate() {
            let row = json!({
                "product_list_id": list, "customer_id": customer, "sku_id": item.sku, "quantity": item.step,
                "position": position + 1,
            });
            book.put("product_list_items", &format!("{name}/{position}"), at, row);
        }
    }
}
