//! Requests to other people's software and files fetched from it, at addresses that a tenant may choose.
//!
//! Such an address must not lead into the network that Tenantry runs in. It is https, its host is resolved once and
//! the request goes to what was checked; no redirect is followed, no proxy is used, and what comes back is cut off.
//! Networks that the operator allows ([`Network`]) are exempt, and may be reached by plain http.

mod address;
mod fetch;
mod http;

use std::{fmt, path::PathBuf};

use futures_util::future::BoxFuture;

pub use address::{Network, not_public};
pub use http::Http;

/// Bytes of an answer that are read.
pub const MOST_READ: usize = 64 * 1024;

/// What is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where to.
    pub url: String,
    /// Headers beyond those every request has; names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What is fetched into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Where from.
    pub url: String,
    /// Headers beyond those every request has; names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// A secret that goes along.
    pub secret: Option<Secret>,
    /// The file that takes the body where the status is 200; what it held is gone.
    pub into: PathBuf,
    /// Most bytes of the body; a larger one is a failure.
    pub limit: u64,
}

/// A header that holds a secret: what is shown of it is its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// The header.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}: …)", self.name)
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status, whatever it is.
    pub status: u16,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The first [`MOST_READ`] bytes of the body, or what came of them in time.
    pub body: Vec<u8>,
}

impl Response {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer, in a sentence that may be shown to the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The address is one that nothing is sent to.
    Refused(String),
    /// Nobody answered, or not in time, or not as one does.
    Failed(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(text) | Self::Failed(text) => f.write_str(text),
        }
    }
}

/// A way out that is closed: where nothing is to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Closed;

impl Outbound for Closed {
    fn post(&self, _: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async { Err(Failure::Refused("Nothing is sent from here.".to_owned())) })
    }

    fn fetch(&self, _: Fetch) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async { Err(Failure::Refused("Nothing is fetched from here.".to_owned())) })
    }
}

/// The way out. A value, so that tests have a world of their own.
pub trait Outbound: Send + Sync + fmt::Debug {
    /// Posts; gives the answer whatever its status.
    fn post(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>>;

    /// Fetches a body into a file, whole or not at all; gives the rest of the answer, its body empty.
    fn fetch(&self, fetch: Fetch) -> BoxFuture<'_, Result<Response, Failure>>;
}
