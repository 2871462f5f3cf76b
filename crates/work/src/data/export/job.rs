//! Exports in the background: asked for, written by a job, kept until they expire.
//!
//! Who asks is checked at the door, and again when the job runs, by the grants they have then. The file's place is
//! decided by the export, so an attempt that died is written over by the next.

use jiff::SignedDuration;
use model::{
    caller::{Caller, RecordScope},
    data::EXPORT_JOBS_FORMAT,
    entity::Entity,
    field::{self, Field, Text},
    notices::{EXPORT_FAILED, EXPORT_READY, NoticeKind},
    problem::{FieldError, Problem, Status, codes},
    query::{self, GetQuery},
    value,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Db, Files, TenantTx, engine,
    files::{Place, Reading, Stored},
    sql,
    sql::Query,
};
use uuid::Uuid;

use super::{Format, Layout};
use crate::{
    access::{
        again::By,
        audit::{self, Note},
    },
    data::named,
    jobs::{Job, Kind, Perform},
    notices::{Notice, To, Words, notify},
    operation::{Operate, Operation},
    settings::{self, Retention},
};

/// Kinds of jobs of this area.
pub(crate) const JOBS: &[Kind] = &[Kind::of::<RunExport>("Writes the file of an export.")];

/// The operations on exports.
pub const OPERATIONS: &[Operation] =
    &[Operation::on_collection::<RequestExport>("export_jobs", "request")
        .about(
            Text::of("Export", "ส่งออก"),
            "Writes the records of an entity to a file in the background. The export says how far it is, and whoever asked is told when it has ended.",
        )
        .input(INPUT)];

const INPUT: &[Field] = &[
    field::code("entity", "Entity")
        .required()
        .help("What is exported.")
        .example("customers"),
    field::select("format", "Format", EXPORT_JOBS_FORMAT).th("รูปแบบ").default("\"csv\""),
    field::boolean("bom", "Mark as UTF-8").th("ระบุว่าเป็น UTF-8").default("false")
        .help("CSV: a byte order mark in front, by which older versions of Excel know the letters."),
    field::boolean("raw", "Cells as they are").th("ค่าดิบ").default("false")
        .help("CSV: no apostrophe in front of a cell that a spreadsheet would run as a formula. For programs alone."),
    field::json("filter", "Filter")
        .th("ตัวกรอง")
        .default("{}")
        .help("Parameters of a list that narrow it: `filter[…]`, `q`, `archived`. Archived records are left out else.")
        .example("{\"filter[status]\": \"ACTIVE\"}"),
    field::tags("sort", "Sort")
        .th("การเรียง")
        .default("[]")
        .help("Keys as in a list; in the order in which records were made where left out.")
        .example("-created_at"),
    field::tags("columns", "Columns")
        .th("คอลัมน์")
        .default("[]")
        .help("Names of fields; all of them where left out.")
        .example("name"),
];

/// The largest file that an export may become.
const LIMIT: u64 = 64 << 30;
/// Bytes that are written ahead of the storage.
const AHEAD: usize = 256 << 10;

/// The input.
#[derive(Debug, Deserialize)]
pub struct RequestExport {
    entity: String,
    filter: Value,
    sort: Vec<String>,
    columns: Vec<String>,
    #[serde(flatten)]
    layout: Layout,
}

/// The export that was made.
#[derive(Debug, Serialize)]
pub struct Requested {
    /// Its id, under which it is read and its file fetched.
    export_id: Uuid,
}

impl Operate<()> for RequestExport {
    type Done = Requested;

    async fn run(self, tx: &mut TenantTx, (): ()) -> Result<Requested, Problem> {
        let entity = named(&self.entity)?;
        tx.caller().permit(&entity.permission("export"))?;
        let of = self.of(entity)?;
        let by = By::of(tx.caller())?;
        let (tenant, id, asked_by) = (tx.tenant(), tx.id(), tx.actor().id());
        tx.execute(
            sql!(
                "insert into export_jobs (tenant_id, id, entity, format, requested_by, created_by, filter, sort, columns)
                 values ($1, $2, $3, $4, $5, $5, $6, $7, $8)"
            ),
            &[
                &tenant, &id, &entity.name, &self.layout.format.name(), &asked_by, &Value::Object(of.filter.clone()),
                &of.sort, &of.columns,
            ],
        )
        .await?;
        tx.enqueue(RunExport { export: id, by, layout: self.layout }.job()?.unique(format!("exports:{id}")))
            .await?;
        let asked = json!({ "export_id": id, "format": self.layout.format, "filter": of.filter });
        audit::note(tx, Note { entity: entity.name, id: None, action: "export", new_values: Some(asked) })
            .await?;
        Ok(Requested { export_id: id })
    }
}

impl RequestExport {
    /// Which records, in which order, which columns.
    ///
    /// # Errors
    /// `invalid` naming what no list of the entity knows.
    fn of(&self, entity: &'static Entity) -> Result<query::Kept, Problem> {
        let Value::Object(filter) = self.filter.clone() else {
            let message = "Filter is an object of parameters: `{\"filter[status]\": \"ACTIVE\"}`.";
            return Err(Problem::invalid(vec![
                FieldError::new("filter", &value::codes::WRONG_TYPE, message).value(self.filter.clone()),
            ]));
        };
        let of = query::Kept { filter, sort: self.sort.clone(), columns: self.columns.clone() };
        of.query(entity)?;
        of.fields(entity)?;
        Ok(of)
    }
}

/// What the job of an export knows.
#[derive(Debug, Serialize, Deserialize)]
struct RunExport {
    export: Uuid,
    by: By,
    /// Jobs that were asked for before there was a choice write CSV.
    #[serde(default = "csv")]
    layout: Layout,
}

fn csv() -> Layout {
    Format::Csv.into()
}

impl Perform for RunExport {
    const KIND: &'static str = "exports.run";

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let done = self.make(job).await;
        if let Err(problem) = &done
            && Self::is_last(job, problem)
        {
            self.failed(job, problem).await?;
        }
        done
    }

    /// Who may not export today will not be let in a minute later.
    fn is_final(problem: &Problem) -> bool {
        problem.code().status == Status::Forbidden
    }
}

impl RunExport {
    async fn make(&self, job: &Job) -> Result<Value, Problem> {
        let Some(begun) = self.begin(job).await? else { return Ok(Value::Null) };
        let caller = self.by.caller(job.db(), job.tenant()).await?;
        let files = &job.services().files;
        let (out, into) = tokio::io::duplex(AHEAD);
        let write = async {
            let mut out = out;
            let told = |rows| self.tell(job, rows);
            super::write(job.db(), &caller, begun.entity, &begun.of, self.layout, &mut out, told).await
        };
        let (rows, stored) = tokio::join!(write, files.put(begun.place, into, LIMIT));
        let stored = stored?;
        match rows {
            Ok(rows) => self.keep(job, &begun, rows, &stored).await,
            Err(problem) => {
                files.delete(&stored.key).await?;
                Err(problem)
            }
        }
    }

    /// Takes the export up; none where it has ended already.
    async fn begin(&self, job: &Job) -> Result<Option<Begun>, Problem> {
        let mut tx = job.begin().await?;
        let row = tx
            .optional(
                sql!(
                    "update export_jobs set status = 'processing', progress = '{\"rows\": 0}'
                     where tenant_id = $1 and id = $2 and status in ('queued', 'processing')
                     returning entity, created_at, filter, sort, columns"
                ),
                &[&job.tenant(), &self.export],
            )
            .await?;
        tx.commit().await?;
        row.map(|row| {
            let place = Place { tenant: job.tenant(), kind: "exports", id: self.export, at: row.get(1) };
            let filter: Value = row.get(2);
            let filter = filter.as_object().cloned().unwrap_or_default();
            let of = query::Kept { filter, sort: row.get(3), columns: row.get(4) };
            Ok(Begun { entity: named(row.get(0))?, of, place })
        })
        .transpose()
    }

    async fn tell(&self, job: &Job, rows: u64) -> Result<(), Problem> {
        let mut tx = job.begin().await?;
        tx.execute(
            sql!("update export_jobs set progress = $3 where tenant_id = $1 and id = $2 and status = 'processing'"),
            &[&job.tenant(), &self.export, &json!({ "rows": rows })],
        )
        .await?;
        tx.commit().await
    }

    /// The file, the export's end, the job's end and the notice: all or none.
    async fn keep(&self, job: &Job, begun: &Begun, rows: u64, stored: &Stored) -> Result<Value, Problem> {
        let days = settings::read::<Retention>(job.db(), job.caller()).await?.exports;
        let now = job.db().world().now();
        let expires =
            now.checked_add(SignedDuration::from_hours(i64::from(days) * 24)).map_err(Problem::internal)?;
        let count = i64::try_from(rows).map_err(Problem::internal)?;
        let size = i64::try_from(stored.size).map_err(Problem::internal)?;
        let format = self.layout.format;
        let name = format!("{}.{}", begun.entity.name, format.name());
        let mut tx = job.begin().await?;
        tx.execute(
            sql!(
                "insert into files (tenant_id, id, storage_key, name, media_type, size, sha256, entity, entity_id, expires_at, created_by)
                 values ($1, $2, $3, $4, $9, $5, $6, 'export_jobs', $2, $7, $8)"
            ),
            &[&job.tenant(), &self.export, &stored.key, &name, &size, &stored.sha256, &expires, &job.created_by(), &format.media_type()],
        )
        .await?;
        tx.execute(
            sql!(
                "update export_jobs set status = 'completed', progress = null, row_count = $3, file_id = $2, expires_at = $4, error = null
                 where tenant_id = $1 and id = $2"
            ),
            &[&job.tenant(), &self.export, &count, &expires],
        )
        .await?;
        let told = Words::of(
            format!("{rows} records. The file is kept for {days} days."),
            format!("{rows} ระเบียน ไฟล์จะถูกเก็บไว้ {days} วัน"),
        );
        self.notify(&mut tx, &EXPORT_READY, begun.entity, told).await?;
        let result = json!({ "rows": rows, "bytes": stored.size });
        job.finish_in(&mut tx, result.clone()).await?;
        tx.commit().await?;
        Ok(result)
    }

    /// No attempt follows: the export says why, and so is whoever asked told.
    async fn failed(&self, job: &Job, problem: &Problem) -> Result<(), Problem> {
        let mut tx = job.begin().await?;
        let row = tx
            .optional(
                sql!(
                    "update export_jobs set status = 'failed', progress = null, error = $3
                     where tenant_id = $1 and id = $2 and status = 'processing' returning entity"
                ),
                &[&job.tenant(), &self.export, &problem.to_string()],
            )
            .await?;
        if let Some(row) = row {
            let why = problem.to_string();
            self.notify(&mut tx, &EXPORT_FAILED, named(row.get(0))?, Words::of(&why, &why)).await?;
        }
        tx.commit().await
    }

    async fn notify(
        &self,
        tx: &mut TenantTx,
        kind: &'static NoticeKind,
        entity: &Entity,
        body: Words,
    ) -> Result<(), Problem> {
        let Some(user) = self.by.user() else { return Ok(()) };
        let title = Words::of(
            format!("{}: {}", kind.label.en, entity.plural.en),
            format!("{}: {}", kind.label.th, entity.plural.th),
        );
        let notice = Notice::new(kind, title).body(body).about("export_jobs", self.export);
        notify(tx, To::User(user), notice.link("/exports")).await.map(drop)
    }
}

struct Begun {
    entity: &'static Entity,
    of: query::Kept,
    place: Place,
}

/// The file of an export that is done.
#[derive(Debug)]
pub struct ExportFile {
    /// What it holds.
    pub file: Reading,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub media_type: String,
}

/// The file of an export. It is for whoever asked, while they may still export these
/// records, and for whoever may export all of them.
///
/// # Errors
/// `not_found` where the caller may not see the export, `forbidden` where they may not export these records,
/// `conflict` where it has no file: not yet, or not any more.
pub async fn file(db: &Db, files: &Files, caller: &Caller, id: Uuid) -> Result<ExportFile, Problem> {
    let exports = named("export_jobs")?;
    engine::get(db, caller, exports, id, &GetQuery::default()).await?;
    let read = Query::fixed(
        sql!(
            "select e.entity, e.status, e.requested_by, f.storage_key, f.name, f.media_type from export_jobs e
             left join files f on f.tenant_id = $1 and f.id = e.file_id
             where e.tenant_id = $1 and e.id = $2"
        ),
        vec![caller.tenant.into(), id.into()],
    );
    let rows = db.read(caller, read).await?;
    let row = rows.first().ok_or_else(|| Problem::not_found(exports.singular))?;
    let reach = caller.permit(&named(row.get(0))?.permission("export"))?;
    if reach != RecordScope::All && row.get::<_, Option<Uuid>>(2) != caller.actor.id() {
        return Err(Problem::new(&codes::FORBIDDEN, "This file may hold records that you may not export.")
            .hint("Ask for an export of your own."));
    }
    match (row.get::<_, Option<&str>>(3), row.get(4), row.get(5)) {
        (Some(key), Some(name), Some(media_type)) => {
            Ok(ExportFile { file: files.read(key).await?, name, media_type })
        }
        _ => {
            let status: &str = row.get(1);
            Err(Problem::new(&codes::CONFLICT, format!("This export has no file: it is {status}."))
                .hint("Wait until it is completed, or ask for another one."))
        }
    }
}
