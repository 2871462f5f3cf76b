//! Why a storage cannot be used, as its operator and as everybody else is told.

use std::{error::Error as StdError, fmt};

use model::problem::{Problem, codes};
use object_store::Error;

/// What is wrong with a storage, for its operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such bucket.
    NoBucket,
    /// The bucket is there and does not let us in, by its code for it: `SignatureDoesNotMatch`.
    Refused(String),
    /// The bucket is in another region.
    Region,
    /// Nobody answers, and what the network says.
    Away(String),
    /// Anything else.
    Failed(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBucket => f.write_str("there is no such bucket"),
            Self::Refused(code) => write!(f, "access is refused ({code})"),
            Self::Region => f.write_str("the bucket is in another region"),
            Self::Away(text) => write!(f, "it cannot be reached ({text})"),
            Self::Failed(text) => f.write_str(text),
        }
    }
}

impl StdError for Fault {}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match code(&text) {
            Some("NoSuchBucket") => Self::NoBucket,
            Some(
                "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException",
            ) => Self::Region,
            Some(
                code @ ("AccessDenied"
                | "AllAccessDisabled"
                | "ExpiredToken"
                | "InvalidAccessKeyId"
                | "RequestTimeTooSkewed"
                | "SignatureDoesNotMatch"),
            ) => Self::Refused(code.to_owned()),
            Some(code) => Self::Failed(code.to_owned()),
            None if matches!(error, Error::PermissionDenied { .. } | Error::Unauthenticated { .. }) => {
                Self::Refused(innermost(&error))
            }
            None if text.contains("incorrectly configured region") => Self::Region,
            None if text.contains("HTTP error") => Self::Away(innermost(&error)),
            None => Self::Failed(innermost(&error)),
        }
    }
}

/// The code in the answer of a bucket that refused: `<Code>NoSuchBucket</Code>`. The library tells answers as text.
pub(super) fn code(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code)
}

/// The last cause, where the reason stands.
fn innermost(error: &Error) -> String {
    let mut last: &dyn StdError = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// A file that is not there, or a storage that cannot be used. A bucket that is not there holds nothing, and that is no
/// reason to take its files for gone.
pub(super) fn problem(error: Error) -> Problem {
    match &error {
        Error::NotFound { .. } if code(&error.to_string()) != Some("NoSuchBucket") => {
            Problem::not_found("file")
        }
        _ => storage(error),
    }
}

/// A storage that cannot be used.
pub(super) fn storage(cause: impl StdError + Send + Sync + 'static) -> Problem {
    Problem::new(&codes::UNAVAILABLE, "The file storage cannot be used just now.")
        .hint("See that the data folder can be written and has room, or that the bucket answers: `tenantry doctor` tells.")
        .cause(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(body: &str) -> Error {
        let source = format!("Server returned non-2xx status code: 403 Forbidden: {body}").into();
        Error::Generic { store: "S3", source }
    }

    #[test]
    fn a_fault_is_told_by_the_code_of_the_answer() {
        let of = |code: &str| Fault::from(answered(&format!("<Error><Code>{code}</Code></Error>")));
        assert_eq!(of("NoSuchBucket"), Fault::NoBucket);
        assert_eq!(of("SignatureDoesNotMatch"), Fault::Refused("SignatureDoesNotMatch".to_owned()));
        assert_eq!(of("PermanentRedirect"), Fault::Region);
        assert_eq!(of("EntityTooSmall"), Fault::Failed("EntityTooSmall".to_owned()));
    }

    #[test]
    fn a_file_is_gone_only_where_its_bucket_is_there() {
        let gone = |code: &str| {
            let source = format!("404 Not Found: <Error><Code>{code}</Code></Error>").into();
            problem(Error::NotFound { path: "a".to_owned(), source }).code().code
        };
        assert_eq!((gone("NoSuchKey"), gone("NoSuchBucket")), ("not_found", "unavailable"));
    }
}
