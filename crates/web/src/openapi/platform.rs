//! Tenants as a whole, for operators.

use serde_json::{Value, json};
use work::access::platform::{self, Change};

use super::{
    paths::{json_answer, json_body},
    reference,
    schemas::operation_input,
};
use crate::{
    platform::{CHANGE, CREATE, DELETE},
    routes::Platform,
};

/// One address.
pub fn described(platform: Platform) -> Value {
    match platform {
        Platform::List => json!({
            "operationId": "list_tenants",
            "summary": "List tenants",
            "description": "Every tenant by slug with its figures: counts and sizes, never records. For operators.",
            "parameters": [
                reference("parameters", "Limit"),
                { "name": "after", "in": "query", "schema": { "type": "string" }, "description": "`page.next` of an earlier answer." },
            ],
            "responses": { "200": json_answer("A page of tenants.", page()) },
        }),
        Platform::Get => on_one("get_tenant", "Get a tenant", "With its figures. For operators.", None),
        Platform::Create => {
            let mut answer = json_answer("The new tenant.", tenant());
            answer["headers"] = json!({ "Location": reference("headers", "Location") });
            json!({
                "operationId": "create_tenant",
                "summary": "Make a tenant",
                "description": "With the built-in roles and schedules. For operators.",
                "requestBody": json_body(operation_input(CREATE), None),
                "responses": { "201": answer },
            })
        }
        Platform::Change(change) => {
            let about = match change {
                Change::Suspend => {
                    "Its people, tokens and portal get 403 `tenant_inactive`, its webhooks are refused, its jobs, mails and deliveries wait."
                }
                Change::Resume => "Lets a suspended tenant and all that waits go on.",
                Change::Close => {
                    "Ends a tenant: as suspended, for good. It can then be exported and deleted."
                }
            };
            let (id, summary) =
                (format!("{}_tenant", change.verb()), format!("{} a tenant", capital(change.verb())));
            on_one(&id, &summary, about, Some(operation_input(CHANGE)))
        }
        Platform::Delete => {
            let mut operation = on_one(
                "delete_tenant",
                "Delete a closed tenant",
                "Removes every row and file of it; a background job of the system tenant does so. It cannot be taken back.",
                Some(operation_input(DELETE)),
            );
            let answer = json!({ "type": "object", "properties": {
                "id": { "type": "string", "format": "uuid" },
                "under_way": { "type": "string", "enum": ["delete"] },
                "job": { "type": ["string", "null"], "format": "uuid", "description": "None where one is at it already." },
            } });
            operation["responses"] = json!({ "202": json_answer("It is begun.", answer) });
            operation
        }
    }
}

fn on_one(id: &str, summary: &str, about: &str, input: Option<Value>) -> Value {
    let mut text = about.to_owned();
    if input.is_some() {
        for code in platform::REFUSALS {
            text.push_str(&format!("\n\n`{}` ({}): {}", code.code, code.status.http(), code.about));
        }
    }
    let mut operation = json!({
        "operationId": id,
        "summary": summary,
        "description": text,
        "parameters": [reference("parameters", "Id")],
        "responses": { "200": json_answer("The tenant as it is now.", tenant()) },
    });
    if let Some(input) = input {
        operation["requestBody"] = json_body(input, None);
    }
    operation
}

fn capital(verb: &str) -> String {
    let (first, rest) = verb.split_at(1);
    first.to_uppercase() + rest
}

fn tenant() -> Value {
    reference("schemas", "Tenant")
}

fn page() -> Value {
    json!({ "type": "object", "required": ["data", "page"], "properties": {
        "data": { "type": "array", "items": tenant() },
        "page": reference("schemas", "Page"),
    } })
}

/// A tenant as its operator sees it.
pub fn schema() -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    let perhaps = |about: &str| json!({ "type": ["string", "null"], "description": about });
    let moment = |about: &str| json!({ "type": "string", "format": "date-time", "description": about });
    let count = |about: &str| json!({ "type": "integer", "minimum": 0, "description": about });
    let figures = json!({
        "type": ["object", "null"],
        "description": "What was counted last, once a day; null before the first count.",
        "properties": {
            "users": count("People of its staff."),
            "portal_users": count("People at its customers."),
            "customers": count("Customers."),
            "orders": count("Orders."),
            "files": count("Stored files."),
            "file_bytes": count("Their bytes."),
            "table_rows": count("Rows of all its tables."),
            "table_bytes": count("About how many bytes these take, indexes included."),
            "last_activity_at": { "type": ["string", "null"], "format": "date-time" },
            "counted_at": moment("When all this was counted."),
        },
    });
    json!({
        "type": "object",
        "description": "A tenant as its operator sees it: state, counts and sizes, never records.",
        "properties": {
            "id": { "type": "string", "format": "uuid" },
            "slug": text("Its name in addresses."),
            "name": text("What people read."),
            "status": { "type": "string", "enum": ["active", "suspended", "closed"] },
            "status_since": moment("Since when it stands so."),
            "status_reason": perhaps("Why, as the operator said."),
            "under_way": { "type": ["string", "null"], "enum": ["import", "delete", null] },
            "subscription_tier": text("What it pays for."),
            "time_zone": text("IANA."),
            "currency": text("ISO 4217."),
            "locale": text("BCP 47."),
            "country": perhaps("ISO 3166."),
            "created_at": moment("When it was made."),
            "jobs_waiting": count("As of now."),
            "jobs_failed": count("As of now."),
            "imports_this_month": count("Begun this month (UTC), as of now."),
            "figures": figures,
        },
    })
}
