//! The official libraries of Standard Webhooks verify what is sent. `scripts/libraries` installs them; where npm or pip
//! is missing, the test says that it was skipped.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    endpoint::{Endpoint, Told},
    house::{House, until},
};

/// What verifies, where it is installed.
fn verifiers() -> Vec<(&'static str, Command)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scripts = root.join("tests/outbound/libraries");
    let installed: PathBuf = root.join("../../target/libraries");
    let mut found = vec![];
    if installed.join("node_modules/standardwebhooks").exists() {
        let mut node = Command::new("node");
        node.arg(scripts.join("verify.cjs")).env("NODE_PATH", installed.join("node_modules"));
        found.push(("npm", node));
    }
    if installed.join("python/standardwebhooks").exists() {
        let mut python = Command::new("python3");
        python.arg(scripts.join("verify.py")).env("PYTHONPATH", installed.join("python"));
        found.push(("PyPI", python));
    }
    found
}

fn verified(mut command: Command, cases: &Value) -> Vec<bool> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(cases.to_string().as_bytes()).unwrap();
    serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_libraries_verify_old_and_new_secret_during_a_rotation() {
    let verifiers = verifiers();
    if verifiers.len() < 2 {
        println!("skipped: scripts/libraries has not installed the libraries of npm and PyPI");
    }
    let house = House::new().await;
    let endpoint = Endpoint::ok().await;
    let (subscription, old) = house.subscribe(&endpoint, &["supplier.*"]).await;
    let running = house.work();
    let told = async |code: &str| -> Told {
        let count = endpoint.count();
        let record = json!({ "code": code, "name": "ไวน์ & “quotes”\n\\" });
        house.create(&house.one, "suppliers", record).await;
        until("the endpoint is told", async || (endpoint.count() > count).then_some(())).await;
        endpoint.told()[count].clone()
    };
    let before = told("S1").await;
    let new = house.rotate(subscription, 24).await;
    let during = told("S2").await;
    let newest = house.rotate(subscription, 0).await;
    let after = told("S3").await;
    running.stop().await;

    let bent = Told { body: after.body.replace("S3", "S4"), ..after.clone() };
    let mut late = after.clone();
    late.headers.insert("webhook-timestamp".to_owned(), "1614265330".to_owned());
    let cases = [
        (&before, &old, true),
        (&before, &new, false),
        (&during, &old, true),
        (&during, &new, true),
        (&during, &newest, false),
        (&after, &new, false),
        (&after, &newest, true),
        (&bent, &newest, false),
        (&late, &newest, false),
    ];
    let case = |(told, secret, _): &(&Told, &String, bool)| json!({ "secret": secret, "headers": told.headers, "body": told.body });
    let stated: Value = cases.iter().map(case).collect();
    let expected: Vec<bool> = cases.iter().map(|(_, _, expected)| *expected).collect();
    for (name, command) in verifiers {
        assert_eq!(verified(command, &stated), expected, "{name}");
    }
}
