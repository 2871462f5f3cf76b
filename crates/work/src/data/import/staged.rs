//! Staged rows on their way to the database.

use model::{Document, problem::Problem};
use uuid::Uuid;

use super::finding::Finding;

/// One row to be staged.
#[derive(Debug, Default)]
pub struct Row {
    pub id: Uuid,
    pub part: &'static str,
    pub is_file_row: bool,
    pub number: i64,
    pub root: Option<Uuid>,
    pub refs: Vec<Uuid>,
    pub key: Option<String>,
    pub raw: Option<String>,
    pub payload: Option<Document>,
    pub links: Document,
    pub errors: Vec<Finding>,
    pub warnings: Vec<Finding>,
    pub missing: Vec<Finding>,
    /// What was found of the row's shape in the file, corrected or not.
    pub defects: Vec<Finding>,
    /// It is left out.
    pub skipped: bool,
}

/// The rows of a chunk, column by column, as one statement takes them.
#[derive(Default)]
pub struct Columns {
    pub ids: Vec<Uuid>,
    pub parts: Vec<&'static str>,
    pub file_rows: Vec<bool>,
    pub numbers: Vec<i64>,
    pub roots: Vec<Option<Uuid>>,
    pub refs: Vec<Option<String>>,
    pub keys: Vec<Option<String>>,
    pub raws: Vec<Option<String>>,
    pub payloads: Vec<Option<String>>,
    pub links: Vec<Option<String>>,
    pub statuses: Vec<&'static str>,
    pub errors: Vec<Option<String>>,
    pub warnings: Vec<Option<String>>,
    pub defects: Vec<Option<String>>,
}

impl Columns {
    /// Lays rows out column by column.
    pub fn of(rows: &[Row]) -> Result<Self, Problem> {
        let mut columns = Self::default();
        for row in rows {
            columns.ids.push(row.id);
            columns.parts.push(row.part);
            columns.file_rows.push(row.is_file_row);
            columns.numbers.push(row.number);
            columns.roots.push(row.root);
            columns.refs.push((!row.refs.is_empty()).then(|| {
                let ids: Vec<String> = row.refs.iter().map(Uuid::to_string).collect();
                format!("{{{}}}", ids.join(","))
            }));
            columns.keys.push(row.key.clone());
            columns.raws.push(row.raw.clone());
            columns.payloads.push(row.payload.as_ref().map(text).transpose()?);
            columns.links.push((!row.links.is_empty()).then(|| text(&row.links)).transpose()?);
            columns.statuses.push(match (row.skipped, row.errors.is_empty()) {
                (true, _) => "skipped",
                (false, false) => "failed",
                (false, true) => "pending",
            });
            columns.defects.push((!row.defects.is_empty()).then(|| text(&row.defects)).transpose()?);
            let findings: Vec<&Finding> = row.errors.iter().chain(&row.missing).collect();
            columns.errors.push((!findings.is_empty()).then(|| text(&findings)).transpose()?);
            columns.warnings.push((!row.warnings.is_empty()).then(|| text(&row.warnings)).transpose()?);
        }
        Ok(columns)
    }
}

/// A text array as PostgreSQL reads it.
pub fn array_literal<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::from("{");
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push('"');
        for c in cell.chars() {
            if matches!(c, '"' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
        out.push('"');
    }
    out.push('}');
    out
}

/// JSON as text.
pub fn text(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(Problem::internal)
}
