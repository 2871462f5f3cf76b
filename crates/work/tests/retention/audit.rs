//! The audit trail of old months goes into files, whole, and never otherwise.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use work::retention;

use crate::house::House;

/// Lines of so many days ago.
async fn lines(house: &House, caller: &model::caller::Caller, days: i64, many: i64) {
    let text = format!(
        "insert into audit_logs (tenant_id, id, entity, action, new_values, actor_kind, at)
         select $1, (overlay(app.uuid7_at(now() - interval '{days} days')::text
             placing lpad(n::text, 12, '0') from 25))::uuid, 'customers', 'update', jsonb_build_object('n', n), 'user',
           now() - interval '{days} days'
         from generate_series(1, {many}) n returning 1"
    );
    house.sql(caller, &text).await;
}

const OLD: &str = "select count(*) from audit_logs where tenant_id = $1 and entity = 'customers'";

#[tokio::test(flavor = "multi_thread")]
async fn old_months_are_archived_and_their_lines_removed_and_nobody_elses() {
    let house = House::new().await;
    for caller in [&house.mine, &house.theirs] {
        // Fifty-nine days ago a month was that ended 28 days ago or earlier, and it has a partition; three days ago is kept whatever the month.
        lines(&house, caller, 59, 2_500).await;
        lines(&house, caller, 3, 2).await;
    }
    house
        .sql(
            &house.mine,
            "insert into tenant_settings (tenant_id, id, setting_group, document)
             values ($1, app.uuid7(), 'retention', '{\"audit\": 28}') returning 1",
        )
        .await;
    let done = house.run(&house.mine, "audit.archive").await;
    assert_eq!((&done["archives"], &done["lines"]), (&1.into(), &2_500.into()), "{done}");
    assert_eq!(house.number(&house.mine, OLD).await, 2);
    assert_eq!(house.number(&house.theirs, OLD).await, 2_502);

    let row = house
        .sql(&house.mine, "select id, lines, storage_key from audit_archives where tenant_id = $1")
        .await
        .pop()
        .unwrap();
    assert_eq!(row.get::<_, i64>(1), 2_500);
    let files = &house.services.files;
    let (mut file, name) = retention::audit_file(&house.db, files, &house.mine, row.get(0)).await.unwrap();
    assert!(name.starts_with("audit-2") && name.ends_with(".jsonl.gz"), "{name}");
    let mut text = String::new();
    let mut packed = vec![];
    file.bytes.read_to_end(&mut packed).await.unwrap();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    let read: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<i64> = read.iter().map(|line| line["new_values"]["n"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=2_500).collect::<Vec<_>>());
    assert!(read.iter().all(|line| line.get("tenant_id").is_none() && line["actor_kind"] == "user"));
    let theirs = retention::audit_file(&house.db, files, &house.theirs, row.get(0)).await;
    assert_eq!(theirs.unwrap_err().code().code, "not_found");

    // A second run has nothing to do, and the file is nobody's stray.
    assert_eq!(house.run(&house.mine, "audit.archive").await["archives"], 0);
    let old = std::time::SystemTime::UNIX_EPOCH;
    let key: &str = row.get(2);
    let path = files.on_disk(key).await.unwrap();
    std::fs::File::options().write(true).open(&*path).unwrap().set_modified(old).unwrap();
    house.run(&house.mine, "files.clean").await;
    assert!(files.holds(key).await.unwrap());
    let told = "select count(*) from audit_logs where tenant_id = $1 and action = 'audit.archived'";
    assert_eq!(house.number(&house.mine, told).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_died_behind_its_file_leaves_the_lines_and_the_next_one_archives_them() {
    let house = House::new().await;
    lines(&house, &house.mine, 59, 3).await;
    let settings = "insert into tenant_settings (tenant_id, id, setting_group, document)
        values ($1, app.uuid7(), 'retention', '{\"audit\": 28}') returning 1";
    house.sql(&house.mine, settings).await;
    // The database refuses the last step, as if the process had died before it.
    house
        .test
        .plant("alter table audit_archives add constraint not_now check (false) not valid")
        .await
        .unwrap();
    let failed = house.failed(&house.mine, "audit.archive").await;
    assert!(!failed.is_empty());
    assert_eq!(house.number(&house.mine, OLD).await, 3);
    assert_eq!(house.services.files.list(house.mine.tenant).await.unwrap(), []);
    house.test.plant("alter table audit_archives drop constraint not_now").await.unwrap();
    assert_eq!(house.run(&house.mine, "audit.archive").await["lines"], 3);
    assert_eq!(house.number(&house.mine, OLD).await, 0);
}
