//! Setting the second step up: a secret for the device, a first code that proves it is there, recovery codes.

use model::{
    caller::Caller,
    problem::{Code, Problem, Status},
};
use store::{TenantTx, sql, sql::Sql};

use super::{
    attempt::CODE_REFUSED,
    own_password::{confirm, myself},
    person::{Person, Side},
    second_step::{self, Shown},
};
use crate::{
    access::audit::{Note, note},
    jobs::Services,
};

/// The second step is asked for already, or no set-up is under way.
pub static TOTP_STATE: Code = Code::new(
    "totp_state",
    Status::Conflict,
    "The second step does not stand so",
    "It is set up in two calls, `setup` and `confirm`. One that is on is switched off first, with the password.",
);

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// What a device needs.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The secret in base 32, to be typed in.
    pub secret: String,
    /// The same as an address, which devices read from a picture.
    pub url: String,
}

/// Makes a secret, which is asked for once a first code confirms it.
///
/// # Errors
/// `totp_state` where the second step is on; `wrong_password`; `forbidden` for a program's token.
pub async fn setup(services: &Services, caller: &Caller, password: &str) -> Result<Setup, Problem> {
    let (db, tenant) = (&services.db, caller.tenant);
    let person = confirm(services, caller, password).await?;
    if person.two_steps {
        return Err(state("The second step is on already.").hint("Switch it off first."));
    }
    let secret: [u8; 20] = db.world().secret();
    let totp = second_step::totp(secret.to_vec(), &person)?;
    let url = totp.to_url().map_err(|error| Problem::internal(error.to_string()))?;
    let sealed =
        services.keys.seal(db.world(), second_step::place(tenant, person.side, person.id), &secret)?;
    let mut tx = db.begin(&caller.program()).await?;
    put(&mut tx, &person, Some(sealed), false, None).await?;
    tx.commit().await?;
    Ok(Setup { secret: totp.secret().to_base32(), url })
}

/// Switches the second step on with a first code; gives the recovery codes, this once.
///
/// # Errors
/// `totp_state` without a set-up, `code_refused`; `forbidden` for a program's token.
pub async fn enable(services: &Services, caller: &Caller, code: &str) -> Result<Vec<String>, Problem> {
    let (db, world) = (&services.db, services.db.world());
    let person = myself(services, caller).await?;
    if person.two_steps || person.totp.is_none() {
        let message =
            if person.two_steps { "The second step is on already." } else { "No set-up is under way." };
        return Err(state(message).hint("`POST /api/v1/auth/totp/setup` begins one."));
    }
    let Shown::Step(step) = second_step::look(&services.keys, caller.tenant, &person, code, world.now())?
    else {
        let message = "The code is not the one that the device should show now.";
        return Err(Problem::new(&CODE_REFUSED, message)
            .hint("Check the device's clock, and wait for the next code."));
    };
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| second_step::recovery_code(world)).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| second_step::hash(person.id, code)).collect();
    let mut tx = db.begin(&caller.program()).await?;
    put(&mut tx, &person, person.totp.clone(), true, Some(step)).await?;
    forget_codes(&mut tx, &person).await?;
    let ids: Vec<uuid::Uuid> = hashes.iter().map(|_| tx.id()).collect();
    let (user, portal_user) = person.side.columns(person.id);
    tx.execute(
        sql!(
            "insert into recovery_codes (tenant_id, id, user_id, portal_user_id, code_hash)
             select $1, g.id, $2, $3, g.hash from unnest($4::uuid[], $5::bytea[]) as g (id, hash)"
        ),
        &[&caller.tenant, &user, &portal_user, &ids, &hashes],
    )
    .await?;
    tell(&mut tx, &person, "totp_enabled").await?;
    tx.commit().await?;
    Ok(codes)
}

/// Switches the second step off; the recovery codes are good no more.
///
/// # Errors
/// `wrong_password`; `forbidden` for a program's token.
pub async fn disable(services: &Services, caller: &Caller, password: &str) -> Result<(), Problem> {
    let person = confirm(services, caller, password).await?;
    let mut tx = services.db.begin(&caller.program()).await?;
    switch_off(&mut tx, &person).await?;
    tx.commit().await
}

/// Switches the second step of a person off.
///
/// # Errors
/// Problems of the database.
pub async fn switch_off(tx: &mut TenantTx, person: &Person) -> Result<(), Problem> {
    put(tx, person, None, false, None).await?;
    forget_codes(tx, person).await?;
    tell(tx, person, "totp_disabled").await
}

macro_rules! put {
    ($table:literal) => {
        sql!(concat!(
            "update ",
            $table,
            " set totp = $3, totp_since = case when $4 then $5::timestamptz end, totp_step = $6
             where tenant_id = $1 and id = $2 and (totp_since is null or $3::bytea is null)"
        ))
    };
}

/// Stores a secret or takes it away. One that is on is not replaced by one that somebody else sets up at the same time.
async fn put(
    tx: &mut TenantTx,
    person: &Person,
    sealed: Option<Vec<u8>>,
    on: bool,
    step: Option<i64>,
) -> Result<(), Problem> {
    let put: &Sql = match person.side {
        Side::Staff => put!("users"),
        Side::Portal => put!("portal_users"),
    };
    let (tenant, now) = (tx.tenant(), tx.world().now());
    match tx.execute(put, &[&tenant, &person.id, &sealed, &on, &now, &step]).await? {
        0 => Err(state("The second step was switched on in the meantime.")),
        _ => Ok(()),
    }
}

async fn forget_codes(tx: &mut TenantTx, person: &Person) -> Result<(), Problem> {
    let (tenant, (user, portal_user)) = (tx.tenant(), person.side.columns(person.id));
    tx.execute(
        sql!("delete from recovery_codes where tenant_id = $1 and (user_id = $2 or portal_user_id = $3)"),
        &[&tenant, &user, &portal_user],
    )
    .await?;
    Ok(())
}

async fn tell(tx: &mut TenantTx, person: &Person, action: &str) -> Result<(), Problem> {
    note(tx, Note { entity: person.side.entity(), id: Some(person.id), action, new_values: None }).await
}

fn state(message: &str) -> Problem {
    Problem::new(&TOTP_STATE, message)
}
