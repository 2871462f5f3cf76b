//! `tenantry webhooks` from outside: the demo's endpoints are looked at and steered.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use house::{House, text};
use serde_json::Value;

#[tokio::test]
async fn an_operator_sees_and_steers_webhooks() {
    let house = House::new().await;
    house.ok(&["demo"]);
    let webhooks = |args: &[&str]| house.ok(&[&["webhooks", "--tenant", "well-crafted"], args].concat());
    let objects = |args: &[&str]| -> Vec<Value> {
        let lines = webhooks(&[&["--json"], args].concat());
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let list = webhooks(&["list"]);
    assert!(list.contains("no secret") && list.contains("It has moved to another host."), "{list}");

    let failed = objects(&["deliveries", "--state", "failed"]);
    assert_eq!((failed.len(), &failed[0]["last_status"]), (1, &Value::from(503)));
    let id = failed[0]["id"].as_str().unwrap();
    assert_eq!(objects(&["resend", id])[0]["state"], "pending");
    assert!(webhooks(&["deliveries", "--subscription", "Old ERP"]).contains("pending"));
    assert_eq!(objects(&["replay", "Old ERP", "--since", "1000h", "--delivered-too"])[0]["deliveries"], 3);

    let secret = webhooks(&["rotate", "Accounting", "--overlap-hours", "0"]);
    assert!(secret.starts_with("whsec_") && secret.trim().len() == 50, "{secret}");
    assert!(!webhooks(&["list"]).contains("no secret"));
    webhooks(&["enable", "Old ERP"]);
    webhooks(&["disable", "Accounting", "--reason", "Stocktake"]);
    let states: Vec<String> =
        objects(&["list"]).iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["disabled", "active"]);

    for (args, code, told) in [
        (&["webhooks", "list"][..], 2, "--tenant SLUG"),
        (&["webhooks", "--tenant", "well-crafted", "enable", "Nobody"], 1, "no subscription `Nobody`"),
        (&["webhooks", "--tenant", "well-crafted", "replay", "Old ERP", "--since", "once"], 2, "36h"),
    ] {
        let output = house.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        assert!(text(&output.stderr).contains(told), "{args:?}: {}", text(&output.stderr));
    }
}
