//! Mails through a mail server.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::{Error, response::Code},
};

use super::{Mail, MailError, Mailer, Sender, Sending, message::message};

/// How long each step with the server may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Most characters kept of what a server says.
const ANSWER: usize = 500;

/// Sends through an SMTP server.
#[derive(Debug)]
pub struct SmtpMailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    sender: Sender,
}

impl SmtpMailer {
    /// The server of `url`: `smtps://user:password@host` for TLS from the start, `smtp://…?tls=required` for STARTTLS,
    /// `smtp://host:25` without encryption. A name or password is percent-encoded.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the address, without its password.
    pub fn new(url: &str, sender: Sender) -> Result<Self, String> {
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| {
                "expected smtps://user:password@host:465 or smtp://user:password@host:587?tls=required"
                    .to_owned()
            })?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self { server, sender })
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move {
            let message = message(&self.sender, mail)?;
            match self.server.send(message).await {
                Ok(answer) => {
                    Ok(answer.message().collect::<Vec<_>>().join(" ").chars().take(ANSWER).collect())
                }
                Err(error) => Err(judged(&error)),
            }
        })
    }
}

/// A server that says 5xx has refused this mail for good, unless it is we who must sign in first (RFC 4954).
fn judged(error: &Error) -> MailError {
    let mut text = error.to_string();
    let mut inner = std::error::Error::source(error);
    while let Some(cause) = inner {
        text = format!("{text}: {cause}");
        inner = cause.source();
    }
    let text: String = text.chars().filter(|c| !c.is_control()).take(ANSWER).collect();
    let ours = |code: Code| matches!(u16::from(code), 530 | 534 | 535 | 538);
    if error.is_permanent() && !error.status().is_some_and(ours) {
        MailError::Final(text)
    } else {
        MailError::Temporary(text)
    }
}
