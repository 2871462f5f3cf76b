//! Exports: the records of an entity as a CSV file that spreadsheets open and the importer reads back unchanged.

mod job;

use model::{caller::Caller, entity::Entity, problem::Problem};
use serde_json::json;
use store::{Db, engine};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use uuid::Uuid;

use super::csv;
use crate::access::audit::{self, Note};

pub(crate) use job::JOBS;
pub use job::{OPERATIONS, file};

/// Records read at a time.
const PAGE: i64 = 5_000;

/// Leaves a line in the audit trail about an export that is written at once; to be called before its first byte.
///
/// # Errors
/// `forbidden` without the entity's `export`; problems of the database.
pub async fn note(db: &Db, caller: &Caller, entity: &'static Entity) -> Result<(), Problem> {
    caller.permit(&entity.permission("export"))?;
    let mut tx = db.begin(caller).await?;
    let new_values = Some(json!({ "format": "csv" }));
    audit::note(&mut tx, Note { entity: entity.name, id: None, action: "export", new_values }).await?;
    tx.commit().await
}

/// Writes every record that the caller may export, archived ones left out, in the order in which they were made:
/// UTF-8 with commas, the first record the names of the fields, links as the linked record's code or name (its id
/// where no name is its alone). Cells that a spreadsheet would run as a formula begin with an apostrophe. Answers the
/// number of records, and tells `told` how many there are by now, thousands at a time.
///
/// # Errors
/// `forbidden` without the entity's `export`; what stands in the way of writing; the problem of `told`.
pub async fn csv<Told>(
    db: &Db,
    caller: &Caller,
    entity: &'static Entity,
    out: &mut (impl AsyncWrite + Unpin),
    mut told: impl FnMut(u64) -> Told,
) -> Result<u64, Problem>
where
    Told: Future<Output = Result<(), Problem>>,
{
    caller.permit(&entity.permission("export"))?;
    let own = if entity.custom_fields { engine::custom_keys(db, caller, entity).await? } else { vec![] };
    let columns = engine::text_columns(caller, entity, &own);
    let mut lines = csv::Lines::new(b',');
    lines.plain(columns.iter().map(|column| column.name.as_str()));
    let mut after = Uuid::nil();
    let mut count = 0;
    loop {
        let records = engine::texts(db, caller, entity, &columns, after, PAGE).await?;
        for (_, cells) in &records {
            lines.guarded(cells.iter().map(|cell| cell.as_deref().unwrap_or_default()));
        }
        out.write_all(&lines.take()).await.map_err(Problem::internal)?;
        count += records.len() as u64;
        told(count).await?;
        match records.last() {
            Some((last, _)) if records.len() == PAGE as usize => after = *last,
            _ => break,
        }
    }
    out.flush().await.map_err(Problem::internal)?;
    Ok(count)
}
