//! What can be asked about one of the company's people.

use serde_json::{Value, json};

use super::{
    paths::{json_answer, plain},
    reference,
};

/// `GET /users/{id}/activity`.
pub fn activity() -> Value {
    let text = json!({ "type": ["string", "null"] });
    let time = json!({ "type": ["string", "null"], "format": "date-time" });
    let session = json!({
        "type": "object",
        "properties": { "id": { "type": "string", "format": "uuid" }, "signed_in_at": time, "last_seen_at": time,
            "agent": text, "ip": text, "active": { "type": "boolean" } },
    });
    let line = json!({
        "type": "object",
        "properties": { "id": { "type": "string", "format": "uuid" }, "at": time, "entity": text, "entity_id": text,
            "action": text, "ip": text, "request_id": text, "fields": { "type": "array", "items": { "type": "string" } } },
    });
    let answer = json!({
        "type": "object",
        "required": ["sessions", "data", "page"],
        "properties": {
            "sessions": { "type": "array", "items": session, "description": "The latest sign-ins." },
            "data": { "type": "array", "items": line, "description": "Lines of the audit trail, newest first." },
            "page": reference("schemas", "Page"),
        },
    });
    let mut operation =
        plain("activity_of_user", "What a user did", json_answer("Devices and writes.", answer));
    operation["parameters"] = json!(["Id", "Limit", "After"].map(|name| reference("parameters", name)));
    operation
}

/// `GET /users/{id}/access`.
pub fn access() -> Value {
    let named = json!({
        "type": "object",
        "properties": { "id": { "type": "string", "format": "uuid" }, "code": { "type": "string" }, "name": { "type": "string" } },
    });
    let mut role = named.clone();
    role["properties"]["record_scope"] = json!({ "type": "string", "enum": ["own", "team", "all"] });
    let step = json!({
        "type": "object",
        "properties": { "entity": { "type": "string" }, "id": { "type": "string", "format": "uuid" } },
    });
    let reasons = [
        "account_inactive", "no_permission", "not_seen", "out_of_reach", "permitted", "all", "team", "own",
        "shared",
    ];
    let answer = json!({
        "type": "object",
        "required": ["allowed", "reason", "explanation", "permission", "scope", "roles", "path", "owner", "teams"],
        "properties": {
            "allowed": { "type": "boolean" },
            "reason": { "type": "string", "enum": reasons },
            "explanation": { "type": "string" },
            "permission": { "type": "string" },
            "scope": { "type": ["string", "null"], "description": "How far the permission reaches: own, team, all." },
            "roles": { "type": "array", "items": role, "description": "The roles that give it." },
            "path": { "type": "array", "items": step, "description": "From the record along its links to the one with an owner." },
            "owner": { "oneOf": [named, { "type": "null" }] },
            "teams": { "type": "array", "items": named, "description": "Teams that the user shares with the owner." },
        },
    });
    let query = |name: &str, about: &str, schema: Value| json!({ "name": name, "in": "query", "required": name == "entity", "description": about, "schema": schema });
    let about = "Why a user may do something to a record, or why not";
    let mut operation = plain("access_of_user", about, json_answer("The answer.", answer));
    operation["parameters"] = json!([
        reference("parameters", "Id"),
        query("entity", "The kind of record.", json!({ "type": "string", "examples": ["orders"] })),
        query(
            "record",
            "The record; left out, the permission alone is asked about.",
            json!({ "type": "string", "format": "uuid" })
        ),
        query("action", "What is to be done.", json!({ "type": "string", "default": "view" })),
    ]);
    operation
}
