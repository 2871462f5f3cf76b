//! Receiving: files are stored, looked at and mapped.

use model::{
    caller::Caller,
    problem::{FieldError, Problem, codes},
    value::{fold, nearest},
};
use serde_json::json;
use store::{
    Db, Files, TenantTx,
    files::{OnDisk, Place, Stored},
    sql,
    sql::Query,
};
use tabular::Limits;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{
    batch::{self, EmptyCells, Family, Mode, Policy},
    codes as row_codes, decide,
    detect::{self, Asked, Found, Knowledge},
    options::{Options, Upload},
    recorded::{self, Stated},
    template::{self, TemplateUse},
    types::{DATA_TYPES, DataType, data_type},
};
use crate::once::{Done, Kept, Once};

/// Stores files as one set, looks at them and maps their columns. Answers the set's id.
///
/// # Errors
/// `invalid` for an unknown data type or mapping; [`codes::FORBIDDEN`] without an entity's `import`;
/// [`codes::BAD_FILE`] when no file of the set can be read (the set is recorded as failed, `facts.batch` names it).
pub async fn receive(
    db: &Db,
    files: &Files,
    caller: &Caller,
    uploads: Vec<Upload>,
    options: &Options,
) -> Result<Uuid, Problem> {
    receive_once(db, files, caller, uploads, options, None).await?.now()
}

/// A key, and what is known of the answer by a set's id.
pub type AskedOnce<'a> = (&'a Once, fn(Uuid) -> Kept);

/// Receives files as [`receive`] does, unless it was done before under the same key; what is known of the answer is
/// kept with the set.
///
/// # Errors
/// As [`receive`] and [`Once::before`].
pub async fn receive_once(
    db: &Db,
    files: &Files,
    caller: &Caller,
    uploads: Vec<Upload>,
    options: &Options,
    once: Option<AskedOnce<'_>>,
) -> Result<Done<Uuid>, Problem> {
    if uploads.is_empty() {
        return Err(Problem::new(&codes::BAD_REQUEST, "No file was given."));
    }
    if let Some(kind) = wanted(options.data_type.as_deref())? {
        // Refused before a byte is stored.
        let main = kind.parts.last().map_or("", |part| part.entity);
        caller.permit(&format!("{main}.import"))?;
    }
    if let TemplateUse::Named(name) = &options.template {
        template::named(db, &batch::worker(caller, Uuid::nil()), name).await?;
    }
    if let Some((once, _)) = once
        && let Some(kept) = once.look(db, caller).await?
    {
        return Ok(Done::Before(kept));
    }
    let id = db.world().id();
    let worker = batch::worker(caller, id);
    let mut stored = vec![];
    // The files are kept in the order in which they are given, also where several ids are of one moment.
    let mut ids: Vec<Uuid> = uploads.iter().map(|_| db.world().id()).collect();
    ids.sort_unstable();
    for (upload, id) in uploads.into_iter().zip(ids) {
        let place = Place { tenant: caller.tenant, kind: "imports", id, at: db.world().now() };
        let file = tokio::fs::File::open(&upload.path).await.map_err(|error| {
            Problem::new(&codes::BAD_FILE, format!("{} cannot be opened ({error}).", upload.name))
                .hint("Check the name and the right to read it.")
        })?;
        let kept = files.put(place, file, Limits::default().file_bytes).await?;
        stored.push((place.id, upload.name, kept));
    }
    let mut tx = db.begin(&worker).await?;
    if let Some((once, kept)) = once {
        match once.before(&mut tx).await {
            Ok(None) => once.keep(&mut tx, &kept(id)).await?,
            // Another request with the key was faster.
            other => {
                tx.rollback().await?;
                for (_, _, kept) in &stored {
                    files.delete(&kept.key).await?;
                }
                return other.map(|kept| kept.map_or(Done::Now(id), Done::Before));
            }
        }
    }
    write_set(&mut tx, caller, id, &stored, options).await?;
    tx.commit().await?;
    match (look(db, files, caller, id).await, once) {
        (Err(problem), Some((once, _))) => once.forget(db, caller).await.and(Err(problem)),
        (looked, _) => looked.map(|()| Done::Now(id)),
    }
}

/// Writes the rows of the set and of its files.
async fn write_set(
    tx: &mut TenantTx,
    caller: &Caller,
    id: Uuid,
    stored: &[(Uuid, String, Stored)],
    options: &Options,
) -> Result<(), Problem> {
    for (file, name, kept) in stored {
        let (size, actor) = (i64::try_from(kept.size).unwrap_or(i64::MAX), caller.actor.id());
        tx.execute(
            sql!(
                "insert into files (tenant_id, id, storage_key, name, media_type, size, sha256, entity, entity_id, created_by)
                 values ($1, $2, $3, $4, 'application/octet-stream', $5, $6, 'import_batches', $7, $8)"
            ),
            &[&caller.tenant, file, &kept.key, name, &size, &kept.sha256, &id, &actor],
        )
        .await?;
    }
    let single = (stored.len() == 1).then(|| &stored[0]);
    let name = stored.iter().map(|(_, name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    tx.execute(
        sql!(
            "insert into import_batches (tenant_id, id, source, status, file_id, file_name, sha256, initiated_by, mode, policy,
               empty_cells, detection, data_source_id, created_by)
             values ($1, $2, $3, 'received', $4, $5, $6, $7, $8, $9, $10, $11, $12, $7)"
        ),
        &[
            &caller.tenant,
            &id,
            &options.source.name(),
            &single.map(|(file, _, _)| *file),
            &name.chars().take(500).collect::<String>(),
            &single.map(|(_, _, kept)| kept.sha256.clone()),
            &caller.actor.id(),
            &options.mode.unwrap_or(Mode::Upsert).name(),
            &options.policy.unwrap_or(Policy::AllOrNothing).name(),
            &options.empty_cells.unwrap_or(EmptyCells::Keep).name(),
            &json!({
                "restore": options.restore.unwrap_or(false), "policy_by_size": options.policy.is_none(),
                "wanted": options.data_type, "choices": options.mapping, "template": options.template.text(),
                "said": { "mode": options.mode.is_some(), "empty_cells": options.empty_cells.is_some(), "restore": options.restore.is_some() },
            }),
            &options.data_source,
        ],
    )
    .await?;
    Ok(())
}

/// The data type that a person means.
pub fn wanted(name: Option<&str>) -> Result<Option<&'static DataType>, Problem> {
    let Some(name) = name else { return Ok(None) };
    let folded = fold(name);
    let known = data_type(name).or_else(|| {
        DATA_TYPES.iter().find(|kind| fold(kind.name) == folded || fold(kind.label.en) == folded)
    });
    known.map(Some).ok_or_else(|| {
        let near = nearest(name, DATA_TYPES.iter().map(|kind| kind.name));
        let names: Vec<&str> = DATA_TYPES.iter().filter(|kind| kind.offered).map(|kind| kind.name).collect();
        let message = format!("There is no data type `{name}`. Files hold {}.", names.join(", "));
        Problem::invalid(vec![
            FieldError::new("data_type", &row_codes::UNKNOWN_DATA_TYPE, message).value(name).suggest(near),
        ])
    })
}

/// Looks at the stored files of a received set and makes a batch for each sheet. May be repeated after a crash.
///
/// # Errors
/// As [`receive`].
pub async fn look(db: &Db, files: &Files, caller: &Caller, id: Uuid) -> Result<(), Problem> {
    let worker = batch::worker(caller, id);
    let asked = db
        .read(
            &worker,
            Query::fixed(
                sql!(
                    "select detection ->> 'wanted', detection -> 'choices', detection ->> 'template', detection -> 'said'
                     from import_batches where tenant_id = $1 and id = $2"
                ),
                vec![caller.tenant.into(), id.into()],
            ),
        )
        .await?;
    let asked = asked.first().ok_or_else(|| Problem::not_found("import batch"))?;
    let said = Asked {
        kind: wanted(asked.get(0))?,
        choices: asked
            .get::<_, Option<serde_json::Value>>(1)
            .and_then(|choices| serde_json::from_value(choices).ok())
            .unwrap_or_default(),
        template: TemplateUse::from_text(asked.get::<_, Option<&str>>(2).unwrap_or_default()),
    };
    let stated: Stated = asked
        .get::<_, Option<serde_json::Value>>(3)
        .and_then(|stated| serde_json::from_value(stated).ok())
        .unwrap_or_default();
    let family = Family::load(db, &worker, id).await?;
    let mut knowledge = decide::knowledge(db, &worker).await?;
    if let TemplateUse::Named(name) = &said.template {
        knowledge.templates = vec![template::named(db, &worker, name).await?];
    }
    let stored = db
        .read(
            &worker,
            Query::fixed(
                sql!("select id, storage_key, name, sha256 from files where tenant_id = $1 and entity = 'import_batches' and entity_id = $2 order by id"),
                vec![caller.tenant.into(), id.into()],
            ),
        )
        .await?;
    let mut all: Vec<(Uuid, String, Vec<Found>)> = vec![];
    for row in &stored {
        let (file, name, sha256): (Uuid, String, String) = (row.get(0), row.get(2), row.get(3));
        let on_disk = files.on_disk(row.get(1)).await?;
        let looking = one(db, &worker, &on_disk, &name, knowledge.clone(), said.clone());
        let found = Box::pin(looking).await;
        let found = match found {
            Err(refused) if refused.code() == &codes::BAD_FILE => vec![Found {
                file_name: name,
                sheet: None,
                detection: batch::Detection::default(),
                mapping: None,
                template: None,
                refused: Some(refused),
            }],
            other => other?,
        };
        all.push((file, sha256, found));
    }
    recorded::record(db, &worker, family, all, &said.choices, &stated).await
}

/// Looks at one file, with the templates that were made for the headers of its sheets where none is named.
async fn one(
    db: &Db,
    worker: &Caller,
    file: &OnDisk,
    name: &str,
    mut knowledge: Knowledge,
    said: Asked,
) -> Result<Vec<Found>, Problem> {
    let (file, name, locale) = (file.clone(), name.to_owned(), knowledge.locale.clone());
    let opened = move || {
        let members = detect::open(&file, &name, &locale)?;
        let prints = detect::fingerprints(&members);
        Ok::<_, Problem>((members, prints))
    };
    let (members, prints) = spawn_blocking(opened).await.map_err(Problem::internal)??;
    if said.template == TemplateUse::Fitting {
        knowledge.templates = template::fitting(db, worker, &prints).await?;
    }
    spawn_blocking(move || detect::look(&members, &knowledge, &said)).await.map_err(Problem::internal)?
}
