//! A new tenant, made by its operator.

use model::{
    Document,
    caller::Caller,
    problem::{FieldError, Problem},
};
use serde_json::{Map, json};
use uuid::Uuid;

use super::{note_of_operator, permit};
use crate::{
    access::{
        sign_in::{Purpose, links},
        staff,
        tenants::{self, NewTenant},
    },
    jobs::Services,
    settings,
};

/// The first of the tenant's people, who looks after the others.
#[derive(Clone, Debug)]
pub struct FirstAdmin {
    /// Where the invitation goes.
    pub email: String,
    /// What people read.
    pub name: String,
}

/// Makes a tenant with the built-in roles and schedules, and with these settings by their groups, where others than the
/// defaults are stated; invites its first admin by mail where one is named: all of it, or nothing.
///
/// # Errors
/// `forbidden` for whoever is no operator, `invalid` naming each bad field: those of the admin as `admin_email` and
/// `admin_name`, a setting as `settings.security.session_days`.
pub async fn create(
    services: &Services,
    operator: &Caller,
    new: &NewTenant,
    admin: Option<&FirstAdmin>,
    settings: &Document,
) -> Result<Uuid, Problem> {
    permit(operator, "manage")?;
    let mut tx = tenants::begin(&services.db, new).await?;
    let id = tx.tenant();
    if let Some(admin) = admin {
        let person = staff::add(&mut tx, "admin", &admin.email, &admin.name).await.map_err(of_admin)?;
        links::send(&mut tx, &services.keys, &person, Purpose::Invitation).await?;
    }
    settings::state(&mut tx, settings).await?;
    tx.commit().await?;
    let told = Map::from_iter([("slug".to_owned(), json!(new.slug)), ("name".to_owned(), json!(new.name))]);
    note_of_operator(&services.db, operator, id, "tenant.created", told).await?;
    Ok(id)
}

/// The problem with its fields named as those of the admin.
fn of_admin(problem: Problem) -> Problem {
    let named = |error: &FieldError| FieldError { field: format!("admin_{}", error.field), ..error.clone() };
    match problem.field_errors().iter().map(named).collect::<Vec<_>>() {
        errors if errors.is_empty() => problem,
        errors => Problem::invalid(errors),
    }
}
