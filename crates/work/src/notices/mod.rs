//! Telling people: rows on their page and mails, written in the transaction of what they tell of.
//!
//! [`notify`] finds the people, asks their preferences and writes everything at once; a rolled-back change leaves
//! nothing. A notice about the same thing that is still unread is counted up rather than repeated.

mod job_ended;
mod people;
mod read;
mod read_all;
mod words;

use model::{
    caller::Scope,
    notices::{NoticeKind, Priority},
    problem::Problem,
};
use store::{TenantTx, sql};
use uuid::Uuid;

use crate::{
    mail::{self, Letter, NewMail},
    operation::Operation,
};
use people::Person;

pub use job_ended::{EndedJob, job_ended};
pub use people::To;
pub use words::Words;
pub(crate) use words::is_thai;

/// The operations on notifications.
pub const OPERATIONS: &[Operation] = &[read::OPERATION, read_all::OPERATION];

/// Most characters of a title; what is longer is cut.
const TITLE: usize = 200;
/// Most characters of a text.
const BODY: usize = 2_000;

/// What people are told.
#[derive(Clone, Debug)]
pub struct Notice {
    kind: &'static NoticeKind,
    priority: Priority,
    title: Words,
    body: Words,
    link: Option<String>,
    about: Option<(&'static str, Uuid)>,
    mailed: bool,
}

impl Notice {
    /// A notice of this kind with its title, one line; no text, link or subject yet.
    pub fn new(kind: &'static NoticeKind, title: Words) -> Self {
        Self {
            kind,
            priority: kind.priority,
            title,
            body: Words::of("", ""),
            link: None,
            about: None,
            mailed: true,
        }
    }

    /// With a text of a few sentences. It must hold no values of records beyond names and counts, since it is mailed.
    pub fn body(mut self, body: Words) -> Self {
        self.body = body;
        self
    }

    /// With a path within Tenantry (`/admin/imports/…`) where more is to be seen.
    pub fn link(mut self, path: impl Into<String>) -> Self {
        self.link = Some(path.into());
        self
    }

    /// With the record it is about: the (plural) name of its entity and its id. Notices of one kind about one record
    /// are told once while unread.
    pub fn about(mut self, entity: &'static str, id: Uuid) -> Self {
        self.about = Some((entity, id));
        self
    }

    /// On pages alone, whatever people prefer: of a mail that failed no mail is written, which could fail in its turn.
    pub fn on_pages_alone(mut self) -> Self {
        self.mailed = false;
        self
    }

    /// The mail that tells one person of it.
    fn mail(&self, person: &Person) -> NewMail {
        // A subject is one line, and the mail's headline is the same.
        let title = self.title.cut(&person.locale, TITLE).split_whitespace().collect::<Vec<_>>().join(" ");
        NewMail {
            user: Some(person.id),
            address: person.address.clone(),
            name: person.name.clone(),
            locale: person.locale.clone(),
            subject: title.clone(),
            letter: Letter::Notice {
                title,
                body: self.body.cut(&person.locale, BODY),
                link: self.link.clone(),
            },
        }
    }

    /// More or less pressing than its kind is as a rule.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }
}

/// Tells people within this transaction; gives how many of the tenant's active users were meant, whatever they prefer.
///
/// # Errors
/// Problems of the database. A defect in scope portal, which sees no users: an operation that tells staff of what a
/// portal user did runs in scope system.
pub async fn notify(tx: &mut TenantTx, to: To, notice: Notice) -> Result<usize, Problem> {
    if tx.caller().scope == Scope::Portal {
        return Err(Problem::internal("nobody can be told in scope portal"));
    }
    let people = people::find(tx, to, notice.kind).await?;
    put_on_pages(tx, &notice, &people).await?;
    let mailed = people.iter().filter(|person| notice.mailed && person.email);
    let mails = mailed.map(|person| notice.mail(person)).collect();
    mail::put(tx, notice.kind.code, notice.about, mails).await?;
    metrics::counter!("tenantry_notifications_total", "kind" => notice.kind.code)
        .increment(people.len() as u64);
    Ok(people.len())
}

/// One row for each of the people who want it on their page; one that is unread is counted up. In the order of the
/// users' ids, so that two who tell the same people wait for each other and never in a circle.
async fn put_on_pages(tx: &mut TenantTx, notice: &Notice, people: &[Person]) -> Result<(), Problem> {
    let shown: Vec<&Person> = people.iter().filter(|person| person.page).collect();
    if shown.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = shown.iter().map(|_| tx.id()).collect();
    let users: Vec<Uuid> = shown.iter().map(|person| person.id).collect();
    let titles: Vec<String> = shown.iter().map(|person| notice.title.cut(&person.locale, TITLE)).collect();
    let bodies: Vec<String> = shown.iter().map(|person| notice.body.cut(&person.locale, BODY)).collect();
    let (tenant, now, actor) = (tx.tenant(), tx.world().now(), tx.actor().id());
    tx.execute(
        sql!(
            "insert into notifications
               (tenant_id, id, user_id, kind, priority, title, body, link, entity, entity_id, told_at, created_by)
             select $1, g.id, g.user_id, $2, $3, g.title, nullif(g.body, ''), $4, $5, $6, $7, $8
             from unnest($9::uuid[], $10::uuid[], $11::text[], $12::text[]) as g (id, user_id, title, body)
             on conflict (tenant_id, user_id, kind, entity, entity_id) where read_at is null do update
             set times = notifications.times + 1, told_at = excluded.told_at, priority = excluded.priority,
               title = excluded.title, body = excluded.body, link = excluded.link"
        ),
        &[
            &tenant, &notice.kind.code, &notice.priority.name(), &notice.link, &notice.about.map(|about| about.0),
            &notice.about.map(|about| about.1), &now, &actor, &ids, &users, &titles, &bodies,
        ],
    )
    .await?;
    Ok(())
}
