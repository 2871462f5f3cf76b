//! Where a record went that became part of another one.

use maud::{Markup, html};
use model::{entity::Entity, problem::Problem, query::GetQuery};
use store::engine;
use work::merging::Standing;

use super::words;
use crate::{
    pages::visitor::Visitor,
    ui::value::{self, Record},
};

/// Where a record went that was merged into another one; nothing for all others.
///
/// # Errors
/// What the database says.
pub async fn went(
    visitor: &Visitor,
    entity: &'static Entity,
    merged: &Standing,
) -> Result<Option<Markup>, Problem> {
    let Some(into) = merged.into else { return Ok(None) };
    let look = &visitor.look;
    let plain = GetQuery::default();
    let get = engine::get(&visitor.ask.app.db, visitor.caller(), entity, into, &plain);
    let name = match visitor.ask.run(get).await {
        Ok(found) => {
            let record: Record = serde_json::from_str(&found.json).map_err(Problem::internal)?;
            Some(value::title(look, entity, &record))
        }
        Err(_) => None,
    };
    Ok(Some(html! {
        b {
            (look.t(words::INTO)) " "
            @match &name {
                Some(name) => a href={ "/" (entity.name) "/" (into) } lang=[value::thai(name)] { (name) },
                None => (look.t(words::INTO_ANOTHER)),
            }
        }
    }))
}
