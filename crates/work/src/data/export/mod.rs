//! Exports: the records of an entity as a file, which spreadsheets open and the importer reads back unchanged (CSV and
//! Excel), or programs read (JSON Lines and Parquet).

mod format;
mod job;
mod jsonl;
mod parquet;
mod text;
mod xlsx;

use std::io::Read;

use model::{caller::Caller, entity::Entity, field::Kind, problem::Problem, query};
use serde_json::json;
use store::{Db, engine};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    task::spawn_blocking,
};

use crate::access::audit::{self, Note};

pub use format::{Format, Layout};
pub(crate) use job::JOBS;
pub use job::{ExportFile, OPERATIONS, file};

/// Records read at a time.
const PAGE: usize = 5_000;

/// Leaves a line in the audit trail about an export that is written at once; to be called before its first byte.
///
/// # Errors
/// `forbidden` without the entity's `export`; problems of the database.
pub async fn note(db: &Db, caller: &Caller, entity: &'static Entity, format: Format) -> Result<(), Problem> {
    caller.permit(&entity.permission("export"))?;
    let mut tx = db.begin(caller).await?;
    let new_values = Some(json!({ "format": format.name() }));
    audit::note(&mut tx, Note { entity: entity.name, id: None, action: "export", new_values }).await?;
    tx.commit().await
}

/// A file of texts: headers, then rows.
///
/// # Errors
/// Defects.
pub(crate) fn texts(
    layout: Layout,
    name: &str,
    headers: Vec<String>,
    rows: &[Vec<Option<String>>],
) -> Result<Vec<u8>, Problem> {
    let columns = headers.into_iter().map(|header| (header, Kind::Text { max: 0 })).collect();
    let mut encoder = format::encoder(layout, name, columns)?;
    encoder.add(rows)?;
    let rest = encoder.end()?;
    let mut bytes = encoder.take();
    if let Some(mut rest) = rest {
        rest.read_to_end(&mut bytes).map_err(Problem::internal)?;
    }
    Ok(bytes)
}

/// Writes every record of the list `of` that the caller may export, in its order (that in which they were made where it
/// names none): a column for each field, or for those it names; links as the linked record's code or name (its id where no name is its alone). Answers the
/// number of records, and tells `told` how many there are by now, thousands at a time.
///
/// # Errors
/// `forbidden` without the entity's `export`; what the list names and is not there; `invalid` for a value that the format cannot hold; what stands in the way
/// of writing; the problem of `told`.
pub async fn write<Told>(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    of: &query::Kept,
    layout: Layout,
    out: &mut (impl AsyncWrite + Unpin),
    mut told: impl FnMut(u64) -> Told,
) -> Result<u64, Problem>
where
    Told: Future<Output = Result<(), Problem>>,
{
    caller.permit(&entity.permission("export"))?;
    let (query, only) = (of.query(entity)?, of.fields(entity)?);
    let own =
        engine::custom_fields(db, caller, entity).await?.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    query.check_custom(entity, &own.iter().map(String::as_str).collect::<Vec<_>>())?;
    let own = if only.is_empty() { own } else { vec![] };
    let columns = engine::text_columns(caller, entity, &only, &own);
    let named = columns.iter().map(|column| (column.name.clone(), column.kind())).collect();
    let mut encoder = format::encoder(layout, entity.name, named)?;
    let mut after = None;
    let mut count = 0;
    loop {
        let page = engine::texts(db, caller, entity, &columns, &query, after.as_ref(), PAGE).await?;
        let records: Vec<format::Cells> = page.rows;
        count += records.len() as u64;
        let added = spawn_blocking(move || {
            encoder.add(&records)?;
            let bytes = encoder.take();
            Ok::<_, Problem>((encoder, bytes))
        });
        let bytes;
        (encoder, bytes) = added.await.map_err(Problem::internal)??;
        out.write_all(&bytes).await.map_err(Problem::internal)?;
        told(count).await?;
        after = page.last;
        if after.is_none() {
            break;
        }
    }
    let ended = spawn_blocking(move || encoder.end().map(|rest| (encoder.take(), rest)));
    let (bytes, rest) = ended.await.map_err(Problem::internal)??;
    out.write_all(&bytes).await.map_err(Problem::internal)?;
    if let Some(rest) = rest {
        let mut rest = tokio::fs::File::from_std(rest);
        tokio::io::copy(&mut rest, out).await.map_err(Problem::internal)?;
    }
    out.flush().await.map_err(Problem::internal)?;
    Ok(count)
}
