//! How many background jobs a tenant has, by kind and state.

use model::{
    caller::{Caller, RecordScope},
    problem::Problem,
};
use store::{Db, sql, sql::Query};

/// The jobs of one kind in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The kind of job.
    pub kind: String,
    /// `pending`, `processing`, `completed`, `failed` or `cancelled`.
    pub status: String,
    /// How many.
    pub count: i64,
}

/// The caller's tenant's jobs, by kind and state; finished ones that were pruned do not count.
///
/// # Errors
/// `forbidden` without `jobs.view`; `unavailable`.
pub async fn tally(db: &Db, caller: &Caller) -> Result<Vec<Tally>, Problem> {
    // Jobs have no owner, so whoever reaches their own alone reaches none.
    if caller.permit("jobs.view")? != RecordScope::All {
        return Ok(vec![]);
    }
    let find = Query::fixed(
        sql!("select type, status, count(*) from jobs where tenant_id = $1 group by 1, 2 order by 1, 2"),
        vec![caller.tenant.into()],
    );
    let rows = db.read(caller, find).await?;
    let tally = |row: &store::sql::Row| Tally { kind: row.get(0), status: row.get(1), count: row.get(2) };
    Ok(rows.iter().map(tally).collect())
}
