//! The pages of admins: settings, why somebody sees something, tokens that are shown once.

use model::registry;
use serde_json::json;

use crate::{
    fixtures::Fixtures,
    forms::{get, post, text},
    harness::{Api, location},
};

#[tokio::test]
async fn settings_are_saved_group_by_group_and_get_their_defaults_back() {
    let (api, tenant) = Api::with_tenant().await;
    let page = get(&api, &tenant.token, "/admin/settings").await;
    for group in work::settings::GROUPS {
        assert!(page.contains(&format!("action=\"/admin/settings/{}\"", group.name)), "{}", group.name);
    }
    let form = "_version=0&was.files=90&files=30&was.exports=7&exports=7";
    let saved = post(&api, &tenant.token, "/admin/settings/retention", form).await.expect(303);
    assert_eq!(location(&saved), "/admin/settings?done=saved#retention");
    let now = api.get("/api/v1/settings/retention").token(&tenant.token).go().await.expect(200).json();
    assert_eq!((&now["values"]["files"], &now["stated"]), (&json!(30), &json!(["files"])));
    assert!(get(&api, &tenant.token, "/admin/settings").await.contains("name=\"reset\" value=\"files\""));
    // Whoever read the former version is shown theirs and mine; saved again, it goes over it.
    let stale =
        post(&api, &tenant.token, "/admin/settings/retention", "_version=0&was.files=90&files=60").await;
    let told = text(&stale.expect(412));
    assert!(told.contains("Save mine over theirs") && told.contains("value=\"60\""), "{told}");
    let version = now["version"].as_i64().unwrap();
    let form = format!("_version={version}&was.files=30&files=60");
    post(&api, &tenant.token, "/admin/settings/retention", &form).await.expect(303);
    // What is wrong is told beside its entry, and nothing is saved.
    let wrong =
        post(&api, &tenant.token, "/admin/settings/retention", "was.files=60&files=0").await.expect(422);
    assert!(text(&wrong).contains("id=\"s-retention-files-wrong\""));
    let form = "was.ip_allow=&ip_allow=203.0.113.0%2F24%2C+nowhere";
    let wrong = post(&api, &tenant.token, "/admin/settings/security", form).await.expect(422);
    assert!(text(&wrong).contains("nowhere"), "{}", text(&wrong));
    post(&api, &tenant.token, "/admin/settings/retention", "reset=files&files=999999").await.expect(303);
    let now = api.get("/api/v1/settings/retention").token(&tenant.token).go().await.expect(200).json();
    assert_eq!((&now["values"]["files"], &now["stated"]), (&json!(90), &json!([])));
}

#[tokio::test]
async fn an_admin_learns_why_a_person_sees_a_record_and_why_not() {
    let (api, tenant) = Api::with_tenant().await;
    let rep = api.sign_in(tenant.id, "sales_rep").await;
    let mut fixtures = Fixtures::new(&api.db);
    let customers = registry::entity("customers").unwrap();
    let own = json!({ "owner_id": rep.id, "name": "Old Line" });
    let own = fixtures.record_with(tenant.id, customers, own.as_object().cloned().unwrap()).await;
    let other = fixtures.record(tenant.id, customers).await;
    let path = format!("/users/{}/access", rep.id);
    let ask = async |of: &str| get(&api, &tenant.token, &format!("{path}?{of}")).await;
    assert!(get(&api, &tenant.token, &path).await.contains("name=\"entity\""));
    let told = ask(&format!("entity=customers&record={own}")).await;
    assert!(
        told.contains("They hold the permission, and own the record.") && told.contains("Sales rep"),
        "{told}"
    );
    assert!(told.contains("value=\"Old Line\""), "{told}");
    let told = ask(&format!("entity=customers&record={other}")).await;
    assert!(told.contains("They do not see this record"), "{told}");
    let told = ask("entity=customers&action=delete").await;
    assert!(told.contains("None of their roles has this permission."), "{told}");
    // The same in Thai.
    let thai = api.get(&format!("{path}?entity=customers")).token(&tenant.token).header("cookie", "lang=th");
    assert!(text(&thai.go().await.expect(200)).contains("มีสิทธิ์ กับระเบียนในขอบเขต"));
    let page = get(&api, &tenant.token, &format!("/users/{}", rep.id)).await;
    assert!(page.contains(&format!("href=\"{path}\"")));
}

#[tokio::test]
async fn a_token_is_made_on_its_list_and_shown_once_to_be_copied() {
    let (api, tenant) = Api::with_tenant().await;
    let list = get(&api, &tenant.token, "/integration_tokens").await;
    assert!(list.contains("href=\"/integration_tokens/do/create\" data-dialog"), "{list}");
    let role = Fixtures::new(&api.db).record(tenant.id, registry::entity("roles").unwrap()).await;
    let form = format!("name=Web+shop&role_id={role}");
    let made = post(&api, &tenant.token, "/integration_tokens/do/create", &form).await.expect(200);
    assert_eq!(made.header("cache-control"), "no-store");
    let page = text(&made);
    let token = page.split("data-copy=\"tnt_").nth(1).unwrap().split('"').next().unwrap();
    assert!(page.contains(&format!("<code class=\"mono\">tnt_{token}</code>")), "{page}");
    let list = get(&api, &tenant.token, "/integration_tokens").await;
    assert!(list.contains("Web shop") && !list.contains(token), "{list}");
}

#[tokio::test]
async fn an_operation_goes_back_to_the_page_that_asked_for_it() {
    let (api, tenant) = Api::with_tenant().await;
    let of = json!({ "type": "jobs.prune", "payload": {} });
    let schedules = registry::entity("job_schedules").unwrap();
    let of = of.as_object().cloned().unwrap();
    let id = Fixtures::new(&api.db).record_with(tenant.id, schedules, of).await;
    let path = format!("/job_schedules/{id}/do/run_now");
    let back = post(&api, &tenant.token, &path, "_next=%2Fdev%3Fstatus%3Dfailed").await.expect(303);
    assert_eq!(location(&back), "/dev?status=failed&done=run_now");
    let back = post(&api, &tenant.token, &path, "_next=%2F%2Fevil.example").await.expect(303);
    assert_eq!(location(&back), format!("/job_schedules/{id}?done=run_now"));
}

#[tokio::test]
async fn the_engine_room_shows_jobs_by_state_and_kind_and_does_a_dead_one_again() {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    let mut fixtures = Fixtures::new(&api.db);
    let jobs = registry::entity("jobs").unwrap();
    let job = |status: &str| {
        let of =
            json!({ "type": "jobs.prune", "status": status, "payload": {}, "error": "The disk is full." });
        of.as_object().cloned().unwrap()
    };
    let dead = fixtures.record_with(tenant.id, jobs, job("failed")).await;
    let waiting = fixtures.record_with(tenant.id, jobs, job("pending")).await;
    let page = get(&api, &tenant.token, "/dev").await;
    assert!(
        page.contains(&format!("/jobs/{dead}/do/retry"))
            && page.contains(&format!("/jobs/{waiting}/do/cancel"))
    );
    let only = get(&api, &tenant.token, "/dev?status=failed&type=jobs.prune").await;
    assert!(only.contains("The disk is full.") && !only.contains(&waiting.to_string()), "{only}");
    let form = "_next=%2Fdev%3Fstatus%3Dfailed";
    let back = post(&api, &tenant.token, &format!("/jobs/{dead}/do/retry"), form).await.expect(303);
    assert_eq!(location(&back), "/dev?status=failed&done=retry");
    assert!(get(&api, &tenant.token, &location(&back)).await.contains("Nothing has failed."));
    // A schedule is paused and goes on.
    let schedules = registry::entity("job_schedules").unwrap();
    let of = json!({ "type": "jobs.prune", "payload": {}, "code": "tidy" }).as_object().cloned().unwrap();
    let schedule = fixtures.record_with(tenant.id, schedules, of).await;
    let path = format!("/job_schedules/{schedule}");
    for (was, now) in [(true, false), (false, true)] {
        let form = format!("was.enabled={was}&enabled={now}&_next=%2Fdev%2Fschedules");
        let back = post(&api, &tenant.token, &path, &form).await.expect(303);
        assert_eq!(location(&back), "/dev/schedules?done=saved");
        let stands = api.get(&format!("/api/v1{path}")).token(&tenant.token).go().await.expect(200).json();
        assert_eq!(stands["enabled"], now);
        assert_eq!(get(&api, &tenant.token, "/dev/schedules").await.contains("Paused"), was);
    }
}

#[tokio::test]
async fn deliveries_are_shown_with_their_attempts_and_failed_events_are_all_replayed() {
    let api = Api::without_workers().await;
    let tenant = api.tenant("harborview").await;
    let mut fixtures = Fixtures::new(&api.db);
    let mut put = async |name: &str, of: serde_json::Value| {
        let entity = registry::entity(name).unwrap();
        fixtures.record_with(tenant.id, entity, of.as_object().cloned().unwrap()).await
    };
    let event =
        put("webhook_events", json!({ "type": "customer.updated", "payload": { "hue": "teal" } })).await;
    let of = json!({ "event_id": event, "state": "failed", "last_error": "It answered 500." });
    let delivery = put("webhook_deliveries", of).await;
    let of = json!({ "delivery_id": delivery, "attempt": 1, "outcome": "failed", "response_status": 500,
        "response_body": "<b>Oops</b>", "request_headers": { "webhook-id": "evt_1" } });
    put("webhook_attempts", of).await;
    let list = get(&api, &tenant.token, "/dev/webhooks?state=failed").await;
    assert!(
        list.contains("customer.updated") && list.contains(&format!("/dev/deliveries/{delivery}")),
        "{list}"
    );
    let page = get(&api, &tenant.token, &format!("/dev/deliveries/{delivery}")).await;
    for told in ["teal", "webhook-id", "&lt;b&gt;Oops", "It answered 500."] {
        assert!(page.contains(told), "{told}: {page}");
    }
    for _ in 0..2 {
        put(
            "failed_webhooks",
            json!({ "payload": { "events": [] }, "error_details": { "detail": "No such customer." } }),
        )
        .await;
    }
    assert!(get(&api, &tenant.token, "/dev/inbound").await.contains("No such customer."));
    let back = post(&api, &tenant.token, "/dev/inbound/replay", "").await.expect(303);
    assert_eq!(location(&back), "/dev/inbound?done=2");
    let jobs = api
        .get("/api/v1/jobs?filter[type]=failed_webhooks.replay")
        .token(&tenant.token)
        .go()
        .await
        .expect(200)
        .json();
    assert_eq!(jobs["data"].as_array().unwrap().len(), 2, "{jobs}");
}

#[tokio::test]
async fn what_one_is_told_is_counted_at_the_bell_and_read_one_by_one_or_all() {
    let (api, tenant) = Api::with_tenant().await;
    let (ann, bob) = (api.sign_in(tenant.id, "admin").await, api.sign_in(tenant.id, "sales_rep").await);
    let notices = registry::entity("notifications").unwrap();
    let mut fixtures = Fixtures::new(&api.db);
    let mut ids = vec![];
    for title in ["First <b>", "Second", "Third"] {
        let of = json!({ "user_id": ann.id, "title": title, "kind": "import_completed", "read_at": null,
            "link": "/admin/imports", "entity": null, "entity_id": null });
        ids.push(fixtures.record_with(tenant.id, notices, of.as_object().cloned().unwrap()).await);
    }
    let bell = "<span class=\"n\">3</span>";
    assert!(get(&api, &ann.token, "/customers").await.contains(bell));
    assert!(!get(&api, &bob.token, "/customers").await.contains(bell));
    let menu =
        api.get("/notices").token(&ann.token).header("hx-request-type", "partial").go().await.expect(200);
    assert!(text(&menu).contains("First &lt;b&gt;") && !text(&menu).contains("<html"), "{}", text(&menu));
    assert!(!get(&api, &bob.token, "/notices").await.contains("Second"));
    let path = format!("/notifications/{}/do/read", ids[0]);
    let there = post(&api, &ann.token, &path, "_next=%2Fadmin%2Fimports").await.expect(303);
    assert_eq!(location(&there), "/admin/imports?done=read");
    post(&api, &bob.token, &path, "").await.expect(404);
    assert!(get(&api, &ann.token, "/customers").await.contains("<span class=\"n\">2</span>"));
    post(&api, &ann.token, "/notices/read", "").await.expect(303);
    assert!(!get(&api, &ann.token, "/customers").await.contains("<span class=\"n\">"));
}

#[tokio::test]
async fn an_operator_makes_a_company_suspends_resumes_closes_and_deletes_it() {
    let api = Api::new().await;
    let operator = api.operator().await;
    assert!(get(&api, &operator, "/admin/tenants").await.contains("There is no company yet."));
    // All that is wrong is told beside its entry, and what was typed stays.
    let wrong =
        post(&api, &operator, "/admin/tenants", "slug=Harbor+View&name=&currency=XXY").await.expect(422);
    let told = text(&wrong);
    for part in ["t-slug-wrong", "t-name-wrong", "t-currency-wrong", "value=\"Harbor View\""] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let form =
        "slug=harborview&name=Harborview+%26+Co&currency=THB&time_zone=Asia%2FBangkok&locale=th&_key=once";
    let made = location(&post(&api, &operator, "/admin/tenants", form).await.expect(303));
    let again = location(&post(&api, &operator, "/admin/tenants", form).await.expect(303));
    assert_eq!(made, again, "a form sent twice makes one company");
    let place = made.strip_suffix("?done=made").unwrap();
    assert!(get(&api, &operator, "/admin/tenants").await.contains("Harborview &amp; Co"));
    let id = place.rsplit('/').next().unwrap().parse().unwrap();
    let admin = api.token(id, "admin").await;
    let works = async || api.get("/api/v1/customers").token(&admin).go().await.status.as_u16();
    let act = async |act: &str, form: &str| post(&api, &operator, &format!("{place}/{act}"), form).await;

    act("suspend", "reason=Unpaid").await.expect(303);
    assert_eq!(works().await, 403);
    let page = get(&api, &operator, place).await;
    assert!(page.contains("Suspended") && page.contains("Unpaid") && page.contains("/resume"), "{page}");
    act("resume", "").await.expect(303);
    assert_eq!(works().await, 200);
    // What does not go now is told on the page, and why.
    let early = text(&act("delete", "slug=harborview").await.expect(409));
    assert!(early.contains("role=\"alert\""), "{early}");
    act("close", "").await.expect(303);
    let other = text(&act("delete", "slug=harbor").await.expect(422));
    assert!(other.contains("delete-slug-wrong"), "{other}");
    act("delete", "slug=harborview").await.expect(303);
    assert!(get(&api, &operator, "/admin/tenants").await.contains("Being deleted"));
}

#[tokio::test]
async fn the_audit_trail_names_who_did_what_to_which_record() {
    let (api, tenant) = Api::with_tenant().await;
    let rep = api.sign_in(tenant.id, "sales_manager").await;
    let body = json!({ "name": "Old <Line>", "city": "Bangor" });
    let made = api.post("/api/v1/customers").token(&rep.token).json(&body).go().await.expect(201).json();
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/v1/customers/{id}");
    api.patch(&path).token(&rep.token).json(&json!({ "city": "Camden" })).go().await.expect(200);
    let page = get(&api, &tenant.token, "/admin/audit?entity=customers").await;
    assert!(
        page.contains(&format!("href=\"/customers/{id}\"")) && page.contains("Old &lt;Line&gt;"),
        "{page}"
    );
    assert!(page.contains("Bangor</span></del>") && page.contains("Camden"), "{page}");
    let own = format!("/admin/audit?entity=customers&who={}", rep.id);
    assert!(get(&api, &tenant.token, &own).await.contains("Camden"));
    let day = |text: &str| format!("/admin/audit?entity=customers&{text}");
    assert!(!get(&api, &tenant.token, &day("until=2020-01-01")).await.contains("Camden"));
    assert!(get(&api, &tenant.token, &day("from=2020-01-01")).await.contains("Camden"));
    let stranger = api.tenant("elsewhere").await;
    assert!(!get(&api, &stranger.token, "/admin/audit").await.contains("Camden"));
    api.get("/admin/audit").token(&rep.token).go().await.expect(403);
}

#[tokio::test]
async fn integrity_tells_each_rule_and_what_breaks_it() {
    let (api, tenant) = Api::with_tenant().await;
    let page = get(&api, &tenant.token, "/dev/integrity").await;
    assert!(page.contains("Levels equal the sum of their movements.") && page.contains("Not checked yet"));
    let finding = json!([{ "subject": "x", "detail": "SKU <A> has 3", "repair": "set it to 2" }]);
    let text = "insert into data_integrity_snapshots (tenant_id, id, check_name, ok, counts, findings)
                values ($1, app.uuid7(), 'levels_equal_movements', false, '{\"broken\": 1200}', $2)";
    api.write(tenant.id, text, vec![tenant.id.into(), finding.into()]).await;
    let page = get(&api, &tenant.token, "/dev/integrity").await;
    assert!(
        page.contains("SKU &lt;A&gt; has 3") && page.contains("1,200") && page.contains("set it to 2"),
        "{page}"
    );
}

#[tokio::test]
async fn the_palette_begins_with_what_was_looked_at_last() {
    let (api, tenant) = Api::with_tenant().await;
    let body = json!({ "name": "Old Line" });
    let made = api.post("/api/v1/customers").token(&tenant.token).json(&body).go().await.expect(201).json();
    let path =
        format!("/palette?q=&recent=/customers/{},/nonsense,/audit_logs/x", made["id"].as_str().unwrap());
    let told = get(&api, &tenant.token, &path).await;
    assert!(told.contains("Recent") && told.contains("Old Line"), "{told}");
    let stranger = api.tenant("elsewhere").await;
    assert!(!get(&api, &stranger.token, &path).await.contains("Old Line"));
}
