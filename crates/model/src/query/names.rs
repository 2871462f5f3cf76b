//! Names in parameters, looked up in descriptions; an unknown one is answered with the nearest that exists.

use crate::{
    entity::Entity,
    field::{Field, Read},
    problem::{FieldError, Problem, codes},
    registry,
    value::nearest,
};

/// The entity a link field points at.
///
/// # Errors
/// A link to an entity that is not in the registry is a defect of the description.
pub fn linked(link: &Field) -> Result<&'static Entity, Problem> {
    link.link()
        .and_then(registry::entity)
        .ok_or_else(|| Problem::internal(format!("the link `{}` points at no known entity", link.name)))
}

/// Every field of a record that anyone may read.
pub(super) fn fields(entity: &Entity) -> impl Iterator<Item = &'static Field> + use<> {
    entity.fields.iter().chain(entity.standard()).filter(|field| field.read != Read::Nobody)
}

/// The field of this name, or the problem of `parameter` that names it.
pub(super) fn field(entity: &Entity, name: &str, parameter: &str) -> Result<&'static Field, Problem> {
    fields(entity).find(|field| field.name == name).ok_or_else(|| {
        let own: Vec<_> = fields(entity).map(|field| field.name).collect();
        unknown(parameter, format!("{} have no field `{name}`.", entity.plural.en), name, &own)
    })
}

/// The link of this name (`owner` for `owner_id`), or the problem of `parameter` that names it.
pub(super) fn link(entity: &Entity, name: &str, parameter: &str) -> Result<&'static Field, Problem> {
    let links = || fields(entity).filter_map(|field| Some((field.link_name()?, field)));
    links().find(|(link, _)| *link == name).map(|(_, field)| field).ok_or_else(|| {
        let names: Vec<_> = links().map(|(link, _)| link).collect();
        unknown(parameter, format!("{} have no link `{name}`.", entity.plural.en), name, &names)
    })
}

/// The problem of a name that is not known, with the nearest that is.
pub(super) fn unknown(parameter: &str, detail: String, name: &str, known: &[&str]) -> Problem {
    let suggestion = nearest(name, known.iter().copied());
    let hint = match suggestion {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None if known.is_empty() => "There are none.".to_owned(),
        None => format!("There are: {}.", known.join(", ")),
    };
    let error =
        FieldError::new(parameter, &codes::UNKNOWN_FIELD, detail.clone()).value(name).suggest(suggestion);
    Problem::new(&codes::UNKNOWN_FIELD, detail).hint(hint).errors(vec![error])
}

/// The problem of a parameter whose value cannot be read.
pub(super) fn bad(parameter: &str, value: &str, message: String) -> Problem {
    let error = FieldError::new(parameter, &codes::BAD_REQUEST, message.clone()).value(value);
    Problem::new(&codes::BAD_REQUEST, message).errors(vec![error])
}
