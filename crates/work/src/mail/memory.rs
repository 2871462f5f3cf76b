//! Mails into memory, for tests of whatever sends them.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use super::{Mail, MailError, Mailer, Sending};

/// Keeps what it is given, and fails as it was told to.
#[derive(Debug, Default)]
pub struct MemoryMailer {
    sent: Mutex<Vec<Mail>>,
    failures: Mutex<VecDeque<MailError>>,
}

impl MemoryMailer {
    /// The next mail meets this error.
    pub fn fail_next(&self, error: MailError) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push_back(error);
    }

    /// What was sent so far.
    pub fn sent(&self) -> Vec<Mail> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Mailer for MemoryMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move {
            if let Some(error) = self.failures.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
                return Err(error);
            }
            self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
            Ok("kept in memory".to_owned())
        })
    }
}
