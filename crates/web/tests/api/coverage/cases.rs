//! A request for every route: one that an admin may make, with records of its own.

use model::{Document, entity::Entity, registry};
use serde_json::{Value, json};
use store::files::Place;
use uuid::Uuid;
use web::routes::{Action, Import, Platform, Route};

use super::{Case, FORM, Walk};
use crate::{
    fixtures::Fixtures,
    harness::{Api, location},
};

impl Walk<'_> {
    /// A request to this route that an admin of the tenant may make, with records of its own.
    pub(super) async fn case(&mut self, route: &Route, tenant: Uuid) -> Case {
        let (mut body, mut allowed, mut id) = (None, 200, None);
        match route.action {
            // Off unless a setting says otherwise.
            Action::Metrics => allowed = 404,
            Action::Alive
            | Action::Ready
            | Action::Description
            | Action::Me
            | Action::AllSettings
            | Action::Settings(_)
            | Action::EventTypes
            | Action::List(_) => {}
            Action::Search => {
                return Case { path: format!("{}?q=harbor", route.path), body, allowed };
            }
            Action::Likely(_) => {
                return Case { path: format!("{}?name=Harborview", route.path), body, allowed };
            }
            Action::Hook | Action::Auth(_) | Action::Page(_) => unreachable!("it has a walk of its own"),
            Action::Docs(_) => {
                let path = route.path.replace("{entity}", "customers");
                return Case { path, body, allowed };
            }
            Action::Create(entity) => {
                body = Some(self.fixtures.body(tenant, entity).await);
                allowed = 201;
            }
            Action::Get(entity)
            | Action::History(entity)
            | Action::Archive(entity)
            | Action::Children(entity, ..) => {
                id = Some(self.fixtures.record(tenant, entity).await);
            }
            Action::Activity => {
                id = Some(self.fixtures.record(tenant, registry::entity("users").unwrap()).await)
            }
            Action::Why => {
                let user = self.fixtures.record(tenant, registry::entity("users").unwrap()).await;
                let path = route.path.replace("{id}", &user.to_string());
                return Case { path: format!("{path}?entity=users&record={user}"), body, allowed };
            }
            Action::Import(import) => return self.import(route, import, tenant).await,
            Action::Platform(platform) => return self.platform(route, platform).await,
            Action::Export(_) => {}
            Action::ExportFile => {
                // One without a file: its own test makes one.
                let exports = registry::entity("export_jobs").unwrap();
                let of = json!({ "entity": "skus" });
                id = Some(self.fixtures.record_with(tenant, exports, of.as_object().cloned().unwrap()).await);
                allowed = 409;
            }
            Action::AuditFile => {
                let (files, world) = (&self.api.services.files, self.api.db.world());
                let place = Place { tenant, kind: "audit", id: world.id(), at: world.now() };
                let stored = files.put(place, "lines".as_bytes(), 100).await.unwrap();
                let of = json!({ "storage_key": stored.key }).as_object().cloned().unwrap_or_default();
                let archives = registry::entity("audit_archives").unwrap();
                id = Some(self.fixtures.record_with(tenant, archives, of).await);
            }
            Action::Bulk(entity) => {
                let record = self.fixtures.body(tenant, entity).await;
                body = Some(json!({ "action": "create", "records": [record] }));
            }
            Action::UpdateSettings(_) => body = Some(json!({})),
            Action::Update(entity) => {
                id = Some(self.fixtures.record(tenant, entity).await);
                body = Some(json!({}));
            }
            Action::Restore(entity) => {
                let archived = json!({ "archived_at": "2026-01-31T09:30:00Z" });
                let archived = archived.as_object().cloned().unwrap_or_default();
                id = Some(self.fixtures.record_with(tenant, entity, archived).await);
            }
            Action::Operate(entity, operation) => {
                if operation.is_on_record() {
                    let stated = standing(&operation.permission());
                    let record = self.fixtures.record_with(tenant, entity, stated).await;
                    beforehand(&mut self.fixtures, tenant, entity, operation.name, record).await;
                    id = Some(record);
                }
                body = Some(input(self.api, &mut self.fixtures, tenant, &operation.permission()).await);
            }
        }
        let path = id.map_or(route.path.clone(), |id| route.path.replace("{id}", &id.to_string()));
        Case { path, body, allowed }
    }

    /// A request about a tenant that stands where the step may be taken.
    async fn platform(&mut self, route: &Route, platform: Platform) -> Case {
        self.made += 1;
        let slug = format!("another-{}", self.made);
        let tenant = self.api.tenant(&slug).await.id;
        let (body, allowed) = match platform {
            Platform::List | Platform::Get => (None, 200),
            Platform::Create => (Some(json!({ "slug": format!("new-{slug}"), "name": "New" })), 201),
            Platform::Change(_) => (Some(json!({ "reason": "Unpaid" })), 200),
            Platform::Delete => {
                let close = format!("/api/v1/platform/tenants/{tenant}/close");
                self.api.post(&close).token(&self.operator).json(&json!({})).go().await.expect(200);
                (Some(json!({ "slug": slug })), 202)
            }
        };
        Case { path: route.path.replace("{id}", &tenant.to_string()), body, allowed }
    }

    /// A request about a file of suppliers, which stands where the step may be taken.
    async fn import(&mut self, route: &Route, import: Import, tenant: Uuid) -> Case {
        let form = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"suppliers.csv\"\r\n\r\n\
            Supplier code,Supplier name\r\nS1,Exotic Liquids\r\n\r\n--edge--\r\n";
        if matches!(import, Import::Sample) {
            let path = format!("{}?data_type=suppliers", route.path);
            return Case { path, body: None, allowed: 200 };
        }
        if matches!(import, Import::Receive) {
            return Case { path: route.path.clone(), body: Some(json!(form)), allowed: 201 };
        }
        assert_eq!(tenant, self.own.id);
        let post = |path: &str| self.api.post(path).token(&self.own.token);
        let made = post("/api/v1/imports").header("content-type", FORM).body(form).go().await.expect(201);
        let place = location(&made);
        let steps: &[&str] = match import {
            Import::Commit | Import::Fix => &["validate"],
            Import::Undo => &["validate", "commit"],
            _ => &[],
        };
        for step in steps {
            post(&format!("{place}/{step}")).go().await.expect(200);
        }
        let id = place.rsplit('/').next().unwrap();
        let fix = json!({ "row": 2, "column": "Supplier name", "value": "Exotic" });
        let body = matches!(import, Import::Fix).then_some(fix);
        Case { path: route.path.replace("{id}", id), body, allowed: 200 }
    }
}

/// An input with which the operation may be done.
pub async fn input(api: &Api, fixtures: &mut Fixtures<'_>, tenant: Uuid, operation: &str) -> Value {
    match operation {
        "credentials.archive"
        | "users.deactivate"
        | "users.activate"
        | "integration_tokens.rotate"
        | "integration_tokens.revoke"
        | "companies.convert"
        | "users.invite"
        | "users.send_reset"
        | "portal_users.invite"
        | "portal_users.send_reset"
        | "notifications.read"
        | "jobs.cancel"
        | "jobs.retry"
        | "failed_webhooks.replay"
        | "job_schedules.run_now"
        | "webhook_subscriptions.rotate"
        | "webhook_subscriptions.enable"
        | "webhook_subscriptions.disable"
        | "webhook_subscriptions.test"
        | "bulk_changes.cancel"
        | "webhook_deliveries.resend" => json!({}),
        "failed_webhooks.edit" => json!({ "manual_review": true }),
        "webhook_sources.rotate" => json!({ "secret": "0123456789abcdef" }),
        "webhook_subscriptions.replay" => json!({ "since": "2026-01-31T09:30:00Z" }),
        "notifications.read_all" => {
            let user = fixtures.record(tenant, registry::entity("users").unwrap()).await;
            json!({ "user_id": user })
        }
        "data_sources.fetch" | "import_templates.archive" | "import_templates.restore" => json!({}),
        "import_templates.rename" => {
            json!({ "name": format!("Shop {}", api.db.world().id().simple()) })
        }
        "import_templates.save" => json!({
            "name": "Customers of the shop",
            "config": { "headers": ["No"], "parts": [{ "data_type": "customers", "columns": { "No": "customers.code" } }] },
        }),
        "export_jobs.request" => json!({ "entity": "skus" }),
        "bulk_changes.request" => json!({ "entity": "skus", "action": "archive" }),
        "bulk_changes.undo" => {
            // Something that was changed, so that there is something to take back.
            let text = "with done as (update bulk_changes set entity = 'customers', action = 'restore', status = 'completed'
                          where tenant_id = $1 and status = 'queued' returning id)
                        insert into bulk_change_rows (tenant_id, id, bulk_change_id, record_id)
                        select $1, app.uuid7(), id, app.uuid7() from done";
            api.write(tenant, text, vec![tenant.into()]).await;
            json!({})
        }
        other if other.ends_with(".undo_merge") => json!({}),
        other if other.ends_with(".merge") => {
            let entity = registry::entity(other.trim_end_matches(".merge")).unwrap();
            json!({ "loser_id": fixtures.record(tenant, entity).await })
        }
        "inventory.adjust" => {
            let sku = fixtures.record(tenant, registry::entity("skus").unwrap()).await;
            json!({ "sku_id": sku, "quantity": "1", "reason": "Stocktake" })
        }
        "credentials.create" => {
            let name = format!("Relay {}", api.db.world().id().simple());
            json!({ "kind": "smtp", "name": name, "secret": "tidal lantern" })
        }
        "credentials.rotate" => json!({ "secret": "tidal lantern" }),
        "roles.copy" => {
            json!({ "code": format!("copy-{}", api.db.world().id().simple()), "name": "Copy" })
        }
        "integration_tokens.create" => {
            let role = fixtures.record(tenant, registry::entity("roles").unwrap()).await;
            json!({ "name": format!("Web shop {role}"), "role_id": role })
        }
        other => panic!("the operation {other} has no case here"),
    }
}

/// What must have happened to a record on which the operation is possible.
pub async fn beforehand(
    fixtures: &mut Fixtures<'_>,
    tenant: Uuid,
    entity: &'static Entity,
    operation: &str,
    record: Uuid,
) {
    if operation == "undo_merge" {
        let other = fixtures.record(tenant, entity).await;
        let merge = json!({ "entity": entity.name, "winner_id": record, "loser_id": other });
        let merges = registry::entity("merges").unwrap();
        fixtures.record_with(tenant, merges, merge.as_object().cloned().unwrap_or_default()).await;
    }
}

/// How a record stands on which the operation is possible.
pub fn standing(operation: &str) -> Document {
    let standing = match operation {
        "jobs.cancel" => json!({ "status": "pending" }),
        "data_sources.fetch" => json!({ "kind": "https" }),
        "jobs.retry" => json!({ "status": "failed" }),
        "job_schedules.run_now" => json!({ "type": "jobs.prune", "payload": {} }),
        _ => json!({}),
    };
    standing.as_object().cloned().unwrap_or_default()
}
