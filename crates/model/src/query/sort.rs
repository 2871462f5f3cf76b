//! The order of a list: fields that an index stands behind, empty values last, ids break ties.

use super::{names, parse::names_nothing};
use crate::{
    entity::Entity,
    field::Field,
    problem::{Problem, codes},
};

/// What a list is ordered by.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// A field's value.
    Field(&'static Field),
    /// How well the record fits the search; best first.
    Rank,
}

/// One key of the order.
#[derive(Clone, Copy, Debug)]
pub struct SortKey {
    /// By what.
    pub key: Key,
    /// Largest first; empty values still come last.
    pub descending: bool,
}

impl SortKey {
    /// Smallest first by `field`.
    pub fn ascending(field: &'static Field) -> Self {
        Self { key: Key::Field(field), descending: false }
    }

    /// Largest first by `field`.
    pub fn descending(field: &'static Field) -> Self {
        Self { key: Key::Field(field), descending: true }
    }

    /// The name as `sort=` has it.
    pub fn name(&self) -> &'static str {
        match self.key {
            Key::Field(field) => field.name,
            Key::Rank => "rank",
        }
    }
}

/// Reads `-created_at,name`. The id ends every order, so keys behind it say nothing.
pub(super) fn parse(entity: &Entity, text: &str) -> Result<Vec<SortKey>, Problem> {
    let mut keys: Vec<SortKey> = vec![];
    for part in text.split(',').map(str::trim) {
        if part.is_empty() {
            return match text.trim() {
                "" => Ok(vec![]),
                _ => Err(names_nothing("sort", text)),
            };
        }
        let (name, descending) = match part.strip_prefix('-') {
            Some(name) => (name, true),
            None => (part.strip_prefix('+').unwrap_or(part), false),
        };
        let field = names::field(entity, name, "sort")?;
        if !sortable(field) {
            let names: Vec<_> = offered(entity).map(|field| field.name).collect();
            let detail = format!("{} cannot be sorted by `{name}`.", entity.plural.en);
            return Err(Problem::new(&codes::UNKNOWN_FIELD, detail)
                .hint(format!("They can be sorted by {}.", names.join(", "))));
        }
        if keys.iter().all(|key| key.name() != name) {
            keys.push(SortKey { key: Key::Field(field), descending });
        }
        if name == "id" {
            break;
        }
    }
    Ok(keys)
}

/// The fields a list can be sorted by.
pub fn offered(entity: &Entity) -> impl Iterator<Item = &'static Field> + use<> {
    names::fields(entity).filter(|field| sortable(field))
}

fn sortable(field: &Field) -> bool {
    field.sortable || field.name == "id"
}
