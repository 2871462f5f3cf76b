//! The schedules that every tenant starts with.

use model::{caller::SYSTEM_TENANT, problem::Problem};
use store::{TenantTx, sql};
use uuid::Uuid;

/// Whose a built-in schedule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Each tenant has one, in its own time zone.
    EachTenant,
    /// The system tenant has the only one, in UTC.
    System,
}

/// A schedule that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its code, by which a tenant's copy is known.
    pub code: &'static str,
    /// The kind of job.
    pub kind: &'static str,
    /// Minute, hour, day, month, weekday.
    pub cron: &'static str,
    /// Whose it is.
    pub whose: Whose,
}

/// Every built-in schedule.
pub const BUILT_IN: &[BuiltIn] = &[
    each("prune_jobs", "jobs.prune", "17 * * * *"),
    each("prune_webhooks", "webhooks.prune", "37 3 * * *"),
    each("expire_carts", "carts.expire", "*/10 * * * *"),
    each("expire_exports", "exports.expire", "23 * * * *"),
    each("archive_audit", "audit.archive", "11 3 * * *"),
    each("prune_retention", "retention.prune", "41 3 * * *"),
    each("clean_sessions", "sessions.clean", "52 3 * * *"),
    each("clean_files", "files.clean", "4 4 * * *"),
    each("reseal_secrets", "secrets.reseal", "11 4 * * *"),
    each("count_figures", "tenants.count", "21 5 * * *"),
    each("snapshot_integrity", "integrity.snapshot", "33 4 * * *"),
    BuiltIn { code: "ensure_partitions", kind: "partitions.ensure", cron: "7 2 * * *", whose: Whose::System },
];

/// A schedule of each tenant's own.
const fn each(code: &'static str, kind: &'static str, cron: &'static str) -> BuiltIn {
    BuiltIn { code, kind, cron, whose: Whose::EachTenant }
}

/// Gives the tenant the built-in schedules it lacks. Those it has are left as they are: their times may have been
/// changed, or they may be switched off or archived.
///
/// # Errors
/// Problems of the database.
pub async fn copy_built_in(tx: &mut TenantTx) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let whose = |one: &&BuiltIn| one.whose == Whose::EachTenant || tenant == SYSTEM_TENANT;
    let wanted: Vec<&BuiltIn> = BUILT_IN.iter().filter(whose).collect();
    let ids: Vec<Uuid> = wanted.iter().map(|_| tx.id()).collect();
    let codes: Vec<&str> = wanted.iter().map(|one| one.code).collect();
    let kinds: Vec<&str> = wanted.iter().map(|one| one.kind).collect();
    let crons: Vec<&str> = wanted.iter().map(|one| one.cron).collect();
    tx.execute(
        sql!(
            "insert into job_schedules (tenant_id, id, code, type, cron, time_zone)
             select $1, s.id, s.code, s.type, s.cron, (select time_zone from tenants where id = $1)
             from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as s (id, code, type, cron)
             on conflict (tenant_id, code) do nothing"
        ),
        &[&tenant, &ids, &codes, &kinds, &crons],
    )
    .await?;
    Ok(())
}
