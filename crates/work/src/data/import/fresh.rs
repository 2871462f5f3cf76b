//! Whether the records that a validated set is about are still what they were when it was validated.

use jiff::Timestamp;
use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use serde_json::{Value, json};
use store::{Db, sql::Query};

use super::{
    advance,
    batch::{self, Batch, Family},
    columns,
    plan::PartPlan,
    status::BatchStatus,
    steps::Work,
    types::Role,
};

/// Records that one question finds at most; where it finds as many, there may be more.
const TOLD: usize = 20;

/// Refuses when records that the set would change have changed since it was validated, or some that it would make are
/// there by now; it then needs validation again.
///
/// # Errors
/// [`codes::CHANGED`], naming rows and records.
pub async fn fresh(db: &Db, worker: &Caller, work: &Work, family: &mut Family) -> Result<(), Problem> {
    let mut changed: Vec<Value> = vec![];
    let mut more = false;
    let mut tx = batch::begin(db, worker).await?;
    for step in &work.steps {
        let Some((batch, _, part)) = work.part(step) else { continue };
        if part.made {
            continue;
        }
        let dated = part.entity.standard().any(|field| field.name == "created_at");
        let since = family.parent.dry_run_at.filter(|_| dated && part.part.role != Role::Child);
        // Records that rows change are looked up by their ids; those made since may be as many as the rows.
        batch::loops(&mut tx, true).await?;
        let mut found = tx.run(&updated(worker, batch, part)).await?;
        more |= found.len() == TOLD;
        batch::loops(&mut tx, false).await?;
        for query in since.into_iter().flat_map(|since| made(worker, batch, part, since)) {
            let rows = tx.run(&query).await?;
            more |= rows.len() == TOLD;
            found.extend(rows);
        }
        changed.extend(found.iter().map(|row| {
            json!({
                "file": batch.file_name, "row": row.get::<_, Option<i64>>(0), "entity": part.name(),
                "id": row.get::<_, uuid::Uuid>(1),
            })
        }));
    }
    tx.rollback().await?;
    if changed.is_empty() {
        return Ok(());
    }
    if family.parent.status == BatchStatus::AwaitingApproval {
        advance::alone(db, worker, family, BatchStatus::Validated).await?;
    }
    let rows: Vec<String> = changed
        .iter()
        .take(5)
        .map(|one| format!("{} row {}", one["file"].as_str().unwrap_or(""), one["row"]))
        .collect();
    Err(Problem::new(
        &codes::CHANGED,
        format!(
            "{}{} records changed since the import was validated ({}).",
            if more { "At least " } else { "" },
            changed.len(),
            rows.join(", ")
        ),
    )
    .hint("Validate the import again, look at what it would do now, and approve it anew.")
    .facts(json!({ "changed": changed })))
}

/// Rows whose record has another version by now, or is gone.
fn updated(worker: &Caller, batch: &Batch, part: &PartPlan) -> Query {
    let (low, high) = batch.id_range();
    let text = format!(
        "select r.row_number, r.applied_record_id from import_rows r
         left join {table} t on t.tenant_id = $1 and t.id = r.applied_record_id
         where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{name}'
           and r.status = 'pending' and r.action = 'update'
           and t.version is distinct from (r.before ->> 'version')::integer
         order by r.row_number limit {TOLD}",
        table = part.entity.name,
        name = part.name(),
    );
    Query::repeated(text, vec![worker.tenant.into(), batch.id.into(), low.into(), high.into()])
}

/// Rows that would make a record which somebody has made since, by each set of fields that tells records apart.
fn made(worker: &Caller, batch: &Batch, part: &PartPlan, since: Timestamp) -> Vec<Query> {
    let (low, high) = batch.id_range();
    let query = |set| {
        // Mostly there are no such records, and the rows are not read. Both sides are made by themselves, so that they
        // are not joined within the loop that unfolds the rows.
        let text = format!(
            "with made as materialized (select * from {table} where tenant_id = $1 and created_at >= $5),
             staged as materialized (
               select r.row_number, {values} from import_rows r{unfold}
               where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{name}'
                 and r.status = 'pending' and r.action is null and r.payload is not null and {complete}
                 and exists (select 1 from made))
             select s.row_number, t.id from made t join staged s on {same} order by s.row_number limit {TOLD}",
            table = part.entity.name,
            values = columns::values(part, set),
            unfold = columns::unfold(part),
            same = columns::same(set, |field| format!("s.{}", field.name)),
            name = part.name(),
            complete = columns::complete(part, set),
        );
        let args = vec![worker.tenant.into(), batch.id.into(), low.into(), high.into(), since.into()];
        Query::free(text, args)
    };
    part.identities.iter().map(query).collect()
}
