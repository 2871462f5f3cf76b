//! Who asks: a request that has been signed in.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use model::{
    caller::{Caller, Scope},
    problem::{Problem, codes},
};
use uuid::Uuid;
use work::access::{
    sign_in::{Visit, sessions},
    tokens,
};

use crate::{App, auth, door::Slip, refusal::Refusal, remembered::Memory, routes::Side};

/// A request whose caller is known. A handler that takes it refuses everyone else with 401.
#[derive(Debug)]
pub struct Ask {
    /// The program.
    pub app: App,
    /// Who asks, under the request's id.
    pub caller: Caller,
    /// Where a person is signed in; `None` of a program's token.
    pub session: Option<Uuid>,
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

    /// The session of the person who asks.
    ///
    /// # Errors
    /// `forbidden` for a token of a program.
    pub fn person(&self) -> Result<Uuid, Problem> {
        self.session.ok_or_else(|| {
            let message =
                "This is for people who are signed in; a program's token has no sessions and no password.";
            Problem::new(&codes::FORBIDDEN, message)
        })
    }
}

impl FromRequestParts<App> for Ask {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let slip = parts.extensions.get::<Arc<Slip>>().cloned();
        let slip = slip.ok_or_else(|| Problem::internal("the request did not come through the door"))?;
        let started = Instant::now();
        let (caller, session) = caller(parts, app, &slip).await?;
        slip.spent(started.elapsed());
        slip.sign(&caller);
        if let Some(memory) = parts.extensions.get::<Memory>() {
            memory.note(&caller);
        }
        slip.limit_once(|| app.limits.signed(&caller, Instant::now()))?;
        stands(parts.extensions.get::<Side>().copied().unwrap_or_default(), &caller)?;
        Ok(Self { app: app.clone(), caller, session, slip })
    }
}

/// Who asks: by the header `Authorization` where there is one, else by the cookie, never by both.
async fn caller(parts: &Parts, app: &App, slip: &Slip) -> Result<(Caller, Option<Uuid>), Problem> {
    let headers = &parts.headers;
    let may_be_remembered = parts.extensions.get::<Memory>().is_some();
    let visit = Visit { may_be_remembered, ..auth::visit(slip, headers) };
    let cookie = auth::cookie_shown(headers, &app.services.url);
    match (headers.contains_key(header::AUTHORIZATION), cookie) {
        (false, Some(cookie)) => {
            auth::check_origin(&parts.method, headers, &app.services.url)?;
            let present = sessions::by_cookie(&app.db, cookie, &visit).await?;
            Ok((present.caller, Some(present.session)))
        }
        _ => {
            let token = bearer(headers)?;
            if token.starts_with(tokens::PREFIX) {
                return Ok((tokens::authenticate(&app.db, token, &visit).await?, None));
            }
            let present = sessions::by_access_token(&app.services, token, &visit).await?;
            Ok((present.caller, Some(present.session)))
        }
    }
}

/// Keeps staff and portal apart: each side has its addresses.
fn stands(side: Side, caller: &Caller) -> Result<(), Problem> {
    let refused = match (side, caller.scope) {
        (Side::Both, _) | (Side::Staff, Scope::Staff | Scope::System) | (Side::Portal, Scope::Portal) => {
            return Ok(());
        }
        (Side::Staff, Scope::Portal) => "This address is for the company's own people.",
        (Side::Portal, _) => "This address is for people at customers.",
    };
    Err(Problem::new(&codes::FORBIDDEN, refused)
        .hint("`/api/v1/portal/…` is for people at customers, the rest for staff."))
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (given.next(), given.next());
    let Some(value) = first else {
        return Err(Problem::new(&codes::UNAUTHENTICATED, "This address needs a token.")
            .hint("Send `Authorization: Bearer tnt_…`; an admin of your company can make one. People sign in at `/api/v1/auth/login`."));
    };
    let token = value.to_str().ok().and_then(|text| text.split_once(' '));
    match (token, second) {
        (Some((scheme, token)), None) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(Problem::new(&codes::UNAUTHENTICATED, "The `Authorization` header cannot be read.")
            .hint("Send it once, as `Authorization: Bearer tnt_…`.")),
    }
}
