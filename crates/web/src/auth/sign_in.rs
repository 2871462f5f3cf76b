//! Signing in and out, and one's sessions.

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use model::{
    problem::{FieldError, Problem},
    value::codes,
};
use serde_json::{Value, json};
use store::Db;
use uuid::Uuid;
use work::access::sign_in::{
    self, Credentials, Kind, Secret, Side, SignedIn, Which, jwt, sessions as work_sessions,
};

use super::{Call, cookie, form::Form, origin};
use crate::{
    answer,
    ask::Ask,
    input::{Id, JsonBody},
    refusal::Refusal,
};

/// `POST /api/v1/auth/login`.
pub async fn login(call: Call, JsonBody(body): JsonBody) -> Result<Response, Refusal> {
    let (services, headers) = (&call.app.services, &call.headers);
    let mut form = Form::of(body);
    let slug = form.maybe("tenant");
    let (email, password, code) = (form.text("email"), form.text("password"), form.maybe("code"));
    let side = if form.flag("portal") { Side::Portal } else { Side::Staff };
    let kind = match form.maybe("session").as_deref() {
        None | Some("token") => Kind::Token,
        Some("cookie") => Kind::Cookie,
        Some(_) => {
            form.wrong(FieldError::new("session", &codes::NOT_A_CHOICE, "`session` is `token` or `cookie`."));
            Kind::Token
        }
    };
    let tenant = tenant(&call.app.db, slug.as_deref(), headers).await?;
    if slug.is_none() && tenant.is_none() {
        let message =
            "`tenant` is missing: say which company, by its name in addresses, such as `well-crafted`.";
        form.wrong(FieldError::new("tenant", &codes::REQUIRED, message));
    }
    form.done()?;
    if kind == Kind::Cookie {
        origin::check(&Method::POST, headers, &services.url)?;
    }
    let former = cookie::shown(headers, &services.url).and_then(Secret::read);
    let credentials = Credentials { side, email, password, code, kind };
    let done = sign_in::sign_in(services, tenant, &credentials, former.as_ref(), &call.visit).await?;
    Ok(signed_in(&done, &services.url))
}

/// The tenant of a slug, else of the host that was asked. The host finds a tenant and nothing else.
pub(crate) async fn tenant(
    db: &Db,
    slug: Option<&str>,
    headers: &HeaderMap,
) -> Result<Option<Uuid>, Problem> {
    if let Some(slug) = slug {
        return db.resolve("slug", &slug.trim().to_lowercase()).await;
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_lowercase();
    if name.is_empty() { Ok(None) } else { db.resolve("host", &name).await }
}

fn signed_in(done: &SignedIn, url: &str) -> Response {
    let session = json!({ "id": done.begun.secret.session, "expires_at": done.begun.expires_at.to_string() });
    match &done.access {
        Some(access) => answer::document(StatusCode::OK, &tokens(access, &done.begun.secret, session)),
        None => {
            let answer = answer::document(StatusCode::OK, &json!({ "session": session }));
            with_cookie(answer, cookie::set(&done.begun.secret.text, url))
        }
    }
}

fn tokens(access: &str, secret: &Secret, session: Value) -> Value {
    json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": jwt::LIFE.as_secs(),
        "refresh_token": secret.text,
        "session": session,
    })
}

fn with_cookie(mut answer: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    answer
}

/// `POST /api/v1/auth/refresh`.
pub async fn refresh(call: Call, JsonBody(body): JsonBody) -> Result<Response, Refusal> {
    let mut form = Form::of(body);
    let token = form.text("refresh_token");
    form.done()?;
    let done = sign_in::refresh(&call.app.services, &token, &call.visit).await?;
    let session = json!({ "id": done.secret.session, "expires_at": done.expires_at.to_string() });
    Ok(answer::document(StatusCode::OK, &tokens(&done.access, &done.secret, session)))
}

/// `POST /api/v1/auth/logout`.
pub async fn logout(ask: Ask) -> Result<Response, Refusal> {
    let session = ask.person()?;
    let which = Which::One(session);
    let end = work_sessions::end(&ask.app.db, &ask.caller, which, "sign_out");
    ask.run(end).await?;
    Ok(left(&ask, 1))
}

/// `POST /api/v1/auth/logout_all`.
pub async fn logout_all(ask: Ask) -> Result<Response, Refusal> {
    ask.person()?;
    let end = work_sessions::end(&ask.app.db, &ask.caller, Which::All, "sessions_revoked");
    let ended = ask.run(end).await?;
    Ok(left(&ask, ended))
}

fn left(ask: &Ask, ended: u64) -> Response {
    let answer = answer::document(StatusCode::OK, &json!({ "ended": ended }));
    with_cookie(answer, cookie::clear(&ask.app.services.url))
}

/// `GET /api/v1/auth/sessions`.
pub async fn sessions(ask: Ask) -> Result<Response, Refusal> {
    let session = ask.person()?;
    let list = ask.run(work_sessions::list(&ask.app.db, &ask.caller, Some(session))).await?;
    Ok(answer::document(StatusCode::OK, &list))
}

/// `DELETE /api/v1/auth/sessions/{id}`.
pub async fn end_session(ask: Ask, Id(id): Id) -> Result<Response, Refusal> {
    ask.person()?;
    let end = work_sessions::end(&ask.app.db, &ask.caller, Which::One(id), "sessions_revoked");
    let ended = ask.run(end).await?;
    Ok(answer::document(StatusCode::OK, &json!({ "ended": ended })))
}
