//! First and last names in columns of their own, where a record has one name: joined, in five languages.

use model::value::fold;

use super::{
    mapping::{CellFormat, Class, Made, Mapping},
    types::DataType,
};

/// Kinds of records that are people, or may be.
const PEOPLE: [&str; 4] = ["contacts", "users", "portal_users", "customers"];

/// Headers of first names: English, Thai, German, French, Spanish.
const FIRST: &[&str] = &[
    "first name", "firstname", "given name", "given names", "forename", "contact first name", "fname",
    "customer first name", "ชื่อจริง", "ชื่อต้น", "vorname", "vornamen", "prénom", "prénoms", "nombre de pila",
    "primer nombre", "nombres",
];

/// Headers of last names.
const LAST: &[&str] = &[
    "last name", "lastname", "family name", "surname", "contact last name", "lname", "customer last name",
    "นามสกุล", "ชื่อสกุล", "สกุล", "nachname", "familienname", "zuname", "nom de famille", "apellido",
    "apellidos", "primer apellido",
];

/// Headers of names that are first names beside a column of last names.
const FIRST_BESIDE: &[&str] = &["name", "ชื่อ", "nombre"];

/// Headers of names that are last names beside a column of first names.
const LAST_BESIDE: &[&str] = &["name", "nom"];

/// Joins the columns of first and last names, where people's records have one name and nothing else gives it.
pub fn join(kind: &DataType, mapping: &mut Mapping) {
    let Some(part) = kind.parts.iter().find(|part| PEOPLE.contains(&part.entity)) else { return };
    let target = format!("{}.name", part.entity);
    let given = mapping.columns.iter().position(|column| column.target.as_ref() == Some(&target));
    let named = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| fold(word)).collect();
        let free = |at: &usize| mapping.columns[*at].target.is_none() || Some(*at) == given;
        let fits = |at: &usize| words.contains(&fold(&mapping.columns[*at].header));
        let mut found = (0..mapping.columns.len()).filter(free).filter(fits);
        // Two columns of first names are no pair with anything.
        found.next().filter(|_| found.next().is_none())
    };
    let beside = |words: &[&str]| named(words).filter(|at| given.is_none_or(|given| given == *at));
    let pair = match (named(FIRST), named(LAST)) {
        (Some(first), Some(last)) => Some((first, last)),
        (Some(first), None) => beside(LAST_BESIDE).map(|last| (first, last)),
        (None, Some(last)) => beside(FIRST_BESIDE).map(|first| (first, last)),
        (None, None) => None,
    };
    let Some((first, last)) = pair.filter(|(first, last)| first != last) else { return };
    if given.is_some_and(|at| at != first && at != last) {
        return;
    }
    let (from, label) =
        (vec![header(mapping, first), header(mapping, last)], part.description().label.en.to_lowercase());
    for (at, other) in [(first, last), (last, first)] {
        let other = header(mapping, other);
        let column = &mut mapping.columns[at];
        (column.target, column.class, column.steps) = (None, Class::Likely, vec![]);
        column.reason = format!("Joined with “{other}”: first and last name make the {label}'s name.");
    }
    let format = CellFormat::default();
    mapping.made.push(Made { target, from, with: " ".into(), steps: vec![], format });
}

fn header(mapping: &Mapping, at: usize) -> String {
    mapping.columns[at].header.clone()
}
