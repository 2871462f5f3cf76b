//! Marking all of one user's notifications as read.

use model::{
    caller::{Actor, RecordScope},
    field::{self, Field, Text},
    problem::{FieldError, Problem},
    value::codes,
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::operation::{Operate, Operation};

const INPUT: &[Field] = &[field::link("user_id", "User", "users")
    .help("Whose. People leave it out and mean themselves; a token of an admin names the user.")];

pub(super) const OPERATION: Operation =
    Operation::on_collection::<ReadAllNotifications>("notifications", "read_all")
        .about(
            Text::of("Mark all as read", "ทำเครื่องหมายว่าอ่านทั้งหมดแล้ว"),
            "Marks all of a user's notifications as read.",
        )
        .input(INPUT);

/// The input.
#[derive(Debug, Deserialize)]
pub struct ReadAllNotifications {
    user_id: Option<Uuid>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct ReadAll {
    /// How many were unread.
    read: u64,
}

impl Operate<()> for ReadAllNotifications {
    type Done = ReadAll;

    async fn run(self, tx: &mut TenantTx, (): ()) -> Result<ReadAll, Problem> {
        let user = self.user(tx)?;
        let (tenant, now) = (tx.tenant(), tx.world().now());
        let known = sql!("select id from users where tenant_id = $1 and id = $2");
        if tx.optional(known, &[&tenant, &user]).await?.is_none() {
            return Err(refused(Some(user), "There is no such user."));
        }
        let read = tx
            .execute(
                sql!(
                    "update notifications set read_at = $3
                     where tenant_id = $1 and user_id = $2 and read_at is null"
                ),
                &[&tenant, &user, &now],
            )
            .await?;
        Ok(ReadAll { read })
    }
}

impl ReadAllNotifications {
    /// Whose notifications: a person's own, or those of the user that a token with a reach of all names.
    fn user(&self, tx: &TenantTx) -> Result<Uuid, Problem> {
        let caller = tx.caller();
        let all = caller.permit(&OPERATION.permission())? == RecordScope::All;
        match (caller.actor, self.user_id) {
            (Actor::User(me), None) => Ok(me),
            (Actor::User(me), Some(user)) if user == me => Ok(me),
            (Actor::User(_), Some(_)) => Err(refused(self.user_id, "There is no such user.")),
            (_, Some(user)) if all => Ok(user),
            (_, Some(_)) => Err(refused(self.user_id, "There is no such user.")),
            (_, None) => Err(refused(None, "Name the user whose notifications are meant.")),
        }
    }
}

fn refused(user: Option<Uuid>, message: &str) -> Problem {
    let code = if user.is_some() { &codes::UNKNOWN_LINK } else { &codes::REQUIRED };
    let error = FieldError::new("user_id", code, message);
    Problem::invalid(vec![match user {
        Some(user) => error.value(user.to_string()),
        None => error,
    }])
}
