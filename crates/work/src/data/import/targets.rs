//! Which rows are about records that exist: found by id, then by the fields that tell records apart.

use model::problem::Problem;
use model::value::{ValueCode, codes as value_codes};
use serde_json::json;
use store::{
    TenantTx,
    sql::{Arg, Query},
};
use uuid::Uuid;

use super::{
    among::Among,
    batch::{self, Batch, Mode},
    codes, columns,
    finding::Finding,
    judge::of_file,
    plan::{Identity, PartPlan},
    types::Role,
};

/// Finds the records that the rows of a part are about, remembers their version and values, and tells changed ones
/// from unchanged ones.
pub async fn find(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    among: Among<'_>,
) -> Result<(), Problem> {
    if part.by_id {
        let same = "t.id = case when p.id ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then p.id::uuid end";
        by(tx, batch, part, same, "true", true, among).await?;
    }
    for (at, set) in part.identities.iter().enumerate() {
        let earlier: Vec<String> =
            part.identities[..at].iter().map(|set| format!("not {}", columns::complete(part, set))).collect();
        let mut only = vec![columns::complete(part, set)];
        only.extend(earlier);
        let (same, only) = (columns::same_key(part, set), only.join(" and "));
        by(tx, batch, part, &same, &only, is_unique(part, set), among).await?;
    }
    Ok(())
}

/// Whether the database lets at most one record have these values.
fn is_unique(part: &PartPlan, set: &Identity) -> bool {
    part.entity.keys.iter().any(|key| key.fields.iter().eq(set.fields.iter().map(|field| &field.name)))
}

async fn by(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    same: &str,
    only: &str,
    unique: bool,
    among: Among<'_>,
) -> Result<(), Problem> {
    let restores = batch.detection.restore;
    let entity = part.entity;
    let archives = entity.versioned && entity.archives;
    let document = part.part.role == Role::Root && entity.field("imported").is_some();
    let one = entity.label.en.to_lowercase();
    let key = part.identities.first().and_then(|set| set.fields.first()).map_or("id", |field| field.name);
    let header = part.header(key);
    let finding = |code: &'static ValueCode, message: String, mend: String| {
        json!(Finding::new(part.name(), key, code, message, mend).column(header))
    };
    let mut args = of_file(tx, batch);
    args.extend([
        finding(
            &codes::AMBIGUOUS,
            format!("Several {} fit this row.", entity.plural.en.to_lowercase()),
            "Give the row a code that only one of them has.".into(),
        )
        .into(),
        finding(
            &codes::EXISTS,
            format!("This {one} exists already, and the import only makes new ones."),
            "Leave the row out, or import with mode upsert.".into(),
        )
        .into(),
        finding(
            &codes::ARCHIVED,
            format!("This {one} is archived."),
            "Restore it, or import with `restore`.".into(),
        )
        .into(),
        finding(
            &codes::NOT_IMPORTED,
            format!("This {one} was made here; an import does not change it."),
            "Leave the row out, and change the document itself.".into(),
        )
        .into(),
        (batch.mode == Mode::Create).into(),
        restores.into(),
    ]);
    let text = format!(
        "with found as (
           select r.id as row_id, t.id, {unchanged} as same, {before} as before, {many} as many,
             {archived} as archived, {foreign} as foreign_made
           from import_rows r{unfold}
           join {table} t on t.tenant_id = $1 and {same}
           where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{name}'
             and r.payload is not null and r.applied_record_id is null and {only}{among}
         ), judged as (
           select f.*, case when f.many then $5::jsonb when $9 then $6::jsonb when f.archived and not $10 then $7::jsonb
             when f.foreign_made and not f.same then $8::jsonb end as finding
           from found f
         )
         update import_rows r set
           applied_record_id = j.id,
           action = case when j.same then 'unchanged' else 'update' end,
           before = case when j.same then null else j.before end,
           status = case when j.finding is null then r.status else 'failed' end,
           errors = case when j.finding is not null then case when r.status = 'failed' then r.errors else '[]' end
               || jsonb_build_array(j.finding)
             when r.status = 'failed' then r.errors end
         from judged j
         where r.tenant_id = $1 and r.id = j.row_id",
        unchanged = columns::unchanged(part, restores),
        before = columns::before(part),
        many = if unique { "false" } else { "count(*) over (partition by r.id) > 1" },
        archived = if archives { "t.archived_at is not null" } else { "false" },
        foreign = if document { "not t.imported" } else { "false" },
        unfold = columns::unfold(part),
        table = entity.name,
        name = part.name(),
        among = among.of("r", &mut args),
    );
    batch::loops(tx, true).await?;
    tx.run(&Query::free(text, args)).await?;
    batch::loops(tx, false).await
}

/// A document whose lines change changes with them.
pub async fn touch_documents(
    tx: &mut TenantTx,
    batch: &Batch,
    root: &PartPlan,
    child: &PartPlan,
    among: Among<'_>,
) -> Result<(), Problem> {
    let mut args = of_file(tx, batch);
    let text = format!(
        "update import_rows r set action = 'update', before = {before}
         from {table} t
         where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{root}'
           and r.status = 'pending' and r.action = 'unchanged' and t.tenant_id = $1 and t.id = r.applied_record_id
           and t.id = any(array(select k.applied_record_id from import_rows k where k.tenant_id = $1 and k.batch_id = $2
             and k.id between $3 and $4 and k.part = '{root}' and k.action = 'unchanged'))
           and exists (select 1 from import_rows c where c.tenant_id = $1 and c.batch_id = $2 and c.root_id = r.id
             and c.part = '{child}' and c.payload is not null and c.action is distinct from 'unchanged'){among}",
        before = columns::before(root),
        table = root.entity.name,
        root = root.name(),
        child = child.name(),
        among = among.of("r", &mut args),
    );
    tx.run(&Query::free(text, args)).await?;
    Ok(())
}

/// Writes what tells records apart into the rows, where links are part of it.
pub async fn write_keys(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    among: Among<'_>,
) -> Result<(), Problem> {
    let links = part.identities.iter().flat_map(|set| &set.fields).any(|field| field.link().is_some());
    if !links {
        return Ok(());
    }
    let mut args = of_file(tx, batch);
    let text = format!(
        "update import_rows r set external_key = k.key
         from (select r.id, {key} as key from import_rows r{unfold}
           where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{name}'
             and r.payload is not null{among}) k
         where r.tenant_id = $1 and r.id = k.id",
        key = columns::key_text(part),
        unfold = columns::unfold(part),
        name = part.name(),
        among = among.of("r", &mut args),
    );
    tx.run(&Query::free(text, args)).await?;
    Ok(())
}

/// Marks rows that tell of a record which an earlier row of the file, or a file before it, tells of too.
pub async fn repeats(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    earlier: &[Uuid],
    span: (Uuid, Uuid),
    among: Among<'_>,
) -> Result<(), Problem> {
    let one = part.entity.label.en.to_lowercase();
    let key = part.identities.first().and_then(|set| set.fields.first()).map_or("id", |field| field.name);
    let finding =
        Finding::new(part.name(), key, &value_codes::REPEATED, "", format!("Keep one row for the {one}."));
    let finding = json!(finding.column(part.header(key)));
    let about = format!("'Row ' || d.first || '{{}} tells of the same {} already.'", one.replace('\'', "''"));
    // Rows that are grouped by what tells the record apart cannot repeat; those that columns of the file group can.
    if !part.grouped || part.keyed {
        let mut args = of_file(tx, batch);
        args.push(finding.clone().into());
        let text = format!(
            "update import_rows r set status = 'failed', errors = coalesce(r.errors, '[]') || jsonb_build_array(
               $5::jsonb || jsonb_build_object('message', {}, 'value', r.payload ->> '{key}'))
             from (select k.external_key, min(k.row_number) as first from import_rows k
               where k.tenant_id = $1 and k.batch_id = $2 and k.id between $3 and $4 and k.part = '{name}'
                 and k.external_key is not null{same}
               group by k.external_key having count(*) > 1) d
             where r.tenant_id = $1 and r.batch_id = $2 and r.part = '{name}'
               and r.external_key = d.external_key and r.row_number <> d.first{some}",
            about.replace("{}", ""),
            name = part.name(),
            same = among.of_key("k", &mut args),
            some = among.of("r", &mut args),
        );
        tx.run(&Query::free(text, args)).await?;
    }
    if earlier.is_empty() {
        return Ok(());
    }
    // A document's or group's record that an earlier file makes is the same record; any other repeat is an error.
    let shared = part.grouped && part.part.role == Role::Reference;
    let change = if shared {
        "applied_record_id = d.record, action = 'unchanged', errors = case when r.status = 'failed' then r.errors end,
         external_key = null"
            .to_owned()
    } else {
        format!(
            "status = 'failed', errors = coalesce(r.errors, '[]') || jsonb_build_array(
               $3::jsonb || jsonb_build_object('message', {}, 'value', r.payload ->> '{key}'))",
            about.replace("{}", " of ' || d.file || '")
        )
    };
    let mut args: Vec<Arg> = vec![
        tx.tenant().into(),
        batch.id.into(),
        finding.into(),
        earlier.to_vec().into(),
        span.0.into(),
        span.1.into(),
    ];
    let text = format!(
        "update import_rows r set {change}
         from (select k.external_key, min(k.row_number) as first, min(coalesce(k.applied_record_id, k.id)::text)::uuid as record,
               min(b.file_name) as file
             from import_rows k join import_batches b on b.tenant_id = k.tenant_id and b.id = k.batch_id
             where k.tenant_id = $1 and k.batch_id = any($4) and k.id between $5 and $6 and k.part = '{name}'
               and k.external_key is not null and k.status <> 'failed' and $3::jsonb is not null{same}
             group by k.external_key) d
         where r.tenant_id = $1 and r.batch_id = $2 and r.part = '{name}'
           and r.external_key = d.external_key{some}",
        name = part.name(),
        same = among.of_key("k", &mut args),
        some = among.of("r", &mut args),
    );
    tx.run(&Query::free(text, args)).await?;
    Ok(())
}

/// Marks rows without a record where only records that exist may be changed, and rows whose new record would lack
/// what it must have.
pub async fn unmatched(
    tx: &mut TenantTx,
    batch: &Batch,
    part: &PartPlan,
    among: Among<'_>,
) -> Result<(), Problem> {
    let one = part.entity.label.en.to_lowercase();
    let key = part.identities.first().and_then(|set| set.fields.first()).map_or("id", |field| field.name);
    let message = format!("There is no such {one}, and the import only changes existing ones.");
    let mend = "Leave the row out, or import with mode upsert.";
    let finding =
        json!(Finding::new(part.name(), key, &codes::DOES_NOT_EXIST, message, mend).column(part.header(key)));
    // Lines come and go with their document.
    let update = batch.mode == Mode::Update && part.part.role != Role::Child;
    let mut args = of_file(tx, batch);
    args.extend([finding.into(), update.into()]);
    let text = format!(
        "update import_rows r set status = 'failed', errors = case when $6
             then coalesce(r.errors, '[]') || jsonb_build_array($5::jsonb) else r.errors end
         where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.part = '{name}'
           and r.status = 'pending' and r.action is null and r.payload is not null and ($6 or r.errors is not null){among}",
        name = part.name(),
        among = among.of("r", &mut args),
    );
    tx.run(&Query::free(text, args)).await?;
    Ok(())
}
