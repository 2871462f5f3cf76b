//! What becomes of a set that a source brought, once its rows are checked.

use model::{
    caller::Caller,
    problem::{Problem, codes},
};
use store::{Db, Files, sql, sql::Query};
use uuid::Uuid;

use crate::{
    import::{self, Policy, Progress},
    settings::{self, Imports},
};

/// How often a set is checked anew where records change under it.
const TIMES: usize = 3;

/// Goes on with a set to its end: checks it, then writes it in the name of the source's owner or of who uploaded it, or leaves it awaiting
/// approval where somebody has to look: since the company or the source wants it, they may not approve it, or rows
/// are wrong of which all or none are written.
///
/// # Errors
/// As [`import::validate`] and [`import::commit`].
pub async fn go_on(
    db: &Db,
    files: &Files,
    caller: &Caller,
    set: Uuid,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(), Problem> {
    import::resume(db, files, caller, set, progress).await?;
    for time in 1.. {
        let report = import::report(db, caller, set).await?;
        if report.status != "validated" {
            return Ok(());
        }
        let hopeless = report.policy == Policy::AllOrNothing.name() && report.counts.failed > 0;
        let alone = !hopeless
            && !report.needs_second_person
            && caller.permit("imports.commit").is_ok()
            && !waits(db, caller, set).await?;
        if !alone {
            return import::submit(db, caller, set).await;
        }
        match import::commit(db, caller, set, progress).await {
            Err(problem) if problem.code() == &codes::CHANGED && time < TIMES => {
                import::validate(db, files, caller, set, progress).await?;
            }
            done => return done,
        }
    }
    Ok(())
}

/// Whether the company, or the source of the set, wants somebody to approve it.
async fn waits(db: &Db, caller: &Caller, set: Uuid) -> Result<bool, Problem> {
    if settings::read::<Imports>(db, caller).await?.sources_wait {
        return Ok(true);
    }
    let text = sql!(
        "select s.waits_for_approval from import_batches b
         join data_sources s on s.tenant_id = $1 and s.id = b.data_source_id
         where b.tenant_id = $1 and b.id = $2"
    );
    let rows = db.read(&caller.program(), Query::fixed(text, vec![caller.tenant.into(), set.into()])).await?;
    Ok(rows.first().is_none_or(|row| row.get(0)))
}
