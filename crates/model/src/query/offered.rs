//! Every list an entity offers, for the tests that look at their plans.

use super::{filter::operators, has_index, names, sort};
use crate::{entity::Entity, field::Field};

/// A way of asking for a list that an index must stand behind, or a time limit.
#[derive(Clone, Copy, Debug)]
pub enum Offered {
    /// `sort=name`, or `sort=-name`.
    Sort {
        /// By what.
        field: &'static Field,
        /// Largest first.
        descending: bool,
    },
    /// `filter[name][op]=…`.
    Filter {
        /// On what.
        field: &'static Field,
        /// The operator.
        operator: &'static str,
        /// The description marks it indexed; `ne`, `is_null` and `like` never use one.
        indexed: bool,
    },
    /// `q=…`.
    Search,
}

/// Every list of an entity by one order, one filter, or a search.
pub fn offered(entity: &'static Entity) -> Vec<Offered> {
    let mut offers = vec![];
    for field in sort::offered(entity) {
        offers.extend([false, true].map(|descending| Offered::Sort { field, descending }));
    }
    for field in names::fields(entity) {
        let indexed = |op: &str| has_index(field) && !matches!(op, "ne" | "is_null" | "like");
        let filter = |op: &&'static str| Offered::Filter { field, operator: op, indexed: indexed(op) };
        offers.extend(operators(field.kind).iter().map(filter));
    }
    if entity.searchable {
        offers.push(Offered::Search);
    }
    offers
}
