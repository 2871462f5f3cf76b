//! The settings of a bucket: all of them, or none.

use model::value::is_own_machine;
use store::files::{Encryption, S3};

use crate::failure::Failure;

/// The bucket, if one is named. `text` gives a setting's text, `bad` says what it should be.
///
/// # Errors
/// A usage failure that names the setting, its value and what it should be.
pub(super) fn read(
    text: &impl Fn(&str) -> Option<String>,
    bad: &impl Fn(&str, &str) -> Failure,
) -> Result<Option<S3>, Failure> {
    let Some(bucket) = text("s3_bucket") else {
        let half = ["endpoint", "access_key_id", "secret_access_key", "prefix"];
        let half = half.into_iter().find(|name| text(&format!("s3_{name}")).is_some());
        return match half.map(str::to_uppercase) {
            None => Ok(None),
            Some(name) => Err(Failure::usage(format!(
                "TENANTRY_S3_{name} is set: say in TENANTRY_S3_BUCKET which bucket keeps files, or unset it."
            ))),
        };
    };
    let needed = |key: &str| {
        text(key).ok_or_else(|| {
            let name = format!("TENANTRY_{}", key.to_uppercase());
            Failure::usage(format!("TENANTRY_S3_BUCKET is set: set {name} too, the key to the bucket."))
        })
    };
    let plain =
        |text: &str, others: &[u8]| text.bytes().all(|c| c.is_ascii_alphanumeric() || others.contains(&c));
    if !plain(&bucket, b"-._") {
        return Err(bad("s3_bucket", "the name of a bucket, such as tenantry-files"));
    }
    let endpoint = text("s3_endpoint");
    match endpoint.as_deref().map(Server::of) {
        Some(None) => return Err(bad("s3_endpoint", "an address such as https://objects.example.com")),
        Some(Some(Server { plain: true, here })) => match text("s3_http").as_deref() {
            Some("anywhere") => {}
            Some("loopback") if here => {}
            Some("loopback") => {
                return Err(bad(
                    "s3_endpoint",
                    "an address that begins with https://; where everybody on the way may read every file, set \
                     TENANTRY_S3_HTTP=anywhere",
                ));
            }
            _ => return Err(bad("s3_http", "`loopback` or `anywhere`")),
        },
        _ => {}
    }
    let region = text("s3_region").unwrap_or_default();
    if !plain(&region, b"-") {
        return Err(bad("s3_region", "a region such as eu-central-1"));
    }
    let prefix = text("s3_prefix").unwrap_or_default();
    let prefix = prefix.trim_matches('/').to_owned();
    let odd = |part: &str| part.is_empty() || part == "." || part == ".." || !plain(part, b"-._");
    if !prefix.is_empty() && prefix.split('/').any(odd) {
        return Err(bad("s3_prefix", "letters, digits, `-`, `.`, `_` and slashes between them"));
    }
    let encryption = match text("s3_encryption").unwrap_or_default().as_str() {
        "bucket" => Encryption::Bucket,
        "AES256" => Encryption::Server,
        "aws:kms" => Encryption::Kms(None),
        other => match other.strip_prefix("aws:kms:") {
            Some(key) if !key.is_empty() && key.bytes().all(|c| c.is_ascii_graphic()) => {
                Encryption::Kms(Some(key.to_owned()))
            }
            _ => return Err(bad("s3_encryption", "`bucket`, `AES256`, `aws:kms` or `aws:kms:` and a key")),
        },
    };
    let (access_key_id, secret_access_key) = (needed("s3_access_key_id")?, needed("s3_secret_access_key")?);
    if !access_key_id.bytes().all(|c| c.is_ascii_graphic()) {
        return Err(bad("s3_access_key_id", "the name of a key, such as AKIAIOSFODNN7EXAMPLE"));
    }
    Ok(Some(S3 { bucket, endpoint, region, access_key_id, secret_access_key, prefix, encryption }))
}

/// What an address says of a server.
struct Server {
    /// By http.
    plain: bool,
    /// On this machine.
    here: bool,
}

impl Server {
    /// Of an address with a scheme, a host and perhaps a port, a path and nothing else.
    fn of(address: &str) -> Option<Self> {
        let plain = address.starts_with("http://");
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
        let host = rest.split('/').next()?;
        let host = match host.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                port.parse::<u16>().ok()?;
                host
            }
            _ => host,
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let named = |c: u8| c.is_ascii_alphanumeric() || b"-._:".contains(&c);
        let rest_named = rest.bytes().all(|c| named(c) || b"[]/".contains(&c));
        if bare.is_empty() || !bare.bytes().all(named) || !rest_named {
            return None;
        }
        Some(Self { plain, here: is_own_machine(bare) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(said: &[(&str, &str)]) -> Result<Option<S3>, String> {
        let default = |key: &str| super::super::SETTINGS.iter().find(|one| one.key == key)?.default;
        let text = |key: &str| {
            let said = said.iter().find(|(name, _)| *name == key).map(|(_, text)| *text);
            said.or_else(|| default(key)).map(str::to_owned)
        };
        let bad = |key: &str, expected: &str| Failure::usage(format!("{key}: expected {expected}"));
        read(&text, &bad).map_err(|failure| failure.to_string())
    }

    const WHOLE: [(&str, &str); 3] =
        [("s3_bucket", "files"), ("s3_access_key_id", "AKIA"), ("s3_secret_access_key", "hush")];

    fn with(key: &str, value: &str) -> Result<S3, String> {
        load(&[&[(key, value)], &WHOLE[..]].concat()).map(Option::unwrap)
    }

    #[test]
    fn a_bucket_needs_its_keys_and_keys_a_bucket() {
        assert!(load(&[]).unwrap().is_none());
        let whole = load(&WHOLE).unwrap().unwrap();
        assert_eq!(whole.server(), "https://s3.us-east-1.amazonaws.com");
        assert!(!format!("{whole:?}").contains("hush"));
        assert!(load(&WHOLE[..2]).unwrap_err().contains("set TENANTRY_S3_SECRET_ACCESS_KEY too"));
        assert!(load(&WHOLE[1..2]).unwrap_err().starts_with("TENANTRY_S3_ACCESS_KEY_ID is set: say in"));
    }

    #[test]
    fn plain_http_stays_on_this_machine_unless_it_is_chosen() {
        for here in [
            "http://127.0.0.1:9000", "http://localhost", "http://[::1]:9000/",
            "https://objects.example.com/s3",
        ] {
            assert_eq!(with("s3_endpoint", here).unwrap().server(), here.trim_end_matches('/'));
        }
        for there in ["http://10.0.0.7:9000", "http://objects.example.com", "http://127.0.0.1.example.com"] {
            assert!(with("s3_endpoint", there).unwrap_err().contains("TENANTRY_S3_HTTP=anywhere"), "{there}");
            let chosen = [&[("s3_endpoint", there), ("s3_http", "anywhere")], &WHOLE[..]].concat();
            assert!(load(&chosen).is_ok(), "{there}");
        }
        for bad in [
            "objects.example.com", "ftp://a", "https://", "https://user:word@host", "https://a?b",
            "https://a:b",
        ] {
            assert!(with("s3_endpoint", bad).unwrap_err().contains("an address such as"), "{bad}");
        }
    }

    #[test]
    fn prefix_and_encryption_are_read() {
        assert_eq!(with("s3_prefix", "/a/b/").unwrap().prefix, "a/b");
        for bad in ["a//b", "../a", "a b", "a?"] {
            assert!(with("s3_prefix", bad).unwrap_err().contains("letters, digits"), "{bad}");
        }
        assert_eq!(with("s3_encryption", "AES256").unwrap().encryption, Encryption::Server);
        let key = "arn:aws:kms:eu-central-1:1:key/a";
        assert_eq!(
            with("s3_encryption", &format!("aws:kms:{key}")).unwrap().encryption,
            Encryption::Kms(Some(key.to_owned()))
        );
        assert!(with("s3_encryption", "on").unwrap_err().contains("`aws:kms`"));
    }
}
