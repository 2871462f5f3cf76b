//! Records about to be changed: locked, with what the caller may do to each.

use std::collections::HashMap;

use model::{
    Document,
    entity::Entity,
    problem::{Problem, codes},
    query::View,
};
use uuid::Uuid;

use super::{
    Record, get, projection,
    sight::Sight,
    writer::{Alias, Writer},
};
use crate::{TenantTx, sql::Row};

/// A record as it stands, locked until the transaction ends.
#[derive(Debug)]
pub struct Loaded {
    /// As it is answered.
    pub record: Record,
    /// The caller's permission reaches it.
    pub permitted: bool,
}

impl Loaded {
    /// The record as a document.
    ///
    /// # Errors
    /// When PostgreSQL gave no object: a defect.
    pub fn document(&self) -> Result<Document, Problem> {
        serde_json::from_str(&self.record.json).map_err(Problem::internal)
    }
}

/// The records of these ids that the caller sees, locked for a change within `reach`; one statement.
///
/// # Errors
/// What the database says.
pub async fn load(
    tx: &mut TenantTx,
    entity: &'static Entity,
    reach: &Sight,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Loaded>, Problem> {
    // In the order of ids, so that two writers of the same records wait for each other and never in a circle.
    seen(tx, entity, reach, ids, " order by t.id for no key update of t").await
}

/// The records of these ids that the caller sees; `lock` ends the statement.
async fn seen(
    tx: &mut TenantTx,
    entity: &'static Entity,
    reach: &Sight,
    ids: &[Uuid],
    lock: &'static str,
) -> Result<HashMap<Uuid, Loaded>, Problem> {
    let caller = tx.caller().clone();
    let Some(view) = Sight::view(&caller, entity) else { return Ok(HashMap::new()) };
    let mut w = Writer::new(caller.tenant);
    w.put("select row_to_json(r)::text, t.").put(if entity.versioned { "version" } else { "id" });
    // A record without an owner is in nobody's reach, and comparing nothing gives null.
    w.put(", t.id, coalesce(");
    reach.condition(&mut w, entity, Alias::MAIN)?;
    w.put(", false) from ").name(entity.name).put(" t");
    projection::joins(&mut w, &caller, entity, &View::default())?;
    w.put(" where ").tenant(Alias::MAIN).put(" and t.id = any(").bind(ids.to_vec()).put(")");
    view.and(&mut w, entity, Alias::MAIN)?;
    w.put(lock);
    let rows = tx.run(&w.repeated()).await?;
    let loaded = |row: &Row| {
        let id = row.try_get(2).map_err(Problem::internal)?;
        let permitted = row.try_get(3).map_err(Problem::internal)?;
        Ok((id, Loaded { record: get::record(row, entity, id)?, permitted }))
    };
    rows.iter().map(loaded).collect()
}

/// The record of this id, locked, if the caller may do `action` to it.
///
/// # Errors
/// `not_found` where it is not there or not to be seen; `forbidden` where it is seen, but the permission does not
/// reach it.
pub async fn one(
    tx: &mut TenantTx,
    entity: &'static Entity,
    action: &str,
    id: Uuid,
) -> Result<(Loaded, Sight), Problem> {
    let reach = super::allowed::to(tx.caller(), entity, action);
    within(tx, entity, action, id, reach).await
}

/// Locks the record of this id for an operation on it, if the caller may run `operation` on it.
///
/// # Errors
/// As for every change: `not_found` where it is not to be seen, `forbidden` where the permission does not reach it.
pub async fn hold(
    tx: &mut TenantTx,
    entity: &'static Entity,
    operation: &str,
    id: Uuid,
) -> Result<Record, Problem> {
    let reach = Sight::of(tx.caller(), entity, operation);
    Ok(within(tx, entity, operation, id, reach).await?.0.record)
}

/// Whether the caller may run `operation` on the record of this id, which is not locked: for records that callers of
/// this scope may see and not write themselves.
///
/// # Errors
/// As [`hold`].
pub async fn reached(
    tx: &mut TenantTx,
    entity: &'static Entity,
    operation: &str,
    id: Uuid,
) -> Result<(), Problem> {
    match Sight::of(tx.caller(), entity, operation) {
        Ok(reach) => match seen(tx, entity, &reach, &[id], "").await?.remove(&id) {
            Some(loaded) if loaded.permitted => Ok(()),
            Some(_) => Err(out_of_reach(entity, operation)),
            None => Err(Problem::not_found(entity.singular)),
        },
        reach => within(tx, entity, operation, id, reach).await.map(drop),
    }
}

async fn within(
    tx: &mut TenantTx,
    entity: &'static Entity,
    action: &str,
    id: Uuid,
    reach: Result<Sight, Problem>,
) -> Result<(Loaded, Sight), Problem> {
    match reach {
        Ok(reach) => {
            let mut loaded = load(tx, entity, &reach, &[id]).await?;
            let loaded = loaded.remove(&id).ok_or_else(|| Problem::not_found(entity.singular))?;
            if loaded.permitted { Ok((loaded, reach)) } else { Err(out_of_reach(entity, action)) }
        }
        Err(problem) if *problem.code() == codes::FORBIDDEN => {
            let caller = tx.caller().clone();
            let statement = get::plan(&caller, entity, id, &Default::default())?;
            let seen = !tx.run(&statement).await?.is_empty();
            Err(if seen { problem } else { Problem::not_found(entity.singular) })
        }
        Err(problem) => Err(problem),
    }
}

/// The problem of a record that is seen, but that the permission does not reach.
pub fn out_of_reach(entity: &Entity, action: &str) -> Problem {
    let permission = entity.permission(action);
    Problem::new(&codes::FORBIDDEN, format!("Your permission `{permission}` does not reach this record."))
        .facts(serde_json::json!({ "permission": permission }))
        .hint("It reaches records of yourself or your team. Ask an admin of your company to widen it.")
}
