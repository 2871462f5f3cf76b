//! What went wrong, told without knowing how it will be carried: HTTP, command line or an import's error file.
//!
//! A [`Problem`] has a stable code from a [`Code`], a public text, a hint that says how to mend it, and one
//! [`FieldError`] per bad field. The inner cause is for the log alone and never shown.

use std::{borrow::Cow, error::Error, fmt};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The sort of a problem, as HTTP counts them (RFC 9110).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 400: the request cannot be understood.
    BadRequest,
    /// 401: nobody is signed in.
    Unauthenticated,
    /// 403: seen, but not permitted.
    Forbidden,
    /// 404: not there, or not to be seen by this caller.
    NotFound,
    /// 405: the address is right, the method is not.
    MethodNotAllowed,
    /// 409: what is stored stands against it.
    Conflict,
    /// 412: the record has changed since it was read.
    PreconditionFailed,
    /// 413: larger than the limit.
    TooLarge,
    /// 415: a kind of content that is not read here.
    UnsupportedMedia,
    /// 422: understood, but values are wrong.
    Unprocessable,
    /// 429: too many requests.
    TooMany,
    /// 500: a defect of the program.
    Internal,
    /// 503: the database is away or the program is stopping.
    Unavailable,
}

impl Status {
    /// The HTTP status code.
    pub const fn http(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::PreconditionFailed => 412,
            Self::TooLarge => 413,
            Self::UnsupportedMedia => 415,
            Self::Unprocessable => 422,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}

/// A kind of problem: documented once, its code stable for ever.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable name in `snake_case`, what programs compare.
    pub code: &'static str,
    /// What sort of problem.
    pub status: Status,
    /// A short title, the same for each occurrence.
    pub title: &'static str,
    /// When it happens and how it is mended, for `docs/problems.md`.
    pub about: &'static str,
}

impl Code {
    /// A kind of problem.
    pub const fn new(code: &'static str, status: Status, title: &'static str, about: &'static str) -> Self {
        Self { code, status, title, about }
    }
}

/// A kind of problem or of field error: both are listed in `docs/problems.md`.
pub trait Documented {
    /// Its stable code.
    fn code(&self) -> &'static str;
}

impl Documented for Code {
    fn code(&self) -> &'static str {
        self.code
    }
}

/// One bad field of an input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name as the caller knows it; `lines.2.quantity` within a list.
    pub field: String,
    /// Stable code, as `required` or `not_a_date`.
    pub code: Cow<'static, str>,
    /// A sentence that names the trouble and the mend.
    pub message: String,
    /// The value as it came in, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<Value>>,
    /// What was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl FieldError {
    /// An error of `field` of a documented kind.
    pub fn new(field: impl Into<String>, code: &'static impl Documented, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code: code.code().into(),
            message: message.into(),
            value: None,
            suggestion: None,
        }
    }

    /// With the value as it came in.
    pub fn value(mut self, value: impl Into<Value>) -> Self {
        self.value = Some(Box::new(value.into()));
        self
    }

    /// With what was probably meant.
    pub fn suggest(mut self, suggestion: Option<impl Into<String>>) -> Self {
        self.suggestion = suggestion.map(Into::into);
        self
    }
}

/// Something that went wrong, ready to be told.
pub struct Problem {
    inner: Box<Inner>,
}

struct Inner {
    code: &'static Code,
    detail: String,
    hint: Option<String>,
    errors: Vec<FieldError>,
    /// Theirs, mine and before of a refused write, or other facts a program may use.
    facts: Option<Value>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of this kind; `detail` is a public sentence about this occurrence.
    pub fn new(code: &'static Code, detail: impl Into<String>) -> Self {
        let inner =
            Inner { code, detail: detail.into(), hint: None, errors: vec![], facts: None, cause: None };
        Self { inner: Box::new(inner) }
    }

    /// All bad fields of an input at once.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.message.clone(),
            several => format!("{} fields need attention.", several.len()),
        };
        let mut problem = Self::new(&codes::INVALID, detail);
        problem.inner.errors = errors;
        problem
    }

    /// Not there, or not to be seen: the two are told alike.
    pub fn not_found(what: &str) -> Self {
        Self::new(&codes::NOT_FOUND, format!("There is no such {what}."))
    }

    /// A defect of the program or its surroundings; the cause goes to the log.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(&codes::INTERNAL, "Something went wrong on our side.").cause(cause)
    }

    /// With how to mend it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.inner.hint = Some(hint.into());
        self
    }

    /// With bad fields.
    pub fn errors(mut self, errors: Vec<FieldError>) -> Self {
        self.inner.errors = errors;
        self
    }

    /// With facts a program may use.
    pub fn facts(mut self, facts: Value) -> Self {
        self.inner.facts = Some(facts);
        self
    }

    /// With its inner cause, for the log alone.
    pub fn cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.inner.cause = Some(cause.into());
        self
    }

    /// The kind.
    pub fn code(&self) -> &'static Code {
        self.inner.code
    }

    /// The public sentence.
    pub fn detail(&self) -> &str {
        &self.inner.detail
    }

    /// How to mend it.
    pub fn get_hint(&self) -> Option<&str> {
        self.inner.hint.as_deref()
    }

    /// The bad fields.
    pub fn field_errors(&self) -> &[FieldError] {
        &self.inner.errors
    }

    /// Facts a program may use.
    pub fn get_facts(&self) -> Option<&Value> {
        self.inner.facts.as_ref()
    }

    /// What people may know of it, to be kept and told later: code, detail, hint, field errors and facts.
    pub fn kept(&self) -> Value {
        json!({
            "code": self.code().code, "detail": self.detail(), "hint": self.get_hint(),
            "errors": self.field_errors(), "facts": self.get_facts(),
        })
    }

    /// A problem that was [kept](Self::kept). One whose code is not among the general ones comes back as a conflict.
    pub fn told_again(kept: &Value) -> Self {
        let known = codes::ALL.iter().find(|code| kept["code"] == code.code);
        let code = known.copied().unwrap_or(&codes::CONFLICT);
        let mut problem = Self::new(code, kept["detail"].as_str().unwrap_or(code.title));
        if let Some(hint) = kept["hint"].as_str() {
            problem = problem.hint(hint);
        }
        if let Ok(errors) = Vec::<FieldError>::deserialize(&kept["errors"]) {
            problem = problem.errors(errors);
        }
        match &kept["facts"] {
            Value::Null => problem,
            facts => problem.facts(facts.clone()),
        }
    }

    /// The inner cause, for the log alone.
    pub fn inner_cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.inner.cause.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.detail)?;
        for error in self.inner.errors.iter().filter(|_| self.inner.errors.len() > 1) {
            write!(f, "\n  {}: {}", error.field, error.message)?;
        }
        if let Some(hint) = &self.inner.hint {
            write!(f, "\n{hint}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.inner.code.code)?;
        if let Some(cause) = &self.inner.cause {
            write!(f, " (cause: {cause:?})")?;
        }
        Ok(())
    }
}

impl Error for Problem {}

/// The problems every part of the program may meet. Operations list their own refusals beside themselves.
pub mod codes {
    use super::{Code, Status};

    macro_rules! codes {
        ($($name:ident $status:ident $code:literal $title:literal $about:literal;)*) => {
            $(#[doc = $about] pub static $name: Code = Code::new($code, Status::$status, $title, $about);)*
            /// Every general code, for the documentation and its test.
            pub static ALL: &[&Code] = &[$(&$name),*];
        };
    }

    codes! {
        BAD_REQUEST BadRequest "bad_request" "The request cannot be read" "The body, a parameter or a header cannot be parsed; the detail names it.";
        UNKNOWN_FIELD BadRequest "unknown_field" "There is no such field" "A filter, sort, expand or field list names something the entity does not have; the hint gives the nearest name.";
        BAD_CURSOR BadRequest "bad_cursor" "The page cursor does not fit" "`after` was made for another list, filter, sort or caller; start again without it.";
        UNAUTHENTICATED Unauthenticated "unauthenticated" "Sign in first" "No token came, or it is unknown, expired or revoked.";
        FORBIDDEN Forbidden "forbidden" "Not permitted" "The record can be seen, but the caller's roles lack the permission that the detail names.";
        NOT_FOUND NotFound "not_found" "Not found" "Nothing is there, or this caller may not see it.";
        METHOD_NOT_ALLOWED MethodNotAllowed "method_not_allowed" "Method not allowed" "The address exists, but not with this method.";
        DUPLICATE Conflict "duplicate" "Already exists" "Another record has the same key; `facts.id` names it where the caller may see it, archived ones can be restored.";
        CONFLICT Conflict "conflict" "The present state stands against it" "What is stored does not allow this change; the detail says what.";
        IN_USE Conflict "in_use" "Still in use" "Other records point at it.";
        BUSY Conflict "busy" "Someone else is at work here" "Another process works on the same thing; try again when it has finished.";
        KEY_BUSY Conflict "idempotency_key_busy" "A request with this key is being done" "Another request with the same `Idempotency-Key` has not been answered yet; wait a moment and send it again as it was.";
        KEY_REUSED Unprocessable "idempotency_key_reused" "This key was used for something else" "The same `Idempotency-Key` came with another body to the same address; make a new key for each thing that is to be done.";
        CHANGED PreconditionFailed "changed" "Changed by someone else" "`If-Match` names a version that is no longer the current one; `facts` holds theirs, mine and before.";
        TOO_LARGE TooLarge "too_large" "Too large" "The body or file exceeds the limit that the detail names.";
        UNSUPPORTED_MEDIA UnsupportedMedia "unsupported_media" "This kind of content is not read here" "The detail says what is read.";
        INVALID Unprocessable "invalid" "Some values are wrong" "`errors` names each field, its value and the mend.";
        BAD_FILE Unprocessable "bad_file" "The file cannot be read" "The detail says what is wrong with the file and what to do.";
        TOO_SLOW Unprocessable "too_slow" "The question is too broad" "A filter without an index ran into its time limit; narrow it by an indexed field.";
        RATE_LIMITED TooMany "rate_limited" "Too many requests" "Wait as long as `Retry-After` says.";
        INTERNAL Internal "internal" "Something went wrong on our side" "A defect; the request id finds it in the log.";
        UNAVAILABLE Unavailable "unavailable" "Not available just now" "The database is away or the program is stopping; nothing was changed. Try again shortly.";
        ACCESS_CHANGED Unavailable "access_changed" "Rights changed just now" "Somebody changed rights in the company between two steps of the request; nothing was done. Send it again.";
        SCHEMA_BEHIND Unavailable "schema_behind" "The database needs an upgrade" "Run `tenantry migrate`.";
    }
}
