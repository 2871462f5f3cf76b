//! How a set of files stands: what each row would become, or became.

use model::{caller::Caller, problem::Problem};
use serde::Serialize;
use serde_json::{Value, json};
use store::{Db, sql, sql::Query};
use uuid::Uuid;

use super::{
    approval,
    batch::{Batch, Family},
    counts::Counts,
    finding::Finding,
    mapping::Mapping,
    status::BatchStatus,
    undo::Undone,
    unknown::{self, Unknown},
};

/// One kind of error or warning, with how often it occurs.
#[derive(Clone, Debug, Serialize)]
pub struct Tally {
    /// Its code.
    pub code: String,
    /// The column it is about.
    pub column: Option<String>,
    /// Records that have it.
    pub records: i64,
    /// The first of them: row and finding.
    pub first_row: Option<i64>,
    /// What it says there.
    pub example: Option<Finding>,
}

/// One file or sheet.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport {
    /// Its batch.
    pub batch: Uuid,
    /// Its name, with folders in an archive.
    pub file: String,
    /// The sheet, in workbooks.
    pub sheet: Option<String>,
    /// What it holds.
    pub data_type: Option<String>,
    /// Where it stands.
    pub status: &'static str,
    /// Its rows by what becomes or became of them.
    #[serde(flatten)]
    pub counts: Counts,
    /// Which column gives which field, and why.
    pub mapping: Option<Mapping>,
    /// The template that it is read by.
    pub template: Option<String>,
    /// Columns without a field.
    pub ignored: Vec<String>,
    /// What a person should know, as that the same file was imported before.
    pub notes: Vec<String>,
    /// Cells that people corrected.
    pub fixed: i64,
    /// Values that nothing is known for, most frequent first: each may become another.
    pub unknown: Vec<Unknown>,
    /// What is wrong with rows, by kind, most frequent first.
    pub errors: Vec<Tally>,
    /// What a person should know of rows that are good, by kind, and records that an undo left alone.
    pub warnings: Vec<Tally>,
    /// Why the file as a whole cannot be used.
    pub error: Option<String>,
}

impl FileReport {
    /// What the command line prints with `--json`.
    pub fn summary(&self) -> Value {
        let Counts { rows, created, updated, unchanged, skipped, failed } = self.counts;
        json!({
            "batch": self.batch, "data_type": self.data_type, "rows": rows, "created": created, "updated": updated,
            "unchanged": unchanged, "skipped": skipped, "failed": failed, "template": self.template,
        })
    }
}

/// A set of files.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The set.
    pub batch: Uuid,
    /// Where it stands.
    pub status: &'static str,
    /// What happens with bad rows.
    pub policy: &'static str,
    /// The data source that it came of.
    pub data_source_id: Option<Uuid>,
    /// All rows by what becomes or became of them.
    #[serde(flatten)]
    pub counts: Counts,
    /// The caller may not approve it, since they brought it in or corrected it, and the company wants two persons.
    pub needs_second_person: bool,
    /// From the begin of the commit to its end, in milliseconds.
    pub took_ms: Option<i64>,
    /// What an undo did, once there was one.
    pub undone: Option<Undone>,
    /// Its files and sheets.
    pub files: Vec<FileReport>,
    /// Why the set as a whole cannot be used.
    pub error: Option<String>,
}

/// Reports on the set that a batch is or belongs to.
///
/// # Errors
/// [`not_found`](model::problem::codes::NOT_FOUND); [`forbidden`](model::problem::codes::FORBIDDEN).
pub async fn report(db: &Db, caller: &Caller, id: Uuid) -> Result<Report, Problem> {
    let family = Family::load(db, caller, id).await?;
    super::permit(caller, &family)?;
    let mut files = vec![];
    for child in &family.children {
        let errors = errors(db, caller, child).await?;
        let unknown = if errors.iter().any(unknown::is_told) {
            unknown::values(db, caller, child).await?
        } else {
            vec![]
        };
        files.push(FileReport {
            batch: child.id,
            file: child.file_name.clone(),
            sheet: child.sheet.clone(),
            data_type: child.data_type.clone(),
            status: child.status.name(),
            counts: Counts::of(child),
            template: child.mapping.as_ref().and_then(|mapping| mapping.template.clone()),
            ignored: child.mapping.iter().flat_map(Mapping::ignored).map(str::to_owned).collect(),
            notes: notes(child),
            fixed: fixed(db, caller, child).await?,
            unknown,
            errors,
            warnings: warnings(db, caller, child).await?,
            mapping: child.mapping.clone(),
            error: child.error.clone(),
        });
    }
    let parent = &family.parent;
    let took = parent
        .started_at
        .zip(parent.completed_at)
        .map(|(start, end)| end.as_millisecond() - start.as_millisecond());
    Ok(Report {
        batch: parent.id,
        status: parent.status.name(),
        policy: parent.policy.name(),
        data_source_id: parent.data_source,
        counts: super::ending::sum(&family),
        needs_second_person: match parent.status {
            BatchStatus::Validated | BatchStatus::AwaitingApproval => {
                approval::is_refused(db, caller, &family).await?
            }
            _ => false,
        },
        took_ms: took,
        undone: parent.undone,
        files,
        error: parent.error.clone(),
    })
}

fn notes(child: &Batch) -> Vec<String> {
    let mut notes = vec![];
    if let Some(before) = child.detection.seen_before.first() {
        notes.push(format!("A file with the same content was imported before (batch {before})."));
    }
    for column in child.mapping.iter().flat_map(|mapping| &mapping.columns) {
        if column.format.ambiguous && column.target.is_some() {
            let order = column.format.date_order.as_deref().unwrap_or("dmy");
            notes.push(format!(
                "“{}” could be day first or month first; it is read as {order}.",
                column.header
            ));
        }
    }
    notes
}

async fn fixed(db: &Db, caller: &Caller, child: &Batch) -> Result<i64, Problem> {
    if child.status < BatchStatus::Mapped {
        return Ok(0);
    }
    let text = sql!(
        "select count(*) from import_fixes where tenant_id = $1 and batch_id = $2 and place is not null"
    );
    let rows = db.read(caller, Query::fixed(text, vec![caller.tenant.into(), child.id.into()])).await?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}

async fn errors(db: &Db, caller: &Caller, child: &Batch) -> Result<Vec<Tally>, Problem> {
    if child.status < BatchStatus::Validated || Counts::of(child).failed == 0 {
        return Ok(vec![]);
    }
    let text = sql!(
        "select e ->> 'code', e ->> 'column', count(*), min(r.row_number), (array_agg(e order by r.row_number))[1]
         from import_rows r cross join lateral jsonb_array_elements(r.errors) e
         where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.status = 'failed'
         group by 1, 2 order by 3 desc, 4 limit 100"
    );
    tallies(db, caller, child, text).await
}

async fn warnings(db: &Db, caller: &Caller, child: &Batch) -> Result<Vec<Tally>, Problem> {
    if !child.warned {
        return Ok(vec![]);
    }
    let text = sql!(
        "select e ->> 'code', e ->> 'column', count(*), min(r.row_number), (array_agg(e order by r.row_number))[1]
         from import_rows r cross join lateral jsonb_array_elements(r.warnings) e
         where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.warnings is not null
         group by 1, 2 order by 3 desc, 4 limit 100"
    );
    tallies(db, caller, child, text).await
}

async fn tallies(
    db: &Db,
    caller: &Caller,
    child: &Batch,
    text: &'static store::sql::Sql,
) -> Result<Vec<Tally>, Problem> {
    let (low, high) = child.id_range();
    let args = vec![caller.tenant.into(), child.id.into(), low.into(), high.into()];
    let rows = db.read(caller, Query::fixed(text, args)).await?;
    Ok(rows
        .iter()
        .map(|row| Tally {
            code: row.get(0),
            column: row.get(1),
            records: row.get(2),
            first_row: row.get(3),
            example: serde_json::from_value(row.get(4)).ok(),
        })
        .collect())
}
