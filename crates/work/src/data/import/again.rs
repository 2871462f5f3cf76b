//! Files of a set read otherwise than at first: by another template or none, as a further kind of record, or not as one.

use model::{
    caller::Caller,
    problem::{FieldError, Problem, codes as problem_codes},
    value::codes as value_codes,
};
use store::{Db, Files, TenantTx, sql};
use uuid::Uuid;

use super::{
    advance,
    batch::{self, Batch, Family},
    choices::Choices,
    decide,
    lease::Lease,
    mapping::Mapping,
    receive::{look, wanted},
    status::BatchStatus,
    template::{self, TemplateUse},
    types::{DataType, Role},
};

/// Reads the files of a set anew by another template, or by none. What was mapped and staged is gone.
///
/// # Errors
/// `invalid` where there is no such template or it does not fit, the files are read without one then; `conflict` once
/// the set is committing; `busy` while somebody works on it.
pub async fn reread(
    db: &Db,
    files: &Files,
    caller: &Caller,
    id: Uuid,
    template: &TemplateUse,
) -> Result<(), Problem> {
    let family = Family::load(db, caller, id).await?;
    super::permit(caller, &family)?;
    let worker = batch::worker(caller, family.parent.id);
    if let TemplateUse::Named(name) = template {
        template::named(db, &worker, name).await?;
    }
    let lease = Lease::take(db, &worker, family.parent.id).await?;
    let done = forget(db, &worker, &lease, template).await;
    lease.release().await?;
    done?;
    let Err(problem) = look(db, files, caller, family.parent.id).await else { return Ok(()) };
    let mut tx = db.begin(&worker).await?;
    use_template(&mut tx, family.parent.id, &TemplateUse::Never).await?;
    tx.commit().await?;
    look(db, files, caller, family.parent.id).await?;
    Err(problem)
}

/// Takes a set back to where its files lie and nothing is known of them.
async fn forget(db: &Db, worker: &Caller, lease: &Lease, template: &TemplateUse) -> Result<(), Problem> {
    let family = Family::load(db, worker, worker.batch.unwrap_or_default()).await?;
    open(&family)?;
    let mut tx = batch::begin(db, worker).await?;
    for child in &family.children {
        remove(&mut tx, child).await?;
    }
    use_template(&mut tx, family.parent.id, template).await?;
    lease.fence(&mut tx).await?;
    tx.commit().await
}

async fn use_template(tx: &mut TenantTx, set: Uuid, template: &TemplateUse) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "update import_batches set status = 'received', dry_run_at = null, summary = null,
               detection = coalesce(detection, '{}') || jsonb_build_object('template', $3::text, 'choices', '{}'::jsonb)
             where tenant_id = $1 and id = $2"
        ),
        &[&tx.tenant(), &set, &template.text()],
    )
    .await?;
    Ok(())
}

/// Removes a file's batch with what was staged of it.
async fn remove(tx: &mut TenantTx, child: &Batch) -> Result<(), Problem> {
    let (low, high) = child.id_range();
    tx.execute(
        sql!("delete from import_rows where tenant_id = $1 and batch_id = $2 and id between $3 and $4"),
        &[&tx.tenant(), &child.id, &low, &high],
    )
    .await?;
    tx.execute(
        sql!("delete from import_batches where tenant_id = $1 and id = $2"),
        &[&tx.tenant(), &child.id],
    )
    .await?;
    Ok(())
}

/// Whether the set may still be read otherwise.
fn open(family: &Family) -> Result<(), Problem> {
    match family.parent.status {
        BatchStatus::Detected
        | BatchStatus::Mapped
        | BatchStatus::Staged
        | BatchStatus::Validated
        | BatchStatus::AwaitingApproval => Ok(()),
        other => Err(other.refuse(BatchStatus::Mapped)),
    }
}

/// The files and parts of the set that come from the same sheet.
pub fn of_sheet<'a>(family: &'a Family, child: &'a Batch) -> impl Iterator<Item = &'a Batch> {
    let sheet = |batch: &Batch| (batch.file_key.clone(), batch.detection.member, batch.detection.sheet);
    let own = sheet(child);
    family.children.iter().filter(move |other| sheet(other) == own)
}

/// Reads a file of a set for a further kind of record, of which each row tells too; answers its batch. Where no key is
/// chosen, rows with the same cells in the columns that tell such records apart are one.
///
/// # Errors
/// `invalid` where the file is read for that kind already, or as [`decide::remap`]; `conflict` once it is committing.
pub async fn add_part(
    db: &Db,
    files: &Files,
    caller: &Caller,
    child: Uuid,
    kind: &str,
    choices: &Choices,
) -> Result<Uuid, Problem> {
    let mut family = Family::load(db, caller, child).await?;
    super::permit(caller, &family)?;
    open(&family)?;
    let child = of_id(&family, child)?.clone();
    let kind = wanted(Some(kind))?.ok_or_else(|| Problem::internal("a data type without a name"))?;
    if of_sheet(&family, &child).any(|other| other.data_type.as_deref() == Some(kind.name)) {
        let message = format!("{} are read from the file already.", kind.label.en);
        let error = FieldError::new("add", &value_codes::REPEATED, message).value(kind.name);
        return Err(Problem::invalid(vec![error]));
    }
    let worker = batch::worker(caller, family.parent.id);
    let knowledge = decide::knowledge(db, &worker).await?;
    let mut mapping = decide::anew(files, &child, knowledge, kind, choices).await?;
    if choices.key.is_none() {
        mapping.key = natural_key(kind, &mapping);
    }
    let position = family.children.iter().map(|other| other.position).max().unwrap_or_default() + 1;
    let mut tx = db.begin(&worker).await?;
    let id = tx.id();
    tx.execute(
        sql!(
            "insert into import_batches (tenant_id, id, parent_id, position, data_type, source, status, file_id, file_name,
               sheet, sha256, initiated_by, mode, policy, empty_cells, detection, mapping, created_by)
             select tenant_id, $3, parent_id, $4, $5, source, 'mapped', file_id, file_name, sheet, sha256, initiated_by, mode,
               policy, empty_cells, detection, $6, $7
             from import_batches where tenant_id = $1 and id = $2"
        ),
        &[
            &tx.tenant(),
            &child.id,
            &id,
            &position,
            &kind.name,
            &serde_json::to_value(&mapping).map_err(Problem::internal)?,
            &tx.actor().id(),
        ],
    )
    .await?;
    tx.execute(
        sql!(
            "insert into import_fixes (tenant_id, id, batch_id, row_number, place, value, created_by)
             select tenant_id, app.uuid7(), $3, row_number, place, value, created_by from import_fixes
             where tenant_id = $1 and batch_id = $2 and key is null"
        ),
        &[&tx.tenant(), &child.id, &id],
    )
    .await?;
    decide::remember(&mut tx, kind.name, &mapping, choices).await?;
    if family.parent.status != BatchStatus::Detected {
        advance::all(&mut tx, &mut family, BatchStatus::Mapped).await?;
    }
    let mut added = child;
    (added.id, added.mapping) = (id, Some(mapping));
    added.data_type = Some(kind.name.to_owned());
    family.children.push(added);
    super::permit(caller, &family)?;
    tx.commit().await?;
    Ok(id)
}

/// The headers of the columns that tell records of this kind apart, the first set of fields that columns give. None for
/// documents: their rows are lines.
fn natural_key(kind: &DataType, mapping: &Mapping) -> Vec<String> {
    let Some(first) = kind.parts.first().filter(|part| part.role == Role::Reference) else { return vec![] };
    let entity = first.description();
    let header = |field: &&'static str| {
        let link = entity.field(field).and_then(|field| field.link_name()).unwrap_or(field);
        let path = format!("{}.{link}", first.entity);
        let column = mapping.columns.iter().find(|column| column.target.as_deref() == Some(&*path));
        column.map(|column| column.header.clone())
    };
    let keys = entity.keys.iter().map(|key| key.fields).chain(entity.matched_by.iter().copied());
    keys.filter_map(|fields| fields.iter().map(header).collect::<Option<Vec<String>>>())
        .find(|headers| !headers.is_empty())
        .unwrap_or_default()
}

/// No longer reads a file for a kind of record, of which its rows tell among others.
///
/// # Errors
/// `conflict` where it is the only kind, or once the set is committing; `busy` while somebody works on it.
pub async fn drop_part(db: &Db, caller: &Caller, child: Uuid) -> Result<(), Problem> {
    let mut family = Family::load(db, caller, child).await?;
    super::permit(caller, &family)?;
    open(&family)?;
    let child = of_id(&family, child)?.clone();
    if of_sheet(&family, &child).count() < 2 {
        return Err(Problem::new(
            &problem_codes::CONFLICT,
            "The file is read for this kind of record alone.",
        )
        .hint("Stop the import, or say that the file holds something else."));
    }
    let worker = batch::worker(caller, family.parent.id);
    let lease = Lease::take(db, &worker, family.parent.id).await?;
    let work = async {
        let mut tx = batch::begin(db, &worker).await?;
        remove(&mut tx, &child).await?;
        family.children.retain(|other| other.id != child.id);
        if family.parent.status != BatchStatus::Detected {
            advance::all(&mut tx, &mut family, BatchStatus::Mapped).await?;
        }
        lease.fence(&mut tx).await?;
        tx.commit().await
    };
    let done = work.await;
    lease.release().await?;
    done
}

/// The file of this id, or the only one of a set.
///
/// # Errors
/// [`NOT_FOUND`](problem_codes::NOT_FOUND) where the set has several.
pub fn of_id(family: &Family, id: Uuid) -> Result<&Batch, Problem> {
    let own = family.children.iter().find(|child| child.id == id);
    let only = family.children.first().filter(|_| family.children.len() == 1);
    own.or(only).ok_or_else(|| Problem::not_found("file of the import").hint("Name the batch of one file."))
}
