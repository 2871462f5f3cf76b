//! `tenantry jobs` on a real database with a real worker.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use house::{House, text};
use model::caller::Caller;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use store::sql;

fn lines(output: &str) -> Vec<Value> {
    output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Runs a worker until the tenant's jobs of this kind have ended, and tells it to end.
fn worked(house: &House, kind: &str) {
    let mut worker = house.command(&["work"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    let mut ended = false;
    while !ended && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(100));
        let listed = lines(&house.ok(&["jobs", "list", "--tenant", "one", "--kind", kind, "--json"]));
        ended = !listed.is_empty() && listed.iter().all(|job| !job["completed_at"].is_null());
    }
    let pid = Pid::from_raw(i32::try_from(worker.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    assert!(worker.wait().unwrap().success());
    assert!(ended, "the jobs did not end");
}

#[tokio::test]
async fn the_operator_sees_and_moves_jobs() {
    let house = House::new().await;
    house.ok(&["tenant", "create", "--slug", "one", "--name", "One"]);
    house.ok(&["tenant", "create", "--slug", "two", "--name", "Two"]);
    assert!(house.ok(&["jobs", "schedules", "--tenant", "one"]).contains("prune_jobs"));

    let told = house.ok(&["jobs", "run", "prune_jobs", "--tenant", "one"]);
    let job = told.split_whitespace().find(|word| word.len() == 36).unwrap().to_owned();
    let listed = lines(&house.ok(&["jobs", "list", "--status", "pending", "--json"]));
    assert_eq!(
        (listed.len(), &listed[0]["id"], &listed[0]["tenant"]),
        (1, &Value::from(&*job), &"one".into())
    );
    assert!(house.ok(&["jobs", "list", "--tenant", "two"]).contains("No such job"));
    let cancelled = house.ok(&["jobs", "cancel", &job, "--tenant", "one"]);
    assert!(cancelled.contains("cancelled"), "{cancelled}");
    let again = house.run(&["jobs", "cancel", &job, "--tenant", "one", "--json"]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(lines(&text(&again.stdout))[0]["code"], "job_ended");
    assert_eq!(house.run(&["jobs", "retry", &job, "--tenant", "two"]).status.code(), Some(1));
    house.ok(&["jobs", "retry", &job, "--tenant", "one"]);

    worked(&house, "jobs.prune");
    let shown: Value =
        serde_json::from_str(&house.ok(&["jobs", "show", &job, "--tenant", "one", "--json"])).unwrap();
    assert_eq!(shown["job"]["status"], "completed");
    assert_eq!(
        (shown["runs"][0]["status"].as_str(), shown["runs"][0]["attempt"].as_i64()),
        (Some("completed"), Some(1))
    );
    let text_of = house.ok(&["jobs", "show", &job, "--tenant", "one"]);
    assert!(text_of.contains("attempt 1") && text_of.contains("type: jobs.prune"), "{text_of}");
}

#[tokio::test]
async fn failed_jobs_are_taken_up_together_and_what_is_not_there_is_said() {
    let house = House::new().await;
    house.ok(&["tenant", "create", "--slug", "one", "--name", "One"]);
    let system = Caller::system(house.tenant("one").await, house.db.world().id());
    let mut tx = house.db.begin(&system).await.unwrap();
    tx.execute(
        sql!(
            "insert into jobs (tenant_id, id, type, payload, status, attempts, max_attempts, completed_at, error)
             select $1, gen_random_uuid(), 'jobs.prune', '{}', 'failed', 3, 3, now(), 'It was away.' from generate_series(1, 3)"
        ),
        &[&system.tenant],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let shown = house.ok(&["jobs", "list", "--status", "failed"]);
    assert_eq!(shown.matches("It was away.").count(), 3, "{shown}");
    let retried =
        lines(&house.ok(&["jobs", "retry", "--failed", "--kind", "jobs.prune", "--tenant", "one", "--json"]));
    assert_eq!(retried.iter().filter(|one| one["status"] == "pending").count(), 3);
    worked(&house, "jobs.prune");
    assert!(house.ok(&["jobs", "retry", "--failed", "--tenant", "one"]).contains("No job has failed"));
    let nobody = house.run(&["jobs", "list", "--tenant", "nobody"]);
    assert_eq!(nobody.status.code(), Some(1));
    let unknown = house.run(&["jobs", "run", "no_such", "--tenant", "one"]);
    assert!(
        text(&unknown.stderr).contains("tenantry jobs schedules --tenant one"),
        "{}",
        text(&unknown.stderr)
    );
    assert_eq!(
        house.run(&["jobs", "retry", "--tenant", "one"]).status.code(),
        Some(2),
        "neither ids nor --failed"
    );
}
