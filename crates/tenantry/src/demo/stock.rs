//! Stock that covers the trade: receipts ahead of each quarter's shipments, and levels that equal their movements.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde_json::json;
use uuid::Uuid;

use super::{
    book::Book,
    dice::Dice,
    documents::Order,
    trade::{HISTORY, Outcome, Trade},
};

/// Days that one receipt must last.
const QUARTER: i32 = 91;

/// What lies where: (SKU, location) → on hand, reserved.
#[derive(Debug, Default)]
pub struct Levels(BTreeMap<(Uuid, Uuid), (i64, i64)>);

impl Levels {
    fn add(&mut self, sku: Uuid, location: Uuid, quantity: i64) {
        self.0.entry((sku, location)).or_default().0 += quantity;
    }

    /// Promises stock; the level must hold it.
    pub fn reserve(&mut self, sku: Uuid, location: Uuid, quantity: i64) {
        self.0.entry((sku, location)).or_default().1 += quantity;
    }

    /// Puts the levels into the book.
    pub fn record(self, book: &mut Book) {
        for ((sku, location), (on_hand, reserved)) in self.0 {
            let at = book.moment(book.ago(HISTORY), 0);
            let row = json!({
                "sku_id": sku, "location_id": location, "on_hand": on_hand, "reserved": reserved, "reorder_level": 24,
            });
            book.put("inventory", &format!("{sku}/{location}"), at, row);
        }
    }
}

impl Trade {
    /// The movements behind two years of shipments and the levels that come of them.
    pub fn stock(&self, book: &mut Book, orders: &[Order], second: Uuid, dice: &mut Dice) -> Levels {
        let mut levels = Levels::default();
        let mut demand: BTreeMap<(usize, i32), i64> = BTreeMap::new();
        for order in orders {
            let quarter = |day: Date| {
                let age = book.today().since(day).map_or(0, |span| span.get_days());
                (HISTORY - age).max(0) / QUARTER
            };
            for line in &order.lines {
                let wanted = match order.deal.outcome {
                    Outcome::Open | Outcome::Partial | Outcome::Shipped | Outcome::Closed => line.quantity,
                    _ => 0,
                };
                *demand.entry((line.item, quarter(order.deal.day))).or_default() += wanted;
            }
        }
        for (index, item) in self.items.iter().enumerate() {
            let Some(location) = item.location else { continue };
            for quarter in 0..=HISTORY / QUARTER {
                let wanted = demand.get(&(index, quarter)).copied().unwrap_or(0);
                let spare = if quarter == 0 { 24 } else { dice.between(0, 6) };
                let quantity = (wanted + spare + 11) / 12 * 12;
                if quantity == 0 {
                    continue;
                }
                let day = book.ago(HISTORY - quarter * QUARTER + 2);
                self.move_stock(
                    book,
                    &mut levels,
                    (item.sku, location),
                    "receipt",
                    quantity,
                    day,
                    "Delivery",
                );
            }
            self.oddities(book, &mut levels, index, location, second, dice);
        }
        self.issue(book, &mut levels, orders);
        levels
    }

    #[expect(clippy::too_many_arguments, reason = "a movement has this many sides")]
    fn move_stock(
        &self,
        book: &mut Book,
        levels: &mut Levels,
        (sku, location): (Uuid, Uuid),
        kind: &str,
        quantity: i64,
        day: Date,
        reason: &str,
    ) -> Uuid {
        levels.add(sku, location, quantity);
        let at = book.moment(day, 30);
        let row = json!({
            "sku_id": sku, "location_id": location, "kind": kind, "quantity": quantity, "reason": reason,
            "occurred_at": at,
        });
        book.put("inventory_movements", &format!("{sku}/{location}/{kind}/{day}"), at, row)
    }

    /// Breakage, a stocktake, some cases for the second warehouse, and one receipt booked twice and reversed.
    fn oddities(
        &self,
        book: &mut Book,
        levels: &mut Levels,
        index: usize,
        location: Uuid,
        second: Uuid,
        dice: &mut Dice,
    ) {
        let sku = self.items[index].sku;
        let home = (sku, location);
        if dice.chance(20) {
            let day = book.ago(dice.between(20, 300));
            self.move_stock(book, levels, home, "adjustment", -1, day, "Breakage");
        }
        if index.is_multiple_of(6) {
            let day = book.ago(200);
            self.move_stock(book, levels, home, "transfer", -12, day, "To the second warehouse");
            self.move_stock(book, levels, (sku, second), "transfer", 12, day, "From the main warehouse");
        }
        if index == 0 {
            let day = book.ago(90);
            let wrong = self.move_stock(book, levels, home, "import", 120, day, "Stock list of the auditor");
            levels.add(sku, location, -120);
            let at = book.moment(day.saturating_add(1.days()), 30);
            let row = json!({
                "sku_id": sku, "location_id": location, "kind": "reversal", "quantity": -120,
                "reason": "Counted twice", "reverses_id": wrong, "occurred_at": at,
            });
            book.put("inventory_movements", "counted-twice", at, row);
        }
    }

    /// What was shipped leaves, what is promised is reserved.
    fn issue(&self, book: &mut Book, levels: &mut Levels, orders: &[Order]) {
        for order in orders {
            for line in &order.lines {
                let item = &self.items[line.item];
                let Some(location) = item.location else { continue };
                let key = line.id.to_string();
                if let (Some(day), true) = (order.shipped_on, line.shipped > 0) {
                    levels.add(item.sku, location, -line.shipped);
                    let at = book.moment(day, 400);
                    let row = json!({
                        "sku_id": item.sku, "location_id": location, "kind": "issue", "quantity": -line.shipped,
                        "source": "orders", "source_id": order.id, "occurred_at": at,
                    });
                    book.put("inventory_movements", &key, at, row);
                }
                let (state, quantity) = match order.deal.outcome {
                    Outcome::Open | Outcome::Partial if line.shipped < line.quantity => {
                        levels.reserve(item.sku, location, line.quantity - line.shipped);
                        ("open", line.quantity - line.shipped)
                    }
                    Outcome::Open | Outcome::Partial | Outcome::Shipped => ("consumed", line.quantity),
                    Outcome::Cancelled => ("released", line.quantity),
                    _ => continue,
                };
                let row = json!({
                    "order_line_id": line.id, "sku_id": item.sku, "location_id": location, "quantity": quantity,
                    "state": state,
                });
                book.put("inventory_reservations", &key, order.at, row);
            }
        }
        self.returned(levels, orders);
    }

    /// What came back lies on the shelf of returns; its movements stand beside the returns.
    fn returned(&self, levels: &mut Levels, orders: &[Order]) {
        let Some(shelf) = self.returns else { return };
        for line in orders.iter().flat_map(|order| &order.lines).filter(|line| line.returned > 0) {
            levels.add(self.items[line.item].sku, shelf, line.returned);
        }
    }
}
