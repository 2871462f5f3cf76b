//! Corrections of a checked file: a cell gets another value, all cells of a kind do, a row is left out. Only what follows
//! from them is checked again; the file itself stays as it came.

use model::{
    caller::Caller,
    problem::{FieldError, Problem, codes},
    value::codes as value_codes,
};
use serde::Serialize;
use serde_json::{Value, json};
use store::{Db, TenantTx, sql};
use uuid::Uuid;

use super::{
    advance,
    again::{of_id, of_sheet},
    batch::{self, Batch, Family},
    counts, job, kept_fixes,
    lease::Lease,
    plan::Plan,
    rejudge::rejudge,
    status::BatchStatus,
    steps::Work,
};
use crate::access::audit::{Note, note};

/// Rows that a line of the audit names.
const NAMED: usize = 100;
/// Most characters of a cell, as in spreadsheets.
const LONGEST: usize = 32_767;

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// By its header.
    Header(String),
    /// By its place, from 0.
    Place(usize),
}

/// What is corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// One cell gets a value, or the file's own back. Of a record that several rows tell by a key, that cell of all of them.
    Cell {
        /// The row's number in the file.
        row: i64,
        /// Its column.
        column: Column,
        /// As it would stand in the file; none takes the correction back.
        value: Option<String>,
    },
    /// Every cell of a column that holds this and is refused for this gets a value.
    Alike {
        /// The column.
        column: Column,
        /// What the cells hold.
        holds: String,
        /// The code of what is wrong with them.
        code: String,
        /// As it would stand in the file.
        value: String,
    },
    /// A row is left out, or taken back; a record that several rows tell by a key, with all of them.
    Skip {
        /// The row's number in the file.
        row: i64,
        /// Left out; else taken back.
        skip: bool,
    },
}

/// What a correction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fixed {
    /// Rows of the file that were corrected.
    pub rows: u64,
    /// Staged rows that were checked again. None where all have to be: the set needs validation then.
    pub checked: Option<u64>,
}

/// Corrects a file of a set whose rows are checked. What was approved needs approval again.
///
/// # Errors
/// `invalid` where there is no such row or column, or several columns of the name; `conflict` when the set is not checked;
/// `busy` while somebody works on it; `forbidden`.
pub async fn fix(db: &Db, caller: &Caller, id: Uuid, fix: &Fix) -> Result<Fixed, Problem> {
    let family = Family::load(db, caller, id).await?;
    super::permit(caller, &family)?;
    open(&family)?;
    check(&family, id, fix)?;
    if job::progress(db, caller, family.parent.id).await?.is_some() {
        return Err(job::busy());
    }
    let worker = batch::worker(caller, family.parent.id);
    let lease = Lease::take(db, &worker, family.parent.id).await?;
    // Large, and part of the futures of whoever asks.
    let done = Box::pin(run(db, &worker, &lease, id, fix)).await;
    lease.release().await?;
    done
}

/// How many rows a correction would change.
///
/// # Errors
/// As [`fix()`].
pub async fn would_fix(db: &Db, caller: &Caller, id: Uuid, fix: &Fix) -> Result<u64, Problem> {
    let family = Family::load(db, caller, id).await?;
    super::permit(caller, &family)?;
    open(&family)?;
    let place = check(&family, id, fix)?;
    let child = of_id(&family, id)?;
    let mut tx = batch::begin(db, &batch::worker(caller, family.parent.id)).await?;
    let rows = wanted(&mut tx, child, place, fix).await?;
    tx.rollback().await?;
    Ok(rows.len() as u64)
}

fn open(family: &Family) -> Result<(), Problem> {
    match family.parent.status {
        BatchStatus::Validated | BatchStatus::AwaitingApproval => Ok(()),
        BatchStatus::Received | BatchStatus::Detected | BatchStatus::Mapped | BatchStatus::Staged => {
            Err(Problem::new(&codes::CONFLICT, "The rows of the import are not checked yet.")
                .hint("Validate it first."))
        }
        other => Err(other.refuse(BatchStatus::Validated)),
    }
}

/// Looks at what is asked as far as the mapping tells; answers the place of the column.
fn check(family: &Family, id: Uuid, fix: &Fix) -> Result<Option<usize>, Problem> {
    let child = of_id(family, id)?;
    let mapping = child.mapping.as_ref().ok_or_else(|| super::steps::unmapped(child))?;
    let (column, value) = match fix {
        Fix::Skip { .. } => return Ok(None),
        Fix::Cell { column, value, .. } => (column, value.as_deref()),
        Fix::Alike { column, value, .. } => (column, Some(value.as_str())),
    };
    let refuse = |code, message: String, given: Value| {
        Err(Problem::invalid(vec![FieldError::new("column", code, message).value(given)]))
    };
    let places: Vec<usize> = match column {
        Column::Header(header) => {
            mapping.columns.iter().filter(|known| known.header == *header).map(|known| known.index).collect()
        }
        Column::Place(place) => {
            mapping.columns.iter().map(|known| known.index).filter(|known| known == place).collect()
        }
    };
    let given = match column {
        Column::Header(header) => json!(header),
        Column::Place(place) => json!(place),
    };
    let place = match places[..] {
        [place] => place,
        [] => {
            let headers: Vec<&str> = mapping.columns.iter().map(|known| known.header.as_str()).collect();
            let message =
                format!("{} has no such column. There are {}.", child.file_name, headers.join(", "));
            return refuse(&value_codes::UNKNOWN_FIELD, message, given);
        }
        _ => {
            let message = "Several columns have this header; say the column's place, from 0.".to_owned();
            return refuse(&value_codes::AMBIGUOUS_LINK, message, given);
        }
    };
    let wrong = value.and_then(|value| match value {
        text if text.contains('\0') => {
            Some((&value_codes::BAD_CHARACTER, "A cell holds no null character.".into()))
        }
        text if text.chars().count() > LONGEST => {
            Some((&value_codes::TOO_LONG, format!("A cell holds at most {LONGEST} characters.")))
        }
        _ => None,
    });
    if let Some((code, message)) = wrong {
        return Err(Problem::invalid(vec![FieldError::new("value", code, message)]));
    }
    Ok(Some(place))
}

/// The numbers of the rows that a correction is about.
async fn wanted(
    tx: &mut TenantTx,
    child: &Batch,
    place: Option<usize>,
    fix: &Fix,
) -> Result<Vec<i64>, Problem> {
    let (low, high) = child.id_range();
    let rows = match fix {
        Fix::Cell { row, .. } | Fix::Skip { row, .. } => {
            let text = sql!(
                "select row_number from import_rows
                 where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and is_file_row and row_number = $5"
            );
            let found = tx.query(text, &[&tx.tenant(), &child.id, &low, &high, row]).await?;
            if found.is_empty() {
                let message = format!("{} has no row {row}.", child.file_name);
                let error = FieldError::new("row", &value_codes::UNKNOWN_LINK, message).value(*row);
                return Err(Problem::invalid(vec![error]));
            }
            found
        }
        Fix::Alike { holds, code, .. } => {
            let place = place.and_then(|place| i32::try_from(place).ok()).unwrap_or_default();
            let mut columns = child.mapping.iter().flat_map(|mapping| &mapping.columns);
            let column = columns.find(|column| i32::try_from(column.index) == Ok(place));
            let kind = json!([{ "column": column.map(|column| &column.header), "code": code }]);
            tx.query(
                sql!(
                    "select f.row_number from import_rows f
                     left join import_fixes x on x.tenant_id = $1 and x.batch_id = $2 and x.row_number = f.row_number
                       and x.place = $5
                     where f.tenant_id = $1 and f.batch_id = $2 and f.id between $3 and $4 and f.is_file_row
                       and f.status = 'failed' and coalesce(x.value, f.raw[$5 + 1], '') = $6
                       and (f.errors @> $7 or exists (
                         select 1 from import_rows g where g.tenant_id = $1 and g.id = any(f.refs) and g.errors @> $7))
                     order by f.row_number"
                ),
                &[&tx.tenant(), &child.id, &low, &high, &place, holds, &kind],
            )
            .await?
        }
    };
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

async fn run(db: &Db, worker: &Caller, lease: &Lease, id: Uuid, fix: &Fix) -> Result<Fixed, Problem> {
    let mut family = Family::load(db, worker, id).await?;
    open(&family)?;
    let place = check(&family, id, fix)?;
    let child = of_id(&family, id)?.clone();
    let work = Work::of(db, worker, family.clone()).await?;
    let mut tx = batch::begin(db, worker).await?;
    let rows = wanted(&mut tx, &child, place, fix).await?;
    let done = Fixed { rows: rows.len() as u64, checked: Some(0) };
    if rows.is_empty() {
        tx.rollback().await?;
        return Ok(done);
    }
    let sheet: Vec<Uuid> = of_sheet(&family, &child).map(|other| other.id).collect();
    let mut plans = work.family.children.iter().zip(&work.plans);
    let plan = plans.find(|(other, _)| other.id == child.id).and_then(|(_, plan)| plan.as_ref());
    let key = plan.map(|plan| plan.key.clone()).unwrap_or_default();
    kept_fixes::keep(&mut tx, &child, (&sheet, &key), place, fix, &rows).await?;
    let mut touched = vec![];
    for (at, other) in work.family.children.iter().enumerate() {
        if sheet.contains(&other.id) {
            touched.push((at, rows.clone()));
        }
    }
    // Rows that tell of records by a key are staged by reading the whole file.
    let keyed = |plan: &Plan| plan.parts.iter().any(|part| part.keyed);
    let whole = touched.iter().any(|(at, _)| work.plans[*at].as_ref().is_some_and(|plan| keyed(plan)));
    let checked = if whole { None } else { rejudge(&mut tx, &work, &touched).await? };
    let (next, checked) = match checked {
        Some(checked) => {
            for (other, plan) in work.family.children.iter().zip(&work.plans) {
                if let Some(plan) = plan {
                    counts::store(&mut tx, other, plan).await?;
                }
            }
            (BatchStatus::Validated, Some(checked as u64))
        }
        None => {
            tx.rollback().await?;
            tx = batch::begin(db, worker).await?;
            kept_fixes::keep(&mut tx, &child, (&sheet, &key), place, fix, &rows).await?;
            (BatchStatus::Mapped, None)
        }
    };
    advance::all(&mut tx, &mut family, next).await?;
    unapprove(&mut tx, family.parent.id).await?;
    tell(&mut tx, &family, &child, fix, &rows).await?;
    lease.fence(&mut tx).await?;
    tx.commit().await?;
    Ok(Fixed { checked, ..done })
}

/// Whoever approved the set saw it otherwise.
async fn unapprove(tx: &mut TenantTx, set: Uuid) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "update import_batches set approved_by = null
             where tenant_id = $1 and (id = $2 or parent_id = $2) and approved_by is not null"
        ),
        &[&tx.tenant(), &set],
    )
    .await?;
    Ok(())
}

/// One line of the audit for the correction.
async fn tell(
    tx: &mut TenantTx,
    family: &Family,
    child: &Batch,
    fix: &Fix,
    rows: &[i64],
) -> Result<(), Problem> {
    let named = |column: &Column| match column {
        Column::Header(header) => json!(header),
        Column::Place(place) => {
            let mut columns = child.mapping.iter().flat_map(|mapping| &mapping.columns);
            json!(columns.find(|known| known.index == *place).map(|known| &known.header))
        }
    };
    let mut told = match fix {
        Fix::Cell { column, value, .. } => json!({ "column": named(column), "value": value }),
        Fix::Alike { column, holds, code, value } => {
            json!({ "column": named(column), "held": holds, "code": code, "value": value })
        }
        Fix::Skip { skip, .. } => json!({ "skip": skip }),
    };
    told["file"] = json!(child.file_name);
    told["batch"] = json!(child.id);
    told["count"] = json!(rows.len());
    told["rows"] = json!(rows.iter().take(NAMED).collect::<Vec<_>>());
    let line = Note {
        entity: "import_batches",
        id: Some(family.parent.id),
        action: "import.fixed",
        new_values: Some(told),
    };
    note(tx, line).await
}
