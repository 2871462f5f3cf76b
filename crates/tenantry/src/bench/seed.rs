//! Customers for the contests: one tenant of interest among many, or one with all of them.

use uuid::Uuid;

use super::place::{Fresh, Place};
use crate::failure::Failure;

/// Fills `customers`: `rows` in all, `own` of them the tenant's, the others spread over tenants of the same size.
/// Answers ids of the tenant's.
pub async fn among_others(
    place: &Place,
    fresh: &Fresh,
    tenant: Uuid,
    rows: u64,
    own: u64,
) -> Result<Vec<Uuid>, Failure> {
    let insert = format!(
        "insert into customers (tenant_id, id, code, name, email, phone, address, city, state, postal_code, country, \
           credit_limit, payment_terms_days, account_type, status, created_at)
         select case when n < {own} then '{tenant}'::uuid else lpad(to_hex(n / {own}), 32, '0')::uuid end,
           (lpad(to_hex(n / 1000), 12, '0') || '7000' || '8' || lpad(to_hex(n % 4096), 3, '0') || lpad(to_hex(n), 12, '0'))::uuid,
           'C' || lpad(n::text, 7, '0'),
           (array['Harbor','Vineyard','Copper','Silver','Juniper','Maple','Granite','Coastal'])[1 + h % 8] || ' ' ||
             (array['Cellars','Market','Bistro','Trading','Kitchen','Tavern','Hotel'])[1 + h / 8 % 7] || ' ' || n,
           'orders' || n || '@example.com', '+1 555 ' || lpad((h % 10000)::text, 4, '0'), (1 + h % 999) || ' Main St',
           (array['Portland','Oakland','Austin','Boston','Bangkok'])[1 + h / 7 % 5], 'OR', lpad((h % 99999)::text, 5, '0'), 'US',
           (h % 50000)::numeric, (array[0, 14, 30, 45])[1 + h % 4], (array['ACTIVE','TARGET','PROSPECT'])[1 + h / 3 % 3],
           (array['ACTIVE','ACTIVE','ACTIVE','INACTIVE','BLOCKED'])[1 + h / 11 % 5],
           timestamptz '2025-01-01 00:00+00' + n * interval '7 seconds'
         from (select n, abs(hashint8(n) / 2) as h from generate_series(0, {rows} - 1) as n) g"
    );
    let off = "set app.audit = 'off'".to_owned();
    place.psql(&fresh.name, &[off, insert, "vacuum analyze".to_owned()]).await?;
    let ids = format!(
        "select id from (select id, row_number() over (order by id) as at from customers where tenant_id = '{tenant}') c
         where at % ({own} / 8) = 1 order by id limit 8"
    );
    let ids = place.psql(&fresh.name, &[ids]).await?;
    ids.lines().map(|line| line.parse().map_err(|_| Failure::work(format!("`{line}` is no id.")))).collect()
}

/// Fills `customers` with `rows` of the tenant: English words of which every tenth name has one, and Thai names without
/// spaces between their words.
pub async fn of_one(place: &Place, fresh: &Fresh, tenant: Uuid, rows: u64) -> Result<(), Failure> {
    let insert = format!(
        "insert into customers (tenant_id, id, code, name, email, phone, address, city, postal_code, country)
         select '{tenant}',
           (lpad(to_hex(n / 1000), 12, '0') || '7000' || '8' || lpad(to_hex(n % 4096), 3, '0') || lpad(to_hex(n), 12, '0'))::uuid,
           'C' || lpad(n::text, 7, '0'),
           case when n % 2 = 0 then
             (array['Harbor','Vineyard','Copper','Silver','Juniper','Maple','Granite','Coastal','Highland','Prairie','Willow','Cedar',
               'Lantern','Orchard','Riverside','Summit','Meadow','Crescent','Northgate','Saffron'])[1 + h % 20] || ' ' ||
             (array['Cellars','Market','Bistro','Trading','Kitchen','Tavern','Hotel','Provisions','Grocers','Restaurant'])[1 + h / 20 % 10]
             || ' ' || n
           else
             (array['ร้าน','บริษัท','โรงแรม','ห้าง','ครัว'])[1 + h % 5] ||
             (array['สมชาย','ลำไย','เจริญ','ทองดี','มะลิ','สยาม','ล้านนา','อันดามัน','รุ่งเรือง','พรทิพย์','ศรีสุข','บางกอก'])[1 + h / 5 % 12] ||
             (array['การค้า','พาณิชย์','ไวน์','อาหาร','ซัพพลาย','รีสอร์ท','เทรดดิ้ง','มาร์เก็ต'])[1 + h / 60 % 8] || ' ' || n
           end,
           'orders' || n || '@example.com', '+1 555 ' || lpad((h % 10000)::text, 4, '0'), (1 + h % 999) || ' Main St',
           (array['Portland','Oakland','Austin','Boston','Bangkok'])[1 + h / 7 % 5], lpad((h % 99999)::text, 5, '0'), 'TH'
         from (select n, abs(hashint8(n) / 2) as h from generate_series(0, {rows} - 1) as n) g"
    );
    let off = "set app.audit = 'off'".to_owned();
    place.psql(&fresh.name, &[off, insert, "vacuum analyze".to_owned()]).await?;
    Ok(())
}
