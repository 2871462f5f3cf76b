//! Secrets of third parties on their way from one tenant to another.
//!
//! A sealed secret opens in its own row of its own tenant alone, so an import opens and seals each anew. That takes the
//! key it was sealed with: an instance that does not have it among its keys (another instance, as a rule) leaves the
//! secret out and says so; it is then given anew.

use model::{problem::Problem, world::World};
use uuid::Uuid;

use crate::access::seal::{Keyring, Place};

/// A column that holds sealed secrets.
#[derive(Clone, Copy, Debug)]
pub struct Sealed {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The purpose under which it is sealed.
    pub purpose: &'static str,
    /// A column that is emptied with it: the second step of signing in is asked for as long as its time is set.
    pub with: Option<&'static str>,
    /// Whether the row makes no sense without it and is left out as well.
    pub with_row: bool,
}

/// Every column that holds sealed secrets.
pub const SEALED: &[Sealed] = &[
    of("webhook_sources", "secret", "webhook_source"),
    of("webhook_sources", "former_secret", "webhook_source"),
    of("webhook_subscriptions", "secret", "webhook_subscription"),
    of("webhook_subscriptions", "former_secret", "webhook_subscription"),
    Sealed { with: Some("totp_since"), ..of("users", "totp", "totp") },
    Sealed { with: Some("totp_since"), ..of("portal_users", "totp", "portal_totp") },
    Sealed { with_row: true, ..of("credentials", "sealed", "credential") },
];

/// The columns of bytes that are no sealed secret: hashes and bodies, which go along as they are.
pub const PLAIN_BYTES: &[(&str, &str)] = &[
    ("sessions", "token_hash"),
    ("one_time_tokens", "token_hash"),
    ("spent_refresh_tokens", "token_hash"),
    ("recovery_codes", "code_hash"),
    ("integration_tokens", "token_hash"),
    ("integration_tokens", "former_hash"),
    ("idempotency_keys", "body_hash"),
    ("idempotency_keys", "response_body"),
    ("webhook_receipts", "body_hash"),
    ("webhook_logs", "raw_body"),
];

const fn of(table: &'static str, column: &'static str, purpose: &'static str) -> Sealed {
    Sealed { table, column, purpose, with: None, with_row: false }
}

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
