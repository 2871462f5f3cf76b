//! Inbound webhooks: from a sender's request to what it does.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use model::caller::Caller;
use serde_json::{Value, json};
use sha2::Sha256;
use store::testing::TestDb;
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;
use work::jobs::{self, Duties, Limits};

use crate::{
    away::Way,
    harness::{Answer, Api, Tenant, location},
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A sender whose requests are signed as its kind signs.
struct Sender<'a> {
    api: &'a Api,
    tenant: &'a Tenant,
    kind: &'static str,
    secret: String,
}

fn mac(secret: &[u8], body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

impl<'a> Sender<'a> {
    /// A source of this kind, with what more its record holds.
    async fn new(api: &'a Api, tenant: &'a Tenant, kind: &'static str, more: Value) -> Self {
        let mut source = json!({ "code": kind, "name": "A sender", "kind": kind });
        source.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        let post = |path: &str| api.post(path).token(&tenant.token);
        let made = post("/api/v1/webhook_sources").json(&source).go().await.expect(201);
        let secret = if kind == "generic" { json!({}) } else { json!({ "secret": SECRET }) };
        let place = format!("{}/rotate", location(&made));
        let told = post(&place).json(&secret).go().await.expect(200).json();
        assert_eq!(told["path"], format!("/hooks/harborview/{kind}"));
        assert!(!made.json().as_object().unwrap().contains_key("secret"));
        Self { api, tenant, kind, secret: told["secret"].as_str().unwrap().to_owned() }
    }

    /// Sends what was signed over `signed`.
    async fn send_signed(&self, id: &str, body: &str, signed: &str) -> Answer {
        let asking = self.api.post(&format!("/hooks/harborview/{}", self.kind)).body(body.to_owned());
        let asking = match self.kind {
            "line" => {
                let text = STANDARD.encode(mac(self.secret.as_bytes(), signed.as_bytes()));
                asking.header("x-line-signature", &text)
            }
            "generic" => {
                let at = self.api.db.world().now().as_second();
                let key = STANDARD.decode(self.secret.trim_start_matches("whsec_")).unwrap();
                let text = STANDARD.encode(mac(&key, format!("{id}.{at}.{signed}").as_bytes()));
                let asking = asking.header("webhook-id", id).header("webhook-timestamp", &at.to_string());
                asking.header("webhook-signature", &format!("v1,{text}"))
            }
            _ => asking.header("x-webhook-token", &self.secret).header("x-delivery-id", id),
        };
        asking.go().await
    }

    async fn send(&self, id: &str, body: &Value) -> Answer {
        let text = body.to_string();
        self.send_signed(id, &text, &text).await
    }

    async fn list(&self, query: &str) -> Vec<Value> {
        let answer = self.api.get(&format!("/api/v1/{query}")).token(&self.tenant.token).go().await;
        answer.expect(200).json()["data"].as_array().unwrap().clone()
    }

    /// Waits until this many events stand in this state.
    async fn until(&self, status: &str, count: i64) {
        let system = Caller::system(self.tenant.id, self.api.db.world().id());
        let begun = Instant::now();
        loop {
            let mut tx = self.api.db.begin(&system).await.unwrap();
            let counted =
                store::sql!("select count(*) from webhook_logs where tenant_id = $1 and status = $2");
            let row = tx.one(counted, &[&self.tenant.id, &status]).await.unwrap();
            let found: i64 = row.get(0);
            if found == count {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{found} of {count} are {status}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Background work, until it is dropped.
struct Working {
    stop: CancellationToken,
    _task: JoinHandle<()>,
}

impl Working {
    fn on(api: &Api) -> Self {
        let stop = CancellationToken::new();
        let told = stop.clone().cancelled_owned();
        let task = tokio::spawn(jobs::run(api.services.clone(), Duties::all(), Limits::default(), told));
        Self { stop, _task: task }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[tokio::test]
async fn a_contact_of_line_becomes_a_customer_with_notes() {
    let (api, tenant) = Api::with_tenant().await;
    let line = Sender::new(&api, &tenant, "line", json!({})).await;
    let _working = Working::on(&api);
    let event = |id: &str, more: Value| {
        let mut event = json!({
            "webhookEventId": id, "timestamp": 1_767_225_600_000_i64,
            "source": { "type": "user", "userId": "U4af4980629" },
        });
        event.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        event
    };
    let said = json!({ "type": "message", "message": { "type": "text", "text": "สวัสดีครับ" } });
    let body = json!({ "destination": "U0", "events": [
        event("E1", json!({ "type": "follow" })), event("E2", said.clone()), event("E3", json!({ "type": "join" })),
    ]});
    let taken = line.send("", &body).await.expect(200);
    assert_eq!(taken.json()["events"], 3);
    line.until("PROCESSED", 3).await;
    let customers = line.list("customers?filter[line_user_id]=U4af4980629").await;
    assert_eq!(customers.len(), 1);
    let notes =
        line.list(&format!("activities?filter[customer_id]={}", customers[0]["id"].as_str().unwrap())).await;
    assert_eq!(notes.len(), 1);
    assert_eq!(
        (&notes[0]["notes"], &notes[0]["occurred_at"]),
        (&json!("สวัสดีครับ"), &json!("2026-01-01T00:00:00Z"))
    );

    // The same again, as LINE redelivers it, and the check of the address from its console.
    let mut again = body.clone();
    again["events"][1]["deliveryContext"] = json!({ "isRedelivery": true });
    line.send("", &again).await.expect(200);
    line.send("", &json!({ "destination": "U0", "events": [] })).await.expect(200);
    assert_eq!(line.list("webhook_logs").await.len(), 3);

    let text = body.to_string();
    for at in (0..text.len()).step_by(7) {
        let mut bent = text.clone().into_bytes();
        bent[at] ^= 1;
        let Ok(bent) = String::from_utf8(bent) else { continue };
        let answer = line.send_signed("", &bent, &text).await;
        assert_eq!(answer.refused(401), "webhook_not_accepted");
    }
}

#[tokio::test]
async fn line_requests_are_taken_exactly_where_lines_own_library_takes_them() {
    let (api, tenant) = Api::with_tenant().await;
    Sender::new(&api, &tenant, "line", json!({})).await;
    let body = json!({ "destination": "U0", "events": [], "note": "สวัสดี “quotes”\n\\" }).to_string();
    let bent = body.replacen("U0", "U1", 1);
    let signature = STANDARD.encode(mac(SECRET.as_bytes(), body.as_bytes()));
    let of_another = STANDARD.encode(mac(b"another", body.as_bytes()));
    let cases = [(&body, &signature), (&bent, &signature), (&body, &of_another)];
    let cases =
        cases.map(|(body, signature)| json!({ "secret": SECRET, "signature": signature, "body": body }));
    let mut taken = vec![];
    for case in &cases {
        let asking = api.post("/hooks/harborview/line").body(case["body"].as_str().unwrap().to_owned());
        let answer = asking.header("x-line-signature", case["signature"].as_str().unwrap()).go().await;
        taken.push(answer.status.as_u16() == 200);
    }
    assert_eq!(taken, [true, false, false]);

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let installed = root.join("target/libraries/node_modules");
    if !installed.join("@line/bot-sdk").exists() {
        println!("skipped: scripts/libraries has not installed LINE's library");
        return;
    }
    let mut node = Command::new("node");
    node.arg(root.join("crates/work/tests/outbound/libraries/line.cjs")).env("NODE_PATH", installed);
    let mut node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    node.stdin.take().unwrap().write_all(json!(cases).to_string().as_bytes()).unwrap();
    let told = node.wait_with_output().unwrap().stdout;
    assert_eq!(serde_json::from_slice::<Vec<bool>>(&told).unwrap(), taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_comes_fifty_times_at_once_has_one_effect() {
    let (api, tenant) = Api::with_tenant().await;
    let n8n = Sender::new(&api, &tenant, "n8n", json!({})).await;
    let _working = Working::on(&api);
    let body = json!({ "action": "customer.create", "data": { "name": "Downtown Wine" } });
    let answers = join_all((0..50).map(|_| n8n.send("d-1", &body))).await;
    answers.into_iter().for_each(|answer| _ = answer.expect(202));
    n8n.until("PROCESSED", 1).await;
    assert_eq!(n8n.list("webhook_logs").await.len(), 1);
    assert_eq!(n8n.list("customers").await.len(), 1);

    // Another body under the same id is nobody's news, but a person is to look at it; once.
    let other = json!({ "action": "customer.create", "data": { "name": "Somebody else" } });
    for _ in 0..2 {
        n8n.send("d-1", &other).await.expect(202);
    }
    n8n.until("FAILED", 1).await;
    let failed = n8n.list("failed_webhooks").await;
    assert_eq!((failed.len(), &failed[0]["manual_review"]), (1, &json!(true)));
    assert_eq!(failed[0]["error_details"]["code"], "other_body");
    assert_eq!(n8n.list("customers").await.len(), 1);
}

#[tokio::test]
async fn a_poisoned_event_waits_for_a_mend_and_is_replayed() {
    let (api, tenant) = Api::with_tenant().await;
    let n8n = Sender::new(&api, &tenant, "n8n", json!({})).await;
    let _working = Working::on(&api);
    let customer =
        json!({ "action": "customer.upsert", "data": { "external_id": "7", "name": "Vineyard Market" } });
    n8n.send("c-7", &customer).await.expect(202);
    n8n.until("PROCESSED", 1).await;
    let job = |on: &str| {
        json!({ "action": "service_job.create", "workflow_id": "wf-42", "data": {
            "customer": { "external_id": "7" }, "service_type": "Deep clean", "scheduled_at": on } })
    };
    n8n.send("j-1", &job("tomorrow")).await.expect(202);
    n8n.until("FAILED", 1).await;
    let failed = n8n.list("failed_webhooks").await.remove(0);
    let reason = &failed["error_details"];
    assert_eq!((&reason["code"], &reason["errors"][0]["field"]), (&json!("invalid"), &json!("scheduled_at")));
    assert!(n8n.list("service_jobs").await.is_empty());

    let place = format!("/api/v1/failed_webhooks/{}", failed["id"].as_str().unwrap());
    let post = |what: &str| api.post(&format!("{place}/{what}")).token(&tenant.token);
    let mended = json!({ "payload": job("2026-02-01T09:00:00Z") });
    post("edit").json(&mended).go().await.expect(200);
    post("replay").json(&json!({})).go().await.expect(200);
    n8n.until("PROCESSED", 2).await;
    let made = n8n.list("service_jobs").await.remove(0);
    assert_eq!(
        (&made["n8n_workflow_id"], &made["scheduled_at"]),
        (&json!("wf-42"), &json!("2026-02-01T09:00:00Z"))
    );
    let after = api.get(&place).token(&tenant.token).go().await.expect(200).json();
    assert!(after["resolved_at"].is_string() && after["replays"] == 1, "{after}");
    // What has happened does not happen twice.
    assert_eq!(post("replay").json(&json!({})).go().await.refused(409), "conflict");
}

#[tokio::test]
async fn a_senders_own_events_are_mapped_to_actions() {
    let (api, tenant) = Api::with_tenant().await;
    let more = json!({
        "mapping": { "contact.created": { "action": "customer.upsert",
            "fields": { "external_id": "data.id", "name": "data.full_name", "email": "data.mail" } } },
        "payload_schema": { "data.mail": "email" },
    });
    let generic = Sender::new(&api, &tenant, "generic", more).await;
    let _working = Working::on(&api);
    let event = |mail: &str| json!({ "type": "contact.created", "data": { "id": 5, "full_name": "Nok", "mail": mail } });
    generic.send("m-1", &event("nok@example.com")).await.expect(202);
    generic.until("PROCESSED", 1).await;
    generic.send("m-2", &event("nok@example.org")).await.expect(202);
    generic.until("PROCESSED", 2).await;
    let customers = generic.list("customers").await;
    assert_eq!((customers.len(), &customers[0]["email"]), (1, &json!("nok@example.org")));
    generic.send("m-3", &event("nobody")).await.expect(202);
    generic.until("FAILED", 1).await;
    generic
        .send("m-4", &json!({ "type": "contact.called", "data": { "mail": "a@example.com" } }))
        .await
        .expect(202);
    generic.until("PROCESSED", 3).await;
    assert_eq!(generic.list("customers").await.len(), 1);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let (api, tenant) = Api::with_tenant().await;
    let n8n = Sender::new(&api, &tenant, "n8n", json!({})).await;
    let body = json!({ "action": "customer.create", "data": { "name": "x".repeat(1 << 20) } });
    assert_eq!(n8n.send("big", &body).await.refused(413), "too_large");
    assert!(n8n.list("webhook_logs").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_while_the_database_is_away_is_processed_after_its_return() {
    const COUNT: usize = 1_000;
    let test = TestDb::new().await.unwrap();
    let (way, settings) = Way::to(&test);
    let api = Api::over(test, &settings);
    let tenant = api.tenant("harborview").await;
    let n8n = Sender::new(&api, &tenant, "n8n", json!({})).await;
    let body = |number: usize| {
        let data = json!({ "external_id": number.to_string(), "name": format!("Customer {number}") });
        json!({ "action": "customer.upsert", "data": data })
    };
    // A source is known from its first request on, or from the look that every process takes when it starts.
    n8n.send("d-0", &body(0)).await.expect(202);
    way.close().await;
    for tens in 0..COUNT / 50 {
        let numbers = (0..50).map(|one| tens * 50 + one + 1);
        let answers =
            join_all(numbers.map(async |number| n8n.send(&format!("d-{number}"), &body(number)).await)).await;
        answers.into_iter().for_each(|answer| _ = answer.expect(202));
    }
    // Nobody learns by the way in which the secret is refused what is known here.
    let guessed =
        api.post("/hooks/harborview/n8n").header("x-webhook-token", "guessed").json(&body(1)).go().await;
    assert_eq!(guessed.refused(503), "unavailable");
    way.open();
    let _working = Working::on(&api);
    n8n.until("PROCESSED", COUNT as i64 + 1).await;
    let answer =
        api.get("/api/v1/customers?count=exact&limit=1").token(&tenant.token).go().await.expect(200).json();
    assert_eq!(answer["page"]["count"], COUNT + 1);
}
