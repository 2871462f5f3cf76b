//! Doing it: page after page of the list, each in a transaction of its own.

use jiff::{SignedDuration, Timestamp};
use model::{
    Document,
    caller::Caller,
    entity::Entity,
    problem::{Problem, Status},
    query::{Count, Kept, ListQuery},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    TenantTx, engine,
    engine::{Action, BulkRequest, Counted, Done, Effect},
    sql,
};
use uuid::Uuid;

use super::{NAMED, PAGE, action, id, refusals};
use crate::{
    access::{again::By, rights},
    data,
    jobs::{Job, Perform},
    settings::{self, Retention},
};

/// Where the job stands once the last page is done: no cursor is empty.
const END: &str = "";

/// What the job knows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RunChange {
    pub change: Uuid,
    pub by: By,
}

/// What is done to which records.
struct Asked {
    entity: &'static Entity,
    action: Action,
    filter: Document,
    changes: Document,
    /// Records that were made later are left alone.
    at: Timestamp,
    total: Option<i64>,
    cursor: Option<String>,
}

impl Perform for RunChange {
    const KIND: &'static str = "bulk.run";
    const NOTIFY: bool = true;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let done = self.make(job).await;
        if let Err(problem) = &done
            && Self::is_last(job, problem)
        {
            self.end(job, "failed", Some(&problem.to_string())).await?;
        }
        done
    }

    /// Who may not change these records today will not be let in a minute later.
    fn is_final(problem: &Problem) -> bool {
        problem.code().status == Status::Forbidden
    }
}

impl RunChange {
    async fn make(&self, job: &Job) -> Result<Value, Problem> {
        let Some(asked) = self.begin(job).await? else { return Ok(Value::Null) };
        let caller = self.by.caller(job.db(), job.tenant()).await?;
        if asked.total.is_none() {
            self.count(job, &caller, &asked).await?;
        }
        let mut cursor = asked.cursor.clone();
        while cursor.as_deref() != Some(END) {
            job.go_on()?;
            let query = asked.query(cursor.as_deref(), Count::None, PAGE)?;
            let page = engine::list(job.db(), &caller, asked.entity, &query).await?;
            let records: Vec<Document> = serde_json::from_str(&page.data).map_err(Problem::internal)?;
            let mut tx = job.db().begin(&caller).await?;
            if !self.is_running(&mut tx).await? {
                return Ok(Value::Null);
            }
            let answers = asked.change(&mut tx, &records).await?;
            let next = page.next.unwrap_or_else(|| END.to_owned());
            self.keep(&mut tx, &asked, &records, &answers, &next).await?;
            tx.commit().await?;
            cursor = Some(next);
        }
        self.end(job, "completed", None).await
    }

    /// Takes it up; none where it has ended already.
    async fn begin(&self, job: &Job) -> Result<Option<Asked>, Problem> {
        let days = settings::read::<Retention>(job.db(), job.caller()).await?.staged_rows;
        let kept = SignedDuration::from_hours(i64::from(days) * 24);
        let until = job.db().world().now().checked_add(kept).map_err(Problem::internal)?;
        let mut tx = job.begin().await?;
        let text = sql!(
            "update bulk_changes set status = 'running', undo_until = $3
             where tenant_id = $1 and id = $2 and status in ('queued', 'running')
             returning entity, action, filter, changes, created_at, total, cursor"
        );
        let row = tx.optional(text, &[&job.tenant(), &self.change, &until]).await?;
        tx.commit().await?;
        let object = |value: Value| value.as_object().cloned().unwrap_or_default();
        row.map(|row| {
            Ok(Asked {
                entity: data::named(row.get(0))?,
                action: action(row.get(1))?,
                filter: object(row.get(2)),
                changes: object(row.get(3)),
                at: row.get(4),
                total: row.get(5),
                cursor: row.get(6),
            })
        })
        .transpose()
    }

    /// Says how many there are.
    async fn count(&self, job: &Job, caller: &Caller, asked: &Asked) -> Result<(), Problem> {
        let query = asked.query(None, Count::Exact, 1)?;
        let page = engine::list(job.db(), caller, asked.entity, &query).await?;
        let Some(Counted::Exactly(total)) = page.count else { return Ok(()) };
        let mut tx = job.begin().await?;
        let text = sql!("update bulk_changes set total = $3 where tenant_id = $1 and id = $2");
        tx.execute(text, &[&job.tenant(), &self.change, &total]).await?;
        tx.commit().await
    }

    async fn is_running(&self, tx: &mut TenantTx) -> Result<bool, Problem> {
        let text = sql!(
            "select from bulk_changes where tenant_id = $1 and id = $2 and status = 'running' for update"
        );
        Ok(tx.optional(text, &[&tx.tenant(), &self.change]).await?.is_some())
    }

    /// Keeps what was changed as it was before, what became of the page, and where the next one begins.
    async fn keep(
        &self,
        tx: &mut TenantTx,
        asked: &Asked,
        records: &[Document],
        answers: &[Result<Done, Problem>],
        cursor: &str,
    ) -> Result<(), Problem> {
        let changed = records.iter().zip(answers).filter_map(|(before, answer)| {
            let done = answer.as_ref().ok().filter(|done| done.effect == Effect::Changed)?;
            let before: Document = asked
                .changes
                .keys()
                .filter_map(|name| Some((name.clone(), before.get(name)?.clone())))
                .collect();
            Some((done.record.id, Value::Object(before), done.record.version))
        });
        let (mut ids, mut befores, mut versions) = (vec![], vec![], vec![]);
        for (id, before, version) in changed {
            ids.push(id);
            befores.push(before);
            versions.push(version);
        }
        let tenant = tx.tenant();
        tx.execute(
            sql!(
                "insert into bulk_change_rows (tenant_id, id, bulk_change_id, record_id, before, applied_version)
                 select $1, app.uuid7(), $2, r.id, r.before, r.version
                 from unnest($3::uuid[], $4::jsonb[], $5::int4[]) as r (id, before, version)"
            ),
            &[&tenant, &self.change, &ids, &befores, &versions],
        )
        .await?;
        let refused = answers.iter().filter(|answer| answer.is_err()).count();
        let count = |number: usize| i64::try_from(number).map_err(Problem::internal);
        let unchanged = count(answers.len() - refused - ids.len())?;
        let named = refusals(records.iter().map(id).zip(answers));
        tx.execute(
            sql!(
                "update bulk_changes set changed = changed + $3, unchanged = unchanged + $4, refused = refused + $5,
                   refusals = case when jsonb_array_length(refusals) < $7 then refusals || $6 else refusals end, cursor = $8
                 where tenant_id = $1 and id = $2"
            ),
            &[
                &tenant,
                &self.change,
                &count(ids.len())?,
                &unchanged,
                &count(refused)?,
                &json!(named),
                &i32::try_from(NAMED).map_err(Problem::internal)?,
                &cursor,
            ],
        )
        .await
        .map(drop)
    }

    /// Its end, with the job's where it was done whole.
    async fn end(&self, job: &Job, status: &str, error: Option<&str>) -> Result<Value, Problem> {
        let mut tx = job.begin().await?;
        let row = tx
            .optional(
                sql!(
                    "update bulk_changes set status = $3, error = $4, finished_at = $5,
                       undo_until = case when changed > 0 then undo_until end
                     where tenant_id = $1 and id = $2 and status = 'running' returning changed, unchanged, refused"
                ),
                &[&job.tenant(), &self.change, &status, &error, &job.db().world().now()],
            )
            .await?;
        let told = row.map_or(Value::Null, |row| {
            json!({ "changed": row.get::<_, i64>(0), "unchanged": row.get::<_, i64>(1), "refused": row.get::<_, i64>(2) })
        });
        if status == "completed" {
            job.finish_in(&mut tx, told.clone()).await?;
        }
        tx.commit().await?;
        Ok(told)
    }
}

impl Asked {
    /// A page of the list, in the order in which records were made: what is changed moves no record in it.
    fn query(&self, cursor: Option<&str>, count: Count, limit: u16) -> Result<ListQuery, Problem> {
        let kept = Kept { filter: self.filter.clone(), sort: vec!["created_at".to_owned()], columns: vec![] };
        let mut query = ListQuery { limit, count, ..kept.query(self.entity)? };
        let until = vec![("filter[created_at][lte]".to_owned(), self.at.to_string())];
        query.filters.extend(ListQuery::parse(self.entity, &until)?.filters);
        if let Some(cursor) = cursor {
            query.start = model::query::Start::After(cursor.to_owned());
        }
        let standard = ["id", "version"].into_iter().filter_map(|name| self.entity.any_field(name));
        let set = self.changes.keys().filter_map(|name| self.entity.field(name));
        query.view.fields = Some(standard.chain(set).collect());
        Ok(query)
    }

    /// Changes the records of a page, each for itself, at the version that was read.
    async fn change(
        &self,
        tx: &mut TenantTx,
        records: &[Document],
    ) -> Result<Vec<Result<Done, Problem>>, Problem> {
        let documents = records.iter().map(|record| {
            let named = ["id", "version"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), record.get(name)?.clone())));
            named.chain(self.changes.clone()).collect()
        });
        let request = BulkRequest { action: self.action, records: documents.collect(), atomic: false };
        let answers = engine::bulk(tx, self.entity, request).await?;
        // Rights that may not be given refuse the whole page.
        rights::hold(tx, self.entity, self.action.change(), &engine::written(&answers)).await?;
        Ok(answers)
    }
}
