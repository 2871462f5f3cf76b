//! The outside world of requests and background work.

use std::sync::Arc;

use store::{Db, Files};

use crate::{
    access::{seal::Keyring, sign_in::Passwords},
    mail::{Mailer, MemoryMailer},
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
    /// Hashes and compares passwords, so many at once.
    pub passwords: Passwords,
    /// The way to other people's software.
    pub outbound: Arc<dyn Outbound>,
    /// Takes mails out of the house.
    pub mailer: Arc<dyn Mailer>,
    /// Tenantry's public address, without a slash at its end: links in mails begin with it.
    pub url: Arc<str>,
}

impl Services {
    /// What every program has; nothing goes out to other software, and mails stay in memory.
    pub fn new(db: Db, files: Files, keys: Keyring) -> Self {
        let mailer = Arc::new(MemoryMailer::default());
        let passwords = Passwords::default();
        Self {
            db,
            files,
            keys,
            passwords,
            outbound: Arc::new(Closed),
            mailer,
            url: "http://127.0.0.1:8080".into(),
        }
    }

    /// With a way to other people's software.
    pub fn with_outbound(mut self, outbound: impl Outbound + 'static) -> Self {
        self.outbound = Arc::new(outbound);
        self
    }

    /// With mails that leave by `mailer`, their links beginning with the public address `url`.
    pub fn with_mailer(mut self, mailer: Arc<dyn Mailer>, url: &str) -> Self {
        self.mailer = mailer;
        self.url = url.trim_end_matches('/').into();
        self
    }
}
