//! The values of the kept record: which come from the other one, and the way back.

use std::collections::BTreeMap;

use model::{
    Document,
    entity::Entity,
    field::{Field, Kind, Read, Write},
    problem::{FieldError, Problem},
    value::{codes, nearest},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{TenantTx, engine, sql::Query};
use uuid::Uuid;

/// What begins the name of a custom field.
pub const CUSTOM: &str = "attributes.";

/// A value of the kept record that a merge changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    before: Value,
    after: Value,
}

/// The fields that may come from either record.
pub fn choices(entity: &'static Entity) -> impl Iterator<Item = &'static Field> {
    let free = |field: &&Field| {
        field.write == Write::Always && field.carried.is_none() && field.read != Read::Nobody
    };
    entity.fields.iter().filter(free).filter(|field| !names_it(entity, field))
}

/// A field that no record can be without and no other may share: it stays with its record.
pub fn names_it(entity: &Entity, field: &Field) -> bool {
    (field.required || field.default.is_some()) && is_key(entity, field)
}

fn is_key(entity: &Entity, field: &Field) -> bool {
    entity.keys.iter().any(|key| key.fields == [field.name])
}

/// Whether there is nothing to keep.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(words) => words.is_empty(),
        _ => false,
    }
}

/// The value of a field, custom ones by `attributes.x`.
pub fn value<'a>(record: &'a Document, name: &str) -> &'a Value {
    const NOTHING: &Value = &Value::Null;
    match name.strip_prefix(CUSTOM) {
        Some(key) => record.get("attributes").and_then(|custom| custom.get(key)).unwrap_or(NOTHING),
        None => record.get(name).unwrap_or(NOTHING),
    }
}

/// The names of everything that may come from either record, custom fields last.
pub fn names(entity: &'static Entity, kept: &Document, other: &Document) -> Vec<String> {
    let mut names: Vec<String> = choices(entity).map(|field| field.name.to_owned()).collect();
    let custom = |record: &Document| record.get("attributes").and_then(Value::as_object).cloned();
    let mut keys: Vec<String> = [kept, other]
        .into_iter()
        .filter_map(custom)
        .flat_map(|custom| custom.into_iter().map(|(key, _)| key))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    names.extend(keys.into_iter().map(|key| format!("{CUSTOM}{key}")));
    names
}

/// The names of the values that come from the other record: those stated, else those that are empty here.
///
/// # Errors
/// `invalid` with each name that is none.
pub fn taken(
    entity: &'static Entity,
    kept: &Document,
    other: &Document,
    stated: Option<Vec<String>>,
) -> Result<Vec<String>, Problem> {
    let names = names(entity, kept, other);
    let Some(stated) = stated else {
        let fills = |name: &String| is_empty(value(kept, name)) && !is_empty(value(other, name));
        return Ok(names.into_iter().filter(fills).collect());
    };
    let errors: Vec<FieldError> = stated
        .iter()
        .filter(|name| !names.contains(name))
        .map(|name| unknown(entity, name, &names))
        .collect();
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    Ok(stated.into_iter().filter(|name| value(kept, name) != value(other, name)).collect())
}

fn unknown(entity: &Entity, name: &str, names: &[String]) -> FieldError {
    let plural = entity.plural.en.to_lowercase();
    let error = match entity.field(name) {
        Some(field) if names_it(entity, field) => {
            let message = format!(
                "{} tells the {plural} apart; to keep the other's, keep that record.",
                field.label.en
            );
            FieldError::new("take", &codes::READ_ONLY, message)
        }
        Some(field) => {
            let message = format!("{} is kept by the program and is not taken over.", field.label.en);
            FieldError::new("take", &codes::READ_ONLY, message)
        }
        None => {
            let near = nearest(name, names.iter().map(String::as_str));
            let message = format!("The {plural} have no field `{name}` to take.");
            FieldError::new("take", &codes::UNKNOWN_FIELD, message).suggest(near)
        }
    };
    error.value(name)
}

/// A change of these values, as the engine takes it.
fn change<'a>(values: impl Iterator<Item = (&'a String, Value)>) -> Document {
    let (mut change, mut custom) = (Document::new(), Document::new());
    for (name, value) in values {
        match name.strip_prefix(CUSTOM) {
            Some(key) => _ = custom.insert(key.to_owned(), value),
            None => _ = change.insert(name.clone(), value),
        }
    }
    if !custom.is_empty() {
        change.insert("attributes".to_owned(), Value::Object(custom));
    }
    change
}

/// Gives the kept record these values of the other. Gives what changed, and what the other lost for it: a key that no
/// two records share.
///
/// # Errors
/// Those of the engine.
pub async fn take(
    tx: &mut TenantTx,
    entity: &'static Entity,
    (kept, winner): (&Document, Uuid),
    (other, loser): (&Document, Uuid),
    names: &[String],
) -> Result<(BTreeMap<String, Changed>, Document), Problem> {
    let keys = names.iter().filter(|name| entity.field(name).is_some_and(|field| is_key(entity, field)));
    let keys: Vec<&String> = keys.filter(|name| !value(other, name).is_null()).collect();
    let lost: Document = keys.iter().map(|name| ((*name).clone(), value(other, name).clone())).collect();
    if !lost.is_empty() {
        let none = keys.iter().map(|name| ((*name).clone(), Value::Null)).collect();
        engine::update(tx, entity, loser, none, None).await?;
    }
    let mut fields = later(tx, entity, winner, loser).await?;
    if !names.is_empty() {
        let doc = change(names.iter().map(|name| (name, value(other, name).clone())));
        let written = engine::update(tx, entity, winner, doc, None).await?;
        let written: Document = serde_json::from_str(&written.json).map_err(Problem::internal)?;
        for name in names {
            let (before, after) = (value(kept, name).clone(), value(&written, name).clone());
            fields.insert(name.clone(), Changed { before, after });
        }
    }
    Ok((fields, lost))
}

/// Moments that the program keeps, as of the last order.
fn moments(entity: &'static Entity) -> impl Iterator<Item = &'static Field> {
    entity.fields.iter().filter(|field| field.kind == Kind::Timestamp && field.write == Write::Import)
}

/// Moments that the program keeps become the later ones of the two.
async fn later(
    tx: &mut TenantTx,
    entity: &'static Entity,
    winner: Uuid,
    loser: Uuid,
) -> Result<BTreeMap<String, Changed>, Problem> {
    let mut changed = BTreeMap::new();
    for field in moments(entity) {
        let text = format!(
            "with pair as (select k.{0} as before, o.{0} as after from {1} k join {1} o on o.tenant_id = k.tenant_id
               where k.tenant_id = $1 and k.id = $2 and o.id = $3 and o.{0} > coalesce(k.{0}, '-infinity')),
             done as (update {1} t set {0} = pair.after from pair where t.tenant_id = $1 and t.id = $2 returning 1)
             select before, after from pair where exists (select from done)",
            field.name, entity.name
        );
        let args = vec![tx.tenant().into(), winner.into(), loser.into()];
        for row in tx.run(&Query::repeated(text, args)).await? {
            let moment = |at| row.get::<_, Option<jiff::Timestamp>>(at);
            changed
                .insert(field.name.to_owned(), Changed { before: json!(moment(0)), after: json!(moment(1)) });
        }
    }
    Ok(changed)
}

/// Gives the kept record its earlier values again, as far as they are as the merge left them. Gives the names of those
/// that stay.
///
/// # Errors
/// What the database says.
pub async fn give_back(
    tx: &mut TenantTx,
    entity: &'static Entity,
    (kept, winner): (&Document, Uuid),
    fields: &BTreeMap<String, Changed>,
) -> Result<Vec<String>, Problem> {
    let (mut staying, mut names) = (vec![], vec![]);
    for (name, changed) in fields {
        if moments(entity).any(|field| field.name == name) {
            let text = format!(
                "update {1} set {0} = ($3::jsonb ->> 'before')::timestamptz
                 where tenant_id = $1 and id = $2 and {0} = ($3::jsonb ->> 'after')::timestamptz returning 1",
                name, entity.name
            );
            let args = vec![tx.tenant().into(), winner.into(), json!(changed).into()];
            if tx.run(&Query::repeated(text, args)).await?.is_empty() {
                staying.push(name.clone());
            }
        } else if *value(kept, name) == changed.after {
            names.push((name, changed.before.clone()));
        } else {
            staying.push(name.clone());
        }
    }
    let tried: Vec<String> = names.iter().map(|(name, _)| (*name).clone()).collect();
    if !write(tx, entity, winner, change(names.into_iter())).await? {
        staying.extend(tried);
    }
    Ok(staying)
}

/// Gives the other record the keys again that it lost; whether it could.
///
/// # Errors
/// What the database says.
pub async fn give_keys_back(
    tx: &mut TenantTx,
    entity: &'static Entity,
    loser: Uuid,
    lost: &Document,
) -> Result<bool, Problem> {
    write(tx, entity, loser, lost.clone()).await
}

/// Writes values that stood there before; `false` where something stands against them by now, and then none is written.
async fn write(tx: &mut TenantTx, entity: &'static Entity, id: Uuid, doc: Document) -> Result<bool, Problem> {
    if doc.is_empty() {
        return Ok(true);
    }
    tx.savepoint("values_back").await?;
    match engine::update(tx, entity, id, doc, None).await {
        Ok(_) => tx.release("values_back").await.map(|()| true),
        Err(problem) if problem.code().status.http() < 500 => {
            tx.back_to("values_back").await?;
            tx.release("values_back").await.map(|()| false)
        }
        Err(problem) => Err(problem),
    }
}
