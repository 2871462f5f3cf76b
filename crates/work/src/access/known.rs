//! What the program has looked up before and need not ask for again with every request.
//!
//! Both caches hold only what cannot turn wrong: a tenant keeps its short id, and the grants of roles are kept under
//! stamps that each request reads anew. A change of a role or a revoked token counts at once.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{Arc, LazyLock, Mutex},
};

use model::caller::Grants;
use uuid::Uuid;

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

/// A role, and the stamp of its permissions; none where it never had any.
pub type RoleStamp = (Uuid, Option<i64>);

/// What roles permit together, by their stamps in the order of their ids.
pub static GRANTS: LazyLock<Known<Vec<RoleStamp>, Arc<Grants>>> = LazyLock::new(Known::new);

/// Roles, and the scopes of a token that narrow them.
pub type Narrowing = (Vec<RoleStamp>, Vec<String>);

/// What scopes of tokens leave of such grants.
pub static NARROWED: LazyLock<Known<Narrowing, Arc<Grants>>> = LazyLock::new(Known::new);
