//! Writes of records, as API and pages do them alike: in one transaction, the rights held, done once where that was asked.

use axum::response::Response;
use model::{Document, entity::Entity, event::Change, problem::Problem};
use store::{
    TenantTx,
    engine::{self, BulkRequest, Done, Record},
};
use uuid::Uuid;
use work::access::rights;

use crate::{
    ask::Ask,
    once::{Once, Start},
};

/// Makes a record and answers with what `answer` makes of it.
///
/// # Errors
/// Those of the engine; nothing was done then.
pub async fn create(
    ask: &Ask,
    entity: &'static Entity,
    body: Document,
    once: Once,
    answer: impl FnOnce(Record) -> Response,
) -> Result<Response, Problem> {
    let work = async {
        let mut tx = match once.begin(ask, &entity.permission("create")).await? {
            Start::First(tx) => tx,
            Start::Again(answer) => return Ok(answer),
        };
        let done = async {
            let record = engine::create(&mut tx, entity, body).await?;
            rights::hold(&mut tx, entity, Change::Created, &[&record]).await.map(|()| record)
        };
        let done = done.await;
        let (tx, record) = sound(tx, done).await?;
        once.end(tx, answer(record)).await
    };
    ask.run(work).await
}

/// Changes some fields of a record.
///
/// # Errors
/// Those of the engine; nothing was done then.
pub async fn update(
    ask: &Ask,
    entity: &'static Entity,
    id: Uuid,
    body: Document,
    if_match: Option<i32>,
) -> Result<Record, Problem> {
    let work = async {
        let mut tx = ask.app.db.begin(&ask.caller).await?;
        let record = engine::update(&mut tx, entity, id, body, if_match).await?;
        rights::hold(&mut tx, entity, Change::Updated, &[&record]).await?;
        tx.commit().await.map(|()| record)
    };
    ask.run(work).await
}

/// Puts a record into the archive.
///
/// # Errors
/// Those of the engine; nothing was done then.
pub async fn archive(
    ask: &Ask,
    entity: &'static Entity,
    id: Uuid,
    if_match: Option<i32>,
) -> Result<Record, Problem> {
    let work = async {
        let mut tx = ask.app.db.begin(&ask.caller).await?;
        let record = engine::archive(&mut tx, entity, id, if_match).await?;
        rights::hold(&mut tx, entity, Change::Archived, &[&record]).await?;
        tx.commit().await.map(|()| record)
    };
    ask.run(work).await
}

/// Takes a record out of the archive and answers with what `answer` makes of it.
///
/// # Errors
/// Those of the engine; nothing was done then.
pub async fn restore(
    ask: &Ask,
    entity: &'static Entity,
    id: Uuid,
    if_match: Option<i32>,
    once: Once,
    answer: impl FnOnce(Record) -> Response,
) -> Result<Response, Problem> {
    let work = async {
        let mut tx = match once.begin(ask, &entity.permission("delete")).await? {
            Start::First(tx) => tx,
            Start::Again(answer) => return Ok(answer),
        };
        let done = async {
            let record = engine::restore(&mut tx, entity, id, if_match).await?;
            rights::hold(&mut tx, entity, Change::Restored, &[&record]).await.map(|()| record)
        };
        let done = done.await;
        let (tx, record) = sound(tx, done).await?;
        once.end(tx, answer(record)).await
    };
    ask.run(work).await
}

/// Does the same to many records, all or each for itself, and answers with what `answer` makes of what became of them.
///
/// # Errors
/// Those of the engine; nothing was done then.
pub async fn bulk(
    ask: &Ask,
    entity: &'static Entity,
    request: BulkRequest,
    once: Once,
    answer: impl FnOnce(Vec<Result<Done, Problem>>) -> Response,
) -> Result<Response, Problem> {
    let work = async {
        let mut tx = match once.begin(ask, &entity.permission(request.action.permission())).await? {
            Start::First(tx) => tx,
            Start::Again(answer) => return Ok(answer),
        };
        let change = request.action.change();
        let done = async {
            let results = engine::bulk(&mut tx, entity, request).await?;
            // Whatever `atomic` says: rights that may not be given refuse the whole call.
            rights::hold(&mut tx, entity, change, &engine::written(&results)).await.map(|()| results)
        };
        let done = done.await;
        let (tx, results) = sound(tx, done).await?;
        once.end(tx, answer(results)).await
    };
    ask.run(work).await
}

/// The transaction in which all went well. One in which something did not is rolled back before the answer, so that its
/// locks, that of the request's key among them, hold up nobody who comes right behind.
async fn sound<T>(tx: TenantTx, done: Result<T, Problem>) -> Result<(TenantTx, T), Problem> {
    match done {
        Ok(done) => Ok((tx, done)),
        // Where the rollback fails, the connection is gone, and the server rolls back by itself.
        Err(problem) => {
            let _ = tx.rollback().await;
            Err(problem)
        }
    }
}
