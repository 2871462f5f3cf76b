//! Rules over several fields of a record that many entities share. In each, a field that is absent is not known,
//! and what is not known breaks no rule; an empty one is `null`.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::{Document, problem::FieldError, value::codes};

/// The number is above zero, if there is one.
pub fn positive(doc: &Document, field: &str) -> Vec<FieldError> {
    match number(doc, field) {
        Some(number) if number <= Decimal::ZERO => {
            let message = format!("`{field}` must be above zero, not {number}.");
            vec![FieldError::new(field, &codes::TOO_SMALL, message).value(number.to_string())]
        }
        _ => vec![],
    }
}

/// The number is not zero, if there is one.
pub fn not_zero(doc: &Document, field: &str) -> Vec<FieldError> {
    if number(doc, field).is_some_and(|number| number.is_zero()) {
        return vec![
            FieldError::new(field, &codes::TOO_SMALL, format!("`{field}` must not be zero.")).value("0"),
        ];
    }
    vec![]
}

/// The code does not stand below `area`, as `platform.manage` does below `platform`: no company gives that away.
pub fn not_below(doc: &Document, field: &str, area: &str) -> Vec<FieldError> {
    let code = doc.get(field).and_then(Value::as_str).unwrap_or_default();
    if code.strip_prefix(area).is_some_and(|rest| rest.starts_with('.')) {
        let message = format!("`{code}` is the operator's of this Tenantry and cannot be given.");
        return vec![FieldError::new(field, &codes::NOT_A_CHOICE, message).value(code)];
    }
    vec![]
}

/// The first number is at most the second one.
pub fn not_above(doc: &Document, first: &str, second: &str) -> Vec<FieldError> {
    match (number(doc, first), number(doc, second)) {
        (Some(less), Some(more)) if less > more => {
            vec![
                inconsistent(first, format!("`{first}` ({less}) is above `{second}` ({more})."))
                    .value(less.to_string()),
            ]
        }
        _ => vec![],
    }
}

/// The field has a value wherever `state` is one of `states`.
pub fn needed_when(doc: &Document, field: &str, state: &str, states: &[&str]) -> Vec<FieldError> {
    let now = doc.get(state).and_then(Value::as_str).unwrap_or_default();
    if states.contains(&now) && doc.get(field).is_some_and(Value::is_null) {
        let message = format!("`{field}` is needed where `{state}` is {now}.");
        return vec![FieldError::new(field, &codes::REQUIRED, message)];
    }
    vec![]
}

/// Exactly one of the fields has a value.
pub fn one_of(doc: &Document, fields: &[&str]) -> Vec<FieldError> {
    let given: Vec<&str> = fields.iter().copied().filter(|field| has_value(doc, field)).collect();
    match given.as_slice() {
        [] if all_known(doc, fields) => {
            vec![inconsistent(fields[0], format!("Give one of {}.", list(fields)))]
        }
        [_, second, ..] => vec![inconsistent(second, format!("Give only one of {}.", list(fields)))],
        _ => vec![],
    }
}

/// At least one of the fields has a value.
pub fn any_of(doc: &Document, fields: &[&str]) -> Vec<FieldError> {
    if all_known(doc, fields) && !fields.iter().any(|field| has_value(doc, field)) {
        return vec![inconsistent(fields[0], format!("Give at least one of {}.", list(fields)))];
    }
    vec![]
}

/// The second day does not come before the first.
pub fn not_before(doc: &Document, first: &str, second: &str) -> Vec<FieldError> {
    let day = |field: &str| doc.get(field).and_then(Value::as_str);
    match (day(first), day(second)) {
        // Canonical days are in order as text.
        (Some(start), Some(end)) if end.cmp(start) == Ordering::Less => {
            let message = format!("`{second}` ({end}) lies before `{first}` ({start}).");
            vec![inconsistent(second, message).value(end)]
        }
        _ => vec![],
    }
}

/// The link does not point at the record itself.
pub fn not_itself(doc: &Document, link: &str) -> Vec<FieldError> {
    match (doc.get("id"), doc.get(link)) {
        (Some(id), Some(other)) if id == other && !id.is_null() => {
            vec![inconsistent(link, format!("`{link}` must name another record.")).value(other.clone())]
        }
        _ => vec![],
    }
}

fn number(doc: &Document, field: &str) -> Option<Decimal> {
    doc.get(field).and_then(Value::as_str).and_then(|text| text.parse().ok())
}

fn has_value(doc: &Document, field: &str) -> bool {
    doc.get(field).is_some_and(|value| !value.is_null())
}

fn all_known(doc: &Document, fields: &[&str]) -> bool {
    fields.iter().all(|field| doc.contains_key(*field))
}

fn list(fields: &[&str]) -> String {
    fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
}

fn inconsistent(field: &str, message: String) -> FieldError {
    FieldError::new(field, &codes::INCONSISTENT, message)
}
