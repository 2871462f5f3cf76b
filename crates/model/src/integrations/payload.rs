//! What the payloads of inbound webhooks must hold, and what they do: pure rules over JSON.
//!
//! A schema is an object of paths: `{"data.email": "email", "data.guests": {"kind": "integer", "required": false}}`.
//! A mapping is an object of event types: `{"contact.created": {"action": "customer.upsert", "fields": {"name":
//! "data.full_name"}}}`. A path is names and places joined by dots: `lines.0.name`.

use serde_json::{Map, Value};

use crate::{
    Document,
    field::{self, Field},
    problem::FieldError,
    value::{codes, parse_json},
};

/// What an event does: create, update, or either, on a kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// The name in payloads and mappings.
    pub name: &'static str,
    /// The entity.
    pub entity: &'static str,
    /// A record may be made.
    pub creates: bool,
    /// A record that is there may be changed.
    pub updates: bool,
}

/// The documented actions.
pub static ACTIONS: &[Action] = &[
    Action { name: "customer.create", entity: "customers", creates: true, updates: false },
    Action { name: "customer.update", entity: "customers", creates: false, updates: true },
    Action { name: "customer.upsert", entity: "customers", creates: true, updates: true },
    Action { name: "service_job.create", entity: "service_jobs", creates: true, updates: false },
    Action { name: "service_job.update", entity: "service_jobs", creates: false, updates: true },
    Action { name: "service_job.upsert", entity: "service_jobs", creates: true, updates: true },
];

/// The action of this name.
pub fn action(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.name == name)
}

static TEXT: Field = field::paragraph("payload", "Value");
static INTEGER: Field = field::integer("payload", "Value", -9_007_199_254_740_991, 9_007_199_254_740_991);
static BOOLEAN: Field = field::boolean("payload", "Value");
static DATE: Field = field::date("payload", "Value");
static TIMESTAMP: Field = field::timestamp("payload", "Value");
static EMAIL: Field = field::email("payload", "Value");
static PHONE: Field = field::phone("payload", "Value");
static CODE: Field = field::code("payload", "Value");
static ID: Field = field::id("payload", "Value");

/// Kinds of values in schemas; those with a field are read as values of records are.
static KINDS: &[(&str, Option<&Field>)] = &[
    ("text", Some(&TEXT)),
    ("integer", Some(&INTEGER)),
    ("boolean", Some(&BOOLEAN)),
    ("date", Some(&DATE)),
    ("timestamp", Some(&TIMESTAMP)),
    ("email", Some(&EMAIL)),
    ("phone", Some(&PHONE)),
    ("code", Some(&CODE)),
    ("id", Some(&ID)),
    ("number", None),
    ("object", None),
    ("list", None),
    ("any", None),
];

/// The value at a path, if there is one; `null` counts as none.
pub fn at<'a>(payload: &'a Value, path: &str) -> Option<&'a Value> {
    let step = |value: &'a Value, name: &str| match value {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        other => other.get(name),
    };
    path.split('.').try_fold(payload, step).filter(|value| !value.is_null())
}

/// One rule of a schema: the kind and whether the value must be there.
fn rule(rule: &Value) -> Option<(&'static str, Option<&'static Field>, bool)> {
    let (name, required) = match rule {
        Value::String(name) => (name.as_str(), true),
        Value::Object(parts) => {
            let required = match parts.get("required") {
                None => true,
                Some(required) => required.as_bool()?,
            };
            if parts.keys().any(|name| name != "kind" && name != "required") {
                return None;
            }
            (parts.get("kind")?.as_str()?, required)
        }
        _ => return None,
    };
    KINDS.iter().find(|(kind, _)| *kind == name).map(|(kind, field)| (*kind, *field, required))
}

/// Everything in which a payload is not as its schema says; nothing for an empty schema.
pub fn check(schema: &Value, payload: &Value) -> Vec<FieldError> {
    let mut errors = vec![];
    for (path, said) in schema.as_object().into_iter().flatten() {
        let Some((kind, field, required)) = rule(said) else { continue };
        let Some(value) = at(payload, path) else {
            if required {
                let message = format!("The payload has nothing at `{path}`; expected {kind}.");
                errors.push(FieldError::new(path.clone(), &codes::REQUIRED, message));
            }
            continue;
        };
        let fits = match (kind, field) {
            (_, Some(field)) => parse_json(field, value).is_ok(),
            ("number", _) => value.is_number(),
            ("object", _) => value.is_object(),
            ("list", _) => value.is_array(),
            _ => true,
        };
        if !fits {
            let message = format!("The payload's `{path}` is no {kind}.");
            errors.push(FieldError::new(path.clone(), &codes::INCONSISTENT, message).value(shown(value)));
        }
    }
    errors
}

/// The beginning of a value, for messages.
fn shown(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}

/// What an event of this type does, by a mapping: the action's name and the document that it makes of the payload.
/// `None` where the mapping does not know the type; `*` stands for every other type.
pub fn mapped<'a>(mapping: &'a Value, kind: &str, payload: &Value) -> Option<(&'a str, Document)> {
    let step = mapping.get(kind).or_else(|| mapping.get("*"))?;
    let name = step.get("action")?.as_str()?;
    let mut document = Document::new();
    for (field, value) in step.get("constants").and_then(Value::as_object).into_iter().flatten() {
        document.insert(field.clone(), value.clone());
    }
    for (field, path) in step.get("fields").and_then(Value::as_object).into_iter().flatten() {
        if let Some(value) = path.as_str().and_then(|path| at(payload, path)) {
            document.insert(field.clone(), value.clone());
        }
    }
    Some((name, document))
}

/// What is wrong with the schema of a source.
pub fn schema_errors(doc: &Document) -> Vec<FieldError> {
    let Some(schema) = doc.get("payload_schema").filter(|schema| !schema.is_null()) else { return vec![] };
    let bad = |message: String| vec![FieldError::new("payload_schema", &codes::INCONSISTENT, message)];
    let Some(paths) = schema.as_object() else {
        return bad("`payload_schema` must be an object of paths.".to_owned());
    };
    match paths.iter().find(|(_, said)| rule(said).is_none()) {
        Some((path, _)) => {
            let kinds: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
            let kinds = kinds.join(", ");
            bad(format!(
                "`{path}` of `payload_schema` must be one of {kinds}, or an object of `kind` and `required`."
            ))
        }
        None => vec![],
    }
}

/// What is wrong with the mapping of a source.
pub fn mapping_errors(doc: &Document) -> Vec<FieldError> {
    let Some(mapping) = doc.get("mapping").filter(|mapping| !mapping.is_null()) else { return vec![] };
    let bad = |message: String| vec![FieldError::new("mapping", &codes::INCONSISTENT, message)];
    let Some(types) = mapping.as_object() else {
        return bad("`mapping` must be an object of event types.".to_owned());
    };
    types.iter().find_map(|(kind, step)| step_error(kind, step)).map_or_else(Vec::new, bad)
}

fn step_error(kind: &str, step: &Value) -> Option<String> {
    let object = |name: &str| match step.get(name) {
        None => Some(Map::new()),
        Some(value) => value.as_object().cloned(),
    };
    if step.get("action").and_then(Value::as_str).and_then(action).is_none() {
        let names: Vec<&str> = ACTIONS.iter().map(|action| action.name).collect();
        return Some(format!("`action` of `{kind}` must be one of {}.", names.join(", ")));
    }
    let (Some(fields), Some(_)) = (object("fields"), object("constants")) else {
        return Some(format!("`fields` and `constants` of `{kind}` must be objects."));
    };
    let strange = fields.iter().find(|(_, path)| path.as_str().is_none_or(str::is_empty));
    strange.map(|(field, _)| {
        format!("`{field}` of `{kind}` must name a path of the payload, such as `data.name`.")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_through_objects_and_lists() {
        let payload = json!({"data": {"lines": [{"name": "a"}, {"name": "b"}], "none": null}});
        assert_eq!(at(&payload, "data.lines.1.name"), Some(&json!("b")));
        for path in ["data.lines.2.name", "data.lines.x", "data.none", "other", ""] {
            assert_eq!(at(&payload, path), None, "{path}");
        }
    }

    #[test]
    fn payloads_are_told_all_that_is_wrong() {
        let schema = json!({
            "type": "text", "data.email": "email", "data.guests": {"kind": "integer", "required": false},
            "data.tags": {"kind": "list"},
        });
        assert_eq!(schema_errors(&[("payload_schema".to_owned(), schema.clone())].into_iter().collect()), []);
        let fine = json!({"type": "x", "data": {"email": "a@example.com", "tags": []}});
        assert_eq!(check(&schema, &fine), []);
        let wrong = json!({"data": {"email": "nobody", "guests": "many", "tags": {}}});
        let fields: Vec<String> = check(&schema, &wrong).into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["type", "data.email", "data.guests", "data.tags"]);
        assert_eq!(check(&json!({}), &wrong), []);
    }

    #[test]
    fn schemas_and_mappings_are_checked_when_saved() {
        let doc = |name: &str, value: Value| [(name.to_owned(), value)].into_iter().collect::<Document>();
        for bad in
            [json!([]), json!({"a": "nothing"}), json!({"a": {"kind": "text", "more": 1}}), json!({"a": 1})]
        {
            assert_eq!(schema_errors(&doc("payload_schema", bad.clone())).len(), 1, "{bad}");
        }
        let step = json!({"action": "customer.upsert", "fields": {"name": "data.name"}, "constants": {"kind": "person"}});
        assert_eq!(mapping_errors(&doc("mapping", json!({"contact.created": step}))), []);
        for bad in [
            json!([]),
            json!({"x": {"action": "customer.delete"}}),
            json!({"x": {"action": "customer.create", "fields": ["name"]}}),
            json!({"x": {"action": "customer.create", "fields": {"name": ""}}}),
        ] {
            assert_eq!(mapping_errors(&doc("mapping", bad.clone())).len(), 1, "{bad}");
        }
    }

    #[test]
    fn a_mapping_makes_documents() {
        let mapping = json!({
            "contact.created": {"action": "customer.upsert", "fields": {"name": "data.name", "email": "data.mail"},
                                "constants": {"kind": "person"}},
            "*": {"action": "service_job.create", "fields": {}},
        });
        let payload = json!({"data": {"name": "Mali"}});
        let (name, document) = mapped(&mapping, "contact.created", &payload).unwrap();
        assert_eq!(
            (name, Value::Object(document)),
            ("customer.upsert", json!({"kind": "person", "name": "Mali"}))
        );
        assert_eq!(mapped(&mapping, "other", &payload).unwrap().0, "service_job.create");
        assert_eq!(mapped(&json!({}), "other", &payload), None);
    }
}
