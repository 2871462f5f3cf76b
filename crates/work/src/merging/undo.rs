//! Taking a merge back.

use std::collections::BTreeMap;

use model::{
    entity::Entity,
    problem::{FieldError, Problem},
    registry,
    value::codes,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    TenantTx,
    engine::{self, Relink, Rows},
    sql,
};
use uuid::Uuid;

use super::{MERGED_SINCE, NOT_MERGED, end_sessions, hold, merge::counted, standing, values};
use crate::{
    access::audit::{Note, note},
    operation::Operate,
};

/// The input.
#[derive(Debug, Deserialize)]
pub struct UndoMerge {
    merge_id: Option<Uuid>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Undone {
    merge_id: Uuid,
    loser_id: Uuid,
    /// How many records of each kind went back.
    moved: BTreeMap<String, usize>,
    /// How many of each kind stay: they are gone, changed hands since, or hang on something that stays.
    conflicts: BTreeMap<String, usize>,
    /// The fields that keep their values, for somebody changed them since or they stand against something.
    fields_kept: Vec<String>,
}

impl Operate<(&'static Entity, Uuid)> for UndoMerge {
    type Done = Undone;

    async fn run(
        self,
        tx: &mut TenantTx,
        (entity, winner): (&'static Entity, Uuid),
    ) -> Result<Undone, Problem> {
        let kept = hold(tx, entity, winner).await?;
        let Some((merge, loser, before)) = standing(tx, entity.name, winner, self.merge_id).await? else {
            return Err(none(self.merge_id));
        };
        hold(tx, entity, loser).await?;
        not_since(tx, entity, merge, [winner, loser]).await?;
        engine::restore(tx, entity, loser, None).await?;
        let mut fields_kept = values::give_back(tx, entity, (&kept, winner), &before.fields).await?;
        if !values::give_keys_back(tx, entity, loser, &before.lost).await? {
            fields_kept.extend(before.lost.keys().cloned());
        }
        let relink = Relink::new(entity, winner, loser);
        relink.lock(tx).await?;
        let back = relink.back(tx, &before.moved).await?;
        let moved = relink.go(tx, &Rows::new(), Some(&back.rows)).await?;
        for (table, ids) in &before.aside {
            engine::set_aside(tx, registry::described(table)?, ids, false).await?;
        }
        end_sessions(tx, &moved).await?;
        tx.execute(
            sql!("update merges set undone_at = $3 where tenant_id = $1 and id = $2"),
            &[&tx.tenant(), &merge, &tx.world().now()],
        )
        .await?;
        fields_kept.sort_unstable();
        fields_kept.dedup();
        let described = |table: &String| registry::entity(table).is_some();
        let done = Undone {
            merge_id: merge,
            loser_id: loser,
            moved: counted(&moved),
            conflicts: back.staying.into_iter().filter(|(table, _)| described(table)).collect(),
            fields_kept,
        };
        for id in [winner, loser] {
            let told = json!({ "winner_id": winner, "loser_id": loser, "conflicts": done.conflicts });
            let line =
                Note { entity: entity.name, id: Some(id), action: "undo_merge", new_values: Some(told) };
            note(tx, line).await?;
        }
        Ok(done)
    }
}

fn none(stated: Option<Uuid>) -> Problem {
    match stated {
        None => Problem::new(&NOT_MERGED, "Nothing was merged into this record that could be taken back.")
            .hint("Look at its history: it was taken back already, or never merged."),
        Some(id) => {
            let message = "There is no such merge into this record, or it was taken back already.";
            let error = FieldError::new("merge_id", &codes::UNKNOWN_LINK, message);
            Problem::invalid(vec![error.value(id.to_string())])
        }
    }
}

/// Merges are taken back in the opposite order: neither record may have been given up since.
async fn not_since(
    tx: &mut TenantTx,
    entity: &'static Entity,
    merge: Uuid,
    both: [Uuid; 2],
) -> Result<(), Problem> {
    let later = tx
        .optional(
            sql!(
                "select winner_id from merges
                 where tenant_id = $1 and entity = $2 and loser_id = any($3) and id > $4 and undone_at is null limit 1"
            ),
            &[&tx.tenant(), &entity.name, &both.to_vec(), &merge],
        )
        .await?;
    match later {
        None => Ok(()),
        Some(row) => Err(Problem::new(&MERGED_SINCE, "One of the two was merged into another record since.")
            .hint("Take that merge back first.")
            .facts(json!({ "winner_id": row.get::<_, Uuid>(0) }))),
    }
}
