//! Order and pages: `order by` and the conditions of "behind this record", so that an index answers both.
//!
//! Empty values come last in either direction, the id breaks ties in the direction of the last key. A page in
//! front of a record is read backwards, so empty values come first there.

use model::{
    problem::Problem,
    query::{Cursor, Key, ListQuery, SortKey, nullable},
};
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    values::{self, arg},
    writer::{Alias, Writer},
};

/// The complete order of a list, in the direction it is read.
#[derive(Clone, Debug)]
pub struct Order {
    keys: Vec<SortKey>,
    id_descending: bool,
    backwards: bool,
}

/// A condition on one key, or on all.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    /// Behind the cursor, all keys compared as one row.
    Row(&'a Cursor),
    Same(&'a SortKey, &'a Value),
    Beyond(&'a SortKey, &'a Value),
    Empty(&'a SortKey),
    Filled(&'a SortKey),
    Id(Uuid),
}

impl Order {
    /// The order of a list: as asked, best match first for a search, else newest first.
    pub fn of(query: &ListQuery, backwards: bool) -> Self {
        let mut keys = query.sort.clone();
        if keys.is_empty() && query.search.is_some() {
            keys.push(SortKey { key: Key::Rank, descending: true });
        }
        let id_descending = keys.last().is_none_or(|key| key.descending);
        keys.retain(|key| key.name() != "id");
        Self { keys, id_descending, backwards }
    }

    /// The keys before the id.
    pub fn keys(&self) -> &[SortKey] {
        &self.keys
    }

    /// Whether matches are ranked.
    pub fn ranks(&self) -> bool {
        self.keys.iter().any(|key| matches!(key.key, Key::Rank))
    }

    /// Whether it is read backwards, from a record to the ones in front of it.
    pub fn is_backwards(&self) -> bool {
        self.backwards
    }

    /// Writes ` order by …` as a page shows its records, however it is read.
    pub fn shown(&self, w: &mut Writer) {
        Self { backwards: false, ..self.clone() }.by(w);
    }

    /// Writes ` order by …` as it is read.
    pub fn by(&self, w: &mut Writer) {
        w.put(" order by ");
        for key in &self.keys {
            column(w, key);
            w.put(match (key.descending, self.backwards, can_be_empty(key)) {
                (false, false, _) => "",
                (true, false, true) => " desc nulls last",
                (true, false, false) | (false, true, _) => " desc",
                (true, true, true) => " asc nulls first",
                (true, true, false) => "",
            });
            w.put(", ");
        }
        w.put(if self.id_descending ^ self.backwards { "t.id desc" } else { "t.id" });
    }

    /// Writes `(select … )`: the first `limit` records of the list, or of those behind `cursor`. `source` writes
    /// what follows `from` and ends in a `where` that is true of all records of the list.
    ///
    /// # Errors
    /// `bad_cursor` when a key in the cursor is not a value of its field.
    pub fn page(
        &self,
        w: &mut Writer,
        cursor: Option<&Cursor>,
        limit: usize,
        source: &dyn Fn(&mut Writer) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let branches = match cursor {
            None => vec![vec![]],
            Some(cursor) if self.is_one_row(cursor) => vec![vec![Step::Row(cursor)]],
            Some(cursor) => self.branches(cursor),
        };
        let first = |w: &mut Writer| {
            self.by(w);
            w.put(" limit ").number(limit).put(")");
        };
        let several = branches.len() > 1;
        w.put(if several { "(select t.* from (" } else { "" });
        for (number, steps) in branches.iter().enumerate() {
            w.put(if number == 0 { "(" } else { " union all (" }).put("select t.* from ");
            source(w)?;
            for step in steps {
                w.put(" and ");
                self.step(w, step)?;
            }
            first(w);
        }
        if several {
            w.put(") t");
            first(w);
        }
        Ok(())
    }

    /// Whether all keys of the cursor have values, none but the ones behind it can be empty, and all run the same way:
    /// then comparing rows says it all, and an index answers it.
    fn is_one_row(&self, cursor: &Cursor) -> bool {
        self.keys.iter().zip(&cursor.keys).all(|(key, value)| {
            !value.is_null() && (self.backwards || !can_be_empty(key)) && key.descending == self.id_descending
        })
    }

    fn beyond_row(&self, w: &mut Writer, cursor: &Cursor) -> Result<(), Problem> {
        w.put("(");
        for key in &self.keys {
            column(w, key);
            w.put(", ");
        }
        w.put(if self.id_descending ^ self.backwards { "t.id) < (" } else { "t.id) > (" });
        for (key, value) in self.keys.iter().zip(&cursor.keys) {
            bind(w, key, value)?;
            w.put(", ");
        }
        w.bind(cursor.id).put(")");
        Ok(())
    }

    /// The records behind the cursor as disjoint sets: the same first keys, then the next one beyond.
    fn branches<'a>(&'a self, cursor: &'a Cursor) -> Vec<Vec<Step<'a>>> {
        let mut branches = vec![];
        let mut same = vec![];
        for (key, value) in self.keys.iter().zip(&cursor.keys) {
            let mut branch = |last: Step<'a>| {
                let mut steps = same.clone();
                steps.push(last);
                branches.push(steps);
            };
            match (value.is_null(), self.backwards) {
                (false, backwards) => {
                    branch(Step::Beyond(key, value));
                    if !backwards && can_be_empty(key) {
                        branch(Step::Empty(key));
                    }
                    same.push(Step::Same(key, value));
                }
                (true, backwards) => {
                    if backwards {
                        branch(Step::Filled(key));
                    }
                    same.push(Step::Empty(key));
                }
            }
        }
        same.push(Step::Id(cursor.id));
        branches.push(same);
        branches
    }

    fn step(&self, w: &mut Writer, step: &Step<'_>) -> Result<(), Problem> {
        match step {
            Step::Row(cursor) => self.beyond_row(w, cursor)?,
            Step::Same(key, value) => {
                column(w, key);
                w.put(" = ");
                bind(w, key, value)?;
            }
            Step::Beyond(key, value) => {
                column(w, key);
                w.put(if key.descending ^ self.backwards { " < " } else { " > " });
                bind(w, key, value)?;
            }
            Step::Empty(key) => {
                column(w, key);
                w.put(" is null");
            }
            Step::Filled(key) => {
                column(w, key);
                w.put(" is not null");
            }
            Step::Id(id) => {
                w.put(if self.id_descending ^ self.backwards { "t.id < " } else { "t.id > " }).bind(*id);
            }
        }
        Ok(())
    }

    /// Writes the keys as further columns of each record.
    pub fn columns(&self, w: &mut Writer) {
        for (number, key) in self.keys.iter().enumerate() {
            w.put(", ");
            column(w, key);
            w.put(" as k").number(number);
        }
    }

    /// Writes the ids and keys of the first and of the last record of a page of `limit` as further columns, where `p` are its
    /// records as they are shown, with the one beyond it.
    pub fn edges(&self, w: &mut Writer, limit: usize) {
        let edge = |w: &mut Writer, is_last: bool| match (self.backwards, is_last) {
            (false, false) => _ = w.put("1"),
            (false, true) => _ = w.put("least(count(*), ").number(limit).put(")::int"),
            (true, false) => _ = w.put("greatest(count(*) - ").number(limit).put(", 0)::int + 1"),
            (true, true) => _ = w.put("count(*)::int"),
        };
        for is_last in [false, true] {
            w.put(", (array_agg(p.id))[");
            edge(w, is_last);
            for number in 0..self.keys.len() {
                w.put("], (array_agg(p.k").number(number).put("))[");
                edge(w, is_last);
            }
            w.put("]");
        }
    }

    /// The id and the keys of a page's first record (`edge` is 0) or its last (1), whose columns begin at `first`.
    ///
    /// # Errors
    /// When a column is of another type than its field says.
    pub fn edge_of(&self, row: &Row, first: usize, edge: usize) -> Result<(Uuid, Vec<Value>), Problem> {
        let first = first + edge * (self.keys.len() + 1);
        Ok((row.try_get(first).map_err(Problem::internal)?, self.keys_of(row, first + 1)?))
    }

    /// The keys of an answered record, whose columns begin at `first`.
    ///
    /// # Errors
    /// When a column is of another type than its field says.
    pub fn keys_of(&self, row: &Row, first: usize) -> Result<Vec<Value>, Problem> {
        let read = |(number, key): (usize, &SortKey)| match key.key {
            Key::Field(field) => values::read(field.kind, row, first + number),
            Key::Rank => {
                let rank: f32 = row.try_get(first + number).map_err(Problem::internal)?;
                Ok(f64::from(rank).into())
            }
        };
        self.keys.iter().enumerate().map(read).collect()
    }
}

fn can_be_empty(key: &SortKey) -> bool {
    match key.key {
        Key::Field(field) => nullable(field),
        Key::Rank => false,
    }
}

fn column(w: &mut Writer, key: &SortKey) {
    match key.key {
        Key::Field(field) => w.column(Alias::MAIN, field.name),
        Key::Rank => w.put("t.rank"),
    };
}

fn bind(w: &mut Writer, key: &SortKey, value: &Value) -> Result<(), Problem> {
    let value = match key.key {
        Key::Field(field) => arg(field.kind, value),
        #[expect(clippy::cast_possible_truncation, reason = "it was a real number before it became a cursor")]
        Key::Rank => value.as_f64().map(|rank| values::real(rank as f32)),
    };
    w.bind(value.ok_or_else(Cursor::foreign)?);
    Ok(())
}
