//! What mails say, in English and Thai.

use model::field::Text;
use serde::{Deserialize, Serialize};

use super::{
    Sealed,
    layout::{self, Page},
};
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
    /// A way in for somebody new.
    Invitation {
        /// The path where it leads, with its token.
        link: Sealed,
    },
    /// A way to a new password.
    Reset {
        /// The path where it leads, with its token.
        link: Sealed,
    },
}

impl Letter {
    /// What of it is sealed while it waits.
    pub fn sealed(&self) -> Option<&Sealed> {
        match self {
            Self::Notice { .. } => None,
            Self::Invitation { link } | Self::Reset { link } => Some(link),
        }
    }

    /// Its headline, which is the subject.
    pub fn title(&self, locale: &str, company: &str) -> String {
        let thai = is_thai(locale);
        match self {
            Self::Notice { title, .. } => title.clone(),
            Self::Invitation { .. } if thai => format!("{company} เชิญคุณเข้าใช้ Tenantry"),
            Self::Invitation { .. } => format!("{company} invites you to Tenantry"),
            Self::Reset { .. } if thai => "ตั้งรหัสผ่านใหม่".to_owned(),
            Self::Reset { .. } => "Set a new password".to_owned(),
        }
    }
}

/// What a letter says beside its headline.
struct Says<'a> {
    paragraphs: Vec<&'a str>,
    button: Option<(Text, &'a str)>,
    reason: Text,
}

impl Letter {
    fn says<'a>(&'a self, to: LetterTo<'a>) -> Says<'a> {
        let say = |text: Text| if is_thai(to.locale) { text.th } else { text.en };
        let link = to.link.unwrap_or_default();
        match self {
            Self::Notice { body, link, .. } => Says {
                paragraphs: body.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
                button: link.as_deref().map(|path| (Text::of("Open in Tenantry", "เปิดใน Tenantry"), path)),
                reason: Text::of(
                    "You get this mail because your notification preferences say so. Change them in your profile.",
                    "คุณได้รับอีเมลนี้ตามการตั้งค่าการแจ้งเตือนของคุณ ปรับได้ที่โปรไฟล์ของคุณ",
                ),
            },
            Self::Invitation { .. } => Says {
                paragraphs: vec![say(Text::of(
                    "Choose a password to begin. The link works once and for one hour; after that ask for a new one.",
                    "ตั้งรหัสผ่านเพื่อเริ่มใช้งาน ลิงก์นี้ใช้ได้ครั้งเดียวภายในหนึ่งชั่วโมง หลังจากนั้นโปรดขอลิงก์ใหม่",
                ))],
                button: Some((Text::of("Accept the invitation", "ตอบรับคำเชิญ"), link)),
                reason: Text::of(
                    "You get this mail because somebody at this company entered your address. If you do not know it, do nothing.",
                    "คุณได้รับอีเมลนี้เพราะมีผู้ดูแลของบริษัทนี้ระบุที่อยู่อีเมลของคุณ หากไม่รู้จักบริษัทนี้ ไม่ต้องทำอะไร",
                ),
            },
            Self::Reset { .. } => Says {
                paragraphs: vec![
                    say(Text::of(
                        "A new password was asked for. The link works once and for one hour; using it signs you out everywhere.",
                        "มีการขอตั้งรหัสผ่านใหม่ ลิงก์นี้ใช้ได้ครั้งเดียวภายในหนึ่งชั่วโมง เมื่อใช้แล้วระบบจะออกจากทุกอุปกรณ์",
                    )),
                    say(Text::of(
                        "If it was not you, do nothing: your password stays as it is.",
                        "หากคุณไม่ได้เป็นผู้ขอ ไม่ต้องทำอะไร รหัสผ่านของคุณจะไม่เปลี่ยน",
                    )),
                ],
                button: Some((Text::of("Set a new password", "ตั้งรหัสผ่านใหม่"), link)),
                reason: Text::of(
                    "You get this mail because a reset of your password was asked for.",
                    "คุณได้รับอีเมลนี้เพราะมีการขอตั้งรหัสผ่านใหม่สำหรับบัญชีของคุณ",
                ),
            },
        }
    }
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
    /// The path that waits sealed in the letter.
    pub link: Option<&'a str>,
}

/// The letter as plain text and as HTML.
pub fn write(letter: &Letter, to: LetterTo<'_>) -> (String, String) {
    let say = |text: Text| if is_thai(to.locale) { text.th } else { text.en };
    let (title, says) = (letter.title(to.locale, to.company), letter.says(to));
    let page = Page {
        language: if is_thai(to.locale) { "th" } else { "en" },
        company: to.company,
        greeting: format!("{} {}", say(Text::of("Hello", "สวัสดีคุณ")), to.name),
        title: &title,
        paragraphs: says.paragraphs,
        button: says.button.map(|(label, path)| (say(label), inside(to.url, path))),
        reason: say(says.reason),
    };
    (layout::plain(&page), layout::html(&page))
}

/// The address of a path within Tenantry. What is no path leads to the front page, never to another host.
fn inside(url: &str, path: &str) -> String {
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    format!("{url}{path}")
}
