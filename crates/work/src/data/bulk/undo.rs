//! Taking it back: every record that still stands as it was left gets the values it had before.

use model::{
    Document,
    entity::Entity,
    field::Text,
    problem::{Code, Problem, Status},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    TenantTx, engine,
    engine::{Action, BulkRequest},
    sql,
};
use uuid::Uuid;

use super::{NAMED, PAGE, action, id, refusals};
use crate::{
    access::{again::By, rights},
    data,
    jobs::{Job, Perform},
    operation::{Operate, Operation},
};

/// It changed nothing, is still at work, was undone, or its rows are kept no longer.
pub static NOTHING_TO_UNDO: Code = Code::new(
    "nothing_to_undo",
    Status::Conflict,
    "Nothing to undo",
    "The bulk change is still at work, changed nothing, was undone before, or what stood before is kept no longer.",
);

const REFUSALS: &[&Code] = &[&NOTHING_TO_UNDO];
/// The states in which it can be taken back; of what was undone, what was left when that was stopped.
const ENDED: &[&str] = &["completed", "cancelled", "failed", "undone"];

pub(super) const OPERATION: Operation = Operation::on_record::<RequestUndo>("bulk_changes", "undo")
    .about(
        Text::of("Undo", "ย้อนกลับ"),
        "Gives every record that stands as the bulk change left it the values it had before, in the background. What somebody changed since is left alone and told.",
    )
    .refusals(REFUSALS)
    .offered_in(ENDED)
    .past("undo_requested");

/// The input: none.
#[derive(Debug, Deserialize)]
pub struct RequestUndo {}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Requested {
    /// The job.
    job_id: Option<Uuid>,
}

impl Operate<Uuid> for RequestUndo {
    type Done = Requested;

    async fn run(self, tx: &mut TenantTx, id: Uuid) -> Result<Requested, Problem> {
        let by = By::of(tx.caller())?;
        let tenant = tx.tenant();
        let row = tx
            .optional(
                sql!(
                    "update bulk_changes b set status = 'undoing', refusals = '[]', error = null
                     where tenant_id = $1 and id = $2 and status = any($3)
                       and exists (select from bulk_change_rows r where r.tenant_id = $1 and r.bulk_change_id = $2)
                     returning entity, action"
                ),
                &[&tenant, &id, &ENDED],
            )
            .await?;
        let Some(row) = row else {
            return Err(Problem::new(&NOTHING_TO_UNDO, "There is nothing to take back."));
        };
        let entity = data::named(row.get(0))?;
        tx.caller().permit(&entity.permission(action(row.get(1))?.permission()))?;
        let job = UndoRun { change: id, by }.job()?.unique(format!("bulk:{id}"));
        Ok(Requested { job_id: tx.enqueue(job).await? })
    }
}

/// What the job knows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UndoRun {
    change: Uuid,
    by: By,
}

impl Perform for UndoRun {
    const KIND: &'static str = "bulk.undo";
    const NOTIFY: bool = true;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let done = self.make(job).await;
        if let Err(problem) = &done
            && Self::is_last(job, problem)
        {
            self.end(job, Some(&problem.to_string())).await?;
        }
        done
    }

    fn is_final(problem: &Problem) -> bool {
        problem.code().status == Status::Forbidden
    }
}

impl UndoRun {
    async fn make(&self, job: &Job) -> Result<Value, Problem> {
        let caller = self.by.caller(job.db(), job.tenant()).await?;
        loop {
            job.go_on()?;
            let mut tx = job.db().begin(&caller).await?;
            if !self.page(&mut tx).await? {
                tx.rollback().await?;
                return self.end(job, None).await;
            }
            tx.commit().await?;
        }
    }

    /// Takes a page of records back; whether there was one.
    async fn page(&self, tx: &mut TenantTx) -> Result<bool, Problem> {
        let tenant = tx.tenant();
        let text = sql!(
            "select entity, action from bulk_changes where tenant_id = $1 and id = $2 and status = 'undoing' for update"
        );
        let Some(asked) = tx.optional(text, &[&tenant, &self.change]).await? else { return Ok(false) };
        let (entity, done) = (data::named(asked.get(0))?, action(asked.get(1))?);
        let rows = tx
            .query(
                sql!(
                    "delete from bulk_change_rows where tenant_id = $1 and id = any(array(
                       select id from bulk_change_rows where tenant_id = $1 and bulk_change_id = $2 order by id limit $3))
                     returning record_id, before, applied_version"
                ),
                &[&tenant, &self.change, &i64::from(PAGE)],
            )
            .await?;
        if rows.is_empty() {
            return Ok(false);
        }
        let records = rows.iter().map(|row| {
            let mut record = match row.get(1) {
                Value::Object(before) => before,
                _ => Document::new(),
            };
            record.insert("id".to_owned(), json!(row.get::<_, Uuid>(0)));
            if let Some(version) = row.get::<_, Option<i32>>(2) {
                record.insert("version".to_owned(), json!(version));
            }
            record
        });
        self.take_back(tx, entity, done, records.collect()).await?;
        Ok(true)
    }

    async fn take_back(
        &self,
        tx: &mut TenantTx,
        entity: &'static Entity,
        done: Action,
        records: Vec<Document>,
    ) -> Result<(), Problem> {
        let back = match done {
            Action::Archive => Action::Restore,
            Action::Restore => Action::Archive,
            other => other,
        };
        let request = BulkRequest { action: back, records: records.clone(), atomic: false };
        let answers = engine::bulk(tx, entity, request).await?;
        rights::hold(tx, entity, back.change(), &engine::written(&answers)).await?;
        let undone = answers.iter().filter(|answer| answer.is_ok()).count();
        let named = refusals(records.iter().map(id).zip(&answers));
        tx.execute(
            sql!(
                "update bulk_changes set undone = undone + $3,
                   refusals = case when jsonb_array_length(refusals) < $5 then refusals || $4 else refusals end
                 where tenant_id = $1 and id = $2"
            ),
            &[
                &tx.tenant(),
                &self.change,
                &i64::try_from(undone).map_err(Problem::internal)?,
                &json!(named),
                &i32::try_from(NAMED).map_err(Problem::internal)?,
            ],
        )
        .await
        .map(drop)
    }

    async fn end(&self, job: &Job, error: Option<&str>) -> Result<Value, Problem> {
        let mut tx = job.begin().await?;
        let row = tx
            .optional(
                sql!(
                    "update bulk_changes b set status = 'undone', error = $3, finished_at = $4,
                       undo_until = case when exists (select from bulk_change_rows r
                         where r.tenant_id = $1 and r.bulk_change_id = $2) then undo_until end
                     where tenant_id = $1 and id = $2 and status = 'undoing' returning undone"
                ),
                &[&job.tenant(), &self.change, &error, &job.db().world().now()],
            )
            .await?;
        let told = row.map_or(Value::Null, |row| json!({ "undone": row.get::<_, i64>(0) }));
        if error.is_none() {
            job.finish_in(&mut tx, told.clone()).await?;
        }
        tx.commit().await?;
        Ok(told)
    }
}
