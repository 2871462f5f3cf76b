//! The job that fetches a source.
//!
//! What is received under the job's key is received once, so that an attempt which died after it goes on with the same
//! set. The set's next job and what the source remembers are one transaction; where another fetch of the source was
//! faster, its own set is given up.

use model::{
    notices::IMPORT_FAILED,
    problem::{Problem, Status},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{Outcome, Source, bring::Brought};
use crate::{
    access::again::By,
    import::{self, receive_once, run_job},
    jobs::{Job, Perform},
    notices::{Notice, To, Words, notify},
    once::{Done, Kept, Once},
};

/// What the job knows.
#[derive(Debug, Serialize, Deserialize)]
pub struct FetchSource {
    /// The source.
    pub source: Uuid,
}

impl Perform for FetchSource {
    const KIND: &'static str = "sources.fetch";
    const MAX_ATTEMPTS: i32 = 4;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let Some(source) = Source::load(job.db(), job.caller(), self.source).await? else {
            job.log("The source is archived, or gone.");
            return Ok(Value::Null);
        };
        match source.take(job).await {
            Err(problem) if may_pass(&problem) && job.attempt() < job.max_attempts() => Err(problem),
            Err(problem) => {
                job.log(&problem);
                source.failed(job, &problem).await?;
                Ok(Value::Null)
            }
            done => done,
        }
    }
}

/// Whether it may be gone at the next attempt.
fn may_pass(problem: &Problem) -> bool {
    matches!(problem.code().status, Status::Unavailable | Status::Internal)
}

impl Source {
    /// Fetches, receives and hands on.
    async fn take(&self, job: &Job) -> Result<Value, Problem> {
        if self.kind == "upload" {
            return self.remind(job).await;
        }
        let by = By::person(self.owner, job.id());
        let owner = by.caller(job.db(), job.tenant()).await?;
        let folder = job.services().files.folder("source-")?;
        let Brought { uploads, seen } = self.bring(job.services(), job.caller(), folder.path()).await?;
        if uploads.is_empty() {
            return self.unchanged(job, &seen).await;
        }
        let once = Once { address: "sources.fetch".to_owned(), key: job.id().to_string(), body: [0; 32] };
        let names: Vec<String> = uploads.iter().map(|upload| upload.name.clone()).collect();
        let (db, files) = (job.db(), &job.services().files);
        let received = receive_once(db, files, &owner, uploads, &self.options, Some((&once, kept))).await;
        let (set, refused) = match received {
            Ok(Done::Now(set)) => (set, None),
            Ok(Done::Before(kept)) => (set_of(&kept)?, None),
            Err(problem) => match set_refused(&problem) {
                // The files lie there, and none of them can be read.
                Some(set) => (set, Some(problem)),
                None => return Err(problem),
            },
        };
        let mut tx = job.begin().await?;
        let outcome =
            refused.as_ref().map_or(Outcome::Importing, |problem| Outcome::Failed(problem.to_string()));
        if !self.remember(&mut tx, &seen, &outcome).await? {
            tx.rollback().await?;
            import::cancel(db, &owner, set).await?;
            return Ok(json!({ "overtaken": set }));
        }
        match &refused {
            None => _ = tx.enqueue(run_job(set, by)?).await?,
            Some(problem) => self.tell(&mut tx, problem, Some(set)).await?,
        }
        let result = json!({ "batch": set, "files": names });
        job.finish_in(&mut tx, result.clone()).await?;
        tx.commit().await?;
        Ok(result)
    }

    /// Nothing new: a failure of before stays told until something new comes.
    async fn unchanged(&self, job: &Job, seen: &Value) -> Result<Value, Problem> {
        let mut tx = job.begin().await?;
        self.remember(&mut tx, seen, &Outcome::Unchanged).await?;
        let result = json!({ "unchanged": true });
        job.finish_in(&mut tx, result.clone()).await?;
        tx.commit().await?;
        Ok(result)
    }

    /// Keeps what was seen and how it came out; not where another fetch did so since this one began.
    async fn remember(&self, tx: &mut TenantTx, seen: &Value, outcome: &Outcome) -> Result<bool, Problem> {
        let now = tx.world().now();
        let kept = tx
            .execute(
                sql!(
                    "update data_sources set seen = $3, last_fetched_at = $4
                     where tenant_id = $1 and id = $2 and seen = $5"
                ),
                &[&tx.tenant(), &self.id, seen, &now, &self.seen],
            )
            .await?;
        if kept == 1 {
            outcome.keep(tx, self.id).await?;
        }
        Ok(kept == 1)
    }

    /// No attempt follows: the source says why, and its owner is told.
    async fn failed(&self, job: &Job, problem: &Problem) -> Result<(), Problem> {
        let mut tx = job.begin().await?;
        self.note(&mut tx, &Outcome::Failed(problem.to_string())).await?;
        self.tell(&mut tx, problem, None).await?;
        job.finish_in(&mut tx, json!({ "refused": problem.kept() })).await?;
        tx.commit().await
    }

    /// Keeps that something came now, or should have, and how it came out.
    pub(super) async fn note(&self, tx: &mut TenantTx, outcome: &Outcome) -> Result<(), Problem> {
        let now = tx.world().now();
        tx.execute(
            sql!("update data_sources set last_fetched_at = $3 where tenant_id = $1 and id = $2"),
            &[&tx.tenant(), &self.id, &now],
        )
        .await?;
        outcome.keep(tx, self.id).await
    }

    /// Tells the owner; the admins where the owner is no longer there.
    async fn tell(&self, tx: &mut TenantTx, problem: &Problem, set: Option<Uuid>) -> Result<(), Problem> {
        let title =
            Words::of(format!("Data source failed: {}", self.name), format!("แหล่งข้อมูลล้มเหลว: {}", self.name));
        let link =
            set.map_or_else(|| format!("/data_sources/{}", self.id), |set| format!("/admin/imports/{set}"));
        let why = problem.to_string();
        let notice = || {
            Notice::new(&IMPORT_FAILED, title.clone())
                .body(Words::of(&why, &why))
                .about("data_sources", self.id)
                .link(link.clone())
        };
        if notify(tx, To::User(self.owner), notice()).await? == 0 {
            notify(tx, To::Role("admin"), notice()).await?;
        }
        Ok(())
    }

    /// Of what people upload, the cadence says when it is due; where it was due already and none has come, it is overdue.
    async fn remind(&self, job: &Job) -> Result<Value, Problem> {
        let mut tx = job.begin().await?;
        let now = tx.world().now();
        let row = tx
            .one(
                sql!(
                    "update data_sources set due = case when due is null then 'due' else 'overdue' end,
                       due_since = coalesce(due_since, $3)
                     where tenant_id = $1 and id = $2 returning due"
                ),
                &[&tx.tenant(), &self.id, &now],
            )
            .await?;
        let name = &self.name;
        let title = match row.get(0) {
            "due" => Words::of(format!("File is due: {name}"), format!("ถึงกำหนดส่งไฟล์: {name}")),
            _ => Words::of(format!("File is overdue: {name}"), format!("เลยกำหนดส่งไฟล์: {name}")),
        };
        let body = Words::of("Upload it under Imports.", "อัปโหลดที่หน้าการนำเข้า");
        let notice =
            Notice::new(&model::notices::SOURCE_DUE, title).body(body).about("data_sources", self.id);
        notify(&mut tx, To::User(self.owner), notice.link(format!("/admin/imports?source={}", self.id)))
            .await?;
        job.finish_in(&mut tx, json!({ "reminded": true })).await?;
        tx.commit().await?;
        Ok(json!({ "reminded": true }))
    }
}

/// What is kept of the answer to receiving a set: which it is.
fn kept(set: Uuid) -> Kept {
    Kept { status: 201, headers: vec![("location".to_owned(), set.to_string())], body: None }
}

fn set_of(kept: &Kept) -> Result<Uuid, Problem> {
    let place = kept.headers.iter().find(|(name, _)| name == "location").map(|(_, place)| place);
    place
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| Problem::internal("a set that was received and is not named"))
}

/// The set of which nothing could be read, as the refusal names it.
pub(super) fn set_refused(problem: &Problem) -> Option<Uuid> {
    problem.get_facts()?.get("batch")?.as_str()?.parse().ok()
}
