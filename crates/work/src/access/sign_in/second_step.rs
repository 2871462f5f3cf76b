//! The second step: a code of six digits that changes every thirty seconds (TOTP, RFC 6238), or a recovery code.

use jiff::Timestamp;
use model::{problem::Problem, world::World};
use sha2::{Digest, Sha256};
use store::{TenantTx, sql};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use uuid::Uuid;

use super::person::{Person, Side};
use crate::access::seal::{Keyring, Place};

/// Seconds of a step.
const STEP: u64 = 30;

/// Letters and digits of a recovery code without those that are easily mistaken for another: five bits each.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// What was typed in as the second step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A code of the time step.
    Step(i64),
    /// Something that may be a recovery code; its hash.
    Recovery(Vec<u8>),
    /// Nothing that fits.
    Wrong,
}

/// Looks at a code. Whether it was used before, the transaction tells that uses it up.
///
/// # Errors
/// A defect where the secret does not open.
pub(super) fn look(
    keys: &Keyring,
    tenant: Uuid,
    person: &Person,
    code: &str,
    now: Timestamp,
) -> Result<Shown, Problem> {
    let typed: String = code.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    if typed.len() == 16 {
        return Ok(Shown::Recovery(hash(person.id, &typed)));
    }
    let Some(sealed) = &person.totp else { return Ok(Shown::Wrong) };
    let secret = keys.open(place(tenant, person.side, person.id), sealed)?;
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let step = totp(secret, person)?.check(&typed, seconds).and_then(|step| i64::try_from(step).ok());
    Ok(step.map_or(Shown::Wrong, Shown::Step))
}

/// Uses a recovery code up. False where the person has no such code.
///
/// # Errors
/// Problems of the database.
pub(super) async fn use_up(
    tx: &mut TenantTx,
    side: Side,
    person: Uuid,
    hash: &[u8],
) -> Result<bool, Problem> {
    let (user, portal_user) = side.columns(person);
    let used = tx
        .execute(
            sql!(
                "delete from recovery_codes
                 where tenant_id = $1 and (user_id = $2 or portal_user_id = $3) and code_hash = $4"
            ),
            &[&tx.tenant(), &user, &portal_user, &hash],
        )
        .await?;
    Ok(used > 0)
}

/// The rule by which the person's device makes codes: SHA-1, six digits, thirty seconds, a step more or less; what every
/// such program knows.
pub(super) fn totp(secret: Vec<u8>, person: &Person) -> Result<Totp, Problem> {
    // A colon would end the name in the address that devices read.
    let plain = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP)
        .with_secret(Secret::from(secret))
        .with_account_name(plain(&person.email))
        .with_issuer(Some(plain(&person.company)))
        .build()
        .map_err(|error| Problem::internal(error.to_string()))
}

/// Where the sealed secret lies.
pub(super) const fn place(tenant: Uuid, side: Side, person: Uuid) -> Place {
    Place {
        tenant,
        purpose: match side {
            Side::Staff => "totp",
            Side::Portal => "portal_totp",
        },
        record: person,
    }
}

/// A new recovery code: eighty random bits as `xxxx-xxxx-xxxx-xxxx`.
pub(super) fn recovery_code(world: &World) -> String {
    let signs: Vec<char> =
        world.secret::<16>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What of a recovery code is stored.
pub(super) fn hash(person: Uuid, code: &str) -> Vec<u8> {
    let typed = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    Sha256::new().chain_update(person.as_bytes()).chain_update(typed.collect::<String>()).finalize().to_vec()
}
