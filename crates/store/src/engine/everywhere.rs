//! A search over every kind of record that the caller sees, in one flight, best matches first.

use model::{
    caller::{Caller, Scope},
    entity::Entity,
    field::Field,
    problem::Problem,
    query::{Archived, Found},
    registry,
};
use uuid::Uuid;

use super::{
    condition,
    projection::readable,
    search::{Most, Search},
    sight::Sight,
    writer::{Alias, Writer},
};
use crate::{Db, sql, sql::Query};

/// Most matches of an answer.
pub const MOST: usize = 50;

/// Most words of a search whose statements are prepared and kept.
const FEW: usize = 3;

/// Statements of one text serve every search, so they are planned once: their bounds and not their values say how
/// much they read.
static PLAN_ONCE: &sql::Sql = crate::sql!("select set_config('plan_cache_mode', 'force_generic_plan', true)");

/// A match.
#[derive(Clone, Debug)]
pub struct Hit {
    /// What kind of record.
    pub entity: &'static Entity,
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub title: String,
    /// What tells it from others of that title.
    pub subtitle: String,
    /// How well it fits, from 0 to 1.
    pub score: f32,
}

/// The kinds of record that this caller can search. A portal has searches of its own lists alone.
pub fn searched(caller: &Caller) -> impl Iterator<Item = &'static Entity> {
    let staff = caller.scope != Scope::Portal;
    registry::ENTITIES
        .iter()
        .copied()
        .filter(move |entity| staff && entity.searchable && Sight::view(caller, entity).is_some())
}

/// The best matches among the records of these entities, at most `limit`. What is written nowhere as typed is looked
/// for by resemblance.
///
/// # Errors
/// `forbidden` for an entity that the caller may not view.
pub async fn everywhere(
    db: &Db,
    caller: &Caller,
    entities: &[&'static Entity],
    text: &str,
    limit: usize,
) -> Result<Vec<Hit>, Problem> {
    let search = Search::new(text);
    let hits = fly(db, caller, entities, &search, limit, Found::Exactly).await?;
    match hits.is_empty() && !search.is_short() {
        true => fly(db, caller, entities, &search, limit, Found::Roughly).await,
        false => Ok(hits),
    }
}

async fn fly(
    db: &Db,
    caller: &Caller,
    entities: &[&'static Entity],
    search: &Search,
    limit: usize,
    found: Found,
) -> Result<Vec<Hit>, Problem> {
    let mut flight = db.flight(caller).add(Query::fixed(PLAN_ONCE, vec![]));
    let preparation = Search::preparation(found);
    let skipped = 1 + usize::from(preparation.is_some());
    if let Some(query) = preparation {
        flight = flight.add(query);
    }
    for entity in entities {
        flight = flight.add(statement(caller, entity, search, limit, found)?);
    }
    let answers = flight.go().await?;
    let mut hits = vec![];
    for (entity, rows) in entities.iter().zip(answers.iter().skip(skipped)) {
        for row in rows {
            hits.push(Hit {
                entity,
                id: row.try_get(0).map_err(Problem::internal)?,
                title: row.try_get(1).map_err(Problem::internal)?,
                subtitle: row.try_get(2).map_err(Problem::internal)?,
                score: row.try_get(3).map_err(Problem::internal)?,
            });
        }
    }
    // Stable: among equals the order of the entities stays, and the newest of each first.
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    hits.truncate(limit);
    Ok(hits)
}

/// The search of one entity's records as its plan, in PostgreSQL's JSON.
///
/// # Errors
/// As [`everywhere`].
pub fn explain(caller: &Caller, entity: &'static Entity, text: &str) -> Result<Query, Problem> {
    let query = statement(caller, entity, &Search::new(text), MOST, Found::Exactly)?;
    Ok(Query { text: format!("explain (format json) {}", query.text()).into(), ..query })
}

fn statement(
    caller: &Caller,
    entity: &'static Entity,
    search: &Search,
    limit: usize,
    found: Found,
) -> Result<Query, Problem> {
    let sight = Sight::of(caller, entity, "view")?;
    let common = |w: &mut Writer| condition::common(w, caller, entity, &sight, Archived::Without, &[]);
    let most = Most { newest: 4_000, enough: MOST, matches: 300 };
    let mut w = Writer::new(caller.tenant);
    w.put("select t.id, coalesce(")
        .column(Alias::MAIN, entity.title)
        .put("::text, ''), concat_ws(' · ', null::text");
    let also = entity.named_by.iter().filter(|name| **name != entity.title);
    for field in also.filter_map(|name| entity.field(name)).filter(|field| readable(caller.scope, field)) {
        w.put(", ").column(Alias::MAIN, field.name).put("::text");
    }
    let customer = customer(caller, entity);
    if customer.is_some() {
        w.put(", c.name::text");
    }
    w.put("), ");
    search.rank(&mut w, entity, found);
    w.put(" as score from ").name(entity.name).put(" t");
    if let Some((link, customers, sight)) = customer {
        let there = Alias("c", None);
        w.put(" left join ").name(customers.name).put(" c on ").tenant(there).put(" and c.id = ");
        w.column(Alias::MAIN, link.name);
        sight.and(&mut w, customers, there)?;
    }
    w.put(" where ").tenant(Alias::MAIN).put(" and t.id in (");
    search.candidates(&mut w, entity, found, most, (sight.is_all(), &common))?;
    w.put(") order by score desc, t.id desc limit ");
    w.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    // Texts of more words are too many to be kept.
    Ok(if search.words() <= FEW { w.repeated() } else { w.free() })
}

/// The customer that a record is about, where the caller sees customers.
fn customer(caller: &Caller, entity: &Entity) -> Option<(&'static Field, &'static Entity, Sight)> {
    let customers = registry::entity("customers")?;
    let link = entity.field("customer_id").filter(|field| field.link() == Some(customers.name))?;
    Some((link, customers, Sight::view(caller, customers)?))
}
