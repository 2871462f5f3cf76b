//! How a page is shown: language, light or dark, the tenant's hue, zone and currency, and whether a part of it was asked.

use axum::http::{HeaderMap, Uri, header};
use jiff::{Timestamp, tz::TimeZone};
use model::field::{Field, Read, Text};

use crate::{App, auth::in_clear, portal};

/// The cookie that holds the language.
pub const LANGUAGE: &str = "lang";
/// The cookie that holds light or dark.
pub const THEME: &str = "theme";
/// The cookie that holds whether single keys do something (WCAG 2.1.4).
pub const KEYS: &str = "keys";
/// What it holds where they do not.
pub const OFF: &str = "off";
/// The hue of pages that belong to no tenant.
pub const USUAL_HUE: u16 = 268;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Thai.
    Th,
}

impl Lang {
    /// Every language, as itself calls it.
    pub const ALL: [(Self, &'static str); 2] = [(Self::En, "English"), (Self::Th, "ไทย")];

    /// As cookies and users have it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Th => "th",
        }
    }

    /// Reads a code, or a tag that begins with one: `th-TH`.
    pub fn read(text: &str) -> Option<Self> {
        let primary = text.trim().split(['-', '_', ';']).next().unwrap_or_default();
        [Self::En, Self::Th].into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.code()))
    }

    /// The text in this language.
    pub const fn of(self, text: Text) -> &'static str {
        match self {
            Self::En => text.en,
            Self::Th => text.th,
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// As cookies have it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads a code.
    pub fn read(text: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.code() == text)
    }
}

/// How a page is shown.
#[derive(Clone, Debug)]
pub struct Look {
    /// The language.
    pub lang: Lang,
    /// Light or dark.
    pub theme: Theme,
    /// It is a page of the portal, for people at customers, as its address says.
    pub portal: bool,
    /// Single keys do something.
    pub keys: bool,
    /// The tenant's hue.
    pub hue: u16,
    /// The tenant's time zone.
    pub zone: TimeZone,
    /// The tenant's currency, of amounts that name none.
    pub currency: String,
    /// The moment of the request.
    pub now: Timestamp,
    /// What is typed travels in the clear: the public address is plain http and not the own machine.
    pub in_clear: bool,
    /// Path and query that were asked.
    pub asked: String,
    /// A part of the page was asked, to be swapped in.
    pub partial: bool,
    /// The browser said by a cookie which language it wants.
    pub chosen: bool,
}

impl Look {
    /// What the request itself says.
    pub fn of(app: &App, headers: &HeaderMap, uri: &Uri) -> Self {
        let chosen = cookie(headers, LANGUAGE).and_then(Lang::read);
        let accepted = || {
            let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
            text.split(',').find_map(Lang::read)
        };
        Self {
            lang: chosen.or_else(accepted).unwrap_or_default(),
            theme: cookie(headers, THEME).and_then(Theme::read).unwrap_or_default(),
            portal: portal::is_place(uri.path()),
            keys: cookie(headers, KEYS) != Some(OFF),
            hue: USUAL_HUE,
            zone: TimeZone::UTC,
            currency: String::new(),
            now: app.db.world().now(),
            in_clear: in_clear(&app.services.url),
            asked: uri.path_and_query().map_or("/", |asked| asked.as_str()).to_owned(),
            partial: headers.get("hx-request-type").is_some_and(|kind| kind == "partial"),
            chosen: chosen.is_some(),
        }
    }

    /// The text in the page's language.
    pub const fn t(&self, text: Text) -> &'static str {
        self.lang.of(text)
    }

    /// An address on this side of the house: of the path `/orders` itself, or `/portal/orders`.
    pub fn place(&self, path: &str) -> String {
        match (self.portal, path) {
            (false, path) => path.to_owned(),
            (true, "/") => portal::PLACE.to_owned(),
            (true, path) => format!("{}{path}", portal::PLACE),
        }
    }

    /// Where the records of a kind are listed on this side; one record is below it, by its id.
    pub fn at(&self, entity: &str) -> String {
        self.place(&format!("/{entity}"))
    }

    /// Whether whoever this page is for may read the field.
    pub const fn reads(&self, field: &Field) -> bool {
        match field.read {
            Read::Everyone => true,
            Read::Staff => !self.portal,
            Read::Nobody => false,
        }
    }
}

/// The value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(given, _)| *given == name).map(|(_, value)| value)
}
