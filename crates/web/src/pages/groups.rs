//! The fields of a record in groups, as record pages and forms show them, made from the kinds of fields.

use model::{
    entity::Entity,
    field::{Field, Kind, Text, Write},
    registry,
};

use crate::{
    portal,
    ui::{Look, words},
};

/// Texts that belong to an address.
const PLACE: [&str; 6] = ["address", "city", "state", "province", "postal_code", "country"];

/// A group and its label, in the order of pages.
const GROUPS: [Text; 5] =
    [words::GROUP_MAIN, words::GROUP_ADDRESS, words::GROUP_AMOUNTS, words::GROUP_LINKS, words::GROUP_NOTES];

/// The group of a field.
fn group(field: &Field) -> Text {
    match field.kind {
        _ if PLACE.contains(&field.name) => words::GROUP_ADDRESS,
        Kind::Email | Kind::Phone | Kind::Url | Kind::Country => words::GROUP_ADDRESS,
        Kind::Money | Kind::UnitPrice | Kind::Percent | Kind::Currency => words::GROUP_AMOUNTS,
        Kind::Link(_) if !field.required => words::GROUP_LINKS,
        Kind::Paragraph { .. } | Kind::Json | Kind::Tags | Kind::Ip => words::GROUP_NOTES,
        _ => words::GROUP_MAIN,
    }
}

/// The fields that fit, in groups; empty groups are left out.
pub fn grouped(entity: &'static Entity, fits: impl Fn(&Field) -> bool) -> Vec<(Text, Vec<&'static Field>)> {
    let of = |label: Text| -> Vec<&'static Field> {
        entity.fields.iter().filter(|field| group(field) == label && fits(field)).collect()
    };
    let groups = GROUPS.into_iter().map(|label| (label, of(label)));
    groups.filter(|(_, fields)| !fields.is_empty()).collect()
}

/// Whether whoever the page is for may read it and it says more to people than ids do. In the portal everything is the one
/// customer's, and how a record came in is nobody's concern.
pub fn is_shown(look: &Look, field: &Field) -> bool {
    let told = match field.link() {
        Some("customers") => false,
        Some(target) => registry::entity(target).is_some_and(portal::has_pages),
        None => field.name != "imported",
    };
    look.reads(field) && !matches!(field.kind, Kind::Id) && (told || !look.portal)
}

/// Whether a form of a new record, or of one that is there, asks for it.
pub fn is_asked(look: &Look, field: &Field, new: bool) -> bool {
    let written = match field.write {
        Write::Always => true,
        Write::Once => new,
        Write::Import | Write::Never => false,
    };
    // In the portal a record is the caller's and their customer's, which the engine states.
    let stated = look.portal && matches!(field.link(), Some("customers" | "portal_users"));
    written && field.carried.is_none() && look.reads(field) && !stated
}
