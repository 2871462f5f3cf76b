//! The schemas of writes to many records at once.

use model::{entity::Entity, value::Mode};
use serde_json::{Value, json};
use store::engine::{BULK_MOST, Effect};

use super::{reference, schemas};
use crate::bulk::{INPUT, name};

/// The call: an action and its records. What a record must hold depends on the action.
pub fn input(entity: &'static Entity) -> Value {
    let named = |mode: Mode| {
        let suffix = if mode == Mode::Create { "Create" } else { "Update" };
        reference("schemas", &format!("{}{suffix}", schemas::name(entity)))
    };
    let existing = json!({
        "type": "object",
        "description": "To change, archive or restore: the record's `id`, and what changes.",
        "required": ["id"],
        "properties": {
            "id": { "type": "string", "format": "uuid" },
            "version": { "type": "integer", "description": "Write only if the record still has this version." },
        },
    });
    let mut schema = schemas::operation_input(INPUT);
    schema["properties"]["records"] = json!({ "type": "array", "maxItems": BULK_MOST, "items": { "anyOf": [named(Mode::Create), existing] } });
    schema["required"] = json!(["action", "records"]);
    schema
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
