//! `tenantry tenant` on a real database: states, figures, and deletion that survives `kill -9`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use house::{House, text};
use serde_json::Value;

#[tokio::test]
async fn a_tenant_is_suspended_resumed_closed_and_deleted() {
    let house = House::new().await;
    house.ok(&["tenant", "create", "--slug", "one", "--name", "One"]);
    house.ok(&["tenant", "create", "--slug", "two", "--name", "Two"]);
    assert_eq!(house.ok(&["tenant", "suspend", "one", "--reason", "Unpaid"]), "one is suspended.\n");
    assert_eq!(house.ok(&["tenant", "suspend", "one"]), "one was suspended already.\n");
    assert_eq!(house.ok(&["tenant", "resume", "one"]), "one is active.\n");
    let refused = house.run(&["tenant", "delete", "one", "--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("only a closed tenant is deleted"), "{}", text(&refused.stderr));
    house.ok(&["tenant", "close", "one"]);
    assert_eq!(house.run(&["tenant", "resume", "one"]).status.code(), Some(1));
    // Nobody is at a terminal, and nobody said yes.
    let unasked = house.command(&["tenant", "delete", "one"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(unasked.status.code(), Some(2), "{}", text(&unasked.stderr));
    let listed = house.ok(&["tenant", "list", "--count", "--json"]);
    let listed: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (listed.len(), &listed[0]["status"], &listed[1]["status"]),
        (2, &"closed".into(), &"active".into())
    );
    assert!(listed[1]["figures"]["table_rows"].as_i64().unwrap() > 100);
    assert!(house.ok(&["tenant", "list"]).contains("two"));
    assert!(house.ok(&["tenant", "delete", "one", "--yes"]).starts_with("Deleted one: "));
    assert_eq!(house.run(&["tenant", "delete", "one", "--yes"]).status.code(), Some(1));
    assert!(!house.ok(&["tenant", "list"]).contains("one"));
}

#[tokio::test]
async fn a_deletion_that_is_killed_again_and_again_ends_with_nothing_left() {
    let house = House::new().await;
    house.ok(&["demo"]);
    let tenant = house.tenant("well-crafted").await;
    let kept = house.number("saat-sai", "select count(*) from audit_logs where tenant_id = $1").await;
    house.ok(&["tenant", "close", "well-crafted"]);
    let delete = ["tenant", "delete", "well-crafted", "--yes"];
    // Killed after it has begun to remove rows, a little later each time.
    for round in 1..=4_u64 {
        let began = Instant::now();
        let mut process = house.command(&delete).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(120 * round));
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(began.elapsed() < Duration::from_secs(30));
    }
    if house.db.resolve("slug", "well-crafted").await.unwrap().is_some() {
        house.ok(&delete);
    }
    assert_eq!(house.db.resolve("slug", "well-crafted").await.unwrap(), None);
    let left = house.test.remains(tenant).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
    assert!(!house.folder.path().join(format!("data/files/tenant/{tenant}")).exists());
    assert_eq!(house.number("saat-sai", "select count(*) from audit_logs where tenant_id = $1").await, kept);
}
