//! Which columns a list shows: chosen in a popover, kept in the address.

use maud::{Markup, html};
use model::{
    entity::Entity,
    field::{Field, Kind, Read},
};

use super::words;
use crate::ui::{Look, Url, small};

/// The columns that the popover chose, as the address that has them; `None` where it chose none.
pub fn chosen(look: &Look, entity: &'static Entity, url: &Url) -> Option<Url> {
    url.get("choose")?;
    let names: Vec<&str> =
        url.pairs().iter().filter(|(name, _)| name == "column").map(|(_, v)| v.as_str()).collect();
    let plain = url.clone().at_start().without("choose").without("column").without("columns");
    let usual: Vec<&str> =
        crate::pages::table::columns(look, entity).iter().skip(1).map(|field| field.name).collect();
    let same = names.len() == usual.len() && names.iter().all(|name| usual.contains(name));
    Some(if same || names.is_empty() { plain } else { plain.with("columns", names.join(",")) })
}

/// The columns of a list: what names a record first, then those that were chosen.
pub fn of(look: &Look, entity: &'static Entity, chosen: &[&'static Field]) -> Vec<&'static Field> {
    let usual = crate::pages::table::columns(look, entity);
    if chosen.is_empty() {
        return usual;
    }
    let first = usual.first().copied();
    let rest = chosen.iter().copied().filter(|field| first.is_none_or(|first| first.name != field.name));
    first.into_iter().chain(rest).collect()
}

/// The fields that may be columns.
fn offered(entity: &'static Entity) -> impl Iterator<Item = &'static Field> {
    let fits = |field: &&'static Field| {
        field.read != Read::Nobody && !matches!(field.kind, Kind::Json | Kind::Id | Kind::Paragraph { .. })
    };
    let standard = entity.standard().filter(|field| matches!(field.name, "created_at" | "updated_at"));
    entity.fields.iter().filter(fits).chain(standard)
}

/// The button and its popover.
pub fn button(look: &Look, entity: &'static Entity, columns: &[&'static Field], url: &Url) -> Markup {
    let kept = url.clone().at_start().without("columns");
    let first = columns.first().map_or("", |field| field.name);
    html! {
        button."btn display-at" type="button" popovertarget="display-pop" aria-label=(look.t(words::DISPLAY)) {
            (small("columns-3")) span.only-l { (look.t(words::DISPLAY)) }
        }
        div.pop #display-pop popover aria-label=(look.t(words::COLUMNS)) {
            form.fill action={ "/" (entity.name) } hx-boost="false" {
                @for (name, value) in kept.pairs() { input type="hidden" name=(name) value=(value); }
                input type="hidden" name="choose" value="columns";
                p.cap { (look.t(words::COLUMNS)) }
                @for field in offered(entity).filter(|field| field.name != first) {
                    label.tick {
                        input.check type="checkbox" name="column" value=(field.name)
                            checked[columns.iter().any(|shown| shown.name == field.name)];
                        (look.t(field.label))
                    }
                }
                div.row {
                    a.btn href=(kept) { (look.t(words::USUAL)) }
                    button."btn pri" type="submit" { (look.t(crate::ui::words::APPLY)) }
                }
            }
        }
    }
}
