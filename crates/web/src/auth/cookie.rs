//! The one cookie: a session's secret.
//!
//! `__Host-` binds it to this very host, the whole of it, and to TLS. Over plain http, which is for the own machine
//! alone, browsers take no such cookie, so there it has neither the prefix nor `Secure`.

use axum::http::{HeaderMap, HeaderValue, header};

/// As long as a session may go on; when it ends the server says.
const MAX_AGE: u32 = 90 * 24 * 60 * 60;

/// Its name at this public address.
fn name(url: &str) -> &'static str {
    if is_secure(url) { "__Host-tenantry" } else { "tenantry" }
}

fn is_secure(url: &str) -> bool {
    url.starts_with("https://")
}

/// What the browser shows. Of two cookies of the name none counts: one of them was put there by somebody else.
pub fn shown<'a>(headers: &'a HeaderMap, url: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(given, _)| *given == name(url)).map(|(_, value)| value);
    ours.next().filter(|_| ours.next().is_none())
}

/// Sets it.
pub fn set(secret: &str, url: &str) -> Option<HeaderValue> {
    header(&format!("{}={secret}; Path=/; Max-Age={MAX_AGE}", name(url)), url)
}

/// Takes it away.
pub fn clear(url: &str) -> Option<HeaderValue> {
    header(&format!("{}=; Path=/; Max-Age=0", name(url)), url)
}

fn header(start: &str, url: &str) -> Option<HeaderValue> {
    let secure = if is_secure(url) { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{start}; HttpOnly; SameSite=Lax{secure}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_bound_to_host_and_tls_but_on_the_own_machine() {
        let text = |url| set("s", url).unwrap().to_str().unwrap().to_owned();
        assert_eq!(
            text("https://crm.example.com"),
            "__Host-tenantry=s; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            text("http://127.0.0.1:8080"),
            "tenantry=s; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn only_the_one_of_our_name_counts() {
        let shown = |line: &'static str, url| {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(line))]);
            super::shown(&headers, url).map(str::to_owned)
        };
        let (there, here) = ("https://crm.example.com", "http://127.0.0.1:8080");
        assert_eq!(shown("a=1; __Host-tenantry=s; tenantry=x", there).as_deref(), Some("s"));
        assert_eq!(shown("tenantry=x", there), None);
        assert_eq!(shown("tenantry=x", here).as_deref(), Some("x"));
        assert_eq!(shown("tenantry=x; tenantry=y", here), None);
    }
}
