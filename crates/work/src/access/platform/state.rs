//! How a tenant stands: active, suspended or closed.
//!
//! Whoever asks in the name of a tenant that is not active gets 403 `tenant_inactive`; its webhooks are refused, its jobs,
//! mails and deliveries wait, its schedules sleep. Resumed, all of it goes on. Work that runs when a tenant is suspended
//! comes to its end; a closed tenant can only be exported and deleted.

use model::{caller::Caller, problem::Problem};
use serde_json::{Map, Value, json};
use store::{Db, Lane, sql};
use uuid::Uuid;

use super::{TENANT_CLOSED, TENANT_UNDER_WAY, company, note, note_of_operator, permit};

/// What an operator does to a tenant's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Lets nobody in until it is resumed.
    Suspend,
    /// Lets its people and its work go on.
    Resume,
    /// Ends it.
    Close,
}

impl Change {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Suspend, Self::Resume, Self::Close];

    /// Its verb, in addresses and at the command line.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Close => "close",
        }
    }

    /// How the tenant stands then.
    pub const fn status(self) -> &'static str {
        match self {
            Self::Suspend => "suspended",
            Self::Resume => "active",
            Self::Close => "closed",
        }
    }

    /// The audit's name of it.
    const fn action(self) -> &'static str {
        match self {
            Self::Suspend => "tenant.suspended",
            Self::Resume => "tenant.resumed",
            Self::Close => "tenant.closed",
        }
    }
}

/// Changes how a tenant stands; `false` where it stood so already, which is no change and leaves no line.
///
/// # Errors
/// `forbidden` for whoever is no operator, `not_found`, [`TENANT_CLOSED`], [`TENANT_UNDER_WAY`].
pub async fn change(
    db: &Db,
    operator: &Caller,
    tenant: Uuid,
    change: Change,
    reason: Option<&str>,
) -> Result<bool, Problem> {
    permit(operator, "manage")?;
    let tenant = company(tenant)?;
    let mut tx = db.begin(&Caller::system(tenant, operator.request)).await?;
    let row = tx
        .optional(sql!("select status, under_way, slug from tenants where id = $1 for update"), &[&tenant])
        .await?
        .ok_or_else(|| Problem::not_found("tenant"))?;
    let (status, slug): (String, String) = (row.get(0), row.get(2));
    if row.get::<_, Option<&str>>(1).is_some() {
        return Err(Problem::new(&TENANT_UNDER_WAY, format!("{slug} is being imported or deleted.")));
    }
    if status == change.status() {
        tx.rollback().await?;
        return Ok(false);
    }
    if status == "closed" {
        return Err(Problem::new(&TENANT_CLOSED, format!("{slug} is closed for good."))
            .hint("It can be exported and deleted; its archive can be imported as a new tenant."));
    }
    let mut told = Map::from_iter([
        ("slug".to_owned(), json!(slug)),
        ("from".to_owned(), json!(status)),
        ("to".to_owned(), json!(change.status())),
    ]);
    if let Some(reason) = reason {
        told.insert("reason".to_owned(), Value::from(reason));
    }
    note_of_operator(db, operator, tenant, change.action(), told.clone()).await?;
    note(&mut tx, tenant, change.action(), told).await?;
    tx.execute(
        sql!("update tenants set status = $2, status_since = $3, status_reason = $4 where id = $1"),
        &[&tenant, &change.status(), &db.world().now(), &reason],
    )
    .await?;
    if change == Change::Resume {
        // What has waited is looked at once.
        tx.wake(Lane::Jobs);
        tx.wake(Lane::Events);
        tx.wake(Lane::Deliveries);
    }
    tx.commit().await?;
    Ok(true)
}
