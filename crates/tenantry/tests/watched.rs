//! What an operator sees of the program: its log and its figures, and no tenant's data in either.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use house::{House, server::Server};
use serde_json::Value;
use work::telemetry::METRICS;

/// Stands in every value and secret that the test sends.
const MARK: &str = "zanzibar";
const TOKEN: &str = "the-token-of-the-figures";

fn post(server: &Server, path: &str, token: &str, body: &str) -> (String, Value) {
    let headers = [
        ("Authorization", &*format!("Bearer {token}")),
        ("Content-Type", "application/json"),
        ("X-Note", MARK),
    ];
    let (status, body) = server.ask("POST", path, &headers, body);
    (status, serde_json::from_str(&body).unwrap_or_default())
}

fn wait_for(server: &Server, what: &str) {
    let began = Instant::now();
    while !server.told().iter().any(|line| line.contains(what)) {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "no line has {what}: {}",
            server.told().join("\n")
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Writes, refusals of the API, of the database and of the door, a webhook and a job that fail.
fn keep_busy(server: &Server, token: &str) {
    let name = format!("Ms {MARK}");
    let good = format!(r#"{{"name": "{name}", "code": "{MARK}", "email": "{MARK}@example.com"}}"#);
    let (status, _) = post(server, "/api/v1/customers", token, &good);
    assert!(status.contains(" 201 "), "{status}");
    let (status, _) = post(server, "/api/v1/customers", token, &good);
    assert!(status.contains(" 409 "), "the database quotes the key: {status}");
    let (status, _) = post(server, "/api/v1/customers", token, &format!(r#"{{"email": "{MARK}"}}"#));
    assert!(status.contains(" 422 "), "{status}");
    for path in [format!("/api/v1/customers?q={MARK}"), format!("/api/v1/customers?filter[name]={MARK}")] {
        assert!(server.get(&path, token).0.contains(" 200 "), "{path}");
    }
    assert!(server.get("/api/v1/customers", &format!("tnt_{MARK}_{MARK}")).0.contains(" 401 "));

    let (_, source) =
        post(server, "/api/v1/webhook_sources", token, r#"{"code": "form", "name": "Form", "kind": "n8n"}"#);
    let id = source["data"]["id"].as_str().or(source["id"].as_str()).unwrap().to_owned();
    let secret = format!(r#"{{"secret": "{MARK}-{MARK}-{MARK}"}}"#);
    let (status, _) = post(server, &format!("/api/v1/webhook_sources/{id}/rotate"), token, &secret);
    assert!(status.contains(" 200 "), "{status}");
    let hook = [("X-Webhook-Token", &*format!("{MARK}-{MARK}-{MARK}")), ("Content-Type", "application/json")];
    let event = format!(r#"{{"action": "customer.upsert", "data": {{"email": "{MARK}", "name": 7}}}}"#);
    let (status, _) = server.ask("POST", "/hooks/acme/form", &hook, &event);
    assert!(status.contains(" 200 ") || status.contains(" 202 "), "{status}");
    wait_for(server, "a webhook could not be processed");
}

#[tokio::test]
async fn the_log_has_ids_and_no_data_at_any_level_and_the_figures_have_no_tenants() {
    let house = House::new().await;
    house.ok(&["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    let token = house.ok(&["token", "create", "--tenant", "acme"]).trim().to_owned();
    let tenant = house.tenant("acme").await.to_string();
    let mut command = house.command(&["serve"]);
    command
        .env("TENANTRY_LOG", "trace")
        .env("TENANTRY_LOG_FORMAT", "json")
        .env("TENANTRY_METRICS_TOKEN", TOKEN);
    let server = Server::start(&mut command);
    keep_busy(&server, &token);

    assert!(server.get("/metrics", "").0.contains(" 401 "));
    assert!(server.get("/metrics", &token).0.contains(" 401 "), "a tenant's token does not open it");
    let (status, figures) = server.get("/metrics", TOKEN);
    assert!(status.contains(" 200 "), "{status}");
    for line in figures.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let name = line.split(['{', ' ']).next().unwrap();
        let stem =
            ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(METRICS.iter().any(|metric| metric.name == name || metric.name == stem), "{line}");
        assert!(!line.contains(&tenant) && !line.contains("acme") && !line.contains(MARK), "{line}");
    }
    for line in [
        r#"tenantry_http_requests_total{method="POST",route="/api/v1/customers",status="2xx"} 1"#,
        r#"tenantry_http_requests_total{method="POST",route="/api/v1/customers",status="4xx"} 2"#,
        "tenantry_webhooks_received_total 1",
        "tenantry_webhooks_failed_total 1",
        r#"tenantry_jobs_ended_total{kind="webhooks.process",outcome="completed"} 1"#,
        "tenantry_db_connections_max 16",
    ] {
        assert!(figures.contains(line), "{line}\n{figures}");
    }

    let (code, lines) = server.end();
    assert_eq!(code, Some(0));
    let told = lines.join("\n");
    assert!(!told.to_lowercase().contains(MARK), "{:?}", lines.iter().find(|line| line.contains(MARK)));
    let key = token.splitn(3, '_').nth(2).unwrap();
    assert!(!told.contains(key) && !told.contains(TOKEN), "a secret is in the log");
    let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines
        .iter()
        .find(|line| line["fields"]["message"] == "answered" && line["span"]["route"] == "/api/v1/customers");
    let span = &answered.unwrap()["span"];
    assert!(span["tenant"] == tenant.as_str() && span["id"].is_string(), "{span}");
    let given_up = lines.iter().find(|line| line["fields"]["message"] == "a webhook could not be processed");
    let span = &given_up.unwrap()["span"];
    assert!(
        span["tenant"] == tenant.as_str() && span["job"].is_string() && span["kind"] == "webhooks.process",
        "{span}"
    );
}

#[tokio::test]
async fn figures_are_off_unless_a_setting_turns_them_on_and_may_have_an_address_of_their_own() {
    let house = House::new().await;
    let server = Server::start(&mut house.command(&["serve"]));
    assert!(server.get("/metrics", "").0.contains(" 404 "));
    assert_eq!(server.stop(), Some(0));

    let mut server = Server::start(house.command(&["serve"]).env("TENANTRY_METRICS_LISTEN", "127.0.0.1:0"));
    assert!(server.get("/metrics", "").0.contains(" 404 "), "not at the public address without a token");
    wait_for(&server, "figures on http://");
    let told = server.told();
    let line = told.iter().find_map(|line| line.split_once("figures on http://")).unwrap().1;
    server.address = line.split('/').next().unwrap().to_owned();
    let (status, figures) = server.get("/metrics", "");
    assert!(status.contains(" 200 ") && figures.contains("tenantry_build_info"), "{status}");
    assert_eq!(server.stop(), Some(0));
}

/// A collector on the loopback interface, and the bodies that come in.
fn collector() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let tell = tell.clone();
            thread::spawn(move || {
                let (mut bytes, mut piece) = (vec![], [0; 65_536]);
                while let Ok(read @ 1..) = connection.read(&mut piece) {
                    bytes.extend_from_slice(&piece[..read]);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
                    let length: usize = head
                        .lines()
                        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
                        .unwrap();
                    if bytes.len() >= head.len() + 4 + length {
                        tell.send(text).unwrap();
                        bytes.clear();
                        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
                    }
                }
            });
        }
    });
    (url, told)
}

#[tokio::test]
async fn spans_of_requests_and_jobs_go_to_a_collector_with_ids_and_no_data() {
    let house = House::new().await;
    house.ok(&["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    let token = house.ok(&["token", "create", "--tenant", "acme"]).trim().to_owned();
    let tenant = house.tenant("acme").await.to_string();
    let (url, told) = collector();
    let server = Server::start(house.command(&["serve"]).env("TENANTRY_OTLP_URL", &url));
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let headers = [("Authorization", &*format!("Bearer {token}")), ("traceparent", &*parent)];
    assert!(server.ask("GET", "/api/v1/me", &headers, "").0.contains(" 200 "));
    keep_busy(&server, &token);
    assert_eq!(server.end().0, Some(0));
    // The last spans are sent before the process ends.
    let told: String = told.try_iter().collect();
    assert!(told.starts_with("POST /v1/traces "), "{told}");
    for part in ["tenantry", "GET /api/v1/me", "POST /api/v1/customers", "webhooks.process", &tenant] {
        assert!(told.contains(part), "{part} is in no span");
    }
    assert!(!told.to_lowercase().contains(MARK), "a value is in a span");
}

#[tokio::test]
async fn a_collector_that_is_away_holds_nothing_up() {
    let house = House::new().await;
    house.ok(&["tenant", "create", "--slug", "acme", "--name", "Acme"]);
    let token = house.ok(&["token", "create", "--tenant", "acme"]).trim().to_owned();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server =
        Server::start(house.command(&["serve"]).env("TENANTRY_OTLP_URL", format!("http://{closed}")));
    for _ in 0..20 {
        assert!(server.get("/api/v1/me", &token).0.contains(" 200 "));
    }
    assert_eq!(server.end().0, Some(0));
    let refused = house.command(&["serve"]).env("TENANTRY_OTLP_URL", "collector:4318").output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("TENANTRY_OTLP_URL"), "{refused:?}");
}
