//! Secrets that the program makes for itself: random, straight from the operating system, kept in files of mode 0600.
//!
//! The world's randomness is for what a program run decides; a secret must not be repeatable, so it is not.

use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

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
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

/// The text kept in a file of mode 0600, `bytes` random bytes in hexadecimal made when there is none. Processes that
/// make it at once agree on one.
///
/// # Errors
/// When the file can neither be read nor made.
pub fn load_or_create(path: &Path, bytes: usize) -> io::Result<String> {
    match fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
        Ok(_) => fs::remove_file(path)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let text = random_hex(bytes).map_err(io::Error::other)?;
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", random_hex(4).map_err(io::Error::other)?));
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // A link is made only where none is: of two processes the first one's secret stands.
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    };
    let written = write();
    let _removed = fs::remove_file(&draft);
    written?;
    Ok(fs::read_to_string(path)?.trim().to_owned())
}
