//! Deleting a closed tenant without remains: every row of every table that the catalog knows, every file, its names.
//!
//! It goes in batches, children before parents, the audit trail after everything that could still write to it, and the
//! tenant's own row last. Until that is gone the tenant stays marked, so a deletion that was killed goes on where it was
//! when it is asked for again. Of the tenant nothing remains but the lines of the system tenant's audit that tell of it.

use std::{collections::BTreeMap, time::Duration};

use model::{
    caller::Caller,
    problem::{Code, Problem, Status, codes},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::{
    Db, Files, NewJob, TenantTx,
    catalog::{self, Table},
    queue, sql,
    sql::Query,
};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{TENANT_UNDER_WAY, company, note_of_operator, permit};
use crate::jobs::{Job, Kind, Perform};

pub(super) const KIND: Kind =
    Kind::of::<DeleteTenant>("Removes a closed tenant without remains; a job of the system tenant.");

/// Rows removed in one transaction.
const BATCH: i64 = 5_000;

/// How long transactions that began before the deletion are waited for; the database ends them after a minute.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long a worker may take to notice that its job was cancelled.
const BEAT: Duration = Duration::from_secs(12);

/// Only a closed tenant is deleted.
pub static TENANT_NOT_CLOSED: Code = Code::new(
    "tenant_not_closed",
    Status::Conflict,
    "The tenant is not closed",
    "Only a closed tenant is deleted. Export it if its records are wanted, close it, then delete it.",
);

/// What was removed; by a deletion that went on where another was, what was left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deleted {
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Files.
    pub files: u64,
}

/// Marks a closed tenant as one that is being deleted: from here on there is no way back. `false` where it was marked
/// before.
///
/// # Errors
/// `forbidden` for whoever is no operator, `not_found`, [`TENANT_NOT_CLOSED`], [`TENANT_UNDER_WAY`] while it is imported.
pub async fn begin(db: &Db, operator: &Caller, tenant: Uuid) -> Result<bool, Problem> {
    permit(operator, "manage")?;
    let tenant = company(tenant)?;
    let mut tx = db.begin(&Caller::system(tenant, operator.request)).await?;
    let row = tx
        .optional(
            sql!(
                "select slug, name, status, under_way, coalesce(under_way_until > $2, false) from tenants where id = $1 for update"
            ),
            &[&tenant, &db.world().now()],
        )
        .await?
        .ok_or_else(|| Problem::not_found("tenant"))?;
    let (slug, name, status): (String, String, String) = (row.get(0), row.get(1), row.get(2));
    match row.get::<_, Option<&str>>(3) {
        Some("delete") => {
            tx.rollback().await?;
            return Ok(false);
        }
        Some(_) if row.get(4) => {
            return Err(Problem::new(&TENANT_UNDER_WAY, format!("{slug} is being imported.")));
        }
        _ => {}
    }
    if status != "closed" {
        return Err(Problem::new(&TENANT_NOT_CLOSED, format!("{slug} is {status}; only a closed tenant is deleted."))
            .hint(format!("`tenantry tenant export {slug} --out FILE` keeps its records, `tenantry tenant close {slug}` closes it.")));
    }
    let told = Map::from_iter([("slug".to_owned(), json!(slug)), ("name".to_owned(), json!(name))]);
    note_of_operator(db, operator, tenant, "tenant.deleting", told).await?;
    tx.execute(
        sql!("update tenants set under_way = 'delete', under_way_until = null where id = $1"),
        &[&tenant],
    )
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// Has the background remove a tenant: marks it, and enqueues the work in the system tenant. Gives the job, or none where
/// one is at it already.
///
/// # Errors
/// As [`begin`].
pub async fn enqueue(db: &Db, operator: &Caller, tenant: Uuid) -> Result<Option<Uuid>, Problem> {
    begin(db, operator, tenant).await?;
    let mut tx = db.begin(&operator.program()).await?;
    let job: NewJob = DeleteTenant { tenant }.job()?;
    let made = tx.enqueue(job.unique(format!("tenant:{tenant}"))).await?;
    tx.commit().await?;
    Ok(made)
}

/// Removes a tenant.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteTenant {
    /// Which.
    tenant: Uuid,
}

impl Perform for DeleteTenant {
    const KIND: &'static str = "tenants.delete";
    const MAX_ATTEMPTS: i32 = 20;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let gone = finish(job.db(), &job.services().files, job.caller(), self.tenant, &|_, _| {}).await?;
        Ok(json!(gone))
    }
}

/// Removes a tenant that [`begin`] has marked; tells each table and how many of its rows went. One that is gone already
/// is no error.
///
/// # Errors
/// `busy` while transactions run that began before; what is removed stays removed, and the next call goes on.
pub async fn finish(
    db: &Db,
    files: &Files,
    operator: &Caller,
    tenant: Uuid,
    told: &(dyn Fn(&str, u64) + Sync),
) -> Result<Deleted, Problem> {
    let tenant = company(tenant)?;
    let system = Caller::system(tenant, operator.request);
    let mut deleted = Deleted::default();
    let mut tx = db.begin(&system).await?;
    let row = tx.optional(sql!("select slug, under_way from tenants where id = $1"), &[&tenant]).await?;
    let Some(row) = row else {
        tx.rollback().await?;
        deleted.files += files.remove_all(tenant).await?;
        return Ok(deleted);
    };
    let slug: String = row.get(0);
    if row.get::<_, Option<&str>>(1) != Some("delete") {
        return Err(Problem::internal("a tenant that nobody has marked for deletion"));
    }
    let tables = catalog::tables(&mut tx).await?;
    tx.commit().await?;
    stop_jobs(db, &system).await?;
    // What began before the mark may still write; the second round finds what came meanwhile.
    let children_first = || tables.iter().rev();
    for table in children_first() {
        empty(db, &system, table, &mut deleted, told).await?;
    }
    others_have_ended(db, &system).await?;
    for table in children_first().filter(|table| !table.append_only) {
        empty(db, &system, table, &mut deleted, told).await?;
    }
    for table in children_first().filter(|table| table.append_only) {
        empty(db, &system, table, &mut deleted, told).await?;
    }
    deleted.files += files.remove_all(tenant).await?;
    last(db, &system, &tables).await?;
    let told = Map::from_iter([
        ("slug".to_owned(), json!(slug)),
        ("rows".to_owned(), json!(deleted.rows.values().sum::<u64>())),
        ("files".to_owned(), json!(deleted.files)),
    ]);
    note_of_operator(db, operator, tenant, "tenant.deleted", told).await?;
    Ok(deleted)
}

/// Stops what is at work for the tenant, and gives its workers the time to notice.
async fn stop_jobs(db: &Db, system: &Caller) -> Result<(), Problem> {
    let mut tx = db.begin(system).await?;
    let rows = tx
        .query(
            sql!("select id, lease_until > now() from jobs where tenant_id = $1 and status = 'processing'"),
            &[&system.tenant],
        )
        .await?;
    let mut alive = false;
    for row in rows {
        alive |= row.get::<_, Option<bool>>(1).unwrap_or(false);
        queue::cancel(&mut tx, row.get(0)).await?;
    }
    tx.commit().await?;
    if alive {
        sleep(BEAT).await;
    }
    Ok(())
}

/// Waits until no transaction of the program is left that began before now.
async fn others_have_ended(db: &Db, system: &Caller) -> Result<(), Problem> {
    let now = Query::fixed(sql!("select clock_timestamp()"), vec![]);
    let rows = db.read(system, now).await?;
    let moment: jiff::Timestamp =
        rows.first().map(|row| row.get(0)).ok_or_else(|| Problem::internal("no time"))?;
    let until = Instant::now() + PATIENCE;
    loop {
        let look = sql!(
            "select exists (select from pg_stat_activity
               where datname = current_database() and usename = current_user and pid <> pg_backend_pid() and xact_start < $1)"
        );
        let rows = db.read(system, Query::fixed(look, vec![moment.into()])).await?;
        if !rows.first().is_some_and(|row| row.get(0)) {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(Problem::new(&codes::BUSY, "Work that began before the deletion has not ended yet.")
                .hint("Delete it again in a moment: it goes on where it was."));
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Removes all rows of a table.
async fn empty(
    db: &Db,
    system: &Caller,
    table: &Table,
    deleted: &mut Deleted,
    told: &(dyn Fn(&str, u64) + Sync),
) -> Result<(), Problem> {
    if !table.append_only && !has_rows(db, system, table).await? {
        return Ok(());
    }
    let statement = statement(table);
    let mut all = 0;
    loop {
        let mut tx = db.begin(system).await?;
        let gone = if table.append_only {
            let most = i32::try_from(BATCH).map_err(Problem::internal)?;
            let row = tx.one(sql!("select app.erase_audit($1)"), &[&most]).await?;
            u64::try_from(row.get::<_, i32>(0)).unwrap_or(0)
        } else {
            tx.execute(sql!("select app.mute_audit_of_tenant()"), &[]).await?;
            let args = vec![system.tenant.into(), BATCH.into()];
            tx.run(&Query::repeated(statement.clone(), args)).await?.len() as u64
        };
        tx.commit().await?;
        all += gone;
        if gone == 0 {
            break;
        }
        told(&table.name, all);
    }
    if all > 0 {
        *deleted.rows.entry(table.name.clone()).or_default() += all;
    }
    Ok(())
}

async fn has_rows(db: &Db, system: &Caller, table: &Table) -> Result<bool, Problem> {
    let text = format!("select from {} where tenant_id = $1 limit 1", table.name);
    Ok(!db.read(system, Query::free(text, vec![system.tenant.into()])).await?.is_empty())
}

/// Removes up to `$2` rows of tenant `$1` that no other row of the table points at.
fn statement(table: &Table) -> String {
    let name = &table.name;
    let leaf: String = table
        .own_links
        .iter()
        .map(|link| {
            format!(" and not exists (select from {name} c where c.tenant_id = $1 and c.{link} = t.id)")
        })
        .collect();
    let key = table.key.join(", ");
    let same: String = table.key.iter().map(|column| format!(" and d.{column} = old.{column}")).collect();
    format!(
        "delete from {name} d using (select {key} from {name} t where t.tenant_id = $1{leaf} limit $2) old
         where d.tenant_id = $1{same} returning 1"
    )
}

/// Removes the tenant itself and its names, once no table holds a row of it.
async fn last(db: &Db, system: &Caller, tables: &[Table]) -> Result<(), Problem> {
    let mut tx = db.begin(system).await?;
    tx.execute(sql!("select app.mute_audit_of_tenant()"), &[]).await?;
    remains(&mut tx, tables).await?;
    tx.execute(sql!("delete from tenant_slugs where tenant_id = $1"), &[&system.tenant]).await?;
    tx.execute(sql!("delete from tenants where id = $1"), &[&system.tenant]).await?;
    tx.commit().await
}

async fn remains(tx: &mut TenantTx, tables: &[Table]) -> Result<(), Problem> {
    for table in tables {
        let text = format!("select from {} where tenant_id = $1 limit 1", table.name);
        if !tx.run(&Query::free(text, vec![tx.tenant().into()])).await?.is_empty() {
            return Err(Problem::new(&codes::BUSY, format!("Rows came into {} meanwhile.", table.name))
                .hint("Delete it again: it goes on where it was."));
        }
    }
    Ok(())
}
