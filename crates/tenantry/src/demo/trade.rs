//! Two years of orders: who buys what, when, and how each deal went.

use jiff::{Span, ToSpan, civil::Date};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{book::Book, dice::Dice};

/// How long the history goes back, in days.
pub const HISTORY: i32 = 730;

/// A SKU as it is traded.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its SKU.
    pub sku: Uuid,
    /// What an order line says.
    pub name: String,
    /// What it costs before discounts.
    pub price: Decimal,
    /// Where it lies; `None` for a service.
    pub location: Option<Uuid>,
    /// Usual quantities are one to four of these.
    pub step: i64,
}

/// How an account pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payer {
    /// About when it is due.
    Prompt,
    /// Some weeks late.
    Slow,
    /// All open invoices at the end of the month after they are due, in one payment.
    Monthly,
    /// Late, and not at all for what came due in the last so many days.
    StoppedDaysAgo(i32),
}

/// A customer as it trades.
#[derive(Clone, Debug)]
pub struct Account {
    /// The customer.
    pub id: Uuid,
    /// Its name and address, as an order's ship-to fields.
    pub ship_to: Value,
    /// Who looks after it.
    pub rep: Option<Uuid>,
    /// Who orders in the portal.
    pub portal: Option<Uuid>,
    /// Days until an invoice is due.
    pub terms: i64,
    /// Discount on each line.
    pub discount: Decimal,
    /// Tax on each line, in percent.
    pub tax: Decimal,
    /// How it pays.
    pub payer: Payer,
    /// Days between orders; 0 for one that never ordered.
    pub rhythm: i64,
    /// Quantities in percent of the usual ones.
    pub size: i64,
    /// First and last day of ordering, in days before today.
    pub period: (i32, i32),
}

/// How far a deal has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Still being written.
    Draft,
    /// Waits for a manager.
    Pending,
    /// Promised, stock reserved, nothing shipped.
    Open,
    /// The first line shipped and invoiced, the others reserved.
    Partial,
    /// All shipped, on its way.
    Shipped,
    /// Delivered and invoiced.
    Closed,
    /// Called off.
    Cancelled,
    /// An offer that nobody took up.
    Expired,
}

/// What a deal is about.
#[derive(Clone, Debug)]
pub struct DealLine {
    /// Index of the item.
    pub item: usize,
    /// How many.
    pub quantity: i64,
}

/// One order and what became of it.
#[derive(Clone, Debug)]
pub struct Deal {
    /// Index of the account.
    pub account: usize,
    /// When it was ordered.
    pub day: Date,
    /// Minute of the office day.
    pub minute: i64,
    /// What was ordered.
    pub lines: Vec<DealLine>,
    /// How far it has come.
    pub outcome: Outcome,
    /// How it came in: `staff`, `portal` or `api`.
    pub source: &'static str,
}

/// The whole trade of one tenant.
#[derive(Debug)]
pub struct Trade {
    /// ISO 4217.
    pub currency: &'static str,
    /// Where shipments leave; `None` where nothing is shipped.
    pub warehouse: Option<Uuid>,
    /// Where returned goods are put.
    pub returns: Option<Uuid>,
    /// Trade of each month in percent of an average one.
    pub seasons: [i64; 12],
    /// What is sold.
    pub items: Vec<Item>,
    /// Who buys.
    pub accounts: Vec<Account>,
}

impl Trade {
    /// Every deal of the two years, in the order in which they were made.
    pub fn deals(&self, book: &Book, dice: &mut Dice) -> Vec<Deal> {
        let mut deals = vec![];
        for (index, account) in self.accounts.iter().enumerate().filter(|(_, account)| account.rhythm > 0) {
            let favourites: Vec<usize> =
                (0..dice.between(3, 8)).map(|_| dice.below(self.items.len())).collect();
            let mut day = book.ago(account.period.0);
            let last = book.ago(account.period.1);
            while day <= last {
                let age = book.today().since(day).map_or(0, |span| span.get_days());
                deals.push(Deal {
                    account: index,
                    day,
                    minute: dice.between(0, 539),
                    lines: self.lines(account, day, &favourites, dice),
                    outcome: outcome(age, dice),
                    source: match (account.portal, dice.between(0, 9)) {
                        (Some(_), 0..5) => "portal",
                        (None, 0) => "api",
                        _ => "staff",
                    },
                });
                day = day.saturating_add(self.pause(account, day, dice));
            }
        }
        deals.sort_by_key(|deal| (deal.day, deal.minute, deal.account));
        deals
    }

    fn season(&self, day: Date) -> i64 {
        self.seasons[usize::try_from(day.month() - 1).unwrap_or(0) % 12]
    }

    /// In a strong month orders come sooner, too.
    fn pause(&self, account: &Account, day: Date, dice: &mut Dice) -> Span {
        let jitter = dice.between(70, 140);
        (account.rhythm * jitter / (50 + self.season(day) / 2)).max(1).days()
    }

    fn lines(&self, account: &Account, day: Date, favourites: &[usize], dice: &mut Dice) -> Vec<DealLine> {
        let mut lines: Vec<DealLine> = vec![];
        for _ in 0..dice.between(1, 4) {
            let item = if dice.chance(80) { *dice.pick(favourites) } else { dice.below(self.items.len()) };
            if lines.iter().any(|line| line.item == item) {
                continue;
            }
            let step = self.items[item].step;
            let usual = step * dice.between(1, 4);
            let wanted = usual * account.size * self.season(day) / 10_000;
            lines.push(DealLine { item, quantity: (wanted / step * step).max(step) });
        }
        lines
    }
}

/// What has usually become of an order by this age.
fn outcome(age: i32, dice: &mut Dice) -> Outcome {
    let of_hundred = dice.between(0, 99);
    match (age, of_hundred) {
        (..=2, ..30) => Outcome::Draft,
        (..=2, ..50) => Outcome::Pending,
        (..=4, _) => Outcome::Open,
        (..=9, ..25) => Outcome::Partial,
        (..=9, _) => Outcome::Shipped,
        (_, ..3) => Outcome::Cancelled,
        (_, ..5) => Outcome::Expired,
        _ => Outcome::Closed,
    }
}

/// The ship-to fields of an order.
pub fn ship_to(
    name: &str,
    address: &str,
    city: &str,
    state: Option<&str>,
    postal: &str,
    country: &str,
) -> Value {
    json!({
        "ship_to_name": name, "ship_to_address": address, "ship_to_city": city, "ship_to_state": state,
        "ship_to_postal_code": postal, "ship_to_country": country,
    })
}
