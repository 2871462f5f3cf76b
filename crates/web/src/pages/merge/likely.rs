//! Records that likely are the same, on the forms of those about to be made and to be merged.

use maud::{Markup, html};
use model::{Document, entity::Entity, problem::Problem};
use store::engine::{self, Likely};
use uuid::Uuid;
use work::merging;

use super::{OTHER, words};
use crate::{
    pages::visitor::Visitor,
    ui::{Look, small, value},
};

/// Records that likely are the one that is described; of kinds of which people make doubles.
///
/// # Errors
/// Problems of the database.
pub async fn likely(
    visitor: &Visitor,
    entity: &'static Entity,
    doc: &Document,
    but: Option<Uuid>,
) -> Result<Vec<Likely>, Problem> {
    if !merging::merges(entity) {
        return Ok(vec![]);
    }
    let work = engine::likely(&visitor.ask.app.db, visitor.caller(), entity, doc, but);
    visitor.ask.run(work).await
}

/// The warning above the form of a new record.
pub fn warning(look: &Look, entity: &'static Entity, likely: &[Likely]) -> Markup {
    html! {
        div."note warn" role="alert" {
            (small("triangle-alert"))
            div.errs {
                b { (look.t(words::LIKELY_THERE)) }
                ul { @for one in likely { li { (named(look, entity, one, None)) } } }
            }
        }
    }
}

/// Those that may be chosen for a merge with the record of this id.
pub fn offered(look: &Look, entity: &'static Entity, id: Uuid, likely: &[Likely]) -> Markup {
    html! {
        section.card {
            header { h2 { (look.t(words::LIKELY)) } }
            ul."errs pads" { @for one in likely { li { (named(look, entity, one, Some(id))) } } }
        }
    }
}

/// A record by its name, where it may be seen, and in what it is alike. It leads there, or to where it is merged with `into`.
fn named(look: &Look, entity: &'static Entity, one: &Likely, into: Option<Uuid>) -> Markup {
    let alike: Vec<String> = one.alike.iter().map(|field| look.t(field.label).to_lowercase()).collect();
    html! {
        @match &one.seen {
            Some((id, name)) => {
                @let place = match into {
                    None => format!("/{}/{id}", entity.name),
                    Some(into) => format!("/{}/{into}/{}?{OTHER}={id}", entity.name, merging::MERGE),
                };
                a href=(place) lang=[value::thai(name)] { (name) }
            }
            None => (look.t(words::HIDDEN)),
        }
        " (" (alike.join(", ")) ")"
    }
}
