//! What a form sent: its fields in order, and the key that makes it be done once.

use axum::{
    extract::{FromRequest, RawForm, Request},
    http::header,
};
use model::problem::{Problem, codes};
use percent_encoding::percent_decode_str;

use crate::{
    App,
    once::Once,
    refusal::Refusal,
    ui::{Url, url::local},
};

/// The field that bears the key.
pub const KEY: &str = "_key";
/// The field that bears the page to go back to.
pub const NEXT: &str = "_next";
/// The field that bears the version that was read.
pub const VERSION: &str = "_version";

/// A form as it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    fields: Vec<(String, String)>,
    /// How it is done once.
    pub once: Once,
}

impl Sent {
    /// The text of a field; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The text of a field that was sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(given, _)| given == name).map(|(_, text)| text.as_str())
    }

    /// The texts of a field that is there several times, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(given, _)| given == name).map(|(_, text)| text.as_str())
    }

    /// Where one goes back to once it is done: to the page that the form stood on where it says so, else to `home`.
    pub fn back(&self, home: &str, done: &str) -> String {
        let place = local(self.text(NEXT)).unwrap_or(home);
        let (path, query) = place.split_once('?').unwrap_or((place, ""));
        Url::new(path, &read(query.as_bytes())).with("done", done).to_string()
    }

    /// The version that was read.
    pub fn version(&self) -> Option<i32> {
        self.text(VERSION).parse().ok()
    }
}

impl FromRequest<App> for Sent {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let address = format!("{} {}", request.method(), request.uri().path());
        if request.headers().get(header::CONTENT_TYPE).is_none() {
            return Ok(Self { fields: vec![], once: Once::never() });
        }
        let RawForm(bytes) = RawForm::from_request(request, app).await.map_err(|error| {
            Problem::new(&codes::BAD_REQUEST, "The form cannot be read.").cause(error.to_string())
        })?;
        let fields = read(&bytes);
        let key = fields.iter().find(|(name, _)| name == KEY).map(|(_, key)| key.as_str());
        let once = Once::under(&address, key.unwrap_or_default())?.of(&bytes);
        Ok(Self { fields, once })
    }
}

/// The fields of `application/x-www-form-urlencoded`, as of a form or of an address. What is no UTF-8 is replaced.
pub fn read(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let decoded = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = read(b"name=Caf%C3%A9+%26+Bar&was.name=&flag");
        assert_eq!(fields, [pair("name", "Café & Bar"), pair("was.name", ""), pair("flag", "")]);
    }
}
