//! Tenants: made by the operator, found by slug.

use jiff::Timestamp;
use model::{
    Document,
    caller::Caller,
    problem::{FieldError, Problem},
    value::{self, ValueCode},
};
use store::{Db, SystemTask, TenantTx, sql, sql::Query};
use uuid::Uuid;

use super::roles;
use crate::jobs::schedules;

/// A tenant to be made.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// Its name in addresses: lower-case letters, digits and hyphens.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// An IANA time zone.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// BCP 47, as `en` or `th`.
    pub locale: String,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
}

impl NewTenant {
    /// A tenant in UTC, US dollars and English.
    pub fn new(slug: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            slug: slug.into(),
            name: name.into(),
            time_zone: "UTC".into(),
            currency: "USD".into(),
            locale: "en".into(),
            country: None,
        }
    }

    /// All that is wrong with it, but for a slug that is taken.
    pub fn faults(&self, db: &Db) -> Vec<FieldError> {
        let mut errors = vec![];
        let mut bad = |field: &str, code: &'static ValueCode, message: &str, value: &str| {
            errors.push(FieldError::new(field, code, message).value(value));
        };
        let slug = self.slug.as_bytes();
        let plain =
            slug.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-');
        let ends =
            slug.first().is_some_and(|byte| *byte != b'-') && slug.last().is_some_and(|byte| *byte != b'-');
        if !plain || !ends || slug.len() > 63 {
            let message = "A slug has 1 to 63 lower-case letters, digits and hyphens, and neither starts nor ends with a hyphen: `well-crafted`.";
            bad("slug", &value::codes::NOT_A_SLUG, message, &self.slug);
        }
        if self.name.trim().is_empty() {
            bad("name", &value::codes::REQUIRED, "Give the company's name.", &self.name);
        }
        if db.world().now().in_tz(&self.time_zone).is_err() {
            bad(
                "time_zone",
                &value::codes::NOT_A_CHOICE,
                "Give an IANA time zone such as `Asia/Bangkok` or `UTC`.",
                &self.time_zone,
            );
        }
        if value::currency_code(&self.currency).is_none_or(|code| code != self.currency) {
            bad(
                "currency",
                &value::codes::NOT_A_CURRENCY,
                "Give a currency code such as `USD` or `THB`.",
                &self.currency,
            );
        }
        errors
    }
}

/// A tenant as its operator lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: Uuid,
    /// Its name in addresses.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// active, suspended or closed.
    pub status: String,
}

/// Makes a tenant with its look-ups, the built-in roles and schedules.
///
/// # Errors
/// `invalid` naming each bad field; a slug that is taken is one of them.
pub async fn create(db: &Db, new: &NewTenant) -> Result<Uuid, Problem> {
    let tx = begin(db, new).await?;
    let id = tx.tenant();
    tx.commit().await?;
    Ok(id)
}

/// As [`create`], within a transaction that may furnish the tenant before it commits.
pub(crate) async fn begin(db: &Db, new: &NewTenant) -> Result<TenantTx, Problem> {
    let faults = new.faults(db);
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    if db.resolve("slug", &new.slug).await?.is_some() {
        let message = format!("Another tenant has the slug {}. Choose a different one.", new.slug);
        return Err(Problem::invalid(vec![
            FieldError::new("slug", &value::codes::DUPLICATE, message).value(new.slug.clone()),
        ]));
    }
    let id = db.world().id();
    let mut tx = db.begin(&Caller::system(id, db.world().id())).await?;
    let short_id = short_id(tx.world().secret());
    insert(&mut tx, id, new, short_id).await?;
    give_built_in(&mut tx).await?;
    Ok(tx)
}

/// What comes with the program, as this release has it.
pub(crate) async fn give_built_in(tx: &mut TenantTx) -> Result<(), Problem> {
    roles::copy_built_in(tx).await?;
    schedules::copy_built_in(tx).await
}

/// Gives every tenant the built-in roles and schedules as this release has them, tenant by tenant.
///
/// # Errors
/// Problems of the database; tenants done before stay done.
pub async fn refresh(db: &Db) -> Result<(), Problem> {
    let listing = db.begin_system(SystemTask::ListTenants).await?;
    let rows =
        listing.query(sql!("select id from tenants where status <> 'closed' order by id"), &[]).await?;
    for row in rows {
        let mut tx = db.begin(&Caller::system(row.get(0), db.world().id())).await?;
        give_built_in(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Makes a tenant's own row for an import that is under way, which shows itself until `until`: closed until it has ended.
/// Tokens begin with the short id; one of its own is made where none is given.
pub(crate) async fn insert_under_way(
    tx: &mut TenantTx,
    new: &NewTenant,
    short_id: Option<&str>,
    until: Timestamp,
) -> Result<(), Problem> {
    let id = tx.tenant();
    let short_id = short_id.map_or_else(|| self::short_id(tx.world().secret()), str::to_owned);
    insert(tx, id, new, short_id).await?;
    tx.execute(
        sql!(
            "update tenants set status = 'closed', under_way = 'import', under_way_until = $2 where id = $1"
        ),
        &[&id, &until],
    )
    .await?;
    Ok(())
}

async fn insert(tx: &mut TenantTx, id: Uuid, new: &NewTenant, short_id: String) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "insert into tenants (id, short_id, slug, name, time_zone, currency, locale, country)
             values ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &[&id, &short_id, &new.slug, &new.name, &new.time_zone, &new.currency, &new.locale, &new.country],
    )
    .await?;
    tx.execute(
        sql!("insert into tenant_slugs (tenant_id, key, kind) values ($1, $2, 'slug'), ($1, $3, 'short_id')"),
        &[&id, &new.slug, &short_id],
    )
    .await?;
    Ok(())
}

/// The tenant of this slug.
///
/// # Errors
/// `not_found` with the slug.
pub async fn find(db: &Db, slug: &str) -> Result<Uuid, Problem> {
    db.resolve("slug", slug).await?.ok_or_else(|| {
        Problem::not_found(&format!("tenant as `{slug}`")).hint("`tenantry tenant list` shows them all.")
    })
}

/// The caller's own tenant, as its people may know it.
///
/// # Errors
/// `unavailable`.
pub async fn own(db: &Db, caller: &Caller) -> Result<Document, Problem> {
    let find = Query::fixed(
        sql!(
            "select json_build_object('id', id, 'slug', slug, 'name', name, 'time_zone', time_zone,
                                      'currency', currency, 'locale', locale, 'country', country)::text
             from tenants where id = $1"
        ),
        vec![caller.tenant.into()],
    );
    let rows = db.read(caller, find).await?;
    let row = rows.first().ok_or_else(|| Problem::not_found("tenant"))?;
    serde_json::from_str(row.get(0)).map_err(Problem::internal)
}

/// Every tenant but the system's own, by slug.
///
/// # Errors
/// `unavailable`.
pub async fn list(db: &Db) -> Result<Vec<Tenant>, Problem> {
    let listing = db.begin_system(SystemTask::ListTenants).await?;
    let rows = listing
        .query(sql!("select id, slug, name, status from tenants where slug <> 'system' order by slug"), &[])
        .await?;
    Ok(rows
        .iter()
        .map(|row| Tenant { id: row.get(0), slug: row.get(1), name: row.get(2), status: row.get(3) })
        .collect())
}

/// Eight letters and digits without those that are easily mistaken for another (Crockford's base 32).
fn short_id(random: [u8; 8]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}
