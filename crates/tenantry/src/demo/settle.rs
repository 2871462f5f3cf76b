//! How invoices were paid: in time, late, in one sum for several, in part, by credit, or not at all.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use model::money;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;
use work::sales::numbering::Series;

use super::{
    book::Book,
    dice::Dice,
    documents::{Invoice, Numbers, Order},
    trade::{Outcome, Payer, Trade},
};

/// One payment to be: when, by whom, for which invoices how much.
type Plan = BTreeMap<(Date, usize), Vec<(usize, Decimal)>>;

impl Trade {
    /// Takes goods back, writes credit notes, receives payments; leaves each invoice with what is outstanding.
    pub fn settle(
        &self,
        book: &mut Book,
        orders: &mut [Order],
        invoices: &mut [Invoice],
        numbers: &mut Numbers,
        dice: &mut Dice,
    ) {
        self.take_back(book, orders, invoices, numbers, dice);
        let plan = self.plan(book, invoices, dice);
        for ((day, account), parts) in plan {
            self.receive(book, day, account, &parts, orders, invoices, dice);
        }
        for invoice in invoices.iter() {
            let order = &mut orders[invoice.order];
            let all_invoiced = order.lines.iter().all(|line| line.invoiced == line.quantity);
            order.payment_state = match invoice.outstanding {
                open if open.is_zero() && all_invoiced => "full",
                open if open == invoice.total => "none",
                _ => "partial",
            };
            self.record_invoice(book, invoice, order.id);
        }
    }

    fn record_invoice(&self, book: &mut Book, invoice: &Invoice, order: Uuid) {
        let at = book.moment(invoice.issued_on, 530);
        let draft = invoice.number.is_none();
        let row = json!({
            "id": invoice.id, "number": invoice.number, "kind": "invoice", "order_id": order,
            "customer_id": self.accounts[invoice.account].id, "currency": self.currency,
            "status": status(invoice, book.today()), "issued_on": (!draft).then_some(invoice.issued_on),
            "due_on": (!draft).then_some(invoice.due_on), "subtotal": invoice.subtotal, "tax": invoice.tax,
            "total": invoice.total, "outstanding": invoice.outstanding, "created_at": at,
        });
        book.add("invoices", row);
    }

    /// Which invoice is paid when; what would be paid today or later is open.
    fn plan(&self, book: &Book, invoices: &[Invoice], dice: &mut Dice) -> Plan {
        let mut plan = Plan::new();
        for (index, invoice) in invoices.iter().enumerate() {
            let payer = self.accounts[invoice.account].payer;
            let late = match payer {
                Payer::Prompt | Payer::Monthly => dice.between(-6, 2),
                Payer::Slow | Payer::StoppedDaysAgo(_) => dice.between(5, 25),
            };
            let mut day = invoice.due_on.saturating_add(late.days()).max(invoice.issued_on);
            if payer == Payer::Monthly {
                day = day.last_of_month();
            }
            let stopped = match payer {
                Payer::StoppedDaysAgo(days) => invoice.due_on >= book.ago(days),
                _ => false,
            };
            if day > book.ago(1) || stopped || invoice.number.is_none() || invoice.outstanding.is_zero() {
                continue;
            }
            let young = invoice.issued_on > book.ago(75);
            let amount = if young && dice.chance(if invoice.due_on > book.today() { 40 } else { 6 }) {
                money::round(invoice.outstanding / Decimal::TWO)
            } else {
                invoice.outstanding
            };
            plan.entry((day, invoice.account)).or_default().push((index, amount));
        }
        plan
    }

    /// One payment and its allocations. Now and then a few cents are missing and written off, or too much came in.
    #[expect(clippy::too_many_arguments, reason = "one payment touches all of these")]
    fn receive(
        &self,
        book: &mut Book,
        day: Date,
        account: usize,
        parts: &[(usize, Decimal)],
        orders: &[Order],
        invoices: &mut [Invoice],
        dice: &mut Dice,
    ) {
        let at = book.moment(day, dice.between(0, 200));
        let customer = self.accounts[account].id;
        let key = format!("{day}/{account}");
        let due: Decimal = parts.iter().map(|(_, amount)| *amount).sum();
        let cents = Decimal::new(dice.between(1, 9), 2);
        let missing = if dice.chance(1) && due > Decimal::TEN { cents } else { Decimal::ZERO };
        let extra = if missing.is_zero() && dice.chance(2) { Decimal::new(2500, 2) } else { Decimal::ZERO };
        let refunded = if dice.chance(50) { extra } else { Decimal::ZERO };
        let order = match parts {
            [(only, _)] => Some(orders[invoices[*only].order].id),
            _ => None,
        };
        let method =
            *dice.pick(&["bank_transfer", "bank_transfer", "check", "card", "direct_debit", "cash", "other"]);
        let reference = format!("{}-{:06}", method[..2].to_uppercase(), dice.between(0, 999_999));
        let row = json!({
            "customer_id": customer, "order_id": order, "currency": self.currency, "amount": due - missing + extra,
            "method": method, "reference": format!("{reference}-{}", day.year()), "received_on": day,
            "unallocated": extra - refunded, "refunded": refunded,
        });
        let payment = book.put("payments", &key, at, row);
        for (position, (index, amount)) in parts.iter().enumerate() {
            let invoice = &mut invoices[*index];
            invoice.outstanding -= *amount;
            let off = if position == 0 { missing } else { Decimal::ZERO };
            let row = json!({
                "kind": "payment", "payment_id": payment, "invoice_id": invoice.id, "customer_id": customer,
                "amount": *amount - off,
            });
            book.put("payment_allocations", &format!("{key}/{index}"), at, row);
            if !off.is_zero() {
                let row = json!({"kind": "write_off", "invoice_id": invoice.id, "customer_id": customer, "amount": off});
                book.put("payment_allocations", &format!("{key}/{index}/off"), at, row);
            }
        }
    }

    /// Some delivered orders come back in part; what was taken back is credited.
    fn take_back(
        &self,
        book: &mut Book,
        orders: &mut [Order],
        invoices: &mut [Invoice],
        numbers: &mut Numbers,
        dice: &mut Dice,
    ) {
        let Some(shelf) = self.returns else { return };
        for invoice in invoices.iter_mut() {
            let order = &mut orders[invoice.order];
            let Some(shipped_on) = order.shipped_on else { continue };
            let day = shipped_on.saturating_add(5.days());
            let young = day >= book.ago(30);
            if order.deal.outcome != Outcome::Closed || !dice.chance(if young { 9 } else { 3 }) {
                continue;
            }
            if day > book.ago(1) {
                continue;
            }
            // Those of the last days are still on their way back; of the older ones a few were called off.
            let status = match (young, dice.between(0, 9)) {
                (true, ..5) => "draft",
                (true, _) => "received",
                (false, 0) => "cancelled",
                (false, _) => "closed",
            };
            let account = &self.accounts[invoice.account];
            let at = book.moment(day, 90);
            let number = numbers.next(Series::Return, day);
            let row = json!({
                "number": number, "order_id": order.id, "customer_id": account.id, "status": status,
                "reason": *dice.pick(&["Corked", "Wrong vintage", "Broken in transit", "Ordered too much"]),
                "received_on": (matches!(status, "received" | "closed")).then_some(day),
            });
            let note = book.put("returns", &number, at, row);
            let line = &mut order.lines[0];
            let taken = matches!(status, "received" | "closed");
            let quantity = 1;
            let row = json!({
                "return_id": note, "customer_id": account.id, "order_line_id": line.id, "location_id": shelf,
                "quantity": quantity, "restock": taken,
            });
            book.put("return_lines", &number, at, row);
            if taken {
                line.returned = quantity;
                let item = &self.items[line.item];
                let row = json!({
                    "sku_id": item.sku, "location_id": shelf, "kind": "return", "quantity": quantity,
                    "reason": number, "source": "returns", "source_id": note, "occurred_at": at,
                });
                book.put("inventory_movements", &number, at, row);
            }
            if status == "closed" {
                self.credit(book, invoice, &line.clone(), quantity, day, numbers);
            }
        }
    }

    /// A credit note over part of an invoice, used up on that invoice at once.
    fn credit(
        &self,
        book: &mut Book,
        invoice: &mut Invoice,
        line: &super::documents::Line,
        quantity: i64,
        day: Date,
        numbers: &mut Numbers,
    ) {
        let account = &self.accounts[invoice.account];
        let item = &self.items[line.item];
        let (subtotal, tax) = self.price(account, line.item, quantity);
        let total = (subtotal + tax).min(invoice.outstanding);
        if total != subtotal + tax || total.is_zero() {
            return;
        }
        let at = book.moment(day, 500);
        let number = numbers.next(Series::CreditNote, day);
        let row = json!({
            "number": number, "kind": "credit_note", "credited_invoice_id": invoice.id,
            "customer_id": account.id, "currency": self.currency, "status": "PAID", "issued_on": day, "due_on": day,
            "subtotal": subtotal, "tax": tax, "total": total, "outstanding": 0,
        });
        let note = book.put("invoices", &number, at, row);
        let row = json!({
            "invoice_id": note, "customer_id": account.id, "position": 1, "order_line_id": line.id,
            "sku_id": item.sku, "description": item.name, "quantity": quantity, "unit_price": item.price,
            "discount_percent": account.discount, "tax_rate": account.tax, "line_total": subtotal,
        });
        book.put("invoice_lines", &number, at, row);
        let row = json!({
            "kind": "credit_note", "credit_note_id": note, "invoice_id": invoice.id, "customer_id": account.id,
            "amount": total,
        });
        book.put("payment_allocations", &number, at, row);
        invoice.outstanding -= total;
    }
}

/// The state that an invoice's amounts and dates give.
fn status(invoice: &Invoice, today: Date) -> &'static str {
    match invoice {
        _ if invoice.number.is_none() => "DRAFT",
        _ if invoice.outstanding.is_zero() => "PAID",
        _ if invoice.due_on < today => "OVERDUE",
        _ if invoice.outstanding < invoice.total => "PARTIALLY_PAID",
        _ => "ISSUED",
    }
}
