//! The table of permissions: the same for all tenants, written by the owner from the program's own list.

use model::access::roles::Permission;
use tokio_postgres::Config;

use super::{error::MigrateError, session::Session};

/// Makes the table `permissions` hold exactly `permissions`; the schema must be current.
///
/// # Errors
/// When the administrator's login cannot act as the owner.
pub async fn list_permissions(admin: &Config, permissions: &[Permission]) -> Result<(), MigrateError> {
    let codes: Vec<String> = permissions.iter().map(|permission| permission.code()).collect();
    let entities: Vec<&str> = permissions.iter().map(|permission| permission.entity).collect();
    let actions: Vec<&str> = permissions.iter().map(|permission| permission.action).collect();
    let session = Session::open(admin).await?;
    session.act_as(false).await?;
    let step = || MigrateError::step("list the permissions");
    session
        .client
        .execute("delete from permissions where not code = any($1)", &[&codes])
        .await
        .map_err(step())?;
    session
        .client
        .execute(
            "insert into permissions (code, entity, action)
             select code, entity, action from unnest($1::text[], $2::text[], $3::text[]) as p (code, entity, action)
             on conflict (code) do nothing",
            &[&codes, &entities, &actions],
        )
        .await
        .map_err(step())?;
    session.close().await;
    Ok(())
}
