//! Mails: written from templates, kept in `email_messages`, sent by the job `mail.send` through a [`Mailer`].

mod folder;
mod layout;
mod letter;
mod memory;
mod message;
mod outbox;
mod sealed;
mod send;
mod smtp;

use std::{fmt, future::Future, pin::Pin};

use jiff::Timestamp;
use uuid::Uuid;

use crate::jobs::Kind;

pub use folder::FolderMailer;
pub use letter::{Letter, LetterTo, write};
pub use memory::MemoryMailer;
pub use message::{Sender, eml};
pub(crate) use outbox::{NewMail, put};
pub use sealed::Sealed;
pub use send::SendMail;
pub use smtp::SmtpMailer;

/// Kinds of jobs that send mail.
pub(crate) const JOBS: &[Kind] = &[send::KIND];

/// A mail as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its row in `email_messages`; the Message-ID is made of it, so that a repeat is recognized.
    pub id: Uuid,
    /// The receiver's address.
    pub to: String,
    /// The receiver's name.
    pub name: Option<String>,
    /// One line.
    pub subject: String,
    /// For readers of plain text.
    pub plain: String,
    /// For all others.
    pub html: String,
    /// What the header `Date` says.
    pub at: Timestamp,
}

/// Why a mail was not sent. The texts are for the tenant's admins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailError {
    /// It may go well later: the server is away, full, or asks to come again; or its settings must be mended.
    Temporary(String),
    /// It will never be taken.
    Final(String),
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Temporary(text) | Self::Final(text) => f.write_str(text),
        }
    }
}

/// The sending of one mail; gives what the server answered.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<String, MailError>> + Send + 'a>>;

/// Takes mails out of the house.
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Sends one mail. It may have been sent before: the Message-ID is then the same.
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a>;
}
