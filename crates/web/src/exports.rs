//! Exports: all records of an entity as CSV, written while they are sent, or the file that a job made.

use std::future::ready;

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use model::{entity::Entity, problem::Problem, query::Kept};
use store::files::Reading;
use tokio_util::io::ReaderStream;
use work::{
    export::{self, Format},
    retention,
};

use crate::{answer, ask::Ask, input::Id, refusal::Refusal, streamed::streamed};

/// Every record that the caller may export.
pub async fn csv(ask: Ask, entity: &'static Entity) -> Result<Response, Refusal> {
    let (db, caller) = (ask.app.db.clone(), ask.caller.clone());
    ask.run(export::note(&db, &caller, entity, Format::Csv)).await?;
    let whole = Kept::default();
    let write = async move |mut out| {
        export::write(&db, &caller, entity, &whole, Format::Csv.into(), &mut out, |_| ready(Ok(()))).await
    };
    let body = ask.run(streamed(write)).await?;
    Ok(answer::csv(body, &attachment(&format!("{}.csv", entity.name))?))
}

/// The file of an export, whole.
pub async fn file(ask: Ask, Id(id): Id) -> Result<Response, Refusal> {
    let kept = ask.run(export::file(&ask.app.db, &ask.app.files, &ask.caller, id)).await?;
    Ok(whole(kept.file, &kept.name, &kept.media_type)?)
}

/// The file of an archive of the audit trail: gzipped JSON Lines.
pub async fn audit_file(ask: Ask, Id(id): Id) -> Result<Response, Refusal> {
    let (file, name) = ask.run(retention::audit_file(&ask.app.db, &ask.app.files, &ask.caller, id)).await?;
    Ok(whole(file, &name, "application/gzip")?)
}

/// A stored file under a name.
fn whole(file: Reading, name: &str, media_type: &str) -> Result<Response, Problem> {
    let media_type = HeaderValue::from_str(media_type).map_err(Problem::internal)?;
    let body = Body::from_stream(ReaderStream::new(file.bytes));
    let mut response = answer::file(body, media_type, &attachment(name)?);
    response.headers_mut().insert(header::CONTENT_LENGTH, file.size.into());
    Ok(response)
}

/// The name under which a browser stores it. Names come from descriptions and need no quoting.
fn attachment(name: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(Problem::internal)
}
