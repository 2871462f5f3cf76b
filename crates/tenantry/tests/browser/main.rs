//! The pages as people meet them: headless Chromium walks through them on the demo's data, in light and dark, on a phone and
//! in Thai, with axe and an empty console. `scripts/setup` installs what it takes; without it the test says that it was
//! skipped, but in CI. Pictures are left in `target/pictures`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../house/mod.rs"]
mod house;

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use house::{House, repository, server::Server, text};

/// Where Chromium is: the program itself rather than the script that Debian puts around it.
const CHROMIUM: [&str; 4] = [
    "/usr/lib/chromium/chromium", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
];

fn chromium() -> Option<PathBuf> {
    let stated = std::env::var_os("TENANTRY_CHROMIUM").map(PathBuf::from);
    stated.into_iter().chain(CHROMIUM.map(PathBuf::from)).find(|path| path.is_file())
}

const OPERATOR: &str = "operator@example.com";

#[tokio::test]
async fn a_person_walks_through_the_pages() {
    let node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    let tools = repository("node_modules/puppeteer-core/package.json").is_file();
    let (true, true, Some(chromium)) = (node, tools, chromium()) else {
        assert!(std::env::var_os("CI").is_none(), "CI needs Node, Chromium and the packages: scripts/setup");
        println!("skipped: Node, Chromium or the npm packages are missing; scripts/setup installs them");
        return;
    };
    let house = House::new().await;
    let told = house.ok(&["demo"]);
    let password = told.lines().find_map(|line| line.trim().strip_prefix("password of all of them")).unwrap();
    let email = told.lines().find_map(|line| line.trim().strip_prefix("admin")).unwrap();
    let customer =
        told.lines().find_map(|line| line.trim().strip_prefix("portal_")?.split_whitespace().nth(1));
    let limits = ["CALLER", "TENANT", "CLIENT"].map(|whose| (format!("TENANTRY_RATE_{whose}"), "off"));
    let server = Server::start(house.command(&["serve"]).envs(limits));
    // As migrating does; the database of a test comes without.
    work::tenants::refresh(&house.db).await.unwrap();
    let operator = ["user", "create", "--tenant", "system", "--role", "operator"];
    let made = house.ok(&[&operator[..], &["--email", OPERATOR, "--name", "Olive Operator"]].concat());
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/browser/walk.mjs");
    let walk = Command::new("node")
        .arg(here)
        .env("TENANTRY_AT", format!("http://{}", server.address))
        .env("TENANTRY_TENANT", "well-crafted")
        .env("TENANTRY_EMAIL", email.trim())
        .env("TENANTRY_PASSWORD", password.trim())
        .env("TENANTRY_CUSTOMER", customer.unwrap())
        .env("TENANTRY_OPERATOR", OPERATOR)
        .env("TENANTRY_OPERATOR_PASSWORD", made.trim())
        .env("TENANTRY_PICTURES", repository("target/pictures"))
        .env("TENANTRY_CHROMIUM", chromium)
        .env("TENANTRY_MODULES", repository(""))
        .output();
    let Output { status, stdout, stderr } = walk.unwrap();
    assert!(status.success(), "{}{}", text(&stdout), text(&stderr));
    assert_eq!(server.stop(), Some(0));
}
