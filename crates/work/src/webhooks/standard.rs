//! Standard Webhooks 1.0.0: secrets, and the signatures made and verified with them.
//!
//! A secret is `whsec_` and the key in base64; a signature is `v1,` and the base64 of the HMAC-SHA256 of
//! `id.timestamp.body`. Several signatures in one header are separated by spaces, and one that fits is enough, which is
//! how a secret is rotated without a gap.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use model::world::World;
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// Bytes of a key.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// A key that both sides hold.
pub struct Secret(Vec<u8>);

impl Secret {
    /// A new one of 32 bytes.
    pub fn new(world: &World) -> Self {
        Self(world.secret::<32>().to_vec())
    }

    /// Reads `whsec_…`, or what follows it; `None` where it holds no key of 24 to 64 bytes.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix(PREFIX).unwrap_or(text);
        STANDARD.decode(text).ok().filter(|key| LENGTHS.contains(&key.len())).map(Self)
    }

    /// What is shown to people: `whsec_…`.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The signature of a message with this timestamp.
    pub fn sign(&self, id: &str, at: &str, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.mac(id, at, body).finalize().into_bytes()))
    }

    /// Whether one of the signatures is of this message. Takes the same time wherever one differs.
    pub fn signed(&self, id: &str, at: &str, body: &[u8], signatures: &str) -> bool {
        signatures
            .split(' ')
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
            .fold(false, |fits, given| fits | self.mac(id, at, body).verify_slice(&given).is_ok())
    }

    fn mac(&self, id: &str, at: &str, body: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length");
        [id.as_bytes(), b".", at.as_bytes(), b".", body].into_iter().for_each(|part| mac.update(part));
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's own test suites.
    #[test]
    fn the_example_of_standard_webhooks_is_signed_alike() {
        let (id, at, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        let secret = Secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign(id, at, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(secret.signed(id, at, body, &format!("v1,AAAA v2,x {signature}")));
        assert!(
            !secret.signed(id, "1614265331", body, &signature) && !secret.signed(id, at, b"{}", &signature)
        );
        assert_eq!(secret.text(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
}
