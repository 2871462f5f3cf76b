//! Who asks: a request that has been signed in.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use work::access::tokens;

use crate::{App, door::Slip, refusal::Refusal};

/// A request whose caller is known. A handler that takes it refuses everyone else with 401.
#[derive(Debug)]
pub struct Ask {
    /// The program.
    pub app: App,
    /// Who asks, under the request's id.
    pub caller: Caller,
    slip: Arc<Slip>,
}

impl Ask {
    /// Waits for the database's part of the work and counts its time.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn run<T>(&self, work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
        let started = Instant::now();
        let answer = work.await;
        self.slip.spent(started.elapsed());
        answer
    }
}

impl FromRequestParts<App> for Ask {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let slip = parts.extensions.get::<Arc<Slip>>().cloned();
        let slip = slip.ok_or_else(|| Problem::internal("the request did not come through the door"))?;
        let token = bearer(&parts.headers)?;
        let started = Instant::now();
        let caller = tokens::authenticate(&app.db, token, slip.id).await?.at(slip.client);
        slip.spent(started.elapsed());
        slip.sign(&caller);
        slip.limit(app.limits.signed(&caller, Instant::now()))?;
        Ok(Self { app: app.clone(), caller, slip })
    }
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (given.next(), given.next());
    let Some(value) = first else {
        return Err(Problem::new(&codes::UNAUTHENTICATED, "This address needs a token.")
            .hint("Send `Authorization: Bearer tnt_…`; an admin of your company can make one."));
    };
    let token = value.to_str().ok().and_then(|text| text.split_once(' '));
    match (token, second) {
        (Some((scheme, token)), None) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(Problem::new(&codes::UNAUTHENTICATED, "The `Authorization` header cannot be read.")
            .hint("Send it once, as `Authorization: Bearer tnt_…`.")),
    }
}
