//! What mails say, in English and Thai.

use model::field::Text;
use serde::{Deserialize, Serialize};

use super::layout::{self, Page};
use crate::notices::is_thai;

/// What a mail says, as it waits in the database: its words are there, its form is made when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "snake_case")]
pub enum Letter {
    /// A notification.
    Notice {
        /// One line.
        title: String,
        /// A few sentences; may be empty.
        #[serde(default)]
        body: String,
        /// A path within Tenantry.
        #[serde(default)]
        link: Option<String>,
    },
}

/// For whom a letter is written.
#[derive(Clone, Copy, Debug)]
pub struct LetterTo<'a> {
    /// The receiver's name.
    pub name: &'a str,
    /// The receiver's locale.
    pub locale: &'a str,
    /// The tenant's name.
    pub company: &'a str,
    /// Tenantry's public address, without a slash at its end.
    pub url: &'a str,
}

/// The letter as plain text and as HTML.
pub fn write(letter: &Letter, to: LetterTo<'_>) -> (String, String) {
    let say = |text: Text| if is_thai(to.locale) { text.th } else { text.en };
    let Letter::Notice { title, body, link } = letter;
    let page = Page {
        language: if is_thai(to.locale) { "th" } else { "en" },
        company: to.company,
        greeting: format!("{} {}", say(Text::of("Hello", "สวัสดีคุณ")), to.name),
        title,
        paragraphs: body.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
        button: link
            .as_ref()
            .map(|path| (say(Text::of("Open in Tenantry", "เปิดใน Tenantry")), inside(to.url, path))),
        reason: say(Text::of(
            "You get this mail because your notification preferences say so. Change them in your profile.",
            "คุณได้รับอีเมลนี้ตามการตั้งค่าการแจ้งเตือนของคุณ ปรับได้ที่โปรไฟล์ของคุณ",
        )),
    };
    (layout::plain(&page), layout::html(&page))
}

/// The address of a path within Tenantry. What is no path leads to the front page, never to another host.
fn inside(url: &str, path: &str) -> String {
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    format!("{url}{path}")
}
