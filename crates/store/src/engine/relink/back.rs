//! Which rows can go back: those that still name the record they were given to, with what hangs on them by now.

use std::collections::{BTreeMap, HashSet};

use model::{problem::Problem, referrers::Column};
use uuid::Uuid;

use super::{Named, Relink, place};
use crate::{
    TenantTx,
    engine::writer::{Alias, Writer},
};

/// What goes back, and what cannot.
#[derive(Debug, Default)]
pub struct Back {
    /// The rows that go.
    pub rows: Named,
    /// How many of each table do not: they are gone, name another record by now, or hang on something that stays.
    pub staying: BTreeMap<String, usize>,
}

/// A row: the number of its table among the referrers, and its id.
type Row = (usize, Uuid);

impl Relink {
    /// Of rows that were given to the record `from`, those that can be taken from it again. What was made since and hangs
    /// on them alone comes along; what hangs on other rows of that record keeps them there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn back(&self, tx: &mut TenantTx, given: &Named) -> Result<Back, Problem> {
        let mut rows = self.still(tx, given).await?;
        let clashing = self.clashing(tx, Some(&rows)).await?;
        for (referrer, column) in self.links() {
            let ids = rows.entry(place(&self.referrers[referrer], column)).or_default();
            if let Some(taken) = clashing.get(self.referrers[referrer].table) {
                ids.retain(|id| !taken.contains(id));
            }
        }
        let mut going: Vec<HashSet<Uuid>> = vec![HashSet::new(); self.referrers.len()];
        for (referrer, column) in self.links() {
            going[referrer].extend(rows.get(&place(&self.referrers[referrer], column)).into_iter().flatten());
        }
        self.settle(tx, &mut going).await?;
        let mut back = Back::default();
        for (referrer, column) in self.links() {
            let mut ids: Vec<Uuid> = going[referrer].iter().copied().collect();
            ids.sort_unstable();
            rows.insert(place(&self.referrers[referrer], column), ids);
        }
        for (name, ids) in given {
            let going: HashSet<&Uuid> = rows.get(name).into_iter().flatten().collect();
            let staying = ids.iter().filter(|id| !going.contains(id)).count();
            if staying > 0 {
                let table = name.split('.').next().unwrap_or_default();
                *back.staying.entry(table.to_owned()).or_default() += staying;
            }
        }
        rows.retain(|_, ids| !ids.is_empty());
        back.rows = rows;
        Ok(back)
    }

    /// Every referrer with the column that is a link.
    fn links(&self) -> impl Iterator<Item = (usize, Column)> {
        let link = |(number, one): (usize, &model::referrers::Referrer)| {
            Some((number, Column { name: one.link()?, about: false }))
        };
        self.referrers.iter().enumerate().filter_map(link)
    }

    /// The rows that still name the record.
    async fn still(&self, tx: &mut TenantTx, given: &Named) -> Result<Named, Problem> {
        let mut still = Named::new();
        for referrer in &self.referrers {
            for column in &referrer.columns {
                let name = place(referrer, *column);
                let Some(ids) = given.get(&name) else { continue };
                let mut w = Writer::new(tx.tenant());
                w.put("select t.id from ").name(referrer.table).put(" t where ").tenant(Alias::MAIN);
                w.put(" and t.id = any(").bind(ids.clone()).put(") and ");
                self.names(&mut w, *column);
                w.put(" order by t.id");
                let rows = tx.run(&w.free()).await?;
                let ids = rows.iter().map(|row| row.try_get(0).map_err(Problem::internal));
                still.insert(name, ids.collect::<Result<_, _>>()?);
            }
        }
        Ok(still)
    }

    /// Widens `going` by rows that hang on it alone, then narrows it until nothing that goes hangs together with anything
    /// that stays.
    async fn settle(&self, tx: &mut TenantTx, going: &mut [HashSet<Uuid>]) -> Result<(), Problem> {
        loop {
            let pairs = self.pairs(tx, going).await?;
            let mut parents: BTreeMap<Row, Vec<Row>> = BTreeMap::new();
            for (child, parent) in &pairs {
                parents.entry(*child).or_default().push(*parent);
            }
            let mut more = false;
            for (child, parents) in &parents {
                if parents.iter().all(|(table, id)| going[*table].contains(id)) {
                    more |= going[child.0].insert(child.1);
                }
            }
            if more {
                continue;
            }
            let mut narrower = true;
            while std::mem::take(&mut narrower) {
                for (child, parent) in &pairs {
                    if going[child.0].contains(&child.1) != going[parent.0].contains(&parent.1) {
                        narrower |= going[child.0].remove(&child.1) | going[parent.0].remove(&parent.1);
                    }
                }
            }
            return Ok(());
        }
    }

    /// Rows of the record that go or hang on what goes, each with everything it hangs on.
    async fn pairs(&self, tx: &mut TenantTx, going: &[HashSet<Uuid>]) -> Result<Vec<(Row, Row)>, Problem> {
        let mut pairs = vec![];
        let number = |table: &str| self.referrers.iter().position(|one| one.table == table);
        for (child, column) in self.links() {
            let referrer = &self.referrers[child];
            let links: Vec<(&'static str, usize)> = referrer
                .parents
                .iter()
                .filter_map(|(link, table)| Some((*link, number(table)?)))
                .filter(|(_, parent)| !going[child].is_empty() || !going[*parent].is_empty())
                .collect();
            if links.is_empty() {
                continue;
            }
            let ids = |number: usize| going[number].iter().copied().collect::<Vec<Uuid>>();
            let mut w = Writer::new(tx.tenant());
            w.put("select t.id");
            for (link, _) in &referrer.parents {
                w.put(", ").column(Alias::MAIN, link);
            }
            w.put(" from ").name(referrer.table).put(" t where ").tenant(Alias::MAIN).put(" and ");
            self.names(&mut w, column);
            w.put(" and (t.id = any(").bind(ids(child)).put(")");
            for (link, parent) in &links {
                w.put(" or ").column(Alias::MAIN, link).put(" = any(").bind(ids(*parent)).put(")");
            }
            w.put(")");
            for row in &tx.run(&w.free()).await? {
                let id: Uuid = row.try_get(0).map_err(Problem::internal)?;
                for (at, (_, table)) in referrer.parents.iter().enumerate() {
                    let parent: Option<Uuid> = row.try_get(at + 1).map_err(Problem::internal)?;
                    if let (Some(parent), Some(table)) = (parent, number(table)) {
                        pairs.push(((child, id), (table, parent)));
                    }
                }
            }
        }
        Ok(pairs)
    }
}
