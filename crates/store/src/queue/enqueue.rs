//! Enqueueing within the transaction that gives rise to the job.

use std::borrow::Cow;

use jiff::Timestamp;
use model::{
    caller::{Actor, Scope},
    problem::Problem,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{TenantTx, db::Lane, sql};

/// A job to be done.
#[derive(Clone, Debug)]
pub struct NewJob {
    kind: Cow<'static, str>,
    payload: Value,
    priority: i32,
    run_at: Option<Timestamp>,
    unique_key: Option<String>,
    max_attempts: i32,
    notify: bool,
}

impl NewJob {
    /// A job of this kind, ready at once, tried three times at most.
    pub fn new(kind: impl Into<Cow<'static, str>>, payload: Value) -> Self {
        Self {
            kind: kind.into(),
            payload,
            priority: 0,
            run_at: None,
            unique_key: None,
            max_attempts: 3,
            notify: false,
        }
    }

    /// Higher comes first among the tenant's jobs.
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// Not before this moment.
    pub fn at(mut self, moment: Timestamp) -> Self {
        self.run_at = Some(moment);
        self
    }

    /// Not while another job of the tenant with this key waits or runs.
    pub fn unique(mut self, key: impl Into<String>) -> Self {
        self.unique_key = Some(key.into());
        self
    }

    /// How often it is tried at most.
    pub fn max_attempts(mut self, attempts: i32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The person who makes it is told when it has ended.
    pub fn notify(mut self) -> Self {
        self.notify = true;
        self
    }
}

impl TenantTx {
    /// Enqueues a job within this transaction and wakes workers after its commit. `None` where a live job has the
    /// unique key; one that is just being made elsewhere is waited for.
    ///
    /// # Errors
    /// Problems of the database.
    pub async fn enqueue(&mut self, job: NewJob) -> Result<Option<Uuid>, Problem> {
        Ok(self.enqueue_all(vec![job]).await?.pop())
    }

    /// Enqueues many jobs in one statement, and gives the ids of those whose unique key was free. (A portal user's
    /// jobs with unique keys take one statement each, since a portal cannot read which of them were made.)
    ///
    /// # Errors
    /// As [`TenantTx::enqueue`].
    pub async fn enqueue_all(&mut self, jobs: Vec<NewJob>) -> Result<Vec<Uuid>, Problem> {
        if jobs.is_empty() {
            return Ok(vec![]);
        }
        let alone = self.caller().scope == Scope::Portal && jobs.len() > 1;
        let jobs = if alone && jobs.iter().any(|job| job.unique_key.is_some()) {
            jobs.into_iter().map(|job| vec![job]).collect()
        } else {
            vec![jobs]
        };
        let mut made = vec![];
        for jobs in jobs {
            made.extend(insert(self, jobs).await?);
        }
        if !made.is_empty() {
            self.wake(Lane::Jobs);
        }
        Ok(made)
    }
}

async fn insert(tx: &mut TenantTx, jobs: Vec<NewJob>) -> Result<Vec<Uuid>, Problem> {
    let waiting = match tx.actor() {
        Actor::User(_) => Some("user"),
        Actor::PortalUser(_) => Some("portal_user"),
        _ => None,
    };
    let (tenant, by) = (tx.tenant(), tx.actor().id());
    let keyed = jobs.iter().any(|job| job.unique_key.is_some());
    let ids: Vec<Uuid> = jobs.iter().map(|_| tx.id()).collect();
    let waiting: Vec<_> = jobs.iter().map(|job| waiting.filter(|_| job.notify)).collect();
    let priorities: Vec<i32> = jobs.iter().map(|job| job.priority).collect();
    let moments: Vec<_> = jobs.iter().map(|job| job.run_at).collect();
    let attempts: Vec<i32> = jobs.iter().map(|job| job.max_attempts).collect();
    let kinds: Vec<&str> = jobs.iter().map(|job| &*job.kind).collect();
    let payloads: Vec<&Value> = jobs.iter().map(|job| &job.payload).collect();
    let keys: Vec<_> = jobs.iter().map(|job| job.unique_key.as_deref()).collect();
    let statement = if keyed {
        sql!(
            "insert into jobs (tenant_id, id, type, payload, priority, run_at, unique_key, max_attempts, waiting, created_by)
             select $1, j.id, j.type, j.payload, j.priority, coalesce(j.run_at, now()), j.unique_key, j.max_attempts, j.waiting, $10
             from unnest($2::uuid[], $3::text[], $4::jsonb[], $5::integer[], $6::timestamptz[], $7::text[], $8::integer[], $9::text[])
               as j (id, type, payload, priority, run_at, unique_key, max_attempts, waiting)
             on conflict do nothing"
        )
    } else {
        // A conflict clause would make every insert a speculative one, which writes more to the log.
        sql!(
            "insert into jobs (tenant_id, id, type, payload, priority, run_at, unique_key, max_attempts, waiting, created_by)
             select $1, j.id, j.type, j.payload, j.priority, coalesce(j.run_at, now()), j.unique_key, j.max_attempts, j.waiting, $10
             from unnest($2::uuid[], $3::text[], $4::jsonb[], $5::integer[], $6::timestamptz[], $7::text[], $8::integer[], $9::text[])
               as j (id, type, payload, priority, run_at, unique_key, max_attempts, waiting)"
        )
    };
    let made = tx
        .execute(
            statement,
            &[&tenant, &ids, &kinds, &payloads, &priorities, &moments, &keys, &attempts, &waiting, &by],
        )
        .await?;
    match usize::try_from(made) {
        Ok(0) => Ok(vec![]),
        Ok(count) if count == ids.len() => Ok(ids),
        _ => {
            let there = sql!("select id from jobs where tenant_id = $1 and id = any($2) order by id");
            let rows = tx.query(there, &[&tenant, &ids]).await?;
            Ok(rows.iter().map(|row| row.get(0)).collect())
        }
    }
}
