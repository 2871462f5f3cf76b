//! What writes tell: an event per record that was written, with the record as it stands after.

use std::collections::BTreeMap;

use model::{
    entity::Entity,
    event::{Change, Event},
    problem::Problem,
};
use serde_json::value::RawValue;

use super::Record;
use crate::TenantTx;

/// Tells that records were made, archived, restored or removed.
pub fn tell<'a>(
    tx: &mut TenantTx,
    entity: &'static Entity,
    change: Change,
    records: impl IntoIterator<Item = &'a Record>,
) {
    if !tx.tells_changes() {
        return;
    }
    let kind = change.of(entity);
    for record in records {
        tx.emit(event(entity, kind.clone(), record, "[]"));
    }
}

/// Tells that a record was changed, and which of its fields.
///
/// # Errors
/// When PostgreSQL gave no objects: a defect.
pub fn tell_update(
    tx: &mut TenantTx,
    entity: &'static Entity,
    before: &Record,
    after: &Record,
) -> Result<(), Problem> {
    if !tx.tells_changes() {
        return Ok(());
    }
    let changed = serde_json::to_string(&differing(&before.json, &after.json)?).map_err(Problem::internal)?;
    tx.emit(event(entity, Change::Updated.of(entity), after, &changed));
    Ok(())
}

fn event(entity: &'static Entity, kind: String, record: &Record, changed: &str) -> Event {
    let version = record.version.map_or("null".to_owned(), |version| version.to_string());
    let (id, json) = (record.id, &record.json);
    let payload =
        format!("{{\"id\":\"{id}\",\"version\":{version},\"changed\":{changed},\"record\":{json}}}");
    Event { kind: kind.into(), entity: entity.name, entity_id: Some(id), payload }
}

/// The fields whose values differ. PostgreSQL writes both objects in the same way, so texts are compared.
fn differing<'a>(before: &'a str, after: &'a str) -> Result<Vec<&'a str>, Problem> {
    let read = |json: &'a str| serde_json::from_str::<BTreeMap<&str, &RawValue>>(json);
    let before = read(before).map_err(Problem::internal)?;
    let after = read(after).map_err(Problem::internal)?;
    let differs = |name: &&str| match (before.get(name), after.get(name)) {
        (Some(before), Some(after)) => before.get() != after.get(),
        (before, after) => before.is_some() != after.is_some(),
    };
    let counted = |name: &&str| !matches!(*name, "version" | "updated_at");
    Ok(after.keys().copied().filter(counted).filter(differs).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_that_differ_are_named_and_the_count_of_writes_is_none() {
        let before = r#"{"id":1,"name":"A","tags":["x"],"attributes":{"a": 1},"version":1,"updated_at":"1"}"#;
        let after = r#"{"id":1,"name":"B","tags":["x"],"attributes":{"a": 2},"version":2,"updated_at":"2"}"#;
        assert_eq!(differing(before, after).unwrap(), ["attributes", "name"]);
        assert_eq!(differing(before, before).unwrap(), [""; 0]);
    }
}
