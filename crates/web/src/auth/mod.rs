//! People's way in: `/api/v1/auth/…`.

mod cookie;
mod form;
mod origin;
mod password;
mod sign_in;

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
    routing::MethodRouter,
};
use model::problem::Problem;

use work::access::sign_in::{Purpose, Visit};

use crate::{
    App,
    door::Slip,
    me,
    router::mount,
    routes::{Access, Route},
};

pub(crate) use cookie::{clear as cookie_cleared, set as cookie_set, shown as cookie_shown};
pub(crate) use form::Form;
pub(crate) use origin::check as check_origin;
pub use origin::{OTHER_ORIGIN, in_clear};
pub(crate) use sign_in::tenant;

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
    /// Ask for a link, the password being forgotten.
    Forgot,
    /// Choose a new password by a link.
    Reset,
    /// Choose the first password by a link.
    Accept,
    /// Change one's own password.
    Password,
    /// Make a secret for the second step.
    SetUpTotp,
    /// Switch the second step on.
    ConfirmTotp,
    /// Switch the second step off.
    DisableTotp,
    /// Change one's own name and language.
    ChangeMe,
}

impl Auth {
    /// Every one, with method and address below `/api/v1`.
    pub const ALL: [(Self, Method, &'static str); 14] = [
        (Self::Login, Method::POST, "/auth/login"),
        (Self::Refresh, Method::POST, "/auth/refresh"),
        (Self::Logout, Method::POST, "/auth/logout"),
        (Self::LogoutAll, Method::POST, "/auth/logout_all"),
        (Self::Sessions, Method::GET, "/auth/sessions"),
        (Self::EndSession, Method::DELETE, "/auth/sessions/{id}"),
        (Self::Forgot, Method::POST, "/auth/forgot"),
        (Self::Reset, Method::POST, "/auth/reset"),
        (Self::Accept, Method::POST, "/auth/accept"),
        (Self::Password, Method::POST, "/auth/password"),
        (Self::SetUpTotp, Method::POST, "/auth/totp/setup"),
        (Self::ConfirmTotp, Method::POST, "/auth/totp/confirm"),
        (Self::DisableTotp, Method::POST, "/auth/totp/disable"),
        (Self::ChangeMe, Method::PATCH, "/me"),
    ];

    /// Who may come.
    pub fn access(self) -> Access {
        match self {
            Self::Login | Self::Refresh | Self::Forgot | Self::Reset | Self::Accept => Access::Public,
            _ => Access::Person,
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
        Auth::Forgot => mount(route, password::forgot),
        Auth::Reset => mount(route, |call, body| password::redeem(call, Purpose::Reset, body)),
        Auth::Accept => mount(route, |call, body| password::redeem(call, Purpose::Invitation, body)),
        Auth::Password => mount(route, password::change),
        Auth::SetUpTotp => mount(route, password::set_up),
        Auth::ConfirmTotp => mount(route, password::confirm),
        Auth::DisableTotp => mount(route, password::disable),
        Auth::ChangeMe => mount(route, me::change),
    }
}

/// From where a request comes, signed in or not.
pub(crate) fn visit(slip: &Slip, headers: &HeaderMap) -> Visit {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Visit { request: slip.id, client: slip.client, agent, may_be_remembered: false }
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
