//! Storing deliveries: receipt, log and job of each, all of a tenant in one transaction.

use std::collections::HashMap;

use model::{caller::Caller, problem::Problem};
use serde_json::{Value, json};
use store::{Db, NewJob, TenantTx, sql};
use uuid::Uuid;

use super::{
    delivery::{Delivery, hexadecimal},
    process::Process,
};
use crate::jobs::Perform;

/// Stores the deliveries of one tenant and enqueues their processing. One that is there already has no second effect;
/// another body under an id that is taken is kept, failed, for a person to look at.
///
/// # Errors
/// Problems of the database; nothing is stored then.
pub async fn keep(db: &Db, tenant: Uuid, deliveries: &[Delivery]) -> Result<(), Problem> {
    let mut tx = db.begin(&Caller::system(tenant, db.world().id())).await?;
    let new = insert(&mut tx, deliveries, "RECEIVED", None).await?;
    if new.len() < deliveries.len() {
        flag(&mut tx, deliveries, &new).await?;
    }
    let jobs = new.iter().map(|log| process(*log)).collect();
    tx.enqueue_all(jobs).await?;
    tx.commit().await
}

/// The job that processes a log.
fn process(log: Uuid) -> NewJob {
    NewJob::new(Process::KIND, json!({ "log": log })).max_attempts(Process::MAX_ATTEMPTS)
}

/// Inserts those whose ids are free; gives their logs. None where the tenant is being removed, or is gone: what was
/// spooled for it must not outlive it.
async fn insert(
    tx: &mut TenantTx,
    deliveries: &[Delivery],
    status: &str,
    error: Option<&str>,
) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    let of = |field: fn(&Delivery) -> Uuid| deliveries.iter().map(field).collect::<Vec<Uuid>>();
    let (logs, sources, requests) = (of(|one| one.log), of(|one| one.source), of(|one| one.request));
    let ids: Vec<&str> = deliveries.iter().map(|one| one.id.as_str()).collect();
    let hashes: Vec<&[u8]> = deliveries.iter().map(|one| one.hash.as_slice()).collect();
    let types: Vec<Option<&str>> = deliveries.iter().map(|one| one.event_type.as_deref()).collect();
    let workflows: Vec<Option<&str>> = deliveries.iter().map(|one| one.workflow_id.as_deref()).collect();
    let executions: Vec<Option<&str>> = deliveries.iter().map(|one| one.execution_id.as_deref()).collect();
    let headers: Vec<&Value> = deliveries.iter().map(|one| &one.headers).collect();
    let raws: Vec<Option<&[u8]>> = deliveries.iter().map(|one| one.raw.as_deref()).collect();
    let payloads: Vec<Option<&Value>> = deliveries.iter().map(|one| one.payload.as_ref()).collect();
    let rows = tx
        .query(
            sql!(
                "with given as (
                   select * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bytea[], $7::text[], $8::text[],
                                        $9::text[], $10::jsonb[], $11::bytea[], $12::jsonb[])
                     as g (log_id, source_id, request_id, delivery_id, body_hash, event_type, workflow_id, execution_id,
                           headers, raw_body, payload)),
                 receipts as (
                   insert into webhook_receipts (tenant_id, source_id, delivery_id, body_hash, log_id)
                   select $1, source_id, delivery_id, body_hash, log_id from given
                   where exists (select from tenants t where t.id = $1 and t.under_way is null)
                   on conflict do nothing returning log_id)
                 insert into webhook_logs (tenant_id, id, source_id, request_id, delivery_id, event_type, workflow_id,
                                           execution_id, headers, raw_body, payload, status, error_message)
                 select $1, g.log_id, g.source_id, g.request_id, g.delivery_id, g.event_type, g.workflow_id, g.execution_id,
                        g.headers, g.raw_body, g.payload, $13, $14
                 from given g join receipts r on r.log_id = g.log_id
                 returning id"
            ),
            &[
                &tenant, &logs, &sources, &requests, &ids, &hashes, &types, &workflows, &executions, &headers, &raws,
                &payloads, &status, &error,
            ],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Of the deliveries that were not new, keeps those that say something else than the one that came first under their
/// id: as failed ones, under an id of their own, so that the same again is no news either.
async fn flag(tx: &mut TenantTx, deliveries: &[Delivery], new: &[Uuid]) -> Result<(), Problem> {
    let old: Vec<&Delivery> = deliveries.iter().filter(|one| !new.contains(&one.log)).collect();
    let sources: Vec<Uuid> = old.iter().map(|one| one.source).collect();
    let ids: Vec<&str> = old.iter().map(|one| one.id.as_str()).collect();
    let rows = tx
        .query(
            sql!(
                "select r.source_id, r.delivery_id, r.body_hash from webhook_receipts r
                 join unnest($2::uuid[], $3::text[]) as g (source_id, delivery_id) using (source_id, delivery_id)
                 where r.tenant_id = $1"
            ),
            &[&tx.tenant(), &sources, &ids],
        )
        .await?;
    let first: HashMap<(Uuid, String), Vec<u8>> =
        rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect();
    let differs =
        |one: &&Delivery| first.get(&(one.source, one.id.clone())).is_some_and(|hash| *hash != one.hash);
    let strange: Vec<Delivery> = old
        .into_iter()
        .filter(differs)
        .map(|one| Delivery { id: format!("{} sha256:{}", one.id, hexadecimal(&one.hash)), ..one.clone() })
        .collect();
    if strange.is_empty() {
        return Ok(());
    }
    let error = "Another body came under the same delivery id; the first one counts.";
    let kept = insert(tx, &strange, "FAILED", Some(error)).await?;
    let kept: Vec<&Delivery> = strange.iter().filter(|one| kept.contains(&one.log)).collect();
    let failed: Vec<Uuid> = kept.iter().map(|_| tx.id()).collect();
    let logs: Vec<Uuid> = kept.iter().map(|one| one.log).collect();
    let sources: Vec<Uuid> = kept.iter().map(|one| one.source).collect();
    let payloads: Vec<Option<&Value>> = kept.iter().map(|one| one.payload.as_ref()).collect();
    let details = json!({ "code": "other_body", "detail": error });
    tx.execute(
        sql!(
            "insert into failed_webhooks (tenant_id, id, original_log_id, source_id, payload, error_details, manual_review)
             select $1, g.id, g.log_id, g.source_id, g.payload, $6, true
             from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::jsonb[]) as g (id, log_id, source_id, payload)"
        ),
        &[&tx.tenant(), &failed, &logs, &sources, &payloads, &details],
    )
    .await?;
    Ok(())
}
