//! A forgotten password. Who asks is answered at once and alike, whether the address is anybody's: a job finds out.

use model::{
    caller::{Caller, SYSTEM_TENANT},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    links::{self, Purpose},
    person::{Person, Side},
    sessions::Visit,
};
use crate::jobs::{Job, Kind, Perform, Services};

/// Mails to one person within an hour: a stranger who asks again and again fills nobody's mailbox.
const MOST: i64 = 3;

/// Kinds of jobs of sign-in.
pub(crate) const JOBS: &[Kind] =
    &[Kind::of::<SendReset>("Mails a link to whoever forgot their password, if the address is somebody's.")];

/// Takes the request. That of a company that does not exist is the system tenant's, which finds nobody.
///
/// # Errors
/// `unavailable`.
pub async fn forgot(
    services: &Services,
    tenant: Option<Uuid>,
    side: Side,
    email: &str,
    visit: &Visit,
) -> Result<(), Problem> {
    let system = Caller::system(tenant.unwrap_or(SYSTEM_TENANT), visit.request).at(visit.client);
    // No address is longer (RFC 5321), and the queue is no store of texts.
    let email = email.chars().take(320).collect();
    let known = tenant.is_some();
    let mut tx = services.db.begin(&system).await?;
    tx.enqueue_all(vec![SendReset { email, portal: side == Side::Portal, known }.job()?]).await?;
    tx.commit().await
}

/// The sending of a link.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendReset {
    email: String,
    portal: bool,
    /// Whether the company was found.
    known: bool,
}

impl Perform for SendReset {
    const KIND: &'static str = "passwords.reset";

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let side = if self.portal { Side::Portal } else { Side::Staff };
        let mut tx = job.begin().await?;
        let rows = tx.run(&Person::by_email(side, job.tenant(), &self.email)).await?;
        let person = Person::read(side, &rows).filter(|person| self.known && person.may);
        if let Some(person) = person
            && links::lately(&mut tx, &person, Purpose::Reset).await? < MOST
        {
            links::send(&mut tx, &job.services().keys, &person, Purpose::Reset).await?;
        }
        // Whether there was somebody is nobody's business who looks at jobs.
        job.finish_in(&mut tx, json!({})).await?;
        tx.commit().await?;
        Ok(Value::Null)
    }
}
