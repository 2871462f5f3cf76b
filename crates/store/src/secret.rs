//! Random bytes for passwords, straight from the operating system.
//!
//! The world's randomness is for what a program run decides; a password must not be repeatable, so it is not.

use std::fmt::Write;

use rand::TryRng;
use rand::rngs::SysRng;

/// `bytes` random bytes as lower-case hexadecimal digits.
///
/// # Errors
/// When the operating system gives none.
pub(crate) fn random_hex(bytes: usize) -> Result<String, impl std::error::Error + use<>> {
    let mut buffer = vec![0; bytes];
    SysRng.try_fill_bytes(&mut buffer).map(|()| hex(&buffer))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}
