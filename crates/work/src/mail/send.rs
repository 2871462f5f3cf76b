//! The job that sends one mail.

use model::problem::{Problem, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::sql;
use uuid::Uuid;

use super::{Letter, LetterTo, Mail, MailError, write};
use crate::jobs::{Job, Kind, Perform};

pub(super) const KIND: Kind = Kind::of::<SendMail>("Sends a mail that waits in the outbox.");

/// Sends the mail of a row in `email_messages`.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendMail {
    /// The row.
    pub email: Uuid,
}

impl Perform for SendMail {
    const KIND: &'static str = "mail.send";
    /// By the queue's back-off about a day: a mail server may be away over a night.
    const MAX_ATTEMPTS: i32 = 14;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let Some((mail, attempts)) = self.written(job).await? else { return Ok(json!({ "sent": false })) };
        let sent = job.services().mailer.send(&mail).await;
        let outcome = match &sent {
            Ok(_) => "sent",
            Err(MailError::Temporary(_)) => "retried",
            Err(MailError::Final(_)) => "refused",
        };
        metrics::counter!("tenantry_mails_total", "outcome" => outcome).increment(1);
        let (tenant, now) = (job.tenant(), job.db().world().now());
        let mut tx = job.begin().await?;
        match sent {
            Ok(answer) => {
                tx.execute(
                    sql!(
                        "update email_messages
                         set state = 'sent', attempts = $3, error = null, provider_id = $4, sent_at = $5, contents = null
                         where tenant_id = $1 and id = $2"
                    ),
                    &[&tenant, &self.email, &attempts, &answer, &now],
                )
                .await?;
                job.finish_in(&mut tx, json!({ "sent": true })).await?;
                tx.commit().await?;
                Ok(Value::Null)
            }
            Err(error) => {
                let last = matches!(error, MailError::Final(_)) || job.attempt() >= job.max_attempts();
                let state = if last { "failed" } else { "queued" };
                let text = error.to_string();
                tx.execute(
                    sql!(
                        "update email_messages set state = $3, attempts = $4, error = $5
                         where tenant_id = $1 and id = $2"
                    ),
                    &[&tenant, &self.email, &state, &attempts, &text],
                )
                .await?;
                tx.commit().await?;
                let code =
                    if matches!(error, MailError::Final(_)) { &codes::INVALID } else { &codes::UNAVAILABLE };
                Err(Problem::new(code, format!("The mail was not sent: {text}")))
            }
        }
    }

    fn is_final(problem: &Problem) -> bool {
        *problem.code() == codes::INVALID
    }
}

impl SendMail {
    /// The mail, written for its receiver, and how many attempts there will have been; `None` where it is gone or has
    /// been sent already.
    async fn written(&self, job: &Job) -> Result<Option<(Mail, i32)>, Problem> {
        let mut tx = job.begin().await?;
        let row = tx
            .optional(
                sql!(
                    "select e.to_address, e.to_name, e.locale, e.subject, e.contents, e.attempts, t.name, e.created_at
                     from email_messages e join tenants t on t.id = $1
                     where e.tenant_id = $1 and e.id = $2 and e.state <> 'sent'"
                ),
                &[&job.tenant(), &self.email],
            )
            .await?;
        tx.commit().await?;
        let Some(row) = row else { return Ok(None) };
        let (name, locale): (Option<String>, String) = (row.get(1), row.get(2));
        let letter: Letter = serde_json::from_value(row.get(4)).map_err(Problem::internal)?;
        let company: String = row.get(6);
        let link = match letter.sealed() {
            Some(sealed) => Some(sealed.open(&job.services().keys, job.tenant())?),
            None => None,
        };
        let to = LetterTo {
            name: name.as_deref().unwrap_or_default(),
            locale: &locale,
            company: &company,
            url: &job.services().url,
            link: link.as_deref(),
        };
        let (plain, html) = write(&letter, to);
        let (to, subject, at) = (row.get(0), row.get(3), row.get(7));
        Ok(Some((Mail { id: self.email, to, name, subject, plain, html, at }, row.get::<_, i32>(5) + 1)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_server_that_is_away_for_a_day_gets_its_mail_after_all() {
        let waited: Duration = (1..SendMail::MAX_ATTEMPTS).map(<SendMail as Perform>::backoff).sum();
        assert!(waited > Duration::from_hours(24), "{waited:?}");
    }
}
