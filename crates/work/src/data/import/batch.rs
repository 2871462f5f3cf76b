//! Batches as they stand in the database: the set of files (parent) and each file or sheet (child).

use jiff::Timestamp;
use model::{
    caller::{Caller, Grants, Scope},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{
    Db, TenantTx,
    sql::{Query, Row},
};
use uuid::Uuid;

use super::{mapping::Mapping, status::BatchStatus, undo::Undone};

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $text)] $variant),*
        }

        impl $name {
            /// The name the database and the API know.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// Reads the name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

names! {
    /// What a batch may do with records.
    Mode {
        /// Make new ones; what exists is an error.
        Create = "create",
        /// Change existing ones; what does not exist is an error.
        Update = "update",
        /// Both.
        Upsert = "upsert",
    }
}

names! {
    /// What happens when some rows are bad.
    Policy {
        /// Nothing is written.
        AllOrNothing = "all_or_nothing",
        /// The good rows are written.
        ValidRows = "valid_rows",
    }
}

names! {
    /// What an empty cell means for a record that exists.
    EmptyCells {
        /// The stored value stays.
        Keep = "keep",
        /// The stored value goes.
        Clear = "clear",
    }
}

names! {
    /// How a batch came in.
    SourceKind {
        /// A page of the portal.
        Portal = "portal-upload",
        /// The API.
        Api = "api",
        /// The command line.
        Cli = "cli",
        /// A schedule.
        Schedule = "schedule",
    }
}

/// What detection remembers of a file, so that it can be read again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Detection {
    /// Which member of an archive, from 0.
    pub member: usize,
    /// Which sheet of a workbook, from 0.
    pub sheet: usize,
    /// Text encoding.
    pub encoding: Option<String>,
    /// Delimiter.
    pub delimiter: Option<String>,
    /// Rows of the header, from 1.
    pub header_rows: Vec<u64>,
    /// Rows, as far as the size tells.
    pub row_estimate: u64,
    /// Headers as in the file, for the error file.
    pub headers: Vec<String>,
    /// Batches of the same content that were completed before.
    pub seen_before: Vec<Uuid>,
    /// Archived records that the file names are restored.
    pub restore: bool,
    /// The policy follows the number of rows.
    pub policy_by_size: bool,
}

/// A batch.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its id; the time in it is the base of its rows' ids.
    pub id: Uuid,
    /// The set it belongs to; none for the set itself.
    pub parent: Option<Uuid>,
    /// Place in the set.
    pub position: i32,
    /// What it holds; none until it is mapped.
    pub data_type: Option<String>,
    /// How it came in.
    pub source: SourceKind,
    /// Where it stands.
    pub status: BatchStatus,
    /// Where its file lies in object storage.
    pub file_key: Option<String>,
    /// The file's name, with its folders in an archive.
    pub file_name: String,
    /// The sheet's name in a workbook.
    pub sheet: Option<String>,
    /// What it may do.
    pub mode: Mode,
    /// What happens when rows are bad.
    pub policy: Policy,
    /// What empty cells mean.
    pub empty_cells: EmptyCells,
    /// What detection remembers.
    pub detection: Detection,
    /// Which column gives which field.
    pub mapping: Option<Mapping>,
    /// How its rows came out; empty until they are validated.
    pub counts: Value,
    /// Who brought it in: a user or a token; none for the program.
    pub brought_by: Option<Uuid>,
    /// What went wrong, where it failed.
    pub error: Option<String>,
    /// Some of its rows have warnings.
    pub warned: bool,
    /// What an undo did, once there was one.
    pub undone: Option<Undone>,
    /// The data source that it came of; said of sets alone.
    pub data_source: Option<Uuid>,
    /// When it was received.
    pub created_at: Timestamp,
    /// When work on it began.
    pub started_at: Option<Timestamp>,
    /// When its rows were looked at last to tell what a commit would do.
    pub dry_run_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

const COLUMNS: &str = "b.id, b.parent_id, b.position, b.data_type, b.source, b.status, f.storage_key, \
     coalesce(b.file_name, ''), b.sheet, b.mode, b.policy, b.empty_cells, coalesce(b.detection, '{}'), b.mapping, \
     b.counts, b.error, b.created_at, b.started_at, b.dry_run_at, b.completed_at, \
     b.summary -> 'undone', coalesce(b.summary ? 'warned', false), b.initiated_by, b.data_source_id";

impl Batch {
    fn read(row: &Row) -> Result<Self, Problem> {
        let name = |at: usize| row.get::<_, String>(at);
        let unknown = |what: &str| Problem::internal(format!("import_batches holds an unknown {what}"));
        let mapping: Option<Value> = row.get(13);
        Ok(Self {
            id: row.get(0),
            parent: row.get(1),
            position: row.get(2),
            data_type: row.get(3),
            source: SourceKind::from_name(&name(4)).ok_or_else(|| unknown("source"))?,
            status: BatchStatus::from_name(&name(5)).ok_or_else(|| unknown("status"))?,
            file_key: row.get(6),
            file_name: row.get(7),
            sheet: row.get(8),
            mode: Mode::from_name(&name(9)).ok_or_else(|| unknown("mode"))?,
            policy: Policy::from_name(&name(10)).ok_or_else(|| unknown("policy"))?,
            empty_cells: EmptyCells::from_name(&name(11)).ok_or_else(|| unknown("empty_cells"))?,
            detection: serde_json::from_value(row.get(12)).map_err(Problem::internal)?,
            mapping: mapping.map(serde_json::from_value).transpose().map_err(Problem::internal)?,
            counts: row.get(14),
            error: row.get(15),
            created_at: row.get(16),
            started_at: row.get(17),
            dry_run_at: row.get(18),
            completed_at: row.get(19),
            undone: row.get::<_, Option<Value>>(20).and_then(|undone| serde_json::from_value(undone).ok()),
            warned: row.get(21),
            brought_by: row.get(22),
            data_source: row.get(23),
        })
    }

    /// The moment that its rows' ids carry.
    pub fn at(&self) -> Timestamp {
        let millis = i64::try_from(self.id.as_u128() >> 80).unwrap_or(0);
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The least and the greatest id a row of it may have: a day of ids, so that the database looks into one or two
    /// partitions only.
    pub fn id_range(&self) -> (Uuid, Uuid) {
        row_id_range(self.id)
    }
}

/// The least and the greatest id that a staged row of this file or sheet may have.
pub fn row_id_range(batch: Uuid) -> (Uuid, Uuid) {
    let start = batch.as_u128() >> 80;
    (Uuid::from_u128(start << 80), Uuid::from_u128(((start + 86_400_000) << 80) - 1))
}

/// A set of files with its files or sheets.
#[derive(Clone, Debug)]
pub struct Family {
    /// The set.
    pub parent: Batch,
    /// Its files and sheets, in the order in which they came.
    pub children: Vec<Batch>,
}

impl Family {
    /// Loads the set that a batch is, or belongs to.
    ///
    /// # Errors
    /// [`NOT_FOUND`](model::problem::codes::NOT_FOUND).
    pub async fn load(db: &Db, caller: &Caller, batch: Uuid) -> Result<Self, Problem> {
        let text = format!(
            "select {COLUMNS} from import_batches b
             left join files f on f.tenant_id = b.tenant_id and f.id = b.file_id
             where b.tenant_id = $1 and (b.id = $2 or b.parent_id = $2
               or b.id = (select c.parent_id from import_batches c where c.tenant_id = $1 and c.id = $2)
               or b.parent_id = (select c.parent_id from import_batches c where c.tenant_id = $1 and c.id = $2))
             order by b.parent_id nulls first, b.position, b.id"
        );
        let rows = db.read(caller, Query::repeated(text, vec![caller.tenant.into(), batch.into()])).await?;
        let mut all = rows.iter().map(Batch::read).collect::<Result<Vec<_>, _>>()?.into_iter();
        let parent = all.next().filter(|first| first.parent.is_none());
        let parent = parent.ok_or_else(|| Problem::not_found("import batch"))?;
        Ok(Self { parent, children: all.collect() })
    }

    /// Whether a file of the set takes part in its life: it was read, and holds something.
    pub fn takes_part(child: &Batch) -> bool {
        child.error.is_none()
    }

    /// The ids of all children.
    pub fn child_ids(&self) -> Vec<Uuid> {
        self.children.iter().map(|child| child.id).collect()
    }

    /// The least and the greatest id a staged row of any child may have.
    pub fn id_range(&self) -> (Uuid, Uuid) {
        let ranges = self.children.iter().map(Batch::id_range);
        ranges.reduce(|(a, b), (c, d)| (a.min(c), b.max(d))).unwrap_or((Uuid::nil(), Uuid::max()))
    }
}

/// The program at work on a batch in the name of `caller`.
pub fn worker(caller: &Caller, batch: Uuid) -> Caller {
    Caller {
        scope: Scope::System,
        grants: std::sync::Arc::new(Grants::everything()),
        customer: None,
        batch: Some(batch),
        ..caller.clone()
    }
}

/// A transaction for statements over whole parts: room to sort and hash in, time for millions of rows, and no
/// just-in-time compilation, which takes seconds for statements that run for milliseconds.
pub async fn begin(db: &Db, worker: &Caller) -> Result<TenantTx, Problem> {
    let mut tx = db.begin(worker).await?;
    tx.execute(
        store::sql!(
            "select set_config('jit', 'off', true), set_config('work_mem', '64MB', true),
               set_config('statement_timeout', '1h', true)"
        ),
        &[],
    )
    .await?;
    loops(&mut tx, false).await?;
    Ok(tx)
}

/// Whether the planner may join by loops. The database knows nothing yet of rows that were staged a moment ago and
/// takes them for few; a loop over two such sets takes their product. Where one side is a table with an index on what
/// is looked up, loops are right.
pub async fn loops(tx: &mut TenantTx, may: bool) -> Result<(), Problem> {
    let may = if may { "on" } else { "off" };
    tx.execute(store::sql!("select set_config('enable_nestloop', $1, true)"), &[&may]).await?;
    Ok(())
}
