//! Validation: what every row would do, found by statements over whole parts, in the order in which records are made.

use model::{caller::Caller, problem::Problem};
use store::{Db, Files, TenantTx, files::OnDisk, sql};
use uuid::Uuid;

use super::{
    Progress, advance,
    among::Among,
    batch::{self, Family, Policy},
    counts,
    judge::Judge,
    lease::Lease,
    stage,
    status::BatchStatus,
    steps::Work,
};
use crate::settings::{self, Imports};

/// Up to so many rows everything or nothing is written unless the caller says otherwise.
pub const WHOLE: u64 = 50_000;

/// Stages and validates every file of the set, and tells what a commit would do. Leaves no trace outside the batch.
///
/// # Errors
/// `forbidden`, `busy`, `conflict` when the set is past validation, problems of the files.
pub async fn validate(
    db: &Db,
    files: &Files,
    caller: &Caller,
    id: Uuid,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(), Problem> {
    let family = Family::load(db, caller, id).await?;
    super::permit(caller, &family)?;
    let worker = batch::worker(caller, family.parent.id);
    let lease = Lease::take(db, &worker, family.parent.id).await?;
    let done = run(db, files, &worker, &lease, Family::load(db, caller, id).await?, progress).await;
    lease.release().await?;
    done
}

async fn run(
    db: &Db,
    files: &Files,
    worker: &Caller,
    lease: &Lease,
    mut family: Family,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(), Problem> {
    // Of what was staged or validated before nothing stays.
    advance::alone(db, worker, &mut family, BatchStatus::Mapped).await?;
    let work = Work::of(db, worker, family).await?;
    let mut rows = vec![0; work.family.children.len()];
    // Sheets of a workbook and members of an archive follow one another and have one file.
    let mut file: Option<(&str, OnDisk)> = None;
    for (at, child) in work.family.children.iter().enumerate() {
        let Some(plan) = &work.plans[at] else { continue };
        let key = child.file_key.as_deref().ok_or_else(|| Problem::internal("a batch lost its file"))?;
        let told = |rows| {
            progress(Progress {
                batch: child.id,
                phase: "staging",
                done: rows,
                total: child.detection.row_estimate,
            })
        };
        let (_, on_disk) = match file.take().filter(|(held, _)| *held == key) {
            Some(held) => file.insert(held),
            None => file.insert((key, files.on_disk(key).await?)),
        };
        let staged = stage::stage(db, worker, child, plan.clone(), on_disk, &told).await;
        match staged {
            Ok(count) => rows[at] = count,
            Err(problem) => {
                let mut tx = db.begin(worker).await?;
                advance::fail(&mut tx, child, &problem).await?;
                lease.fence(&mut tx).await?;
                tx.commit().await?;
                return Err(problem);
            }
        }
    }
    let mut family = work.family.clone();
    staged(db, worker, lease, &mut family).await?;
    judge(db, worker, &work, progress).await?;
    let mut tx = batch::begin(db, worker).await?;
    let whole = settings::of::<Imports>(&mut tx).await?.whole_up_to.min(WHOLE);
    let total: u64 = rows.iter().sum();
    for (at, child) in work.family.children.iter().enumerate() {
        if let Some(plan) = &work.plans[at] {
            counts::store(&mut tx, child, plan).await?;
        }
        if child.detection.policy_by_size {
            let policy = if total <= whole { Policy::AllOrNothing } else { Policy::ValidRows };
            set_policy(&mut tx, child.id, policy).await?;
            set_policy(&mut tx, work.family.parent.id, policy).await?;
        }
    }
    advance::all(&mut tx, &mut family, BatchStatus::Validated).await?;
    lease.fence(&mut tx).await?;
    tx.commit().await
}

/// Moves the set on to its verdicts, and remembers from when on records are looked at.
async fn staged(db: &Db, worker: &Caller, lease: &Lease, family: &mut Family) -> Result<(), Problem> {
    let mut tx = db.begin(worker).await?;
    tx.execute(
        sql!("update import_batches set dry_run_at = now() where tenant_id = $1 and id = $2"),
        &[&worker.tenant, &family.parent.id],
    )
    .await?;
    advance::all(&mut tx, family, BatchStatus::Staged).await?;
    lease.fence(&mut tx).await?;
    tx.commit().await
}

async fn set_policy(tx: &mut TenantTx, batch: Uuid, policy: Policy) -> Result<(), Problem> {
    tx.execute(
        sql!("update import_batches set policy = $3 where tenant_id = $1 and id = $2"),
        &[&tx.tenant(), &batch, &policy.name()],
    )
    .await?;
    Ok(())
}

/// Gives every staged row its verdict.
async fn judge(
    db: &Db,
    worker: &Caller,
    work: &Work,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(), Problem> {
    let mut judge = Judge::new(work);
    for (at, step) in work.steps.iter().enumerate() {
        let Some((batch, _, part)) = work.part(step) else { continue };
        let (done, total) = (at as u64, work.steps.len() as u64);
        progress(Progress { batch: batch.id, phase: "validating", done, total });
        if part.made {
            continue;
        }
        let mut tx = batch::begin(db, worker).await?;
        judge.step(&mut tx, step, Among::All).await?;
        tx.commit().await?;
    }
    Ok(())
}
