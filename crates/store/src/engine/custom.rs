//! Custom fields: what a tenant added to an entity, checked against its own list.

use std::collections::HashMap;

use model::{
    Document,
    entity::Entity,
    field::{self, Field},
    problem::{FieldError, Problem},
    value::{self, nearest, parse_json},
};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::{TenantTx, sql::Row};

/// What the check found.
#[derive(Debug)]
pub struct Checked {
    /// The bad custom fields of each document, in order.
    pub errors: Vec<Vec<FieldError>>,
    /// Required ones were looked at too.
    pub complete: bool,
}

/// A custom field of the tenant.
struct Definition {
    label: String,
    kind: String,
    options: Value,
    required: bool,
}

static TEXT: Field = Field::new("attributes", "Value", model::field::Kind::Paragraph { max: 2_000 });
static INTEGER: Field = field::integer("attributes", "Value", -9_007_199_254_740_991, 9_007_199_254_740_991);
static DECIMAL: Field = field::unit_price("attributes", "Value");
static BOOLEAN: Field = field::boolean("attributes", "Value");
static DATE: Field = field::date("attributes", "Value");

/// Makes the custom fields of documents canonical, in one statement, or none where no document states any. Those
/// of `new` documents must hold every required one.
///
/// # Errors
/// What the database says.
pub async fn check(
    tx: &mut TenantTx,
    entity: &'static Entity,
    docs: &mut [Document],
    new: bool,
) -> Result<Checked, Problem> {
    let stated = docs.iter().any(|doc| doc.contains_key("attributes"));
    if !entity.custom_fields || !stated {
        return Ok(Checked { errors: vec![], complete: !entity.custom_fields || !new });
    }
    let definitions = definitions(tx, entity).await?;
    let errors = docs.iter_mut().map(|doc| read(&definitions, doc, new)).collect();
    Ok(Checked { errors, complete: true })
}

/// The errors of documents that state no custom fields where the tenant requires some.
///
/// # Errors
/// What the database says.
pub async fn missing(tx: &mut TenantTx, entity: &'static Entity) -> Result<Vec<FieldError>, Problem> {
    if !entity.custom_fields {
        return Ok(vec![]);
    }
    Ok(read(&definitions(tx, entity).await?, &mut Document::new(), true))
}

async fn definitions(
    tx: &mut TenantTx,
    entity: &'static Entity,
) -> Result<HashMap<String, Definition>, Problem> {
    let tenant = tx.tenant();
    let sql = crate::sql!(
        "select key, label, type, options, required from custom_fields
         where tenant_id = $1 and entity = $2 and archived_at is null"
    );
    let rows = tx.query(sql, &[&tenant, &entity.name]).await?;
    let definition = |row: &Row| {
        let definition = Definition {
            label: row.try_get(1)?,
            kind: row.try_get(2)?,
            options: row.try_get(3)?,
            required: row.try_get(4)?,
        };
        Ok((row.try_get(0)?, definition))
    };
    rows.iter().map(definition).collect::<Result<_, tokio_postgres::Error>>().map_err(Problem::internal)
}

/// Puts canonical values into the document and gives the errors of the others.
fn read(definitions: &HashMap<String, Definition>, doc: &mut Document, new: bool) -> Vec<FieldError> {
    let mut errors = vec![];
    let mut none = Map::new();
    let stated = doc.get_mut("attributes").and_then(Value::as_object_mut).unwrap_or(&mut none);
    for (key, value) in stated.iter_mut() {
        let name = format!("attributes.{key}");
        match definitions.get(key) {
            None => {
                let suggestion = nearest(key, definitions.keys().map(String::as_str));
                let message = format!("There is no custom field `{key}`.");
                let error = FieldError::new(name, &value::codes::UNKNOWN_FIELD, message).value(value.clone());
                errors.push(error.suggest(suggestion));
            }
            Some(definition) => match canonical(&name, definition, value) {
                Ok(Value::Null) if definition.required => errors.push(required(&name, definition)),
                Ok(canonical) => *value = canonical,
                Err(error) => errors.push(error),
            },
        }
    }
    if new {
        let missing = definitions.iter().filter(|(key, field)| field.required && !stated.contains_key(*key));
        errors.extend(missing.map(|(key, field)| required(&format!("attributes.{key}"), field)));
    }
    errors
}

fn required(name: &str, definition: &Definition) -> FieldError {
    let message = format!("{} is missing; a record cannot be without it.", definition.label);
    FieldError::new(name, &value::codes::REQUIRED, message)
}

/// A value as it is stored, read as the field's type reads it.
fn canonical(name: &str, definition: &Definition, value: &Value) -> Result<Value, FieldError> {
    let field = match definition.kind.as_str() {
        "integer" => &INTEGER,
        "decimal" => &DECIMAL,
        "boolean" => &BOOLEAN,
        "date" => &DATE,
        "choice" => return choice(name, definition, value),
        _ => &TEXT,
    };
    let canonical = parse_json(field, value).map_err(|error| {
        let message = error.message.replacen(field.label.en, &definition.label, 1);
        FieldError { field: name.to_owned(), message, ..error }
    })?;
    let decimal = canonical.as_str().filter(|_| definition.kind == "decimal").map(str::parse::<Decimal>);
    Ok(match decimal {
        Some(Ok(decimal)) => decimal.normalize().to_string().into(),
        _ => canonical,
    })
}

/// Options are words, or objects with a `value`.
fn choice(name: &str, definition: &Definition, value: &Value) -> Result<Value, FieldError> {
    let options: Vec<&str> = definition
        .options
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|option| option.as_str().or_else(|| option.get("value")?.as_str()))
        .collect();
    let stated = value.as_str().map(str::trim);
    match stated {
        _ if value.is_null() || stated == Some("") => Ok(Value::Null),
        Some(stated) if options.contains(&stated) => Ok(stated.into()),
        _ => {
            let message = format!("{} is one of {}.", definition.label, options.join(", "));
            let suggestion = stated.and_then(|stated| nearest(stated, options.iter().copied()));
            Err(FieldError::new(name, &value::codes::NOT_A_CHOICE, message)
                .value(value.clone())
                .suggest(suggestion))
        }
    }
}
