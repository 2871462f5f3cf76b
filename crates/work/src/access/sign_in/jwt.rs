//! Access tokens of people: JWTs (RFC 7519) of fifteen minutes, signed with HMAC-SHA256 (HS256).
//!
//! The key is made of the instance's, whose id stands in the header, so that tokens outlive a change of keys. A token
//! names tenant, session and person; whether these are still good is looked up at each request.
//!
//! `jsonwebtoken` reads and checks; the one algorithm comes from the crates that the program has anyway, since the two
//! sets of algorithms that it offers bring RSA and elliptic curves along. The world's clock says what has expired.

use std::sync::Once;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    decode, decode_header, encode,
    errors::{ErrorKind, Result as Read},
};
use model::problem::Problem;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use signature::{Signer, Verifier};
use uuid::Uuid;

use super::person::Side;
use crate::access::seal::Keyring;

/// How long an access token is good for.
pub const LIFE: SignedDuration = SignedDuration::from_mins(15);

/// What the keys are for.
const PURPOSE: &str = "tenantry access token";

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The address of this Tenantry.
    pub iss: String,
    /// Which side of the house it is for.
    pub aud: String,
    /// The person.
    pub sub: Uuid,
    /// Their tenant.
    pub tenant: Uuid,
    /// Their session.
    pub sid: Uuid,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// From when on it is good no more, in seconds since 1970.
    pub exp: i64,
}

impl Claims {
    /// Which side of the house it is for; `None` where it names none.
    pub fn side(&self) -> Option<Side> {
        [Side::Staff, Side::Portal].into_iter().find(|side| audience(*side) == self.aud)
    }
}

/// Who a token is for.
fn audience(side: Side) -> &'static str {
    match side {
        Side::Staff => "tenantry:staff",
        Side::Portal => "tenantry:portal",
    }
}

/// A token for somebody's session.
///
/// # Errors
/// A defect of the keys.
pub fn issue(
    keys: &Keyring,
    issuer: &str,
    now: Timestamp,
    side: Side,
    (tenant, person, session): (Uuid, Uuid, Uuid),
) -> Result<String, Problem> {
    provide();
    let (id, key) = keys.derived(PURPOSE).next().ok_or_else(|| Problem::internal("there is no key"))?;
    let claims = Claims {
        iss: issuer.to_owned(),
        aud: audience(side).to_owned(),
        sub: person,
        tenant,
        sid: session,
        iat: now.as_second(),
        exp: (now + LIFE).as_second(),
    };
    let header = Header { kid: Some(name(id)), ..Header::new(Algorithm::HS256) };
    encode(&header, &claims, &EncodingKey::from_secret(&key)).map_err(Problem::internal)
}

/// What the token says, if one of the instance's keys signed it for one of our audiences and it is still good.
pub fn read(keys: &Keyring, issuer: &str, now: Timestamp, token: &str) -> Option<Claims> {
    provide();
    let named = decode_header(token).ok()?.kid?;
    let (_, key) = keys.derived(PURPOSE).find(|(id, _)| name(*id) == named)?;
    let mut asked = Validation::new(Algorithm::HS256);
    asked.set_audience(&[audience(Side::Staff), audience(Side::Portal)]);
    asked.set_issuer(&[issuer]);
    asked.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    asked.validate_exp = false;
    let claims: Claims = decode(token, &DecodingKey::from_secret(&key), &asked).ok()?.claims;
    (claims.exp > now.as_second()).then_some(claims)
}

/// The name of a key.
fn name(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// Gives the crate its one algorithm.
fn provide() {
    static PROVIDER: CryptoProvider = CryptoProvider {
        signer_factory: |algorithm, key| Ok(Box::new(Hs256::of(*algorithm, key.as_bytes())?)),
        verifier_factory: |algorithm, key| Ok(Box::new(Hs256::of(*algorithm, key.try_get_as_bytes()?)?)),
        key_utils: KeyUtils::new_unimplemented(),
    };
    static PROVIDED: Once = Once::new();
    // Nothing else in the program provides one.
    PROVIDED.call_once(|| _ = PROVIDER.install_default());
}

/// HMAC-SHA256 under one key.
struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn of(algorithm: Algorithm, key: &[u8]) -> Read<Self> {
        let mac = Hmac::new_from_slice(key).ok().filter(|_| algorithm == Algorithm::HS256);
        mac.map(Self).ok_or_else(|| ErrorKind::InvalidAlgorithm.into())
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(signature).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
    use serde_json::{Value, json};

    use super::*;

    const OLD: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const NEW: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
    const HERE: &str = "https://crm.example.com";
    const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

    fn keys(text: &str) -> Keyring {
        Keyring::from_text(text).unwrap()
    }

    fn token() -> String {
        let ids = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        issue(&keys(OLD), HERE, NOW, Side::Staff, ids).unwrap()
    }

    #[test]
    fn a_token_is_read_until_it_expires_and_after_a_change_of_keys() {
        let claims = read(&keys(OLD), HERE, NOW, &token()).unwrap();
        assert_eq!(
            (claims.tenant, claims.sub, claims.sid),
            (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3))
        );
        assert_eq!(claims.side(), Some(Side::Staff));
        assert_eq!(read(&keys(&format!("{NEW} {OLD}")), HERE, NOW, &token()), Some(claims));

        let at =
            |seconds| read(&keys(OLD), HERE, NOW + SignedDuration::from_secs(seconds), &token()).is_some();
        assert!(at(15 * 60 - 1) && !at(15 * 60));
        assert_eq!(read(&keys(NEW), HERE, NOW, &token()), None);
        assert_eq!(read(&keys(OLD), "https://elsewhere.example.com", NOW, &token()), None);
    }

    /// The token with another header and claims, signed with this key if with any.
    fn forged(header: Value, claims: &Value, key: Option<&[u8]>) -> String {
        let message = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let mac = key.map(|key| {
            Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(&message).finalize().into_bytes()
        });
        format!("{message}.{}", mac.map_or(String::new(), |mac| BASE64.encode(mac)))
    }

    #[test]
    fn nothing_else_is_read() {
        let (id, key) = keys(OLD).derived(PURPOSE).next().unwrap();
        let kid = name(id);
        let claims = serde_json::to_value(read(&keys(OLD), HERE, NOW, &token()).unwrap()).unwrap();
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            claims
        };
        let without = |name: &str| {
            let mut claims = claims.clone();
            claims.as_object_mut().unwrap().shift_remove(name);
            claims
        };
        let hs256 = || json!({ "alg": "HS256", "typ": "JWT", "kid": kid });
        let is_read = |text: &str| read(&keys(OLD), HERE, NOW, text).is_some();
        assert!(is_read(&forged(hs256(), &claims, Some(&key))), "the twin that is allowed");

        for (what, text) in [
            ("no algorithm", forged(json!({ "alg": "none", "kid": kid }), &claims, None)),
            ("no algorithm, signed", forged(json!({ "alg": "none", "kid": kid }), &claims, Some(&key))),
            ("another algorithm", forged(json!({ "alg": "HS384", "kid": kid }), &claims, Some(&key))),
            ("an algorithm of key pairs", forged(json!({ "alg": "RS256", "kid": kid }), &claims, Some(&key))),
            ("no key named", forged(json!({ "alg": "HS256" }), &claims, Some(&key))),
            (
                "an unknown key named",
                forged(json!({ "alg": "HS256", "kid": "00000000" }), &claims, Some(&key)),
            ),
            ("another key", forged(hs256(), &claims, Some(&[7; 32]))),
            (
                "the instance's own key",
                forged(hs256(), &claims, Some(&std::array::from_fn::<u8, 32, _>(|n| n as u8))),
            ),
            ("no signature", forged(hs256(), &claims, None)),
            ("another audience", forged(hs256(), &with("aud", json!("elsewhere")), Some(&key))),
            ("no audience", forged(hs256(), &without("aud"), Some(&key))),
            ("another issuer", forged(hs256(), &with("iss", json!("https://elsewhere")), Some(&key))),
            ("no issuer", forged(hs256(), &without("iss"), Some(&key))),
            ("expired", forged(hs256(), &with("exp", json!(NOW.as_second())), Some(&key))),
            ("no end", forged(hs256(), &without("exp"), Some(&key))),
            ("no tenant", forged(hs256(), &without("tenant"), Some(&key))),
            ("no session", forged(hs256(), &without("sid"), Some(&key))),
            ("no token", "eyJ.eyJ.".to_owned()),
        ] {
            assert!(!is_read(&text), "{what}");
        }
        let good = token();
        for at in (0..good.len()).filter(|at| good.as_bytes()[*at] != b'.') {
            let mut bent = good.clone().into_bytes();
            bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
            let bent = String::from_utf8(bent).unwrap();
            // The last sign of 43 carries two bits that are not read.
            assert!(!is_read(&bent) || at == good.len() - 1, "sign {at}");
        }
    }
}
