//! Changing one's own password.

use model::{
    caller::Caller,
    problem::{Code, FieldError, Problem, Status},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    failures, passwords,
    person::{Person, Side},
    rules,
    sessions::{self, Which, no_person},
};
use crate::{
    access::audit::{Note, note},
    jobs::Services,
};

/// The password that was shown is not the caller's.
pub static WRONG_PASSWORD: Code = Code::new(
    "wrong_password",
    Status::Forbidden,
    "The password is wrong",
    "What was asked for takes the caller's present password. Five failures within 15 minutes lock the account for 15 minutes.",
);

/// The person who asks, if the password is theirs.
///
/// # Errors
/// `wrong_password`, which counts as a failure to sign in; `forbidden` for a program's token; `sign_in_busy`.
pub(super) async fn confirm(services: &Services, caller: &Caller, password: &str) -> Result<Person, Problem> {
    let (db, system) = (&services.db, caller.program());
    let person = myself(services, caller).await?;
    let is_right = services.passwords.verify(password, person.password_hash.as_deref()).await?;
    if is_right && !person.is_locked(db.world().now()) {
        return Ok(person);
    }
    let mut tx = db.begin(&system).await?;
    failures::count(&mut tx, person.side, Some(person.id)).await?;
    tx.commit().await?;
    Err(Problem::new(
        &WRONG_PASSWORD,
        "The password is wrong, or the account is locked after too many failures.",
    )
    .hint("After five failures it is locked for 15 minutes. A forgotten password is reset by mail."))
}

/// The person who asks.
///
/// # Errors
/// `forbidden` for a program's token.
pub(super) async fn myself(services: &Services, caller: &Caller) -> Result<Person, Problem> {
    let (side, id) = Side::of(caller.actor).ok_or_else(no_person)?;
    let rows = services.db.read(&caller.program(), Person::by_id(side, caller.tenant, id)).await?;
    Person::read(side, &rows).ok_or_else(no_person)
}

/// Sets a new password; all other sessions end. Gives how many.
///
/// # Errors
/// `wrong_password`; `invalid` for one that may be none; `sign_in_busy`.
pub async fn change(
    services: &Services,
    caller: &Caller,
    session: Uuid,
    old: &str,
    new: &str,
) -> Result<u64, Problem> {
    let db = &services.db;
    let person = confirm(services, caller, old).await?;
    let policy = rules::policy(db, caller).await?;
    let wrong = |error: FieldError| Problem::invalid(vec![error]);
    rules::check(policy, "new_password", new, &person.names()).map_err(wrong)?;
    let hash = services.passwords.hash(db.world(), new).await?;
    let mut tx = db.begin(&caller.program()).await?;
    passwords::set(&mut tx, person.side, person.id, &hash).await?;
    let ended = sessions::revoke(&mut tx, person.side, person.id, Which::Others(session)).await?;
    let told = Some(json!({ "sessions": ended }));
    let entity = person.side.entity();
    note(&mut tx, Note { entity, id: Some(person.id), action: "password_changed", new_values: told }).await?;
    tx.commit().await?;
    Ok(ended)
}
