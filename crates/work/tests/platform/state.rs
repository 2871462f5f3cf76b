//! Suspended, resumed, closed: who is let in, what waits, what is told.

use std::time::Duration;

use model::caller::{Caller, SYSTEM_TENANT};
use work::{
    access::{
        platform::{self, Change},
        sign_in::Visit,
    },
    tokens,
};

use crate::house::House;

#[tokio::test]
async fn a_suspended_tenants_work_waits_and_goes_on_when_it_is_resumed() {
    let house = House::new().await;
    let change =
        async |to| platform::change(&house.db, &house.operator, house.one.tenant, to, Some("Unpaid")).await;
    assert!(change(Change::Suspend).await.unwrap());
    assert!(!change(Change::Suspend).await.unwrap(), "a second time changes nothing");
    let (mine, theirs) =
        (house.enqueue(&house.one, "jobs.prune").await, house.enqueue(&house.other, "jobs.prune").await);
    let worker = house.work();
    house.done(&house.other, theirs).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(house.job(&house.one, mine).await.0, "pending");
    assert!(change(Change::Resume).await.unwrap());
    house.done(&house.one, mine).await;
    worker.stop().await;
    assert_eq!(house.told(&house.one).await, ["tenant.suspended", "tenant.resumed"]);
    let system = Caller::system(SYSTEM_TENANT, house.operator.request);
    assert_eq!(house.told(&system).await, ["tenant.suspended", "tenant.resumed"]);
    assert_eq!(house.told(&house.other).await, [""; 0]);
}

#[tokio::test]
async fn a_closed_tenant_stays_closed_and_the_systems_own_is_none() {
    let house = House::new().await;
    let change = async |tenant, to| platform::change(&house.db, &house.operator, tenant, to, None).await;
    assert!(change(house.one.tenant, Change::Close).await.unwrap());
    for to in [Change::Resume, Change::Suspend] {
        assert_eq!(change(house.one.tenant, to).await.unwrap_err().code().code, "tenant_closed");
    }
    assert!(!change(house.one.tenant, Change::Close).await.unwrap());
    for nobody in [SYSTEM_TENANT, house.db.world().id()] {
        assert_eq!(change(nobody, Change::Suspend).await.unwrap_err().code().code, "not_found");
    }
}

#[tokio::test]
async fn a_tenants_own_admin_is_no_operator_whatever_its_roles_say() {
    let house = House::new().await;
    let mut tx = house.db.begin(&house.one).await.unwrap();
    let token = tokens::create(&mut tx, "admin", "admin", None).await.unwrap();
    tx.commit().await.unwrap();
    let visit = Visit { request: house.db.world().id(), ..Visit::default() };
    let admin = tokens::authenticate(&house.db, &token.text, &visit).await.unwrap();
    // Even the program itself at work for a company is none.
    for caller in [&admin, &house.one] {
        let refused = platform::change(&house.db, caller, house.other.tenant, Change::Suspend, None).await;
        assert_eq!(refused.unwrap_err().code().code, "forbidden");
    }
    platform::change(&house.db, &house.operator, house.one.tenant, Change::Suspend, None).await.unwrap();
    let refused = tokens::authenticate(&house.db, &token.text, &visit).await;
    assert_eq!(refused.unwrap_err().code().code, "tenant_inactive");
    platform::change(&house.db, &house.operator, house.one.tenant, Change::Resume, None).await.unwrap();
    tokens::authenticate(&house.db, &token.text, &visit).await.unwrap();
}
