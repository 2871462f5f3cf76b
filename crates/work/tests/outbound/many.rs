//! Many events and an endpoint that fails at random: all arrive, and what comes twice comes under the same id.
//! `TENANTRY_EVENTS` says how many; `make chaos` takes 10,000.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::json;
use store::sql;

use crate::{
    endpoint::{Endpoint, OK, status},
    house::House,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_event_arrives_everywhere_and_twice_only_under_its_id() {
    let count: usize = std::env::var("TENANTRY_EVENTS").map_or(1_000, |text| text.parse().unwrap());
    let house = House::new().await;
    let world = house.db.world().clone();
    // One in ten fails: that all ten attempts of some event do is too rare to be seen.
    let fails = Endpoint::new(move |_, _| if world.secret::<1>()[0] < 26 { status(503) } else { OK }).await;
    let endpoints =
        [Endpoint::ok().await, fails, Endpoint::new(|_, _| (204, "", Duration::from_millis(1))).await];
    let mut subscriptions = vec![];
    for endpoint in &endpoints {
        subscriptions.push(house.subscribe(endpoint, &["supplier.told"]).await.0);
    }
    let running = [house.work(), house.work_elsewhere()];
    house.tell(count).await;
    let left = async || {
        let sql = sql!(
            "select to_jsonb((select count(*) from webhook_events where tenant_id = $1 and id <> $2 and state = 'pending')
               + (select count(*) from webhook_deliveries where tenant_id = $1 and state = 'pending'))"
        );
        house.rows(sql, house.one.tenant).await.remove(0)
    };
    let began = std::time::Instant::now();
    while left().await != json!(0) {
        assert!(began.elapsed() < Duration::from_secs(60 + count as u64 / 20), "{} are left", left().await);
        house.wind().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for one in running {
        one.stop().await;
    }
    let all: BTreeSet<u64> = (0..count as u64).collect();
    for (endpoint, subscription) in endpoints.iter().zip(subscriptions) {
        let mut ids: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
        for told in endpoint.told() {
            ids.entry(told.json()["data"]["n"].as_u64().unwrap()).or_default().insert(told.id().to_owned());
        }
        assert_eq!(ids.keys().copied().collect::<BTreeSet<_>>(), all);
        assert!(ids.values().all(|ids| ids.len() == 1));
        assert_eq!(ids.values().flatten().collect::<BTreeSet<_>>().len(), count, "an id means one event");
        let deliveries = house.deliveries(subscription).await;
        assert_eq!(deliveries.len(), count);
        assert!(deliveries.iter().all(|one| one["state"] == "delivered"));
        assert_eq!(
            house.attempts(subscription).await.len(),
            endpoint.count(),
            "each attempt is written down once"
        );
    }
    assert_eq!(
        (endpoints[0].count(), endpoints[2].count()),
        (count, count),
        "none that was taken comes again"
    );
    assert!(endpoints[1].count() > count);
}
