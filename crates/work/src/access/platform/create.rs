//! A new tenant, made by its operator.

use model::{caller::Caller, problem::Problem};
use serde_json::{Map, json};
use store::Db;
use uuid::Uuid;

use super::{note_of_operator, permit};
use crate::access::tenants::{self, NewTenant};

/// Makes a tenant with the built-in roles and schedules.
///
/// # Errors
/// `forbidden` for whoever is no operator, `invalid` naming each bad field.
pub async fn create(db: &Db, operator: &Caller, new: &NewTenant) -> Result<Uuid, Problem> {
    permit(operator, "manage")?;
    let id = tenants::create(db, new).await?;
    let told = Map::from_iter([("slug".to_owned(), json!(new.slug)), ("name".to_owned(), json!(new.name))]);
    note_of_operator(db, operator, id, "tenant.created", told).await?;
    Ok(id)
}
