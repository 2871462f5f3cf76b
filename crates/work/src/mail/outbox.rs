//! Mails into the database, with the jobs that send them, in the transaction of what they tell of.

use model::problem::Problem;
use serde_json::Value;
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{Letter, SendMail};
use crate::jobs::Perform;

/// A mail to one of the tenant's people.
pub(crate) struct NewMail {
    /// None of somebody at a customer.
    pub user: Option<Uuid>,
    pub address: String,
    pub name: String,
    pub locale: String,
    pub subject: String,
    pub letter: Letter,
}

/// Puts mails of one kind about one thing into the outbox. Whoever got one of this kind about the same record within
/// the last hour gets none: a storm is on the page, counted. Gives how many were put.
///
/// # Errors
/// Problems of the database. A defect in scope portal, which cannot read what was sent before.
pub(crate) async fn put(
    tx: &mut TenantTx,
    kind: &str,
    about: Option<(&str, Uuid)>,
    mails: Vec<NewMail>,
) -> Result<usize, Problem> {
    if mails.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = mails.iter().map(|_| tx.id()).collect();
    let users: Vec<Option<Uuid>> = mails.iter().map(|mail| mail.user).collect();
    let letters: Vec<Value> = mails
        .iter()
        .map(|mail| serde_json::to_value(&mail.letter).map_err(Problem::internal))
        .collect::<Result<_, _>>()?;
    let texts = |field: fn(&NewMail) -> &str| mails.iter().map(field).collect::<Vec<&str>>();
    let (addresses, names) = (texts(|mail| &mail.address), texts(|mail| &mail.name));
    let (locales, subjects) = (texts(|mail| &mail.locale), texts(|mail| &mail.subject));
    let (tenant, now, actor) = (tx.tenant(), tx.world().now(), tx.actor().id());
    let rows = tx
        .query(
            sql!(
                "insert into email_messages
                   (tenant_id, id, kind, entity, entity_id, created_at, created_by, user_id, to_address, to_name, locale, subject, contents)
                 select $1, g.id, $2, $3, $4, $5, $6, g.user_id, g.address, g.name, g.locale, g.subject, g.contents
                 from unnest($7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[], $13::jsonb[])
                   as g (id, user_id, address, name, locale, subject, contents)
                 where $4::uuid is null or not exists (
                   select from email_messages e
                   where e.tenant_id = $1 and e.user_id = g.user_id and e.kind = $2 and e.entity_id = $4
                     and e.created_at > $5::timestamptz - interval '1 hour')
                 returning id"
            ),
            &[
                &tenant, &kind, &about.map(|about| about.0), &about.map(|about| about.1), &now, &actor, &ids, &users,
                &addresses, &names, &locales, &subjects, &letters,
            ],
        )
        .await?;
    let jobs = rows.iter().map(|row| SendMail { email: row.get(0) }.job()).collect::<Result<Vec<_>, _>>()?;
    tx.enqueue_all(jobs).await?;
    Ok(rows.len())
}
