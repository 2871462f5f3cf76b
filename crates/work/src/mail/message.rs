//! A mail in the form that travels: RFC 5322 headers, text and HTML as alternatives.

use std::time::SystemTime;

use lettre::{
    Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use super::{Mail, MailError};

/// Who the mails come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// `Tenantry <mail@example.com>` or `mail@example.com`.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.contains(char::is_control) {
            return Err("an address holds no control characters".to_owned());
        }
        text.parse().map(Self).map_err(|error| format!("not an e-mail address: {error}"))
    }
}

/// The whole message as bytes.
///
/// # Errors
/// As for sending: a header that would break out of its line, or an address that is none.
pub fn eml(sender: &Sender, mail: &Mail) -> Result<Vec<u8>, MailError> {
    Ok(message(sender, mail)?.formatted())
}

pub(super) fn message(sender: &Sender, mail: &Mail) -> Result<Message, MailError> {
    let refused = |what: &str| MailError::Final(format!("{what}."));
    let single_line = |text: &str| !text.contains(char::is_control);
    if mail.subject.trim().is_empty() || !single_line(&mail.subject) {
        return Err(refused("The subject is not one line of text"));
    }
    if !single_line(&mail.to) || mail.name.as_deref().is_some_and(|name| !single_line(name)) {
        return Err(refused("The receiver's name or address holds a control character"));
    }
    let address =
        mail.to.trim().parse().map_err(|_| refused("The receiver's address is no e-mail address"))?;
    Message::builder()
        .from(sender.0.clone())
        .to(Mailbox::new(mail.name.clone(), address))
        .subject(mail.subject.clone())
        .date(SystemTime::from(mail.at))
        .message_id(Some(format!("<{}@{}>", mail.id, sender.0.email.domain())))
        // RFC 3834: nobody's holiday answers it.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .multipart(MultiPart::alternative_plain_html(mail.plain.clone(), mail.html.clone()))
        .map_err(|error| MailError::Final(format!("The mail cannot be written: {error}.")))
}
