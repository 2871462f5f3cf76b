//! Whether a browser's write comes from our own pages.
//!
//! A browser sends the cookie along whoever asked it to, so writes with the cookie must come from this very origin, as
//! the browser tells it: by `Sec-Fetch-Site`, else by `Origin`. One that tells neither is not let through.

use axum::http::{HeaderMap, HeaderName, Method, header};
use model::{
    problem::{Code, Problem, Status},
    value::is_own_machine,
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A write that another site asked for.
pub static OTHER_ORIGIN: Code = Code::new(
    "other_origin",
    Status::Forbidden,
    "Asked for by another site",
    "A browser's write with the session's cookie must come from a page of this Tenantry itself, as `Sec-Fetch-Site` or \
     `Origin` tell. Programs send `Authorization: Bearer …` instead of a cookie.",
);

/// Refuses a write that does not come from `url`, the public address; on the own machine the address that was asked
/// counts too.
///
/// # Errors
/// `other_origin`.
pub fn check(method: &Method, headers: &HeaderMap, url: &str) -> Result<(), Problem> {
    if method.is_safe() || is_ours(headers, url) {
        return Ok(());
    }
    Err(Problem::new(&OTHER_ORIGIN, "The browser says that another site asked for this, or does not say.")
        .hint("Use the pages of this Tenantry at its public address; programs send a token instead of the cookie."))
}

fn is_ours(headers: &HeaderMap, url: &str) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (text(&SEC_FETCH_SITE), text(&header::ORIGIN)) {
        (Some(site), None) => matches!(site, "same-origin" | "none"),
        (Some(site), Some(origin)) => site == "same-origin" && is_origin(origin, headers, url),
        (None, Some(origin)) => is_origin(origin, headers, url),
        (None, None) => false,
    }
}

fn is_origin(origin: &str, headers: &HeaderMap, url: &str) -> bool {
    if origin.eq_ignore_ascii_case(url) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    origin.strip_prefix("http://").is_some_and(|place| place == host && is_loopback(place))
}

/// Whether passwords and sessions would travel in the clear to this public address: plain http, and not on the own machine.
pub fn in_clear(url: &str) -> bool {
    url.strip_prefix("http://")
        .and_then(|rest| rest.split('/').next())
        .is_some_and(|place| !is_loopback(place))
}

/// Whether host and port are the own machine's.
fn is_loopback(place: &str) -> bool {
    let host = match place.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => place.split(':').next().unwrap_or_default(),
    };
    is_own_machine(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(pairs: &[(&'static str, &str)], url: &str) -> bool {
        let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        check(&Method::POST, &pairs.collect(), url).is_ok()
    }

    #[test]
    fn plain_http_is_in_the_clear_but_on_the_own_machine() {
        for url in [
            "http://crm.example.com", "http://192.0.2.7:8080", "http://[2001:db8::7]:80/x",
            "http://localhost.example",
        ] {
            assert!(in_clear(url), "{url}");
        }
        for url in
            ["https://crm.example.com", "http://127.0.0.1:8080", "http://localhost/x", "http://[::1]:8080"]
        {
            assert!(!in_clear(url), "{url}");
        }
    }

    #[test]
    fn writes_of_other_sites_are_refused() {
        let here = "https://crm.example.com";
        assert!(allowed(&[("sec-fetch-site", "same-origin")], here));
        assert!(allowed(&[("sec-fetch-site", "none")], here));
        assert!(allowed(&[("origin", here)], here));
        assert!(allowed(&[("sec-fetch-site", "same-origin"), ("origin", here)], here));
        for refused in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example.com")],
            &[("origin", "https://evil.example.com")],
            &[("origin", "https://crm.example.com.evil.example")],
            &[("origin", "http://crm.example.com")],
            &[("origin", "null")],
            // Host is what the asker wrote.
            &[("origin", "https://evil.example.com"), ("host", "evil.example.com")],
            &[("origin", "http://evil.example.com"), ("host", "evil.example.com")],
        ] {
            assert!(!allowed(refused, here), "{refused:?}");
        }
        assert!(check(&Method::GET, &HeaderMap::new(), here).is_ok());
    }

    #[test]
    fn on_the_own_machine_any_port_of_it_that_was_asked_counts() {
        let here = "http://127.0.0.1:8080";
        for place in ["127.0.0.1:8081", "localhost:3000", "[::1]:8080"] {
            assert!(allowed(&[("origin", &format!("http://{place}")), ("host", place)], here), "{place}");
        }
        assert!(!allowed(&[("origin", "http://localhost:9999"), ("host", "localhost:8080")], here));
        assert!(!allowed(&[("origin", "http://192.0.2.1:80"), ("host", "192.0.2.1:80")], here));
    }
}
