//! Values of a file that no choice or record of theirs is known for, with how often they occur: what a value map is for.

use model::{caller::Caller, field::Kind, problem::Problem, value::codes};
use serde::Serialize;
use store::{Db, sql, sql::Query};

use super::{batch::Batch, counts::Counts, matcher::targets, status::BatchStatus, types::data_type};

/// Most values that are told of one file, most frequent first.
const MOST: i64 = 200;

/// A value that is not known.
#[derive(Clone, Debug, Serialize)]
pub struct Unknown {
    /// The header of its column.
    pub column: String,
    /// The field it is for: `customers.account_type`.
    pub field: String,
    /// As in the file.
    pub value: String,
    /// Records that have it.
    pub records: i64,
    /// What it may become; none where the field names records.
    pub choices: Vec<&'static str>,
}

/// The unknown values of a file whose rows were checked.
///
/// # Errors
/// Problems of the database.
pub async fn values(db: &Db, caller: &Caller, child: &Batch) -> Result<Vec<Unknown>, Problem> {
    if child.status < BatchStatus::Validated || Counts::of(child).failed == 0 {
        return Ok(vec![]);
    }
    let text = sql!(
        "select e ->> 'column', e ->> 'field', e ->> 'value', count(*)
         from import_rows r cross join lateral jsonb_array_elements(r.errors) e
         where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.status = 'failed'
           and e ->> 'code' = any($5) and e ->> 'column' is not null and e ->> 'value' is not null
         group by 1, 2, 3 order by 4 desc, 1, 3 limit $6"
    );
    let (low, high) = child.id_range();
    let known = vec![codes::NOT_A_CHOICE.code.to_owned(), codes::UNKNOWN_LINK.code.to_owned()];
    let args =
        vec![caller.tenant.into(), child.id.into(), low.into(), high.into(), known.into(), MOST.into()];
    let rows = db.read(caller, Query::fixed(text, args)).await?;
    let targets = child.data_type.as_deref().and_then(data_type).map(targets).unwrap_or_default();
    Ok(rows
        .iter()
        .map(|row| {
            let field: String = row.get(1);
            let target = targets.iter().find(|target| target.path == field);
            let choices = match target.and_then(|target| target.field).map(|field| field.kind) {
                Some(Kind::Choice(choices)) => choices.iter().map(|choice| choice.value).collect(),
                _ => vec![],
            };
            Unknown { column: row.get(0), field, value: row.get(2), records: row.get(3), choices }
        })
        .collect())
}
