//! Documents: sums of lines, what is outstanding, what is left of payments, numbers without gaps.
//!
//! Allocations are the truth of what is settled, so what is outstanding and what is left of a payment is worked out
//! from them. Sums of lines are not repaired: whether quantity, price or total is the wrong one stands on the paper.

use model::field::Text;
use store::sql;

use super::{Look, Repair, Rule};

/// Lines by formula.
pub(super) static LINES: Rule = Rule {
    name: "line_totals_follow_formula",
    law: Text::of(
        "Line totals are quantity × price less discount.",
        "ยอดของบรรทัดเท่ากับจำนวน × ราคา หักส่วนลด",
    ),
    by_hand: Text::of(
        "Compare with the document that was sent: correct the line of a draft, or credit and issue anew.",
        "เทียบกับเอกสารที่ส่งไป แก้บรรทัดของฉบับร่าง หรือออกใบลดหนี้แล้วออกใหม่",
    ),
    look: Look::Rows(sql!(
        "select count(*) over (), id::text,
           format('%s line %s: total %s, quantity × price less discount makes %s', kind, position, line_total, should), null::text
         from (
           select 'order' as kind, id, position, line_total,
             round(quantity * unit_price * (100 - discount_percent) / 100, 2) as should
           from order_lines where tenant_id = $1
           union all
           select 'invoice', id, position, line_total,
             round(quantity * unit_price * (100 - discount_percent) / 100, 2)
           from invoice_lines where tenant_id = $1
         ) as lines
         where line_total <> should order by id limit $2"
    )),
    repair: None,
};

/// Orders against lines.
pub(super) static ORDERS: Rule = Rule {
    name: "orders_equal_lines",
    law: Text::of(
        "Orders equal the sum of their lines, less discount, plus tax and freight.",
        "ยอดคำสั่งซื้อเท่ากับผลรวมของบรรทัด หักส่วนลด บวกภาษีและค่าขนส่ง",
    ),
    by_hand: Text::of(
        "Compare with what the customer agreed to and correct the order or its lines.",
        "เทียบกับที่ตกลงกับลูกค้า แล้วแก้คำสั่งซื้อหรือบรรทัด",
    ),
    look: Look::Rows(sql!(
        "select count(*) over (), o.id::text,
           format('order %s: subtotal %s and total %s, lines make %s and %s', coalesce(o.number, 'without a number'),
             o.subtotal, o.total, coalesce(l.lines, 0), coalesce(l.lines, 0) - o.discount + o.tax + o.freight), null::text
         from orders o
         left join (select order_id, sum(line_total) as lines from order_lines
                    where tenant_id = $1 group by order_id) l on l.order_id = o.id
         where o.tenant_id = $1
           and (o.subtotal <> coalesce(l.lines, 0) or o.total <> o.subtotal - o.discount + o.tax + o.freight)
         order by o.id limit $2"
    )),
    repair: None,
};

/// Invoices against lines.
pub(super) static INVOICES: Rule = Rule {
    name: "invoices_equal_lines",
    law: Text::of(
        "Invoices equal the sum of their lines, plus tax and rounding.",
        "ยอดใบแจ้งหนี้เท่ากับผลรวมของบรรทัด บวกภาษีและเศษปัด",
    ),
    by_hand: Text::of(
        "Compare with the invoice that was sent: correct a draft, or credit and issue anew.",
        "เทียบกับใบแจ้งหนี้ที่ส่งไป แก้ฉบับร่าง หรือออกใบลดหนี้แล้วออกใหม่",
    ),
    look: Look::Rows(sql!(
        "select count(*) over (), i.id::text,
           format('invoice %s: subtotal %s and total %s, lines make %s and %s', coalesce(i.number, 'without a number'),
             i.subtotal, i.total, coalesce(l.lines, 0), coalesce(l.lines, 0) + i.tax + i.rounding), null::text
         from invoices i
         left join (select invoice_id, sum(line_total) as lines from invoice_lines
                    where tenant_id = $1 group by invoice_id) l on l.invoice_id = i.id
         where i.tenant_id = $1
           and (i.subtotal <> coalesce(l.lines, 0) or i.total <> i.subtotal + i.tax + i.rounding)
         order by i.id limit $2"
    )),
    repair: None,
};

/// Every invoice and credit note of the program's own with what allocations leave open, as `open`.
macro_rules! open {
    ($rest:literal) => {
        concat!(
            "with settled as (
               select id, sum(amount) as amount from (
                 select invoice_id as id, amount from payment_allocations where tenant_id = $1
                 union all
                 select credit_note_id, amount from payment_allocations where tenant_id = $1 and kind = 'credit_note'
               ) as settlements group by id
             ), open as (
               select i.id, i.number, i.outstanding, i.total, i.total - coalesce(s.amount, 0) as should
               from invoices i left join settled s on s.id = i.id
               where i.tenant_id = $1 and not i.imported and i.status <> 'VOID'
             ) ",
            $rest
        )
    };
}

/// What is outstanding against allocations.
pub(super) static OUTSTANDING: Rule = Rule {
    name: "outstanding_equals_allocations",
    law: Text::of(
        "What is outstanding is the total less what was allocated.",
        "ยอดค้างเท่ากับยอดรวมหักส่วนที่ตัดชำระแล้ว",
    ),
    by_hand: Text::of(
        "More is allocated than the document's total: take back the allocation that does not belong there.",
        "ตัดชำระเกินยอดเอกสาร ให้ยกเลิกการตัดชำระที่ไม่ถูกต้อง",
    ),
    look: Look::Rows(sql!(open!(
        "select count(*) over (), id::text,
           format('invoice %s: outstanding %s, total less allocations makes %s', coalesce(number, 'without a number'), outstanding, should),
           case when should >= 0 then format('sets outstanding to %s and the state that follows', should) end
         from open where outstanding <> should order by id limit $2"
    ))),
    repair: Some(Repair::Rows {
        missing: None,
        lock: sql!(open!(
            "select id from invoices
             where tenant_id = $1 and id = any(array(
               select id from open where outstanding <> should and should >= 0 order by id limit $2))
             order by id for update"
        )),
        mend: sql!(open!(
            "update invoices i set outstanding = o.should, status = case
                 when i.status = 'DRAFT' then 'DRAFT'
                 when o.should = 0 and i.total > 0 then 'PAID'
                 when i.status = 'OVERDUE' then 'OVERDUE'
                 when o.should < i.total then 'PARTIALLY_PAID'
                 else 'ISSUED' end
             from open o
             where i.tenant_id = $1 and i.id = any($2) and o.id = i.id and o.outstanding <> o.should and o.should >= 0"
        )),
    }),
};

/// Every payment of the program's own with what allocations and refunds leave of it, as `left_over`.
macro_rules! left_over {
    ($rest:literal) => {
        concat!(
            "with left_over as (
               select p.id, p.reference, p.amount, p.unallocated, p.amount - p.refunded - coalesce(a.used, 0) as should
               from payments p
               left join (select payment_id, sum(amount) as used from payment_allocations
                          where tenant_id = $1 group by payment_id) a on a.payment_id = p.id
               where p.tenant_id = $1 and not p.imported
             ) ",
            $rest
        )
    };
}

/// Payments against allocations.
pub(super) static PAYMENTS: Rule = Rule {
    name: "payments_equal_allocations",
    law: Text::of(
        "Payments are what was allocated, refunded or is left.",
        "ยอดรับชำระเท่ากับส่วนที่ตัดชำระ คืนเงิน และคงเหลือ",
    ),
    by_hand: Text::of(
        "More is allocated and refunded than came in: take back the allocation that does not belong there.",
        "ตัดชำระและคืนเงินเกินที่รับมา ให้ยกเลิกการตัดชำระที่ไม่ถูกต้อง",
    ),
    look: Look::Rows(sql!(left_over!(
        "select count(*) over (), id::text,
           format('payment %s of %s: %s left, allocations and refunds leave %s', coalesce(reference, 'without a reference'),
             amount, unallocated, should),
           case when should >= 0 then format('sets what is left to %s', should) end
         from left_over where unallocated <> should order by id limit $2"
    ))),
    repair: Some(Repair::Rows {
        missing: None,
        lock: sql!(left_over!(
            "select id from payments
             where tenant_id = $1 and id = any(array(
               select id from left_over where unallocated <> should and should >= 0 order by id limit $2))
             order by id for update"
        )),
        mend: sql!(left_over!(
            "update payments p set unallocated = l.should from left_over l
             where p.tenant_id = $1 and p.id = any($2) and l.id = p.id and l.unallocated <> l.should and l.should >= 0"
        )),
    }),
};

/// Numbers without gaps.
pub(super) static NUMBERS: Rule = Rule {
    name: "numbers_have_no_gaps",
    law: Text::of("Document numbers have no gaps.", "เลขที่เอกสารต่อเนื่องไม่ขาดช่วง"),
    by_hand: Text::of(
        "A numbered document is gone, or a series was set by hand: find it in the audit trail and write down the gap for your auditor. Numbers are never given again.",
        "เอกสารที่มีเลขหายไป หรือมีการตั้งเลขชุดเอง ค้นในบันทึกการตรวจสอบและจดช่องว่างไว้ให้ผู้สอบบัญชี เลขจะไม่ถูกใช้ซ้ำ",
    ),
    look: Look::Rows(sql!(
        "select count(*) over (), s.series || '-' || s.year,
           format('next is %s, and %s documents are numbered', s.next_number, d.documents), null::text
         from document_series s
         cross join lateral (
           select count(*) as documents from (
             select number from orders where tenant_id = $1 and not imported
             union all select number from invoices where tenant_id = $1 and not imported
             union all select number from shipments where tenant_id = $1
             union all select number from returns where tenant_id = $1
           ) as documents where number like s.series || '-' || s.year || '-%') d
         where s.tenant_id = $1 and s.year > 0 and s.next_number - 1 <> d.documents
         order by 2 limit $2"
    )),
    repair: None,
};
