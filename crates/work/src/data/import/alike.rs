//! How many cells are wrong in the same way, for whoever is about to correct one of them.

use model::{caller::Caller, problem::Problem};
use store::{Db, sql, sql::Query};
use uuid::Uuid;

use super::batch::Family;

/// Cells of a column that hold the same and are refused for the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Alike {
    /// The file.
    pub batch: Uuid,
    /// The column's place, from 0.
    pub place: usize,
    /// The column's header.
    pub header: String,
    /// The code of what is wrong.
    pub code: String,
    /// What the cells hold, corrections included.
    pub holds: String,
}

/// How many rows of a set have such a cell, for each kind in turn.
///
/// # Errors
/// [`NOT_FOUND`](model::problem::codes::NOT_FOUND); problems of the database.
pub async fn alike(db: &Db, caller: &Caller, set: Uuid, kinds: &[Alike]) -> Result<Vec<i64>, Problem> {
    let mut counts = vec![0; kinds.len()];
    if kinds.is_empty() {
        return Ok(counts);
    }
    let family = Family::load(db, caller, set).await?;
    super::permit(caller, &family)?;
    let (low, high) = family.id_range();
    let texts =
        |of: fn(&Alike) -> &str| kinds.iter().map(|kind| of(kind).to_owned()).collect::<Vec<String>>();
    let batches: Vec<Uuid> = kinds.iter().map(|kind| kind.batch).collect();
    let places: Vec<i32> = kinds.iter().map(|kind| i32::try_from(kind.place).unwrap_or(i32::MAX)).collect();
    let text = sql!(
        "with kinds as (
           select * from unnest($4::uuid[], $5::integer[], $6::text[], $7::text[], $8::text[])
             with ordinality as k (batch, place, header, code, holds, at)
         ), cells as (
           select p.batch, p.place, f.errors, f.refs, coalesce(x.value, f.raw[p.place + 1], '') as holds
           from (select distinct batch, place from kinds) p
           join import_rows f on f.tenant_id = $1 and f.batch_id = p.batch and f.id between $2 and $3 and f.is_file_row
             and f.status = 'failed'
           left join import_fixes x on x.tenant_id = $1 and x.batch_id = p.batch and x.row_number = f.row_number
             and x.place = p.place
         )
         select k.at, count(*) from kinds k join cells c using (batch, place, holds)
         where c.errors @> jsonb_build_array(jsonb_build_object('column', k.header, 'code', k.code)) or exists (
           select 1 from import_rows g where g.tenant_id = $1 and g.id = any(c.refs)
             and g.errors @> jsonb_build_array(jsonb_build_object('column', k.header, 'code', k.code)))
         group by k.at"
    );
    let args = vec![
        caller.tenant.into(),
        low.into(),
        high.into(),
        batches.into(),
        places.into(),
        texts(|kind| &kind.header).into(),
        texts(|kind| &kind.code).into(),
        texts(|kind| &kind.holds).into(),
    ];
    for row in db.read(caller, Query::fixed(text, args)).await? {
        let at = usize::try_from(row.get::<_, i64>(0) - 1).unwrap_or_default();
        if let Some(count) = counts.get_mut(at) {
            *count = row.get(1);
        }
    }
    Ok(counts)
}
