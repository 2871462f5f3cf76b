//! `POST /preferences`: keeps theme, language and whether single keys do something in cookies, so that the server writes the right page at once.

use axum::{
    http::{HeaderValue, Method, header},
    response::Response,
};

use super::{Answer, go, sent::Sent, visitor::Guest};
use crate::{
    auth::check_origin,
    ui::{
        Lang, Theme,
        look::{KEYS, LANGUAGE, OFF, THEME},
        url::local,
    },
};

/// A year.
const MAX_AGE: u32 = 365 * 24 * 60 * 60;

/// Keeps what was sent, and goes back to where it was sent from.
pub async fn keep(guest: Guest, sent: Sent) -> Answer {
    let url = &guest.call.app.services.url;
    check_origin(&Method::POST, &guest.call.headers, url)?;
    let mut response = go(local(sent.text("next")).unwrap_or("/"));
    let theme = Theme::read(sent.text("theme")).map(|theme| (THEME, theme.code()));
    let lang = Lang::read(sent.text("lang")).map(|lang| (LANGUAGE, lang.code()));
    let keys = ["on", OFF].into_iter().find(|keys| *keys == sent.text(KEYS)).map(|keys| (KEYS, keys));
    for (name, value) in theme.into_iter().chain(lang).chain(keys) {
        response = keeps(response, url, name, value);
    }
    Ok(response)
}

/// The answer, which makes the browser keep a preference.
pub fn keeps(mut response: Response, url: &str, name: &str, value: &str) -> Response {
    let secure = if url.starts_with("https://") { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={MAX_AGE}; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
