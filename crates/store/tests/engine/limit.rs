//! A filter without an index runs under a time limit.

use std::time::Instant;

use serde_json::json;

use crate::house::{House, connect, customer};

#[tokio::test]
async fn a_broad_question_is_answered_by_how_to_narrow_it() {
    let house = House::new().await;
    let manager = house.a.manager();
    house.create(&manager, "customers", customer("C1", "First")).await.unwrap();
    // A lock stands in for a table too large to search in time.
    let blocker = connect(&house.superuser()).await;
    blocker.batch_execute("begin; lock table customers in access exclusive mode").await.unwrap();
    let begun = Instant::now();
    let broad = [("filter[notes][contains]", "anything")];
    let problem = house.list(&manager, "customers", &broad).await.unwrap_err();
    assert_eq!(problem.code().code, "too_slow");
    assert!(problem.get_hint().unwrap().contains("status"), "{problem:?}");
    assert!((1..4).contains(&begun.elapsed().as_secs()));
    blocker.batch_execute("commit").await.unwrap();
    // The connection is sound, and the limit was of that question alone.
    assert_eq!(house.list(&manager, "customers", &broad).await.unwrap(), Vec::<serde_json::Value>::new());
    let narrow = house.column(&manager, "customers", "code", &[("filter[status]", "ACTIVE")]).await;
    assert_eq!(json!(narrow), json!(["C1"]));
}
