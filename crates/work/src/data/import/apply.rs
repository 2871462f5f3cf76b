//! Writing the records of a chunk of staged rows: constant statements, whatever the number of rows.

use model::problem::Problem;
use model::value::{ValueCode, codes as value_codes};
use serde_json::json;
use store::{
    TenantTx,
    db::{Violation, violation},
    sql,
    sql::{Arg, Query},
};
use uuid::Uuid;

use super::{
    batch::Batch,
    codes, columns, documents,
    finding::Finding,
    patience::Patience,
    plan::{PartPlan, Plan},
    stock,
    types::Role,
};

/// The staged rows of a chunk of this part; `$2` holds their ids in order and `$3` the batch. Their bounds let an index
/// find the chunk alone, however large the batch is; all else is [`checked`].
pub fn chunk_of(part: &PartPlan) -> String {
    let own = checked(&format!("r.batch_id = $3 and r.part = '{}'", part.name()));
    format!("r.id {} and r.id = any($2) and {own}", bounds())
}

/// The staged lines of a chunk of documents.
pub fn lines_of(child: &PartPlan) -> String {
    let own = checked(&format!("r.part = '{}'", child.name()));
    format!("r.batch_id = $3 and r.root_id {} and r.root_id = any($2) and {own}", bounds())
}

/// A condition that rows are checked for and no index is asked. The planner knows nothing yet of the rows of a young batch:
/// an index that finds all of them looks as good to it as the one that finds the chunk.
fn checked(condition: &str) -> String {
    format!("({condition}) is true")
}

/// Of the rows of a chunk, those of this status.
pub fn in_status(status: &str) -> String {
    checked(&format!("r.status = '{status}'"))
}

/// From the least to the greatest id of `$2`, which is in order, up or down.
fn bounds() -> String {
    let (first, last) = ("($2::uuid[])[1]", "($2::uuid[])[cardinality($2::uuid[])]");
    format!("between least({first}, {last}) and greatest({first}, {last})")
}

/// One chunk of a part; of a document's part, with the lines of its documents.
pub struct Chunk<'a> {
    /// The file.
    pub batch: &'a Batch,
    /// Its plan.
    pub plan: &'a Plan,
    /// The part.
    pub part: &'a PartPlan,
    /// Some of the batch's rows change records that exist.
    pub updates: bool,
}

impl Chunk<'_> {
    /// Writes the records of these rows. A row that the database refuses is marked as failed with the reason, and the
    /// others are written: the chunk is halved until the row is alone. Answers how many rows failed.
    ///
    /// # Errors
    /// What is no row's fault.
    pub async fn write(&self, tx: &mut TenantTx, rows: &[Uuid]) -> Result<u64, Problem> {
        let mut left = vec![rows];
        let mut failed = 0;
        let mut patience = Patience::default();
        while let Some(rows) = left.pop() {
            tx.savepoint("chunk").await?;
            match self.attempt(tx, rows).await {
                Ok(stale) => {
                    tx.release("chunk").await?;
                    failed += stale;
                }
                Err(problem) if patience.again(&problem).await => {
                    tx.back_to("chunk").await?;
                    tx.release("chunk").await?;
                    left.push(rows);
                }
                Err(problem) if !store::db::is_of_row(&problem) => return Err(problem),
                Err(problem) => {
                    tx.back_to("chunk").await?;
                    tx.release("chunk").await?;
                    match rows {
                        [row] => failed += self.fail(tx, *row, &self.reason(&problem)).await?,
                        several => {
                            let (first, second) = several.split_at(several.len() / 2);
                            left.extend([second, first]);
                        }
                    }
                }
            }
        }
        Ok(failed)
    }

    async fn attempt(&self, tx: &mut TenantTx, rows: &[Uuid]) -> Result<u64, Problem> {
        let children: Vec<&PartPlan> = match self.part.part.role {
            Role::Root => self.plan.parts.iter().filter(|part| part.part.role == Role::Child).collect(),
            _ => vec![],
        };
        insert(tx, self.batch, self.part, &chunk_of(self.part), rows).await?;
        if self.updates {
            update(tx, self.batch, self.part, &chunk_of(self.part), rows).await?;
        }
        if self.part.name() == "inventory" {
            stock::record(tx, self.batch.id, rows).await?;
        }
        for child in &children {
            let selected = lines_of(child);
            insert(tx, self.batch, child, &selected, rows).await?;
            if self.updates {
                update(tx, self.batch, child, &selected, rows).await?;
            }
        }
        documents::finish(tx, self.part, rows, !children.is_empty()).await?;
        for child in &children {
            let selected = lines_of(child);
            mark(tx, self.batch, child, &selected, rows, self.updates).await?;
        }
        let marked = mark(tx, self.batch, self.part, &chunk_of(self.part), rows, self.updates).await?;
        if marked == rows.len() as u64 {
            return Ok(0);
        }
        self.stale(tx, rows).await
    }

    /// Rows whose record changed under the hands of the import stay as they are and fail.
    async fn stale(&self, tx: &mut TenantTx, rows: &[Uuid]) -> Result<u64, Problem> {
        let message =
            format!("The {} changed while the import ran.", self.part.entity.label.en.to_lowercase());
        let finding = Finding::new(
            self.part.name(),
            "row",
            &codes::CHANGED_MEANWHILE,
            message,
            "Validate and import the row again.",
        );
        let row = tx
            .query(
                sql!(
                    "update import_rows set status = 'failed', errors = coalesce(errors, '[]') || jsonb_build_array($3::jsonb)
                     where tenant_id = $1 and id = any($2) and status = 'pending' returning 1"
                ),
                &[&tx.tenant(), &rows, &json!(finding)],
            )
            .await?;
        Ok(row.len() as u64)
    }

    /// Marks a row, the lines of its document and the rows that stand on it.
    async fn fail(&self, tx: &mut TenantTx, row: Uuid, finding: &Finding) -> Result<u64, Problem> {
        let (low, high) = self.batch.id_range();
        let failed = tx
            .query(
                sql!(
                    "update import_rows set status = 'failed', errors = coalesce(errors, '[]') || jsonb_build_array($6::jsonb)
                     where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and status = 'pending'
                       and (id = $5 or root_id = $5 or refs @> array[$5]) returning 1"
                ),
                &[&tx.tenant(), &self.batch.id, &low, &high, &row, &json!(finding)],
            )
            .await?;
        Ok(failed.len() as u64)
    }

    /// The database's refusal in the words of the record.
    fn reason(&self, problem: &Problem) -> Finding {
        let entity = self.part.entity;
        let one = entity.label.en.to_lowercase();
        let labels = |fields: &[&str]| {
            let labels: Vec<&str> =
                fields.iter().filter_map(|name| entity.field(name)).map(|field| field.label.en).collect();
            labels.join(", ").to_lowercase()
        };
        let (field, code, message, mend): (&str, &'static ValueCode, String, &str) = match violation(problem)
        {
            Some(Violation::Unique(name)) => {
                let fields =
                    entity.keys.iter().find(|key| key.constraint == name).map_or(&[][..], |key| key.fields);
                let what = if fields.is_empty() { "key".to_owned() } else { labels(fields) };
                let message = format!("Another {one} has the same {what}.");
                (
                    fields.first().copied().unwrap_or("row"),
                    &value_codes::DUPLICATE,
                    message,
                    "Give it one of its own, or leave the row out.",
                )
            }
            Some(Violation::Link(_)) => {
                let message =
                    "It points at a record that is not there (any more), or at one of another customer."
                        .to_owned();
                (
                    "row",
                    &value_codes::UNKNOWN_LINK,
                    message,
                    "Correct the link, or import the record it names.",
                )
            }
            Some(Violation::Missing(column)) => {
                let label = entity.field(&column).map_or("A value", |field| field.label.en);
                ("row", &value_codes::REQUIRED, format!("{label} is missing."), "Fill it in.")
            }
            Some(Violation::Check(_)) | None => {
                let message =
                    format!("The values of the {one} contradict each other or exceed what can be stored.");
                ("row", &value_codes::INCONSISTENT, message, "Correct the row's numbers and dates.")
            }
        };
        Finding::new(self.part.name(), field, code, message, mend).column(self.part.header(field))
    }
}

async fn insert(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    selected: &str,
    rows: &[Uuid],
) -> Result<(), Problem> {
    let (mut names, mut values) = columns::inserted(part);
    for derived in documents::derived(part) {
        names.push(derived.column.into());
        values.push(derived.made);
    }
    if part.part.role == Role::Root && part.entity.field("imported").is_some() {
        names.push("imported".into());
        values.push("true".into());
    }
    let text = format!(
        "insert into {table} (tenant_id, id, created_by, {names})
         select $1, r.id, $4, {values}
         from import_rows r{unfold}
         where r.tenant_id = $1 and {selected} and {pending} and r.action is null and r.payload is not null",
        table = part.entity.name,
        names = names.join(", "),
        values = values.join(", "),
        pending = in_status("pending"),
        unfold = columns::unfold(part),
    );
    let actor: Option<Uuid> = tx.actor().id();
    tx.run(&Query::repeated(
        text,
        vec![tx.tenant().into(), rows.to_vec().into(), batch.id.into(), actor.into()],
    ))
    .await?;
    Ok(())
}

async fn update(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    selected: &str,
    rows: &[Uuid],
) -> Result<(), Problem> {
    let mut sets = columns::assignments(part, batch.detection.restore);
    for derived in documents::derived(part) {
        sets = format!("{sets}, {} = {}", derived.column, derived.changed);
    }
    let text = format!(
        "update {table} t set {sets}
         from import_rows r{unfold}
         where t.tenant_id = $1 and r.tenant_id = $1 and {selected} and {pending} and r.action = 'update'
           and t.id = r.applied_record_id and t.version = (r.before ->> 'version')::integer
           and t.id = any(array(select r.applied_record_id from import_rows r
             where r.tenant_id = $1 and {selected} and r.action = 'update'))",
        table = part.entity.name,
        unfold = columns::unfold(part),
        pending = in_status("pending"),
    );
    tx.run(&Query::repeated(text, vec![tx.tenant().into(), rows.to_vec().into(), batch.id.into()])).await?;
    Ok(())
}

/// Marks rows whose records are written, with the record's version; answers how many.
async fn mark(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    selected: &str,
    rows: &[Uuid],
    updates: bool,
) -> Result<u64, Problem> {
    let (from, version, written) = if part.part.role == Role::Root || updates {
        (
            format!(
                " left join {} t on t.tenant_id = $1 and t.id = coalesce(r.applied_record_id, r.id)
                  and t.id = any(array(select coalesce(r.applied_record_id, r.id) from import_rows r
                    where r.tenant_id = $1 and {selected}))",
                part.entity.name
            ),
            "w.version",
            // An update that met another version than the remembered one wrote nothing.
            "(r.action is distinct from 'update' or t.version > (r.before ->> 'version')::integer)",
        )
    } else {
        (String::new(), "1", "")
    };
    let sets = format!(
        "status = 'applied', action = case when m.payload is null then null else coalesce(m.action, 'create') end,
         applied_record_id = case when m.payload is null then null else coalesce(m.applied_record_id, m.id) end,
         applied_version = {version}"
    );
    let selected = format!("{selected} and {}", in_status("pending"));
    let mine = selected.replace("r.", "m.");
    let update = if from.is_empty() {
        format!("update import_rows m set {sets} where m.tenant_id = $1 and {mine}")
    } else {
        format!(
            "update import_rows m set {sets}
             from (select r.id, t.version from import_rows r{from}
               where r.tenant_id = $1 and {selected} and {written}) w
             where m.tenant_id = $1 and {mine} and m.id = w.id"
        )
    };
    let text = format!("with done as ({update} returning 1) select count(*) from done");
    let answer = tx
        .run(&Query::repeated(text, vec![tx.tenant().into(), Arg::from(rows.to_vec()), batch.id.into()]))
        .await?;
    Ok(answer.first().map_or(0, |row| u64::try_from(row.get::<_, i64>(0)).unwrap_or(0)))
}
