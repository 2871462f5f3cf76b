//! Tenant deletion leaves nothing.

use model::caller::{Caller, SYSTEM_TENANT};
use serde_json::json;
use work::access::platform::{self, Change, delete};

use crate::house::House;

/// Twin rows in every table, as the isolation suite has them.
const TWINS: &str = include_str!("../../../store/tests/isolation/twin.sql");

async fn close(house: &House, tenant: uuid::Uuid) {
    platform::change(&house.db, &house.operator, tenant, Change::Close, None).await.unwrap();
}

#[tokio::test]
async fn a_deleted_tenant_leaves_no_row_in_any_table_and_no_file_and_its_twin_keeps_all() {
    let house = House::new().await;
    house.test.plant(TWINS).await.unwrap();
    let [mine, theirs] = ["0195a000-0000-7000-8000-00000000000a", "0195a000-0000-7000-8000-00000000000b"]
        .map(|id| id.parse().unwrap());
    let (a, b) = (Caller::system(mine, house.one.request), Caller::system(theirs, house.one.request));
    for caller in [&a, &b] {
        house.fill(caller).await;
    }
    let (full, twin) = (house.test.remains(mine).await.unwrap(), house.test.remains(theirs).await.unwrap());
    assert!(full.len() > 70 && full.len() == twin.len(), "{} tables", full.len());

    let refused = delete::begin(&house.db, &house.operator, mine).await.unwrap_err();
    assert_eq!(refused.code().code, "tenant_not_closed");
    close(&house, mine).await;
    assert!(delete::begin(&house.db, &house.operator, mine).await.unwrap());
    assert!(!delete::begin(&house.db, &house.operator, mine).await.unwrap(), "marked already");
    let under_way = platform::change(&house.db, &house.operator, mine, Change::Resume, None).await;
    assert_eq!(under_way.unwrap_err().code().code, "tenant_under_way");
    let gone =
        delete::finish(&house.db, &house.services.files, &house.operator, mine, &|_, _| {}).await.unwrap();
    assert_eq!(house.test.remains(mine).await.unwrap(), [""; 0]);
    assert!(!house.folder.path().join(format!("files/tenant/{mine}")).exists());
    assert_eq!(gone.files, 2);
    assert!(gone.rows["audit_logs"] > 50, "{gone:?}");
    assert_eq!(house.db.resolve("slug", "a").await.unwrap(), None);

    assert_eq!(house.test.remains(theirs).await.unwrap(), twin);
    assert_eq!(house.services.files.list(theirs).await.unwrap().len(), 2);
    let system = Caller::system(SYSTEM_TENANT, house.operator.request);
    assert_eq!(house.told(&system).await, ["tenant.closed", "tenant.deleting", "tenant.deleted"]);
    // Once more: nothing is there, and that is no error.
    delete::finish(&house.db, &house.services.files, &house.operator, mine, &|_, _| {}).await.unwrap();
    assert_eq!(delete::begin(&house.db, &house.operator, mine).await.unwrap_err().code().code, "not_found");
}

#[tokio::test]
async fn more_rows_than_a_batch_and_chains_of_parents_go_too() {
    let house = House::new().await;
    house.customers(&house.one, 6_000).await;
    // Twelve categories, each below the next one.
    house
        .sql(
            &house.one,
            "insert into product_categories (tenant_id, id, code, name, parent_id)
             select $1, md5('c' || n)::uuid, 'C' || n, 'C', case when n < 12 then md5('c' || n + 1)::uuid end
             from generate_series(1, 12) n returning 1",
        )
        .await;
    close(&house, house.one.tenant).await;
    let job = delete::enqueue(&house.db, &house.operator, house.one.tenant).await.unwrap().unwrap();
    assert_eq!(delete::enqueue(&house.db, &house.operator, house.one.tenant).await.unwrap(), None);
    let worker = house.work();
    let system = Caller::system(SYSTEM_TENANT, house.operator.request);
    let result = house.done(&system, job).await;
    worker.stop().await;
    assert_eq!(
        (&result["rows"]["customers"], &result["rows"]["product_categories"]),
        (&json!(6_000), &json!(12))
    );
    assert_eq!(house.test.remains(house.one.tenant).await.unwrap(), [""; 0]);
}
