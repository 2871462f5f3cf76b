//! Up to a thousand records in one call, with as many statements as for one.

use std::collections::{HashMap, HashSet};

use model::{
    Document,
    entity::Entity,
    event::Change,
    problem::{FieldError, Problem, codes},
    value,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Record, allowed,
    change::{self, contradictions, stated},
    changed, custom,
    load::{self, Loaded},
    refusal,
    sight::Sight,
    step::{self, Step},
};
use crate::TenantTx;

/// Most records of a call.
pub const MOST: usize = 1_000;

/// What is done to every record of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Each document is a new record.
    Create,
    /// Each document has the `id` of a record and what changes; it may have the `version` it was read at.
    Update,
    /// Each document has the `id` of a record, and may have the `version`.
    Archive,
    /// As archive.
    Restore,
}

impl Action {
    /// The action of this name, as calls and tables have it.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Create, Self::Update, Self::Archive, Self::Restore].into_iter().find(|one| one.name() == name)
    }

    /// Its name: `create`, `update`, `archive`, `restore`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Archive => "archive",
            Self::Restore => "restore",
        }
    }

    /// What it does to a record.
    pub const fn change(self) -> Change {
        match self {
            Self::Create => Change::Created,
            Self::Update => Change::Updated,
            Self::Archive => Change::Archived,
            Self::Restore => Change::Restored,
        }
    }

    /// What it takes: `entity.create`, `entity.update`, `entity.delete`.
    pub const fn permission(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Archive | Self::Restore => "delete",
        }
    }
}

/// A call for many records.
#[derive(Clone, Debug)]
pub struct BulkRequest {
    /// What is done.
    pub action: Action,
    /// To which records, at most [`MOST`].
    pub records: Vec<Document>,
    /// All or none; else each record for itself.
    pub atomic: bool,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is new.
    Created,
    /// It was changed, archived or restored.
    Changed,
    /// It already was as asked.
    Unchanged,
}

/// A record that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// As it stands now.
    pub record: Record,
    /// What became of it.
    pub effect: Effect,
}

/// The records that are not as they were.
pub fn written(results: &[Result<Done, Problem>]) -> Vec<&Record> {
    let done = results.iter().flatten().filter(|done| done.effect != Effect::Unchanged);
    done.map(|done| &done.record).collect()
}

/// Does the same to many records; an answer for each, in order.
///
/// # Errors
/// `method_not_allowed`, `forbidden`, `too_large`. With `atomic` also `invalid` as soon as one record is refused,
/// naming each bad field as `records.3.name`; nothing was written then.
pub async fn bulk(
    tx: &mut TenantTx,
    entity: &'static Entity,
    request: BulkRequest,
) -> Result<Vec<Result<Done, Problem>>, Problem> {
    if request.records.len() > MOST {
        let detail = format!("At most {MOST} records fit into one call, not {}.", request.records.len());
        return Err(Problem::new(&codes::TOO_LARGE, detail).hint("Send several calls."));
    }
    if request.action == Action::Restore {
        change::has_archive(entity)?;
    }
    let reach = allowed::to(tx.caller(), entity, request.action.permission())?;
    if request.records.is_empty() {
        return Ok(vec![]);
    }
    tx.savepoint("engine_call").await?;
    let answers = match request.action {
        Action::Create => create(tx, entity, &reach, request.records).await?,
        action => alter(tx, entity, &reach, action, request.records).await?,
    };
    if request.atomic && answers.iter().any(Result::is_err) {
        tx.back_to("engine_call").await?;
        return Err(together(answers));
    }
    tx.release("engine_call").await?;
    Ok(answers)
}

async fn create(
    tx: &mut TenantTx,
    entity: &'static Entity,
    reach: &Sight,
    records: Vec<Document>,
) -> Result<Vec<Result<Done, Problem>>, Problem> {
    let mut rows: Vec<Result<Uuid, Problem>> = Vec::with_capacity(records.len());
    let mut docs = vec![];
    for record in records {
        let checked = allowed::new_record(tx, entity, reach, record).map_err(Problem::invalid);
        rows.push(match checked {
            Ok(doc) => {
                let id = allowed::id_of(&doc)?;
                docs.push(doc);
                Ok(id)
            }
            Err(problem) => Err(problem),
        });
    }
    let (mut docs, mut refused, complete) = customs(tx, entity, docs, true).await?;
    let mut made =
        step::run(tx, entity, reach, Step::Insert { guard: !complete }, &docs, &mut refused).await?;
    docs.retain(|doc| {
        allowed::id_of(doc).is_ok_and(|id| !made.contains_key(&id) && !refused.contains_key(&id))
    });
    if !docs.is_empty() {
        refused.extend(refusal::of_new(tx, entity, reach, &docs).await?);
    }
    let mut answer = |id| match made.remove(&id) {
        Some(record) => Ok(Done { record, effect: Effect::Created }),
        None => Err(refused.remove(&id).unwrap_or_else(vanished)),
    };
    Ok(rows.into_iter().map(|row| row.and_then(&mut answer)).collect())
}

async fn alter(
    tx: &mut TenantTx,
    entity: &'static Entity,
    reach: &Sight,
    action: Action,
    records: Vec<Document>,
) -> Result<Vec<Result<Done, Problem>>, Problem> {
    let named: Vec<_> = records.into_iter().map(Named::read).collect();
    let ids: Vec<Uuid> = named.iter().flatten().map(|named| named.id).collect();
    let mut loaded = load::load(tx, entity, reach, &ids).await?;
    let mut rows = Vec::with_capacity(named.len());
    let mut docs = vec![];
    let mut seen = HashSet::new();
    for named in named {
        rows.push(named.and_then(|named| {
            let id = named.id;
            if !seen.insert(id) {
                return Err(twice(id));
            }
            docs.push(prepare(tx, entity, reach, action, named, &loaded)?);
            Ok(id)
        }));
    }
    let (docs, mut refused, _) = customs(tx, entity, docs, false).await?;
    let step = match action {
        Action::Update => Step::Write { loaded: &loaded },
        Action::Restore => Step::Mark { archived: false },
        _ if entity.archives => Step::Mark { archived: true },
        _ => Step::Remove { loaded: &loaded },
    };
    let mut written = step::run(tx, entity, reach, step, &docs, &mut refused).await?;
    if action == Action::Update {
        let left = docs.into_iter().filter(|doc| {
            allowed::id_of(doc).is_ok_and(|id| !written.contains_key(&id) && !refused.contains_key(&id))
        });
        let left: Vec<_> = left.collect();
        if !left.is_empty() {
            let problems = refusal::of_docs(tx, entity, reach, &left).await?;
            refused.extend(problems.into_iter().filter(|(_, problem)| *problem.code() != codes::DUPLICATE));
        }
    }
    let mut answer = |id| match (refused.remove(&id), written.remove(&id), loaded.remove(&id)) {
        (Some(problem), _, _) => Err(problem),
        (None, Some(record), _) => Ok(Done { record, effect: Effect::Changed }),
        (None, None, Some(loaded)) => Ok(Done { record: loaded.record, effect: Effect::Unchanged }),
        (None, None, None) => Err(vanished()),
    };
    Ok(rows.into_iter().map(|row| row.and_then(&mut answer)).collect())
}

/// A document of an existing record: which one, read at which version, and the rest.
struct Named {
    id: Uuid,
    version: Option<i32>,
    doc: Document,
}

impl Named {
    fn read(mut doc: Document) -> Result<Self, Problem> {
        let bad = |name: &'static str, message: &str, value: Option<Value>| {
            Problem::invalid(vec![
                FieldError::new(name, &value::codes::NOT_AN_ID, message).value(value.unwrap_or_default()),
            ])
        };
        let id = doc.shift_remove("id");
        let Some(id) = id.as_ref().and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok()) else {
            return Err(bad("id", "ID is missing or no id; each record is named by its id.", id));
        };
        let version = match doc.shift_remove("version") {
            None | Some(Value::Null) => None,
            Some(version) => match version.as_i64().and_then(|version| i32::try_from(version).ok()) {
                Some(version) => Some(version),
                None => return Err(bad("version", "Version is a whole number.", Some(version))),
            },
        };
        Ok(Self { id, version, doc })
    }
}

/// The valid change of a record that the caller reaches, with its id.
fn prepare(
    tx: &TenantTx,
    entity: &'static Entity,
    reach: &Sight,
    action: Action,
    named: Named,
    loaded: &HashMap<Uuid, Loaded>,
) -> Result<Document, Problem> {
    let loaded = loaded.get(&named.id).ok_or_else(|| Problem::not_found(entity.singular))?;
    if !loaded.permitted {
        return Err(load::out_of_reach(entity, if action == Action::Update { "update" } else { "delete" }));
    }
    let doc = match action {
        Action::Update => allowed::change(tx.caller(), entity, reach, named.doc).map_err(Problem::invalid)?,
        _ => Document::new(),
    };
    if let (Some(read), Some(current)) = (named.version, loaded.record.version)
        && read != current
    {
        return Err(changed::problem(entity, &loaded.document()?, &doc, None, current));
    }
    let doc = stated(loaded, doc);
    match contradictions(entity, loaded, &doc)? {
        errors if errors.is_empty() => Ok(doc),
        errors => Err(Problem::invalid(errors)),
    }
}

/// Makes custom fields canonical and sets documents with bad ones aside, by id.
async fn customs(
    tx: &mut TenantTx,
    entity: &'static Entity,
    mut docs: Vec<Document>,
    new: bool,
) -> Result<(Vec<Document>, HashMap<Uuid, Problem>, bool), Problem> {
    let checked = custom::check(tx, entity, &mut docs, new).await?;
    let mut refused = HashMap::new();
    let mut errors = checked.errors.into_iter();
    let mut good = Vec::with_capacity(docs.len());
    for doc in docs {
        match errors.next() {
            Some(errors) if !errors.is_empty() => {
                refused.insert(allowed::id_of(&doc)?, Problem::invalid(errors));
            }
            _ => good.push(doc),
        }
    }
    Ok((good, refused, checked.complete))
}

/// One problem of a call that is done whole or not at all.
fn together(answers: Vec<Result<Done, Problem>>) -> Problem {
    let mut errors = vec![];
    let mut refused = 0;
    for (number, answer) in answers.into_iter().enumerate() {
        let Err(problem) = answer else { continue };
        refused += 1;
        if problem.field_errors().is_empty() {
            errors.push(FieldError::new(format!("records.{number}"), problem.code(), problem.detail()));
        }
        errors.extend(problem.field_errors().iter().map(|error| {
            let field = format!("records.{number}.{}", error.field);
            FieldError { field, ..error.clone() }
        }));
    }
    let detail = format!("{refused} records were refused, so none was written.");
    Problem::new(&codes::INVALID, detail).errors(errors).hint("Mend them, or send the call without `atomic`.")
}

fn twice(id: Uuid) -> Problem {
    let message = "This record is named twice in the same call.";
    Problem::invalid(vec![FieldError::new("id", &value::codes::REPEATED, message).value(json!(id))])
}

/// The problem of a record that went away while it was worked on.
fn vanished() -> Problem {
    Problem::new(&codes::BUSY, "Someone else is changing the same record.").hint("Try again.")
}
