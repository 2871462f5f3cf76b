//! Receiving: files are stored, looked at and mapped.

use std::path::PathBuf;

use model::{
    Document,
    caller::Caller,
    problem::{FieldError, Problem, codes},
    value::{fold, nearest},
};
use serde_json::json;
use store::{
    Db, Files, TenantTx,
    files::{Place, Stored},
    sql,
    sql::Query,
};
use tabular::Limits;
use uuid::Uuid;

use super::{
    advance,
    batch::{self, Batch, EmptyCells, Family, Mode, Policy, SourceKind},
    codes as row_codes, decide,
    detect::{self, Found},
    status::BatchStatus,
    types::{DATA_TYPES, DataType, data_type},
};
use crate::once::{Done, Kept, Once};

/// A file to be imported.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name, as the person knows it.
    pub name: String,
    /// Where it can be read.
    pub path: PathBuf,
}

/// How files are to be imported.
#[derive(Clone, Debug)]
pub struct Options {
    /// What they hold; found out where none is given.
    pub data_type: Option<String>,
    /// What the import may do.
    pub mode: Mode,
    /// What happens with bad rows; all or nothing up to 50,000 rows where none is given, else the good rows are written.
    pub policy: Option<Policy>,
    /// What empty cells mean.
    pub empty_cells: EmptyCells,
    /// Archived records that the file names are restored.
    pub restore: bool,
    /// Header → field, over what is found.
    pub mapping: Document,
    /// How the files came in.
    pub source: SourceKind,
}

impl Options {
    /// Upsert with everything found out by itself.
    pub fn new(source: SourceKind) -> Self {
        Self {
            data_type: None,
            mode: Mode::Upsert,
            policy: None,
            empty_cells: EmptyCells::Keep,
            restore: false,
            mapping: Document::new(),
            source,
        }
    }
}

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
    match receive_once(db, files, caller, uploads, options, None).await? {
        Done::Now(id) => Ok(id),
        Done::Before(_) => Err(Problem::internal("an answer was kept for a request without a key")),
    }
}

/// A key, and what is known of the answer by a set's id.
pub type Asked<'a> = (&'a Once, fn(Uuid) -> Kept);

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
    once: Option<Asked<'_>>,
) -> Result<Done<Uuid>, Problem> {
    if uploads.is_empty() {
        return Err(Problem::new(&codes::BAD_REQUEST, "No file was given."));
    }
    if let Some(kind) = wanted(options.data_type.as_deref())? {
        // Refused before a byte is stored.
        let main = kind.parts.last().map_or("", |part| part.entity);
        caller.permit(&format!("{main}.import"))?;
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
               empty_cells, detection, created_by)
             values ($1, $2, $3, 'received', $4, $5, $6, $7, $8, $9, $10, $11, $7)"
        ),
        &[
            &caller.tenant,
            &id,
            &options.source.name(),
            &single.map(|(file, _, _)| *file),
            &name.chars().take(500).collect::<String>(),
            &single.map(|(_, _, kept)| kept.sha256.clone()),
            &caller.actor.id(),
            &options.mode.name(),
            &options.policy.unwrap_or(Policy::AllOrNothing).name(),
            &options.empty_cells.name(),
            &json!({
                "restore": options.restore, "policy_by_size": options.policy.is_none(),
                "wanted": options.data_type, "choices": options.mapping,
            }),
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
                sql!("select detection -> 'wanted', detection -> 'choices' from import_batches where tenant_id = $1 and id = $2"),
                vec![caller.tenant.into(), id.into()],
            ),
        )
        .await?;
    let asked = asked.first().ok_or_else(|| Problem::not_found("import batch"))?;
    let choices: Option<serde_json::Value> = asked.get(1);
    let choices: Document =
        choices.as_ref().and_then(|choices| choices.as_object()).cloned().unwrap_or_default();
    let kind = asked.get::<_, Option<serde_json::Value>>(0);
    let kind = wanted(kind.as_ref().and_then(|kind| kind.as_str()))?;
    let family = Family::load(db, &worker, id).await?;
    let knowledge = decide::knowledge(db, &worker).await?;
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
        let path = files.path(row.get(1))?;
        let (knowledge, choices, told) = (knowledge.clone(), choices.clone(), name.clone());
        let found =
            tokio::task::spawn_blocking(move || detect::look(&path, &told, &knowledge, kind, &choices))
                .await
                .map_err(Problem::internal)?;
        let found = match found {
            Err(refused) if refused.code() == &codes::BAD_FILE => vec![Found {
                file_name: name,
                sheet: None,
                detection: batch::Detection::default(),
                mapping: None,
                refused: Some(refused),
            }],
            other => other?,
        };
        all.push((file, sha256, found));
    }
    record(db, &worker, family, all, &choices).await
}

/// Writes the batches of the sheets, and moves the set on.
async fn record(
    db: &Db,
    worker: &Caller,
    mut family: Family,
    all: Vec<(Uuid, String, Vec<Found>)>,
    choices: &Document,
) -> Result<(), Problem> {
    let mapped = all.iter().flat_map(|(_, _, found)| found).filter(|found| found.mapping.is_some()).count();
    let mut tx = db.begin(worker).await?;
    let mut position = 0;
    let mut refused: Option<Problem> = None;
    let mut unknown = false;
    for (file, sha256, found) in all {
        let several = found.len() > 1;
        let seen = seen_before(&mut tx, &sha256, family.parent.id).await?;
        for mut one in found {
            one.detection.seen_before = seen.clone();
            one.detection.restore = family.parent.detection.restore;
            one.detection.policy_by_size = family.parent.detection.policy_by_size;
            let status = match (&one.refused, &one.mapping) {
                (Some(_), _) => BatchStatus::Failed,
                (None, Some(_)) => BatchStatus::Mapped,
                // A sheet of notes among tables is left out.
                (None, None) if several && mapped > 0 => BatchStatus::Cancelled,
                (None, None) => BatchStatus::Detected,
            };
            unknown |= status == BatchStatus::Detected;
            child(&mut tx, &family.parent, file, &sha256, position, status, &one).await?;
            if let Some(mapping) = &one.mapping {
                decide::remember(&mut tx, &mapping.data_type, mapping, choices).await?;
            }
            position += 1;
            refused = refused.or(one.refused);
        }
    }
    if mapped == 0
        && let Some(problem) = refused
    {
        advance::fail(&mut tx, &family.parent, &problem).await?;
        tx.commit().await?;
        return Err(problem.facts(json!({ "batch": family.parent.id })));
    }
    // The children stand where they should already.
    family.children.clear();
    advance::all(&mut tx, &mut family, BatchStatus::Detected).await?;
    if !unknown {
        advance::all(&mut tx, &mut family, BatchStatus::Mapped).await?;
    }
    tx.commit().await
}

async fn child(
    tx: &mut TenantTx,
    parent: &Batch,
    file: Uuid,
    sha256: &str,
    position: i32,
    status: BatchStatus,
    found: &Found,
) -> Result<(), Problem> {
    let id = tx.id();
    let ended = status.is_final().then(|| tx.world().now());
    let error = match (&found.refused, status) {
        (Some(problem), _) => Some(problem.to_string()),
        (None, BatchStatus::Cancelled) => {
            Some("Nothing says what the sheet holds; it is left out.".to_owned())
        }
        _ => None,
    };
    let detection = serde_json::to_value(&found.detection).map_err(Problem::internal)?;
    let mapping = found.mapping.as_ref().map(serde_json::to_value).transpose().map_err(Problem::internal)?;
    tx.execute(
        sql!(
            "insert into import_batches (tenant_id, id, parent_id, position, data_type, source, status, file_id, file_name, sheet,
               sha256, initiated_by, mode, policy, empty_cells, detection, mapping, error, completed_at, created_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $12)"
        ),
        &[
            &tx.tenant(),
            &id,
            &parent.id,
            &position,
            &found.mapping.as_ref().map(|mapping| mapping.data_type.clone()),
            &parent.source.name(),
            &status.name(),
            &file,
            &found.file_name,
            &found.sheet,
            &sha256,
            &tx.actor().id(),
            &parent.mode.name(),
            &parent.policy.name(),
            &parent.empty_cells.name(),
            &detection,
            &mapping,
            &error,
            &ended,
        ],
    )
    .await?;
    Ok(())
}

/// Sets with the same content that were completed before.
async fn seen_before(tx: &mut TenantTx, sha256: &str, parent: Uuid) -> Result<Vec<Uuid>, Problem> {
    let rows = tx
        .query(
            sql!(
                "select distinct parent_id from import_batches
                 where tenant_id = $1 and sha256 = $2 and status = 'completed' and parent_id is not null and parent_id <> $3
                 order by parent_id desc limit 5"
            ),
            &[&tx.tenant(), &sha256, &parent],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
