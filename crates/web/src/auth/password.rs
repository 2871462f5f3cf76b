//! Passwords: forgotten, chosen by a link, changed; and the second step.

use axum::{http::StatusCode, response::Response};
use serde_json::json;
use work::access::sign_in::{self, Purpose, Side};

use super::{Call, form::Form, sign_in::tenant};
use crate::{answer, ask::Ask, input::JsonBody, refusal::Refusal};

/// `POST /api/v1/auth/forgot`: the same answer whether the address is anybody's.
pub async fn forgot(call: Call, JsonBody(body): JsonBody) -> Result<Response, Refusal> {
    let mut form = Form::of(body);
    let (slug, email) = (form.maybe("tenant"), form.text("email"));
    let side = if form.flag("portal") { Side::Portal } else { Side::Staff };
    form.done()?;
    let tenant = tenant(&call.app.db, slug.as_deref(), &call.headers).await?;
    sign_in::forgot(&call.app.services, tenant, side, &email, &call.visit).await?;
    let told = "If there is such an account, a mail with a link is on its way. The link works once and for one hour.";
    Ok(answer::document(StatusCode::ACCEPTED, &json!({ "message": told })))
}

/// `POST /api/v1/auth/reset` and `POST /api/v1/auth/accept`.
pub async fn redeem(call: Call, purpose: Purpose, JsonBody(body): JsonBody) -> Result<Response, Refusal> {
    let mut form = Form::of(body);
    let (token, password) = (form.text("token"), form.text("password"));
    form.done()?;
    let side = sign_in::redeem(&call.app.services, purpose, &token, &password, &call.visit).await?;
    Ok(answer::document(StatusCode::OK, &json!({ "portal": side == Side::Portal })))
}

/// `POST /api/v1/auth/password`.
pub async fn change(ask: Ask, JsonBody(body): JsonBody) -> Result<Response, Refusal> {
    let session = ask.person()?;
    let mut form = Form::of(body);
    let (old, new) = (form.text("old_password"), form.text("new_password"));
    form.done()?;
    let ended = ask.run(sign_in::change(&ask.app.services, &ask.caller, session, &old, &new)).await?;
    Ok(answer::document(StatusCode::OK, &json!({ "ended": ended })))
}

/// `POST /api/v1/auth/totp/setup`.
pub async fn set_up(ask: Ask, JsonBody(body): JsonBody) -> Result<Response, Refusal> {
    ask.person()?;
    let mut form = Form::of(body);
    let password = form.text("password");
    form.done()?;
    let setup = ask.run(sign_in::setup(&ask.app.services, &ask.caller, &password)).await?;
    Ok(answer::document(StatusCode::OK, &json!({ "secret": setup.secret, "otpauth_url": setup.url })))
}

/// `POST /api/v1/auth/totp/confirm`.
pub async fn confirm(ask: Ask, JsonBody(body): JsonBody) -> Result<Response, Refusal> {
    ask.person()?;
    let mut form = Form::of(body);
    let code = form.text("code");
    form.done()?;
    let codes = ask.run(sign_in::enable(&ask.app.services, &ask.caller, &code)).await?;
    Ok(answer::document(StatusCode::OK, &json!({ "recovery_codes": codes })))
}

/// `POST /api/v1/auth/totp/disable`.
pub async fn disable(ask: Ask, JsonBody(body): JsonBody) -> Result<Response, Refusal> {
    ask.person()?;
    let mut form = Form::of(body);
    let password = form.text("password");
    form.done()?;
    ask.run(sign_in::disable(&ask.app.services, &ask.caller, &password)).await?;
    Ok(answer::document(StatusCode::OK, &json!({ "second_step": false })))
}
