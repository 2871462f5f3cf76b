//! Lines of the audit trail that no table's trigger writes: what somebody did beyond changing a record.

use model::problem::Problem;
use serde_json::Value;
use store::{TenantTx, sql};
use uuid::Uuid;

/// One line, in the name of the transaction's caller.
#[derive(Clone, Debug)]
pub struct Note<'a> {
    /// The (plural) name of the entity it is about.
    pub entity: &'a str,
    /// The record it is about, where there is one.
    pub id: Option<Uuid>,
    /// What was done, as `sign_in` or `import.completed`.
    pub action: &'a str,
    /// What is worth knowing of it. Never a secret: the trail is read by the tenant's admins and kept for years.
    pub new_values: Option<Value>,
}

/// Writes the line; it commits with what it tells of.
///
/// # Errors
/// Problems of the database.
pub async fn note(tx: &mut TenantTx, line: Note<'_>) -> Result<(), Problem> {
    let caller = tx.caller();
    let (actor, request, batch, client) = (caller.actor, caller.request, caller.batch, caller.client);
    tx.execute(
        sql!(
            "insert into audit_logs (tenant_id, id, entity, entity_id, action, new_values, actor_kind, actor_id, token_id,
               batch_id, request_id, ip)
             values ($1, app.uuid7(), $2, $3, $4, $5, $6::text, $7::uuid, case when $6 = 'token' then $7 end, $8, $9, $10)"
        ),
        &[
            &tx.tenant(), &line.entity, &line.id, &line.action, &line.new_values, &actor.kind(), &actor.id(),
            &batch, &request, &client,
        ],
    )
    .await?;
    Ok(())
}
