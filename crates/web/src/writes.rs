//! Writes of records, as API and pages do them alike: in one transaction, the rights held, done once where that was asked.

use axum::response::Response;
use model::{Document, entity::Entity, event::Change, problem::Problem};
use store::{
    TenantTx,
    engine::{self, BulkRequest, Done, Record},
};
use uuid::Uuid;
use work::{access::rights, once::sound};

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
        let tx = match once.begin(ask, &entity.permission("create")).await? {
            Start::First(tx) => tx,
            Start::Again(answer) => return Ok(answer),
        };
        let write = async |tx: &mut TenantTx| engine::create(tx, entity, body).await;
        let (tx, record) = written(tx, entity, Change::Created, write).await?;
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
        let tx = ask.app.db.begin(&ask.caller).await?;
        let write = async |tx: &mut TenantTx| engine::update(tx, entity, id, body, if_match).await;
        let (tx, record) = written(tx, entity, Change::Updated, write).await?;
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
        let tx = ask.app.db.begin(&ask.caller).await?;
        let write = async |tx: &mut TenantTx| engine::archive(tx, entity, id, if_match).await;
        let (tx, record) = written(tx, entity, Change::Archived, write).await?;
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
        let tx = match once.begin(ask, &entity.permission("delete")).await? {
            Start::First(tx) => tx,
            Start::Again(answer) => return Ok(answer),
        };
        let write = async |tx: &mut TenantTx| engine::restore(tx, entity, id, if_match).await;
        let (tx, record) = written(tx, entity, Change::Restored, write).await?;
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
        }
        .await;
        let (tx, results) = sound(tx, done).await?;
        once.end(tx, answer(results)).await
    };
    ask.run(work).await
}

/// Writes one record and looks at what it gives or takes of rights; the transaction, where both went well.
async fn written(
    mut tx: TenantTx,
    entity: &'static Entity,
    change: Change,
    write: impl AsyncFnOnce(&mut TenantTx) -> Result<Record, Problem>,
) -> Result<(TenantTx, Record), Problem> {
    let done = async {
        let record = write(&mut tx).await?;
        rights::hold(&mut tx, entity, change, &[&record]).await.map(|()| record)
    }
    .await;
    sound(tx, done).await
}
