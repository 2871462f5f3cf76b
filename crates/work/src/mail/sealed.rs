//! A secret path in a mail that waits: sealed with the instance's key, so that who reads the database cannot use it.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use model::{problem::Problem, world::World};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::seal::{Keyring, Place};

/// A sealed path.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// What it belongs to.
    of: Uuid,
    text: String,
}

impl Sealed {
    /// Seals a path that belongs to the row `of`.
    ///
    /// # Errors
    /// As [`Keyring::seal`].
    pub fn new(keys: &Keyring, world: &World, tenant: Uuid, of: Uuid, path: &str) -> Result<Self, Problem> {
        let sealed = keys.seal(world, place(tenant, of), path.as_bytes())?;
        Ok(Self { of, text: BASE64.encode(sealed) })
    }

    /// The path.
    ///
    /// # Errors
    /// As [`Keyring::open`].
    pub fn open(&self, keys: &Keyring, tenant: Uuid) -> Result<String, Problem> {
        let sealed = BASE64.decode(&self.text).map_err(Problem::internal)?;
        String::from_utf8(keys.open(place(tenant, self.of), &sealed)?).map_err(Problem::internal)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.of)
    }
}

fn place(tenant: Uuid, of: Uuid) -> Place {
    Place { tenant, purpose: "mail_link", record: of }
}
