//! New records: one statement for one or a thousand.

use std::collections::HashMap;

use model::{
    Document,
    caller::Caller,
    entity::Entity,
    event::Change,
    field::NOW,
    problem::{Problem, codes},
    query::View,
};
use uuid::Uuid;

use super::{
    Record, allowed, custom, get,
    given::{GIVEN, Given, json},
    projection, refusal,
    sight::Sight,
    told,
    writer::Writer,
};
use crate::{TenantTx, db::Outbox, sql::Query};

/// Makes a record.
///
/// # Errors
/// `forbidden`; `invalid` with every bad field, links that the caller cannot see among them; `duplicate` with the
/// id of the record that has the key, where the caller may see it. Nothing was written then.
pub async fn create(tx: &mut TenantTx, entity: &'static Entity, doc: Document) -> Result<Record, Problem> {
    let sight = allowed::to(tx.caller(), entity, "create")?;
    let doc = allowed::new_record(tx, entity, &sight, doc).map_err(Problem::invalid)?;
    let mut docs = [doc];
    let custom = custom::check(tx, entity, &mut docs, true).await?;
    if let Some(errors) = custom.errors.into_iter().next().filter(|errors| !errors.is_empty()) {
        return Err(Problem::invalid(errors));
    }
    let mut made = insert(tx, entity, &sight, &docs, !custom.complete)
        .await
        .map_err(|problem| refusal::explain(entity, problem))?;
    let id = allowed::id_of(&docs[0])?;
    match made.remove(&id) {
        Some(record) => Ok(record),
        None => Err(refusal::of_new(tx, entity, &sight, &docs).await?.remove(&id).unwrap_or_else(|| {
            Problem::new(&codes::BUSY, "Someone else made the same record just now.").hint("Try again.")
        })),
    }
}

/// Inserts valid documents that carry their ids. Those whose links the caller cannot see, that are out of
/// reach or whose key is taken are left out of the answer. `guard` also leaves out all of them when the tenant
/// has a custom field that must be stated.
///
/// # Errors
/// What the database refuses beyond that; the transaction can then only be rolled back.
pub(super) async fn insert(
    tx: &mut TenantTx,
    entity: &'static Entity,
    sight: &Sight,
    docs: &[Document],
    guard: bool,
) -> Result<HashMap<Uuid, Record>, Problem> {
    let query = statement(tx.caller(), entity, sight, docs, guard)?;
    let rows = tx.run(&query).await?;
    let made = records(&rows, entity)?;
    // In the order in which they were stated.
    let stated = docs.iter().filter_map(|doc| made.get(&allowed::id_of(doc).ok()?));
    told::tell(tx, entity, Change::Created, stated);
    Ok(made)
}

/// What [`create`] sends between context and COMMIT for such a document: the insert (`$1` the tenant, `$2` the actor, `$3`
/// the documents with their ids, `$4` the entity) and that of the event.
///
/// # Errors
/// As [`create`].
pub fn statements(caller: &Caller, entity: &'static Entity, doc: &Document) -> Result<[Query; 2], Problem> {
    let sight = allowed::to(caller, entity, "create")?;
    let insert = statement(caller, entity, &sight, std::slice::from_ref(doc), true)?;
    Ok([insert, Query::fixed(Outbox::SQL, vec![])])
}

fn statement(
    caller: &Caller,
    entity: &'static Entity,
    sight: &Sight,
    docs: &[Document],
    guard: bool,
) -> Result<Query, Problem> {
    let given = Given::of(entity, docs.iter());
    let mut w = Writer::new(caller.tenant);
    w.put("with t as (insert into ").name(entity.name).put(" (tenant_id, id");
    let by = entity.any_field("created_by").is_some() && !given.fields.iter().any(|f| f.name == "created_by");
    let carried = given.carried(entity);
    if by {
        w.put(", created_by");
    }
    for field in given.fields.iter().chain(carried.iter().map(|(field, _)| field)) {
        w.put(", ").name(field.name);
    }
    if given.attributes {
        w.put(", attributes");
    }
    w.put(") select $1, g.id");
    if by {
        w.put(", ").bind(caller.actor.id()).put("::uuid");
    }
    for field in &given.fields {
        match field.default {
            Some(NOW) => _ = w.put(", coalesce(").column(GIVEN, field.name).put(", now())"),
            _ => _ = w.put(", ").column(GIVEN, field.name),
        }
    }
    for (field, link) in &carried {
        w.put(", ");
        Given::copied(&mut w, field, link)?;
    }
    if given.attributes {
        w.put(", jsonb_strip_nulls(coalesce(g.attributes, '{}'))");
    }
    w.put(" from ");
    given.rows(&mut w, json(docs));
    w.put(" where true");
    for link in given.links() {
        w.put(" and ");
        Given::link_is_seen(&mut w, caller, link)?;
    }
    sight.and_through(&mut w, entity, GIVEN, &given.fields)?;
    if guard {
        w.put(" and not exists (select from custom_fields c where c.tenant_id = $1 and c.entity = ");
        w.bind(entity.name).put(" and c.required and c.archived_at is null)");
    }
    w.put(" on conflict do nothing returning *)");
    answer(&mut w, caller, entity)?;
    Ok(w.repeated())
}

/// Writes what a writing statement `t` answers: JSON, version, id.
pub(super) fn answer(w: &mut Writer, caller: &Caller, entity: &'static Entity) -> Result<(), Problem> {
    w.put(" select row_to_json(r)::text, t.").put(if entity.versioned { "version" } else { "id" });
    w.put(", t.id from t");
    projection::joins(w, caller, entity, &View::default())
}

/// The rows of [`answer`] by id.
pub(super) fn records(rows: &[crate::sql::Row], entity: &Entity) -> Result<HashMap<Uuid, Record>, Problem> {
    let record = |row| {
        let id = crate::sql::Row::try_get(row, 2).map_err(Problem::internal)?;
        Ok((id, get::record(row, entity, id)?))
    };
    rows.iter().map(record).collect()
}
