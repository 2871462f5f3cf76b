//! One record by its id, in one flight.

use std::{
    collections::HashMap,
    sync::{LazyLock, RwLock},
};

use model::{
    caller::{Caller, Scope},
    entity::Entity,
    problem::Problem,
    query::GetQuery,
};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Record, projection,
    sight::Sight,
    writer::{Alias, Writer},
};
use crate::{Db, sql::Query};

/// The record of this id, archived or not.
///
/// # Errors
/// `not_found` where it is not there or not to be seen; `unknown_field`.
pub async fn get(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    id: Uuid,
    query: &GetQuery,
) -> Result<Record, Problem> {
    let statement = plan(caller, entity, id, query)?;
    let rows = db.point(caller, statement).await?;
    let row = rows.first().ok_or_else(|| Problem::not_found(entity.singular))?;
    record(row, entity, id)
}

/// The statement of [`get`].
///
/// # Errors
/// As [`get`].
pub fn plan(caller: &Caller, entity: &'static Entity, id: Uuid, query: &GetQuery) -> Result<Query, Problem> {
    let Some(sight) = Sight::view(caller, entity) else {
        return Err(Problem::not_found(entity.singular));
    };
    projection::known(caller, entity, &query.view, &[], &[])?;
    let usual = query.view.fields.is_none() && query.view.expand.is_empty() && sight.is_all();
    if usual && let Some(text) = known_text(entity, caller.scope) {
        return Ok(Query::repeated(text, vec![caller.tenant.into(), vec![id].into()]).by_id(1, id));
    }
    let mut w = Writer::new(caller.tenant);
    w.put("select row_to_json(r)::text, t.").put(if entity.versioned { "version" } else { "id" });
    w.put(", t.id from ").name(entity.name).put(" t");
    projection::joins(&mut w, caller, entity, &query.view)?;
    w.put(" where ").tenant(Alias::MAIN).put(" and ");
    let at = w.among(Alias::MAIN, vec![id]);
    sight.and(&mut w, entity, Alias::MAIN)?;
    let query = w.repeated();
    if usual {
        remember(entity, caller.scope, query.text());
    }
    Ok(query.by_id(at, id))
}

/// A row of JSON and version as a record.
///
/// # Errors
/// When the columns are others.
pub(super) fn record(row: &Row, entity: &Entity, id: Uuid) -> Result<Record, Problem> {
    let json = row.try_get(0).map_err(Problem::internal)?;
    let version = match entity.versioned {
        true => Some(row.try_get(1).map_err(Problem::internal)?),
        false => None,
    };
    Ok(Record { id, json, version })
}

/// Texts of the usual request, one per entity and side of the house.
type Texts = RwLock<HashMap<(&'static str, bool), &'static str>>;
static TEXTS: LazyLock<Texts> = LazyLock::new(Texts::default);

fn known_text(entity: &Entity, scope: Scope) -> Option<&'static str> {
    TEXTS.read().ok()?.get(&(entity.name, scope == Scope::Portal)).copied()
}

/// Keeps a text for as long as the program runs: there are at most two per entity.
fn remember(entity: &Entity, scope: Scope, text: &str) {
    if let Ok(mut texts) = TEXTS.write() {
        texts.entry((entity.name, scope == Scope::Portal)).or_insert_with(|| String::from(text).leak());
    }
}
