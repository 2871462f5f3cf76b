//! `GET /`: where one begins.

use super::{Answer, go, nav, visitor::Visitor};

/// The first list of the menu.
pub async fn home(visitor: Visitor) -> Answer {
    let sections = nav::sections(&visitor);
    let first = sections.first().and_then(|(_, entities)| entities.first());
    Ok(go(&first.map_or_else(|| "/records".to_owned(), |entity| format!("/{}", entity.name))))
}
