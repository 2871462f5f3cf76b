//! What forms of records post: the same writes as the API's, answered by going on or by the form with what is wrong.

use axum::{http::StatusCode, response::Response};
use model::{entity::Entity, problem::Problem};

use super::{
    Answer, form,
    form::{Shown, document, page},
    go, html as answer,
    sent::Sent,
    told,
    visitor::Visitor,
};
use crate::{input::Id, refusal::status, writes};

/// Makes a record.
pub async fn create(visitor: Visitor, entity: &'static Entity, sent: Sent) -> Answer {
    let made = async {
        visitor.permit(entity, "create")?;
        let body = document(&visitor.look, entity, true, &sent).map_err(Problem::invalid)?;
        let place =
            |record: store::engine::Record| go(&format!("/{}/{}?done=created", entity.name, record.id));
        writes::create(&visitor.ask, entity, body, sent.once.clone(), place).await
    };
    match made.await {
        Ok(response) => Ok(response),
        Err(problem) => again(&visitor, Shown::again(entity, None, &sent, told(problem)?)),
    }
}

/// Changes a record.
pub async fn change(visitor: Visitor, entity: &'static Entity, Id(id): Id, sent: Sent) -> Answer {
    let place = format!("/{}/{id}", entity.name);
    let changed = async {
        visitor.permit(entity, "update")?;
        let body = document(&visitor.look, entity, false, &sent).map_err(Problem::invalid)?;
        writes::update(&visitor.ask, entity, id, body, sent.version()).await
    };
    match changed.await {
        Ok(_) => Ok(go(&sent.back(&place, "saved"))),
        Err(problem) => again(&visitor, Shown::again(entity, Some(id), &sent, told(problem)?)),
    }
}

/// Puts a record into the archive; what has none is removed.
pub async fn archive(visitor: Visitor, entity: &'static Entity, Id(id): Id) -> Answer {
    writes::archive(&visitor.ask, entity, id, None).await?;
    let list = format!("/{}", entity.name);
    Ok(go(&if entity.archives { format!("{list}/{id}?done=archived") } else { list }))
}

/// Takes a record out of the archive.
pub async fn restore(visitor: Visitor, entity: &'static Entity, Id(id): Id, sent: Sent) -> Answer {
    let place = |_| go(&format!("/{}/{id}?done=restored", entity.name));
    Ok(writes::restore(&visitor.ask, entity, id, None, sent.once, place).await?)
}

/// The form again, under the problem's status.
fn again(visitor: &Visitor, shown: form::Shown) -> Answer {
    let status = shown.problem.as_ref().map_or(StatusCode::OK, status);
    let response: Response = answer(status, page(visitor, &shown));
    Ok(response)
}
