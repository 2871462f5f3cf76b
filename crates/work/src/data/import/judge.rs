//! Verdicts on staged rows, part by part in the order in which records are made, by statements over whole parts or over
//! some of their rows.

use std::collections::BTreeMap;

use model::{problem::Problem, world::derived_id};
use serde_json::json;
use store::{
    TenantTx, sql,
    sql::{Arg, Query},
};
use uuid::Uuid;

use super::{
    among::Among,
    batch::Batch,
    codes, columns,
    finding::Finding,
    links,
    plan::{PartPlan, Plan, Source},
    steps::{Step, Work},
    targets,
    types::Role,
};

/// The judging of a set, step by step.
pub struct Judge<'a> {
    work: &'a Work,
    siblings: Vec<Uuid>,
    span: (Uuid, Uuid),
    /// Files that were judged before, by part.
    done: BTreeMap<&'static str, Vec<Uuid>>,
}

impl<'a> Judge<'a> {
    /// At the begin of a set.
    pub fn new(work: &'a Work) -> Self {
        let (siblings, span) = (work.family.child_ids(), work.family.id_range());
        Self { work, siblings, span, done: BTreeMap::new() }
    }

    /// Gives rows of one part their verdict. They stand as they were staged; steps come in their order, and none is left
    /// out.
    ///
    /// # Errors
    /// Problems of the database.
    pub async fn step(&mut self, tx: &mut TenantTx, step: &Step, among: Among<'_>) -> Result<(), Problem> {
        let Some((batch, plan, part)) = self.work.part(step) else { return Ok(()) };
        if part.made {
            return Ok(());
        }
        let (siblings, span) = (&self.siblings, self.span);
        if columns::is_positioned(part) {
            number(tx, batch, part, among).await?;
        }
        for field in columns::distinct(&part.given_links) {
            links::resolve(tx, batch, siblings, span, part, field, among).await?;
            links::suggest(tx, batch, part, field, among).await?;
        }
        links::repoint(tx, batch, part, among).await?;
        if places(part) {
            place(tx, batch, siblings, span, part, among).await?;
        }
        targets::write_keys(tx, batch, part, among).await?;
        let earlier = self.done.entry(part.name()).or_default();
        targets::repeats(tx, batch, part, earlier, span, among).await?;
        earlier.push(batch.id);
        targets::find(tx, batch, part, among).await?;
        targets::unmatched(tx, batch, part, among).await?;
        hand_down(tx, batch, plan, part, among).await?;
        if part.part.role == Role::Child {
            hand_up(tx, batch, plan, part, among).await?;
            if let Some(root) = plan.parts.iter().find(|other| other.part.role == Role::Root) {
                targets::touch_documents(tx, batch, root, part, among).await?;
            }
        }
        Ok(())
    }
}

/// Whether stock of the part lies where no column says.
pub fn places(part: &PartPlan) -> bool {
    part.implied.iter().any(|(_, source)| matches!(source, Source::DefaultLocation))
}

/// The parameters that statements over a part begin with: tenant, file, least and greatest id.
pub fn of_file(tx: &TenantTx, batch: &Batch) -> Vec<Arg> {
    let (low, high) = batch.id_range();
    vec![tx.tenant().into(), batch.id.into(), low.into(), high.into()]
}

/// Counts lines within their document, in the order of the file.
async fn number(tx: &mut TenantTx, batch: &Batch, part: &PartPlan, among: Among<'_>) -> Result<(), Problem> {
    let mut args = of_file(tx, batch);
    let text = format!(
        "update import_rows r set payload = r.payload || jsonb_build_object('position', n.position)
         from (select x.id, row_number() over (partition by x.root_id order by x.row_number, x.id) as position
           from import_rows x
           where x.tenant_id = $1 and x.batch_id = $2 and x.id between $3 and $4 and x.part = '{part}'
             and x.payload is not null and x.root_id is not null{among}) n
         where r.tenant_id = $1 and r.id = n.id",
        among = among.of("x", &mut args),
        part = part.name(),
    );
    tx.run(&Query::free(text, args)).await?;
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
    among: Among<'_>,
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
    let mut args = of_file(tx, batch);
    args.push(location.into());
    let text = format!(
        "update import_rows r set links = coalesce(r.links, '{{}}') || jsonb_build_object('location_id', $5::uuid)
         where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{part}'
           and r.payload is not null{among}",
        among = among.of("r", &mut args),
        part = part.name(),
    );
    tx.run(&Query::free(text, args)).await?;
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
async fn hand_down(
    tx: &mut TenantTx,
    batch: &Batch,
    plan: &Plan,
    part: &PartPlan,
    among: Among<'_>,
) -> Result<(), Problem> {
    if !plan.parts.iter().any(|other| !other.made && other.name() != part.name()) {
        return Ok(());
    }
    let message = "The record that this row belongs to has an error on row ";
    let finding = Finding::new(part.name(), "row", &codes::BELONGS_TO_FAILED, message, "Correct that row.");
    let mut args = of_file(tx, batch);
    let failed = format!(
        "select x.id, min(k.row_number) as row_number,
           (array_agg(k.errors order by k.row_number))[1] -> 0 ->> 'message' as message
         from import_rows x cross join lateral unnest(x.refs) as ref (id)
         join import_rows k on k.tenant_id = $1 and k.batch_id = $2 and k.id between $3 and $4
           and k.status = 'failed' and k.id = ref.id
         where x.tenant_id = $1 and x.batch_id = $2 and x.id between $3 and $4 and x.part = '{part}'
           and x.status = 'pending'{among}
         group by x.id",
        among = among.of("x", &mut args),
        part = part.name(),
    );
    fail(tx, &failed, args, &finding).await
}

/// A document fails with any of its lines, and so do its other lines.
async fn hand_up(
    tx: &mut TenantTx,
    batch: &Batch,
    plan: &Plan,
    part: &PartPlan,
    among: Among<'_>,
) -> Result<(), Problem> {
    let Some(root) = plan.parts.iter().find(|other| other.part.role == Role::Root) else { return Ok(()) };
    let one = root.entity.label.en.to_lowercase();
    let message = format!("The {one} has an error on row ");
    let finding = Finding::new(root.name(), "row", &codes::LINE_FAILED, message, "Correct that row.");
    let mut args = of_file(tx, batch);
    let failed = format!(
        "select distinct on (x.root_id) x.root_id as id, x.row_number, x.errors -> 0 ->> 'message' as message
         from import_rows x
         where x.tenant_id = $1 and x.batch_id = $2 and x.id between $3 and $4 and x.part = '{part}'
           and x.status = 'failed'{among}
         order by x.root_id, x.row_number",
        among = among.of("x", &mut args),
        part = part.name(),
    );
    fail(tx, &failed, args, &finding).await?;
    hand_down(tx, batch, plan, part, among).await
}

/// Fails rows that nothing was wrong with: `failed` gives their ids, and the number and message of the row they fail with,
/// which the finding's own message ends in.
async fn fail(tx: &mut TenantTx, failed: &str, mut args: Vec<Arg>, finding: &Finding) -> Result<(), Problem> {
    args.push(json!(finding).into());
    let text = format!(
        "update import_rows r set status = 'failed', errors = coalesce(r.errors, '[]') || jsonb_build_array(
           ${last}::jsonb || jsonb_build_object('message', (${last}::jsonb ->> 'message') || f.row_number || ': ' ||
             coalesce(f.message, '')))
         from ({failed}) f
         where r.tenant_id = $1 and r.id = f.id and r.status = 'pending'",
        last = args.len(),
    );
    tx.run(&Query::free(text, args)).await?;
    Ok(())
}
