//! The addresses, one operation each.

use model::{entity::Entity, problem::Status};
use serde_json::{Map, Value, json};
use work::operation::Operation;

use super::{example, imports, parameters, people, platform, reference, schemas, settings, shared::REFUSALS};
use crate::routes::{Access, Action, Page, Route, Side, routes};

/// Every path with its methods.
pub fn all() -> Map<String, Value> {
    let mut paths = Map::new();
    for route in routes().iter().filter(|route| !route.is_page()) {
        let path = paths.entry(route.path.clone()).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = described(route);
    }
    paths
}

fn described(route: &Route) -> Value {
    let mut operation = match route.action {
        Action::Alive => plain("health", "The process is alive", text("text/plain", "`ok`.")),
        Action::Ready => plain(
            "readiness",
            "The database can be reached and its schema is current",
            text("text/plain", "`ready`."),
        ),
        Action::Metrics => plain(
            "metrics",
            "The program's figures for Prometheus, for whoever has the token of the setting TENANTRY_METRICS_TOKEN",
            text("text/plain", "The text format of Prometheus, version 0.0.4."),
        ),
        Action::Description => {
            plain("openapi", "This description", json_answer("The description.", json!({ "type": "object" })))
        }
        Action::Docs(page) => docs(page),
        Action::Me => plain("me", "Who is asking", json_answer("The caller.", reference("schemas", "Me"))),
        Action::Auth(auth) => super::auth::described(auth),
        Action::EventTypes => plain(
            "event_types",
            "Every kind of event that webhooks can be told",
            json_answer("The kinds of events.", reference("schemas", "EventTypes")),
        ),
        Action::AllSettings => settings::all(),
        Action::Settings(group) => settings::get(group),
        Action::UpdateSettings(group) => settings::update(group),
        Action::Activity => people::activity(),
        Action::Why => people::access(),
        Action::Search => parameters::everywhere(),
        Action::Likely(entity) => parameters::likely(entity),
        Action::Hook => hook(),
        Action::List(entity) => {
            list(entity, &format!("list_{}", entity.name), format!("List {}", plural(entity)), vec![])
        }
        Action::Children(entity, child, other) => {
            let summary = format!("List {} of a {}", plural(other), singular(entity));
            let id = vec![reference("parameters", "Id")];
            list(other, &format!("list_{}_of_{}", child.name, entity.singular), summary, id)
        }
        Action::Create(entity) => create(entity),
        Action::Bulk(entity) => bulk(entity),
        Action::Import(import) => imports::described(import),
        Action::Platform(of) => platform::described(of),
        Action::Export(entity) => {
            let summary = format!("All {} as CSV", plural(entity));
            plain(
                &format!("export_{}", entity.name),
                &summary,
                text("text/csv", "A header, then a row per record."),
            )
        }
        Action::ExportFile => {
            let mut operation = plain(
                "get_export_file",
                "The file of an export",
                text("text/csv", "The whole file, as it was written in the background."),
            );
            operation["parameters"] = json!([reference("parameters", "Id")]);
            operation
        }
        Action::AuditFile => {
            let mut operation = plain(
                "get_audit_archive_content",
                "The lines of an audit archive",
                text("application/gzip", "Gzipped JSON Lines, one for each line of the audit trail."),
            );
            operation["parameters"] = json!([reference("parameters", "Id")]);
            operation
        }
        Action::Get(entity) => get(entity),
        Action::History(entity) => history(entity),
        Action::Update(entity) => update(entity),
        Action::Archive(entity) => {
            written(entity, "archive", "Archive", vec![reference("parameters", "IfMatch")])
        }
        Action::Restore(entity) => {
            written(entity, "restore", "Restore", vec![reference("parameters", "IfMatch")])
        }
        Action::Operate(entity, operation) => operate(entity, operation),
        // Pages are for people; they are left out above.
        Action::Page(_) => json!({}),
    };
    finish(route, &mut operation);
    if route.side == Side::Portal {
        portal(route, &mut operation);
    }
    operation
}

/// What differs for people at customers.
fn portal(route: &Route, operation: &mut Value) {
    let of = match route.action {
        Action::Children(_, _, child) => Some(child),
        _ => route.entity(),
    };
    if let (Some(entity), Some(parameters)) = (of, operation["parameters"].as_array_mut()) {
        parameters::for_portal(entity, parameters);
    }
    operation["tags"] = json!(["portal"]);
    if let Some(id) = operation["operationId"].as_str() {
        operation["operationId"] = format!("portal_{id}").into();
    }
}

/// Adds what every address has: group, permission, the refusals it may answer with.
fn finish(route: &Route, operation: &mut Value) {
    let tag = match (route.entity(), route.action) {
        (Some(entity), _) => entity.name,
        (None, Action::Import(_)) => "imports",
        (None, Action::ExportFile) => "export_jobs",
        (None, Action::AuditFile) => "audit_archives",
        (None, Action::Auth(_)) => "auth",
        (None, Action::Activity | Action::Why) => "users",
        (None, Action::AllSettings | Action::Settings(_) | Action::UpdateSettings(_)) => "tenant_settings",
        (None, Action::Platform(_)) => "platform",
        (None, _) => "service",
    };
    operation["tags"] = json!([tag]);
    match route.access() {
        // Each kind of source has a way of its own to show that it has the secret.
        Access::Public | Access::Secret => operation["security"] = json!([]),
        Access::Signed | Access::Person => {}
        Access::Permission(permission) => operation["x-permission"] = permission.into(),
        Access::AnyOf(permissions) => operation["x-permission"] = json!(permissions),
    }
    if route.is_done_once() {
        if operation.get("parameters").is_none() {
            operation["parameters"] = json!([]);
        }
        if let Some(parameters) = operation["parameters"].as_array_mut() {
            parameters.push(reference("parameters", "IdempotencyKey"));
        }
        if let Some(responses) = operation["responses"].as_object_mut() {
            for (_, answer) in responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
                answer["headers"]["Idempotency-Replayed"] = reference("headers", "Replayed");
            }
        }
    }
    for (name, status, _) in REFUSALS.iter().filter(|(_, status, _)| may_refuse(route, *status)) {
        operation["responses"][status.http().to_string()] = reference("responses", name);
    }
}

/// Whether this sort of refusal can happen at the address.
fn may_refuse(route: &Route, status: Status) -> bool {
    let public = route.access() == Access::Public;
    let writes = route.method != "GET";
    let lists = matches!(route.action, Action::List(_) | Action::Children(..));
    match status {
        Status::BadRequest => {
            writes
                || lists
                || matches!(
                    route.action,
                    Action::Get(_)
                        | Action::History(_)
                        | Action::Activity
                        | Action::Import(_)
                        | Action::Search
                        | Action::Likely(_)
                        | Action::Platform(_)
                )
        }
        Status::Unauthenticated => !public || matches!(route.action, Action::Metrics),
        Status::Forbidden => {
            !public
                && route.access() != Access::Secret
                && !matches!(route.action, Action::Me | Action::EventTypes)
        }
        Status::NotFound => route.path.contains('{') || matches!(route.action, Action::Metrics),
        Status::Conflict => writes || matches!(route.action, Action::ExportFile),
        Status::PreconditionFailed => {
            matches!(
                route.action,
                Action::Update(_) | Action::Archive(_) | Action::Restore(_) | Action::UpdateSettings(_)
            )
        }
        Status::TooLarge | Status::UnsupportedMedia => writes,
        Status::Unprocessable => {
            writes || lists || matches!(route.action, Action::Why | Action::Search | Action::Likely(_))
        }
        Status::TooMany => !matches!(route.action, Action::Alive | Action::Ready | Action::Metrics),
        Status::Unavailable => !public || matches!(route.action, Action::Ready),
        _ => false,
    }
}

pub fn plain(id: &str, summary: &str, answer: Value) -> Value {
    json!({ "operationId": id, "summary": summary, "responses": { "200": answer } })
}

fn hook() -> Value {
    let taken = || {
        let schema = json!({
            "type": "object",
            "required": ["request_id", "events"],
            "properties": {
                "request_id": { "type": "string", "format": "uuid" },
                "events": { "type": "integer", "description": "How many events the request held." },
            },
        });
        json_answer("Taken in; it is processed in the background.", schema)
    };
    let name = |name: &str, about: &str| json!({ "name": name, "in": "path", "required": true, "description": about, "schema": { "type": "string" } });
    json!({
        "operationId": "receive_webhook",
        "summary": "Take a webhook in",
        "description": "The sender shows that it has the source's secret: LINE by `X-Line-Signature`, n8n by \
            `X-Webhook-Token` or `X-Webhook-Signature`, others by the headers of Standard Webhooks.",
        "parameters": [name("tenant", "The tenant's slug."), name("source", "The source's code.")],
        "requestBody": { "required": true, "content": { "application/json": { "schema": {} } } },
        "responses": { "202": taken(), "200": taken() },
    })
}

fn docs(page: Page) -> Value {
    let html = || text("text/html", "A page.");
    match page {
        Page::Overview => plain("docs", "The documentation to read", html()),
        Page::Problems => plain("docs_problems", "Every problem code", html()),
        Page::Style => plain("docs_style", "How the documentation looks", text("text/css", "A style sheet.")),
        Page::Entity => {
            let mut operation = plain("docs_entity", "One entity: fields, addresses, filters", html());
            operation["parameters"] = json!([{ "name": "entity", "in": "path", "required": true,
                "description": "The entity's name.", "schema": { "type": "string" } }]);
            operation
        }
    }
}

fn list(entity: &'static Entity, id: &str, summary: String, mut parameters: Vec<Value>) -> Value {
    parameters.extend(parameters::list(entity));
    let schema = json!({
        "type": "object",
        "required": ["data", "page"],
        "properties": {
            "data": { "type": "array", "items": reference("schemas", &schemas::name(entity)) },
            "page": reference("schemas", "Page"),
        },
    });
    let about = "Filters: `filter[field]=value` or `filter[field][operator]=value` with eq, ne, lt, lte, gt, gte, in, like, \
        contains, is_null, between; `filter[link.field]` looks over one link. A filter on a field that is not listed here has \
        no index behind it and runs under a time limit.";
    let mut operation = plain(id, &summary, json_answer("A page of records.", schema));
    operation["description"] = about.into();
    operation["parameters"] = json!(parameters);
    operation
}

fn create(entity: &'static Entity) -> Value {
    let name = schemas::name(entity);
    let mut answer = record_answer(entity, "The new record.");
    answer["headers"]["Location"] = reference("headers", "Location");
    json!({
        "operationId": format!("create_{}", entity.singular),
        "summary": format!("Create a {}", singular(entity)),
        "requestBody": json_body(reference("schemas", &format!("{name}Create")), example::create(entity)),
        "responses": { "201": answer },
    })
}

fn get(entity: &'static Entity) -> Value {
    let mut parameters: Vec<Value> = ["Id", "IfNoneMatch"].map(|name| reference("parameters", name)).into();
    parameters.extend(parameters::record(entity));
    json!({
        "operationId": format!("get_{}", entity.singular),
        "summary": format!("Get a {}", singular(entity)),
        "parameters": parameters,
        "responses": {
            "200": record_answer(entity, "The record."),
            "304": { "description": "The record still has the version that `If-None-Match` names." },
        },
    })
}

fn history(entity: &'static Entity) -> Value {
    let summary = format!("What became of a {}", singular(entity));
    let mut operation = plain(
        &format!("history_of_{}", entity.singular),
        &summary,
        json_answer("Who changed what, newest first.", reference("schemas", "History")),
    );
    operation["parameters"] = json!(["Id", "Limit", "After"].map(|name| reference("parameters", name)));
    operation
}

fn update(entity: &'static Entity) -> Value {
    let schema = reference("schemas", &format!("{}Update", schemas::name(entity)));
    let mut operation = written(entity, "update", "Change", vec![reference("parameters", "IfMatch")]);
    operation["description"] = "Fields that are left out stay as they are; `null` empties one.".into();
    operation["requestBody"] = json_body(schema, None);
    operation["requestBody"]["required"] = false.into();
    operation
}

/// A write to one record that answers with it.
fn written(entity: &'static Entity, verb: &str, summary: &str, more: Vec<Value>) -> Value {
    let mut parameters = vec![reference("parameters", "Id")];
    parameters.extend(more);
    json!({
        "operationId": format!("{verb}_{}", entity.singular),
        "summary": format!("{summary} a {}", singular(entity)),
        "parameters": parameters,
        "responses": { "200": record_answer(entity, "The record as it is now.") },
    })
}

fn bulk(entity: &'static Entity) -> Value {
    let answer = json_answer("What became of each.", super::bulk::answer(entity));
    json!({
        "operationId": format!("bulk_{}", entity.name),
        "summary": format!("Create, change, archive or restore many {}", plural(entity)),
        "requestBody": json_body(super::bulk::input(entity), None),
        "responses": { "200": answer },
    })
}

fn operate(entity: &'static Entity, operation: &'static Operation) -> Value {
    let mut about = operation.about.to_owned();
    for code in operation.refusals {
        about.push_str(&format!("\n\n`{}` ({}): {}", code.code, code.status.http(), code.about));
    }
    let mut described = json!({
        "operationId": format!("{}_{}", operation.name, entity.singular),
        "summary": operation.label.en,
        "description": about,
        "requestBody": json_body(schemas::operation_input(operation.input), None),
        "responses": { "200": json_answer("What was done.", json!({ "type": "object" })) },
    });
    if operation.is_on_record() {
        described["parameters"] = json!([reference("parameters", "Id")]);
    }
    described
}

fn record_answer(entity: &'static Entity, about: &str) -> Value {
    let mut answer = json_answer(about, reference("schemas", &schemas::name(entity)));
    if entity.versioned {
        answer["headers"] = json!({ "ETag": reference("headers", "ETag") });
    }
    answer
}

/// An answer of this schema.
pub fn json_answer(about: &str, schema: Value) -> Value {
    json!({ "description": about, "content": { "application/json": { "schema": schema } } })
}

/// An answer of text.
pub fn text(media: &str, about: &str) -> Value {
    json!({ "description": about, "content": { media: { "schema": { "type": "string" } } } })
}

/// A JSON body of this schema.
pub fn json_body(schema: Value, example: Option<Value>) -> Value {
    // An object without needed members may be left out altogether.
    let needed =
        schema.get("$ref").is_some() || schema.get("required").is_some() || schema.get("oneOf").is_some();
    let mut content = json!({ "schema": schema });
    if let Some(example) = example {
        content["example"] = example;
    }
    json!({ "required": needed, "content": { "application/json": content } })
}

fn singular(entity: &Entity) -> String {
    entity.label.en.to_lowercase()
}

fn plural(entity: &Entity) -> String {
    entity.plural.en.to_lowercase()
}
