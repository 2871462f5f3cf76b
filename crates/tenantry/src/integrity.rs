//! Stored sums and derived states against what they come from, tenant by tenant.

use model::{caller::Caller, problem::Problem};
use store::{
    Db, sql,
    sql::{Query, Sql},
};
use uuid::Uuid;

/// The outcome of one check on one tenant.
#[derive(Debug)]
pub struct Checked {
    /// What must hold.
    pub rule: &'static str,
    /// For how many records it does not.
    pub broken: i64,
    /// One of them.
    pub first: String,
}

/// A rule and the statement that counts its exceptions: `$1` the tenant; gives a count and one id.
struct Rule {
    name: &'static str,
    exceptions: &'static Sql,
}

static RULES: &[Rule] = &[
    Rule {
        name: "levels equal the sum of their movements",
        exceptions: sql!(
            "select count(*), min(id::text) from (
               select coalesce(i.id, m.sku_id) as id
               from (select * from inventory where tenant_id = $1) i
               full join (select sku_id, location_id, sum(quantity) as moved from inventory_movements
                          where tenant_id = $1 group by sku_id, location_id) m using (sku_id, location_id)
               where coalesce(i.on_hand, 0) <> coalesce(m.moved, 0)) as broken"
        ),
    },
    Rule {
        name: "reserved equals the sum of open reservations",
        exceptions: sql!(
            "select count(*), min(id::text) from (
               select coalesce(i.id, r.sku_id) as id
               from (select * from inventory where tenant_id = $1) i
               full join (select sku_id, location_id, sum(quantity) as promised from inventory_reservations
                          where tenant_id = $1 and state = 'open' group by sku_id, location_id) r using (sku_id, location_id)
               where coalesce(i.reserved, 0) <> coalesce(r.promised, 0)) as broken"
        ),
    },
    Rule {
        name: "line totals are quantity × price less discount",
        exceptions: sql!(
            "select count(*), min(id::text) from (
               select id, quantity, unit_price, discount_percent, line_total from order_lines where tenant_id = $1
               union all
               select id, quantity, unit_price, discount_percent, line_total from invoice_lines where tenant_id = $1
             ) as lines
             where line_total <> round(quantity * unit_price * (100 - discount_percent) / 100, 2)"
        ),
    },
    Rule {
        name: "orders equal the sum of their lines, plus tax and freight",
        exceptions: sql!(
            "select count(*), min(o.id::text) from orders o
             left join (select order_id, sum(line_total) as lines from order_lines
                        where tenant_id = $1 group by order_id) l on l.order_id = o.id
             where o.tenant_id = $1
               and (o.subtotal <> coalesce(l.lines, 0) or o.total <> o.subtotal - o.discount + o.tax + o.freight)"
        ),
    },
    Rule {
        name: "invoices equal the sum of their lines, plus tax and rounding",
        exceptions: sql!(
            "select count(*), min(i.id::text) from invoices i
             left join (select invoice_id, sum(line_total) as lines from invoice_lines
                        where tenant_id = $1 group by invoice_id) l on l.invoice_id = i.id
             where i.tenant_id = $1
               and (i.subtotal <> coalesce(l.lines, 0) or i.total <> i.subtotal + i.tax + i.rounding)"
        ),
    },
    Rule {
        name: "what is outstanding is the total less what was allocated",
        exceptions: sql!(
            "select count(*), min(i.id::text) from invoices i
             left join (select id, sum(amount) as settled from (
                 select invoice_id as id, amount from payment_allocations where tenant_id = $1
                 union all
                 select credit_note_id, amount from payment_allocations where tenant_id = $1 and kind = 'credit_note'
               ) as settlements group by id) s on s.id = i.id
             where i.tenant_id = $1 and not i.imported and i.status <> 'VOID'
               and i.outstanding <> i.total - coalesce(s.settled, 0)"
        ),
    },
    Rule {
        name: "payments are what was allocated, refunded or is left",
        exceptions: sql!(
            "select count(*), min(p.id::text) from payments p
             left join (select payment_id, sum(amount) as used from payment_allocations
                        where tenant_id = $1 group by payment_id) a on a.payment_id = p.id
             where p.tenant_id = $1 and not p.imported
               and p.amount <> coalesce(a.used, 0) + p.unallocated + p.refunded"
        ),
    },
    Rule {
        name: "document numbers have no gaps",
        exceptions: sql!(
            "select count(*), min(s.series || ' ' || s.year) from document_series s
             where s.tenant_id = $1 and s.year > 0 and s.next_number - 1 <> (
               select count(*) from (
                 select number from orders where tenant_id = $1 and not imported
                 union all select number from invoices where tenant_id = $1 and not imported
                 union all select number from shipments where tenant_id = $1
                 union all select number from returns where tenant_id = $1
               ) as documents where number like s.series || '-' || s.year || '-%')"
        ),
    },
];

/// Checks every rule on one tenant.
///
/// # Errors
/// Problems of the database.
pub async fn check(db: &Db, tenant: Uuid) -> Result<Vec<Checked>, Problem> {
    let system = Caller::system(tenant, db.world().id());
    let mut checked = vec![];
    for rule in RULES {
        let rows = db.read(&system, Query::fixed(rule.exceptions, vec![tenant.into()])).await?;
        let row = rows.first().ok_or_else(|| Problem::internal("a count gave no row"))?;
        let first: Option<String> = row.get(1);
        checked.push(Checked { rule: rule.name, broken: row.get(0), first: first.unwrap_or_default() });
    }
    Ok(checked)
}
