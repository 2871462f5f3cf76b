//! Signing in: what gets people in, what does not, and that the refusals are all alike.

use std::time::Instant;

use serde_json::{Value, json};

use crate::{
    harness::{Api, Tenant},
    persons::PASSWORD,
};

async fn house() -> (Api, Tenant) {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    (api, tenant)
}

fn body(tenant: &str, email: &str, password: &str) -> Value {
    json!({ "tenant": tenant, "email": email, "password": password })
}

#[tokio::test]
async fn a_person_signs_in_acts_and_signs_out() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "sales_manager").await;
    let made = json!({ "code": "C1", "name": "Harborview" });
    api.post("/api/v1/customers").token(&person.token).json(&made).go().await.expect(201);
    let text =
        "select actor_kind || ' ' || actor_id from audit_logs where tenant_id = $1 and entity = 'customers'";
    let rows = api.write(tenant.id, text, vec![tenant.id.into()]).await;
    assert_eq!(rows[0].get::<_, String>(0), format!("user {}", person.id));
    api.post("/api/v1/auth/logout").token(&person.token).go().await.expect(200);
    assert_eq!(api.get("/api/v1/customers").token(&person.token).go().await.refused(401), "unauthenticated");
    assert_eq!(api.trail(tenant.id, person.id).await, ["sign_in", "sign_out"]);
}

#[tokio::test]
async fn a_person_learns_who_they_are_and_changes_their_name_and_language() {
    let (api, tenant) = house().await;
    let staff = api.sign_in(tenant.id, "sales_rep").await;
    let me = api.get("/api/v1/me").token(&staff.token).go().await.expect(200).json();
    assert_eq!(me["person"]["email"], staff.email);
    assert_eq!((&me["person"]["locale"], &me["person"]["second_step"]), (&json!("en"), &json!(false)));
    assert_eq!(me["roles"], json!([{ "code": "sales_rep", "name": "Sales rep" }]));
    assert_eq!((&me["customer"], &me["session"]["id"]), (&Value::Null, &json!(staff.session)));
    assert_eq!(me["permissions"]["customers.view"], "own");

    let portal = api.portal_sign_in(tenant.id, "portal_user").await;
    let me = api.get("/api/v1/me").token(&portal.token).go().await.expect(200).json();
    assert_eq!(
        (&me["customer"]["id"], &me["roles"][0]["code"]),
        (&json!(portal.customer), &json!("portal_user"))
    );
    assert_eq!(me["actor"], format!("portal_user:{}", portal.id));

    for person in [&staff, &portal] {
        let change = |body: Value| api.patch("/api/v1/me").token(&person.token).json(&body).go();
        let me = change(json!({ "name": "Nok", "locale": "th" })).await.expect(200).json();
        assert_eq!((&me["person"]["name"], &me["person"]["locale"]), (&json!("Nok"), &json!("th")));
        let refused = change(json!({ "locale": "xx", "is_active": false, "email": "x@example.com" })).await;
        assert_eq!(refused.refused(422), "invalid");
        assert_eq!(refused.json()["errors"].as_array().unwrap().len(), 3, "{:?}", refused.told());
    }
    let token = api.get("/api/v1/me").token(&tenant.token).go().await.expect(200).json();
    assert_eq!(
        (&token["person"], &token["session"], &token["roles"][0]["code"]),
        (&Value::Null, &Value::Null, &json!("admin"))
    );
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let (api, tenant) = house().await;
    api.tenant("elsewhere").await;
    for (email, role) in
        [("nancy@example.com", "admin"), ("gone@example.com", "admin"), ("old@example.com", "admin")]
    {
        api.user(tenant.id, email, role).await;
    }
    let change = |text| api.write(tenant.id, text, vec![tenant.id.into()]);
    change("update users set is_active = false where tenant_id = $1 and email = 'gone@example.com'").await;
    change("update users set archived_at = now() where tenant_id = $1 and email = 'old@example.com'").await;
    change("insert into users (tenant_id, id, email, name) values ($1, gen_random_uuid(), 'new@example.com', 'New')").await;
    let mut told = None;
    for (what, body) in [
        ("a wrong password", body("harborview", "nancy@example.com", "not the password")),
        ("an unknown address", body("harborview", "nobody@example.com", PASSWORD)),
        ("an unknown company", body("nowhere", "nancy@example.com", PASSWORD)),
        ("another company", body("elsewhere", "nancy@example.com", PASSWORD)),
        ("the system's own", body("system", "nancy@example.com", PASSWORD)),
        ("not active", body("harborview", "gone@example.com", PASSWORD)),
        ("archived", body("harborview", "old@example.com", PASSWORD)),
        ("no password yet", body("harborview", "new@example.com", "")),
        ("no password yet, guessed", body("harborview", "new@example.com", PASSWORD)),
        (
            "the other side",
            json!({ "tenant": "harborview", "email": "nancy@example.com", "password": PASSWORD, "portal": true }),
        ),
    ] {
        let answer = api.login(&body).await;
        if body["password"] == "" {
            assert_eq!(answer.refused(422), "invalid");
            continue;
        }
        assert_eq!(answer.refused(401), "sign_in_refused", "{what}");
        assert_eq!(*told.get_or_insert(answer.told()), answer.told(), "{what}");
        assert_eq!(answer.header("server-timing"), "");
    }
    api.login(&body("HARBORVIEW ", " Nancy@Example.com ", PASSWORD)).await.expect(200);
}

#[tokio::test]
async fn the_same_address_in_two_companies_is_two_people() {
    let (api, own) = house().await;
    let other = api.tenant("elsewhere").await;
    let ours = api.user(own.id, "same@example.com", "admin").await;
    let theirs = api.user(other.id, "same@example.com", "sales_rep").await;
    let hash = api.services.passwords.hash(api.db.world(), "another lantern 85").await.unwrap();
    api.write(
        other.id,
        "update users set password_hash = $3 where tenant_id = $1 and id = $2",
        vec![other.id.into(), theirs.into(), hash.into()],
    )
    .await;
    for (slug, password, id) in [("harborview", PASSWORD, ours), ("elsewhere", "another lantern 85", theirs)]
    {
        let answer = api.login(&body(slug, "same@example.com", password)).await.expect(200).json();
        let me = api
            .get("/api/v1/me")
            .token(answer["access_token"].as_str().unwrap())
            .go()
            .await
            .expect(200)
            .json();
        assert_eq!((&me["person"]["id"], &me["tenant"]["slug"]), (&json!(id), &json!(slug)));
    }
    assert_eq!(
        api.login(&body("elsewhere", "same@example.com", PASSWORD)).await.refused(401),
        "sign_in_refused"
    );
}

#[tokio::test]
async fn a_company_is_found_by_its_host_and_the_form_says_what_is_missing() {
    let (api, tenant) = house().await;
    api.user(tenant.id, "nancy@example.com", "admin").await;
    let text =
        "insert into tenant_slugs (tenant_id, key, kind) values ($1, 'crm.harborview.example', 'host')";
    api.write(tenant.id, text, vec![tenant.id.into()]).await;
    let form = json!({ "email": "nancy@example.com", "password": PASSWORD });
    let at = |host: &str| api.post("/api/v1/auth/login").header("host", host).json(&form).go();
    at("crm.harborview.example:443").await.expect(200);
    at("CRM.harborview.example").await.expect(200);
    assert_eq!(at("elsewhere.example").await.refused(422), "invalid");
    let bad = json!({ "password": 7, "session": "x", "remember": true, "portal": "yes" });
    let answer = api.login(&bad).await;
    assert_eq!(answer.refused(422), "invalid");
    let mut fields: Vec<String> = serde_json::from_value(
        answer.json()["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect(),
    )
    .unwrap();
    fields.sort();
    assert_eq!(fields, ["email", "password", "portal", "remember", "session", "tenant"]);
    assert!(!String::from_utf8_lossy(&answer.body).contains("\"value\""), "a password is not told back");
}

#[tokio::test]
async fn five_failures_lock_for_a_quarter_of_an_hour() {
    let (api, tenant) = house().await;
    let id = api.user(tenant.id, "nancy@example.com", "admin").await;
    let (wrong, right) = (
        body("harborview", "nancy@example.com", "not the password"),
        body("harborview", "nancy@example.com", PASSWORD),
    );
    // Four, and a success, begin anew; four within a quarter of an hour and one after it do not lock.
    for _ in 0..2 {
        for _ in 0..4 {
            api.login(&wrong).await.expect(401);
        }
        api.login(&right).await.expect(200);
    }
    for _ in 0..4 {
        api.login(&wrong).await.expect(401);
    }
    api.later(16);
    api.login(&wrong).await.expect(401);
    let session = api.login(&right).await.expect(200).json();

    for _ in 0..5 {
        api.login(&wrong).await.expect(401);
    }
    let locked = api.login(&right).await;
    assert_eq!(locked.refused(401), "sign_in_refused");
    assert_eq!(locked.told(), api.login(&wrong).await.told());
    // Whoever is in stays in: a stranger who guesses throws nobody out.
    api.get("/api/v1/me").token(session["access_token"].as_str().unwrap()).go().await.expect(200);
    // Attempts on a locked account do not lock it for longer.
    api.later(14);
    api.login(&wrong).await.expect(401);
    assert_eq!(api.login(&right).await.refused(401), "sign_in_refused");
    api.later(2);
    api.login(&right).await.expect(200);
    let trail = api.trail(tenant.id, id).await;
    assert_eq!(trail.iter().filter(|action| *action == "locked").count(), 1, "{trail:?}");
    assert!(trail.iter().filter(|action| *action == "sign_in_failed").count() > 10);
}

#[tokio::test]
async fn guesses_that_come_at_once_are_counted_all_the_same() {
    let (api, tenant) = house().await;
    let id = api.user(tenant.id, "nancy@example.com", "admin").await;
    let wrong = body("harborview", "nancy@example.com", "not the password");
    futures_util::future::join_all((0..8).map(|_| api.login(&wrong))).await;
    let right = body("harborview", "nancy@example.com", PASSWORD);
    assert_eq!(api.login(&right).await.refused(401), "sign_in_refused");
    let trail = api.trail(tenant.id, id).await;
    assert_eq!(trail.iter().filter(|action| *action == "locked").count(), 1, "{trail:?}");
}

#[tokio::test]
async fn the_time_of_a_refusal_tells_nothing() {
    let (api, tenant) = house().await;
    let rounds = 15;
    for number in 0..rounds {
        api.user(tenant.id, &format!("person{number}@example.com"), "sales_rep").await;
    }
    let id = api.user(tenant.id, "locked@example.com", "admin").await;
    let text = "update users set locked_until = now() + interval '1 day' where tenant_id = $1 and id = $2";
    api.write(tenant.id, text, vec![tenant.id.into(), id.into()]).await;
    type Body = fn(usize) -> Value;
    let kinds: [(&str, Body); 4] = [
        ("a wrong password", |n| body("harborview", &format!("person{n}@example.com"), "not the password")),
        ("an unknown address", |n| body("harborview", &format!("nobody{n}@example.com"), PASSWORD)),
        ("a locked account", |_| body("harborview", "locked@example.com", PASSWORD)),
        ("an unknown company", |n| body(&format!("nowhere{n}"), "person1@example.com", PASSWORD)),
    ];
    // In turns, so that whatever else the machine does meets all of them.
    let mut times: [Vec<f64>; 4] = Default::default();
    for round in 0..rounds {
        for ((_, body), times) in kinds.iter().zip(&mut times) {
            let started = Instant::now();
            api.login(&body(round)).await.expect(401);
            times.push(started.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    let middles = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[rounds / 2]
    });
    for ((what, _), time) in kinds.iter().zip(middles) {
        // A short cut past the hash takes a third or less.
        assert!(time > middles[0] * 0.6 && time < middles[0] * 1.7, "{what}: {middles:.1?} ms");
    }
}

#[tokio::test]
async fn no_secret_is_in_the_trail_or_in_any_answer_about_people() {
    let (api, tenant) = house().await;
    let person = api.sign_in(tenant.id, "admin").await;
    api.second_step(&person).await;
    api.login(&body("harborview", &person.email, "a wrong pass phrase")).await.expect(401);
    let text =
        "select coalesce(string_agg(to_jsonb(a)::text, ' '), '') from audit_logs a where a.tenant_id = $1";
    let trail: String = api.write(tenant.id, text, vec![tenant.id.into()]).await[0].get(0);
    let record = api.get(&format!("/api/v1/users/{}", person.id)).token(&person.token).go().await.expect(200);
    let record = String::from_utf8_lossy(&record.body).into_owned();
    for secret in [
        "argon2id", "a wrong pass phrase", PASSWORD, &person.refresh, "totp_step", "\\\\x01", "password_hash",
    ] {
        assert!(!trail.contains(secret) && !record.contains(secret), "{secret}");
    }
    assert!(trail.contains("totp_enabled") && record.contains("totp_since"));
}
