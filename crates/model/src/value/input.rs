//! The input of an operation as it comes in: every field known, present and valid, or all that is wrong at once.

use serde_json::Value;

use super::{codes, error, nearest, parse_json};
use crate::{Document, field::Field, problem::FieldError};

/// Reads an input: canonical values by field name, with defaults filled in; fields that are empty are left out.
///
/// # Errors
/// Every unknown, missing or bad field.
pub fn validate_input(fields: &[Field], input: Document) -> Result<Document, Vec<FieldError>> {
    let mut valid = Document::new();
    let mut errors = vec![];
    for (name, value) in input {
        match fields.iter().find(|field| field.name == name).map(|field| parse_json(field, &value)) {
            None => errors.push(unknown(fields, &name)),
            Some(Ok(Value::Null)) => {}
            Some(Ok(value)) => _ = valid.insert(name, value),
            Some(Err(error)) => errors.push(error),
        }
    }
    for field in fields {
        if valid.contains_key(field.name) || errors.iter().any(|error| error.field == field.name) {
            continue;
        }
        match field.default.and_then(|json| serde_json::from_str(json).ok()) {
            Some(default) => _ = valid.insert(field.name.to_owned(), default),
            None if field.required => {
                let message = format!("{} is missing; nothing can be done without it.", field.label.en);
                errors.push(error(field, &codes::REQUIRED, message));
            }
            None => {}
        }
    }
    if errors.is_empty() { Ok(valid) } else { Err(errors) }
}

fn unknown(fields: &[Field], name: &str) -> FieldError {
    let suggestion = nearest(name, fields.iter().map(|field| field.name));
    let meant = suggestion.map(|s| format!(" Did you mean `{s}`?")).unwrap_or_default();
    let message = format!("The input has no field `{name}`.{meant}");
    FieldError::new(name, &codes::UNKNOWN_FIELD, message).suggest(suggestion)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::field;

    const FIELDS: &[Field] = &[
        field::quantity("quantity", "Quantity").required(),
        field::text("reason", "Reason").required(),
        field::text("kind", "Kind").default("\"adjustment\""),
    ];

    fn read(input: Value) -> Result<Document, Vec<FieldError>> {
        validate_input(FIELDS, input.as_object().cloned().unwrap_or_default())
    }

    #[test]
    fn an_input_is_read_whole_with_its_defaults() {
        let read = read(json!({ "quantity": 2, "reason": " Stocktake ", "kind": null })).unwrap();
        assert_eq!(
            Value::Object(read),
            json!({ "quantity": "2.000", "reason": "Stocktake", "kind": "adjustment" })
        );
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let errors = read(json!({ "quantity": "many", "raeson": "x" })).unwrap_err();
        let told: Vec<_> = errors.iter().map(|error| (error.field.as_str(), &*error.code)).collect();
        assert_eq!(told, [("quantity", "not_a_number"), ("raeson", "unknown_field"), ("reason", "required")]);
        assert_eq!(errors[1].suggestion.as_deref(), Some("reason"));
    }
}
