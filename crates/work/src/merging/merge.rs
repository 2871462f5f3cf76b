//! Making another record part of this one.

use std::collections::BTreeMap;

use model::{
    Document,
    entity::Entity,
    field::Kind,
    problem::{FieldError, Problem},
    registry,
    value::codes,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    TenantTx,
    engine::{self, Relink, Rows},
    sql,
};
use uuid::Uuid;

use super::{
    ARCHIVED, Before, ENTANGLED, OTHER_CURRENCY, end_sessions, hold, hold_loser,
    values::{self, value},
};
use crate::{
    access::audit::{Note, note},
    operation::Operate,
};

/// The input.
#[derive(Debug, Deserialize)]
pub struct Merge {
    loser_id: Uuid,
    take: Option<Vec<String>>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Merged {
    merge_id: Uuid,
    loser_id: Uuid,
    /// How many records of each kind went over.
    moved: BTreeMap<String, usize>,
    /// How many of each kind stayed with the merged record, for the kept one has their like.
    staying: BTreeMap<&'static str, usize>,
    /// The fields of the kept record that have the merged one's values.
    fields: Vec<String>,
}

impl Operate<(&'static Entity, Uuid)> for Merge {
    type Done = Merged;

    async fn run(
        self,
        tx: &mut TenantTx,
        (entity, winner): (&'static Entity, Uuid),
    ) -> Result<Merged, Problem> {
        let loser = self.loser_id;
        if loser == winner {
            let message = "A record cannot be merged with itself. Choose another one.";
            let error = FieldError::new("loser_id", &codes::INCONSISTENT, message);
            return Err(Problem::invalid(vec![error.value(loser.to_string())]));
        }
        let kept = hold(tx, entity, winner).await?;
        let other = hold_loser(tx, entity, loser).await?;
        let names = values::taken(entity, &kept, &other, self.take)?;
        for (id, record) in [(winner, &kept), (loser, &other)] {
            if !value(record, "archived_at").is_null() {
                return Err(archived(entity, id));
            }
        }
        let relink = Relink::new(entity, loser, winner);
        relink.lock(tx).await?;
        same_currency(tx, entity, &relink, &kept, &other).await?;
        let staying = relink.clashing(tx, None).await?;
        if let Some(kind) = relink.entangled(tx, &staying).await? {
            return Err(entangled(kind, &staying));
        }
        let moved = relink.go(tx, &staying, None).await?;
        let aside = set_aside(tx, &staying).await?;
        let (fields, lost) = values::take(tx, entity, (&kept, winner), (&other, loser), &names).await?;
        engine::archive(tx, entity, loser, None).await?;
        end_sessions(tx, &moved).await?;
        let done = Merged {
            merge_id: tx.id(),
            loser_id: loser,
            moved: counted(&moved),
            staying: staying.iter().map(|(table, ids)| (*table, ids.len())).collect(),
            fields: fields.keys().cloned().collect(),
        };
        keep(tx, entity, winner, &done, &Before { moved, aside, fields, lost }).await?;
        Ok(done)
    }
}

/// How many records of each kind; what is no kind of record is not told.
pub(super) fn counted(named: &engine::Named) -> BTreeMap<String, usize> {
    let known = |(table, _): &(&str, usize)| registry::entity(table).is_some();
    engine::rows_named(named).into_iter().filter(known).map(|(table, n)| (table.to_owned(), n)).collect()
}

fn archived(entity: &Entity, id: Uuid) -> Problem {
    let kind = entity.label.en.to_lowercase();
    Problem::new(&ARCHIVED, format!("A {kind} in the archive cannot be merged."))
        .hint(format!("Restore the {kind} first, or choose another one."))
        .facts(json!({ "id": id }))
}

/// Documents of one customer are in its currency.
async fn same_currency(
    tx: &mut TenantTx,
    entity: &'static Entity,
    relink: &Relink,
    kept: &Document,
    other: &Document,
) -> Result<(), Problem> {
    let Some(field) = entity.fields.iter().find(|field| field.kind == Kind::Currency) else { return Ok(()) };
    let (Value::String(mine), Value::String(theirs)) = (value(kept, field.name), value(other, field.name))
    else {
        return Ok(());
    };
    if mine == theirs {
        return Ok(());
    }
    let counts = relink.count(tx).await?;
    let money = |table: &&str| {
        registry::entity(table).is_some_and(|one| one.fields.iter().any(|f| f.kind == Kind::Currency))
    };
    match counts.keys().copied().find(money) {
        None => Ok(()),
        Some(table) => {
            let kind = registry::described(table)?.plural.en.to_lowercase();
            let detail =
                format!("The kept record trades in {mine}, the other one in {theirs}, and it has {kind}.");
            Err(Problem::new(&OTHER_CURRENCY, detail)
                .hint("Give both the same currency first, or keep them apart.")
                .facts(json!({ "kept": mine, "merged": theirs, "entity": table })))
        }
    }
}

fn entangled(kind: &Entity, staying: &Rows) -> Problem {
    let ids = staying.get(kind.name);
    let detail =
        format!("Both have the same {}, and other records hang on it.", kind.label.en.to_lowercase());
    Problem::new(&ENTANGLED, detail)
        .hint("Change what tells it apart, such as its reference, or take back what hangs on it. Then merge.")
        .facts(json!({ "entity": kind.name, "ids": ids }))
}

/// What stays goes to the archive as the record it stays with.
async fn set_aside(tx: &mut TenantTx, staying: &Rows) -> Result<BTreeMap<String, Vec<Uuid>>, Problem> {
    let mut aside = BTreeMap::new();
    for (table, ids) in staying {
        let archived = engine::set_aside(tx, registry::described(table)?, ids, true).await?;
        if !archived.is_empty() {
            aside.insert((*table).to_owned(), archived);
        }
    }
    Ok(aside)
}

async fn keep(
    tx: &mut TenantTx,
    entity: &Entity,
    winner: Uuid,
    done: &Merged,
    before: &Before,
) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "insert into merges (tenant_id, id, entity, winner_id, loser_id, moved, before, created_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &[
            &tx.tenant(),
            &done.merge_id,
            &entity.name,
            &winner,
            &done.loser_id,
            &json!(done.moved),
            &serde_json::to_value(before).map_err(Problem::internal)?,
            &tx.actor().id(),
        ],
    )
    .await?;
    for id in [winner, done.loser_id] {
        let told = json!({ "winner_id": winner, "loser_id": done.loser_id, "moved": done.moved });
        note(tx, Note { entity: entity.name, id: Some(id), action: "merge", new_values: Some(told) }).await?;
    }
    Ok(())
}
