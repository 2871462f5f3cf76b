//! The API keeps what its description promises: Schemathesis sends what the committed description allows and what it
//! forbids, and checks every answer against it. `scripts/libraries` installs it; without it the test says that it was
//! skipped.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../house/mod.rs"]
mod house;

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use house::{House, repository, server::Server, text};

/// The addresses that are walked: every sort of them, of some entities. With `TENANTRY_CONTRACT=all` every address is,
/// which takes a quarter of an hour.
const SOME: &str = "^/api/v1/(customers|delivery_routes|event-types|me|roles|search|settings|tasks)(/|$)";

/// Checks that are made by another name: `positive_data_acceptance` by `valid_data_is_taken` in `hooks.py`. And
/// `use_after_free`: an archived record can be read and restored, which the check takes for a leak.
const OTHERWISE: &str = "positive_data_acceptance,use_after_free";

fn schemathesis(server: &Server, token: &str) -> Option<Command> {
    let installed = repository("target/libraries/contract").canonicalize().ok()?;
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/contract");
    let mut python = Command::new("python3");
    python
        .args(["-c", "from schemathesis.cli import schemathesis; schemathesis()"])
        .args(["--config-file".as_ref(), here.join("schemathesis.toml").as_os_str()])
        .arg("run")
        .arg(repository("docs/openapi.json"))
        .args(["--url", &format!("http://{}", server.address)])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--checks", "all", "--exclude-checks", OTHERWISE])
        .args(["--phases", "examples,coverage"])
        .args(["--generation-deterministic", "--workers", "2", "--warnings", "off", "--no-color"])
        .env("PYTHONPATH", installed)
        .env("SCHEMATHESIS_HOOKS", here.join("hooks.py"))
        .current_dir(std::env::temp_dir());
    if std::env::var("TENANTRY_CONTRACT").as_deref() != Ok("all") {
        python.args(["--include-path-regex", SOME]);
    }
    Some(python)
}

#[tokio::test]
async fn the_api_keeps_what_its_description_promises() {
    let house = House::new().await;
    house.ok(&["tenant", "create", "--slug", "harborview", "--name", "Harborview"]);
    let token = house.ok(&["token", "create", "--tenant", "harborview"]);
    let token = token.lines().last().unwrap().trim().to_owned();
    let limits = ["CALLER", "TENANT", "CLIENT"].map(|whose| (format!("TENANTRY_RATE_{whose}"), "off"));
    let server = Server::start(house.command(&["serve", "--no-work"]).envs(limits));
    let Some(mut schemathesis) = schemathesis(&server, &token) else {
        println!("skipped: scripts/libraries has not installed Schemathesis");
        return;
    };
    let Output { status, stdout, stderr } = schemathesis.output().unwrap();
    assert!(status.success(), "{}{}", text(&stdout), text(&stderr));
    assert_eq!(server.stop(), Some(0));
}
