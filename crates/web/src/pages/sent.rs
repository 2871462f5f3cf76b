//! What a form sent: its fields in order, and the key that makes it be done once.

use axum::{
    extract::{FromRequest, RawForm, Request},
    http::header,
};
use model::problem::{Problem, codes};

use crate::{
    App,
    once::Once,
    refusal::Refusal,
    ui::{
        Url,
        url::{local, pairs},
    },
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
        Url::read(place).with("done", done).to_string()
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
        let fields = pairs(&bytes);
        let key = fields.iter().find(|(name, _)| name == KEY).map(|(_, key)| key.as_str());
        let once = Once::under(&address, key.unwrap_or_default())?.of(&bytes);
        Ok(Self { fields, once })
    }
}
