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
    /// After the row with this id.
    pub after: Option<Uuid>,
    /// At most so many; 1 to 200, 50 where none is given.
    pub limit: Option<i64>,
}

/// A page of rows.
#[derive(Clone, Debug)]
pub struct RowPage {
    /// A JSON array: id, row, sheet, status, action, cells, values, errors, warnings, record.
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
                         and ($7::uuid is null or r.id > $7)
                       order by r.id limit $8)
                     select coalesce(json_agg(json_build_object('id', id, 'batch', batch_id, 'row', row_number, 'sheet', sheet,
                         'status', status, 'action', action, 'cells', raw, 'values', payload, 'errors', coalesce(errors, '[]'),
                         'warnings', coalesce(warnings, '[]'), 'record', applied_record_id) order by id), '[]')::text,
                       (array_agg(id order by id desc))[1], count(*)
                     from page"
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
