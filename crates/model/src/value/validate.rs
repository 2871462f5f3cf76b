//! A whole record as it comes in: every field known, permitted and valid, or all that is wrong at once.

use serde_json::Value;

use super::{codes, error, nearest, parse_json};
use crate::{
    Document,
    caller::Scope,
    entity::Entity,
    field::{Field, NOW, Read, Write},
    problem::FieldError,
};

/// What the record is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A new record: what is missing gets its default or is an error.
    Create,
    /// A change: what is missing stays as it is.
    Update,
}

/// Who states the values; each may write more fields than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Author {
    /// A portal user: fields that only staff may see are unknown to them.
    Portal,
    /// The tenant's people and their tokens.
    Staff,
    /// An import of documents that exist already: numbers, totals and states as the file has them.
    Import,
    /// The program itself.
    Program,
}

impl From<Scope> for Author {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Portal => Self::Portal,
            Scope::Staff => Self::Staff,
            Scope::System => Self::Program,
        }
    }
}

impl Author {
    /// Whether this author knows of the field at all.
    pub fn sees(self, field: &Field) -> bool {
        match field.read {
            Read::Everyone => true,
            Read::Staff => self >= Self::Staff,
            Read::Nobody => self == Self::Program,
        }
    }

    /// Whether this author may state the field in this mode.
    pub fn writes(self, field: &Field, mode: Mode) -> bool {
        match field.write {
            Write::Always => true,
            Write::Once => mode == Mode::Create || self >= Self::Import,
            Write::Import => self >= Self::Import,
            Write::Never => self == Self::Program,
        }
    }
}

/// Reads a record: canonical values by field name, with defaults in [`Mode::Create`].
///
/// `attributes` (custom fields) is passed on where the entity allows them; who knows the tenant's custom fields
/// checks them.
///
/// # Errors
/// Every unknown, forbidden, missing or bad field, and what the entity's checks find among valid ones.
pub fn validate(
    entity: &Entity,
    doc: Document,
    mode: Mode,
    author: Author,
) -> Result<Document, Vec<FieldError>> {
    let mut valid = Document::new();
    let mut errors = vec![];
    for (name, value) in doc {
        if name == "attributes" && entity.custom_fields {
            if value.is_object() {
                valid.insert(name, value);
            } else {
                let message = "Custom fields come as an object: {\"attributes\": {\"key\": …}}.";
                errors.push(FieldError::new(name, &codes::WRONG_TYPE, message).value(value));
            }
            continue;
        }
        match entity.any_field(&name).filter(|field| author.sees(field)) {
            None => errors.push(unknown(entity, &name, author)),
            Some(field) if !author.writes(field, mode) => errors.push(read_only(field, value)),
            Some(field) => match parse_json(field, &value) {
                Ok(value) => _ = valid.insert(name, value),
                Err(error) => errors.push(error),
            },
        }
    }
    for field in entity.fields {
        let given = valid.get(field.name);
        let empty = given.is_none_or(Value::is_null);
        let bad = errors.iter().any(|error| error.field == field.name);
        if !empty || bad || (given.is_none() && mode == Mode::Update) {
            continue;
        }
        match default_of(field) {
            // The database gives it.
            _ if field.default == Some(NOW) && mode == Mode::Create => _ = valid.shift_remove(field.name),
            Some(default) => _ = valid.insert(field.name.to_owned(), default),
            // Copied from another record.
            None if field.carried.is_some() && author < Author::Import => {}
            None if field.required || field.default.is_some() => {
                let message = format!(
                    "{} is missing; a {} cannot be without it.",
                    field.label.en,
                    entity.label.en.to_lowercase()
                );
                errors.push(error(field, &codes::REQUIRED, message));
            }
            None => {}
        }
    }
    if mode == Mode::Create && !entity.checks.is_empty() {
        // In a new record what is not given is empty, which is known; what is bad is not.
        let mut known = valid.clone();
        for field in
            entity.fields.iter().filter(|field| !errors.iter().any(|error| error.field == field.name))
        {
            known.entry(field.name).or_insert(Value::Null);
        }
        errors.extend(run_checks(entity, &known));
    } else {
        errors.extend(run_checks(entity, &valid));
    }
    if errors.is_empty() { Ok(valid) } else { Err(errors) }
}

/// What the entity's checks say of valid fields; those that are not known are absent.
pub fn run_checks(entity: &Entity, doc: &Document) -> Vec<FieldError> {
    entity.checks.iter().flat_map(|check| (check.run)(doc)).collect()
}

/// The value a create gets where it leaves the field out.
fn default_of(field: &Field) -> Option<Value> {
    // Descriptions are constants; a test reads every default.
    field.default.and_then(|json| serde_json::from_str(json).ok())
}

fn unknown(entity: &Entity, name: &str, author: Author) -> FieldError {
    let fields = entity.fields.iter().filter(|field| author.sees(field));
    let suggestion = nearest(name, fields.map(|field| field.name));
    let meant = suggestion.map(|s| format!(" Did you mean `{s}`?")).unwrap_or_default();
    let message = format!("{} have no field `{name}`.{meant}", entity.plural.en);
    FieldError::new(name, &codes::UNKNOWN_FIELD, message).suggest(suggestion)
}

fn read_only(field: &Field, value: Value) -> FieldError {
    let why = match field.write {
        Write::Once => "cannot change after the record is made",
        _ => "is kept by the program",
    };
    error(field, &codes::READ_ONLY, format!("{} {why}; leave it out.", field.label.en)).value(value)
}
