//! The one form of all mails, as HTML and as plain text.

use maud::{DOCTYPE, Markup, html};

/// The parts of a mail.
pub(super) struct Page<'a> {
    pub language: &'static str,
    /// The tenant.
    pub company: &'a str,
    pub greeting: String,
    pub title: &'a str,
    pub paragraphs: Vec<&'a str>,
    /// Label and whole address.
    pub button: Option<(&'static str, String)>,
    /// Why the receiver gets it.
    pub reason: &'static str,
}

/// Styles stand at the elements, since mail programs drop style sheets; 1.6 keeps Thai tone marks whole.
const BODY: &str = "margin:0;padding:16px;background:#f5f5f4;color:#1c1917;font:15px/1.6 Inter,'Noto Sans Thai',Helvetica,Arial,sans-serif;overflow-wrap:anywhere";
const CARD: &str = "max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #e7e5e4;border-radius:8px";
const COMPANY: &str = "margin:0 0 8px;color:#57534e;font-size:13px";
const TITLE: &str = "margin:0 0 16px;font-size:20px;line-height:1.4";
const TEXT: &str = "margin:0 0 12px";
const ACTION: &str = "margin:20px 0";
const REASON: &str =
    "margin:24px 0 0;padding-top:12px;border-top:1px solid #e7e5e4;color:#57534e;font-size:13px";
const BUTTON: &str = "display:inline-block;padding:10px 16px;background:#1d4ed8;color:#ffffff;text-decoration:none;border-radius:6px";

/// The mail as HTML; every text is escaped by the template.
pub(super) fn html(page: &Page<'_>) -> String {
    let markup: Markup = html! {
        (DOCTYPE)
        html lang=(page.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (page.title) }
            }
            body style=(BODY) {
                div style=(CARD) {
                    p style=(COMPANY) { (page.company) }
                    h1 style=(TITLE) { (page.title) }
                    p style=(TEXT) { (page.greeting) }
                    @for paragraph in &page.paragraphs {
                        p style=(TEXT) { (paragraph) }
                    }
                    @if let Some((label, address)) = &page.button {
                        p style=(ACTION) { a href=(address) style=(BUTTON) { (label) } }
                    }
                    p style=(REASON) { (page.reason) }
                }
            }
        }
    };
    markup.into_string()
}

/// The same as plain text.
pub(super) fn plain(page: &Page<'_>) -> String {
    let mut parts = vec![page.title.to_owned(), page.greeting.clone()];
    parts.extend(page.paragraphs.iter().map(|&text| text.to_owned()));
    parts.extend(page.button.iter().map(|(label, address)| format!("{label}: {address}")));
    parts.push(format!("-- \n{} · {}", page.company, page.reason));
    parts.join("\n\n") + "\n"
}
