//! What browsers load beside pages: styles, script, icons, fonts, packed in by `build.rs`.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use model::problem::Problem;

use crate::refusal::Refusal;

/// One file.
pub struct Asset {
    /// Its name, with the hash of its content.
    pub name: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// Its content.
    pub raw: &'static [u8],
    /// The same in brotli, where that is smaller.
    pub packed: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A file's name holds the hash of its content, so what was loaded once is good for ever.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const CSS: HeaderValue = HeaderValue::from_static("text/css; charset=utf-8");

/// The address of the sheet that sets the tenant's hue.
pub fn hue(degrees: u16) -> String {
    format!("/a/hue-{}.css", degrees % 360)
}

/// `GET /a/{file}`.
pub async fn get(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Refusal> {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return hue_sheet(&name).ok_or_else(|| Problem::not_found("file").into());
    };
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let takes_brotli =
        accepted.is_some_and(|text| text.split(',').any(|coding| coding.trim().starts_with("br")));
    let packed = asset.packed.filter(|_| takes_brotli);
    let mut response = Response::new(Body::from(packed.unwrap_or(asset.raw)));
    let given = response.headers_mut();
    given.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    given.insert(header::CACHE_CONTROL, FOR_EVER);
    given.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if packed.is_some() {
        given.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    Ok(response)
}

/// `hue-155.css`: the one value that tenants choose, as a sheet of its own, since pages bear no styles in themselves.
fn hue_sheet(name: &str) -> Option<Response> {
    let degrees: u16 =
        name.strip_prefix("hue-")?.strip_suffix(".css")?.parse().ok().filter(|at| *at < 360)?;
    let mut response =
        Response::new(Body::from(format!("@layer tokens {{ :root {{ --h: {degrees}; }} }}\n")));
    response.headers_mut().insert(header::CONTENT_TYPE, CSS);
    response.headers_mut().insert(header::CACHE_CONTROL, FOR_EVER);
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a browser loads at first, fonts and icons aside, in bytes of brotli.
    #[test]
    fn the_first_load_is_small() {
        let size = |asset: &Asset| asset.packed.map_or(asset.raw.len(), <[u8]>::len);
        let part = |asset: &Asset| {
            ["cells.", "grid.", "merge.", "portal."].iter().any(|name| asset.name.starts_with(name))
        };
        let first = ASSETS.iter().filter(|asset| asset.name.ends_with(".js") || asset.name.ends_with(".css"));
        let first = first.filter(|asset| !part(asset));
        let total: usize = first.map(size).sum();
        assert!(total <= 25_000, "{total} bytes");
    }

    #[test]
    fn what_is_packed_in_may_be() {
        assert!(!LICENSES.is_empty());
        for (name, version, license) in LICENSES {
            let known = ["0BSD", "BSD-0-Clause", "ISC", "MIT", "OFL-1.1"];
            assert!(known.contains(license), "{name} {version} is under {license}");
        }
    }

    #[test]
    fn a_hue_is_one_of_the_circle() {
        assert!(hue_sheet("hue-155.css").is_some());
        for wrong in ["hue-360.css", "hue--1.css", "hue-.css", "hue-1}.css", "hue-155"] {
            assert!(hue_sheet(wrong).is_none(), "{wrong}");
        }
    }
}
