//! Somebody new among the company's people, added by the program for an operator.

use model::{
    problem::{FieldError, Problem},
    registry, value,
};
use serde_json::{Value, json};
use store::{TenantTx, engine, sql};
use uuid::Uuid;

use crate::access::sign_in::{Person, Side};

/// Makes a user with a role, who has no password yet.
///
/// # Errors
/// `invalid` for an address that is none or is taken and for a role of portal users, `not_found` for an unknown role.
pub async fn add(tx: &mut TenantTx, role: &str, email: &str, name: &str) -> Result<Person, Problem> {
    let role = staff_role(tx, role).await?;
    let user = put(tx, "users", json!({ "email": email, "name": name })).await?;
    put(tx, "user_roles", json!({ "user_id": user, "role_id": role })).await?;
    let rows = tx.run(&Person::by_id(Side::Staff, tx.tenant(), user)).await?;
    Person::read(Side::Staff, &rows)
        .ok_or_else(|| Problem::internal("a person who was just made is not there"))
}

async fn put(tx: &mut TenantTx, entity: &str, fields: Value) -> Result<Uuid, Problem> {
    let entity = registry::described(entity)?;
    let Value::Object(fields) = fields else { return Err(Problem::internal("fields are an object")) };
    Ok(engine::create(tx, entity, fields).await?.id)
}

async fn staff_role(tx: &mut TenantTx, code: &str) -> Result<Uuid, Problem> {
    let find =
        sql!("select id, is_portal from roles where tenant_id = $1 and code = $2 and archived_at is null");
    let row = tx.optional(find, &[&tx.tenant(), &code]).await?;
    let row = row.ok_or_else(|| {
        Problem::not_found(&format!("role as `{code}`"))
            .hint("`admin` and `sales_rep` are among the built-in ones.")
    })?;
    if row.get(1) {
        let message = "This role is for people at customers. Choose a staff role.";
        return Err(Problem::invalid(vec![
            FieldError::new("role", &value::codes::NOT_A_CHOICE, message).value(code),
        ]));
    }
    Ok(row.get(0))
}
