//! From deals to documents: orders, shipments, invoices, with numbers in the order of their dates.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, civil::Date};
use model::money::{line_tax, line_total};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;
use work::sales::numbering::Series;

use super::{
    book::Book,
    dice::Dice,
    trade::{Account, Deal, Outcome, Trade},
};

/// The running numbers of a tenant's documents.
#[derive(Debug, Default)]
pub struct Numbers(BTreeMap<(&'static str, i16), i64>);

impl Numbers {
    /// The next number of the series in the year of `day`.
    pub fn next(&mut self, series: Series, day: Date) -> String {
        let counter = self.0.entry((series.prefix(), day.year())).or_insert(0);
        *counter += 1;
        series.format(day.year(), *counter)
    }

    /// Codes of customers that are made later follow those of the first `count`.
    pub fn start_customers_after(&mut self, count: usize) {
        self.0.insert((Series::Customer.prefix(), 0), i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Puts the series into the book, so that the next document goes on where these end.
    pub fn record(self, book: &mut Book) {
        for ((series, year), last) in self.0 {
            let at = book.moment(book.ago(1), 539);
            let row = json!({"series": series, "year": year, "next_number": last + 1});
            book.put("document_series", &format!("{series}{year}"), at, row);
        }
    }
}

/// One line of an order with what has become of it.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: Uuid,
    pub item: usize,
    pub quantity: i64,
    pub shipped: i64,
    pub invoiced: i64,
    pub returned: i64,
    pub total: Decimal,
}

/// An order on its way into the book.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: Uuid,
    pub number: Option<String>,
    pub deal: Deal,
    pub at: Timestamp,
    pub lines: Vec<Line>,
    pub subtotal: Decimal,
    pub tax: Decimal,
    /// When goods left, if they did.
    pub shipped_on: Option<Date>,
    /// `none`, `partial` or `full`.
    pub payment_state: &'static str,
    /// The cart it came from.
    pub cart: Option<Uuid>,
}

/// An invoice that was issued for an order's shipped lines.
#[derive(Clone, Debug)]
pub struct Invoice {
    pub id: Uuid,
    pub number: Option<String>,
    /// Index of its order.
    pub order: usize,
    pub account: usize,
    pub issued_on: Date,
    pub due_on: Date,
    pub subtotal: Decimal,
    pub tax: Decimal,
    pub total: Decimal,
    pub outstanding: Decimal,
}

impl Trade {
    /// The price of `quantity` of an item for the account, and the tax on it.
    pub fn price(&self, account: &Account, item: usize, quantity: i64) -> (Decimal, Decimal) {
        let total = line_total(quantity.into(), self.items[item].price, account.discount).unwrap_or_default();
        (total, line_tax(total, account.tax).unwrap_or_default())
    }

    /// The orders of the deals, numbered where they were confirmed.
    pub fn orders(
        &self,
        book: &Book,
        deals: Vec<Deal>,
        numbers: &mut Numbers,
        dice: &mut Dice,
    ) -> Vec<Order> {
        deals
            .into_iter()
            .enumerate()
            .map(|(index, deal)| self.order(book, index, deal, numbers, dice))
            .collect()
    }

    fn order(&self, book: &Book, index: usize, deal: Deal, numbers: &mut Numbers, dice: &mut Dice) -> Order {
        let account = &self.accounts[deal.account];
        let at = book.moment(deal.day, deal.minute);
        let (mut subtotal, mut tax) = (Decimal::ZERO, Decimal::ZERO);
        let mut lines = vec![];
        for (position, line) in deal.lines.iter().enumerate() {
            let (total, line_tax) = self.price(account, line.item, line.quantity);
            subtotal += total;
            tax += line_tax;
            let gone = match deal.outcome {
                Outcome::Shipped | Outcome::Closed => line.quantity,
                Outcome::Partial if position == 0 => line.quantity,
                _ => 0,
            };
            lines.push(Line {
                id: book.id("order_lines", &format!("{index}/{position}"), at),
                item: line.item,
                quantity: line.quantity,
                shipped: gone,
                invoiced: gone,
                returned: 0,
                total,
            });
        }
        let confirmed = !matches!(deal.outcome, Outcome::Draft | Outcome::Pending | Outcome::Expired);
        let left = lines.iter().any(|line| line.shipped > 0);
        let shipped_on = left.then(|| deal.day.saturating_add(dice.between(1, 3).days()).min(book.ago(1)));
        Order {
            id: book.id("orders", &index.to_string(), at),
            number: confirmed.then(|| numbers.next(Series::Order, deal.day)),
            at,
            lines,
            subtotal,
            tax,
            shipped_on,
            payment_state: "none",
            cart: None,
            deal,
        }
    }

    /// One shipment for each order of which something left, and the movement of each line.
    pub fn ship(&self, book: &mut Book, orders: &[Order], numbers: &mut Numbers, dice: &mut Dice) {
        let Some(warehouse) = self.warehouse else { return };
        let mut gone: Vec<(Date, &Order)> =
            orders.iter().filter_map(|order| Some((order.shipped_on?, order))).collect();
        gone.sort_by_key(|(day, order)| (*day, order.at));
        for (day, order) in gone {
            let at = book.moment(day, 400 + dice.between(0, 120));
            let number = numbers.next(Series::Shipment, day);
            let status = if order.deal.outcome == Outcome::Closed { "delivered" } else { "shipped" };
            let customer = self.accounts[order.deal.account].id;
            let carrier = dice.pick(&["Bay Freight", "Keystone Parcel", "Own van"]);
            let shipment = book.put(
                "shipments",
                &number,
                at,
                json!({
                    "number": number, "order_id": order.id, "customer_id": customer, "warehouse_id": warehouse,
                    "status": status, "shipped_at": at, "carrier": carrier,
                    "tracking_number": format!("BF{:09}", dice.between(0, 999_999_999)),
                }),
            );
            for line in order.lines.iter().filter(|line| line.shipped > 0) {
                let item = &self.items[line.item];
                let key = line.id.to_string();
                let row = json!({
                    "shipment_id": shipment, "customer_id": customer, "order_line_id": line.id,
                    "location_id": item.location, "quantity": line.shipped,
                });
                book.put("shipment_lines", &key, at, row);
            }
        }
    }

    /// One invoice for each order of which something left, issued the same day.
    pub fn invoice(&self, book: &mut Book, orders: &[Order], numbers: &mut Numbers) -> Vec<Invoice> {
        let mut gone: Vec<(Date, usize)> =
            orders.iter().enumerate().filter_map(|(index, order)| Some((order.shipped_on?, index))).collect();
        gone.sort_by_key(|(day, index)| (*day, orders[*index].at));
        gone.into_iter()
            .map(|(day, index)| {
                let order = &orders[index];
                // What left in the last days is invoiced when its delivery is confirmed: until then it is a draft.
                let draft = order.deal.outcome == Outcome::Shipped && day >= book.ago(3);
                let number = (!draft).then(|| numbers.next(Series::Invoice, day));
                self.invoice_order(book, order, index, day, number)
            })
            .collect()
    }

    fn invoice_order(
        &self,
        book: &mut Book,
        order: &Order,
        index: usize,
        day: Date,
        number: Option<String>,
    ) -> Invoice {
        let account = &self.accounts[order.deal.account];
        let at = book.moment(day, 530);
        let id = book.id("invoices", &order.id.to_string(), at);
        let (mut subtotal, mut tax) = (Decimal::ZERO, Decimal::ZERO);
        for (position, line) in order.lines.iter().filter(|line| line.invoiced > 0).enumerate() {
            let (total, line_tax) = self.price(account, line.item, line.invoiced);
            subtotal += total;
            tax += line_tax;
            let item = &self.items[line.item];
            let row = json!({
                "invoice_id": id, "customer_id": account.id, "position": position + 1, "order_line_id": line.id,
                "sku_id": item.sku, "description": item.name, "quantity": line.invoiced, "unit_price": item.price,
                "discount_percent": account.discount, "tax_rate": account.tax, "line_total": total,
            });
            book.put("invoice_lines", &line.id.to_string(), at, row);
        }
        let total = subtotal + tax;
        let due_on = day.saturating_add(account.terms.days());
        Invoice {
            id,
            number,
            order: index,
            account: order.deal.account,
            issued_on: day,
            due_on,
            subtotal,
            tax,
            total,
            outstanding: total,
        }
    }

    /// Puts the orders into the book as they stand at last.
    pub fn record_orders(&self, book: &mut Book, orders: &[Order]) {
        for order in orders {
            let account = &self.accounts[order.deal.account];
            let status = match order.deal.outcome {
                Outcome::Draft => "draft",
                Outcome::Pending => "pending_approval",
                Outcome::Open | Outcome::Partial | Outcome::Shipped => "confirmed",
                Outcome::Closed => "closed",
                Outcome::Cancelled => "cancelled",
                Outcome::Expired => "expired",
            };
            let progress = |done: fn(&Line) -> i64| {
                let (all, some) = (
                    order.lines.iter().all(|l| done(l) == l.quantity),
                    order.lines.iter().any(|l| done(l) > 0),
                );
                if all {
                    "full"
                } else if some {
                    "partial"
                } else {
                    "none"
                }
            };
            let mut row = json!({
                "number": order.number, "customer_id": account.id, "status": status,
                "fulfilment_state": progress(|line| line.shipped), "invoicing_state": progress(|line| line.invoiced),
                "payment_state": order.payment_state, "currency": self.currency, "ordered_at": order.at,
                "requested_on": order.deal.day.saturating_add(3.days()), "shipped_on": order.shipped_on, "freight": 0,
                "subtotal": order.subtotal, "tax": order.tax, "total": order.subtotal + order.tax,
                "sales_rep_id": account.rep, "portal_user_id": account.portal.filter(|_| order.deal.source == "portal"),
                "cart_id": order.cart, "source": order.deal.source,
                "cancel_reason": (status == "cancelled").then_some("The customer called it off by phone."),
                "id": order.id, "created_at": order.at,
            });
            if let (Value::Object(row), Value::Object(ship_to)) = (&mut row, &account.ship_to) {
                row.extend(ship_to.clone());
            }
            book.add("orders", row);
            for (position, line) in order.lines.iter().enumerate() {
                let item = &self.items[line.item];
                let row = json!({
                    "id": line.id, "order_id": order.id, "customer_id": account.id, "position": position + 1,
                    "sku_id": item.sku, "description": item.name, "quantity": line.quantity, "unit_price": item.price,
                    "discount_percent": account.discount, "tax_rate": account.tax, "line_total": line.total,
                    "price_source": "base_price", "shipped_quantity": line.shipped,
                    "invoiced_quantity": line.invoiced, "returned_quantity": line.returned, "created_at": order.at,
                });
                book.add("order_lines", row);
            }
        }
    }
}
