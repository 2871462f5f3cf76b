//! Who a source acts for, when, and what its record refuses.

use std::sync::Arc;

use model::{
    Document,
    caller::{Actor, Caller, Grants, RecordScope, Scope},
    event::Change,
    registry,
};
use serde_json::{Value, json};
use store::engine;
use uuid::Uuid;
use work::{
    access::rights,
    operation::{execute, operations},
};

use crate::house::{House, Site};

const FILE: &str = "Code,Name\nC1,One\n";

/// A source of a shop that writes without asking, and where its files come from.
async fn shop(house: &House, owner: Uuid) -> (Uuid, Site) {
    let site = Site::new().await;
    site.answers(200, "", FILE);
    let record = json!({ "kind": "https", "location": site.url, "waits_for_approval": false });
    (house.source(owner, record).await, site)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_owner_may_not_approve_waits_and_an_owner_who_left_brings_nothing() {
    let house = House::new().await;
    let owner = house.person("Anna", "operations").await;
    house.person("Chief", "admin").await;
    let importer = house.db.world().id();
    house
        .run(&format!(
            "insert into roles (tenant_id, id, code, name) values ($1, '{importer}', 'importer', 'Importer')"
        ))
        .await;
    house
        .run(&format!(
            "insert into role_permissions (tenant_id, id, role_id, permission_code, record_scope)
             select $1, gen_random_uuid(), '{importer}', code, 'all' from (values ('customers.import'), ('import_batches.view')) as of (code)"
        ))
        .await;
    house.run(&format!("insert into user_roles (tenant_id, id, user_id, role_id) values ($1, gen_random_uuid(), '{owner}', '{importer}')")).await;
    let (source, _site) = shop(&house, owner).await;
    house.run("update data_sources set data_type = 'customers' where tenant_id = $1").await;
    house.fetch(source).await;
    assert_eq!(
        (house.customers().await.as_str(), house.told().await.0.as_str()),
        ("", "waiting"),
        "{:?}",
        house.told().await
    );
    let told = "select string_agg(u.name, ',') from notifications n join users u on u.tenant_id = $1 and u.id = n.user_id
                where n.tenant_id = $1 and n.kind = 'import_validated'";
    assert_eq!(house.one(told).await, "Chief", "who may approve is told");

    house.run("update users set is_active = false where tenant_id = $1 and name = 'Anna'").await;
    house.run("update data_sources set seen = '{}' where tenant_id = $1").await;
    house.fetch(source).await;
    let (outcome, _, why) = house.told().await;
    assert!(outcome == "failed" && why.contains("disabled"), "{why}");
    let told = "select string_agg(u.name, ',') from notifications n join users u on u.tenant_id = $1 and u.id = n.user_id
                where n.tenant_id = $1 and n.kind = 'import_failed'";
    assert_eq!(house.one(told).await, "Chief", "the admins are, where the owner is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_company_settled_goes_before_what_the_source_says() {
    let house = House::new().await;
    let owner = house.person("Anna", "admin").await;
    let (source, site) = shop(&house, owner).await;
    for (settled, name) in [("sources_wait", "One"), ("second_person", "Two")] {
        site.answers(200, "", &format!("Code,Name\nC1,{name}\n"));
        house.run("delete from tenant_settings where tenant_id = $1 and setting_group = 'imports'").await;
        house
            .run(&format!(
                "insert into tenant_settings (tenant_id, id, setting_group, document) values ($1, gen_random_uuid(), 'imports', '{{\"{settled}\": true}}')"
            ))
            .await;
        house.fetch(source).await;
        assert_eq!(
            (house.customers().await.as_str(), house.told().await.0.as_str()),
            ("", "waiting"),
            "{settled}"
        );
    }
    house.run("delete from tenant_settings where tenant_id = $1 and setting_group = 'imports'").await;
    site.answers(200, "", "Code,Name\nC1,Three\n");
    house.fetch(source).await;
    assert_eq!(house.customers().await, "C1 Three");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cadence_has_a_schedule_that_follows_the_source() {
    let house = House::new().await;
    let owner = house.person("Anna", "admin").await;
    let (source, _site) = shop(&house, owner).await;
    let schedule = "select string_agg(concat_ws(' ', cron, time_zone, enabled, archived_at is not null), ',') from job_schedules
                    where tenant_id = $1 and type = 'sources.fetch'";
    assert_eq!(house.one(schedule).await, "");
    house
        .run("update data_sources set cron = '0 6 * * 1', time_zone = 'Asia/Bangkok' where tenant_id = $1")
        .await;
    assert_eq!(house.one(schedule).await, "0 6 * * 1 Asia/Bangkok t f");
    let id = "select id from job_schedules where tenant_id = $1 and type = 'sources.fetch'";
    let id: Uuid = house.one(id).await.parse().unwrap();
    let run = operations().find(|one| one.permission() == "job_schedules.run_now").unwrap();
    execute(&house.services, &house.one, run, Some(id), Document::new()).await.unwrap();
    house.quiet().await;
    assert_eq!(house.customers().await, "C1 One", "its slot fetches the source");

    house.run("update data_sources set active = false where tenant_id = $1").await;
    assert_eq!(house.one(schedule).await, "0 6 * * 1 Asia/Bangkok f f");
    house.run("update data_sources set active = true, cron = '5 5 * * *' where tenant_id = $1").await;
    assert_eq!(house.one(schedule).await, "5 5 * * * Asia/Bangkok t f");
    house.run("update data_sources set cron = null where tenant_id = $1").await;
    assert_eq!(house.one(schedule).await, "5 5 * * * Asia/Bangkok f f");
    house.run("update data_sources set archived_at = now() where tenant_id = $1").await;
    assert_eq!(house.one(schedule).await, "5 5 * * * Asia/Bangkok f t");
    house.fetch(source).await;
    assert_eq!(house.sets().await, "1", "a source in the archive brings nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_reminded_of_what_they_upload_and_there_is_nothing_to_fetch() {
    let house = House::new().await;
    let owner = house.person("Anna", "admin").await;
    let source = house.source(owner, json!({ "kind": "upload", "cron": "0 6 * * 1" })).await;
    let fetch = operations().find(|one| one.permission() == "data_sources.fetch").unwrap();
    let refused =
        execute(&house.services, &house.one, fetch, Some(source), Document::new()).await.unwrap_err();
    assert_eq!(refused.code().code, "source_is_uploaded");
    let id = house.one("select schedule_id from data_sources where tenant_id = $1").await;
    let run = operations().find(|one| one.permission() == "job_schedules.run_now").unwrap();
    execute(&house.services, &house.one, run, id.parse().ok(), Document::new()).await.unwrap();
    house.quiet().await;
    let told = "select kind || ' ' || title from notifications where tenant_id = $1";
    assert_eq!(house.one(told).await, "source_due File is due: Shop");
    let link = "select link from notifications where tenant_id = $1";
    assert_eq!(house.one(link).await, format!("/admin/imports?source={source}"));
    let since = "select due || ' ' || due_since from data_sources where tenant_id = $1";
    let first = house.one(since).await;
    assert!(first.starts_with("due "), "{first}");

    // It comes round again, and no file has come.
    execute(&house.services, &house.one, run, id.parse().ok(), Document::new()).await.unwrap();
    house.quiet().await;
    assert_eq!(house.one(since).await, first.replace("due ", "overdue "));
    assert_eq!(
        house.one(told).await,
        "source_due File is overdue: Shop",
        "it takes the place of the unread one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_what_is_wrong_with_it() {
    let house = House::new().await;
    let owner = house.person("Anna", "admin").await;
    for (record, field, mend) in [
        (json!({ "kind": "https", "location": "example.com/x" }), "location", "web address"),
        (json!({ "kind": "inbox", "location": "../secrets" }), "location", "inbox"),
        (json!({ "kind": "inbox" }), "location", "inbox"),
        (json!({ "kind": "upload", "location": "here" }), "location", "Leave it empty"),
        (json!({ "kind": "upload", "data_type": "customer" }), "data_type", "No file holds"),
        (json!({ "kind": "upload", "cron": "often" }), "cron", "no schedule"),
    ] {
        let refused = house.try_source(owner, record.clone()).await.unwrap_err();
        let error = &refused.field_errors()[0];
        assert!(error.field == field && error.message.contains(mend), "{record}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_a_source_act_for_somebody_who_may_do_more() {
    let house = House::new().await;
    let (chief, clerk) = (house.person("Chief", "admin").await, house.person("Clerk", "sales_rep").await);
    let mut grants = Grants::default();
    for permission in ["data_sources.create", "data_sources.update", "data_sources.view", "users.view"] {
        grants.add(permission.to_owned(), RecordScope::All);
    }
    let caller = Caller {
        scope: Scope::Staff,
        actor: Actor::User(clerk),
        grants: Arc::new(grants),
        ..house.one.clone()
    };
    let entity = registry::entity("data_sources").unwrap();
    let make = async |name: &str, owner: Uuid| {
        let record: Value = json!({ "name": name, "owner_id": owner, "kind": "upload" });
        let mut tx = house.db.begin(&caller).await.unwrap();
        let made = engine::create(&mut tx, entity, record.as_object().cloned().unwrap()).await.unwrap();
        let held = rights::hold(&mut tx, entity, Change::Created, &[&made]).await;
        tx.rollback().await.unwrap();
        held
    };
    make("Own", clerk).await.unwrap();
    assert_eq!(make("Theirs", chief).await.unwrap_err().code().code, "beyond_own_rights");
    let imports = rights::import(&caller, "data_sources").unwrap_err();
    assert_eq!(imports.code().code, "beyond_own_rights");
}
