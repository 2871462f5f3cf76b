//! An attempt to sign in.
//!
//! Whatever is wrong, company, address, password or the account's state, the answer is the same and so is the work: one
//! read, one hash, one transaction. What a company that does not exist leaves in the audit is the system tenant's.

use model::{
    caller::{Caller, SYSTEM_TENANT},
    problem::{Code, Problem, Status},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    failures, jwt,
    person::{Person, Side},
    second_step::{self, Shown},
    sessions::{self, Begun, Kind, Secret, Visit},
};
use crate::{
    access::{
        audit::{Note, note},
        standing,
    },
    jobs::Services,
    settings::{self, Security},
};

/// Nobody gets in this way.
pub static SIGN_IN_REFUSED: Code = Code::new(
    "sign_in_refused",
    Status::Unauthenticated,
    "Not signed in",
    "Company, e-mail or password is wrong, or the account is not active or locked: which of these is not told. After five \
     failures within 15 minutes an account is locked for 15 minutes.",
);

/// The password is right, and a second step is asked for.
pub static CODE_REQUIRED: Code = Code::new(
    "code_required",
    Status::Unauthenticated,
    "The second step is missing",
    "The password is right. Send it again with `code`: the six digits that the device shows, or a recovery code.",
);

/// The password is right, and the second step is not.
pub static CODE_REFUSED: Code = Code::new(
    "code_refused",
    Status::Unauthenticated,
    "The code is not good",
    "The password is right, but the code is wrong, over, or used before. Wait for the next one. It counts as a failure.",
);

/// What somebody shows.
#[derive(Clone)]
pub struct Credentials {
    /// Which people.
    pub side: Side,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The second step.
    pub code: Option<String>,
    /// What they want.
    pub kind: Kind,
}

/// Somebody who got in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The person.
    pub person: Person,
    /// The session.
    pub begun: Begun,
    /// The first access token of a session of tokens.
    pub access: Option<String>,
}

/// Signs somebody in, in the tenant that was found. A session that their browser had before ends.
///
/// # Errors
/// `sign_in_refused`, `code_required`, `code_refused`, `sign_in_busy`, or `unavailable`.
pub async fn sign_in(
    services: &Services,
    tenant: Option<Uuid>,
    credentials: &Credentials,
    former: Option<&Secret>,
    visit: &Visit,
) -> Result<SignedIn, Problem> {
    let (db, side) = (&services.db, credentials.side);
    let system = Caller::system(tenant.unwrap_or(SYSTEM_TENANT), visit.request).at(visit.client);
    let rows = db.read(&system, Person::by_email(side, system.tenant, &credentials.email)).await?;
    let person = Person::read(side, &rows).filter(|_| tenant.is_some());
    let hash = person.as_ref().and_then(|person| person.password_hash.as_deref());
    let is_right = services.passwords.verify(&credentials.password, hash).await?;
    let now = db.world().now();
    let person = match person {
        Some(person) if is_right && person.may && !person.is_locked(now) => person,
        other => {
            fail(services, &system, side, other.map(|person| person.id)).await?;
            return Err(refused());
        }
    };
    let shown = match (&credentials.code, person.two_steps) {
        (_, false) => None,
        (Some(code), true) => Some(second_step::look(&services.keys, system.tenant, &person, code, now)?),
        (None, true) => {
            let message = "The password is right; the second step is missing.";
            return Err(Problem::new(&CODE_REQUIRED, message).hint("Send the same again with `code`."));
        }
    };
    if side == Side::Staff {
        let security: Security = settings::read(db, &system).await?;
        standing::admit(db, &person.acting(&system), &security.ip_allow).await?;
    }
    let mut tx = db.begin(&person.acting(&system)).await?;
    let step = match shown {
        Some(Shown::Step(step)) => Some(step),
        _ => None,
    };
    let stands = failures::forget(&mut tx, side, person.id, step).await?;
    let is_good = match &shown {
        Some(Shown::Recovery(hash)) => second_step::use_up(&mut tx, side, person.id, hash).await?,
        Some(Shown::Wrong) => false,
        Some(Shown::Step(_)) | None => true,
    };
    if !stands || !is_good {
        tx.rollback().await?;
        fail(services, &system, side, Some(person.id)).await?;
        return Err(if shown.is_some() { code_refused() } else { refused() });
    }
    if let Some(former) = former.filter(|former| former.short_id == person.short_id) {
        leave(&mut tx, former).await?;
    }
    let begun = sessions::begin(&mut tx, &person, credentials.kind, visit.agent.as_deref()).await?;
    let session = begun.secret.session;
    let told = json!({ "session": session, "kind": credentials.kind.name(), "recovery_code": matches!(shown, Some(Shown::Recovery(_))) });
    note(
        &mut tx,
        Note { entity: side.entity(), id: Some(person.id), action: "sign_in", new_values: Some(told) },
    )
    .await?;
    tx.commit().await?;
    let access = match credentials.kind {
        Kind::Cookie => None,
        Kind::Token => {
            let ids = (system.tenant, person.id, session);
            Some(jwt::issue(&services.keys, &services.url, now, side, ids)?)
        }
    };
    Ok(SignedIn { person, begun, access })
}

/// Ends the session that the browser had, whoever's it was.
async fn leave(tx: &mut store::TenantTx, former: &Secret) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.world().now());
    tx.execute(
        store::sql!(
            "update sessions set revoked_at = $4
             where tenant_id = $1 and id = $2 and token_hash = $3 and revoked_at is null"
        ),
        &[&tenant, &former.session, &former.hash(), &now],
    )
    .await?;
    Ok(())
}

async fn fail(services: &Services, system: &Caller, side: Side, person: Option<Uuid>) -> Result<(), Problem> {
    let mut tx = services.db.begin(system).await?;
    failures::count(&mut tx, side, person).await?;
    tx.commit().await
}

fn refused() -> Problem {
    Problem::new(&SIGN_IN_REFUSED, "Company, e-mail or password is wrong, or the account cannot be used just now.")
        .hint("Check all three. After five failures an account is locked for 15 minutes; a forgotten password is reset by mail.")
}

fn code_refused() -> Problem {
    Problem::new(&CODE_REFUSED, "The code is not good: wrong, over, or used before.")
        .hint("Wait for the next code.")
}
