//! Credentials for web addresses: which header shows them, and what fits into it.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use model::{
    problem::{FieldError, Problem},
    value::{ValueCode, codes},
};

use super::Opened;
use crate::outbound::Secret;

/// Headers that a request has of its own: a key in one of them would bend it.
const TAKEN: &[&str] = &[
    "accept-encoding", "connection", "content-length", "expect", "host", "if-modified-since",
    "if-none-match", "keep-alive", "range", "te", "trailer", "transfer-encoding", "upgrade",
];

/// The header that shows a secret of this kind to a web address (RFC 7617, RFC 6750); none for kinds that go elsewhere.
pub fn header(kind: &str, opened: &Opened) -> Option<Secret> {
    let account = opened.account.as_deref().unwrap_or_default();
    let secret = opened.secret.as_str();
    let of = |name: &str, value: String| Some(Secret { name: name.to_owned(), value });
    match kind {
        "http_basic" => {
            of("authorization", format!("Basic {}", BASE64.encode(format!("{account}:{secret}"))))
        }
        "http_bearer" => of("authorization", format!("Bearer {secret}")),
        "http_header" => of(&account.to_ascii_lowercase(), secret.to_owned()),
        _ => None,
    }
}

/// Refuses what no header takes.
///
/// # Errors
/// `invalid` for the account or the secret.
pub(super) fn check(kind: &str, opened: &Opened) -> Result<(), Problem> {
    let account = opened.account.as_deref().unwrap_or_default();
    let refuse = |field: &str, code: &'static ValueCode, message: &str| {
        Err(Problem::invalid(vec![FieldError::new(field, code, message)]))
    };
    let visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    match kind {
        "http_basic" if account.is_empty() => refuse("account", &codes::REQUIRED, "Give the user name."),
        "http_basic" if account.contains(':') || account.chars().any(char::is_control) => {
            refuse("account", &codes::BAD_CHARACTER, "A user name has no colon and no control character.")
        }
        "http_basic" if opened.secret.chars().any(char::is_control) => {
            refuse("secret", &codes::BAD_CHARACTER, "The password has no control character, nor a line end.")
        }
        "http_header" if account.is_empty() => {
            refuse("account", &codes::REQUIRED, "Give the name of the header, such as `X-Api-Key`.")
        }
        "http_header" if !is_name(account) => {
            refuse("account", &codes::BAD_CHARACTER, "The name of a header has letters, digits and hyphens.")
        }
        "http_header" if TAKEN.contains(&account.to_ascii_lowercase().as_str()) => refuse(
            "account",
            &codes::INCONSISTENT,
            "Every request has this header of its own. Name the one that takes the key.",
        ),
        "http_bearer" | "http_header" if !visible(&opened.secret) => refuse(
            "secret",
            &codes::BAD_CHARACTER,
            "The secret has letters, digits and signs of ASCII, and no space or line end.",
        ),
        _ => Ok(()),
    }
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(account: &str, secret: &str) -> Opened {
        Opened { account: Some(account.to_owned()), secret: secret.to_owned() }
    }

    #[test]
    fn each_kind_has_its_header() {
        let of =
            |kind, account, secret| header(kind, &opened(account, secret)).map(|one| (one.name, one.value));
        // The example of RFC 7617.
        let basic = of("http_basic", "Aladdin", "open sesame").unwrap();
        assert_eq!(basic, ("authorization".into(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".into()));
        assert_eq!(of("http_bearer", "", "t0k").unwrap(), ("authorization".into(), "Bearer t0k".into()));
        assert_eq!(of("http_header", "X-Api-Key", "k").unwrap(), ("x-api-key".into(), "k".into()));
        assert_eq!(of("smtp", "a", "b"), None);
    }

    #[test]
    fn what_no_header_takes_is_refused_by_field() {
        for (kind, account, secret, field) in [
            ("http_basic", "", "x", "account"),
            ("http_basic", "a:b", "x", "account"),
            ("http_basic", "a", "x\ny", "secret"),
            ("http_bearer", "", "a b", "secret"),
            ("http_bearer", "", "a\r\nhost: b", "secret"),
            ("http_header", "", "x", "account"),
            ("http_header", "x y", "x", "account"),
            ("http_header", "Host", "x", "account"),
            ("http_header", "x-key", "é", "secret"),
        ] {
            let refused = check(kind, &opened(account, secret)).unwrap_err();
            assert_eq!(refused.field_errors()[0].field, field, "{kind} {account} {secret}");
        }
        for (kind, account) in
            [("http_basic", "ann"), ("http_header", "X-Api-Key"), ("http_bearer", ""), ("smtp", "a:b")]
        {
            check(kind, &opened(account, "s3cret")).unwrap();
        }
    }
}
