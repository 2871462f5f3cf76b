//! Cancelling, trying again and running schedules at once, as people do it.

use std::{sync::Arc, sync::atomic::Ordering, time::Duration};

use model::{
    Document,
    caller::{Actor, Caller, Grants, RecordScope, Scope},
    problem::Problem,
};
use serde_json::json;
use uuid::Uuid;
use work::{
    jobs::Perform,
    operation::{execute, operations},
};

use crate::{
    house::{House, limits, until},
    kinds::{Fail, KINDS, NAPPING, Nap, Nothing},
};

async fn operate(house: &House, caller: &Caller, name: &str, id: Uuid) -> Result<Document, Problem> {
    let operation = operations().find(|operation| operation.permission() == name).unwrap();
    execute(&house.services, caller, operation, Some(id), Document::new()).await
}

/// One of the tenant's people with these permissions.
fn staff(house: &House, tenant: &Caller, permissions: &[&str]) -> Caller {
    let mut grants = Grants::default();
    for permission in permissions {
        grants.add(*permission, RecordScope::All);
    }
    let actor = Actor::User(house.db.world().id());
    Caller { scope: Scope::Staff, actor, grants: Arc::new(grants), ..tenant.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_stopped_and_a_waiting_one_never_begins() {
    let house = House::new().await;
    let admin = staff(&house, &house.one, &["jobs.view", "jobs.cancel", "jobs.retry"]);
    let later = house.db.world().now() + Duration::from_secs(3600);
    let waiting = house.enqueue(&house.one, Nothing::default().job().unwrap().at(later)).await.unwrap();
    operate(&house, &admin, "jobs.cancel", waiting).await.unwrap();
    assert_eq!(house.job(&house.one, waiting).await["status"], "cancelled");

    let worker = house.work(KINDS, limits());
    let nap = house.enqueue(&house.one, Nap { millis: 600_000 }.job().unwrap()).await.unwrap();
    until("it sleeps", async || (NAPPING.load(Ordering::SeqCst) == 1).then_some(())).await;
    operate(&house, &admin, "jobs.cancel", nap).await.unwrap();
    until("its handler is stopped", async || (NAPPING.load(Ordering::SeqCst) == 0).then_some(())).await;
    assert_eq!(house.runs(&house.one, nap).await[0]["status"], "cancelled");
    let again = operate(&house, &admin, "jobs.cancel", nap).await.unwrap_err();
    assert_eq!(again.code().code, "job_ended");

    let failed = house.enqueue(&house.one, Fail { for_good: true }.job().unwrap()).await.unwrap();
    house.reaches(&house.one, failed, "failed").await;
    worker.stop().await;
    operate(&house, &admin, "jobs.retry", failed).await.unwrap();
    let job = house.job(&house.one, failed).await;
    assert_eq!(
        (&job["status"], &job["attempts"], &job["error"]),
        (&json!("pending"), &json!(0), &json!(null))
    );
    assert_eq!(
        operate(&house, &admin, "jobs.retry", failed).await.unwrap_err().code().code,
        "job_not_failed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_and_only_in_the_own_tenant() {
    let house = House::new().await;
    let job = house.enqueue(&house.one, Nothing::default().job().unwrap()).await.unwrap();
    let looker = staff(&house, &house.one, &["jobs.view"]);
    let refused = operate(&house, &looker, "jobs.cancel", job).await.unwrap_err();
    assert_eq!(refused.code().code, "forbidden");
    let blind = staff(&house, &house.one, &[]);
    assert_eq!(operate(&house, &blind, "jobs.cancel", job).await.unwrap_err().code().code, "not_found");
    let stranger = staff(&house, &house.other, &["jobs.view", "jobs.cancel"]);
    assert_eq!(operate(&house, &stranger, "jobs.cancel", job).await.unwrap_err().code().code, "not_found");
    assert_eq!(house.job(&house.one, job).await["status"], "pending");
    let admin = staff(&house, &house.one, &["jobs.view", "jobs.cancel"]);
    operate(&house, &admin, "jobs.cancel", job).await.unwrap();
}
