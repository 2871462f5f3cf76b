//! Who sent a request: signatures and tokens, verified on the raw bytes.
//!
//! - LINE: `X-Line-Signature` is the base64 of HMAC-SHA256 of the body under the channel secret.
//! - n8n: `X-Webhook-Token` holds the secret itself, or `X-Webhook-Signature` the hexadecimal HMAC-SHA256 of the body,
//!   with or without `sha256=` in front.
//! - generic: Standard Webhooks ([`standard`](crate::webhooks::standard)); the timestamp may be five minutes off.
//!
//! Every comparison takes the same time wherever the texts differ.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::source::Kind;
use crate::webhooks::standard::Secret;

/// How far a generic sender's clock may be off, in seconds.
const TOLERANCE: i64 = 5 * 60;

/// The headers of a request: names in lower case, values that are text.
#[derive(Clone, Debug, Default)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The value of the header, where it came once.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(held, _)| held == name);
        let value = found.next().map(|(_, value)| value.as_str());
        value.filter(|_| found.next().is_none())
    }
}

/// Whether the request was sent by whoever has one of the secrets.
pub fn verify(kind: Kind, secrets: &[&[u8]], headers: &Headers, body: &[u8], now: Timestamp) -> bool {
    // Each secret is tried to its end, so that the time does not tell which one fitted.
    secrets.iter().fold(false, |fits, secret| {
        let this = match kind {
            Kind::Line => line(secret, headers, body),
            Kind::N8n => n8n(secret, headers, body),
            Kind::Generic => generic(secret, headers, body, now),
        };
        fits | this
    })
}

fn line(secret: &[u8], headers: &Headers, body: &[u8]) -> bool {
    let given = headers.get("x-line-signature").and_then(|text| STANDARD.decode(text).ok());
    signed(secret, body, &given.unwrap_or_default())
}

fn n8n(secret: &[u8], headers: &Headers, body: &[u8]) -> bool {
    if let Some(text) = headers.get("x-webhook-signature") {
        let digits = text.trim().strip_prefix("sha256=").unwrap_or(text.trim());
        return signed(secret, body, &hex(digits).unwrap_or_default());
    }
    let token = headers.get("x-webhook-token").unwrap_or_default().trim();
    !secret.is_empty() && bool::from(token.as_bytes().ct_eq(secret))
}

fn generic(secret: &[u8], headers: &Headers, body: &[u8], now: Timestamp) -> bool {
    let (Some(id), Some(at), Some(signatures)) =
        (headers.get("webhook-id"), headers.get("webhook-timestamp"), headers.get("webhook-signature"))
    else {
        return false;
    };
    let near = at.parse::<i64>().is_ok_and(|at| now.as_second().abs_diff(at) <= TOLERANCE.unsigned_abs());
    let fits = std::str::from_utf8(secret)
        .ok()
        .and_then(Secret::read)
        .is_some_and(|secret| secret.signed(id, at, body, signatures));
    near && !id.is_empty() && fits
}

/// Whether `given` is the HMAC-SHA256 of the body under a key that is not empty.
fn signed(key: &[u8], body: &[u8], given: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    mac.update(body);
    mac.verify_slice(given).is_ok() && !key.is_empty()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (text.len() == 64 && text.is_ascii()).then(|| (0..64).step_by(2).map(digit).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(text);
        mac.finalize().into_bytes().to_vec()
    }

    fn headers(pairs: &[(&str, &str)]) -> Headers {
        Headers(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_674_087_231).unwrap()
    }

    /// The example of the Standard Webhooks specification's own test suites.
    #[test]
    fn the_example_of_standard_webhooks_is_accepted() {
        let secret = b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".as_slice();
        let body = br#"{"test": 2432232314}"#;
        let right = [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ];
        let then = Timestamp::from_second(1_614_265_330).unwrap();
        let fits = |headers: &Headers, now| verify(Kind::Generic, &[secret], headers, body, now);
        assert!(fits(&headers(&right), then));
        for seconds in [-301, 301] {
            let moment = Timestamp::from_second(1_614_265_330 + seconds).unwrap();
            assert!(!fits(&headers(&right), moment), "{seconds} s off");
        }
        let several = format!("v1,{} v2,x {}", STANDARD.encode([0; 32]), right[2].1);
        assert!(fits(&headers(&[right[0], right[1], ("webhook-signature", &several)]), then));
        for missing in 0..3 {
            let rest: Vec<_> = (0..3).filter(|at| *at != missing).map(|at| right[at]).collect();
            assert!(!fits(&headers(&rest), then));
        }
    }

    #[test]
    fn either_secret_is_valid_and_a_changed_byte_is_not() {
        let body = b"{\"events\":[]}";
        for secret in [b"former".as_slice(), b"present"] {
            let signature = STANDARD.encode(mac(secret, body));
            let sent = headers(&[("x-line-signature", &signature)]);
            assert!(verify(Kind::Line, &[b"present", b"former"], &sent, body, now()));
            assert!(!verify(Kind::Line, &[b"another"], &sent, body, now()));
            assert!(!verify(Kind::Line, &[], &sent, body, now()));
            for at in 0..body.len() {
                let mut bent = body.to_vec();
                bent[at] ^= 1;
                assert!(!verify(Kind::Line, &[b"present", b"former"], &sent, &bent, now()), "byte {at}");
            }
        }
    }

    #[test]
    fn n8n_shows_the_token_or_signs() {
        let body = b"{}";
        let digits: String = mac(b"secret", body).iter().map(|byte| format!("{byte:02x}")).collect();
        let prefixed = format!("sha256={digits}");
        for (name, value, fits) in [
            ("x-webhook-token", "secret", true),
            ("x-webhook-token", "secre", false),
            ("x-webhook-token", "", false),
            ("x-webhook-signature", digits.as_str(), true),
            ("x-webhook-signature", prefixed.as_str(), true),
            ("x-webhook-signature", &digits[2..], false),
            ("x-webhook-signature", "é", false),
            ("x-other", "secret", false),
        ] {
            assert_eq!(
                verify(Kind::N8n, &[b"secret"], &headers(&[(name, value)]), body, now()),
                fits,
                "{name} {value}"
            );
        }
        let twice = headers(&[("x-webhook-token", "secret"), ("x-webhook-token", "secret")]);
        assert!(!verify(Kind::N8n, &[b"secret"], &twice, body, now()), "sent twice");
        let wrong_signature = headers(&[("x-webhook-token", "secret"), ("x-webhook-signature", "00")]);
        assert!(!verify(Kind::N8n, &[b"secret"], &wrong_signature, body, now()));
        assert!(!verify(Kind::N8n, &[b""], &headers(&[("x-webhook-token", "")]), body, now()));
    }
}
