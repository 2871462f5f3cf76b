//! Changes of records: update, archive, restore; and removal where a table keeps no archive.

use std::collections::HashMap;

use model::{
    Document,
    entity::Entity,
    event::Change,
    problem::{FieldError, Problem, codes},
    value::run_checks,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Record, allowed, changed, custom,
    given::{GIVEN, Given, json as rows_of},
    insert::{answer, records},
    load::{self, Loaded},
    refusal,
    sight::Sight,
    told,
    writer::{Alias, Writer},
};
use crate::{
    TenantTx,
    db::{Violation, violation},
};

/// Changes the stated fields of a record. Where nothing differs, nothing is written and the version stays.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid`, `duplicate`; `changed` when `if_match` is not the current version, with
/// theirs, mine and (where the audit trail knows) before. Nothing was written then.
pub async fn update(
    tx: &mut TenantTx,
    entity: &'static Entity,
    id: Uuid,
    doc: Document,
    if_match: Option<i32>,
) -> Result<Record, Problem> {
    let (loaded, reach) = load::one(tx, entity, "update", id).await?;
    let doc = allowed::change(tx.caller(), entity, &reach, doc).map_err(Problem::invalid)?;
    if let Some(problem) = changed::since(tx, entity, &loaded, &doc, if_match).await? {
        return Err(problem);
    }
    let mut docs = [stated(&loaded, doc)];
    let custom = custom::check(tx, entity, &mut docs, false).await?;
    let mut errors: Vec<FieldError> = custom.errors.into_iter().flatten().collect();
    errors.extend(contradictions(entity, &loaded, &docs[0])?);
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let keyed = entity.keys.iter().flat_map(|key| key.fields).any(|name| docs[0].contains_key(*name));
    if keyed {
        tx.savepoint("engine_update").await?;
    }
    let written = match write(tx, entity, &reach, &docs).await {
        Err(problem) if keyed && matches!(violation(&problem), Some(Violation::Unique(_))) => {
            tx.back_to("engine_update").await?;
            let whole = [whole(&loaded, &docs[0])?];
            return Err(refusal::of_docs(tx, entity, &reach, &whole).await?.remove(&id).unwrap_or(problem));
        }
        other => other.map_err(|problem| refusal::explain(entity, problem))?,
    };
    settle(tx, entity, &reach, &docs, loaded, written).await
}

/// The record as written; else as it stands, if nothing differed; else why it was refused.
async fn settle(
    tx: &mut TenantTx,
    entity: &'static Entity,
    reach: &Sight,
    docs: &[Document],
    loaded: Loaded,
    mut written: HashMap<Uuid, Record>,
) -> Result<Record, Problem> {
    let id = loaded.record.id;
    if let Some(record) = written.remove(&id) {
        told::tell_update(tx, entity, &loaded.record, &record)?;
        return Ok(record);
    }
    match refusal::of_docs(tx, entity, reach, docs).await?.remove(&id) {
        Some(problem) if *problem.code() != codes::DUPLICATE => Err(problem),
        _ => Ok(loaded.record),
    }
}

/// The document with the record's id.
pub(super) fn stated(loaded: &Loaded, mut doc: Document) -> Document {
    doc.insert("id".to_owned(), json!(loaded.record.id));
    doc
}

/// The record with the changes in it.
pub(super) fn whole(loaded: &Loaded, doc: &Document) -> Result<Document, Problem> {
    let mut whole = loaded.document()?;
    whole.retain(|name, _| name != "attributes");
    whole.extend(doc.iter().filter(|(name, _)| *name != "attributes").map(|(n, v)| (n.clone(), v.clone())));
    Ok(whole)
}

/// What the entity's checks say of the record with the changes in it.
pub(super) fn contradictions(
    entity: &Entity,
    loaded: &Loaded,
    doc: &Document,
) -> Result<Vec<FieldError>, Problem> {
    if entity.checks.is_empty() {
        return Ok(vec![]);
    }
    Ok(run_checks(entity, &whole(loaded, doc)?))
}

/// Writes what differs, in one statement. Records that do not differ, or whose new links the caller cannot see,
/// are left out of the answer.
///
/// # Errors
/// What the database refuses; the transaction can then only be rolled back.
pub(super) async fn write(
    tx: &mut TenantTx,
    entity: &'static Entity,
    reach: &Sight,
    docs: &[Document],
) -> Result<HashMap<Uuid, Record>, Problem> {
    let caller = tx.caller().clone();
    let given = Given::of(entity, docs.iter());
    if given.fields.is_empty() && !given.attributes {
        return Ok(HashMap::new());
    }
    let mut w = Writer::new(caller.tenant);
    w.put("with t as (update ").name(entity.name).put(" u set ");
    for (number, field) in given.fields.iter().enumerate() {
        w.put(if number > 0 { ", " } else { "" }).name(field.name).put(" = ");
        value(&mut w, field.name);
    }
    for (field, link) in given.carried(entity) {
        w.put(", ").name(field.name).put(" = case when d.doc ? ").literal(link.name).put(" then ");
        Given::copied(&mut w, field, link)?;
        w.put(" else ").column(Alias("u", None), field.name).put(" end");
    }
    if given.attributes {
        w.put(if given.fields.is_empty() { "" } else { ", " }).put("attributes = ").put(ATTRIBUTES);
    }
    w.put(" from ");
    given.rows(&mut w, rows_of(docs));
    w.put(" where u.tenant_id = $1 and u.id = g.id and (");
    for (number, field) in given.fields.iter().enumerate() {
        w.put(if number > 0 { " or " } else { "" }).column(Alias("u", None), field.name);
        w.put(" is distinct from ");
        value(&mut w, field.name);
    }
    if given.attributes {
        w.put(if given.fields.is_empty() { "" } else { " or " }).put("u.attributes <> ").put(ATTRIBUTES);
    }
    w.put(")");
    for link in given.links() {
        w.put(" and ");
        Given::link_is_seen(&mut w, &caller, link)?;
    }
    reach.and_through(&mut w, entity, GIVEN, &given.fields)?;
    w.put(" returning u.*)");
    answer(&mut w, &caller, entity)?;
    let rows = tx.run(&w.repeated()).await?;
    records(&rows, entity)
}

/// Custom fields beside those that stay; `null` takes one away.
const ATTRIBUTES: &str = "jsonb_strip_nulls(u.attributes || coalesce(g.attributes, '{}'))";

/// A field as this record's document states it, or as it is.
fn value(w: &mut Writer, name: &'static str) {
    // The name is one of a description; it stands as text here and as a column behind it.
    w.put("case when d.doc ? ").literal(name).put(" then ").column(GIVEN, name);
    w.put(" else ").column(Alias("u", None), name).put(" end");
}

/// Archives a record; lists leave it out, its keys stay taken. An archived one stays as it is. Where a table keeps
/// no archive, the record is removed.
///
/// # Errors
/// As [`update`]; `in_use` where others point at a record that would be removed.
pub async fn archive(
    tx: &mut TenantTx,
    entity: &'static Entity,
    id: Uuid,
    if_match: Option<i32>,
) -> Result<Record, Problem> {
    let (loaded, _) = load::one(tx, entity, "delete", id).await?;
    if let Some(problem) = changed::since(tx, entity, &loaded, &Document::new(), if_match).await? {
        return Err(problem);
    }
    if !entity.archives {
        remove(tx, entity, &[&loaded.record]).await?;
        return Ok(loaded.record);
    }
    let mut written = mark(tx, entity, &[id], true).await.map_err(|p| refusal::explain(entity, p))?;
    Ok(written.remove(&id).unwrap_or(loaded.record))
}

/// Takes a record out of the archive. One that is not archived stays as it is.
///
/// # Errors
/// As [`update`]; `method_not_allowed` where a table keeps no archive.
pub async fn restore(
    tx: &mut TenantTx,
    entity: &'static Entity,
    id: Uuid,
    if_match: Option<i32>,
) -> Result<Record, Problem> {
    has_archive(entity)?;
    let (loaded, _) = load::one(tx, entity, "delete", id).await?;
    if let Some(problem) = changed::since(tx, entity, &loaded, &Document::new(), if_match).await? {
        return Err(problem);
    }
    let mut written = mark(tx, entity, &[id], false).await.map_err(|p| refusal::explain(entity, p))?;
    Ok(written.remove(&id).unwrap_or(loaded.record))
}

/// # Errors
/// `method_not_allowed` where a table keeps no archive.
pub(super) fn has_archive(entity: &Entity) -> Result<(), Problem> {
    if entity.archives {
        return Ok(());
    }
    Err(Problem::new(&codes::METHOD_NOT_ALLOWED, format!("{} are not archived.", entity.plural.en)))
}

/// Archives or restores records, in one statement; those that already are so are left out of the answer.
///
/// # Errors
/// What the database says.
pub(super) async fn mark(
    tx: &mut TenantTx,
    entity: &'static Entity,
    ids: &[Uuid],
    archived: bool,
) -> Result<HashMap<Uuid, Record>, Problem> {
    let caller = tx.caller().clone();
    let mut w = Writer::new(caller.tenant);
    w.put("with t as (update ").name(entity.name).put(" u set ");
    if archived {
        w.put("archived_at = ").bind(tx.world().now()).put(", archived_by = ").bind(caller.actor.id());
    } else {
        w.put("archived_at = null, archived_by = null");
    }
    w.put(" where u.tenant_id = $1 and u.id = any(").bind(ids.to_vec()).put(") and u.archived_at is ");
    w.put(if archived { "null" } else { "not null" }).put(" returning u.*)");
    answer(&mut w, &caller, entity)?;
    let rows = tx.run(&w.repeated()).await?;
    let written = records(&rows, entity)?;
    let change = if archived { Change::Archived } else { Change::Restored };
    told::tell(tx, entity, change, ids.iter().filter_map(|id| written.get(id)));
    Ok(written)
}

/// Removes records of a table that keeps no archive.
///
/// # Errors
/// `in_use` where others point at one of them.
pub(super) async fn remove(
    tx: &mut TenantTx,
    entity: &'static Entity,
    gone: &[&Record],
) -> Result<(), Problem> {
    let ids: Vec<Uuid> = gone.iter().map(|record| record.id).collect();
    let mut w = Writer::new(tx.tenant());
    w.put("delete from ").name(entity.name).put(" t where ").tenant(Alias::MAIN);
    w.put(" and t.id = any(").bind(ids).put(")");
    tx.run(&w.repeated()).await?;
    told::tell(tx, entity, Change::Deleted, gone.iter().copied());
    Ok(())
}
