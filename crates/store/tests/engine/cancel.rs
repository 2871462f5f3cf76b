//! Requests whose callers go away at any moment leave nothing behind for the next one on the same connection.

use std::time::Duration;

use model::{caller::Caller, query::ListQuery};
use serde_json::json;
use store::{Db, engine, sql};
use uuid::Uuid;

use crate::house::{House, Tenant, customer, doc, entity};

/// Reads and writes as a request does; the write is never committed.
async fn request(db: Db, caller: Caller, number: u64, tenant: Uuid) {
    if number.is_multiple_of(3) {
        let query = ListQuery::default();
        let page = engine::list(&db, &caller, entity("customers"), &query).await.unwrap();
        assert!(!page.data.contains(&foreign(tenant)), "{}", page.data);
        return;
    }
    let mut tx = db.begin(&caller).await.unwrap();
    let record = doc(customer(&format!("draft {number}"), "Never committed"));
    engine::create(&mut tx, entity("customers"), record).await.unwrap();
    if number % 3 == 1 {
        tx.query(sql!("select pg_sleep(0.002) where $1::uuid is not null"), &[&tenant]).await.unwrap();
    }
    std::future::pending::<()>().await;
}

/// What every record of the other tenant holds.
fn foreign(tenant: Uuid) -> String {
    format!("not of {tenant}")
}

async fn mark(house: &House, tenant: &Tenant, other: &Tenant) {
    let record = customer("own", &foreign(other.id));
    house.create(&tenant.manager(), "customers", record).await.unwrap();
}

/// The tenant's customers as committed, seen past every policy.
async fn committed(house: &House) -> Vec<String> {
    let sql = "select code from customers order by code";
    house.admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_cancelled_requests_leak_nothing_into_the_next() {
    let house = House::with_connections(3).await;
    mark(&house, &house.a, &house.b).await;
    mark(&house, &house.b, &house.a).await;
    for number in 0..1_000_u64 {
        let (tenant, other) =
            if number.is_multiple_of(2) { (&house.a, &house.b) } else { (&house.b, &house.a) };
        let task = tokio::spawn(request(house.db.clone(), tenant.manager(), number, tenant.id));
        // From before the first byte is sent to after the last answer is read, in steps of a few microseconds.
        tokio::time::sleep(Duration::from_micros(number * 2_654_435_761 % 4_000)).await;
        task.abort();
        if let Err(error) = task.await {
            assert!(error.is_cancelled(), "{error:?}");
        }
        if number.is_multiple_of(10) {
            // The next one, of the other tenant, sees its own and its commit commits its own alone.
            let caller = other.manager();
            let records = house.list(&caller, "customers", &[]).await.unwrap();
            assert!(records.iter().all(|record| record["code"] != json!(format!("draft {number}"))));
            let code = format!("kept {number:04}");
            house.create(&caller, "customers", customer(&code, "Kept")).await.unwrap();
        }
    }
    let kept: Vec<_> = (0..1_000).step_by(10).map(|number| format!("kept {number:04}")).collect();
    let mut expected = kept;
    expected.extend(["own".to_owned(), "own".to_owned()]);
    assert_eq!(committed(&house).await, expected);
}

/// A statement that runs into its limit and a request that panics in the middle leave as little behind.
#[tokio::test]
async fn a_panic_and_a_timeout_of_one_tenant_leave_nothing_for_the_next() {
    let house = House::with_connections(1).await;
    let (db, caller) = (house.db.clone(), house.a.manager());
    let panicked = tokio::spawn(async move {
        let mut tx = db.begin(&caller).await.unwrap();
        engine::create(&mut tx, entity("customers"), doc(customer("draft", "Never committed")))
            .await
            .unwrap();
        panic!("a defect in the middle of a request");
    });
    assert!(panicked.await.unwrap_err().is_panic());
    let (caller, slow) = (house.a.manager(), sql!("select pg_sleep(5) where $1::uuid is not null"));
    let query = store::sql::Query::fixed(slow, vec![house.a.id.into()]);
    let limited = house.db.flight(&caller).timeout(Duration::from_millis(20)).add(query).go().await;
    assert!(limited.is_err());
    let mut tx = house.db.begin(&house.b.manager()).await.unwrap();
    engine::create(&mut tx, entity("customers"), doc(customer("kept", "Kept"))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(committed(&house).await, ["kept"]);
}

/// The planted twin: a pool that takes connections back whatever their state is caught by what the test above
/// looks at.
#[tokio::test]
async fn a_connection_given_back_within_a_transaction_would_be_noticed() {
    let house = House::new().await;
    let pool = crate::house::connect(&house.app()).await;
    let context = |tenant: &Tenant| {
        format!(
            "select app.set_context('{}', 'staff', 'user:{}', null, '{}', null)",
            tenant.id, tenant.ann, tenant.id
        )
    };
    let insert = |tenant: &Tenant, code: &str| {
        format!(
            "insert into customers (tenant_id, id, code, name) values ('{}', '{}', '{code}', 'x')",
            tenant.id,
            house.db.world().id()
        )
    };
    // The first request goes away in the middle; its connection goes back as it is.
    pool.batch_execute(&format!("begin; {}; {}", context(&house.a), insert(&house.a, "draft")))
        .await
        .unwrap();
    // The database refuses another context on it.
    let next = format!("begin; {}", context(&house.b));
    assert!(pool.batch_execute(&next).await.is_err());
    pool.batch_execute("rollback").await.unwrap();
    assert!(committed(&house).await.is_empty());
    // For the same tenant the context fits, and one request commits what another one left.
    pool.batch_execute(&format!("begin; {}; {}", context(&house.a), insert(&house.a, "draft")))
        .await
        .unwrap();
    let next = format!("begin; {}; {}; commit", context(&house.a), insert(&house.a, "kept"));
    pool.batch_execute(&next).await.unwrap();
    assert_eq!(committed(&house).await, ["draft", "kept"]);
}
