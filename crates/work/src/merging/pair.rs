//! Two records before they become one, and where one that was given up went.

use std::collections::BTreeMap;

use model::{Document, caller::Caller, entity::Entity, field::Field, problem::Problem};
use store::{Db, engine::Relink, sql, sql::Query};
use uuid::Uuid;

use super::values;

/// One line of two records side by side.
#[derive(Debug)]
pub struct Line {
    /// The field, or a custom one by `attributes.x`.
    pub name: String,
    /// Its description; `None` for custom fields.
    pub field: Option<&'static Field>,
    /// The two values are the same.
    pub same: bool,
    /// The value comes from the other record, unless somebody says otherwise: it is empty here.
    pub fills: bool,
    /// It stays with its record, whatever anybody says.
    pub stays: bool,
}

/// Two records side by side.
#[derive(Debug)]
pub struct Compared {
    /// Every value that may come from either, and those that tell the records apart.
    pub lines: Vec<Line>,
    /// How many records of each kind would go over.
    pub moves: BTreeMap<&'static str, i64>,
}

/// Sets two records side by side, and counts what would go over.
///
/// # Errors
/// Problems of the database.
pub async fn compared(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    (kept, winner): (&Document, Uuid),
    (other, loser): (&Document, Uuid),
) -> Result<Compared, Problem> {
    let line = |name: String| {
        let (mine, theirs) = (values::value(kept, &name), values::value(other, &name));
        let field = entity.field(&name);
        Line {
            same: mine == theirs,
            fills: values::is_empty(mine) && !values::is_empty(theirs),
            stays: field.is_some_and(|field| values::names_it(entity, field)),
            field,
            name,
        }
    };
    let told = entity.fields.iter().filter(|field| values::names_it(entity, field));
    let told = told.map(|field| field.name.to_owned());
    let lines = told.chain(values::names(entity, kept, other)).map(line).collect();
    let mut tx = db.begin(caller).await?;
    let moves = Relink::new(entity, loser, winner).count(&mut tx).await?;
    tx.rollback().await?;
    Ok(Compared { lines, moves })
}

/// The merges that concern a record and stand: the one by which it became part of another, and the last one into it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The record that it became part of.
    pub into: Option<Uuid>,
    /// The merge that can be taken back, and the record given up by it.
    pub last: Option<(Uuid, Uuid)>,
}

/// What was merged with a record.
///
/// # Errors
/// Problems of the database.
pub async fn into(db: &Db, caller: &Caller, entity: &Entity, id: Uuid) -> Result<Standing, Problem> {
    let text = sql!(
        "(select id, winner_id, loser_id from merges
          where tenant_id = $1 and entity = $2 and loser_id = $3 and undone_at is null order by id desc limit 1)
         union all
         (select id, winner_id, loser_id from merges
          where tenant_id = $1 and entity = $2 and winner_id = $3 and undone_at is null order by id desc limit 1)"
    );
    let args = vec![caller.tenant.into(), entity.name.into(), id.into()];
    let mut standing = Standing::default();
    for row in db.read(caller, Query::fixed(text, args)).await? {
        let [merge, winner, loser]: [Uuid; 3] = [row.get(0), row.get(1), row.get(2)];
        if loser == id {
            standing.into = Some(winner);
        } else {
            standing.last = Some((merge, loser));
        }
    }
    Ok(standing)
}
