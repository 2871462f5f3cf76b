//! What an imported document derives from its lines: totals, shipped quantities, states.
//!
//! The formulas are those of `model::money`: line total = round(quantity × unit price × (1 − discount ÷ 100), 2),
//! half-up, once, before tax; PostgreSQL's `round(numeric)` rounds half away from zero.

use model::{field::Field, problem::Problem};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::plan::PartPlan;

/// A column whose value follows from others.
pub struct Derived {
    /// The column.
    pub column: &'static str,
    /// Its value in a new record.
    pub made: String,
    /// Its value after an update.
    pub changed: String,
    /// Whether a record that exists has that value.
    pub same: String,
}

/// Columns of a part that follow from the values of its rows.
pub fn derived(part: &PartPlan) -> Vec<Derived> {
    let mut all = vec![];
    if part.entity.field("line_total").is_some() {
        let has = |name: &str| part.given.iter().any(|field| field.name == name);
        // A line without a price has no total; where a quantity or a discount is left out, it is none.
        let open = |name: &str| {
            part.entity.field(name).is_some_and(|field| !field.required && field.default.is_none())
        };
        let made = |name: &str| match (has(name), open(name)) {
            (true, true) => format!("p.{name}"),
            (false, true) => "null::numeric".into(),
            (true, false) => format!("coalesce(p.{name}, 0)"),
            (false, false) => "0".into(),
        };
        let kept = |name: &str| {
            if has(name) {
                format!("case when r.payload ? '{name}' then p.{name} else t.{name} end")
            } else {
                format!("t.{name}")
            }
        };
        let total = |value: &dyn Fn(&str) -> String| {
            let (quantity, price, discount) =
                (value("quantity"), value("unit_price"), value("discount_percent"));
            format!("round(({quantity}) * ({price}) * (1 - ({discount}) / 100), 2)")
        };
        all.push(Derived {
            column: "line_total",
            made: total(&made),
            changed: total(&kept),
            same: "true".into(),
        });
    }
    if part.ships {
        let shipped = "case when (select g.payload ->> 'shipped_on' from import_rows g
            where g.tenant_id = $1 and g.id = r.root_id) is not null then p.quantity end";
        all.push(Derived {
            column: "shipped_quantity",
            made: format!("coalesce({shipped}, 0)"),
            changed: format!("coalesce({shipped}, t.shipped_quantity)"),
            same: format!("coalesce({shipped}, t.shipped_quantity) = t.shipped_quantity"),
        });
    }
    all
}

/// Columns of a document that follow from its lines, kept for undo.
pub const OF_LINES: &[&str] = &["status", "subtotal", "tax", "total", "fulfilment_state", "outstanding"];

/// Brings documents in line with their lines. `rows` are staged rows of documents that were just written.
pub async fn finish(tx: &mut TenantTx, part: &PartPlan, rows: &[Uuid], lines: bool) -> Result<(), Problem> {
    match part.name() {
        "orders" if lines => orders(tx, part, rows).await,
        "invoices" => invoices(tx, part, rows, lines).await,
        _ => Ok(()),
    }
}

fn gives(part: &PartPlan, name: &str) -> bool {
    part.given.iter().any(|field: &&'static Field| field.name == name)
}

async fn orders(tx: &mut TenantTx, part: &PartPlan, rows: &[Uuid]) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "with d as (
               select coalesce(applied_record_id, id) as id, action is null as made from import_rows
               where tenant_id = $1 and id = any($2) and status = 'pending' and action is distinct from 'unchanged'
             ), s as (
               select l.order_id as id, d.made, coalesce(sum(l.line_total), 0) as subtotal, bool_or(l.tax_rate > 0) as taxed,
                 coalesce(sum(round(l.line_total * l.tax_rate / 100, 2)), 0) as tax,
                 case when sum(l.shipped_quantity) = 0 then 'none'
                   when bool_and(l.shipped_quantity >= l.quantity) then 'full' else 'partial' end as fulfilment
               from d join order_lines l on l.tenant_id = $1 and l.order_id = d.id
               group by l.order_id, d.made
             ), v as (
               select s.id, s.subtotal, case when s.taxed then s.tax else o.tax end as tax,
                 s.subtotal - o.discount + case when s.taxed then s.tax else o.tax end + o.freight as total,
                 case when $3 then o.fulfilment_state else s.fulfilment end as fulfilment,
                 case when s.made and not $4 and s.fulfilment = 'full' then 'closed' else o.status end as status
               from s join orders o on o.tenant_id = $1 and o.id = s.id
             )
             update orders o set subtotal = v.subtotal, tax = v.tax, total = v.total, fulfilment_state = v.fulfilment,
               status = v.status
             from v
             where o.tenant_id = $1 and o.id = v.id
               and (o.subtotal, o.tax, o.total, o.fulfilment_state, o.status)
                 is distinct from (v.subtotal, v.tax, v.total, v.fulfilment, v.status)"
        ),
        &[&tx.tenant(), &rows, &gives(part, "fulfilment_state"), &gives(part, "status")],
    )
    .await?;
    Ok(())
}

async fn invoices(tx: &mut TenantTx, part: &PartPlan, rows: &[Uuid], lines: bool) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "with d as (
               select coalesce(applied_record_id, id) as id, action is null as made from import_rows
               where tenant_id = $1 and id = any($2) and status = 'pending' and action is distinct from 'unchanged'
             ), s as (
               select l.invoice_id as id, sum(l.line_total) as subtotal, bool_or(l.tax_rate > 0) as taxed,
                 sum(round(l.line_total * l.tax_rate / 100, 2)) as tax
               from d join invoice_lines l on l.tenant_id = $1 and l.invoice_id = d.id
               where $3
               group by l.invoice_id
             ), v as (
               select i.id, d.made, coalesce(s.subtotal, i.subtotal) as subtotal,
                 case when s.taxed then s.tax else i.tax end as tax,
                 case when s.id is null then i.total
                   else s.subtotal + case when s.taxed then s.tax else i.tax end + i.rounding end as total
               from d join invoices i on i.tenant_id = $1 and i.id = d.id left join s on s.id = i.id
             )
             update invoices i set subtotal = v.subtotal, tax = v.tax, total = v.total,
               outstanding = case when $4 or not v.made then i.outstanding
                 when i.status in ('PAID', 'VOID', 'DRAFT') then 0 else v.total end
             from v where i.tenant_id = $1 and i.id = v.id"
        ),
        &[&tx.tenant(), &rows, &lines, &gives(part, "outstanding")],
    )
    .await?;
    Ok(())
}
