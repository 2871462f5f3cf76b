//! Secrets of subscriptions, and the signatures made with them.
//!
//! Standard Webhooks 1.0.0: a secret is `whsec_` and the key in base64; a signature is `v1,` and the base64 of the
//! HMAC-SHA256 of `id.timestamp.body`. Several signatures in one header are separated by spaces, and one that fits
//! is enough, which is how a secret is rotated without a gap.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use model::{problem::Problem, world::World};
use sha2::Sha256;
use uuid::Uuid;

use crate::access::seal::{Keyring, Place};

const PREFIX: &str = "whsec_";

/// A key by which an endpoint knows that a message is ours. Sealed and opened as its text.
pub struct Secret(Vec<u8>);

impl Secret {
    /// A new one of 32 bytes.
    pub fn new(world: &World) -> Self {
        Self(world.secret::<32>().to_vec())
    }

    /// What is shown to people: `whsec_…`.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// What is stored for the subscription.
    ///
    /// # Errors
    /// As [`Keyring::seal`].
    pub fn seal(
        &self,
        keys: &Keyring,
        world: &World,
        tenant: Uuid,
        subscription: Uuid,
    ) -> Result<Vec<u8>, Problem> {
        keys.seal(world, place(tenant, subscription), self.text().as_bytes())
    }

    /// What was stored for the subscription.
    ///
    /// # Errors
    /// As [`Keyring::open`].
    pub fn open(keys: &Keyring, tenant: Uuid, subscription: Uuid, sealed: &[u8]) -> Result<Self, Problem> {
        let text = keys.open(place(tenant, subscription), sealed)?;
        Self::read(&text).ok_or_else(|| Problem::internal("a stored webhook secret cannot be read"))
    }

    fn read(text: &[u8]) -> Option<Self> {
        let text = text.strip_prefix(PREFIX.as_bytes())?;
        STANDARD.decode(text).ok().map(Self)
    }

    /// The signature of a message that is sent at this second.
    pub fn sign(&self, id: &str, second: i64, body: &[u8]) -> String {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length");
        for part in [id.as_bytes(), b".", second.to_string().as_bytes(), b".", body] {
            mac.update(part);
        }
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

fn place(tenant: Uuid, subscription: Uuid) -> Place {
    Place { tenant, purpose: "webhook_subscription", record: subscription }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's own test suites.
    #[test]
    fn the_example_of_standard_webhooks_is_signed_alike() {
        let secret = Secret::read(b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature =
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secret.text(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    #[test]
    fn a_secret_opens_for_its_subscription_alone() {
        let world = store::world::system();
        let keys = Keyring::from_text(&"0".repeat(64)).unwrap();
        let (tenant, one, other) = (world.id(), world.id(), world.id());
        let secret = Secret::new(&world);
        let sealed = secret.seal(&keys, &world, tenant, one).unwrap();
        assert_eq!(Secret::open(&keys, tenant, one, &sealed).unwrap().text(), secret.text());
        assert!(Secret::open(&keys, tenant, other, &sealed).is_err());
        assert!(secret.text().len() > 40);
    }
}
