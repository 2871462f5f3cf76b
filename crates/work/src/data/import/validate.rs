//! Validation: what every row would do, found by statements over whole parts, in the order in which records are made.

use std::collections::BTreeMap;

use model::{caller::Caller, problem::Problem, world::derived_id};
use serde_json::json;
use store::{Db, Files, TenantTx, sql};
use uuid::Uuid;

use super::{
    Progress, advance,
    batch::{self, Batch, Family, Policy},
    codes, columns, counts,
    finding::Finding,
    lease::Lease,
    links,
    plan::{PartPlan, Plan, Source},
    stage,
    status::BatchStatus,
    steps::Work,
    targets,
    types::Role,
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
        let staged = stage::stage(db, worker, child, plan.clone(), files.path(key)?, &told).await;
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
    let siblings = work.family.child_ids();
    let span = work.family.id_range();
    let mut done: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for (at, step) in work.steps.iter().enumerate() {
        let Some((batch, plan, part)) = work.part(step) else { continue };
        let (done_steps, total) = (at as u64, work.steps.len() as u64);
        progress(Progress { batch: batch.id, phase: "validating", done: done_steps, total });
        if part.made {
            continue;
        }
        let mut tx = batch::begin(db, worker).await?;
        if columns::is_positioned(part) {
            number(&mut tx, batch, part).await?;
        }
        for field in columns::distinct(&part.given_links) {
            links::resolve(&mut tx, batch, &siblings, span, part, field).await?;
            links::suggest(&mut tx, batch, part, field).await?;
        }
        links::repoint(&mut tx, batch, part).await?;
        if part.implied.iter().any(|(_, source)| matches!(source, Source::DefaultLocation)) {
            place(&mut tx, batch, &siblings, span, part).await?;
        }
        targets::write_keys(&mut tx, batch, part).await?;
        let earlier = done.entry(part.name()).or_default();
        targets::repeats(&mut tx, batch, part, earlier, span).await?;
        earlier.push(batch.id);
        targets::find(&mut tx, batch, part).await?;
        targets::unmatched(&mut tx, batch, part).await?;
        hand_down(&mut tx, batch, plan, part).await?;
        if part.part.role == Role::Child {
            hand_up(&mut tx, batch, plan, part).await?;
            if let Some(root) = plan.parts.iter().find(|other| other.part.role == Role::Root) {
                targets::touch_documents(&mut tx, batch, root, part).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Counts lines within their document, in the order of the file.
async fn number(tx: &mut TenantTx, batch: &Batch, part: &PartPlan) -> Result<(), Problem> {
    let (low, high) = batch.id_range();
    tx.execute(
        sql!(
            "update import_rows r set payload = r.payload || jsonb_build_object('position', n.position)
             from (select id, row_number() over (partition by root_id order by row_number, id) as position
               from import_rows
               where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and part = $5 and payload is not null) n
             where r.tenant_id = $1 and r.id = n.id"
        ),
        &[&tx.tenant(), &batch.id, &low, &high, &part.name()],
    )
    .await?;
    Ok(())
}

/// Gives stock without a location the tenant's default one: the first location of the first warehouse, else one that
/// the same set of files brings, else one that is made with the import.
async fn place(
    tx: &mut TenantTx,
    batch: &Batch,
    siblings: &[Uuid],
    span: (Uuid, Uuid),
    part: &PartPlan,
) -> Result<(), Problem> {
    let first = tx
        .optional(
            sql!(
                "select l.id from warehouse_locations l join warehouses w on w.tenant_id = l.tenant_id and w.id = l.warehouse_id
                 where l.tenant_id = $1 and l.archived_at is null and w.archived_at is null
                 order by w.priority, w.code, l.kind <> 'storage', l.code limit 1"
            ),
            &[&tx.tenant()],
        )
        .await?;
    let staged = tx
        .optional(
            sql!(
                "select id from import_rows where tenant_id = $1 and batch_id = any($2) and id between $3 and $4
                   and part = 'warehouse_locations' and status = 'pending' and action is null
                 order by is_file_row desc, id limit 1"
            ),
            &[&tx.tenant(), &siblings, &span.0, &span.1],
        )
        .await?;
    let location: Uuid = match first.or(staged) {
        Some(row) => row.get(0),
        None => make_place(tx, batch).await?,
    };
    let (low, high) = batch.id_range();
    tx.execute(
        sql!(
            "update import_rows set links = coalesce(links, '{}') || jsonb_build_object('location_id', $6::uuid)
             where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and part = $5 and payload is not null"
        ),
        &[&tx.tenant(), &batch.id, &low, &high, &part.name(), &location],
    )
    .await?;
    Ok(())
}

async fn make_place(tx: &mut TenantTx, batch: &Batch) -> Result<Uuid, Problem> {
    let id = |part: &str| derived_id(batch.at(), &[batch.id.as_bytes(), part.as_bytes(), b"default place"]);
    let (warehouse, location) = (id("warehouses"), id("warehouse_locations"));
    let known = tx
        .optional(sql!("select id from warehouses where tenant_id = $1 and code = 'MAIN'"), &[&tx.tenant()])
        .await?;
    let of: Uuid = known.as_ref().map_or(warehouse, |row| row.get(0));
    let rows = [
        (warehouse, "warehouses", json!({ "code": "MAIN", "name": "Main warehouse" }), json!({})),
        (location, "warehouse_locations", json!({ "code": "DEFAULT" }), json!({ "warehouse_id": of })),
    ];
    for (id, part, payload, links) in rows.iter().skip(usize::from(known.is_some())) {
        tx.execute(
            sql!(
                "insert into import_rows (tenant_id, id, batch_id, part, is_file_row, payload, links)
                 values ($1, $2, $3, $4, false, $5, $6) on conflict (tenant_id, id) do nothing"
            ),
            &[&tx.tenant(), id, &batch.id, part, payload, links],
        )
        .await?;
    }
    Ok(location)
}

/// Rows fail with the records of the same row that they stand on.
async fn hand_down(tx: &mut TenantTx, batch: &Batch, plan: &Plan, part: &PartPlan) -> Result<(), Problem> {
    if !plan.parts.iter().any(|other| !other.made && other.name() != part.name()) {
        return Ok(());
    }
    let message = "The record that this row belongs to has an error on row ";
    let finding =
        json!(Finding::new(part.name(), "row", &codes::BELONGS_TO_FAILED, message, "Correct that row."));
    let (low, high) = batch.id_range();
    tx.execute(
        sql!(
            "update import_rows r set status = 'failed', errors = coalesce(r.errors, '[]') || jsonb_build_array(
               $6::jsonb || jsonb_build_object('message', ($6::jsonb ->> 'message') || g.row_number || ': ' ||
                 coalesce(g.errors -> 0 ->> 'message', '')))
             from (select x.id, min(k.row_number) as row_number, (array_agg(k.errors order by k.row_number))[1] as errors
               from import_rows x cross join lateral unnest(x.refs) as ref (id)
               join import_rows k on k.tenant_id = $1 and k.batch_id = $2 and k.id between $3 and $4
                 and k.status = 'failed' and k.id = ref.id
               where x.tenant_id = $1 and x.batch_id = $2 and x.id between $3 and $4 and x.part = $5
                 and x.status = 'pending'
               group by x.id) g
             where r.tenant_id = $1 and r.id = g.id"
        ),
        &[&tx.tenant(), &batch.id, &low, &high, &part.name(), &finding],
    )
    .await?;
    Ok(())
}

/// A document fails with any of its lines, and so do its other lines.
async fn hand_up(tx: &mut TenantTx, batch: &Batch, plan: &Plan, part: &PartPlan) -> Result<(), Problem> {
    let Some(root) = plan.parts.iter().find(|other| other.part.role == Role::Root) else { return Ok(()) };
    let one = root.entity.label.en.to_lowercase();
    let message = format!("The {one} has an error on row ");
    let finding = json!(Finding::new(root.name(), "row", &codes::LINE_FAILED, message, "Correct that row."));
    let (low, high) = batch.id_range();
    tx.execute(
        sql!(
            "update import_rows r set status = 'failed', errors = coalesce(r.errors, '[]') || jsonb_build_array(
               $6::jsonb || jsonb_build_object('message', ($6::jsonb ->> 'message') || f.row_number || ': ' ||
                 coalesce(f.message, '')))
             from (select distinct on (root_id) root_id, row_number, errors -> 0 ->> 'message' as message from import_rows
               where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and part = $5 and status = 'failed'
               order by root_id, row_number) f
             where r.tenant_id = $1 and r.id = f.root_id
               and r.status = 'pending'"
        ),
        &[&tx.tenant(), &batch.id, &low, &high, &part.name(), &finding],
    )
    .await?;
    hand_down(tx, batch, plan, part).await
}
