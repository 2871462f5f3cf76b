//! The staged rows of a file, for pages and the API.

use model::{
    caller::Caller,
    problem::{FieldError, Problem},
};
use store::{Db, sql, sql::Query};
use uuid::Uuid;

use super::batch::Family;

/// Which rows are wanted.
#[derive(Clone, Debug, Default)]
pub struct RowFilter {
    /// `pending`, `applied`, `skipped`, `failed`.
    pub status: Option<String>,
    /// `create`, `update`, `unchanged`.
    pub action: Option<String>,
    /// Those alone in which somebody corrected a cell, or that somebody left out.
    pub fixed: bool,
    /// After the row with this id.
    pub after: Option<Uuid>,
    /// At most so many; 1 to 200, 50 where none is given.
    pub limit: Option<i64>,
}

/// A page of rows.
#[derive(Clone, Debug)]
pub struct RowPage {
    /// A JSON array: id, batch, row, sheet, status, action, cells (as in the file), fixed (place → value), values, errors
    /// (its own, as many as `own` says, then those of the records it stands on), warnings, record.
    pub data: String,
    /// Where the next page starts.
    pub next: Option<Uuid>,
}

/// The rows of one file, in the order of the file, with what is wrong with them or with the records they stand on.
///
/// # Errors
/// `invalid` for an unknown status or action; [`not_found`](model::problem::codes::NOT_FOUND).
pub async fn rows(db: &Db, caller: &Caller, child: Uuid, filter: &RowFilter) -> Result<RowPage, Problem> {
    let family = Family::load(db, caller, child).await?;
    super::permit(caller, &family)?;
    check("status", filter.status.as_deref(), &["pending", "applied", "skipped", "failed"])?;
    check("action", filter.action.as_deref(), &["create", "update", "unchanged"])?;
    let limit = filter.limit.unwrap_or(50).clamp(1, 200);
    let batches: Vec<Uuid> = match family.children.iter().find(|one| one.id == child) {
        Some(one) => vec![one.id],
        None => family.child_ids(),
    };
    let (low, high) = family.id_range();
    let answer = db
        .read(
            caller,
            Query::free(
                sql!(
                    "with page as (
                       select * from import_rows r
                       where r.tenant_id = $1 and r.batch_id = any($2) and r.id between $3 and $4 and r.is_file_row
                         and ($5::text is null or r.status = $5)
                         and ($6::text is null or coalesce(r.action, 'create') = $6 and r.status <> 'failed')
                         and (not $9 or exists (select 1 from import_fixes x
                           where x.tenant_id = $1 and x.batch_id = r.batch_id and x.row_number = r.row_number))
                         and ($7::uuid is null or r.id > $7)
                       order by r.id limit $8)
                     select coalesce(json_agg(json_build_object('id', p.id, 'batch', p.batch_id, 'row', p.row_number,
                         'sheet', p.sheet, 'status', p.status, 'action', p.action, 'cells', p.raw,
                         'fixed', (select coalesce(json_object_agg(x.place, x.value), '{}') from import_fixes x
                           where x.tenant_id = $1 and x.batch_id = p.batch_id and x.row_number = p.row_number
                             and x.place is not null),
                         'values', p.payload, 'own', jsonb_array_length(coalesce(p.errors, '[]')), 'errors', coalesce(p.errors, '[]') || coalesce((
                           select jsonb_agg(e) from import_rows g cross join lateral jsonb_array_elements(g.errors) e
                           where g.tenant_id = $1 and g.id = any(p.refs) and g.status = 'failed'), '[]'),
                         'warnings', coalesce(p.warnings, '[]'), 'record', p.applied_record_id) order by p.id), '[]')::text,
                       (array_agg(p.id order by p.id desc))[1], count(*)
                     from page p"
                )
                .text,
                vec![
                    caller.tenant.into(),
                    batches.into(),
                    low.into(),
                    high.into(),
                    filter.status.clone().into(),
                    filter.action.clone().into(),
                    filter.after.into(),
                    limit.into(),
                    filter.fixed.into(),
                ],
            ),
        )
        .await?;
    let row = answer.first().ok_or_else(|| Problem::internal("an aggregate without a row"))?;
    let next = (row.get::<_, i64>(2) == limit).then(|| row.get(1));
    Ok(RowPage { data: row.get(0), next })
}

fn check(name: &str, given: Option<&str>, known: &[&str]) -> Result<(), Problem> {
    match given {
        Some(value) if !known.contains(&value) => {
            let message = format!("{name} is one of {}.", known.join(", "));
            Err(Problem::invalid(vec![
                FieldError::new(name, &model::value::codes::NOT_A_CHOICE, message).value(value),
            ]))
        }
        _ => Ok(()),
    }
}
