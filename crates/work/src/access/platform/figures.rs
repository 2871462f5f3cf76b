//! How large tenants are and how they do: counts and sizes, never rows.
//!
//! A job of each tenant counts its own rows once a day, within its own context, and keeps one row of figures; the
//! operator's listing reads that row, and of jobs and imports what their indexes tell. A listing of 200 tenants thus
//! costs 200 look-ups, whatever the tenants hold. Bytes of tables are an estimate: rows of the tenant by the average size
//! of a row in each table with its indexes, as the last ANALYZE saw it.

use jiff::{Timestamp, tz::TimeZone};
use model::{
    caller::{Caller, SYSTEM_TENANT},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Db, SystemTask, TenantTx, across, catalog, sql,
    sql::{Query, Row},
};
use uuid::Uuid;

use super::permit;
use crate::jobs::{Job, Kind, Perform};

pub(super) const KIND: Kind =
    Kind::of::<CountTenant>("Counts what the tenant holds, for the operator's figures.");

/// Tenants of one page.
pub const PAGE: i64 = 200;

/// A tenant as its operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tenant {
    /// Its id.
    pub id: Uuid,
    /// Its name in addresses.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// `active`, `suspended` or `closed`.
    pub status: String,
    /// Since when it stands so.
    pub status_since: Timestamp,
    /// Why, as the operator said.
    pub status_reason: Option<String>,
    /// `import` or `delete` while the whole tenant is brought in or removed.
    pub under_way: Option<String>,
    /// What it pays for.
    pub subscription_tier: String,
    /// IANA.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// BCP 47.
    pub locale: String,
    /// ISO 3166.
    pub country: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Jobs that wait, as of now.
    pub jobs_waiting: i64,
    /// Jobs that failed and nobody retried, as of now.
    pub jobs_failed: i64,
    /// Imports begun this month (UTC), as of now.
    pub imports_this_month: i64,
    /// What was counted last; none before the first count.
    pub figures: Option<Figures>,
}

/// What a tenant holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// People of its staff who are not archived.
    pub users: i64,
    /// People at its customers.
    pub portal_users: i64,
    /// Customers.
    pub customers: i64,
    /// Orders.
    pub orders: i64,
    /// Stored files.
    pub files: i64,
    /// Their bytes.
    pub file_bytes: i64,
    /// Rows of all its tables.
    pub table_rows: i64,
    /// About how many bytes these take, indexes included.
    pub table_bytes: i64,
    /// When somebody last signed in, used a token or changed a record.
    pub last_activity_at: Option<Timestamp>,
    /// When all this was counted.
    pub counted_at: Timestamp,
}

/// Counts one tenant.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CountTenant {}

impl Perform for CountTenant {
    const KIND: &'static str = "tenants.count";
    const PRIORITY: i32 = -10;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let mut tx = job.begin().await?;
        let figures = count(&mut tx).await?;
        tx.commit().await?;
        Ok(json!(figures))
    }
}

/// Counts the transaction's tenant and keeps the figures. It reads every index entry of the tenant: about a second for
/// ten million rows.
///
/// # Errors
/// Problems of the database.
pub async fn count(tx: &mut TenantTx) -> Result<Figures, Problem> {
    let (tenant, now) = (tx.tenant(), tx.world().now());
    let (mut rows, mut bytes) = (0_i64, 0_f64);
    for table in catalog::tables(tx).await? {
        let text = format!("select count(*) from {} where tenant_id = $1", table.name);
        let counted = tx.run(&Query::repeated(text, vec![tenant.into()])).await?;
        let number: i64 = counted.first().map_or(0, |row| row.get(0));
        rows += number;
        bytes += number as f64 * table.row_bytes;
    }
    let bytes = bytes as i64;
    let id = tx.id();
    let row = tx
        .one(
            sql!(
                "insert into tenant_figures (tenant_id, id, users, portal_users, customers, orders, files, file_bytes, table_rows,
                   table_bytes, last_activity_at, counted_at)
                 select $1, $2,
                   (select count(*) from users where tenant_id = $1 and archived_at is null),
                   (select count(*) from portal_users where tenant_id = $1 and archived_at is null),
                   (select count(*) from customers where tenant_id = $1 and archived_at is null),
                   (select count(*) from orders where tenant_id = $1),
                   (select count(*) from files where tenant_id = $1),
                   (select coalesce(sum(size), 0) from files where tenant_id = $1)::bigint,
                   $3, $4,
                   greatest(
                     (select max(last_login_at) from users where tenant_id = $1),
                     (select max(last_login_at) from portal_users where tenant_id = $1),
                     (select max(last_used_at) from integration_tokens where tenant_id = $1),
                     (select at from audit_logs where tenant_id = $1 and actor_kind in ('user', 'portal_user', 'token')
                      order by id desc limit 1)),
                   $5
                 on conflict (tenant_id) do update set users = excluded.users, portal_users = excluded.portal_users,
                   customers = excluded.customers, orders = excluded.orders, files = excluded.files,
                   file_bytes = excluded.file_bytes, table_rows = excluded.table_rows, table_bytes = excluded.table_bytes,
                   last_activity_at = excluded.last_activity_at, counted_at = excluded.counted_at
                 returning users, portal_users, customers, orders, files, file_bytes, table_rows, table_bytes, last_activity_at,
                   counted_at"
            ),
            &[&tenant, &id, &rows, &bytes, &now],
        )
        .await?;
    figures(&row, 0).ok_or_else(|| Problem::internal("figures without a time"))
}

/// The figures from column `at` on, if there are any.
fn figures(row: &Row, at: usize) -> Option<Figures> {
    Some(Figures {
        counted_at: row.get::<_, Option<Timestamp>>(at + 9)?,
        users: row.get(at),
        portal_users: row.get(at + 1),
        customers: row.get(at + 2),
        orders: row.get(at + 3),
        files: row.get(at + 4),
        file_bytes: row.get(at + 5),
        table_rows: row.get(at + 6),
        table_bytes: row.get(at + 7),
        last_activity_at: row.get(at + 8),
    })
}

/// Tenants by slug, those behind `after`, [`PAGE`] at most; the system's own is none of them.
///
/// # Errors
/// `forbidden` for whoever is no operator, `unavailable`.
pub async fn list(
    db: &Db,
    operator: &Caller,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Tenant>, Problem> {
    permit(operator, "view")?;
    read(db, None, after, limit.clamp(1, PAGE)).await
}

/// Every tenant, by slug.
///
/// # Errors
/// As [`list`].
pub async fn all(db: &Db, operator: &Caller) -> Result<Vec<Tenant>, Problem> {
    let mut all: Vec<Tenant> = vec![];
    loop {
        let page = list(db, operator, all.last().map(|tenant| tenant.slug.as_str()), PAGE).await?;
        let ended = page.len() < PAGE.unsigned_abs() as usize;
        all.extend(page);
        if ended {
            return Ok(all);
        }
    }
}

/// One tenant.
///
/// # Errors
/// `forbidden` for whoever is no operator, `not_found`, `unavailable`.
pub async fn get(db: &Db, operator: &Caller, tenant: Uuid) -> Result<Tenant, Problem> {
    permit(operator, "view")?;
    read(db, Some(tenant), None, 1).await?.pop().ok_or_else(|| Problem::not_found("tenant"))
}

async fn read(db: &Db, one: Option<Uuid>, after: Option<&str>, limit: i64) -> Result<Vec<Tenant>, Problem> {
    let now = db.world().now().to_zoned(TimeZone::UTC);
    let month = now.first_of_month().and_then(|day| day.start_of_day()).map_err(Problem::internal)?;
    let look = db.begin_system(SystemTask::MeasureTenants).await?;
    let rows = look
        .query(
            across!(
                "select t.id, t.slug, t.name, t.status, t.status_since, t.status_reason, t.under_way, t.subscription_tier,
                   t.time_zone, t.currency, t.locale, t.country, t.created_at,
                   (select count(*) from jobs j where j.tenant_id = t.id and j.status = 'pending'),
                   (select count(*) from jobs j where j.tenant_id = t.id and j.status = 'failed'),
                   (select count(*) from import_batches b where b.tenant_id = t.id and b.parent_id is null
                      and b.created_at >= $4),
                   f.users, f.portal_users, f.customers, f.orders, f.files, f.file_bytes, f.table_rows, f.table_bytes,
                   f.last_activity_at, f.counted_at
                 from (select * from tenants where id <> $1 and ($2::uuid is null or id = $2)
                         and ($3::text is null or slug > $3) order by slug limit $5) t
                 left join tenant_figures f on f.tenant_id = t.id
                 order by t.slug"
            ),
            &[&SYSTEM_TENANT, &one, &after, &month.timestamp(), &limit],
        )
        .await?;
    let read = rows.iter().map(|row| Tenant {
        id: row.get(0),
        slug: row.get(1),
        name: row.get(2),
        status: row.get(3),
        status_since: row.get(4),
        status_reason: row.get(5),
        under_way: row.get(6),
        subscription_tier: row.get(7),
        time_zone: row.get(8),
        currency: row.get(9),
        locale: row.get(10),
        country: row.get(11),
        created_at: row.get(12),
        jobs_waiting: row.get(13),
        jobs_failed: row.get(14),
        imports_this_month: row.get(15),
        figures: figures(row, 16),
    });
    Ok(read.collect())
}
