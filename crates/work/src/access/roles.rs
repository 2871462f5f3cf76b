//! Roles: the built-in ones are copied into each tenant and refreshed when the program is upgraded.

use model::{
    access::roles::{OPERATOR, Permission, ROLES, Role},
    caller::SYSTEM_TENANT,
    problem::Problem,
};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::operation::operations;

/// Every permission of the program: those of entities, of operations, and the few beyond.
pub fn permissions() -> Vec<Permission> {
    let operations: Vec<_> = operations().map(|operation| (operation.entity, operation.name)).collect();
    model::access::roles::permissions(&operations).collect()
}

/// Makes the tenant's built-in roles say what the program says: roles, and the permissions of each. Roles that
/// the tenant made itself are left alone. The system tenant has the operator's beside them.
///
/// # Errors
/// Problems of the database.
pub async fn copy_built_in(tx: &mut TenantTx) -> Result<(), Problem> {
    let permissions = permissions();
    let operator = (tx.tenant() == SYSTEM_TENANT).then_some(&OPERATOR);
    for role in ROLES.iter().chain(operator) {
        copy(tx, role, &permissions).await?;
    }
    Ok(())
}

async fn copy(tx: &mut TenantTx, role: &Role, permissions: &[Permission]) -> Result<(), Problem> {
    let (tenant, id) = (tx.tenant(), tx.id());
    tx.execute(
        sql!(
            "insert into roles (tenant_id, id, code, name, description, is_system, is_portal) values ($1, $2, $3, $4, $5, true, $6)
             on conflict (tenant_id, code) do nothing"
        ),
        &[&tenant, &id, &role.code, &role.name.en, &role.about, &role.portal],
    )
    .await?;
    let row = tx
        .one(sql!("select id from roles where tenant_id = $1 and code = $2"), &[&tenant, &role.code])
        .await?;
    let role_id: Uuid = row.get(0);
    let (names, scopes): (Vec<String>, Vec<&str>) = permissions
        .iter()
        .filter_map(|permission| Some((permission.code(), role.permits(*permission)?.name())))
        .unzip();
    let ids: Vec<Uuid> = names.iter().map(|_| tx.id()).collect();
    tx.execute(
        sql!(
            "delete from role_permissions
             where tenant_id = $1 and role_id = $2 and not exists
               (select 1 from unnest($3::text[], $4::text[]) as g (name, scope)
                where g.name = permission_code and g.scope = record_scope)"
        ),
        &[&tenant, &role_id, &names, &scopes],
    )
    .await?;
    tx.execute(
        sql!(
            "insert into role_permissions (tenant_id, id, role_id, permission_code, record_scope)
             select $1, g.id, $2, g.name, g.scope from unnest($3::uuid[], $4::text[], $5::text[]) as g (id, name, scope)
             on conflict (tenant_id, role_id, permission_code) do nothing"
        ),
        &[&tenant, &role_id, &ids, &names, &scopes],
    )
    .await?;
    Ok(())
}
