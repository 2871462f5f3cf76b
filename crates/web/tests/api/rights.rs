//! Roles, who has them, tokens and staff: what may be given, taken and done, each refusal with its allowed twin.

use model::caller::Caller;
use serde_json::{Value, json};
use store::sql;
use uuid::Uuid;

use crate::harness::{Answer, Api, Tenant};

/// A tenant whose admin asks.
struct House {
    api: Api,
    tenant: Tenant,
}

impl House {
    async fn new() -> Self {
        let (api, tenant) = Api::with_tenant().await;
        Self { api, tenant }
    }

    async fn post_as(&self, token: &str, path: &str, body: Value) -> Answer {
        self.api.post(&format!("/api/v1/{path}")).token(token).json(&body).go().await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_as(&self.tenant.token, path, body).await
    }

    async fn made(&self, path: &str, body: Value) -> String {
        self.post(path, body).await.expect(201).json()["id"].as_str().unwrap().to_owned()
    }

    async fn role(&self, code: &str) -> String {
        let path = format!("/api/v1/roles?filter[code]={code}");
        let list = self.api.get(&path).token(&self.tenant.token).go().await.expect(200).json();
        list["data"][0]["id"].as_str().unwrap().to_owned()
    }

    /// A role of the tenant's own with these permissions on all records.
    async fn own_role(&self, code: &str, permissions: &[&str]) -> String {
        let role = self.made("roles", json!({ "code": code, "name": code })).await;
        for permission in permissions {
            self.made("role_permissions", json!({ "role_id": role, "permission_code": permission })).await;
        }
        role
    }

    async fn token(&self, role: &str, scopes: Value) -> Answer {
        let name = format!("token {}", self.api.db.world().id());
        self.post("integration_tokens/create", json!({ "name": name, "role_id": role, "scopes": scopes }))
            .await
    }

    async fn person(&self, mail: &str, role: Option<&str>) -> String {
        let body = json!({ "email": format!("{mail}@example.com"), "name": mail });
        let person = self.made("users", body).await;
        if let Some(role) = role {
            self.made("user_roles", json!({ "user_id": person, "role_id": role })).await;
        }
        person
    }

    async fn get(&self, path: &str) -> Value {
        self.api.get(&format!("/api/v1/{path}")).token(&self.tenant.token).go().await.expect(200).json()
    }
}

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_built_in_role_stays_as_it_is_and_a_copy_is_changed_freely() {
    let house = House::new().await;
    let (token, rep) = (house.tenant.token.as_str(), house.role("sales_rep").await);
    let place = format!("/api/v1/roles/{rep}");
    let renamed = house.api.patch(&place).token(token).json(&json!({ "name": "Seller" })).go().await;
    assert_eq!(renamed.refused(409), "built_in_role");
    assert_eq!(house.api.delete(&place).token(token).go().await.refused(409), "built_in_role");
    let grant = |role: &str| json!({ "role_id": role, "permission_code": "imports.commit" });
    assert_eq!(house.post("role_permissions", grant(&rep)).await.refused(409), "built_in_role");
    let held = house.get(&format!("roles/{rep}/permissions?limit=1")).await["data"][0]["id"].clone();
    let held = format!("/api/v1/role_permissions/{}", held.as_str().unwrap());
    assert_eq!(house.api.delete(&held).token(token).go().await.refused(409), "built_in_role");
    let bulk = json!({ "action": "archive", "atomic": false, "records": [{ "id": rep }] });
    assert_eq!(house.post("roles/bulk", bulk).await.refused(409), "built_in_role");
    assert_eq!(house.get(&format!("roles/{rep}")).await["name"], "Sales rep");

    let before =
        house.get(&format!("roles/{rep}/permissions?count=exact&limit=1")).await["page"]["count"].clone();
    let copy =
        house.post(&format!("roles/{rep}/copy"), json!({ "code": "senior_rep", "name": "Senior rep" })).await;
    let copy = copy.expect(200).json();
    assert_eq!(copy["permissions"], before);
    let copy = text(&copy, "role_id");
    house.made("role_permissions", grant(&copy)).await;
    let held = house.get(&format!("roles/{copy}/permissions?limit=1")).await["data"][0]["id"].clone();
    let held = format!("/api/v1/role_permissions/{}", held.as_str().unwrap());
    house.api.delete(&held).token(token).go().await.expect(200);
    let place = format!("/api/v1/roles/{copy}");
    house.api.patch(&place).token(token).json(&json!({ "name": "Seller" })).go().await.expect(200);
    house.api.delete(&place).token(token).go().await.expect(200);
}

#[tokio::test]
async fn an_unknown_permission_is_refused_with_the_nearest() {
    let house = House::new().await;
    let role = house.own_role("clerk", &["customers.view"]).await;
    let body = json!({ "role_id": role, "permission_code": "custmers.view" });
    let refused = house.post("role_permissions", body).await;
    assert_eq!(refused.refused(422), "invalid");
    let error = refused.json()["errors"][0].clone();
    assert_eq!(
        (&error["field"], &error["suggestion"]),
        (&json!("permission_code"), &json!("customers.view"))
    );
}

#[tokio::test]
async fn nobody_gives_more_than_they_hold() {
    let house = House::new().await;
    let rights = [
        "roles.view", "roles.copy", "roles.create", "role_permissions.view", "role_permissions.create",
        "role_permissions.update", "user_roles.view", "user_roles.create", "user_roles.delete", "users.view",
        "users.update", "users.delete", "users.deactivate", "integration_tokens.view",
        "integration_tokens.create", "integration_tokens.rotate", "customers.view",
    ];
    let clerk = house.own_role("clerk", &rights).await;
    let token = text(&house.token(&clerk, json!([])).await.expect(200).json(), "token");
    let (admin, other) = (house.role("admin").await, house.own_role("other", &["customers.view"]).await);
    let (boss, ann) = (house.person("boss", Some(&admin)).await, house.person("ann", None).await);
    let as_clerk = async |path: &str, body: Value| house.post_as(&token, path, body).await;
    let beyond = |answer: Answer| assert_eq!(answer.refused(403), "beyond_own_rights");

    let grant = |permission: &str| json!({ "role_id": other, "permission_code": permission });
    beyond(as_clerk("role_permissions", grant("customers.delete")).await);
    as_clerk("role_permissions", grant("users.view")).await.expect(201);
    beyond(as_clerk("user_roles", json!({ "user_id": ann, "role_id": admin })).await);
    as_clerk("user_roles", json!({ "user_id": ann, "role_id": other })).await.expect(201);
    beyond(as_clerk(&format!("roles/{admin}/copy"), json!({ "code": "mine", "name": "Mine" })).await);
    as_clerk(&format!("roles/{other}/copy"), json!({ "code": "mine", "name": "Mine" })).await.expect(200);
    beyond(as_clerk("integration_tokens/create", json!({ "name": "a", "role_id": admin })).await);
    as_clerk("integration_tokens/create", json!({ "name": "a", "role_id": other })).await.expect(200);
    // The narrowed token of a greater role is within.
    let narrow = json!({ "name": "b", "role_id": admin, "scopes": ["customers.view"] });
    as_clerk("integration_tokens/create", narrow).await.expect(200);
    let greater = house.token(&admin, json!([])).await.expect(200).json();
    beyond(as_clerk(&format!("integration_tokens/{}/rotate", text(&greater, "id")), json!({})).await);

    // Whose account could be taken over by another address may do no more than the one who changes it.
    let turn = async |person: &str| {
        let place = format!("/api/v1/users/{person}");
        house.api.patch(&place).token(&token).json(&json!({ "email": "mine@example.com" })).go().await
    };
    beyond(turn(&boss).await);
    turn(&ann).await.expect(200);
    beyond(as_clerk(&format!("users/{boss}/deactivate"), json!({})).await);
    as_clerk(&format!("users/{ann}/deactivate"), json!({})).await.expect(200);
    let held = house.get(&format!("users/{boss}/roles")).await["data"][0]["id"].clone();
    let place = format!("/api/v1/user_roles/{}", held.as_str().unwrap());
    beyond(house.api.delete(&place).token(&token).go().await);
}

#[tokio::test]
async fn a_narrower_reach_is_no_wider_gift() {
    let house = House::new().await;
    let role = house.made("roles", json!({ "code": "lead", "name": "Lead" })).await;
    for (permission, scope) in [
        ("customers.view", "team"),
        ("role_permissions.create", "all"),
        ("role_permissions.view", "all"),
        ("roles.view", "all"),
    ] {
        let body = json!({ "role_id": role, "permission_code": permission, "record_scope": scope });
        house.made("role_permissions", body).await;
    }
    let token = text(&house.token(&role, json!([])).await.expect(200).json(), "token");
    let other = house.own_role("other", &[]).await;
    let grant = async |scope: &str| {
        let body = json!({ "role_id": other, "permission_code": "customers.view", "record_scope": scope });
        house.post_as(&token, "role_permissions", body).await
    };
    assert_eq!(grant("all").await.refused(403), "beyond_own_rights");
    grant("team").await.expect(201);
}

#[tokio::test]
async fn the_last_admin_stays_in_office() {
    let house = House::new().await;
    let (token, admin) = (house.tenant.token.as_str(), house.role("admin").await);
    let first = house.person("first", Some(&admin)).await;
    let role = house.get(&format!("users/{first}/roles")).await["data"][0]["id"].as_str().unwrap().to_owned();
    let (person, role) = (format!("/api/v1/users/{first}"), format!("/api/v1/user_roles/{role}"));
    let off = async || house.post(&format!("users/{first}/deactivate"), json!({ "reason": "Left" })).await;
    assert_eq!(off().await.refused(409), "last_admin");
    assert_eq!(house.api.delete(&person).token(token).go().await.refused(409), "last_admin");
    assert_eq!(house.api.delete(&role).token(token).go().await.refused(409), "last_admin");

    let second = house.person("second", Some(&admin)).await;
    off().await.expect(200);
    // A deactivated admin is none.
    let off = house.post(&format!("users/{second}/deactivate"), json!({})).await;
    assert_eq!(off.refused(409), "last_admin");
    house.post(&format!("users/{first}/activate"), json!({})).await.expect(200);
    house.api.delete(&format!("/api/v1/users/{second}")).token(token).go().await.expect(200);
    house.api.post(&format!("/api/v1/users/{second}/restore")).token(token).go().await.expect(200);
    house.api.delete(&role).token(token).go().await.expect(200);
}

#[tokio::test]
async fn of_two_admins_who_go_at_once_one_stays() {
    let house = House::new().await;
    let admin = house.role("admin").await;
    let (one, two) = (house.person("one", Some(&admin)).await, house.person("two", Some(&admin)).await);
    let off = async |person: &str| {
        house.post(&format!("users/{person}/deactivate"), json!({})).await.status.as_u16()
    };
    let (a, b) = tokio::join!(off(&one), off(&two));
    assert_eq!((a.min(b), a.max(b)), (200, 409));
}

#[tokio::test]
async fn roles_of_the_portal_and_of_the_staff_are_not_mixed() {
    let house = House::new().await;
    let (portal, rep) = (house.role("portal_user").await, house.role("sales_rep").await);
    let ann = house.person("ann", None).await;
    let customer = house.made("customers", json!({ "code": "C1", "name": "Harborview" })).await;
    let buyer = json!({ "email": "buyer@example.com", "name": "Buyer", "customer_id": customer });
    let buyer = house.made("portal_users", buyer).await;
    let staff = async |role: &str| house.post("user_roles", json!({ "user_id": ann, "role_id": role })).await;
    let guest = async |role: &str| {
        house.post("portal_user_roles", json!({ "portal_user_id": buyer, "role_id": role })).await
    };
    assert_eq!(staff(&portal).await.refused(422), "invalid");
    assert_eq!(guest(&rep).await.refused(422), "invalid");
    staff(&rep).await.expect(201);
    guest(&portal).await.expect(201);

    let copy = house.post(&format!("roles/{portal}/copy"), json!({ "code": "buyer", "name": "Buyer" })).await;
    let copy = text(&copy.expect(200).json(), "role_id");
    guest(&copy).await.expect(201);
    let grant = async |permission: &str| {
        house.post("role_permissions", json!({ "role_id": copy, "permission_code": permission })).await
    };
    assert_eq!(grant("users.view").await.refused(422), "invalid");
    grant("contacts.create").await.expect(201);
    assert_eq!(house.token(&copy, json!([])).await.refused(422), "invalid");
}

#[tokio::test]
async fn scopes_narrow_a_token_before_anything_is_asked() {
    let house = House::new().await;
    let admin = house.role("admin").await;
    let made = house.token(&admin, json!(["customers.view", "contacts.*"])).await.expect(200).json();
    let token = text(&made, "token");
    let status = async |path: &str| house.api.get(path).token(&token).go().await.status.as_u16();
    for _ in 0..2 {
        assert_eq!(status("/api/v1/customers").await, 200);
        assert_eq!(status("/api/v1/contacts").await, 200);
        assert_eq!(status("/api/v1/users").await, 403);
    }
    let customer = json!({ "code": "C1", "name": "Harborview" });
    assert_eq!(house.post_as(&token, "customers", customer.clone()).await.refused(403), "forbidden");
    house.post("customers", customer).await.expect(201);
    let me = house.api.get("/api/v1/me").token(&token).go().await.json()["permissions"].clone();
    assert!(
        me.as_object().unwrap().keys().all(|name| name == "customers.view" || name.starts_with("contacts."))
    );

    for (scope, nearest) in [("custmers.view", json!("customers.view")), ("customers.fly", Value::Null)] {
        let refused = house.token(&admin, json!([scope])).await;
        assert_eq!(refused.refused(422), "invalid", "{scope}");
        if nearest != Value::Null {
            assert_eq!(refused.json()["errors"][0]["suggestion"], nearest);
        }
    }
    let rep = house.role("sales_rep").await;
    assert_eq!(house.token(&rep, json!(["imports.commit"])).await.refused(422), "invalid");
    let past = json!({ "name": "past", "role_id": rep, "expires_at": "2020-01-01T00:00:00Z" });
    assert_eq!(house.post("integration_tokens/create", past).await.refused(422), "invalid");
    let taken = json!({ "name": "x", "role_id": rep });
    house.post("integration_tokens/create", taken.clone()).await.expect(200);
    assert_eq!(house.post("integration_tokens/create", taken).await.refused(422), "invalid");
}

#[tokio::test]
async fn a_rotated_token_is_known_by_both_texts_for_a_while_and_a_revoked_one_by_none() {
    let house = House::new().await;
    let rep = house.role("sales_rep").await;
    let made = house.token(&rep, json!([])).await.expect(200).json();
    let (id, first) = (text(&made, "id"), text(&made, "token"));
    let known =
        async |token: &str| house.api.get("/api/v1/me").token(token).go().await.status.as_u16() == 200;
    let rotate = async |hours: u8| {
        house.post(&format!("integration_tokens/{id}/rotate"), json!({ "overlap_hours": hours })).await
    };
    let second = text(&rotate(24).await.expect(200).json(), "token");
    assert!(known(&first).await && known(&second).await);
    let third = text(&rotate(0).await.expect(200).json(), "token");
    assert!(!known(&first).await && !known(&second).await && known(&third).await);
    let fourth = text(&rotate(1).await.expect(200).json(), "token");
    assert!(known(&third).await && known(&fourth).await);
    let revoke =
        async || house.post(&format!("integration_tokens/{id}/revoke"), json!({})).await.expect(200).json();
    let ended = revoke().await;
    assert!(!known(&third).await && !known(&fourth).await);
    assert_eq!(revoke().await, ended);
    assert_eq!(rotate(1).await.refused(409), "token_ended");

    let told = house.get("audit_logs?filter[entity]=integration_tokens&limit=200").await.to_string();
    for secret in [&first, &second, &third, &fourth] {
        assert!(!told.contains(secret.rsplit('_').next().unwrap()));
    }
    assert!(!told.contains("_hash"));
}

#[tokio::test]
async fn a_deactivated_user_is_signed_out_and_keeps_roles_and_records() {
    let house = House::new().await;
    let rep = house.role("sales_rep").await;
    let ann = house.person("ann", Some(&rep)).await;
    let mut tx = house.api.db.begin(&Caller::system(house.tenant.id, Uuid::nil())).await.unwrap();
    tx.execute(
        sql!(
            "insert into sessions (tenant_id, id, user_id, token_hash, refresh_family, agent, ip, expires_at)
             values ($1, app.uuid7(), $2, '\\x01', app.uuid7(), 'Firefox', '203.0.113.7', now() + interval '1 day')"
        ),
        &[&house.tenant.id, &Uuid::try_parse(&ann).unwrap()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let sessions = async || house.get(&format!("users/{ann}/activity")).await["sessions"].clone();
    assert_eq!(
        (&sessions().await[0]["ip"], &sessions().await[0]["active"]),
        (&json!("203.0.113.7"), &json!(true))
    );
    let patch = house.api.patch(&format!("/api/v1/users/{ann}")).token(&house.tenant.token);
    assert_eq!(patch.json(&json!({ "is_active": false })).go().await.refused(422), "invalid");
    let off =
        house.post(&format!("users/{ann}/deactivate"), json!({ "reason": "Left" })).await.expect(200).json();
    assert_eq!(off["sessions_ended"], 1);
    assert_eq!(sessions().await[0]["active"], false);
    assert_eq!(house.get(&format!("users/{ann}")).await["is_active"], false);
    assert_eq!(house.get(&format!("users/{ann}/roles")).await["data"].as_array().unwrap().len(), 1);
    let path = format!("audit_logs?filter[entity_id]={ann}&filter[action]=deactivate");
    assert_eq!(house.get(&path).await["data"][0]["new_values"]["reason"], "Left");
    house.post(&format!("users/{ann}/activate"), json!({})).await.expect(200);
    assert_eq!(house.get(&format!("users/{ann}")).await["is_active"], true);
}

#[tokio::test]
async fn refusals_and_exports_are_in_the_trail_and_a_loop_does_not_fill_it() {
    let house = House::new().await;
    let rep = house.api.token(house.tenant.id, "sales_rep").await;
    for _ in 0..5 {
        let asked = house.api.get("/api/v1/audit_logs").token(&rep).from("203.0.113.7").go().await;
        assert_eq!(asked.refused(403), "forbidden");
    }
    let ann = house.person("ann", None).await;
    let off = house.post_as(&rep, &format!("users/{ann}/deactivate"), json!({})).await;
    assert_eq!(off.refused(403), "forbidden");
    let told = house.get("audit_logs?filter[action]=refused&sort=-at").await["data"].clone();
    let lines: Vec<Value> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|line| json!([line["entity"], line["entity_id"], line["new_values"]["permission"], line["ip"]]))
        .collect();
    let expected = json!([
        ["users", ann, "users.deactivate", null],
        ["audit_logs", null, "audit_logs.view", "203.0.113.7"],
    ]);
    // The five may have stood on both sides of a full minute.
    assert_eq!(Value::from(lines[..2].to_vec()), expected);
    assert!(lines.len() <= 3, "{lines:?}");
    assert_eq!(told[0]["actor_kind"], "token");

    house.api.get("/api/v1/exports/suppliers.csv").token(&house.tenant.token).go().await.expect(200);
    let told = house.get("audit_logs?filter[entity]=suppliers&filter[action]=export").await["data"].clone();
    assert_eq!(told[0]["new_values"]["format"], "csv");
}
