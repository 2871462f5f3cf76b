//! Secrets of third parties on their way from one tenant to another.
//!
//! A sealed secret opens in its own row of its own tenant alone, so an import opens and seals each anew. That takes the
//! key it was sealed with: an instance that does not have it among its keys (another instance, as a rule) leaves the
//! secret out and says so; it is then given anew.

use model::{problem::Problem, world::World};
use uuid::Uuid;

use crate::access::seal::{Keyring, Place, Sealed};

/// The same secret for the same row of another tenant, in the database's text form of bytes; `None` where no key of
/// this instance opens it.
///
/// # Errors
/// A defect of sealing.
pub fn anew(
    (keys, world): (&Keyring, &World),
    of: &Sealed,
    record: Uuid,
    (from, to): (Uuid, Uuid),
    text: &str,
) -> Result<Option<String>, Problem> {
    let place = Place { tenant: from, purpose: of.purpose, record };
    let Some(secret) = bytes(text).and_then(|sealed| keys.open(place, &sealed).ok()) else { return Ok(None) };
    let sealed = keys.seal(world, Place { tenant: to, ..place }, &secret)?;
    Ok(Some(sealed.iter().fold("\\x".to_owned(), |text, byte| text + &format!("{byte:02x}"))))
}

/// Reads `\x0123`.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?;
    let pair = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    (0..digits.len()).step_by(2).map(pair).collect()
}
