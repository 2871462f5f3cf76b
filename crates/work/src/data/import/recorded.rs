//! What was found of files, written down: a batch for each sheet, or for each kind of record within one.

use model::{caller::Caller, problem::Problem};
use serde_json::json;
use store::{Db, TenantTx, sql};
use uuid::Uuid;

use super::{
    advance,
    batch::{Batch, Family, Policy},
    choices::Choices,
    decide,
    detect::Found,
    status::BatchStatus,
};

/// Which options the request stated itself; a template says the others.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Stated {
    /// What the import may do.
    pub mode: bool,
    /// What empty cells mean.
    pub empty_cells: bool,
    /// Archived records are restored.
    pub restore: bool,
}

/// Writes the batches of the sheets, and moves the set on.
pub async fn record(
    db: &Db,
    worker: &Caller,
    mut family: Family,
    all: Vec<(Uuid, String, Vec<Found>)>,
    choices: &Choices,
    stated: &Stated,
) -> Result<(), Problem> {
    let mapped = all.iter().flat_map(|(_, _, found)| found).filter(|found| found.mapping.is_some()).count();
    let mut tx = db.begin(worker).await?;
    let mut position = 0;
    let mut refused: Option<Problem> = None;
    let mut unknown = false;
    for (file, sha256, found) in all {
        let several = found.len() > 1;
        let seen = seen_before(&mut tx, &sha256, family.parent.id).await?;
        for mut one in found {
            one.detection.seen_before = seen.clone();
            let options = one.template.as_ref().map(|template| &template.config);
            let restore = options.and_then(|options| options.restore).filter(|_| !stated.restore);
            one.detection.restore = restore.unwrap_or(family.parent.detection.restore);
            if let Some(policy) = options.and_then(|options| options.policy)
                && family.parent.detection.policy_by_size
            {
                family.parent.detection.policy_by_size = false;
                family.parent.policy = policy;
                settle_policy(&mut tx, family.parent.id, policy).await?;
            }
            one.detection.policy_by_size = family.parent.detection.policy_by_size;
            let status = match (&one.refused, &one.mapping) {
                (Some(_), _) => BatchStatus::Failed,
                (None, Some(_)) => BatchStatus::Mapped,
                // A sheet of notes among tables is left out.
                (None, None) if several && mapped > 0 => BatchStatus::Cancelled,
                (None, None) => BatchStatus::Detected,
            };
            unknown |= status == BatchStatus::Detected;
            child(&mut tx, &family.parent, file, &sha256, position, status, &one, stated).await?;
            if let Some(mapping) = &one.mapping {
                decide::remember(&mut tx, &mapping.data_type, mapping, choices).await?;
            }
            position += 1;
            refused = refused.or(one.refused);
        }
    }
    if mapped == 0
        && let Some(problem) = refused
    {
        advance::fail(&mut tx, &family.parent, &problem).await?;
        tx.commit().await?;
        return Err(problem.facts(json!({ "batch": family.parent.id })));
    }
    // The children stand where they should already.
    family.children.clear();
    advance::all(&mut tx, &mut family, BatchStatus::Detected).await?;
    if !unknown {
        advance::all(&mut tx, &mut family, BatchStatus::Mapped).await?;
    }
    tx.commit().await
}

/// Keeps the policy that a template says.
async fn settle_policy(tx: &mut TenantTx, set: Uuid, policy: Policy) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "update import_batches set policy = $3, detection = coalesce(detection, '{}') || '{\"policy_by_size\": false}'
             where tenant_id = $1 and id = $2"
        ),
        &[&tx.tenant(), &set, &policy.name()],
    )
    .await?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "all that a file's batch is made of")]
async fn child(
    tx: &mut TenantTx,
    parent: &Batch,
    file: Uuid,
    sha256: &str,
    position: i32,
    status: BatchStatus,
    found: &Found,
    stated: &Stated,
) -> Result<(), Problem> {
    let id = tx.id();
    let options = found.template.as_ref().map(|template| &template.config);
    let mode = options.and_then(|options| options.mode).filter(|_| !stated.mode);
    let empty_cells = options.and_then(|options| options.empty_cells).filter(|_| !stated.empty_cells);
    let template = found.template.as_ref().and_then(|template| template.id);
    let ended = status.is_final().then(|| tx.world().now());
    let error = match (&found.refused, status) {
        (Some(problem), _) => Some(problem.to_string()),
        (None, BatchStatus::Cancelled) => {
            Some("Nothing says what the sheet holds; it is left out.".to_owned())
        }
        _ => None,
    };
    let detection = serde_json::to_value(&found.detection).map_err(Problem::internal)?;
    let mapping = found.mapping.as_ref().map(serde_json::to_value).transpose().map_err(Problem::internal)?;
    tx.execute(
        sql!(
            "insert into import_batches (tenant_id, id, parent_id, position, data_type, source, status, file_id, file_name, sheet,
               sha256, initiated_by, mode, policy, empty_cells, detection, mapping, error, completed_at, template_id, created_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $12)"
        ),
        &[
            &tx.tenant(),
            &id,
            &parent.id,
            &position,
            &found.mapping.as_ref().map(|mapping| mapping.data_type.clone()),
            &parent.source.name(),
            &status.name(),
            &file,
            &found.file_name,
            &found.sheet,
            &sha256,
            &tx.actor().id(),
            &mode.unwrap_or(parent.mode).name(),
            &parent.policy.name(),
            &empty_cells.unwrap_or(parent.empty_cells).name(),
            &detection,
            &mapping,
            &error,
            &ended,
            &template,
        ],
    )
    .await?;
    Ok(())
}

/// Sets with the same content that were completed before.
async fn seen_before(tx: &mut TenantTx, sha256: &str, parent: Uuid) -> Result<Vec<Uuid>, Problem> {
    let rows = tx
        .query(
            sql!(
                "select distinct parent_id from import_batches
                 where tenant_id = $1 and sha256 = $2 and status = 'completed' and parent_id is not null and parent_id <> $3
                 order by parent_id desc limit 5"
            ),
            &[&tx.tenant(), &sha256, &parent],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
