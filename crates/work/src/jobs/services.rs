//! The outside world of requests and background work.

use store::{Db, Files};

use crate::access::seal::Keyring;

/// What handlers of requests and jobs may reach. Built once by the program; cheap to clone.
#[derive(Clone, Debug)]
pub struct Services {
    /// The database, and with it clock and randomness.
    pub db: Db,
    /// The files of all tenants.
    pub files: Files,
    /// The instance's keys, for secrets of third parties.
    pub keys: Keyring,
}

impl Services {
    /// All of it.
    pub fn new(db: Db, files: Files, keys: Keyring) -> Self {
        Self { db, files, keys }
    }
}
