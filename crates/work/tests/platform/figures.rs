//! What the operator sees of tenants.

use serde_json::json;
use work::access::platform::figures;

use crate::house::House;

#[tokio::test]
async fn figures_are_counted_by_a_job_and_listed_without_a_look_at_rows() {
    let house = House::new().await;
    house.fill(&house.one).await;
    house.customers(&house.one, 7).await;
    let before = figures::all(&house.db, &house.operator).await.unwrap();
    assert_eq!(before.iter().map(|tenant| tenant.slug.as_str()).collect::<Vec<_>>(), ["one", "other"]);
    assert!(before.iter().all(|tenant| tenant.figures.is_none()));

    house.test.plant("analyze customers").await.unwrap();
    let (job, waits) =
        (house.enqueue(&house.one, "tenants.count").await, house.enqueue(&house.other, "unknown.kind").await);
    let worker = house.work();
    let counted = house.done(&house.one, job).await;
    worker.stop().await;
    assert_eq!(counted["customers"], json!(7));
    let after = figures::all(&house.db, &house.operator).await.unwrap();
    let told = after[0].figures.unwrap();
    assert_eq!((told.customers, told.files, told.file_bytes, told.orders), (7, 2, 12, 0));
    assert!(told.table_rows > 100 && told.table_bytes > 7 * 50, "{told:?}");
    assert_eq!((after[1].figures, after[1].jobs_waiting), (None, 1));
    house
        .sql(
            &house.other,
            &format!("update jobs set status = 'failed' where tenant_id = $1 and id = '{waits}'"),
        )
        .await;
    let one = figures::get(&house.db, &house.operator, house.other.tenant).await.unwrap();
    assert_eq!((one.jobs_waiting, one.jobs_failed), (0, 1));

    // A second count replaces the first.
    let mut tx = house.db.begin(&house.one).await.unwrap();
    figures::count(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(house.number(&house.one, "select count(*) from tenant_figures where tenant_id = $1").await, 1);
    let page = figures::list(&house.db, &house.operator, Some("one"), 10).await.unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!(figures::all(&house.db, &house.one).await.unwrap_err().code().code, "forbidden");
}
