//! What forms of records post: the same writes as the API's, answered by going on or by the form with what is wrong.

use axum::{http::StatusCode, response::Response};
use model::{entity::Entity, problem::Problem};
use serde_json::Value;

use super::{
    Answer, custom, form,
    form::{SURE, Shown, document, page},
    go, html as answer, merge,
    sent::Sent,
    told,
    visitor::Visitor,
};
use crate::{input::Id, once::Start, portal, refusal::status, ui::Look, writes};

/// Makes a record.
pub async fn create(visitor: Visitor, entity: &'static Entity, sent: Sent) -> Answer {
    let customs = custom::of(&visitor, entity).await?;
    let made = async {
        visitor.permit(entity, "create")?;
        let body = document(&visitor.look, entity, true, &sent, &customs).map_err(Problem::invalid)?;
        let look = &visitor.look;
        // A portal is not told of the records of others.
        if !look.portal && sent.text(SURE).is_empty() {
            let likely = merge::likely(&visitor, entity, &body, None).await?;
            if !likely.is_empty() {
                // Sent twice, the form may have made what it is now warned of.
                match sent.once.begin(&visitor.ask, &entity.permission("create")).await? {
                    Start::Again(answer) => return Ok(answer),
                    Start::First(tx) => tx.rollback().await?,
                }
                let shown =
                    Shown { likely, ..Shown::again(look, entity, None, &sent, customs.clone(), None) };
                return Ok(answer(StatusCode::OK, page(&visitor, &shown)));
            }
        }
        let place =
            |record: store::engine::Record| go(&format!("{}?done=created", home(look, entity, &record)));
        writes::create(&visitor.ask, entity, body, sent.once.clone(), place).await
    };
    match made.await {
        Ok(response) => Ok(response),
        Err(problem) => {
            again(&visitor, Shown::again(&visitor.look, entity, None, &sent, customs, Some(told(problem)?)))
        }
    }
}

/// Changes a record.
pub async fn change(visitor: Visitor, entity: &'static Entity, Id(id): Id, sent: Sent) -> Answer {
    let customs = custom::of(&visitor, entity).await?;
    let changed = async {
        visitor.permit(entity, "update")?;
        let body = document(&visitor.look, entity, false, &sent, &customs).map_err(Problem::invalid)?;
        writes::update(&visitor.ask, entity, id, body, sent.version()).await
    };
    match changed.await {
        Ok(record) => Ok(go(&sent.back(&home(&visitor.look, entity, &record), "saved"))),
        Err(problem) => again(
            &visitor,
            Shown::again(&visitor.look, entity, Some(id), &sent, customs, Some(told(problem)?)),
        ),
    }
}

/// Puts a record into the archive; what has none is removed.
pub async fn archive(visitor: Visitor, entity: &'static Entity, Id(id): Id) -> Answer {
    let record = writes::archive(&visitor.ask, entity, id, None).await?;
    let look = &visitor.look;
    Ok(go(&match (entity.archives, look.portal) {
        (true, _) => format!("{}/{id}?done=archived", look.at(entity.name)),
        (false, true) => home(look, entity, &record),
        (false, false) => look.at(entity.name),
    }))
}

/// Takes a record out of the archive.
pub async fn restore(visitor: Visitor, entity: &'static Entity, Id(id): Id, sent: Sent) -> Answer {
    let place = |_| go(&format!("{}/{id}?done=restored", visitor.look.at(entity.name)));
    Ok(writes::restore(&visitor.ask, entity, id, None, sent.once, place).await?)
}

/// The page that shows a record: its own, or in the portal that of the record it is a part of.
fn home(look: &Look, entity: &Entity, record: &store::engine::Record) -> String {
    let own = || format!("{}/{}", look.at(entity.name), record.id);
    let whole = portal::whole(entity).filter(|_| look.portal);
    let of = whole.and_then(|(holder, link)| {
        let record: Value = serde_json::from_str(&record.json).ok()?;
        Some(format!("{}/{}", look.at(holder.name), record[link].as_str()?))
    });
    of.unwrap_or_else(own)
}

/// The form again, under the problem's status.
fn again(visitor: &Visitor, shown: form::Shown) -> Answer {
    let status = shown.problem.as_ref().map_or(StatusCode::OK, status);
    let response: Response = answer(status, page(visitor, &shown));
    Ok(response)
}
