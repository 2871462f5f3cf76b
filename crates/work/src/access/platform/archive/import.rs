//! Bringing a tenant in from an archive: whole, or not at all.
//!
//! The new tenant gets an id of its own, so an archive can be brought in beside its original; the ids of its records,
//! which are keyed by tenant, stay. It comes in suspended: nobody signs in, and no mail, job or delivery of it leaves,
//! before its operator resumes it, since its original may still be at work. Until the rows are committed, in one
//! transaction, the tenant is closed and marked; an import that fails removes it, and one that was killed is removed by
//! the next one under the same slug, or by `tenant delete`.

use std::{collections::BTreeMap, path::Path, time::Duration};

use jiff::{SignedDuration, Timestamp};
use model::{
    caller::Caller,
    problem::{FieldError, Problem},
    value,
};
use serde_json::{Map, json};
use store::{Db, NewJob, TenantTx, catalog, migrate::MigrationSet, sql};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
    time::sleep,
};
use tokio_util::io::StreamReader;
use uuid::Uuid;

use super::{
    check::{self, Checked, Read},
    load::load,
    manifest::Manifest,
};
use crate::{
    access::{
        platform::{TENANT_UNDER_WAY, delete, note, note_of_operator, permit},
        tenants::{self, NewTenant},
    },
    jobs::Services,
};

/// For how long a sign of life counts, and how often one is given.
const LEASE: (SignedDuration, Duration) = (SignedDuration::from_secs(30), Duration::from_secs(8));

/// What was brought in, or would be.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The new tenant; none of a dry run.
    pub tenant: Option<Uuid>,
    /// What the archive says of itself.
    pub manifest: Manifest,
    /// Whether its tokens work here as they did there: they begin with the short id, which was free.
    pub tokens_work: bool,
    /// How many sealed secrets of each column were left out, since no key of this instance opens them.
    pub without: BTreeMap<String, u64>,
}

/// Brings a tenant in under a slug; `dry` looks at everything and writes nothing.
///
/// # Errors
/// `forbidden` for whoever is no operator, `bad_file`, `invalid` where the slug is taken or the tenant makes no sense,
/// [`TENANT_UNDER_WAY`] while another process brings it in. Nothing stays then.
pub async fn import(
    services: &Services,
    operator: &Caller,
    path: &Path,
    slug: &str,
    dry: bool,
    told: &(dyn Fn(&str, u64) + Sync),
) -> Result<Imported, Problem> {
    permit(operator, "manage")?;
    let db = &services.db;
    let mut tx = db.begin(operator).await?;
    let tables = catalog::tables(&mut tx).await?;
    tx.rollback().await?;
    let migration = MigrationSet::embedded().map_err(Problem::internal)?.version();
    let file = path.to_owned();
    let checked = spawn_blocking(move || check::check(&file, &tables, migration)).await;
    let checked = checked.map_err(Problem::internal)??;
    let about = &checked.manifest.tenant;
    let new = NewTenant {
        slug: slug.to_owned(),
        name: about.name.clone(),
        time_zone: about.time_zone.clone(),
        currency: about.currency.clone(),
        locale: about.locale.clone(),
        country: about.country.clone(),
    };
    let faults = new.faults(db);
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    let tokens_work = db.resolve("short_id", &about.short_id).await?.is_none();
    let manifest = checked.manifest.clone();
    if dry {
        free(services, operator, slug, true).await?;
        return Ok(Imported { tenant: None, manifest, tokens_work, without: BTreeMap::new() });
    }
    free(services, operator, slug, false).await?;
    let tenant = db.world().id();
    let begun =
        Map::from_iter([("slug".to_owned(), json!(slug)), ("archive_of".to_owned(), json!(about.id))]);
    note_of_operator(db, operator, tenant, "tenant.importing", begun).await?;
    let system = Caller::system(tenant, operator.request);
    let mut tx = db.begin(&system).await?;
    tenants::insert_under_way(&mut tx, &new, tokens_work.then_some(about.short_id.as_str()), until(db)?)
        .await?;
    tx.commit().await?;
    let alive = Alive::keep(db, &system);
    let done = bring(services, &system, &checked, told).await;
    drop(alive);
    match done {
        Ok(without) => {
            let told = Map::from_iter([("slug".to_owned(), json!(slug))]);
            note_of_operator(db, operator, tenant, "tenant.imported", told).await?;
            Ok(Imported { tenant: Some(tenant), manifest, tokens_work, without })
        }
        Err(problem) => {
            remove(services, operator, tenant).await?;
            Err(problem)
        }
    }
}

/// Makes room under the slug: what an import that died has left is removed.
async fn free(services: &Services, operator: &Caller, slug: &str, dry: bool) -> Result<(), Problem> {
    let db = &services.db;
    let Some(tenant) = db.resolve("slug", slug).await? else { return Ok(()) };
    let mut tx = db.begin(&Caller::system(tenant, operator.request)).await?;
    let row = tx
        .optional(
            sql!("select under_way, coalesce(under_way_until > $2, false) from tenants where id = $1"),
            &[&tenant, &db.world().now()],
        )
        .await?;
    tx.rollback().await?;
    let under_way = row.as_ref().and_then(|row| row.get::<_, Option<&str>>(0));
    match (under_way, row.as_ref().is_some_and(|row| row.get(1))) {
        (Some("import"), true) => {
            Err(Problem::new(&TENANT_UNDER_WAY, format!("Another process is importing {slug}."))
                .hint("If it was killed, try again in half a minute."))
        }
        (Some("import"), false) if dry => Ok(()),
        (Some("import"), false) => remove(services, operator, tenant).await,
        _ => {
            let message = format!("Another tenant has the slug {slug}. Choose a different one.");
            Err(Problem::invalid(vec![
                FieldError::new("slug", &value::codes::DUPLICATE, message).value(slug),
            ]))
        }
    }
}

/// Removes what came of an import that did not end.
async fn remove(services: &Services, operator: &Caller, tenant: Uuid) -> Result<(), Problem> {
    let db = &services.db;
    let system = Caller::system(tenant, operator.request);
    let mut tx = db.begin(&system).await?;
    tx.execute(
        sql!("update tenants set under_way = 'delete', under_way_until = null where id = $1 and under_way = 'import'"),
        &[&tenant],
    )
    .await?;
    tx.commit().await?;
    delete::finish(db, &services.files, operator, tenant, &|_, _| {}).await?;
    Ok(())
}

/// Files first, which nobody sees without their rows; then all rows in one transaction.
async fn bring(
    services: &Services,
    system: &Caller,
    checked: &Checked,
    told: &(dyn Fn(&str, u64) + Sync),
) -> Result<BTreeMap<String, u64>, Problem> {
    let db = &services.db;
    for number in 0..checked.manifest.files.len() {
        store_file(services, system.tenant, checked, number).await?;
    }
    if let Some(oldest) = checked.oldest_log.and_then(made_at) {
        let mut tx = db.begin(system).await?;
        tx.execute(sql!("select app.ensure_partitions_since($1)"), &[&oldest]).await?;
        tx.commit().await?;
    }
    let mut tx = db.begin(system).await?;
    tx.execute(sql!("select set_config('statement_timeout', '1h', true), app.mute_audit_of_tenant()"), &[])
        .await?;
    let without = load(&mut tx, checked, &services.keys, told).await?;
    waiting(&mut tx).await?;
    tenants::give_built_in(&mut tx).await?;
    let about = Map::from_iter([
        ("archive_of".to_owned(), json!(checked.manifest.tenant.id)),
        ("exported_at".to_owned(), json!(checked.manifest.exported_at)),
    ]);
    note(&mut tx, system.tenant, "tenant.imported", about).await?;
    tx.execute(
        sql!(
            "update tenants set status = 'suspended', status_since = $2, status_reason = 'Imported', under_way = null,
               under_way_until = null, subscription_tier = $3 where id = $1"
        ),
        &[&system.tenant, &db.world().now(), &checked.manifest.tenant.subscription_tier],
    )
    .await?;
    tx.commit().await?;
    Ok(without)
}

/// The moment in a UUIDv7.
fn made_at(id: Uuid) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(id.as_u128() >> 80).ok()?).ok()
}

/// Copies one file out of the archive into the storage.
async fn store_file(
    services: &Services,
    tenant: Uuid,
    checked: &Checked,
    number: usize,
) -> Result<(), Problem> {
    let (send, pieces) = mpsc::channel::<std::io::Result<Vec<u8>>>(4);
    let (path, file) = (checked.path.clone(), checked.manifest.files[number].clone());
    let key = file.key.clone();
    let reading = spawn_blocking(move || {
        let gone = |_| Problem::internal("an import that was given up");
        Read::open(&path)?.bytes(&file.member(), |piece| send.blocking_send(Ok(piece.to_vec())).map_err(gone))
    });
    let pieces = futures_util::stream::unfold(pieces, |mut pieces| async {
        pieces.recv().await.map(|piece| (piece.map(std::io::Cursor::new), pieces))
    });
    let from = StreamReader::new(Box::pin(pieces));
    let stored = services.files.put_at(tenant, &key, from, u64::MAX).await;
    reading.await.map_err(Problem::internal)??;
    stored.map(drop)
}

/// Enqueues what waits in rows whose jobs stayed behind: webhooks that were received and not processed, mails not sent.
async fn waiting(tx: &mut TenantTx) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let rows = tx
        .query(
            sql!(
                "select 'webhooks.process', jsonb_build_object('log', id), 20 from webhook_logs
                 where tenant_id = $1 and status in ('RECEIVED', 'PROCESSING', 'RETRY_NEEDED')
                 union all
                 select 'mail.send', jsonb_build_object('email', id), 14 from email_messages
                 where tenant_id = $1 and state = 'queued'"
            ),
            &[&tenant],
        )
        .await?;
    let jobs = rows
        .iter()
        .map(|row| NewJob::new(row.get::<_, String>(0), row.get(1)).max_attempts(row.get(2)))
        .collect();
    tx.enqueue_all(jobs).await.map(drop)
}

/// Signs of life of the process that brings a tenant in, for as long as it is kept.
struct Alive(JoinHandle<()>);

impl Alive {
    fn keep(db: &Db, system: &Caller) -> Self {
        let (db, system) = (db.clone(), system.clone());
        Self(tokio::spawn(async move {
            loop {
                sleep(LEASE.1).await;
                if let Err(problem) = sign(&db, &system).await {
                    tracing::debug!(?problem, "no sign of life could be given");
                }
            }
        }))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn sign(db: &Db, system: &Caller) -> Result<(), Problem> {
    let until = until(db)?;
    let mut tx = db.begin(system).await?;
    tx.execute(
        sql!("update tenants set under_way_until = $2 where id = $1 and under_way = 'import'"),
        &[&system.tenant, &until],
    )
    .await?;
    tx.commit().await
}

fn until(db: &Db) -> Result<Timestamp, Problem> {
    db.world().now().checked_add(LEASE.0).map_err(Problem::internal)
}
