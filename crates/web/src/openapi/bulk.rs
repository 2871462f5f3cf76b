//! The schemas of writes to many records at once.

use model::{entity::Entity, value::Mode};
use serde_json::{Value, json};
use store::engine::{BULK_MOST, Effect};

use super::{reference, schemas};
use crate::bulk::{INPUT, name};

/// The call: an action and its records. What a record holds depends on the action.
pub fn input(entity: &'static Entity) -> Value {
    let create = reference("schemas", &format!("{}Create", schemas::name(entity)));
    let mut update = schemas::input(entity, Mode::Update);
    let mut other = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    for named in [&mut update, &mut other] {
        named["properties"]["id"] = json!({ "type": "string", "format": "uuid" });
        named["required"] = json!(["id"]);
        if entity.versioned {
            let about = "Write only if the record still has this version.";
            named["properties"]["version"] =
                json!({ "type": "integer", "minimum": 1, "maximum": i32::MAX, "description": about });
        }
    }
    let mut calls = vec![(vec!["create"], create), (vec!["update"], update), (vec!["archive"], other)];
    if entity.archives
        && let Some((actions, _)) = calls.last_mut()
    {
        actions.push("restore");
    }
    let call = |(actions, record): (Vec<&str>, Value)| {
        let mut call = schemas::operation_input(INPUT);
        call["properties"]["action"]["enum"] = json!(actions);
        call["properties"]["action"]["examples"] = json!([actions[0]]);
        call["properties"]["records"] = json!({ "type": "array", "maxItems": BULK_MOST, "items": record });
        call["required"] = json!(["action", "records"]);
        call
    };
    json!({ "oneOf": calls.into_iter().map(call).collect::<Vec<_>>() })
}

/// The answer: one result for each record, in order.
pub fn answer(entity: &'static Entity) -> Value {
    let [created, changed, unchanged] = [Effect::Created, Effect::Changed, Effect::Unchanged].map(name);
    json!({
        "type": "object",
        "required": ["results"],
        "properties": { "results": { "type": "array", "items": {
            "type": "object",
            "required": ["effect"],
            "properties": {
                "effect": { "type": "string", "enum": [created, changed, unchanged, "failed"] },
                "record": reference("schemas", &schemas::name(entity)),
                "problem": reference("schemas", "Refused"),
            },
        } } },
    })
}
