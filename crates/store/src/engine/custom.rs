//! Custom fields: what a tenant added to an entity, checked against its own list.

use std::collections::HashMap;

use model::{
    Document,
    caller::Caller,
    entity::Entity,
    problem::{FieldError, Problem},
    value::{self, CustomField, nearest},
};
use serde_json::{Map, Value};

use crate::{
    Db, TenantTx,
    sql::{Query, Row, Sql},
};

/// What the check found.
#[derive(Debug)]
pub struct Checked {
    /// The bad custom fields of each document, in order.
    pub errors: Vec<Vec<FieldError>>,
    /// Required ones were looked at too.
    pub complete: bool,
}

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

/// The tenant's custom fields of an entity by their keys, in the order that people gave them.
///
/// # Errors
/// What the database says.
pub async fn fields(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
) -> Result<Vec<(String, CustomField)>, Problem> {
    if !entity.custom_fields {
        return Ok(vec![]);
    }
    let args = vec![caller.tenant.into(), entity.name.into()];
    let rows = db.read(caller, Query::fixed(FIELDS, args)).await?;
    rows.iter().map(definition).collect::<Result<_, _>>().map_err(Problem::internal)
}

static FIELDS: &Sql = crate::sql!(
    "select key, label, type, options, required from custom_fields
     where tenant_id = $1 and entity = $2 and archived_at is null order by position, key"
);

async fn definitions(
    tx: &mut TenantTx,
    entity: &'static Entity,
) -> Result<HashMap<String, CustomField>, Problem> {
    let tenant = tx.tenant();
    let rows = tx.query(FIELDS, &[&tenant, &entity.name]).await?;
    rows.iter().map(definition).collect::<Result<_, _>>().map_err(Problem::internal)
}

fn definition(row: &Row) -> Result<(String, CustomField), tokio_postgres::Error> {
    let definition = CustomField {
        label: row.try_get(1)?,
        kind: row.try_get(2)?,
        options: row.try_get(3)?,
        required: row.try_get(4)?,
    };
    Ok((row.try_get(0)?, definition))
}

/// Puts canonical values into the document and gives the errors of the others.
fn read(definitions: &HashMap<String, CustomField>, doc: &mut Document, new: bool) -> Vec<FieldError> {
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
            Some(definition) => match definition.read_json(key, value) {
                Ok(Value::Null) if definition.required => errors.push(definition.missing(key)),
                Ok(canonical) => *value = canonical,
                Err(error) => errors.push(error),
            },
        }
    }
    if new {
        let missing = definitions.iter().filter(|(key, field)| field.required && !stated.contains_key(*key));
        errors.extend(missing.map(|(key, field)| field.missing(key)));
    }
    errors
}
