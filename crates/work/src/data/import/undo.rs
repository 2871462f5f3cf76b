//! Undo: records that an import made are removed, records that it changed get their values back, the other way round
//! and chunk by chunk. A record that changed since, or that later records point at, is a conflict and left alone.

use std::collections::HashSet;

use model::{
    caller::Caller,
    field::Kind,
    problem::{Problem, codes as model_codes},
    registry,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Db, TenantTx, sql, sql::Query};
use uuid::Uuid;

use super::{
    Progress, advance,
    apply::{chunk_of, in_status, lines_of},
    batch::{self, Batch, Family},
    codes, columns,
    commit::CHUNK,
    ending::audit,
    finding::Finding,
    lease::Lease,
    patience::Patience,
    plan::{PartPlan, Plan},
    status::BatchStatus,
    steps::Work,
    stock,
    types::Role,
};

/// What an undo did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// Records removed.
    pub removed: u64,
    /// Records that have their earlier values again.
    pub restored: u64,
    /// Records left alone.
    pub conflicts: u64,
}

/// Takes back what a set wrote. With `force` also records that changed since; those that others point at stay.
///
/// # Errors
/// `forbidden`, `busy`; `conflict` when it wrote nothing.
pub async fn undo(
    db: &Db,
    caller: &Caller,
    id: Uuid,
    force: bool,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Undone, Problem> {
    let family = Family::load(db, caller, id).await?;
    caller.permit("imports.commit")?;
    super::permit(caller, &family)?;
    let again = family.parent.status == BatchStatus::Undone;
    if !again && !family.parent.status.may_become(BatchStatus::Undone) {
        return Err(family.parent.status.refuse(BatchStatus::Undone));
    }
    let worker = batch::worker(caller, family.parent.id);
    let lease = Lease::take(db, &worker, family.parent.id).await?;
    let done = whole(db, &worker, &lease, id, force, progress).await;
    lease.release().await?;
    done
}

async fn whole(
    db: &Db,
    worker: &Caller,
    lease: &Lease,
    id: Uuid,
    force: bool,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Undone, Problem> {
    let mut family = Family::load(db, worker, id).await?;
    refuse_pruned(db, worker, family.parent.id).await?;
    let work = Work::of(db, worker, family.clone()).await?;
    let undone = all(db, worker, lease, &work, force, progress).await?;
    let mut tx = db.begin(worker).await?;
    tx.execute(
        sql!("update import_batches set summary = $3 where tenant_id = $1 and id = $2"),
        &[&worker.tenant, &family.parent.id, &json!({ "undone": undone })],
    )
    .await?;
    if undone.conflicts > 0 {
        tx.execute(
            sql!(
                "update import_batches set summary = coalesce(summary, '{}') || '{\"warned\": true}'
                 where tenant_id = $1 and id = any($2)"
            ),
            &[&worker.tenant, &family.child_ids()],
        )
        .await?;
    }
    audit(&mut tx, family.parent.id, "import.undone", json!(undone)).await?;
    advance::all(&mut tx, &mut family, BatchStatus::Undone).await?;
    lease.fence(&mut tx).await?;
    tx.commit().await?;
    Ok(undone)
}

/// Refuses where the staged rows, which hold what was there before, are no longer kept. Asked under the lease, so that
/// none go meanwhile.
async fn refuse_pruned(db: &Db, worker: &Caller, set: Uuid) -> Result<(), Problem> {
    let text = sql!("select rows_pruned_at is not null from import_batches where tenant_id = $1 and id = $2");
    let rows = db.read(worker, Query::fixed(text, vec![worker.tenant.into(), set.into()])).await?;
    match rows.first().is_some_and(|row| row.get(0)) {
        false => Ok(()),
        true => Err(Problem::new(&model_codes::CONFLICT, "The rows of this import are no longer kept.")
            .hint("Change the records by hand, or import a corrected file.")),
    }
}

/// Takes every applied row of a set back.
pub async fn all(
    db: &Db,
    worker: &Caller,
    lease: &Lease,
    work: &Work,
    force: bool,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Undone, Problem> {
    let set = work.family.parent.id;
    let mut undone = so_far(db, worker, set).await?;
    let family = work.family.child_ids();
    for step in work.steps.iter().rev() {
        let Some((batch, plan, part)) = work.part(step) else { continue };
        if part.part.role == Role::Child {
            continue;
        }
        let mut below = batch.id_range().1;
        let mut done = 0;
        loop {
            let mut tx = batch::begin(db, worker).await?;
            tx.mute_audit().await?;
            let rows = applied(&mut tx, batch, part, below).await?;
            let Some(last) = rows.last() else {
                tx.rollback().await?;
                break;
            };
            below = *last;
            done += rows.len() as u64;
            let back = Back { batch, plan, part, family: &family, force };
            let chunk = back.chunk(&mut tx, &rows).await?;
            undone.removed += chunk.removed;
            undone.restored += chunk.restored;
            keep(&mut tx, set, undone).await?;
            lease.fence(&mut tx).await?;
            tx.commit().await?;
            undone.conflicts += chunk.conflicts;
            progress(Progress { batch: batch.id, phase: "undoing", done, total: done });
        }
    }
    Ok(undone)
}

/// What processes that died on the way took back. Records that stay are met again, and so counted anew.
async fn so_far(db: &Db, worker: &Caller, set: Uuid) -> Result<Undone, Problem> {
    let text = sql!("select summary -> 'undoing' from import_batches where tenant_id = $1 and id = $2");
    let rows = db.read(worker, Query::fixed(text, vec![worker.tenant.into(), set.into()])).await?;
    let kept = rows.first().and_then(|row| row.get::<_, Option<Value>>(0));
    let kept: Undone = kept.and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default();
    Ok(Undone { conflicts: 0, ..kept })
}

/// Keeps what was taken back with the chunk that took it.
async fn keep(tx: &mut TenantTx, set: Uuid, undone: Undone) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "update import_batches set summary = coalesce(summary, '{}') || jsonb_build_object('undoing', $3::jsonb)
             where tenant_id = $1 and id = $2"
        ),
        &[&tx.tenant(), &set, &json!(undone)],
    )
    .await?;
    Ok(())
}

/// The next applied rows of a part below an id, from the last one down.
async fn applied(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    below: Uuid,
) -> Result<Vec<Uuid>, Problem> {
    let low = batch.id_range().0;
    let rows = tx
        .query(
            sql!(
                "select id from import_rows
                 where tenant_id = $1 and batch_id = $2 and id >= $3 and id < $4 and status = 'applied' and part = $5
                 order by id desc limit $6"
            ),
            &[&tx.tenant(), &batch.id, &low, &below, &part.name(), &CHUNK],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// One chunk on its way back.
struct Back<'a> {
    batch: &'a Batch,
    plan: &'a Plan,
    part: &'a PartPlan,
    family: &'a [Uuid],
    force: bool,
}

impl Back<'_> {
    async fn chunk(&self, tx: &mut TenantTx, rows: &[Uuid]) -> Result<Undone, Problem> {
        let free = self.free(tx, rows).await?;
        let mut undone = Undone::default();
        let mut left: Vec<&[Uuid]> = vec![&free];
        let mut taken: HashSet<Uuid> = HashSet::new();
        let mut patience = Patience::default();
        while let Some(rows) = left.pop() {
            tx.savepoint("back").await?;
            match self.attempt(tx, rows).await {
                Ok((removed, restored)) => {
                    tx.release("back").await?;
                    undone.removed += removed;
                    undone.restored += restored;
                    taken.extend(rows);
                }
                Err(problem) if patience.again(&problem).await => {
                    tx.back_to("back").await?;
                    tx.release("back").await?;
                    left.push(rows);
                }
                Err(problem) if !store::db::is_of_row(&problem) => return Err(problem),
                Err(_) => {
                    tx.back_to("back").await?;
                    tx.release("back").await?;
                    if rows.len() > 1 {
                        let (first, second) = rows.split_at(rows.len() / 2);
                        left.extend([second, first]);
                    }
                }
            }
        }
        let kept: Vec<Uuid> = rows.iter().filter(|row| !taken.contains(row)).copied().collect();
        undone.conflicts = kept.len() as u64;
        let mut taken: Vec<Uuid> = taken.into_iter().collect();
        taken.sort_unstable();
        self.note(tx, &taken, &kept).await?;
        Ok(undone)
    }

    /// The rows whose records may be taken back.
    async fn free(&self, tx: &mut TenantTx, rows: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
        let table = self.part.entity.name;
        let own: Vec<&str> =
            self.plan.parts.iter().filter(|p| p.part.role == Role::Child).map(|p| p.name()).collect();
        // What points at the record from outside keeps it; lines go with their document.
        let mut pointing = vec![];
        for entity in registry::ENTITIES.iter() {
            for field in entity.fields.iter().filter(|field| field.kind == Kind::Link(table)) {
                let carried = own.contains(&entity.name) && self.part.part.role == Role::Root;
                if !carried && field.carried.is_none() {
                    pointing.push(format!(
                        "not exists (select 1 from {0} x where x.tenant_id = $1 and x.{1} = t.id)",
                        entity.name, field.name
                    ));
                }
            }
        }
        let alone = if pointing.is_empty() { "true".into() } else { pointing.join(" and ") };
        let text = format!(
            "select r.id from import_rows r
             left join {table} t on t.tenant_id = $1 and t.id = r.applied_record_id and t.id = any({ids})
             where r.tenant_id = $1 and {selected} and (t.id is null or r.action = 'unchanged' or
               (($4 or t.version = r.applied_version) and (r.action <> 'create' or {alone})))",
            ids = targets(&chunk_of(self.part)),
            selected = chunk_of(self.part),
        );
        let found = tx
            .run(&Query::free(
                text,
                vec![tx.tenant().into(), rows.to_vec().into(), self.batch.id.into(), self.force.into()],
            ))
            .await?;
        let mut free: Vec<Uuid> = found.iter().map(|row| row.get(0)).collect();
        free.sort_unstable();
        Ok(free)
    }

    async fn attempt(&self, tx: &mut TenantTx, rows: &[Uuid]) -> Result<(u64, u64), Problem> {
        let (mut removed, mut restored) = (0, 0);
        if self.part.part.role == Role::Root {
            for child in self.plan.parts.iter().filter(|part| part.part.role == Role::Child) {
                let selected = lines_of(child);
                removed += remove(tx, self.batch, child, &selected, rows).await?;
                restored += restore(tx, self.batch, child, &selected, rows).await?;
            }
        }
        let selected = chunk_of(self.part);
        if self.part.name() == "inventory" {
            stock::take_back(tx, self.family, rows).await?;
        }
        removed += remove(tx, self.batch, self.part, &selected, rows).await?;
        restored += restore(tx, self.batch, self.part, &selected, rows).await?;
        Ok((removed, restored))
    }

    /// Marks rows that are taken back, and those whose records stay.
    async fn note(&self, tx: &mut TenantTx, taken: &[Uuid], kept: &[Uuid]) -> Result<(), Problem> {
        let children = self.plan.parts.iter().filter(|part| part.part.role == Role::Child);
        let lines = children.filter(|_| self.part.part.role == Role::Root).map(lines_of);
        for selected in std::iter::once(chunk_of(self.part)).chain(lines) {
            let text = format!(
                "update import_rows r set status = 'skipped', warnings = null
                 where r.tenant_id = $1 and {selected} and {}",
                in_status("applied")
            );
            let args = vec![tx.tenant().into(), taken.to_vec().into(), self.batch.id.into()];
            tx.run(&Query::repeated(text, args)).await?;
        }
        let message = format!(
            "The {} changed since, or other records point at it.",
            self.part.entity.label.en.to_lowercase()
        );
        let finding = Finding::new(
            self.part.name(),
            "row",
            &codes::UNDO_CONFLICT,
            message,
            "Change it by hand, or undo with `force`.",
        );
        tx.execute(
            sql!(
                "update import_rows set warnings = coalesce(warnings, '[]') || jsonb_build_array($3::jsonb)
                 where tenant_id = $1 and id = any($2)
                   and not coalesce(warnings, '[]') @> jsonb_build_array(jsonb_build_object('code', $3::jsonb -> 'code'))"
            ),
            &[&tx.tenant(), &kept, &json!(finding)],
        )
        .await?;
        Ok(())
    }
}

/// The records of the selected rows, first of all, so that each is looked up by its id.
fn targets(selected: &str) -> String {
    format!("array(select r.applied_record_id from import_rows r where r.tenant_id = $1 and {selected})")
}

async fn remove(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    selected: &str,
    rows: &[Uuid],
) -> Result<u64, Problem> {
    let text = format!(
        "with gone as (
           delete from {table} t using import_rows r
           where t.tenant_id = $1 and r.tenant_id = $1 and {selected} and {applied} and r.action = 'create'
             and t.id = r.applied_record_id and t.id = any({ids}) returning 1)
         select count(*) from gone",
        applied = in_status("applied"),
        ids = targets(selected),
        table = part.entity.name
    );
    counted(tx, batch, text, rows).await
}

async fn restore(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    selected: &str,
    rows: &[Uuid],
) -> Result<u64, Problem> {
    let Some((sets, unfold)) = columns::restoring(part) else { return Ok(0) };
    let text = format!(
        "with back as (
           update {table} t set {sets} from import_rows r {unfold}
           where t.tenant_id = $1 and r.tenant_id = $1 and {selected} and {applied} and r.action = 'update'
             and t.id = r.applied_record_id and t.id = any({ids}) returning 1)
         select count(*) from back",
        applied = in_status("applied"),
        ids = targets(selected),
        table = part.entity.name
    );
    counted(tx, batch, text, rows).await
}

async fn counted(tx: &mut TenantTx, batch: &Batch, text: String, rows: &[Uuid]) -> Result<u64, Problem> {
    let args = vec![tx.tenant().into(), rows.to_vec().into(), batch.id.into()];
    let answer = tx.run(&Query::repeated(text, args)).await?;
    Ok(answer.first().map_or(0, |row| u64::try_from(row.get::<_, i64>(0)).unwrap_or(0)))
}
