//! The two records that are selected in a list, on the way to their page.

use axum::http::StatusCode;
use maud::html;
use model::entity::Entity;
use uuid::Uuid;
use work::merging;

use super::{OTHER, words};
use crate::{
    pages::{Answer, leave, list, visitor::Visitor},
    ui::{Url, small},
};

/// Whether the visitor may merge records of this kind.
pub fn may(visitor: &Visitor, entity: &Entity) -> bool {
    merging::merges(entity) && visitor.may(entity, merging::MERGE)
}

/// Leads to the two side by side. The older one is the one that stays, unless somebody says otherwise there.
pub async fn picked(visitor: &Visitor, entity: &'static Entity, ids: Vec<&str>, at: Url) -> Answer {
    visitor.permit(entity, merging::MERGE)?;
    let mut ids: Vec<Uuid> = ids.into_iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
    ids.sort_unstable();
    match ids.as_slice() {
        [kept, other] if kept != other => {
            let place = format!("/{}/{kept}/{}?{OTHER}={other}", entity.name, merging::MERGE);
            Ok(leave(&visitor.look, &place))
        }
        _ => {
            let why = visitor.look.t(words::ONLY_TWO);
            let told = html! { div.toast data-toast { (small("circle-alert")) span { (why) } } };
            list::again(visitor, entity, at, told, StatusCode::OK).await
        }
    }
}
