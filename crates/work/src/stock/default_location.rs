//! The location of stock that names none.

use model::problem::Problem;
use store::{TenantTx, sql};
use uuid::Uuid;

/// The first location of the tenant's first warehouse by priority; warehouse `MAIN` with location `DEFAULT` is
/// made where there is none.
///
/// # Errors
/// Problems of the database.
pub async fn default_location(tx: &mut TenantTx) -> Result<Uuid, Problem> {
    let (tenant, actor) = (tx.tenant(), tx.actor().id());
    let first = sql!(
        "select l.id from warehouse_locations l join warehouses w using (tenant_id)
         where l.tenant_id = $1 and w.id = l.warehouse_id and l.archived_at is null and w.archived_at is null
         order by w.priority, w.code, l.kind <> 'storage', l.code limit 1"
    );
    if let Some(row) = tx.optional(first, &[&tenant]).await? {
        return Ok(row.get(0));
    }
    let (warehouse, location) = (tx.id(), tx.id());
    tx.execute(
        sql!(
            "insert into warehouses (tenant_id, id, code, name, created_by) values ($1, $2, 'MAIN', 'Main warehouse', $3)
             on conflict (tenant_id, code) do update set archived_at = null, archived_by = null"
        ),
        &[&tenant, &warehouse, &actor],
    )
    .await?;
    let row = tx
        .one(
            sql!(
                "insert into warehouse_locations (tenant_id, id, warehouse_id, code, created_by)
                 select w.tenant_id, $2, w.id, 'DEFAULT', $3 from warehouses w where w.tenant_id = $1 and w.code = 'MAIN'
                 on conflict (tenant_id, warehouse_id, code) do update set archived_at = null, archived_by = null
                 returning id"
            ),
            &[&tenant, &location, &actor],
        )
        .await?;
    Ok(row.get(0))
}
