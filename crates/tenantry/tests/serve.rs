//! `tenantry serve`: starts, answers, is alone, stops when told to; on its own cluster and on a given server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{path::Path, process::Command};

use house::{House, server::Server, text};

fn own(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
    command.args(args).current_dir(data).env_clear().env("TENANTRY_DATA", data);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

#[test]
fn on_its_own_cluster_it_serves_alone_beside_other_commands_and_leaves_nothing_running() {
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let data = folder.path();
    let server = Server::start(&mut own(data, &["serve"]));
    assert!(server.get("/healthz", "").0.contains(" 200 "));

    let second = own(data, &["serve"]).env("TENANTRY_LISTEN", "127.0.0.1:0").output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let told = text(&second.stderr);
    assert!(told.contains("in use by another `tenantry serve`"), "{told}");

    let made = own(data, &["tenant", "create", "--slug", "acme", "--name", "Acme"]).output().unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    let token = own(data, &["token", "create", "--tenant", "acme"]).output().unwrap();
    let token = text(&token.stdout).trim().to_owned();
    let (status, body) = server.get("/api/v1/customers", &token);
    assert!(status.contains(" 200 ") && body.contains("\"data\""), "{status} {body}");
    assert!(server.get("/api/v1/customers", "tnt_x_y").0.contains(" 401 "));

    let doctor = own(data, &["doctor"]).output().unwrap();
    assert!(doctor.status.success(), "{}", text(&doctor.stdout));
    assert_eq!(server.stop(), Some(0));
    let cluster = data.join("postgres").canonicalize().unwrap();
    assert!(!cluster.join("data/postmaster.pid").exists());
}

#[tokio::test]
async fn it_takes_no_passwords_in_the_clear_unless_told_so() {
    let house = House::new().await;
    let serve = |url: &str, more: &[&str]| {
        let mut command = house.command(&[&["serve", "--no-work"], more].concat());
        command.env("TENANTRY_URL", url);
        command
    };
    let refused = serve("http://crm.example.com", &[]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let told = text(&refused.stderr);
    assert!(told.contains("http://crm.example.com") && told.contains("--insecure-http"), "{told}");
    for (url, more) in
        [("http://crm.example.com", &["--insecure-http"][..]), ("https://crm.example.com", &[])]
    {
        let server = Server::start(&mut serve(url, more));
        assert!(server.get("/healthz", "").0.contains(" 200 "));
        assert_eq!(server.stop(), Some(0));
    }
}

#[tokio::test]
async fn on_a_given_server_it_refuses_an_old_schema_and_names_the_mend() {
    let house = House::empty().await;
    for args in [&["serve"][..], &["tenant", "list"]] {
        let refused = house.command(args).env("TENANTRY_LISTEN", "127.0.0.1:0").output().unwrap();
        assert_eq!(refused.status.code(), Some(1), "{args:?}");
        assert!(text(&refused.stderr).contains("`tenantry migrate`"), "{}", text(&refused.stderr));
    }
    house.ok(&["migrate"]);
    assert!(house.ok(&["migrate"]).contains("nothing to do"));
    assert!(house.ok(&["tenant", "list"]).contains("no tenant yet"));
    let server = Server::start(&mut house.command(&["serve"]));
    assert!(server.get("/readyz", "").0.contains(" 200 "));
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn a_taken_address_is_named_with_the_setting() {
    let house = House::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = house.command(&["serve"]).env("TENANTRY_LISTEN", &address).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let told = text(&refused.stderr);
    assert!(told.contains(&address) && told.contains("TENANTRY_LISTEN"), "{told}");
}
