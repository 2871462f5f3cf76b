//! Rows that name one record made to name another: what two records becoming one takes, and what takes it back.
//!
//! All tables are written in one statement. A line carries its order's customer, and the database holds the two together by
//! a key of both that is checked at the end of the statement; no order of tables would do.

mod back;

use std::collections::BTreeMap;

use model::{
    entity::Entity,
    problem::Problem,
    referrers::{self, Column, Referrer},
};
use uuid::Uuid;

use super::writer::{Alias, Writer};
use crate::TenantTx;

pub use back::Back;

/// Ids of rows by table and column, as `orders.customer_id`.
pub type Named = BTreeMap<String, Vec<Uuid>>;
/// Ids of rows by table.
pub type Rows = BTreeMap<&'static str, Vec<Uuid>>;

/// The other row of a pair.
const OTHER: Alias = Alias("o", None);

/// Everything that names one record of an entity, about to name another one.
#[derive(Debug)]
pub struct Relink {
    entity: &'static Entity,
    from: Uuid,
    to: Uuid,
    referrers: Vec<Referrer>,
}

/// How a place is called among [`Named`].
fn place(referrer: &Referrer, column: Column) -> String {
    format!("{}.{}", referrer.table, column.name)
}

impl Relink {
    /// From one record of the entity to another.
    pub fn new(entity: &'static Entity, from: Uuid, to: Uuid) -> Self {
        Self { entity, from, to, referrers: referrers::of(entity) }
    }

    /// Locks the record that is named now: whoever is about to name it waits, and what is under way is seen by what
    /// follows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn lock(&self, tx: &mut TenantTx) -> Result<(), Problem> {
        let mut w = Writer::new(tx.tenant());
        w.put("select t.id from ").name(self.entity.name).put(" t where ").tenant(Alias::MAIN);
        w.put(" and t.id = ").bind(self.from).put(" for update of t");
        tx.run(&w.repeated()).await.map(drop)
    }

    /// How many rows of each table name it, as far as they are of a described entity.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count(&self, tx: &mut TenantTx) -> Result<BTreeMap<&'static str, i64>, Problem> {
        let mut w = Writer::new(tx.tenant());
        for (number, referrer) in self.referrers.iter().enumerate() {
            w.put(if number > 0 { " union all " } else { "" });
            w.put("select ").number(number).put("::int, count(*) from ").name(referrer.table);
            w.put(" t where ").tenant(Alias::MAIN).put(" and ");
            self.name_it(&mut w, referrer);
        }
        let rows = tx.run(&w.repeated()).await?;
        let mut counts = BTreeMap::new();
        for row in &rows {
            let number: i32 = row.try_get(0).map_err(Problem::internal)?;
            let referrer = &self.referrers[usize::try_from(number).map_err(Problem::internal)?];
            let count: i64 = row.try_get(1).map_err(Problem::internal)?;
            if count > 0 && referrer.entity.is_some() {
                counts.insert(referrer.table, count);
            }
        }
        Ok(counts)
    }

    /// The rows that cannot go over, because one with the same key names the other record already. With `only`, those
    /// among these rows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn clashing(&self, tx: &mut TenantTx, only: Option<&Named>) -> Result<Rows, Problem> {
        let mut w = Writer::new(tx.tenant());
        let mut asked = vec![];
        for referrer in &self.referrers {
            let (Some(entity), Some(link)) = (referrer.entity, referrer.link()) else { continue };
            for key in entity.keys.iter().filter(|key| key.fields.contains(&link)) {
                w.put(if asked.is_empty() { "" } else { " union all " });
                w.put("select ")
                    .number(asked.len())
                    .put("::int, t.id from ")
                    .name(referrer.table)
                    .put(" t join ");
                w.name(referrer.table).put(" o on ").tenant(OTHER).put(" and o.id <> t.id and ");
                w.column(OTHER, link).put(" = ").bind(self.to);
                for name in key.fields.iter().filter(|name| **name != link) {
                    let column = entity.field(name).and_then(|field| field.key).unwrap_or(name);
                    w.put(" and (").column(OTHER, column).put(" = ").column(Alias::MAIN, column).put(" or (");
                    w.column(OTHER, column).put(" is null and ").column(Alias::MAIN, column);
                    w.put(" is null and exists (select from pg_constraint k join pg_index i on i.indexrelid = k.conindid");
                    w.put(" where k.conname = ").literal(key.constraint).put(" and i.indnullsnotdistinct)))");
                }
                w.put(" where ").tenant(Alias::MAIN).put(" and ").column(Alias::MAIN, link).put(" = ");
                w.bind(self.from);
                if let Some(only) = only {
                    let column = Column { name: link, about: false };
                    let ids = only.get(&place(referrer, column)).cloned().unwrap_or_default();
                    w.put(" and t.id = any(").bind(ids).put(")");
                }
                asked.push(referrer.table);
            }
        }
        if asked.is_empty() {
            return Ok(Rows::new());
        }
        let mut clashing = Rows::new();
        for row in &tx.run(&w.free()).await? {
            let number: i32 = row.try_get(0).map_err(Problem::internal)?;
            let table = asked[usize::try_from(number).map_err(Problem::internal)?];
            let ids: &mut Vec<Uuid> = clashing.entry(table).or_default();
            let id = row.try_get(1).map_err(Problem::internal)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(clashing)
    }

    /// The first table of which a row would stay that others hang on, or that hangs on others, and so cannot stay alone.
    ///
    /// # Errors
    /// What the database says.
    pub async fn entangled(
        &self,
        tx: &mut TenantTx,
        staying: &Rows,
    ) -> Result<Option<&'static Entity>, Problem> {
        for (table, ids) in staying {
            let Some(own) = self.referrers.iter().find(|one| one.table == *table) else { continue };
            let mut w = Writer::new(tx.tenant());
            w.put("select exists (select from ").name(own.table).put(" t where ").tenant(Alias::MAIN);
            w.put(" and t.id = any(").bind(ids.clone()).put(") and (false");
            for (link, _) in &own.parents {
                w.put(" or ").column(Alias::MAIN, link).put(" is not null");
            }
            w.put("))");
            for other in &self.referrers {
                for (link, _) in other.parents.iter().filter(|(_, parent)| parent == table) {
                    w.put(" or exists (select from ").name(other.table).put(" t where ").tenant(Alias::MAIN);
                    w.put(" and ").column(Alias::MAIN, link).put(" = any(").bind(ids.clone()).put("))");
                }
            }
            let rows = tx.run(&w.free()).await?;
            let hangs = rows.first().map(|row| row.try_get(0)).transpose().map_err(Problem::internal)?;
            if hangs == Some(true) {
                return Ok(own.entity);
            }
        }
        Ok(None)
    }

    /// Makes everything name the other record, but for the rows that stay; with `only`, these rows alone. Gives the rows
    /// that went over.
    ///
    /// # Errors
    /// What the database says; `duplicate` where a row with the same key came in between.
    pub async fn go(
        &self,
        tx: &mut TenantTx,
        staying: &Rows,
        only: Option<&Named>,
    ) -> Result<Named, Problem> {
        let mut w = Writer::new(tx.tenant());
        for (number, referrer) in self.referrers.iter().enumerate() {
            w.put(if number > 0 { ", r" } else { "with r" }).number(number);
            w.put(" as materialized (select t.id");
            for (at, column) in referrer.columns.iter().enumerate() {
                w.put(", (");
                self.names(&mut w, *column);
                if let Some(only) = only {
                    let ids = only.get(&place(referrer, *column)).cloned().unwrap_or_default();
                    w.put(" and t.id = any(").bind(ids).put(")");
                }
                w.put(") as c").number(at);
            }
            w.put(" from ").name(referrer.table).put(" t where ").tenant(Alias::MAIN).put(" and ");
            self.name_it(&mut w, referrer);
            if let Some(ids) = staying.get(referrer.table) {
                w.put(" and t.id <> all(").bind(ids.clone()).put(")");
            }
            w.put("), m").number(number).put(" as (update ").name(referrer.table).put(" u set ");
            for (at, column) in referrer.columns.iter().enumerate() {
                w.put(if at > 0 { ", " } else { "" }).name(column.name).put(" = case when r.c").number(at);
                w.put(" then ").bind(self.to).put(" else ").column(Alias("u", None), column.name).put(" end");
            }
            w.put(" from r").number(number).put(" r where u.tenant_id = $1 and u.id = r.id and (false");
            for at in 0..referrer.columns.len() {
                w.put(" or r.c").number(at);
            }
            w.put(") returning u.id");
            for at in 0..referrer.columns.len() {
                w.put(", r.c").number(at);
            }
            w.put(")");
        }
        let mut places = vec![];
        for (number, referrer) in self.referrers.iter().enumerate() {
            for (at, column) in referrer.columns.iter().enumerate() {
                w.put(if places.is_empty() { " select " } else { " union all select " });
                w.number(places.len()).put("::int, array(select m.id from m").number(number);
                w.put(" m where m.c").number(at).put(" order by m.id)");
                places.push(place(referrer, *column));
            }
        }
        let mut moved = Named::new();
        for row in &tx.run(&w.free()).await? {
            let number: i32 = row.try_get(0).map_err(Problem::internal)?;
            let ids: Vec<Uuid> = row.try_get(1).map_err(Problem::internal)?;
            if !ids.is_empty() {
                moved.insert(places[usize::try_from(number).map_err(Problem::internal)?].clone(), ids);
            }
        }
        Ok(moved)
    }

    /// Writes what is true of rows that name the record in one of their columns.
    fn name_it(&self, w: &mut Writer, referrer: &Referrer) {
        w.put("(false");
        for column in &referrer.columns {
            w.put(" or ");
            self.names(w, *column);
        }
        w.put(")");
    }

    fn names(&self, w: &mut Writer, column: Column) {
        if column.about {
            w.put("(t.entity = ").literal(self.entity.name).put(" and ");
        }
        w.column(Alias::MAIN, column.name).put(" = ").bind(self.from);
        w.put(if column.about { ")" } else { "" });
    }
}

/// How many rows of each table stand there, each counted once.
pub fn counts(named: &Named) -> BTreeMap<&str, usize> {
    let mut rows: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for (place, ids) in named {
        let table = place.split('.').next().unwrap_or_default();
        rows.entry(table).or_default().extend(ids);
    }
    let count = |mut ids: Vec<Uuid>| {
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    rows.into_iter().map(|(table, ids)| (table, count(ids))).collect()
}

/// Puts rows of a table into the archive, or takes them out of it, without telling events of each. Gives those that
/// were changed; none where the table keeps no archive.
///
/// # Errors
/// What the database says.
pub async fn set_aside(
    tx: &mut TenantTx,
    entity: &'static Entity,
    ids: &[Uuid],
    aside: bool,
) -> Result<Vec<Uuid>, Problem> {
    if !entity.archives {
        return Ok(vec![]);
    }
    let mut w = Writer::new(tx.tenant());
    w.put("update ").name(entity.name).put(" t set ");
    if aside {
        w.put("archived_at = ").bind(tx.world().now()).put(", archived_by = ").bind(tx.caller().actor.id());
    } else {
        w.put("archived_at = null, archived_by = null");
    }
    w.put(" where ").tenant(Alias::MAIN).put(" and t.id = any(").bind(ids.to_vec());
    w.put(") and t.archived_at is ").put(if aside { "null" } else { "not null" }).put(" returning t.id");
    let rows = tx.run(&w.free()).await?;
    rows.iter().map(|row| row.try_get(0).map_err(Problem::internal)).collect()
}
