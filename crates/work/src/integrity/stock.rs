//! Stock: levels come from the ledger, what is reserved from open reservations.
//!
//! The ledger is the truth of what lies there, since no movement is ever changed; reservations are the truth of what is
//! promised. One repair sets both, because each bounds the other.

use model::field::Text;
use store::sql;

use super::{Look, Repair, Rule};

/// Every level with what its movements and its open reservations make of it, as `levels`; a SKU with movements or
/// reservations and no level is among them, without an id.
macro_rules! levels {
    ($rest:literal) => {
        concat!(
            "with moved as (
               select sku_id, location_id, sum(quantity) as moved from inventory_movements
               where tenant_id = $1 group by sku_id, location_id
             ), promised as (
               select sku_id, location_id, sum(quantity) as promised from inventory_reservations
               where tenant_id = $1 and state = 'open' group by sku_id, location_id
             ), levels as (
               select i.id, sku_id, location_id, coalesce(i.on_hand, 0) as on_hand, coalesce(i.reserved, 0) as reserved,
                 coalesce(m.moved, 0) as moved, coalesce(p.promised, 0) as promised
               from (select id, sku_id, location_id, on_hand, reserved from inventory where tenant_id = $1) i
               full join moved m using (sku_id, location_id)
               full join promised p using (sku_id, location_id)
             ) ",
            $rest
        )
    };
}

/// Makes levels that the ledger knows and the table does not.
static MISSING: &sql::Sql = sql!(levels!(
    "insert into inventory (tenant_id, id, sku_id, location_id)
     select $1, app.uuid7(), sku_id, location_id from levels
     where id is null and moved > 0 and promised <= moved limit $2
     on conflict (tenant_id, sku_id, location_id) do nothing"
));

static LOCK: &sql::Sql = sql!(levels!(
    "select id from inventory
     where tenant_id = $1 and id = any(array(
       select id from levels
       where id is not null and (on_hand <> moved or reserved <> promised) and promised <= moved
       order by id limit $2))
     order by sku_id, location_id for update"
));

static MEND: &sql::Sql = sql!(levels!(
    "update inventory i set on_hand = l.moved, reserved = l.promised
     from levels l
     where i.tenant_id = $1 and i.id = any($2) and l.id = i.id
       and (l.on_hand <> l.moved or l.reserved <> l.promised) and l.promised <= l.moved"
));

/// Levels against movements.
pub(super) static LEVELS: Rule = Rule {
    name: "levels_equal_movements",
    law: Text::of(
        "Levels equal the sum of their movements.",
        "ยอดสินค้าคงเหลือเท่ากับผลรวมของรายการเคลื่อนไหว",
    ),
    by_hand: Text::of(
        "The ledger makes less than is promised, or less than nothing: count the shelf, book the missing receipt as an adjustment, or release reservations.",
        "บัญชีสต็อกน้อยกว่าที่จองไว้หรือติดลบ ให้นับของจริง บันทึกการรับที่ขาดเป็นการปรับยอด หรือปล่อยการจอง",
    ),
    look: Look::Rows(sql!(levels!(
        "select count(*) over (), coalesce(l.id, l.sku_id)::text,
           format('SKU %s at %s: on hand %s, movements make %s', s.code, p.code, trim_scale(l.on_hand), trim_scale(l.moved)),
           case when l.promised <= l.moved then format('sets on hand to %s', trim_scale(l.moved)) end
         from levels l
         join skus s on s.tenant_id = $1 and s.id = l.sku_id
         join warehouse_locations p on p.tenant_id = $1 and p.id = l.location_id
         where l.on_hand <> l.moved order by s.code, p.code limit $2"
    ))),
    repair: Some(Repair::Rows { missing: Some(MISSING), lock: LOCK, mend: MEND }),
};

/// Reserved against open reservations.
pub(super) static RESERVED: Rule = Rule {
    name: "reserved_equals_reservations",
    law: Text::of(
        "Reserved equals the sum of open reservations.",
        "ยอดจองเท่ากับผลรวมของการจองที่ยังเปิดอยู่",
    ),
    by_hand: Text::of(
        "More is promised than lies there: release reservations, or book the missing receipt.",
        "จองไว้เกินกว่าที่มี ให้ปล่อยการจองหรือบันทึกการรับที่ขาด",
    ),
    look: Look::Rows(sql!(levels!(
        "select count(*) over (), coalesce(l.id, l.sku_id)::text,
           format('SKU %s at %s: reserved %s, open reservations make %s', s.code, p.code, trim_scale(l.reserved), trim_scale(l.promised)),
           case when l.promised <= l.moved then format('sets reserved to %s', trim_scale(l.promised)) end
         from levels l
         join skus s on s.tenant_id = $1 and s.id = l.sku_id
         join warehouse_locations p on p.tenant_id = $1 and p.id = l.location_id
         where l.reserved <> l.promised order by s.code, p.code limit $2"
    ))),
    repair: Some(Repair::Rows { missing: Some(MISSING), lock: LOCK, mend: MEND }),
};
