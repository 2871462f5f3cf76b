//! Secrets of third parties (webhook secrets, passwords of mail servers), sealed with the instance's key.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with a random nonce; the place a secret belongs to is authenticated
//! along, so one tenant's sealed secret does not open in another's row. A sealed secret names its key by four bytes
//! of the key's SHA-256: version 1, key id, nonce of 24 bytes, ciphertext with its tag of 16. Keys are rotated by
//! putting a new one first; the former ones still open, and what they sealed is sealed anew when next written.

mod columns;

use std::{fmt, path::Path, sync::Arc};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use model::{problem::Problem, world::World};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use columns::{PLAIN_BYTES, SEALED, Sealed};

const VERSION: u8 = 1;
const HEAD: usize = 1 + 4 + 24;

/// The instance's keys: the first seals, all open. Cheap to clone.
#[derive(Clone)]
pub struct Keyring(Arc<[Key]>);

struct Key {
    id: [u8; 4],
    bytes: [u8; 32],
    cipher: XChaCha20Poly1305,
}

/// What a sealed secret belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The tenant.
    pub tenant: Uuid,
    /// The kind of secret, as `webhook_source`.
    pub purpose: &'static str,
    /// The record that holds it.
    pub record: Uuid,
}

impl Keyring {
    /// The keys of `text`: 64 hexadecimal digits each (32 bytes), the one in use first, separated by spaces or lines.
    ///
    /// # Errors
    /// A sentence that says what a key looks like.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let keys: Option<Vec<Key>> = text.split_whitespace().map(Key::read).collect();
        match keys {
            Some(keys) if !keys.is_empty() => Ok(Self(keys.into())),
            _ => Err("expected keys of 64 hexadecimal digits each, the one in use first".to_owned()),
        }
    }

    /// The keys kept in `secret.key` of the data folder (mode 0600); one is made when there is none.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong with it.
    pub fn load_or_create(folder: &Path) -> Result<Self, String> {
        let path = folder.join("secret.key");
        store::secret::load_or_create(&path, 32)
            .map_err(|error| error.to_string())
            .and_then(|text| Self::from_text(&text))
            .map_err(|error| format!("The key in {} cannot be used: {error}.", path.display()))
    }

    /// Seals a secret for its place.
    ///
    /// # Errors
    /// A defect where the secret is longer than the cipher takes (256 GiB).
    pub fn seal(&self, world: &World, place: Place, secret: &[u8]) -> Result<Vec<u8>, Problem> {
        let key = &self.0[0];
        let nonce: [u8; 24] = world.secret();
        let context = place.context();
        let payload = Payload { msg: secret, aad: &context };
        let body = key
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Problem::internal("a secret could not be sealed"))?;
        let mut sealed = Vec::with_capacity(HEAD + body.len());
        sealed.push(VERSION);
        sealed.extend(key.id);
        sealed.extend(nonce);
        sealed.extend(body);
        Ok(sealed)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// A defect where the key is not among these, or the bytes were sealed for another place or changed.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, Problem> {
        let refused = || Problem::internal(format!("a sealed {} does not open", place.purpose));
        let (head, body) = sealed.split_at_checked(HEAD).ok_or_else(refused)?;
        let key = self.0.iter().find(|key| head[0] == VERSION && head[1..5] == key.id).ok_or_else(|| {
            Problem::internal(format!("no key of this instance opens a sealed {}", place.purpose))
        })?;
        let nonce: [u8; 24] = head[5..].try_into().map_err(Problem::internal)?;
        let context = place.context();
        key.cipher.decrypt(&XNonce::from(nonce), Payload { msg: body, aad: &context }).map_err(|_| refused())
    }

    /// A key of its own for each purpose, made of these (HMAC-SHA256 of the purpose): the one in use first, each with
    /// the id of the key that it was made of.
    pub fn derived(&self, purpose: &str) -> impl Iterator<Item = ([u8; 4], [u8; 32])> {
        self.0.iter().filter_map(move |key| {
            let mut made = Hmac::<Sha256>::new_from_slice(&key.bytes).ok()?;
            made.update(purpose.as_bytes());
            Some((key.id, made.finalize().into_bytes().into()))
        })
    }

    /// The key in use, as sealed secrets name it.
    pub fn current_bytes(&self) -> [u8; 4] {
        self.0[0].id
    }

    /// The same in hexadecimal digits.
    pub fn current(&self) -> String {
        self.current_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether the key in use sealed it; if not, it is to be sealed anew.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.first() == Some(&VERSION) && sealed.get(1..5) == Some(&self.0[0].id)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({} keys)", self.0.len())
    }
}

impl Key {
    fn read(text: &str) -> Option<Self> {
        let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
        let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(pair).collect();
        let bytes: [u8; 32] = bytes?.try_into().ok()?;
        let digest = Sha256::digest(bytes);
        Some(Self {
            id: [digest[0], digest[1], digest[2], digest[3]],
            bytes,
            cipher: XChaCha20Poly1305::new(&bytes.into()),
        })
    }
}

impl Place {
    fn context(&self) -> Vec<u8> {
        [self.tenant.as_bytes(), self.record.as_bytes(), self.purpose.as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const NEW: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

    fn place(record: u128) -> Place {
        Place { tenant: Uuid::from_u128(1), purpose: "test", record: Uuid::from_u128(record) }
    }

    #[test]
    fn a_secret_opens_in_its_place_alone_and_after_a_rotation() {
        let world = store::world::system();
        let before = Keyring::from_text(OLD).unwrap();
        let sealed = before.seal(&world, place(1), b"hush").unwrap();
        assert!(!sealed.windows(4).any(|part| part == b"hush"));
        assert_ne!(sealed, before.seal(&world, place(1), b"hush").unwrap());

        let after = Keyring::from_text(&format!("{NEW}\n{OLD}")).unwrap();
        assert_eq!(after.open(place(1), &sealed).unwrap(), b"hush");
        assert!(before.is_current(&sealed) && !after.is_current(&sealed));
        assert!(after.open(place(2), &sealed).is_err());
        assert!(Keyring::from_text(NEW).unwrap().open(place(1), &sealed).is_err());

        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(after.open(place(1), &bent).is_err(), "byte {at}");
        }
        assert!(after.open(place(1), &sealed[..20]).is_err());
    }

    #[test]
    fn keys_are_told_by_their_form() {
        for bad in ["", "abc", &OLD[..62], &format!("{OLD} x"), "é".repeat(32).as_str()] {
            assert!(Keyring::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let world = store::world::system();
        let sealed = Keyring::load_or_create(folder.path()).unwrap().seal(&world, place(1), b"x").unwrap();
        assert_eq!(Keyring::load_or_create(folder.path()).unwrap().open(place(1), &sealed).unwrap(), b"x");
    }
}
