//! Data in and out: files become records, records become files.

pub mod bulk;
mod csv;
pub mod export;
pub mod import;
pub mod sources;

use model::{
    entity::Entity,
    problem::{FieldError, Problem},
    registry,
    value::{self, nearest},
};

/// The entity that an input names by `entity`.
///
/// # Errors
/// `invalid` with the nearest name there is.
pub(crate) fn named(name: &str) -> Result<&'static Entity, Problem> {
    registry::entity(name).ok_or_else(|| {
        let message = format!("There is no kind of record `{name}`.");
        let message = match nearest(name, registry::ENTITIES.iter().map(|entity| entity.name)) {
            Some(near) => format!("{message} Did you mean `{near}`?"),
            None => message,
        };
        Problem::invalid(vec![FieldError::new("entity", &value::codes::NOT_A_CHOICE, message).value(name)])
    })
}
