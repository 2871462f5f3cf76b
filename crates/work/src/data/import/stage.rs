//! Staging: every row of the file becomes rows of `import_rows`, its cells read, its verdict on single values known.
//!
//! A blocking thread reads and parses; the rows travel in chunks through a short queue to the database, one statement
//! a chunk. Ids are derived from the batch, so a chunk that is staged twice adds nothing.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use model::value::{ValueCode, codes as value_codes};
use model::{
    Document,
    caller::Caller,
    problem::Problem,
    world::{derived_id, derived_id_at_place},
};
use serde_json::{Value, json};
use store::{Db, TenantTx, sql};
use tabular::{Defect, Hints, RowRef};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    batch::{self, Batch, EmptyCells},
    codes as row_codes,
    finding::Finding,
    groups::{self, Group},
    patience::Patience,
    plan::Plan,
    record::{self, Record},
    refusal, source,
    staged::{Columns, Row, array_literal},
};

/// Rows of the file that travel together.
const CHUNK: usize = 5_000;

/// Rows to be staged together.
#[derive(Debug, Default)]
pub struct Chunk {
    /// Rows that stand for themselves.
    pub rows: Vec<Row>,
    /// Records told by several rows.
    pub groups: HashMap<Uuid, Group>,
    /// Rows of the file among them.
    pub file_rows: u64,
}

/// Stages the whole file; answers its number of rows. `told` hears the number so far.
///
/// # Errors
/// `bad_file` when the file turns out broken, and problems of the database.
pub async fn stage(
    db: &Db,
    worker: &Caller,
    batch: &Batch,
    plan: Arc<Plan>,
    path: PathBuf,
    told: &(dyn Fn(u64) + Send + Sync),
) -> Result<u64, Problem> {
    clear(db, worker, batch).await?;
    let (send, mut receive) = mpsc::channel::<Chunk>(2);
    let reader = {
        let (batch, plan) = (batch.clone(), plan.clone());
        tokio::task::spawn_blocking(move || read(&batch, &plan, &path, &send))
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

/// Reads the file to its end on this thread.
fn read(
    batch: &Batch,
    plan: &Plan,
    path: &std::path::Path,
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
    let stager = Stager { batch, plan, clear: batch.empty_cells == EmptyCells::Clear, at: batch.at() };
    let mut chunk = Chunk::default();
    while let Some(row) = rows.next_row().map_err(refusal::problem)? {
        stager.add(row, &mut chunk);
        if chunk.file_rows as usize >= CHUNK && send.blocking_send(std::mem::take(&mut chunk)).is_err() {
            return Ok(());
        }
    }
    if chunk.file_rows > 0 && send.blocking_send(chunk).is_err() {
        tracing::debug!("staging was stopped before its end");
    }
    Ok(())
}

struct Stager<'a> {
    batch: &'a Batch,
    plan: &'a Plan,
    clear: bool,
    at: Timestamp,
}

impl Stager<'_> {
    /// Adds the records of one row of the file.
    fn add(&self, row: RowRef<'_>, chunk: &mut Chunk) {
        let number = i64::try_from(row.number()).unwrap_or(i64::MAX);
        chunk.file_rows += 1;
        let records = record::read(self.plan, |index| row.cell(index), self.clear);
        let mut ids: Vec<Option<Uuid>> = vec![];
        let (mended, broken): (Vec<&Defect>, Vec<&Defect>) =
            row.defect().into_iter().partition(|defect| defect.is_repaired());
        let mut carried: Vec<Finding> =
            broken.into_iter().map(|defect| defect_finding(self.plan, defect)).collect();
        let last = self.plan.finest();
        for (at, found) in records.into_iter().enumerate() {
            let part = &self.plan.parts[at];
            if part.made {
                ids.push(None);
                continue;
            }
            let links: Document = part
                .of
                .iter()
                .filter_map(|(field, place)| {
                    Some((field.name.to_owned(), json!(ids.get(*place).copied().flatten()?)))
                })
                .collect();
            let refs: Vec<Uuid> = ids.iter().flatten().copied().collect();
            if part.grouped {
                let Some(record) = found else {
                    ids.push(None);
                    continue;
                };
                let told = Row { part: part.name(), number, refs, links, ..Row::default() };
                match (at == last).then(|| self.key(row)) {
                    None => ids.push(self.group(at, told, record, chunk, &mut carried)),
                    Some(key) => {
                        let mut told = self.of_file(told, row, &mut carried, &mended);
                        told.root = self.root(&ids);
                        self.keyed(at, key, told, record, chunk);
                    }
                }
                continue;
            }
            let id = self.row_id(part.name(), number);
            let mut out = Row { id, part: part.name(), number, refs, links, ..Row::default() };
            out.root = self.root(&ids);
            if let Some(record) = found {
                fill(&mut out, record);
            }
            if at == last {
                out = self.of_file(out, row, &mut carried, &mended);
            }
            chunk.rows.push(out);
            ids.push(Some(id));
        }
    }

    /// The row of the document, among those of the parts so far.
    fn root(&self, ids: &[Option<Uuid>]) -> Option<Uuid> {
        let root = |part: &super::plan::PartPlan| part.part.role == super::types::Role::Root;
        self.plan.parts.iter().zip(ids).find_map(|(part, id)| id.filter(|_| root(part)))
    }

    /// The row that stands for a row of the file, with its cells and what is wrong with them.
    fn of_file(&self, mut out: Row, row: RowRef<'_>, carried: &mut Vec<Finding>, mended: &[&Defect]) -> Row {
        out.is_file_row = true;
        out.raw = Some(array_literal(row.cells()));
        out.errors.append(carried);
        out.warnings.extend(mended.iter().map(|defect| defect_finding(self.plan, defect)));
        out
    }

    /// What the row's cells in the columns of the key say; none where they say nothing.
    fn key(&self, row: RowRef<'_>) -> Option<String> {
        let cells: Vec<&str> = self.plan.key.iter().map(|index| row.cell(*index).trim()).collect();
        cells.iter().any(|cell| !cell.is_empty()).then(|| cells.join("\u{1f}"))
    }

    /// Adds what the row says of a record that rows tell by a key.
    fn keyed(&self, at: usize, key: Option<String>, mut row: Row, record: Record, chunk: &mut Chunk) {
        let part = &self.plan.parts[at];
        fill(&mut row, record);
        let Some(key) = key else {
            let message = "The cells that tell the record apart are empty.";
            let finding = Finding::new(
                part.name(),
                "row",
                &value_codes::REQUIRED,
                message,
                "Fill them in on every row.",
            );
            row.errors.push(finding);
            row.id = self.row_id(part.name(), row.number);
            chunk.rows.push(row);
            return;
        };
        row.id = derived_id(self.at, &[self.batch.id.as_bytes(), b"key", key.as_bytes()]);
        self.lay(at, row, chunk);
    }

    /// Lays what a row says of a record to what earlier rows of the chunk said.
    fn lay(&self, at: usize, row: Row, chunk: &mut Chunk) {
        match chunk.groups.entry(row.id) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(Group { row, place: at });
            }
            std::collections::hash_map::Entry::Occupied(mut entry) => {
                groups::agree(&self.plan.parts[at], entry.get_mut(), row)
            }
        }
    }

    /// Adds what the row says of a record that several rows tell; answers the record's row.
    fn group(
        &self,
        at: usize,
        mut row: Row,
        record: Record,
        chunk: &mut Chunk,
        carried: &mut Vec<Finding>,
    ) -> Option<Uuid> {
        let part = &self.plan.parts[at];
        let Some(key) = record.key.clone().or_else(|| record.id.clone()) else {
            let key = part.identities.first().and_then(|set| set.fields.first());
            let (name, label) = key.map_or(("id", "Id"), |field| (field.name, field.label.en));
            let one = part.entity.label.en.to_lowercase();
            let message = format!("{label} is missing; it says to which {one} the row belongs.");
            let known = record.errors.iter().chain(&record.missing).any(|f| f.field.ends_with(name));
            if !known {
                let mend = "Fill it in on every row.";
                let header = part.header(name);
                carried.push(
                    Finding::new(part.name(), name, &value_codes::REQUIRED, message, mend).column(header),
                );
            }
            carried.extend(record.errors);
            carried.extend(record.missing);
            return None;
        };
        row.id = derived_id(self.at, &[self.batch.id.as_bytes(), part.name().as_bytes(), key.as_bytes()]);
        let id = row.id;
        fill(&mut row, record);
        self.lay(at, row, chunk);
        Some(id)
    }

    /// The id of a row of the file: in the order of the file, a thousand to a millisecond.
    fn row_id(&self, part: &str, number: i64) -> Uuid {
        let at = self.at.checked_add(SignedDuration::from_millis(number / 1000)).unwrap_or(self.at);
        let sheet = self.batch.sheet.as_deref().unwrap_or_default();
        let place = u16::try_from(number.rem_euclid(1000)).unwrap_or(0);
        let parts = [self.batch.id.as_bytes(), part.as_bytes(), sheet.as_bytes(), &number.to_be_bytes()];
        derived_id_at_place(at, place, &parts.map(|part| part as &[u8]))
    }
}

fn fill(row: &mut Row, record: Record) {
    let mut payload = record.payload;
    if let Some(id) = record.id {
        payload.insert("id".into(), Value::from(id));
    }
    row.key = record.key;
    row.payload = Some(payload);
    row.errors.extend(record.errors);
    row.warnings.extend(record.warnings);
    row.missing = record.missing;
}

fn defect_finding(plan: &Plan, defect: &Defect) -> Finding {
    let (code, message, mend): (&'static ValueCode, String, _) = match defect {
        Defect::TooMany { expected, got } => (
            &row_codes::WRONG_NUMBER_OF_CELLS,
            format!("The row has {got} cells and the header {expected}."),
            "Put cells that hold the delimiter into quotes.",
        ),
        Defect::TooFew { expected, got } => (
            &row_codes::WRONG_NUMBER_OF_CELLS,
            format!("The row has {got} cells and the header {expected}."),
            "Add the missing cells; empty ones need their delimiter too.",
        ),
        Defect::InvalidBytes { .. } => (
            &row_codes::BAD_BYTES,
            "The row holds bytes that are no text in the file's encoding.".into(),
            "Save the file as UTF-8 and correct the characters shown as �.",
        ),
        Defect::CellTooLong { limit, .. } => {
            (&row_codes::CELL_TOO_LONG, format!("A cell is longer than {limit} bytes."), "Shorten it.")
        }
        Defect::UnclosedQuote => (
            &row_codes::UNCLOSED_QUOTE,
            "A quote opens in the row and never closes.".into(),
            "Close the quote.",
        ),
        Defect::StrayQuote => (
            &row_codes::ROW_REPAIRED,
            "A quote stands inside a quoted cell of the row; it was taken as a character.".into(),
            "Check the row; double the quote inside quotes.",
        ),
        Defect::OtherDelimiter { delimiter } => (
            &row_codes::ROW_REPAIRED,
            format!("The row has {delimiter:?} between its cells; it was read by that."),
            "Check the row; use one delimiter in the whole file.",
        ),
        _ => (&row_codes::BAD_ROW, "The row cannot be read as it stands.".into(), "Correct the row."),
    };
    let part = plan.parts[plan.finest()].name();
    let mut finding = Finding::new(part, "row", code, message, mend);
    finding.field = "row".into();
    finding
}

/// Writes a chunk: what groups say is laid together with what earlier chunks said of them.
async fn write(tx: &mut TenantTx, batch: &Batch, plan: &Plan, chunk: Chunk) -> Result<(), Problem> {
    if !chunk.groups.is_empty() {
        groups::write(tx, batch, plan, chunk.groups).await?;
    }
    let columns = Columns::of(&chunk.rows)?;
    tx.execute(
        sql!(
            "insert into import_rows (tenant_id, id, batch_id, part, is_file_row, sheet, row_number, root_id, refs,
               external_key, raw, payload, links, status, errors, warnings)
             select $1, r.id, $2, r.part, r.is_file_row, $3, r.row_number, r.root_id, r.refs::uuid[],
               r.external_key, r.raw::text[], r.payload::jsonb, r.links::jsonb,
               case when r.failed then 'failed' else 'pending' end, r.errors::jsonb, r.warnings::jsonb
             from unnest($4::uuid[], $5::text[], $6::boolean[], $7::bigint[], $8::uuid[], $9::text[], $10::text[],
               $11::text[], $12::text[], $13::text[], $14::boolean[], $15::text[], $16::text[])
               as r (id, part, is_file_row, row_number, root_id, refs, external_key, raw, payload, links, failed, errors,
                 warnings)
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
            &columns.failed,
            &columns.errors,
            &columns.warnings,
        ],
    )
    .await?;
    Ok(())
}
