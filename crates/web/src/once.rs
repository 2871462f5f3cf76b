//! `Idempotency-Key`: a POST that is done once, however often it is sent.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use model::problem::{FieldError, Problem, codes};
use sha2::{Digest, Sha256};
use store::TenantTx;
use work::once::{self, Begun, Kept};

use crate::ask::Ask;

/// The header by which callers name what they want done once.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Tells an answer that is given again.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Most characters of a key.
pub const LONGEST: usize = 255;
/// The headers that are kept with an answer.
const HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// How a request is done once, if its caller asked for that.
#[derive(Clone, Debug)]
pub struct Once(Option<once::Once>);

/// A request in its transaction, or the answer of the time before.
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is made")]
pub enum Start {
    /// To be done.
    First(TenantTx),
    /// Done already.
    Again(Response),
}

impl Once {
    /// Reads the key; what was sent is still to be told by [`Once::of`].
    ///
    /// # Errors
    /// `bad_request` for a key that is none.
    pub fn asked(parts: &Parts) -> Result<Self, Problem> {
        let mut given = parts.headers.get_all(KEY).iter();
        let Some(first) = given.next() else { return Ok(Self(None)) };
        let key = first.to_str().ok().map(str::trim).filter(|key| (1..=LONGEST).contains(&key.len()));
        let (Some(key), None) = (key, given.next()) else {
            let message = format!("`Idempotency-Key` is one text of 1 to {LONGEST} ASCII characters.");
            return Err(Problem::new(&codes::BAD_REQUEST, message.clone())
                .hint("A new UUID for each thing that is to be done serves well.")
                .errors(vec![FieldError::new(KEY.as_str(), &codes::BAD_REQUEST, message)]));
        };
        let address = format!("{} {}", parts.method, parts.uri.path());
        Ok(Self(Some(once::Once { address, key: key.to_owned(), body: [0; 32] })))
    }

    /// Done as often as it is asked.
    pub fn never() -> Self {
        Self(None)
    }

    /// Done once under the key that a page's form bears; as often as it is sent without one.
    ///
    /// # Errors
    /// `bad_request` for a key that is none.
    pub fn under(address: &str, key: &str) -> Result<Self, Problem> {
        match key.len() {
            0 => Ok(Self::never()),
            1..=LONGEST if key.is_ascii() => {
                Ok(Self(Some(once::Once { address: address.to_owned(), key: key.to_owned(), body: [0; 32] })))
            }
            _ => Err(Problem::new(&codes::BAD_REQUEST, "The form's key cannot be read.")
                .hint("Load the page again.")),
        }
    }

    /// With what was sent.
    pub fn of(mut self, body: &[u8]) -> Self {
        if let Some(once) = &mut self.0 {
            once.body = Sha256::digest(body).into();
        }
        self
    }

    /// The request as the floors below know it.
    pub fn asks(&self) -> Option<&once::Once> {
        self.0.as_ref()
    }

    /// Begins the transaction of an effect that takes `permission`, unless it is done already.
    ///
    /// # Errors
    /// As [`once::begin`].
    pub async fn begin(&self, ask: &Ask, permission: &str) -> Result<Start, Problem> {
        Ok(match once::begin(&ask.app.db, &ask.caller, permission, self.asks()).await? {
            Begun::First(tx) => Start::First(tx),
            Begun::Before(kept) => Start::Again(again(kept)?),
        })
    }

    /// Commits the effect, and its answer with it.
    ///
    /// # Errors
    /// Problems of the database; nothing was done then.
    pub async fn end(self, mut tx: TenantTx, answer: Response) -> Result<Response, Problem> {
        let Some(once) = self.0 else { return tx.commit().await.map(|()| answer) };
        let (kept, answer) = kept(answer).await?;
        once.keep(&mut tx, &kept).await?;
        tx.commit().await.map(|()| answer)
    }

    /// Keeps the answer to an effect that is committed already; one that failed frees its key.
    ///
    /// # Errors
    /// That of the answer, or of the database.
    pub async fn answered(self, ask: &Ask, answer: Result<Response, Problem>) -> Result<Response, Problem> {
        let (Some(once), db, caller) = (self.0, &ask.app.db, &ask.caller) else { return answer };
        match answer {
            Ok(answer) => {
                let (kept, answer) = kept(answer).await?;
                once.answered(db, caller, &kept).await.map(|()| answer)
            }
            Err(problem) => once.forget(db, caller).await.and(Err(problem)),
        }
    }
}

/// The answer to be kept, and to be given now.
async fn kept(answer: Response) -> Result<(Kept, Response), Problem> {
    let (parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(Problem::internal)?;
    let text = |name: HeaderName| {
        let value = parts.headers.get(&name)?.to_str().ok()?.to_owned();
        Some((name.as_str().to_owned(), value))
    };
    let headers = HEADERS.into_iter().filter_map(text).collect();
    let kept = Kept { status: parts.status.as_u16(), headers, body: Some(bytes.to_vec()) };
    Ok((kept, Response::from_parts(parts, Body::from(bytes))))
}

/// The answer of the time before.
///
/// # Errors
/// Where what is kept is no answer, which is a defect.
pub fn again(kept: Kept) -> Result<Response, Problem> {
    let mut answer = Response::new(Body::from(kept.body.unwrap_or_default()));
    *answer.status_mut() = StatusCode::from_u16(kept.status).map_err(Problem::internal)?;
    for name in HEADERS {
        if let Some((_, value)) = kept.headers.iter().find(|(known, _)| *known == name.as_str()) {
            answer.headers_mut().insert(name, HeaderValue::from_str(value).map_err(Problem::internal)?);
        }
    }
    Ok(replayed(answer))
}

/// Marks an answer as one that is given again.
pub fn replayed(mut answer: Response) -> Response {
    answer.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    answer
}
