//! What became of one record: who changed what, from which value to which, newest first.
//!
//! It stands in the audit trail. Imports leave one line there for a whole set, so what they did to the record is read
//! from their staged rows for as long as these are kept; then the retention writes it into the trail.

use model::{
    caller::{Caller, Scope},
    entity::Entity,
    field::Field,
    problem::Problem,
    query::{Cursor, Found, PageQuery},
};
use serde_json::{Map, Value, json};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{changed::canonical, get, page::Page, projection::readable};
use crate::{Db, sql::Query};

/// The lines about record `$3` of entity `$2` before the one at `$5` with the id `$6`, at most `$4`.
static LINES: &crate::sql::Sql = crate::sql!(
    "with imported as (
       select id, action, status, before, payload, batch_id, created_at from import_rows
       where tenant_id = $1 and id = $3 and part = $2 and action = 'create' and applied_version is not null
       union all
       select id, action, status, before, payload, batch_id, created_at from import_rows
       where tenant_id = $1 and applied_record_id = $3 and part = $2 and action = 'update' and applied_version is not null),
     ended as (
       select i.*, coalesce(b.parent_id, b.id) as set_id from imported i
       left join import_batches b on b.tenant_id = $1 and b.id = i.batch_id),
     lines as (
       select id, at, action, old_values, new_values, actor_kind, actor_id, batch_id from audit_logs
       where tenant_id = $1 and entity = $2 and entity_id = $3
         and action in ('create', 'update', 'archive', 'restore', 'delete')
       union all
       select e.id, coalesce(d.at, e.created_at), e.action, e.before -> 'fields', e.payload,
         coalesce(d.actor_kind, 'system'), d.actor_id, e.batch_id
       from ended e left join lateral (
         select at, actor_kind, actor_id from audit_logs a
         where a.tenant_id = $1 and a.batch_id = e.set_id and a.entity = 'import_batches'
           and a.action in ('import.completed', 'import.cancelled', 'import.failed')
         order by a.id desc limit 1) d on true
       union all
       select d.id, d.at, 'update', e.payload, e.before -> 'fields', d.actor_kind, d.actor_id, e.batch_id
       from ended e join lateral (
         select id, at, actor_kind, actor_id from audit_logs a
         where a.tenant_id = $1 and a.batch_id = e.set_id and a.entity = 'import_batches' and a.action = 'import.undone'
         order by a.id desc limit 1) d on true
       where e.status = 'skipped' and e.action = 'update')
     select l.id, l.at, l.action, l.old_values, l.new_values, l.actor_kind, l.actor_id, l.batch_id,
       coalesce(u.name, p.name, k.name)
     from lines l
     left join users u on u.tenant_id = $1 and u.id = l.actor_id and l.actor_kind = 'user'
     left join portal_users p on p.tenant_id = $1 and p.id = l.actor_id and l.actor_kind = 'portal_user'
     left join integration_tokens k on k.tenant_id = $1 and k.id = l.actor_id and l.actor_kind = 'token'
     where $5::timestamptz is null or (l.at, l.id) < ($5, $6)
     order by l.at desc, l.id desc limit $4"
);

/// A page of the history of a record that the caller sees, of the fields that the caller may read.
///
/// # Errors
/// `not_found` where the record is not there or not to be seen, and for portals, which have no history; `bad_cursor`.
pub async fn history(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    id: Uuid,
    query: &PageQuery,
) -> Result<Page, Problem> {
    if caller.scope == Scope::Portal {
        return Err(Problem::not_found(entity.singular));
    }
    let seal = format!("{}|{id}|{}", entity.name, caller.actor);
    let from = query.after.as_deref().map(|text| Cursor::open(text, &seal, 1)).transpose()?;
    let at: Option<jiff::Timestamp> = match &from {
        None => None,
        Some(cursor) => {
            let text = cursor.keys.first().and_then(Value::as_str).and_then(|text| text.parse().ok());
            Some(text.ok_or_else(Cursor::foreign)?)
        }
    };
    let lines = Query::fixed(
        LINES,
        vec![
            caller.tenant.into(),
            entity.name.into(),
            id.into(),
            (i64::from(query.limit) + 1).into(),
            at.into(),
            from.map_or(Uuid::nil(), |cursor| cursor.id).into(),
        ],
    );
    let seen = get::plan(caller, entity, id, &Default::default())?;
    let mut answers = db.flight(caller).add(seen).add(lines).go().await?.into_iter();
    if answers.next().is_none_or(|rows| rows.is_empty()) {
        return Err(Problem::not_found(entity.singular));
    }
    let mut rows = answers.next().unwrap_or_default();
    let more = rows.len() > usize::from(query.limit);
    rows.truncate(usize::from(query.limit));
    let next = match rows.last().filter(|_| more) {
        Some(row) => {
            let keys = vec![json!(row.get::<_, jiff::Timestamp>(1))];
            Some(Cursor { found: Found::Exactly, keys, id: row.get(0) }.seal(&seal))
        }
        None => None,
    };
    let told: Vec<Value> = rows.iter().filter_map(|row| line(caller, entity, row)).collect();
    Ok(Page { len: told.len(), data: Value::from(told).to_string(), next, prev: None, count: None })
}

/// A line as it is answered; none where nothing changed that the caller may read.
fn line(caller: &Caller, entity: &'static Entity, row: &Row) -> Option<Value> {
    let action: &str = row.get(2);
    let changes = changes(caller, entity, row.get(3), row.get(4));
    if action == "update" && changes.is_empty() {
        return None;
    }
    Some(json!({
        "id": row.get::<_, Uuid>(0),
        "at": row.get::<_, jiff::Timestamp>(1),
        "action": action,
        "actor": {
            "kind": row.get::<_, &str>(5),
            "id": row.get::<_, Option<Uuid>>(6),
            "name": row.get::<_, Option<&str>>(8),
        },
        "changes": changes,
        "batch_id": row.get::<_, Option<Uuid>>(7),
    }))
}

/// The fields that differ, custom ones by their own names.
fn changes(caller: &Caller, entity: &'static Entity, old: Option<Value>, new: Option<Value>) -> Vec<Value> {
    let (old, new) = (members(old), members(new));
    let mut changes = vec![];
    let shown = |field: &&Field| readable(caller.scope, field);
    for field in entity.fields.iter().filter(shown) {
        let value = |side: &Map<String, Value>| {
            side.get(field.name).map_or(Value::Null, |value| canonical(entity, field.name, value.clone()))
        };
        let (old, new) = (value(&old), value(&new));
        if old != new {
            changes.push(json!({ "field": field.name, "old": old, "new": new }));
        }
    }
    if entity.custom_fields {
        let custom = |side: &Map<String, Value>| members(side.get("attributes").cloned());
        let (old, new) = (custom(&old), custom(&new));
        let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys.into_iter().filter(|key| old.get(*key) != new.get(*key)) {
            let field = format!("attributes.{key}");
            changes.push(json!({ "field": field, "old": old.get(key), "new": new.get(key) }));
        }
    }
    changes
}

fn members(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    }
}
