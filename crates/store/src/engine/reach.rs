//! Whether somebody reaches one record with a permission, and by which path: the conditions of lists and writes, asked
//! of a single record.

use model::{
    caller::Caller,
    entity::Entity,
    problem::{Problem, codes},
    query::linked,
};
use uuid::Uuid;

use super::{
    sight::Sight,
    writer::{Alias, Writer},
};
use crate::Db;

/// How a record stands to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// They see it.
    pub seen: bool,
    /// Their permission for the action reaches it.
    pub permitted: bool,
    /// The records from this one to its owner: entity and id, as far as the links are set.
    pub path: Vec<(&'static str, Uuid)>,
    /// The owner at the end of the path.
    pub owner: Option<Uuid>,
}

/// How the record of this id stands to `caller` and an action; `None` where the database hides it from them.
///
/// # Errors
/// `unavailable`; a defect where the entity's owner path does not lead along links.
pub async fn reach(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    action: &str,
    id: Uuid,
) -> Result<Option<Reach>, Problem> {
    let mut w = Writer::new(caller.tenant);
    w.put("select ");
    for sight in [Sight::of(caller, entity, "view"), Sight::of(caller, entity, action)] {
        match sight {
            Ok(sight) => {
                w.put("coalesce(");
                sight.condition(&mut w, entity, Alias::MAIN)?;
                w.put(", false), ");
            }
            Err(problem) if *problem.code() == codes::FORBIDDEN => _ = w.put("false, "),
            Err(problem) => return Err(problem),
        }
    }
    let (links, owner) = match entity.owner {
        [links @ .., owner] => (links, Some(*owner)),
        [] => (&[][..], None),
    };
    let mut steps = vec![(entity, Alias::MAIN)];
    let mut joins = vec![];
    for (number, link) in links.iter().enumerate() {
        let (from, alias) = steps[number];
        let field = from.field(link);
        let field = field.ok_or_else(|| Problem::internal(format!("{} has no link `{link}`", from.name)))?;
        let next = (linked(field)?, Alias("o", Some(number)));
        joins.push((next, alias, *link));
        steps.push(next);
    }
    w.put("array[");
    for (number, (_, alias)) in steps.iter().enumerate() {
        w.put(if number > 0 { ", " } else { "" }).column(*alias, "id");
    }
    w.put("]::uuid[], ");
    match (owner, steps.last()) {
        (Some(owner), Some((_, alias))) => _ = w.column(*alias, owner),
        _ => _ = w.put("null::uuid"),
    }
    w.put(" from ").name(entity.name).put(" t");
    for ((target, there), from, link) in joins {
        w.put(" left join ").name(target.name).put(" ").alias(there).put(" on ").tenant(there);
        w.put(" and ").column(there, "id").put(" = ").column(from, link);
    }
    w.put(" where ").tenant(Alias::MAIN).put(" and t.id = ").bind(id);
    let rows = db.read(caller, w.free()).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let ids: Vec<Option<Uuid>> = row.try_get(2).map_err(Problem::internal)?;
    let path = steps.iter().zip(ids).map_while(|((entity, _), id)| Some((entity.name, id?)));
    Ok(Some(Reach {
        seen: row.try_get(0).map_err(Problem::internal)?,
        permitted: row.try_get(1).map_err(Problem::internal)?,
        path: path.collect(),
        owner: row.try_get(3).map_err(Problem::internal)?,
    }))
}
