//! From rows of a file to rows of `import_rows`: the records of each, and those that several rows tell together.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use model::value::{ValueCode, codes as value_codes};
use model::{
    Document,
    world::{derived_id, derived_id_at_place},
};
use serde_json::{Value, json};
use tabular::{Defect, RowRef};
use uuid::Uuid;

use super::{
    batch::{Batch, EmptyCells},
    codes as row_codes,
    corrected::{self, RowFix},
    finding::Finding,
    groups::{self, Group},
    plan::{PartPlan, Plan},
    record::{self, Record},
    staged::{Row, array_literal},
    types::Role,
};

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

/// A row of the file with what people corrected in it.
#[derive(Debug)]
pub struct FileRow<'a> {
    number: i64,
    raw: Vec<&'a str>,
    corrected: Option<Vec<&'a str>>,
    skipped: bool,
    /// It stands for its record, which is left out.
    stands: bool,
    defects: Vec<Finding>,
    mends: Vec<bool>,
}

impl<'a> FileRow<'a> {
    /// A row with its cells as in the file, what was found of its shape, and its corrections.
    pub fn new(number: i64, raw: Vec<&'a str>, defects: Vec<Finding>, fix: Option<&'a RowFix>) -> Self {
        let mends = defects.iter().map(|defect| fix.is_some_and(|fix| fix.mends(defect, &raw))).collect();
        let corrected = fix.filter(|fix| !fix.cells.is_empty()).map(|fix| fix.laid(&raw));
        let (skipped, stands) = fix.map_or((false, false), |fix| (fix.skipped, fix.stands));
        Self { number, raw, corrected, skipped, stands, defects, mends }
    }

    /// A row as the reader of the file gives it.
    pub fn read(plan: &Plan, row: RowRef<'a>, fix: Option<&'a RowFix>) -> Self {
        let defects = row.defect().into_iter().map(|defect| defect_finding(plan, defect)).collect();
        Self::new(number(row), row.cells().collect(), defects, fix)
    }

    fn cell(&self, index: usize) -> &'a str {
        self.corrected.as_ref().unwrap_or(&self.raw).get(index).copied().unwrap_or("")
    }

    /// What is still wrong with its shape, and what was put right in reading it.
    fn shape(&self) -> (Vec<Finding>, Vec<Finding>) {
        let left = self.defects.iter().zip(&self.mends).filter(|(_, mended)| !**mended);
        left.map(|(defect, _)| defect.clone()).partition(|defect| defect.code != row_codes::ROW_REPAIRED.code)
    }
}

/// A row's number in the file.
pub fn number(row: RowRef<'_>) -> i64 {
    i64::try_from(row.number()).unwrap_or(i64::MAX)
}

/// Makes staged rows of a file's rows.
pub struct Stager<'a> {
    batch: &'a Batch,
    plan: &'a Plan,
    clear: bool,
    at: Timestamp,
}

impl<'a> Stager<'a> {
    /// For the rows of this file.
    pub fn of(batch: &'a Batch, plan: &'a Plan) -> Self {
        Self { batch, plan, clear: batch.empty_cells == EmptyCells::Clear, at: batch.at() }
    }

    /// Adds the records of one row of the file; a row that is left out has none.
    pub fn add(&self, row: &FileRow<'_>, chunk: &mut Chunk) {
        let number = row.number;
        chunk.file_rows += 1;
        let last = self.plan.finest();
        let (mut carried, mended) = row.shape();
        if row.skipped {
            let part = self.plan.parts[last].name();
            let key = self.plan.parts[last].keyed.then(|| self.key(row)).flatten();
            if key.is_none() || row.stands {
                let id = key.map_or_else(|| self.row_id(part, number), |key| self.key_id(&key));
                let left = Row { id, part, number, skipped: true, ..Row::default() };
                chunk.rows.push(self.of_file(left, row, &mut vec![], vec![]));
            }
            return;
        }
        let records = record::read(self.plan, |index| row.cell(index), self.clear);
        let mut ids: Vec<Option<Uuid>> = vec![];
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
                        let mut told = self.of_file(told, row, &mut carried, mended.clone());
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
                out = self.of_file(out, row, &mut carried, mended.clone());
            }
            chunk.rows.push(out);
            ids.push(Some(id));
        }
    }

    /// The row of the document, among those of the parts so far.
    fn root(&self, ids: &[Option<Uuid>]) -> Option<Uuid> {
        let root = |part: &PartPlan| part.part.role == Role::Root;
        self.plan.parts.iter().zip(ids).find_map(|(part, id)| id.filter(|_| root(part)))
    }

    /// The row that stands for a row of the file, with its cells and what is wrong with them.
    fn of_file(
        &self,
        mut out: Row,
        row: &FileRow<'_>,
        carried: &mut Vec<Finding>,
        mended: Vec<Finding>,
    ) -> Row {
        out.is_file_row = true;
        out.raw = Some(array_literal(row.raw.iter().copied()));
        out.defects.clone_from(&row.defects);
        out.errors.append(carried);
        out.warnings.extend(mended);
        out
    }

    /// What the row's cells in the columns of the key say; none where they say nothing.
    fn key(&self, row: &FileRow<'_>) -> Option<String> {
        corrected::key(&self.plan.key, row.corrected.as_ref().unwrap_or(&row.raw))
    }

    /// The id of the record that rows tell by this key.
    fn key_id(&self, key: &str) -> Uuid {
        derived_id(self.at, &[self.batch.id.as_bytes(), b"key", key.as_bytes()])
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
        row.id = self.key_id(&key);
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

/// What the reader says of a row's shape.
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
