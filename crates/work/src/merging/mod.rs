//! Two records of the same thing made one, and that taken back.
//!
//! Everything that names the record given up names the kept one afterwards; the record itself goes to the archive. Where both
//! have a row with the same key, the one of the record given up stays there, in the archive too. `merges.before` holds which rows
//! moved and every value that changed, so that taking it back restores what nobody changed since.

mod merge;
mod pair;
mod undo;
mod values;

use std::collections::BTreeMap;

use model::{
    entity::Entity,
    field::{self, Field, Text},
    problem::{Code, FieldError, Problem, Status},
    value::codes,
};
use serde::{Deserialize, Serialize};
use store::{TenantTx, engine, sql};
use uuid::Uuid;

use crate::{
    access::sign_in::{Side, Which, revoke},
    operation::{Operation, Place},
};

pub use merge::Merge;
pub use pair::{Compared, Line, Standing, compared, into};
pub use undo::UndoMerge;
pub use values::CUSTOM;

/// The permission and address of merging.
pub const MERGE: &str = "merge";
/// The permission and address of taking it back.
pub const UNDO: &str = "undo_merge";

static ARCHIVED: Code = Code::new(
    "merge_of_archived",
    Status::Conflict,
    "One of the two is archived",
    "Records in the archive are not merged. Restore the record first, or choose another one.",
);

static OTHER_CURRENCY: Code = Code::new(
    "merge_of_currencies",
    Status::Conflict,
    "The two trade in different currencies",
    "The documents of one customer are in its currency. Give both the same currency first, or keep them apart.",
);

static ENTANGLED: Code = Code::new(
    "merge_of_same_keys",
    Status::Conflict,
    "Both have the same document",
    "Both records have a document with the same key, and others hang on it: a payment of one reference that is allocated, for one. Change its key or take back what hangs on it, then merge.",
);

static NOT_MERGED: Code = Code::new(
    "not_merged",
    Status::Conflict,
    "There is no merge to take back",
    "Nothing was merged into the record, or it was taken back already.",
);

static MERGED_SINCE: Code = Code::new(
    "merged_since",
    Status::Conflict,
    "A later merge stands before it",
    "One of the two records was merged into another one since. Take the later merge back first.",
);

const REFUSED: &[&Code] = &[&ARCHIVED, &OTHER_CURRENCY, &ENTANGLED];
const NOT_UNDONE: &[&Code] = &[&NOT_MERGED, &MERGED_SINCE];

const fn loser(entity: &'static str) -> Field {
    field::link("loser_id", "Merged record", entity)
        .th("ระเบียนที่จะรวมเข้ามา")
        .required()
        .help("What belongs to it goes over, and it goes to the archive.")
}

const TAKE: Field = field::tags("take", "Fields to take")
    .th("ช่องที่จะใช้ค่าจากระเบียนที่รวม")
    .example("phone")
    .help("Names of fields whose values come from the merged record, `attributes.x` for a custom one. Left out, empty fields are filled.");

const WHICH: &[Field] = &[field::link("merge_id", "Merge", "merges")
    .th("การรวมระเบียน")
    .help("The merge to take back; left out, the last one.")];

const fn merge(entity: &'static str, input: &'static [Field]) -> Operation {
    Operation::on_record_of_kind::<Merge>(entity, MERGE)
        .about(
            Text::of("Merge with another", "รวมกับระเบียนอื่น"),
            "Makes another record of the same thing part of this one: everything that names it names this one, and it goes to the archive.",
        )
        .input(input)
        .refusals(REFUSED)
        .place(Place::Page)
}

const fn undo(entity: &'static str) -> Operation {
    Operation::on_record_of_kind::<UndoMerge>(entity, UNDO)
        .about(
            Text::of("Take merge back", "เลิกการรวม"),
            "Gives the merged record back what was its, as far as nobody changed it since, and takes it out of the archive.",
        )
        .input(WHICH)
        .refusals(NOT_UNDONE)
        .past("unmerged")
        .place(Place::Beside)
}

macro_rules! both {
    ($($entity:literal),*) => {
        /// Merging and taking it back, of every kind of record of which people make doubles.
        pub const OPERATIONS: &[Operation] =
            &[$(merge($entity, &[loser($entity), TAKE]), undo($entity)),*];
    };
}
both!["customers", "companies", "contacts", "suppliers", "products"];

/// Whether records of this kind can be merged.
pub fn merges(entity: &Entity) -> bool {
    OPERATIONS.iter().any(|one| one.entity == entity.name)
}

/// What a merge found, as `merges.before` keeps it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Before {
    /// The rows that moved, by table and column.
    moved: engine::Named,
    /// The rows that stayed and went to the archive, by table.
    aside: BTreeMap<String, Vec<Uuid>>,
    /// The values of the kept record that changed.
    fields: BTreeMap<String, values::Changed>,
    /// The values that the record given up lost, for they are keys that the kept one has now.
    lost: model::Document,
}

/// The record, once the caller may change and archive it.
async fn hold(tx: &mut TenantTx, entity: &'static Entity, id: Uuid) -> Result<model::Document, Problem> {
    let mut held = None;
    for action in ["update", "delete", MERGE] {
        held = Some(engine::hold(tx, entity, action, id).await?);
    }
    let json = held.map(|record| record.json).unwrap_or_default();
    serde_json::from_str(&json).map_err(Problem::internal)
}

/// The record that is given up. One that the caller may not see is an unknown one.
async fn hold_loser(
    tx: &mut TenantTx,
    entity: &'static Entity,
    id: Uuid,
) -> Result<model::Document, Problem> {
    hold(tx, entity, id).await.map_err(|problem| match problem.code().status {
        Status::NotFound => {
            let message = format!("There is no such {}. Give the id of one that exists.", entity.singular);
            let error = FieldError::new("loser_id", &codes::UNKNOWN_LINK, message);
            Problem::invalid(vec![error.value(id.to_string())])
        }
        _ => problem,
    })
}

/// People of the portal among the rows go on under their other customer, after signing in anew.
async fn end_sessions(tx: &mut TenantTx, moved: &engine::Named) -> Result<(), Problem> {
    for person in moved.get("portal_users.customer_id").into_iter().flatten() {
        revoke(tx, Side::Portal, *person, Which::All).await?;
    }
    Ok(())
}

/// The merge that can be taken back: the stated one, else the last one into the record.
async fn standing(
    tx: &mut TenantTx,
    entity: &str,
    winner: Uuid,
    which: Option<Uuid>,
) -> Result<Option<(Uuid, Uuid, Before)>, Problem> {
    let row = tx
        .optional(
            sql!(
                "select id, loser_id, before from merges
                 where tenant_id = $1 and entity = $2 and winner_id = $3 and undone_at is null and ($4::uuid is null or id = $4)
                 order by id desc limit 1 for update"
            ),
            &[&tx.tenant(), &entity, &winner, &which],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let before = serde_json::from_value(row.get(2)).map_err(Problem::internal)?;
    Ok(Some((row.get(0), row.get(1), before)))
}

#[cfg(test)]
mod tests {
    use model::{referrers, registry};

    use super::*;

    #[test]
    fn what_can_be_merged_has_an_archive_and_no_link_to_its_like() {
        for operation in OPERATIONS {
            let entity = registry::entity(operation.entity).unwrap();
            assert!(entity.archives && entity.versioned, "{}", entity.name);
            let own = referrers::of(entity).into_iter().find(|one| one.table == entity.name);
            assert!(own.is_none(), "a {} would name itself after a merge", entity.singular);
        }
    }
}
