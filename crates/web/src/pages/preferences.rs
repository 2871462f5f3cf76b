//! `POST /preferences`: keeps theme and language in cookies, so that the server writes the right page at once.

use axum::http::{HeaderValue, Method, header};

use super::{Answer, go, sent::Sent, visitor::Guest};
use crate::{
    auth::check_origin,
    ui::{
        Lang, Theme,
        look::{LANGUAGE, THEME},
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
    let secure = if url.starts_with("https://") { "; Secure" } else { "" };
    for (name, value) in theme.into_iter().chain(lang) {
        let cookie = format!("{name}={value}; Path=/; Max-Age={MAX_AGE}; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}
