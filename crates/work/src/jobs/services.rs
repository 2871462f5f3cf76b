//! The outside world of requests and background work.

use std::sync::Arc;

use store::{Db, Files};

use crate::{
    access::seal::Keyring,
    outbound::{Closed, Outbound},
};

/// What handlers of requests and jobs may reach. Built once by the program; cheap to clone.
#[derive(Clone, Debug)]
pub struct Services {
    /// The database, and with it clock and randomness.
    pub db: Db,
    /// The files of all tenants.
    pub files: Files,
    /// The instance's keys, for secrets of third parties.
    pub keys: Keyring,
    /// The way to other people's software.
    pub outbound: Arc<dyn Outbound>,
}

impl Services {
    /// What every program has; nothing goes out to other software.
    pub fn new(db: Db, files: Files, keys: Keyring) -> Self {
        Self { db, files, keys, outbound: Arc::new(Closed) }
    }

    /// With a way to other people's software.
    pub fn with_outbound(mut self, outbound: impl Outbound + 'static) -> Self {
        self.outbound = Arc::new(outbound);
        self
    }
}
