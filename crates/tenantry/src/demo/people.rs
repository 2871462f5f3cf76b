//! The people of a demo tenant, with the built-in roles.

use std::collections::BTreeMap;

use model::problem::Problem;
use serde_json::json;
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{book::Book, trade::HISTORY};

/// The tenant's roles by code.
#[derive(Debug)]
pub struct Roles(BTreeMap<String, Uuid>);

impl Roles {
    /// Reads them.
    ///
    /// # Errors
    /// Problems of the database.
    pub async fn read(tx: &mut TenantTx) -> Result<Self, Problem> {
        let tenant = tx.tenant();
        let rows = tx.query(sql!("select code, id from roles where tenant_id = $1"), &[&tenant]).await?;
        Ok(Self(rows.iter().map(|row| (row.get(0), row.get(1))).collect()))
    }
}

/// Someone on the staff.
pub struct Person {
    /// First and last name.
    pub name: &'static str,
    /// The part of the address before the `@`.
    pub mailbox: &'static str,
    /// Where they work.
    pub department: &'static str,
    /// Code of their built-in role.
    pub role: &'static str,
}

/// Puts the staff and their roles into the book; gives their ids in the same order. The last one has left.
pub fn staff(book: &mut Book, roles: &Roles, domain: &str, people: &[Person]) -> Vec<Uuid> {
    let at = book.moment(book.ago(HISTORY), 0);
    people
        .iter()
        .enumerate()
        .map(|(index, person)| {
            let row = json!({
                "email": format!("{}@{domain}", person.mailbox), "name": person.name, "department": person.department,
                "is_active": index + 1 < people.len(),
            });
            let user = book.put("users", person.mailbox, at, row);
            if let Some(role) = roles.0.get(person.role) {
                book.put("user_roles", person.mailbox, at, json!({"user_id": user, "role_id": role}));
            }
            user
        })
        .collect()
}

/// Puts a portal user of a customer into the book and gives the id.
pub fn portal_user(
    book: &mut Book,
    roles: &Roles,
    customer: Uuid,
    name: &str,
    email: &str,
    role: &str,
) -> Uuid {
    let at = book.moment(book.ago(HISTORY - 30), 60);
    let row = json!({"customer_id": customer, "email": email, "name": name, "is_active": true});
    let user = book.put("portal_users", email, at, row);
    if let Some(role) = roles.0.get(role) {
        book.put("portal_user_roles", email, at, json!({"portal_user_id": user, "role_id": role}));
    }
    user
}
