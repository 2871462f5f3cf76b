//! Callers are remembered between requests, and what changes about their access counts with the very next one.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use crate::{
    harness::{Answer, Api, Tenant},
    persons::Person,
};

const CUSTOMERS: &str = "/api/v1/customers";

struct House {
    api: Api,
    tenant: Tenant,
}

impl House {
    async fn new() -> Self {
        let api = Api::without_workers().await;
        let tenant = api.tenant("harborview").await;
        Self { api, tenant }
    }

    async fn list(&self, token: &str) -> Answer {
        self.api.get(CUSTOMERS).token(token).from("203.0.113.9").go().await
    }

    /// A sales rep who has just been here.
    async fn known(&self) -> Person {
        let person = self.api.sign_in(self.tenant.id, "sales_rep").await;
        self.list(&person.token).await.expect(200);
        person
    }

    /// Writes of one thing, `$2`, in the tenant, `$1`.
    async fn write(&self, text: &'static str, what: Uuid) {
        self.api.write(self.tenant.id, text, vec![self.tenant.id.into(), what.into()]).await;
    }

    async fn count(&self, rows: &str) -> String {
        let sql = format!("select count(*)::text from {rows} and tenant_id = '{}'", self.tenant.id);
        self.api.test.texts(&sql).await.unwrap().remove(0)
    }
}

#[tokio::test]
async fn what_ends_somebodys_access_counts_at_once() {
    let house = House::new().await;
    let ends = [
        (401, "update sessions set revoked_at = now() where tenant_id = $1 and user_id = $2"),
        (401, "delete from sessions where tenant_id = $1 and user_id = $2"),
        (401, "update users set is_active = false where tenant_id = $1 and id = $2"),
        (401, "update users set archived_at = now() where tenant_id = $1 and id = $2"),
        (403, "delete from user_roles where tenant_id = $1 and user_id = $2"),
    ];
    for (status, end) in ends {
        let person = house.known().await;
        house.write(end, person.id).await;
        assert_eq!(house.list(&person.token).await.status, status, "{end}");
    }
    // These end it for everybody with the role, or of the company.
    let ends = [
        (
            403,
            "delete from role_permissions where tenant_id = $1 and permission_code = 'customers.view' and $2 <> $1",
        ),
        (
            403,
            "insert into tenant_settings (tenant_id, id, setting_group, document)
             values ($1, $2, 'security', '{\"ip_allow\": [\"198.51.100.0/24\"]}')",
        ),
        (
            403,
            "update roles set archived_at = now() where tenant_id = $1 and code = 'sales_rep' and $2 <> $1",
        ),
        (403, "update tenants set status = 'suspended' where id = $1 and $2 <> $1"),
    ];
    for (status, end) in ends {
        let house = House::new().await;
        let person = house.known().await;
        house.write(end, person.id).await;
        assert_eq!(house.list(&person.token).await.status, status, "{end}");
    }
}

#[tokio::test]
async fn what_ends_a_tokens_access_counts_at_once() {
    let house = House::new().await;
    let ends = [
        (401, "update integration_tokens set revoked_at = now() where tenant_id = $1 and id = $2"),
        (401, "update integration_tokens set expires_at = now() where tenant_id = $1 and id = $2"),
        (
            401,
            "update integration_tokens set token_hash = sha256('another') where tenant_id = $1 and id = $2",
        ),
        (401, "delete from integration_tokens where tenant_id = $1 and id = $2"),
        (403, "update integration_tokens set scopes = '{orders.view}' where tenant_id = $1 and id = $2"),
        (
            401,
            "update roles set archived_at = now() where tenant_id = $1 and code = 'sales_rep' and $2 <> $1",
        ),
    ];
    for (status, end) in ends {
        let token = house.api.token(house.tenant.id, "sales_rep").await;
        house.list(&token).await.expect(200);
        let newest = "select id::text from integration_tokens order by created_at desc, id desc limit 1";
        let id = house.api.test.texts(newest).await.unwrap().remove(0);
        house.write(end, id.parse().unwrap()).await;
        assert_eq!(house.list(&token).await.status, status, "{end}");
    }
}

#[tokio::test]
async fn a_token_that_ends_by_itself_is_remembered_no_longer_than_that() {
    let house = House::new().await;
    let token = house.api.token(house.tenant.id, "sales_rep").await;
    let text = "update integration_tokens set expires_at = now() + interval '3 seconds' where tenant_id = $1 and $2 <> $1";
    house.write(text, Uuid::nil()).await;
    house.list(&token).await.expect(200);
    house.api.ahead.fetch_add(4, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(house.list(&token).await.refused(401), "unauthenticated");
}

#[tokio::test]
async fn what_is_given_counts_at_once() {
    let house = House::new().await;
    let person = house.known().await;
    let (tokens, teams) = ("/api/v1/integration_tokens", "/api/v1/teams");
    let team = json!({ "code": "T", "name": "Team" });
    for _ in 0..2 {
        house.api.get(tokens).token(&person.token).go().await.expect(403);
        house.api.post(teams).token(&person.token).json(&team).go().await.expect(403);
    }
    let give = "insert into user_roles (tenant_id, id, user_id, role_id)
                select $1, gen_random_uuid(), $2, id from roles where tenant_id = $1 and code = 'admin'";
    house.write(give, person.id).await;
    house.api.get(tokens).token(&person.token).go().await.expect(200);
    house.api.post(teams).token(&person.token).json(&team).go().await.expect(201);
}

#[tokio::test]
async fn a_request_that_meets_a_change_is_served_once() {
    let house = House::new().await;
    let token = &house.tenant.token;
    house.list(token).await.expect(200);
    for number in 0..3 {
        // Somebody else's rights change, so this caller is looked up anew.
        house.api.sign_in(house.tenant.id, "sales_rep").await;
        let body = json!({ "code": format!("C{number}"), "name": "Harborview Cellars" });
        let made = house.api.post(CUSTOMERS).token(token).json(&body).go().await.expect(201).json();
        house.api.sign_in(house.tenant.id, "sales_rep").await;
        let change = json!({ "name": "Harborview" });
        let path = format!("{CUSTOMERS}/{}", made["id"].as_str().unwrap());
        let changed = house.api.patch(&path).token(token).json(&change).go().await.expect(200).json();
        assert_eq!(changed["version"], 2);
    }
    assert_eq!(house.count("customers where true").await, "3");
    assert_eq!(house.count("audit_logs where entity = 'customers'").await, "6");
    assert_eq!(house.count("webhook_events where type = 'customer.created'").await, "3");
}

/// The planted failure of the tests above: without the mark of a change, the memory answers.
#[tokio::test]
async fn without_its_trigger_a_change_counts_only_when_the_memory_ends() {
    let house = House::new().await;
    let person = house.known().await;
    house.api.test.plant("alter table users disable trigger users_stamp").await.unwrap();
    house.write("update users set is_active = false where tenant_id = $1 and id = $2", person.id).await;
    house.list(&person.token).await.expect(200);
    house.api.ahead.fetch_add(11, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(house.list(&person.token).await.refused(401), "unauthenticated");
}

#[tokio::test]
async fn every_table_that_says_who_may_act_marks_its_changes() {
    let house = House::new().await;
    let catalog = "select table_name from app.table_classes() where table_name <> 'access_stamps'";
    let tables = house.api.test.texts(catalog).await.unwrap();
    let asked = store::sql::registered().map(|sql| sql.text);
    let words = asked
        .filter(|text| text.contains("access_stamps") && !text.contains("portal_users"))
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_'));
    let read: BTreeSet<&str> = words.filter(|word| tables.iter().any(|table| table == word)).collect();
    let marked = "select table_name from app.table_classes() where 'stamps' = any(flags)";
    let marked = house.api.test.texts(marked).await.unwrap();
    assert_eq!(read, marked.iter().map(String::as_str).collect());
    assert!(read.len() > 5, "{read:?}");
}
