//! Values of a file that no choice or record of theirs is known for, with how often they occur: what a value map is for.

use model::{
    caller::Caller,
    field::Kind,
    problem::Problem,
    value::{ValueCode, codes},
};
use serde::Serialize;
use store::{Db, sql, sql::Query};

use super::{batch::Batch, matcher::targets, report::Tally, types::data_type};

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

/// The codes of errors that such values have.
const OF_VALUES: [&ValueCode; 2] = [&codes::NOT_A_CHOICE, &codes::UNKNOWN_LINK];

/// Whether errors of this kind are of unknown values.
pub fn is_told(tally: &Tally) -> bool {
    OF_VALUES.iter().any(|code| code.code == tally.code)
}

/// The unknown values of a file whose rows were checked.
///
/// # Errors
/// Problems of the database.
pub async fn values(db: &Db, caller: &Caller, child: &Batch) -> Result<Vec<Unknown>, Problem> {
    let text = sql!(
        "select e ->> 'column', e ->> 'field', e ->> 'value', count(*)
         from import_rows r cross join lateral jsonb_array_elements(r.errors) e
         where r.tenant_id = $1 and r.batch_id = $2 and r.id between $3 and $4 and r.status = 'failed'
           and e ->> 'code' = any($5) and e ->> 'column' is not null and e ->> 'value' is not null
         group by 1, 2, 3 order by 4 desc, 1, 3 limit $6"
    );
    let (low, high) = child.id_range();
    let known = OF_VALUES.map(|code| code.code.to_owned()).to_vec();
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
