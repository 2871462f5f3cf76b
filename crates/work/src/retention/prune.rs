//! The daily sweep: staged rows, imported files, and the logs and messages that have been kept long enough.

use jiff::Timestamp;
use model::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{sql, sql::Sql};

use super::{BATCH, days_before, files, rows};
use crate::{
    jobs::{Job, Kind, Perform},
    settings::{self, Retention},
};

pub(super) const KIND: Kind = Kind::of::<Prune>(
    "Removes what the tenant no longer keeps: staged rows, imported files, job runs, webhooks, notifications, mails.",
);

/// The daily sweep.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Prune {}

/// Rows that go by their age alone.
struct Sweep {
    /// The table.
    table: &'static str,
    /// How many days they are kept; none where they say so themselves.
    days: fn(&Retention) -> Option<u32>,
    /// Removes up to `$3` rows of tenant `$1` from before `$2`.
    remove: &'static Sql,
}

static SWEEPS: &[Sweep] = &[
    Sweep {
        table: "job_runs",
        days: |keep| Some(keep.job_runs),
        remove: sql!(
            "delete from job_runs where tenant_id = $1 and id = any(array(
               select id from job_runs where tenant_id = $1 and id < app.uuid7_at($2) and status <> 'processing'
               order by id limit $3))"
        ),
    },
    Sweep {
        table: "idempotency_keys",
        days: |_| None,
        remove: sql!(
            "delete from idempotency_keys where tenant_id = $1 and id = any(array(
               select id from idempotency_keys where tenant_id = $1 and expires_at < $2 order by expires_at limit $3))"
        ),
    },
    Sweep {
        table: "bulk_change_rows",
        days: |keep| Some(keep.staged_rows),
        remove: sql!(
            "delete from bulk_change_rows where tenant_id = $1 and id = any(array(
               select id from bulk_change_rows where tenant_id = $1 and created_at < $2 order by created_at limit $3))"
        ),
    },
    Sweep {
        table: "data_integrity_snapshots",
        days: |keep| Some(keep.snapshots),
        remove: sql!(
            "delete from data_integrity_snapshots where tenant_id = $1 and id = any(array(
               select id from data_integrity_snapshots where tenant_id = $1 and created_at < $2 order by id limit $3))"
        ),
    },
    Sweep {
        table: "failed_webhooks",
        days: |keep| Some(keep.webhook_logs),
        remove: sql!(
            "delete from failed_webhooks where tenant_id = $1 and id = any(array(
               select id from failed_webhooks where tenant_id = $1 and resolved_at < $2 order by resolved_at limit $3))"
        ),
    },
    // What still waits for a worker or for a person stays.
    Sweep {
        table: "webhook_logs",
        days: |keep| Some(keep.webhook_logs),
        remove: sql!(
            "delete from webhook_logs where tenant_id = $1 and id = any(array(
               select l.id from webhook_logs l
               where l.tenant_id = $1 and l.id < app.uuid7_at($2) and l.status in ('PROCESSED', 'FAILED')
                 and not exists (select from failed_webhooks f where f.tenant_id = $1 and f.original_log_id = l.id)
               order by l.id limit $3))"
        ),
    },
    Sweep {
        table: "webhook_receipts",
        days: |keep| Some(keep.webhook_logs),
        remove: sql!(
            "delete from webhook_receipts r using (
               select source_id, delivery_id from webhook_receipts where tenant_id = $1 and received_at < $2
               order by received_at limit $3) old
             where r.tenant_id = $1 and r.source_id = old.source_id and r.delivery_id = old.delivery_id"
        ),
    },
    Sweep {
        table: "notifications",
        days: |keep| Some(keep.notifications),
        remove: sql!(
            "delete from notifications where tenant_id = $1 and id = any(array(
               select id from notifications where tenant_id = $1 and told_at < $2 order by told_at limit $3))"
        ),
    },
    Sweep {
        table: "email_messages",
        days: |keep| Some(keep.emails),
        remove: sql!(
            "delete from email_messages where tenant_id = $1 and id = any(array(
               select id from email_messages where tenant_id = $1 and created_at < $2 and state <> 'queued'
               order by created_at limit $3))"
        ),
    },
];

impl Perform for Prune {
    const KIND: &'static str = "retention.prune";
    const PRIORITY: i32 = -10;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let now = job.db().world().now();
        let keep = settings::read::<Retention>(job.db(), job.caller()).await?;
        let mut removed = Map::new();
        let staged = rows::prune(job, days_before(now, keep.staged_rows)?).await?;
        removed.insert("import_rows".to_owned(), staged.into());
        removed.insert("files".to_owned(), files::prune(job, days_before(now, keep.files)?).await?.into());
        for one in SWEEPS {
            let before = (one.days)(&keep).map_or(Ok(now), |days| days_before(now, days))?;
            removed.insert(one.table.to_owned(), sweep(job, one.remove, before).await?.into());
        }
        Ok(Value::Object(removed))
    }
}

/// Runs a removing statement until nothing is left; answers how many rows went.
pub(super) async fn sweep(job: &Job, sql: &'static Sql, before: Timestamp) -> Result<u64, Problem> {
    let mut all = 0;
    loop {
        job.go_on()?;
        let mut tx = job.begin().await?;
        let removed = tx.execute(sql, &[&job.tenant(), &before, &BATCH]).await?;
        tx.commit().await?;
        all += removed;
        if removed < BATCH.unsigned_abs() {
            return Ok(all);
        }
    }
}
