//! Carts, and the stock held for them.

use crate::house::House;

/// One SKU of which 10 lie there, and a cart that holds 4 of them; gives nothing but what later statements find.
const CART: &str = "
  with c as (insert into customers (tenant_id, id, code, name) values ($1, app.uuid7(), '{code}', 'Shop') returning id),
  p as (insert into products (tenant_id, id, code, name) values ($1, app.uuid7(), '{code}', 'Pinot Noir') returning id),
  s as (insert into skus (tenant_id, id, product_id, code, name) select $1, app.uuid7(), p.id, '{code}', '750 ml' from p returning id),
  w as (insert into warehouses (tenant_id, id, code, name) values ($1, app.uuid7(), '{code}', 'Main') returning id),
  l as (insert into warehouse_locations (tenant_id, id, warehouse_id, code) select $1, app.uuid7(), w.id, 'A-1' from w returning id),
  m as (insert into inventory_movements (tenant_id, id, sku_id, location_id, kind, quantity)
    select $1, app.uuid7(), s.id, l.id, 'receipt', 10 from s, l),
  v as (insert into inventory (tenant_id, id, sku_id, location_id, on_hand, reserved)
    select $1, app.uuid7(), s.id, l.id, 10, 4 from s, l),
  k as (insert into carts (tenant_id, id, customer_id, expires_at) select $1, app.uuid7(), c.id, now() + interval '{cart}' from c returning id, customer_id),
  i as (insert into cart_items (tenant_id, id, cart_id, customer_id, sku_id, quantity)
    select $1, app.uuid7(), k.id, k.customer_id, s.id, 4 from k, s returning id)
  insert into inventory_reservations (tenant_id, id, cart_item_id, sku_id, location_id, quantity, expires_at)
    select $1, app.uuid7(), i.id, s.id, l.id, 4, now() + interval '{hold}' from i, s, l returning id";

#[tokio::test(flavor = "multi_thread")]
async fn carts_expire_and_give_their_stock_back() {
    let house = House::new().await;
    let cases = [
        // The cart's time, the hold's time; then the cart's state, what is reserved, the hold's state.
        ("OVER", "-1 hour", "1 hour", "EXPIRED", "0.000", "expired"),
        ("HOLD", "1 day", "-1 minute", "ACTIVE", "0.000", "expired"),
        ("LIVE", "1 day", "1 hour", "ACTIVE", "4.000", "open"),
    ];
    for (code, cart, hold, ..) in cases {
        for caller in [&house.mine, &house.theirs] {
            let text = CART.replace("{code}", code).replace("{cart}", cart).replace("{hold}", hold);
            house.sql(caller, &text).await;
        }
    }
    let done = house.run(&house.mine, "carts.expire").await;
    assert_eq!((&done["holds"], &done["carts"]), (&2.into(), &1.into()), "{done}");
    let look = "select c.code, k.status, v.reserved::text, r.state from carts k
         join customers c on c.tenant_id = $1 and c.id = k.customer_id
         join cart_items i on i.tenant_id = $1 and i.cart_id = k.id
         join inventory_reservations r on r.tenant_id = $1 and r.cart_item_id = i.id
         join inventory v on v.tenant_id = $1 and v.sku_id = i.sku_id
         where k.tenant_id = $1";
    for row in house.sql(&house.mine, look).await {
        let code: &str = row.get(0);
        let (.., status, reserved, state) = cases.into_iter().find(|case| case.0 == code).unwrap();
        assert_eq!(
            (row.get::<_, &str>(1), row.get::<_, &str>(2), row.get::<_, &str>(3)),
            (status, reserved, state),
            "{code}"
        );
    }
    let untouched = house.sql(&house.theirs, look).await;
    assert!(untouched.iter().all(|row| row.get::<_, &str>(2) == "4.000" && row.get::<_, &str>(3) == "open"));
    // Levels and reservations still agree.
    let found = work::integrity::check(&house.db, &house.services.files, &house.mine).await.unwrap();
    let broken: Vec<_> = found.iter().filter(|one| !one.holds()).map(|one| one.rule.name).collect();
    assert!(broken.is_empty(), "{broken:?}");
    let again = house.run(&house.mine, "carts.expire").await;
    assert_eq!((&again["holds"], &again["carts"]), (&0.into(), &0.into()));
}
