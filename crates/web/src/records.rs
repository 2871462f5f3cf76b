//! Records of any entity: list, children, get, create, update, archive, restore, bulk.

use axum::{http::StatusCode, response::Response};
use model::{
    entity::{Child, Entity},
    query::{GetQuery, ListQuery, PageQuery},
};
use store::engine;

use crate::{
    answer,
    ask::Ask,
    bulk,
    input::{Id, JsonBody, Params, Posted, Precondition, nothing},
    refusal::Refusal,
    writes,
};

type Answer = Result<Response, Refusal>;
type Kind = &'static Entity;

/// A page of records.
pub async fn list(ask: Ask, entity: Kind, Params(params): Params) -> Answer {
    let query = ListQuery::parse(entity, &params)?;
    let page = ask.run(engine::list(&ask.app.db, &ask.caller, entity, &query)).await?;
    Ok(answer::with_older(answer::page(page), entity))
}

/// A page of records that belong to one record, which the caller must be able to see.
pub async fn children(
    ask: Ask,
    (parent, child, other): (Kind, &'static Child, Kind),
    Id(id): Id,
    Params(params): Params,
) -> Answer {
    let query = ListQuery::parse(other, &params)?;
    let page = ask.run(engine::children(&ask.app.db, &ask.caller, parent, id, child, &query)).await?;
    Ok(answer::page(page))
}

/// One record; 304 where the caller holds this version. Linked records have versions of their own, so an answer
/// that carries some is always given in full.
pub async fn get(ask: Ask, entity: Kind, Id(id): Id, Params(params): Params, held: Precondition) -> Answer {
    let query = GetQuery::parse(entity, &params)?;
    let record = ask.run(engine::get(&ask.app.db, &ask.caller, entity, id, &query)).await?;
    match query.view.expand.is_empty() && held.holds(record.version) {
        true => Ok(answer::not_modified(record.version)),
        false => Ok(answer::record(StatusCode::OK, record)),
    }
}

/// What became of a record.
pub async fn history(ask: Ask, entity: Kind, Id(id): Id, Params(params): Params) -> Answer {
    let query = PageQuery::parse(&params)?;
    let page = ask.run(engine::history(&ask.app.db, &ask.caller, entity, id, &query)).await?;
    Ok(answer::page(page))
}

/// A new record.
pub async fn create(ask: Ask, entity: Kind, Posted { body, once }: Posted) -> Answer {
    let side = ask.caller.scope;
    let created = |record| answer::created(side, entity.name, record);
    Ok(writes::create(&ask, entity, body, once, created).await?)
}

/// A change of some fields.
pub async fn update(
    ask: Ask,
    entity: Kind,
    Id(id): Id,
    held: Precondition,
    JsonBody(body): JsonBody,
) -> Answer {
    let record = writes::update(&ask, entity, id, body, held.if_match).await?;
    Ok(answer::record(StatusCode::OK, record))
}

/// A record into the archive.
pub async fn archive(ask: Ask, entity: Kind, Id(id): Id, held: Precondition) -> Answer {
    let record = writes::archive(&ask, entity, id, held.if_match).await?;
    Ok(answer::record(StatusCode::OK, record))
}

/// A record out of the archive.
pub async fn restore(
    ask: Ask,
    entity: Kind,
    Id(id): Id,
    held: Precondition,
    Posted { body, once }: Posted,
) -> Answer {
    nothing(&body)?;
    let restored = |record| answer::record(StatusCode::OK, record);
    Ok(writes::restore(&ask, entity, id, held.if_match, once, restored).await?)
}

/// Many records in one call: all or none, or each for itself.
pub async fn bulk(ask: Ask, entity: Kind, Posted { body, once }: Posted) -> Answer {
    let request = bulk::parse(body)?;
    let told = |results| answer::json(StatusCode::OK, bulk::answer(results));
    Ok(writes::bulk(&ask, entity, request, once, told).await?)
}
