//! Refused attempts in the audit trail: who tried what they are not permitted.
//!
//! A line is written in a transaction of its own, once the refused one is gone. The same caller with the same missing
//! permission leaves one line a minute, so that a program in a loop fills neither the trail nor the disk.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex},
};

use model::{
    caller::{Actor, Caller},
    problem::Problem,
};
use serde_json::json;
use store::Db;
use uuid::Uuid;

use super::audit::{self, Note};

/// Attempts remembered; once there are so many, those of earlier minutes are forgotten.
const MOST: usize = 4_096;

/// An attempt that was refused.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The permission that is missing, where it was one.
    pub permission: Option<&'a str>,
    /// Why, as the problem's code says.
    pub code: &'a str,
    /// Method and template of the address: `PATCH /api/v1/customers/{id}`.
    pub address: &'a str,
    /// The record it was about.
    pub record: Option<Uuid>,
}

type Minutes = HashMap<(Uuid, String, String), i64>;
static LATEST: LazyLock<Mutex<Minutes>> = LazyLock::new(Mutex::default);

/// Leaves a line about the attempt, unless there is one of the same minute.
///
/// # Errors
/// Problems of the database; the attempt stays refused.
pub async fn note(db: &Db, caller: &Caller, attempt: Attempt<'_>) -> Result<(), Problem> {
    let minute = db.world().now().as_second() / 60;
    let what = attempt.permission.unwrap_or(attempt.address);
    if !first(caller.tenant, caller.actor, what, minute) {
        return Ok(());
    }
    let entity =
        attempt.permission.and_then(|name| name.split_once('.')).map_or("access", |(entity, _)| entity);
    let told = json!({ "permission": attempt.permission, "code": attempt.code, "address": attempt.address });
    let mut tx = db.begin(caller).await?;
    let line = Note { entity, id: attempt.record, action: "refused", new_values: Some(told) };
    audit::note(&mut tx, line).await?;
    tx.commit().await
}

/// Whether it is the first such attempt of the minute. Where nothing more can be remembered, none is.
fn first(tenant: Uuid, actor: Actor, what: &str, minute: i64) -> bool {
    let Ok(mut latest) = LATEST.lock() else { return false };
    if latest.len() >= MOST {
        latest.retain(|_, seen| *seen == minute);
    }
    let key = (tenant, actor.to_string(), what.to_owned());
    match latest.get(&key) {
        Some(seen) if *seen == minute => false,
        None if latest.len() >= MOST => false,
        _ => {
            latest.insert(key, minute);
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_counts_once_a_minute_and_memory_has_its_bounds() {
        let (tenant, actor) = (Uuid::from_u128(1), Actor::Token(Uuid::from_u128(2)));
        assert!(first(tenant, actor, "customers.view", 7));
        assert!(!first(tenant, actor, "customers.view", 7));
        assert!(first(tenant, actor, "orders.view", 7));
        assert!(first(tenant, Actor::System, "customers.view", 7));
        assert!(first(tenant, actor, "customers.view", 8));
        for number in 0..2 * MOST {
            first(tenant, actor, &format!("address {number}"), 9);
        }
        assert_eq!(LATEST.lock().unwrap().len(), MOST);
        assert!(!first(tenant, actor, "another", 9));
        assert!(first(tenant, actor, "another", 10));
    }
}
