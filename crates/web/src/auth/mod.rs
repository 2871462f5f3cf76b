//! People's way in: `/api/v1/auth/…`.

mod cookie;
mod form;
mod origin;
mod sign_in;

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
    routing::MethodRouter,
};
use model::problem::Problem;

use work::access::sign_in::Visit;

use crate::{
    App,
    door::Slip,
    router::mount,
    routes::{Access, Route},
};

pub(crate) use cookie::shown as cookie_shown;
pub use origin::OTHER_ORIGIN;
pub(crate) use origin::check as check_origin;

/// What people can do about being signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Sign in.
    Login,
    /// Exchange a refresh token.
    Refresh,
    /// End this session.
    Logout,
    /// End every session.
    LogoutAll,
    /// One's own sessions.
    Sessions,
    /// End one of them.
    EndSession,
}

impl Auth {
    /// Every one, with method and address below `/api/v1/auth`.
    pub const ALL: [(Self, Method, &'static str); 6] = [
        (Self::Login, Method::POST, "/login"),
        (Self::Refresh, Method::POST, "/refresh"),
        (Self::Logout, Method::POST, "/logout"),
        (Self::LogoutAll, Method::POST, "/logout_all"),
        (Self::Sessions, Method::GET, "/sessions"),
        (Self::EndSession, Method::DELETE, "/sessions/{id}"),
    ];

    /// Who may come.
    pub fn access(self) -> Access {
        match self {
            Self::Login | Self::Refresh => Access::Public,
            Self::Logout | Self::LogoutAll | Self::Sessions | Self::EndSession => Access::Person,
        }
    }
}

/// The handler of one address.
pub fn endpoint(route: &'static Route, auth: Auth) -> MethodRouter<App> {
    match auth {
        Auth::Login => mount(route, sign_in::login),
        Auth::Refresh => mount(route, sign_in::refresh),
        Auth::Logout => mount(route, sign_in::logout),
        Auth::LogoutAll => mount(route, sign_in::logout_all),
        Auth::Sessions => mount(route, sign_in::sessions),
        Auth::EndSession => mount(route, sign_in::end_session),
    }
}

/// From where a request comes, signed in or not.
pub(crate) fn visit(slip: &Slip, headers: &HeaderMap) -> Visit {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Visit { request: slip.id, client: slip.client, agent }
}

/// The program and what a request that nobody signed brings along.
pub(crate) struct Call {
    pub app: App,
    pub headers: HeaderMap,
    pub visit: Visit,
}

impl FromRequestParts<App> for Call {
    type Rejection = crate::refusal::Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let slip = parts.extensions.get::<Arc<Slip>>().cloned();
        let slip = slip.ok_or_else(|| Problem::internal("the request did not come through the door"))?;
        let visit = visit(&slip, &parts.headers);
        Ok(Self { app: app.clone(), headers: parts.headers.clone(), visit })
    }
}
