//! Exports, stray files, integrity snapshots, partitions, and the list of schedules itself.

use std::{
    collections::BTreeSet,
    fs::File,
    time::{Duration, SystemTime},
};

use model::caller::{Caller, SYSTEM_TENANT};
use store::files::Place;
use uuid::Uuid;
use work::jobs::{
    self,
    schedules::{BUILT_IN, Whose},
};

use crate::house::House;

/// Stores a file of the tenant; gives its key.
async fn store(house: &House, caller: &Caller) -> String {
    let place = Place {
        tenant: caller.tenant,
        kind: "exports",
        id: house.db.world().id(),
        at: house.db.world().now(),
    };
    house.services.files.put(place, &b"code,name\r\n"[..], 1_000).await.unwrap().key
}

async fn export(house: &House, caller: &Caller, status: &str, ends: &str) -> (Uuid, String) {
    let key = store(house, caller).await;
    let text = format!(
        "with f as (insert into files (tenant_id, id, storage_key, name, media_type, size, sha256)
           values ($1, app.uuid7(), '{key}', 'customers.csv', 'text/csv', 11, encode(sha256('file'), 'hex')) returning id)
         insert into export_jobs (tenant_id, id, entity, format, status, file_id, expires_at)
         select $1, app.uuid7(), 'customers', 'csv', '{status}', f.id, now() + interval '{ends}' from f returning id"
    );
    (house.sql(caller, &text).await[0].get(0), key)
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_expire_with_their_files() {
    let house = House::new().await;
    let (over, over_key) = export(&house, &house.mine, "completed", "-1 hour").await;
    let (_, live_key) = export(&house, &house.mine, "completed", "1 hour").await;
    let (_, made_key) = export(&house, &house.mine, "processing", "-1 hour").await;
    let (_, their_key) = export(&house, &house.theirs, "completed", "-1 hour").await;
    assert_eq!(house.run(&house.mine, "exports.expire").await["expired"], 1);
    let expired = house
        .texts(&house.mine, "select id::text from export_jobs where tenant_id = $1 and status = 'expired'")
        .await;
    assert_eq!(expired, BTreeSet::from([over.to_string()]));
    let mut left = vec![];
    for key in [&over_key, &live_key, &made_key, &their_key] {
        left.push(house.services.files.holds(key).await.unwrap());
    }
    assert_eq!(left, [false, true, true, true]);
    assert_eq!(house.number(&house.mine, "select count(*) from files where tenant_id = $1").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_belong_to_nothing_go_after_a_day() {
    let house = House::new().await;
    let files = &house.services.files;
    let (stray, young) = (store(&house, &house.mine).await, store(&house, &house.mine).await);
    let (_, known) = export(&house, &house.mine, "completed", "1 day").await;
    let theirs = store(&house, &house.theirs).await;
    let yesterday = SystemTime::from(house.db.world().now()) - Duration::from_secs(25 * 60 * 60);
    for key in [&stray, &known, &theirs] {
        let path = files.on_disk(key).await.unwrap();
        File::options().write(true).open(&*path).unwrap().set_modified(yesterday).unwrap();
    }
    assert_eq!(house.run(&house.mine, "files.clean").await["removed"], 1);
    let mut left = vec![];
    for key in [&stray, &young, &known, &theirs] {
        left.push(files.holds(key).await.unwrap());
    }
    assert_eq!(left, [false, true, true, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_keeps_every_outcome_and_tells_admins_once_of_what_broke() {
    let house = House::new().await;
    let admin = house.person(&house.mine, "admin", "admin").await;
    house.person(&house.mine, "trainer", "training").await;
    let kept = "select count(*) from data_integrity_snapshots where tenant_id = $1";
    let told = format!(
        "select count(*) from notifications where tenant_id = $1 and kind = 'integrity_finding' and user_id = '{admin}'"
    );
    let all = "select count(*) from notifications where tenant_id = $1 and kind = 'integrity_finding'";
    let sound = house.run(&house.mine, "integrity.snapshot").await;
    assert_eq!(
        (&sound["broken"], sound["checked"].as_i64().unwrap()),
        (&serde_json::json!([]), house.number(&house.mine, kept).await)
    );
    assert_eq!(house.number(&house.mine, all).await, 0);

    // An export whose file is gone.
    let (_, key) = export(&house, &house.mine, "completed", "1 day").await;
    house.services.files.delete(&key).await.unwrap();
    let broken = house.run(&house.mine, "integrity.snapshot").await;
    assert_eq!(broken["broken"], serde_json::json!(["files_are_stored"]));
    assert_eq!((house.number(&house.mine, &told).await, house.number(&house.mine, all).await), (1, 1));
    let row = house
        .sql(
            &house.mine,
            "select counts, findings from data_integrity_snapshots where tenant_id = $1 and not ok",
        )
        .await;
    assert_eq!(row.len(), 1);
    assert_eq!(row[0].get::<_, serde_json::Value>(0)["broken"], 1);
    assert!(row[0].get::<_, serde_json::Value>(1)[0]["detail"].as_str().unwrap().contains(&key));

    let still = house.run(&house.mine, "integrity.snapshot").await;
    assert_eq!(
        (&still["broken"], &still["broken_since"]),
        (&serde_json::json!(["files_are_stored"]), &serde_json::json!([]))
    );
    assert_eq!(house.number(&house.mine, all).await, 1, "what was known is not told again");
    assert_eq!(house.number(&house.theirs, kept).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_are_made_ahead_and_old_ones_dropped_only_when_empty() {
    let house = House::new().await;
    let system = Caller::system(SYSTEM_TENANT, house.db.world().id());
    let month = |months: i32| {
        format!(
            "(select to_char(date_trunc('month', now() at time zone 'UTC') + interval '{months} months', '\"_y\"YYYY\"_m\"MM'))"
        )
    };
    // Two partitions of two years ago, one with a row; and the last one ahead is missing.
    let old = |log: &str, months: i32| {
        format!(
            "do $$ declare m timestamp := date_trunc('month', now() at time zone 'UTC') + interval '{months} months';
             name text := '{log}' || to_char(m, '\"_y\"YYYY\"_m\"MM'); class text; flags text[];
             begin
               execute format('create table public.%I (like public.{log} including defaults including constraints including storage)', name);
               select t.class, t.flags into class, flags from app.table_classes() t where t.table_name = '{log}';
               execute format('alter table public.%I owner to tenantry_owner', name);
               perform app.make_policies(format('public.%I', name)::regclass, class, flags);
               execute format('alter table public.{log} attach partition public.%I for values from (%L) to (%L)', name,
                 app.uuid7_at(m at time zone 'UTC'), app.uuid7_at((m + interval '1 month') at time zone 'UTC'));
             end $$;"
        )
    };
    house.test.plant(&old("job_runs", -24)).await.unwrap();
    house.test.plant(&old("job_runs", -25)).await.unwrap();
    let gone = format!("do $$ begin execute 'drop table job_runs' || {}; end $$", month(3));
    house.test.plant(&gone).await.unwrap();
    house
        .sql(
            &house.mine,
            "insert into job_runs (tenant_id, id, job_id, type, attempt, status)
             values ($1, app.uuid7_at(date_trunc('month', now() at time zone 'UTC') at time zone 'UTC' - interval '25 months' + interval '1 day'),
               app.uuid7(), 'old', 1, 'processing') returning id",
        )
        .await;
    let there = async |months: i32| {
        let look =
            format!("select to_regclass('job_runs' || {})::text from tenants where id = $1", month(months));
        house.sql(&system, &look).await[0].get::<_, Option<String>>(0).is_some()
    };
    assert!(there(-24).await && there(-25).await && !there(3).await);
    let done = house.run(&system, "partitions.ensure").await;
    assert_eq!((&done["made"], &done["dropped"]), (&1.into(), &1.into()), "{done}");
    assert!(there(3).await, "the month ahead is back");
    assert!(!there(-24).await, "the old one without a row is gone");
    assert!(there(-25).await, "the old one with a row stays");
    let sound = house.db.verify_catalog().await.unwrap();
    assert!(sound.faults.is_empty(), "{:?}", sound.faults);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tenant_has_the_built_in_schedules_and_each_has_its_kind_of_job() {
    let house = House::new().await;
    let kinds: BTreeSet<&str> = jobs::kinds().map(|kind| kind.name).collect();
    for one in BUILT_IN {
        assert!(kinds.contains(one.kind), "{} has no handler", one.kind);
    }
    let codes = "select code from job_schedules where tenant_id = $1";
    let each: BTreeSet<String> =
        BUILT_IN.iter().filter(|one| one.whose == Whose::EachTenant).map(|one| one.code.to_owned()).collect();
    assert_eq!(house.texts(&house.mine, codes).await, each);
    house
        .sql(
            &house.mine,
            "delete from job_schedules where tenant_id = $1 and code = 'clean_files' returning id",
        )
        .await;
    house.sql(&house.mine, "update job_schedules set enabled = false where tenant_id = $1 and code = 'expire_carts' returning id").await;
    work::tenants::refresh(&house.db).await.unwrap();
    assert_eq!(house.texts(&house.mine, codes).await, each, "what a migration brings is added");
    let off =
        house.texts(&house.mine, "select code from job_schedules where tenant_id = $1 and not enabled").await;
    assert_eq!(off, BTreeSet::from(["expire_carts".to_owned()]), "what was switched off stays off");
    let system = Caller::system(SYSTEM_TENANT, house.db.world().id());
    assert!(house.texts(&system, codes).await.contains("ensure_partitions"));
}
