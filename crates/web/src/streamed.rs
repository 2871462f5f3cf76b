//! Answers that are written while they are sent.

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, future::ready, stream};
use model::problem::Problem;
use tokio::{io, io::DuplexStream};
use tokio_util::io::ReaderStream;
use tracing::{Instrument, Span, error};

/// Bytes that are written ahead of what has been sent.
const AHEAD: usize = 64 << 10;

/// A body that `write` fills while it is sent. A problem before the first byte is answered as such; one after it
/// breaks the connection off, so that nobody takes a part for the whole.
///
/// # Errors
/// The problem of a `write` that wrote nothing.
pub async fn streamed<F>(write: impl FnOnce(DuplexStream) -> F) -> Result<Body, Problem>
where
    F: Future<Output = Result<u64, Problem>> + Send + 'static,
{
    let (out, into) = io::duplex(AHEAD);
    let work = tokio::spawn(write(out).instrument(Span::current()));
    let mut bytes = ReaderStream::new(into);
    let Some(first) = bytes.next().await else {
        return work.await.map_err(Problem::internal)?.map(|_| Body::empty());
    };
    let end = stream::once(work).filter_map(|ended| {
        let broken = match ended {
            Ok(Ok(_)) => None,
            Ok(Err(problem)) => {
                error!(code = problem.code().code, cause = ?problem.inner_cause(), "an answer broke off");
                Some(Err::<Bytes, _>(io::Error::other("the answer could not be finished")))
            }
            Err(panic) => Some(Err(io::Error::other(panic))),
        };
        ready(broken)
    });
    Ok(Body::from_stream(stream::once(ready(first)).chain(bytes).chain(end)))
}
