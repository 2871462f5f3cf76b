//! The daily snapshot as a job; for the system tenant also of the catalog, which is nobody's own.

use model::{caller::SYSTEM_TENANT, problem::Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::sql;

use super::{TOLD, files, repair, snapshot};
use crate::jobs::{Job, Kind, Perform};

/// Kinds of jobs of this area.
pub(crate) const JOBS: &[Kind] = &[
    Kind::of::<TakeSnapshot>("Checks every integrity rule and keeps the outcome; nothing is repaired."),
    Kind::of::<CleanFiles>("Removes stored files older than a day that belong to no record."),
];

/// The daily snapshot.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct TakeSnapshot {}

impl Perform for TakeSnapshot {
    const KIND: &'static str = "integrity.snapshot";

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let taken = snapshot(job.db(), &job.services().files, job.caller()).await?;
        let mut broken: Vec<&str> =
            taken.checked.iter().filter(|one| !one.holds()).map(|one| one.rule.name).collect();
        if job.tenant() == SYSTEM_TENANT && !catalog(job).await? {
            broken.push("catalog");
        }
        for name in &broken {
            job.log(format_args!("{name} does not hold"));
            tracing::error!(tenant = %job.tenant(), check = name, "an integrity check failed; see `tenantry verify`");
        }
        Ok(json!({ "checked": taken.checked.len(), "broken": broken, "broken_since": taken.broken_since }))
    }
}

/// Removal of files that nothing names: what a process that died left behind.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CleanFiles {}

impl Perform for CleanFiles {
    const KIND: &'static str = "files.clean";
    const PRIORITY: i32 = -10;

    async fn run(self, job: &Job) -> Result<Value, Problem> {
        let removed = repair(job.db(), &job.services().files, job.caller(), &files::STRAY).await?;
        Ok(json!({ "removed": removed }))
    }
}

/// Keeps what the catalog says of itself; answers whether it is sound.
async fn catalog(job: &Job) -> Result<bool, Problem> {
    let verdict = job.db().verify_catalog().await?;
    let told: Vec<Value> = verdict
        .faults
        .iter()
        .take(TOLD as usize)
        .map(|one| json!({ "subject": one.subject, "detail": format!("{}: {}", one.rule, one.detail) }))
        .collect();
    let mut tx = job.begin().await?;
    let (tenant, id, ok) = (tx.tenant(), tx.id(), verdict.faults.is_empty());
    let counts = json!({ "broken": verdict.faults.len(), "warnings": verdict.warnings.len() });
    tx.execute(
        sql!(
            "insert into data_integrity_snapshots (tenant_id, id, check_name, ok, counts, findings)
             values ($1, $2, 'catalog', $3, $4, $5)"
        ),
        &[&tenant, &id, &ok, &counts, &json!(told)],
    )
    .await?;
    tx.commit().await?;
    Ok(ok)
}
