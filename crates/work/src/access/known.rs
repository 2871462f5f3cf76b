//! What the program has looked up before and need not ask for again with every request.
//!
//! The caches hold only what cannot turn wrong unseen: a tenant keeps its short id, and all else is kept with the
//! tenant's stamp of access, which each request reads anew. A change of a role or a revoked token counts at once.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{Arc, LazyLock, Mutex},
};

use jiff::Timestamp;
use model::caller::{Caller, Grants};
use uuid::Uuid;

use super::sign_in::Side;

/// Entries of a cache; one that is full begins anew.
const MOST: usize = 4_096;

/// A bounded cache. A thread that died within it leaves it empty for the others.
#[derive(Debug)]
pub struct Known<K, V>(Mutex<HashMap<K, V>>);

impl<K: Eq + Hash, V: Clone> Known<K, V> {
    fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// What is known.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.lock().ok()?.get(key).cloned()
    }

    /// Remembers.
    pub fn put(&self, key: K, value: V) {
        if let Ok(mut known) = self.0.lock() {
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(key, value);
        }
    }
}

/// Tenants by their short ids, which are made at random and never change.
pub static TENANTS: LazyLock<Known<String, Uuid>> = LazyLock::new(Known::new);

/// Roles in the order of their ids, and the scopes of a token that narrow them, at a stamp of the tenant's access.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    /// The tenant.
    pub tenant: Uuid,
    /// Its stamp of access; none where the tenant has none.
    pub stamp: Option<i64>,
    /// The roles' ids.
    pub roles: Vec<Uuid>,
    /// A token's scopes.
    pub scopes: Vec<String>,
}

/// What such roles permit together.
pub static GRANTS: LazyLock<Known<Held, Arc<Grants>>> = LazyLock::new(Known::new);

/// By what somebody shows who they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shown {
    /// The hash of a token, or of the secret of a session.
    Secret(Uuid, Vec<u8>),
    /// A session and its person, named by an access token of this side that is valid.
    Session(Side, Uuid, Uuid, Uuid),
}

/// Somebody of the staff who was let in a moment ago.
#[derive(Debug)]
pub struct Recent {
    /// As whom.
    pub caller: Caller,
    /// From where they may come; from everywhere where there are none.
    pub networks: Vec<String>,
    /// The tenant's stamp of access then.
    pub stamp: i64,
    /// Until when that counts.
    pub until: Timestamp,
}

/// Those who showed it a moment ago.
pub static RECENT: LazyLock<Known<Shown, Arc<Recent>>> = LazyLock::new(Known::new);
