//! Who may approve a set: where the company wants two persons, somebody else than who brought the files in or corrected
//! cells of them.

use model::{
    caller::Caller,
    problem::{Code, Problem, Status},
};
use store::{Db, TenantTx, sql, sql::Query};
use uuid::Uuid;

use super::{batch::Family, ending::sum};
use crate::settings::{self, Imports};

/// Somebody would approve what they brought in themselves.
pub static SECOND_PERSON: Code = Code::new(
    "second_person",
    Status::Forbidden,
    "Somebody else must approve",
    "The company wants two persons for an import (`settings/imports`, `second_person`): who brought the files in or corrected \
     them does not approve them, nor does a token that they made. Somebody else with `imports.commit` approves.",
);

/// Refuses a caller who brought the set in or corrected it themselves, where the company wants two persons.
///
/// # Errors
/// [`SECOND_PERSON`]; problems of the database.
pub async fn by_another(db: &Db, caller: &Caller, family: &Family) -> Result<(), Problem> {
    if !is_refused(db, caller, family).await? {
        return Ok(());
    }
    let detail =
        "You brought this import in or corrected it; your company wants somebody else to approve it.";
    Err(Problem::new(&SECOND_PERSON, detail).hint("Ask a colleague who may approve imports."))
}

/// Whether the caller may not approve the set since they brought it in or corrected it.
///
/// # Errors
/// Problems of the database.
pub async fn is_refused(db: &Db, caller: &Caller, family: &Family) -> Result<bool, Problem> {
    let wanted = settings::read::<Imports>(db, caller).await?;
    if !wanted.second_person || sum(family).rows <= wanted.second_person_above {
        return Ok(false);
    }
    let approves = caller.actor.id();
    if family.parent.brought_by == approves {
        return Ok(true);
    }
    let sets: Vec<Uuid> = family.children.iter().map(|child| child.id).collect();
    // A token acts for who made it.
    let text = sql!(
        "with hands as (
           select $2::uuid as id union select created_by from import_fixes where tenant_id = $1 and batch_id = any($4)),
         persons as (
           select h.id = $3 as approves, coalesce(k.created_by, h.id) as id
           from (select id from hands union select $3) h
           left join integration_tokens k on k.tenant_id = $1 and k.id = h.id)
         select exists (select from hands where id = $3) or exists (
           select from persons p join persons q on q.id = p.id where p.approves and not q.approves)"
    );
    let args = vec![caller.tenant.into(), family.parent.brought_by.into(), approves.into(), sets.into()];
    let rows = db.read(&caller.program(), Query::fixed(text, args)).await?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

/// Notes who approved a set by committing it.
///
/// # Errors
/// Problems of the database.
pub async fn note(tx: &mut TenantTx, set: Uuid) -> Result<(), Problem> {
    tx.execute(
        sql!(
            "update import_batches set approved_by = coalesce(approved_by, $3)
             where tenant_id = $1 and (id = $2 or parent_id = $2)"
        ),
        &[&tx.tenant(), &set, &tx.actor().id()],
    )
    .await?;
    Ok(())
}
