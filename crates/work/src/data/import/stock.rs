//! Stock in imports: a level is the sum of its movements, so what an import changes is a movement too.

use model::problem::Problem;
use store::{TenantTx, sql};
use uuid::Uuid;

/// Records the difference that staged levels made: for a new one all of it. The movement has the staged row's id.
/// Comes after the levels are written and before their rows are marked.
pub async fn record(tx: &mut TenantTx, batch: Uuid, rows: &[Uuid]) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "insert into inventory_movements (tenant_id, id, sku_id, location_id, kind, quantity, reason, source, source_id, created_by)
             select $1, r.id, t.sku_id, t.location_id, 'import',
               t.on_hand - coalesce((r.before -> 'fields' ->> 'on_hand')::numeric, 0), 'Import', 'import', $3, $4
             from import_rows r
             join inventory t on t.tenant_id = $1 and t.id = coalesce(r.applied_record_id, r.id)
             where r.tenant_id = $1 and r.id = any($2) and r.status = 'pending' and r.action is distinct from 'unchanged'
               and (r.action is null or r.before -> 'fields' ? 'on_hand')
               and t.on_hand <> coalesce((r.before -> 'fields' ->> 'on_hand')::numeric, 0)"
        ),
        &[&tx.tenant(), &rows, &batch, &tx.actor().id()],
    )
    .await?;
    Ok(())
}

/// Takes the movements of rows back, after their levels were taken back: by reversing movements, or, where the same
/// undo takes the SKU or the location away (`batches` made it), together with it.
pub async fn take_back(tx: &mut TenantTx, batches: &[Uuid], rows: &[Uuid]) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "delete from inventory_movements m
             where m.tenant_id = $1 and m.id = any($2) and m.source = 'import' and exists (
               select 1 from import_rows g
               where g.tenant_id = $1 and g.batch_id = any($3) and g.part in ('skus', 'warehouse_locations')
                 and g.status = 'applied' and g.action = 'create' and g.applied_record_id in (m.sku_id, m.location_id))"
        ),
        &[&tx.tenant(), &rows, &batches],
    )
    .await?;
    tx.execute(
        sql!(
            "insert into inventory_movements (tenant_id, id, sku_id, location_id, kind, quantity, reason, source, source_id,
               reverses_id, created_by)
             select $1, app.uuid7(), m.sku_id, m.location_id, 'reversal', -m.quantity, 'Import undone', 'import', m.source_id,
               m.id, $3
             from inventory_movements m where m.tenant_id = $1 and m.id = any($2) and m.kind = 'import'"
        ),
        &[&tx.tenant(), &rows, &tx.actor().id()],
    )
    .await?;
    Ok(())
}
