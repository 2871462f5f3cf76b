//! What people decide about a set: what a file holds, which column gives which field, and that it may be committed.

use model::{caller::Caller, problem::Problem, value::fold};
use store::{Db, Files, TenantTx, sql, sql::Query};
use uuid::Uuid;

use super::{
    advance, approval,
    batch::{self, Batch, Family},
    choices::Choices,
    detect::{self, Asked, Found, Knowledge},
    mapping::Mapping,
    receive::wanted,
    status::BatchStatus,
    template::TemplateUse,
    types::DataType,
};

/// Changes what a file holds, or which column gives which field, and remembers the choices for the tenant's next file.
/// Choices are laid over the mapping as it is; another data type maps the file anew, without a template. The set needs
/// validation again.
///
/// # Errors
/// `invalid` naming unknown headers and fields; `conflict` once it is committing.
pub async fn remap(
    db: &Db,
    files: &Files,
    caller: &Caller,
    child_id: Uuid,
    kind: Option<&str>,
    choices: &Choices,
) -> Result<(), Problem> {
    let mut family = Family::load(db, caller, child_id).await?;
    super::permit(caller, &family)?;
    let worker = batch::worker(caller, family.parent.id);
    let at = match family.children.iter().position(|child| child.id == child_id) {
        Some(at) => at,
        None if family.children.len() == 1 => 0,
        None => return Err(Problem::not_found("file of the import").hint("Name the batch of one file.")),
    };
    let child = family.children[at].clone();
    let kind = wanted(kind.or(child.data_type.as_deref()))?;
    let kind = kind.ok_or_else(|| super::steps::unmapped(&child))?;
    let knowledge = knowledge(db, &worker).await?;
    let mapping = match &child.mapping {
        Some(mapping) if mapping.data_type == kind.name => {
            let mut mapping = mapping.clone();
            detect::overrule(&mut mapping, &knowledge, choices)?;
            mapping
        }
        _ => anew(files, &child, knowledge, kind, choices).await?,
    };
    let mut tx = db.begin(&worker).await?;
    tx.execute(
        sql!(
            "update import_batches set data_type = $3, mapping = $4,
               template_id = case when $5 then template_id end
             where tenant_id = $1 and id = $2"
        ),
        &[
            &caller.tenant,
            &child.id,
            &kind.name,
            &serde_json::to_value(&mapping).map_err(Problem::internal)?,
            &mapping.template.is_some(),
        ],
    )
    .await?;
    remember(&mut tx, kind.name, &mapping, choices).await?;
    family.children[at].mapping = Some(mapping);
    super::permit(caller, &family)?;
    if family.children.iter().any(|child| child.status == BatchStatus::Detected && child.mapping.is_none()) {
        family.children.retain(|child| child.id == child_id);
        family.parent.status = BatchStatus::Mapped;
    }
    advance::all(&mut tx, &mut family, BatchStatus::Mapped).await?;
    tx.commit().await
}

/// Maps the columns of a stored file to a data type.
///
/// # Errors
/// As [`remap`].
pub async fn anew(
    files: &Files,
    child: &Batch,
    knowledge: Knowledge,
    kind: &'static DataType,
    choices: &Choices,
) -> Result<Mapping, Problem> {
    let key = child.file_key.as_deref().ok_or_else(|| Problem::internal("a batch lost its file"))?;
    let (file, name) = (files.on_disk(key).await?, child.file_name.clone());
    let asked = Asked { kind: Some(kind), choices: choices.clone(), template: TemplateUse::Never };
    let look = move || detect::look(&detect::open(&file, &name, &knowledge.locale)?, &knowledge, &asked);
    let found = tokio::task::spawn_blocking(look).await.map_err(Problem::internal)??;
    let same = |found: &&Found| {
        (found.detection.member, found.detection.sheet) == (child.detection.member, child.detection.sheet)
    };
    let mapping = found.iter().find(same).and_then(|found| found.mapping.clone());
    mapping.ok_or_else(|| super::steps::unmapped(child))
}

/// Keeps the fields that a person chose for headers, for the tenant's next file.
///
/// # Errors
/// Problems of the database.
pub async fn remember(
    tx: &mut TenantTx,
    kind: &str,
    mapping: &Mapping,
    choices: &Choices,
) -> Result<(), Problem> {
    for column in mapping.columns.iter().filter(|column| choices.columns.contains_key(&column.header)) {
        let Some(target) = &column.target else { continue };
        tx.execute(
            sql!(
                "insert into import_header_memory (tenant_id, id, data_type, header, header_key, field, created_by)
                 values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (tenant_id, data_type, header_key) do update set field = excluded.field, header = excluded.header"
            ),
            &[
                &tx.tenant(),
                &tx.id(),
                &kind,
                &column.header,
                &fold(&column.header),
                target,
                &tx.actor().id(),
            ],
        )
        .await?;
    }
    Ok(())
}

/// Asks for approval of a validated set.
///
/// # Errors
/// `conflict` when it is not validated.
pub async fn submit(db: &Db, caller: &Caller, id: Uuid) -> Result<(), Problem> {
    let mut family = Family::load(db, caller, id).await?;
    super::permit(caller, &family)?;
    let worker = batch::worker(caller, family.parent.id);
    advance::alone(db, &worker, &mut family, BatchStatus::AwaitingApproval).await
}

/// Approves a set, as somebody who may commit; another may then start the commit.
///
/// # Errors
/// `forbidden` without `imports.commit`; `second_person` as for the commit; `conflict` when it is not validated.
pub async fn approve(db: &Db, caller: &Caller, id: Uuid) -> Result<(), Problem> {
    caller.permit("imports.commit")?;
    let mut family = Family::load(db, caller, id).await?;
    let worker = batch::worker(caller, family.parent.id);
    if !matches!(family.parent.status, BatchStatus::Validated | BatchStatus::AwaitingApproval) {
        return Err(family.parent.status.refuse(BatchStatus::AwaitingApproval));
    }
    approval::by_another(db, caller, &family).await?;
    let mut tx = db.begin(&worker).await?;
    advance::all(&mut tx, &mut family, BatchStatus::AwaitingApproval).await?;
    tx.execute(
        sql!(
            "update import_batches set approved_by = $3 where tenant_id = $1 and (id = $2 or parent_id = $2)"
        ),
        &[&caller.tenant, &family.parent.id, &caller.actor.id()],
    )
    .await?;
    tx.commit().await
}

/// What the mapper knows of the tenant, beside templates.
///
/// # Errors
/// Problems of the database.
pub async fn knowledge(db: &Db, worker: &Caller) -> Result<Knowledge, Problem> {
    let mut answers = db
        .flight(worker)
        .add(Query::fixed(
            sql!("select locale, country from tenants where id = $1"),
            vec![worker.tenant.into()],
        ))
        .add(Query::fixed(
            sql!("select entity, key, label from custom_fields where tenant_id = $1 and archived_at is null order by position, key"),
            vec![worker.tenant.into()],
        ))
        .add(Query::fixed(
            sql!("select data_type, header_key, field from import_header_memory where tenant_id = $1"),
            vec![worker.tenant.into()],
        ))
        .go()
        .await?
        .into_iter();
    let mut knowledge = Knowledge::default();
    for row in answers.next().unwrap_or_default() {
        let (locale, country): (String, Option<String>) = (row.get(0), row.get(1));
        knowledge.locale = match country {
            Some(country) if !locale.contains('-') => format!("{locale}-{country}"),
            _ => locale,
        };
    }
    for row in answers.next().unwrap_or_default() {
        knowledge.custom.push((row.get(0), row.get(1), row.get(2)));
    }
    for row in answers.next().unwrap_or_default() {
        knowledge.memory.entry(row.get(0)).or_default().insert(row.get(1), row.get(2));
    }
    Ok(knowledge)
}
