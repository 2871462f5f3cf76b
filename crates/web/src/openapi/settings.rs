//! The tenant's settings, each group with a schema of its own.

use serde_json::{Map, Value, json};
use work::settings::{Described, GROUPS};

use super::{
    object,
    paths::{json_answer, json_body, plain},
    reference, schemas,
};

/// The schemas of the groups' values, and of a group as it is answered.
pub fn of_groups() -> Map<String, Value> {
    object(GROUPS.iter().flat_map(|group| {
        let name = name(group);
        let words = json!({ "type": "object", "properties": { "en": { "type": "string" }, "th": { "type": "string" } } });
        let field = json!({
            "type": "object",
            "properties": { "name": { "type": "string" }, "label": words, "help": words, "default": {},
                "schema": { "type": "object", "description": "A JSON schema of the values it may have." } },
        });
        let answer = json!({
            "type": "object",
            "description": group.about.en,
            "required": ["group", "label", "about", "version", "values", "stated", "fields"],
            "properties": {
                "group": { "type": "string", "const": group.name },
                "label": words,
                "about": words,
                "version": { "type": "integer", "description": "How often it was changed; 0: never." },
                "values": reference("schemas", &format!("{name}Values")),
                "stated": { "type": "array", "items": { "type": "string" }, "description": "What has not its default." },
                "fields": { "type": "array", "items": field },
            },
        });
        [(format!("{name}Values"), values(group)), (name, answer)]
    }))
}

/// `SettingsRetention`.
fn name(group: &Described) -> String {
    let mut letters = group.name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format!("Settings{}{}", first.unwrap_or_default(), letters.as_str())
}

fn values(group: &Described) -> Value {
    let properties = group.fields.iter().map(|field| (field.name.to_owned(), schemas::setting(field)));
    json!({ "type": "object", "properties": object(properties), "additionalProperties": false })
}

/// `GET /settings`.
pub fn all() -> Value {
    let any: Vec<Value> = GROUPS.iter().map(|group| reference("schemas", &name(group))).collect();
    let answer = json!({
        "type": "object",
        "required": ["data"],
        "properties": { "data": { "type": "array", "items": { "oneOf": any } } },
    });
    plain("list_settings", "Every group of settings", json_answer("The groups.", answer))
}

/// `GET /settings/{group}`.
pub fn get(group: &'static Described) -> Value {
    let mut answer = json_answer("The group, with its version.", reference("schemas", &name(group)));
    answer["headers"] = json!({ "ETag": reference("headers", "ETag") });
    plain(
        &format!("get_settings_{}", group.name),
        &format!("Settings: {}", group.label.en.to_lowercase()),
        answer,
    )
}

/// `PATCH /settings/{group}`.
pub fn update(group: &'static Described) -> Value {
    let mut operation = get(group);
    operation["operationId"] = format!("update_settings_{}", group.name).into();
    operation["summary"] = format!("Change settings: {}", group.label.en.to_lowercase()).into();
    operation["description"] =
        "Settings that are left out stay as they are; `null` gives one its default back.".into();
    operation["parameters"] = json!([reference("parameters", "IfMatch")]);
    operation["requestBody"] = json_body(schemas::operation_input(group.fields), None);
    operation
}
