//! `tenantry work` does an import that was asked for elsewhere; killed in the middle of the commit, another one takes it
//! over.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{
    fmt::Write,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use house::{House, text};
use model::caller::Caller;
use serde_json::Value;
use store::sql::Query;
use uuid::Uuid;
use work::import::{self, Step};

const SLUG: &str = "harborview";
const ROWS: i64 = 30_000;

struct Worker(Child);

impl Worker {
    fn start(house: &House) -> Self {
        let mut command = house.command(&["work"]);
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until the number is above 0.
async fn until(house: &House, what: &str, sql: &str) {
    let began = Instant::now();
    while house.number(SLUG, sql).await == 0 {
        assert!(began.elapsed() < Duration::from_secs(120), "waited two minutes until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn an_import_whose_worker_is_killed_is_taken_over_by_another_one() {
    let house = House::new().await;
    house.ok(&["tenant", "create", "--slug", SLUG, "--name", "Harborview"]);
    let mut file = "Code,Name,E-mail,City\n".to_owned();
    for number in 0..ROWS {
        writeln!(file, "K{number:06},Shop {number},shop{number}@example.com,Bangkok").unwrap();
    }
    let path = house.folder.path().join("customers.csv");
    std::fs::write(&path, file).unwrap();
    let path = path.display().to_string();
    // Without a terminal nobody approves, so the rows are checked and wait.
    let left = house.run(&["import", &path, "--tenant", SLUG, "--as", "customers", "--policy", "valid-rows"]);
    let set = "select id from import_batches where tenant_id = $1 and parent_id is null";
    let set: Uuid = house.rows(SLUG, set.to_owned()).await[0].get(0);
    assert_eq!(
        house.number(SLUG, "select count(*) from customers where tenant_id = $1").await,
        0,
        "{}",
        text(&left.stderr)
    );

    let caller = Caller::system(house.tenant(SLUG).await, house.db.world().id());
    import::enqueue(&house.db, &caller, set, Step::Commit, None).await.unwrap();
    let first = Worker::start(&house);
    let begun = "select count(*) from jobs where tenant_id = $1 and progress ->> 'phase' = 'committing'";
    until(&house, "a chunk is written", begun).await;
    drop(first);
    let written = house.number(SLUG, "select count(*) from customers where tenant_id = $1").await;
    assert!((1..ROWS).contains(&written), "{written} of {ROWS} rows were written when the worker was killed");
    let told = import::progress(&house.db, &caller, set).await.unwrap().unwrap();
    assert_eq!(told["phase"], "committing", "the last worker's progress is known to everybody: {told}");

    // The dead worker's claim runs out: here at once, otherwise within a minute.
    let lapse = "update jobs set lease_until = now() where tenant_id = $1 and status = 'processing' returning 1::bigint";
    let mut tx = house.db.begin(&caller).await.unwrap();
    assert_eq!(tx.run(&Query::free(lapse.to_owned(), vec![caller.tenant.into()])).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    let _second = Worker::start(&house);
    let done = "select count(*) from jobs where tenant_id = $1 and type = 'imports.commit' and status in ('completed', 'failed')";
    until(&house, "the commit ends", done).await;

    let end = house
        .rows(
            SLUG,
            "select b.status, c.counts, (select count(*) from customers where tenant_id = $1),
               (select count(distinct code) from customers where tenant_id = $1),
               (select count(*) from customers where tenant_id = $1 and version > 1),
               (select jsonb_agg(status order by attempt) from job_runs where tenant_id = $1 and type = 'imports.commit')
             from import_batches b join import_batches c on c.tenant_id = $1 and c.parent_id = b.id
             where b.tenant_id = $1"
                .to_owned(),
        )
        .await;
    let (status, counts): (&str, Value) = (end[0].get(0), end[0].get(1));
    assert_eq!(
        (status, &counts["rows"], &counts["created"]),
        ("completed", &ROWS.into(), &ROWS.into()),
        "{counts}"
    );
    assert_eq!((end[0].get::<_, i64>(2), end[0].get::<_, i64>(3)), (ROWS, ROWS));
    assert_eq!(end[0].get::<_, i64>(4), 0, "no row was applied twice");
    assert_eq!(end[0].get::<_, Value>(5), serde_json::json!(["lost", "completed"]));
}
