//! One writing statement for many documents. Where the database refuses the lot, halves of it are tried until
//! those that are to blame stand alone.

use std::collections::HashMap;

use model::{Document, entity::Entity, problem::Problem};
use uuid::Uuid;

use super::{Record, allowed, change, insert, load::Loaded, refusal, sight::Sight, told};
use crate::{
    TenantTx,
    db::{Violation, violation},
};

/// What is written.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// New records.
    Insert {
        /// None where the tenant requires a custom field.
        guard: bool,
    },
    /// What differs of existing ones.
    Write {
        /// As they stand.
        loaded: &'a HashMap<Uuid, Loaded>,
    },
    /// Into the archive or out of it.
    Mark {
        /// Into it.
        archived: bool,
    },
    /// Away for good.
    Remove {
        /// As they stand.
        loaded: &'a HashMap<Uuid, Loaded>,
    },
}

/// Writes the documents, which carry their ids, and gives the records written; those that the database refuses
/// go to `refused`. Without a refusal it takes three statements, however many documents there are.
///
/// # Errors
/// What is no refusal of a record: the database is away, a defect.
pub async fn run(
    tx: &mut TenantTx,
    entity: &'static Entity,
    reach: &Sight,
    step: Step<'_>,
    docs: &[Document],
    refused: &mut HashMap<Uuid, Problem>,
) -> Result<HashMap<Uuid, Record>, Problem> {
    let mut written = HashMap::with_capacity(docs.len());
    let mut open = vec![docs];
    while let Some(docs) = open.pop() {
        if docs.is_empty() {
            continue;
        }
        tx.savepoint("engine_step").await?;
        match once(tx, entity, reach, step, docs).await {
            Ok(records) => {
                written.extend(records);
                tx.release("engine_step").await?;
            }
            Err(problem) => {
                let Some(broken) = violation(&problem) else { return Err(problem) };
                tx.back_to("engine_step").await?;
                tx.release("engine_step").await?;
                match docs {
                    [only] => {
                        let id = allowed::id_of(only)?;
                        let problem = match taken(tx, entity, reach, step, only, &broken).await? {
                            Some(known) => known,
                            None => refusal::explain(entity, problem),
                        };
                        refused.insert(id, problem);
                    }
                    several => {
                        let (front, back) = several.split_at(several.len() / 2);
                        open.extend([back, front]);
                    }
                }
            }
        }
    }
    Ok(written)
}

async fn once(
    tx: &mut TenantTx,
    entity: &'static Entity,
    reach: &Sight,
    step: Step<'_>,
    docs: &[Document],
) -> Result<HashMap<Uuid, Record>, Problem> {
    let ids = || docs.iter().map(allowed::id_of).collect::<Result<Vec<_>, _>>();
    match step {
        Step::Insert { guard } => insert::insert(tx, entity, reach, docs, guard).await,
        Step::Write { loaded } => {
            let written = change::write(tx, entity, reach, docs).await?;
            for id in ids()? {
                if let (Some(before), Some(after)) = (loaded.get(&id), written.get(&id)) {
                    told::tell_update(tx, entity, &before.record, after)?;
                }
            }
            Ok(written)
        }
        Step::Mark { archived } => change::mark(tx, entity, &ids()?, archived).await,
        Step::Remove { loaded } => {
            let ids = ids()?;
            let gone: Vec<&Record> =
                ids.iter().filter_map(|id| loaded.get(id)).map(|loaded| &loaded.record).collect();
            change::remove(tx, entity, &gone).await?;
            Ok(gone.into_iter().map(|record| (record.id, record.clone())).collect())
        }
    }
}

/// Which record has the key that a change would have taken.
async fn taken(
    tx: &mut TenantTx,
    entity: &'static Entity,
    reach: &Sight,
    step: Step<'_>,
    doc: &Document,
    broken: &Violation,
) -> Result<Option<Problem>, Problem> {
    let (Step::Write { loaded }, Violation::Unique(_)) = (step, broken) else { return Ok(None) };
    let id = allowed::id_of(doc)?;
    let Some(loaded) = loaded.get(&id) else { return Ok(None) };
    let whole = [change::whole(loaded, doc)?];
    Ok(refusal::of_docs(tx, entity, reach, &whole).await?.remove(&id))
}
