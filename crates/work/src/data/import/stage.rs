//! Staging: every row of the file becomes rows of `import_rows`, its cells read, its verdict on single values known.
//!
//! A blocking thread reads and parses; the rows travel in chunks through a short queue to the database, one statement
//! a chunk. Ids are derived from the batch, so a chunk that is staged twice adds nothing.

use std::sync::Arc;

use model::{caller::Caller, problem::Problem};
use store::{Db, TenantTx, files::OnDisk, sql};
use tabular::Hints;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    batch::{self, Batch},
    corrected::{self, Corrected},
    groups,
    patience::Patience,
    plan::Plan,
    refusal, source,
    staged::Columns,
    stager::{Chunk, FileRow, Stager, number},
};

/// Rows of the file that travel together.
const CHUNK: usize = 5_000;

/// Stages the whole file; answers its number of rows. `told` hears the number so far.
///
/// # Errors
/// `bad_file` when the file turns out broken, and problems of the database.
pub async fn stage(
    db: &Db,
    worker: &Caller,
    batch: &Batch,
    plan: Arc<Plan>,
    file: &OnDisk,
    told: &(dyn Fn(u64) + Send + Sync),
) -> Result<u64, Problem> {
    clear(db, worker, batch).await?;
    let corrected = corrections(db, worker, batch.id).await?;
    let (send, mut receive) = mpsc::channel::<Chunk>(2);
    let reader = {
        let (batch, plan, file) = (batch.clone(), plan.clone(), file.clone());
        tokio::task::spawn_blocking(move || read(&batch, &plan, &file, &corrected, &send))
    };
    let mut rows = 0;
    while let Some(chunk) = receive.recv().await {
        rows += chunk.file_rows;
        let mut tx = db.begin(worker).await?;
        // What a crash takes is staged again; the batch's own step to `staged` waits for the disk.
        tx.execute(sql!("select set_config('synchronous_commit', 'off', true)"), &[]).await?;
        write(&mut tx, batch, &plan, chunk).await?;
        tx.commit().await?;
        told(rows);
    }
    reader.await.map_err(Problem::internal)??;
    Ok(rows)
}

/// Removes what an earlier mapping staged, or a process that died.
async fn clear(db: &Db, worker: &Caller, batch: &Batch) -> Result<(), Problem> {
    let (low, high) = batch.id_range();
    let mut patience = Patience::default();
    loop {
        let mut tx = batch::begin(db, worker).await?;
        let text =
            sql!("delete from import_rows where tenant_id = $1 and batch_id = $2 and id between $3 and $4");
        match tx.execute(text, &[&worker.tenant, &batch.id, &low, &high]).await {
            Ok(_) => return tx.commit().await,
            Err(problem) => {
                tx.rollback().await?;
                if !patience.again(&problem).await {
                    return Err(problem);
                }
            }
        }
    }
}

/// What people corrected in the file.
async fn corrections(db: &Db, worker: &Caller, batch: Uuid) -> Result<Corrected, Problem> {
    let mut tx = db.begin(worker).await?;
    let all = corrected::of(&mut tx, batch, None).await?;
    tx.rollback().await?;
    Ok(all)
}

/// Reads the file to its end on this thread.
fn read(
    batch: &Batch,
    plan: &Plan,
    path: &std::path::Path,
    corrected: &Corrected,
    send: &mpsc::Sender<Chunk>,
) -> Result<(), Problem> {
    // What was found at the first look holds, whatever the locale is by now.
    let hints = Hints {
        encoding: batch.detection.encoding.clone(),
        delimiter: batch.detection.delimiter.as_deref().and_then(|mark| mark.bytes().next()),
        ..Hints::default()
    };
    let members = source::open(path, &batch.file_name, &hints)?;
    let member =
        members.get(batch.detection.member).ok_or_else(|| Problem::internal("the archive lost a member"))?;
    let mut rows = member.rows(batch.detection.sheet).map_err(refusal::problem)?;
    let stager = Stager::of(batch, plan);
    let mut chunk = Chunk::default();
    while let Some(row) = rows.next_row().map_err(refusal::problem)? {
        let fix = corrected.of_row(number(row), || row.cells().collect());
        stager.add(&FileRow::read(plan, row, fix.as_deref()), &mut chunk);
        if chunk.file_rows as usize >= CHUNK && send.blocking_send(std::mem::take(&mut chunk)).is_err() {
            return Ok(());
        }
    }
    if chunk.file_rows > 0 && send.blocking_send(chunk).is_err() {
        tracing::debug!("staging was stopped before its end");
    }
    Ok(())
}

/// Writes a chunk: what groups say is laid together with what earlier chunks said of them.
///
/// # Errors
/// Problems of the database.
pub async fn write(tx: &mut TenantTx, batch: &Batch, plan: &Plan, chunk: Chunk) -> Result<(), Problem> {
    if !chunk.groups.is_empty() {
        groups::write(tx, batch, plan, chunk.groups).await?;
    }
    let columns = Columns::of(&chunk.rows)?;
    tx.execute(
        sql!(
            "insert into import_rows (tenant_id, id, batch_id, part, is_file_row, sheet, row_number, root_id, refs,
               external_key, raw, payload, links, status, errors, warnings, defects)
             select $1, r.id, $2, r.part, r.is_file_row, $3, r.row_number, r.root_id, r.refs::uuid[],
               r.external_key, r.raw::text[], r.payload::jsonb, r.links::jsonb, r.status, r.errors::jsonb,
               r.warnings::jsonb, r.defects::jsonb
             from unnest($4::uuid[], $5::text[], $6::boolean[], $7::bigint[], $8::uuid[], $9::text[], $10::text[],
               $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[])
               as r (id, part, is_file_row, row_number, root_id, refs, external_key, raw, payload, links, status, errors,
                 warnings, defects)
             on conflict (tenant_id, id) do nothing"
        ),
        &[
            &tx.tenant(),
            &batch.id,
            &batch.sheet,
            &columns.ids,
            &columns.parts,
            &columns.file_rows,
            &columns.numbers,
            &columns.roots,
            &columns.refs,
            &columns.keys,
            &columns.raws,
            &columns.payloads,
            &columns.links,
            &columns.statuses,
            &columns.errors,
            &columns.warnings,
            &columns.defects,
        ],
    )
    .await?;
    Ok(())
}
