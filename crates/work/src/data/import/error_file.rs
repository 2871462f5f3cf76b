//! The error file: the failed rows in the original's own layout, with what is wrong; to be corrected and imported again.

use model::{caller::Caller, problem::Problem};
use serde_json::Value;
use store::{Db, sql, sql::Query};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use uuid::Uuid;

use super::{batch::Family, finding::Finding};
use crate::data::csv;

/// The columns behind those of the original.
pub const ADDED: [&str; 5] = ["row", "column", "value", "reason", "mend"];

/// Failed rows fetched at a time.
const PAGE: i64 = 1_000;

/// Writes the failed rows of one file, or of the only file of a set: UTF-8 with a byte-order mark, the original's
/// delimiter, header and cells, then row, column, value, reason and mend (several errors of a row parted by ` | `).
/// Answers how many rows there are.
///
/// # Errors
/// [`not_found`](model::problem::codes::NOT_FOUND); what stands in the way of writing.
pub async fn errors_csv(
    db: &Db,
    caller: &Caller,
    id: Uuid,
    out: &mut (impl AsyncWrite + Unpin),
) -> Result<u64, Problem> {
    let family = Family::load(db, caller, id).await?;
    super::permit(caller, &family)?;
    let child = family
        .children
        .iter()
        .find(|child| child.id == id)
        .or_else(|| Some(&family.children).filter(|all| all.len() == 1).and_then(|all| all.first()))
        .ok_or_else(|| Problem::not_found("file of the import").hint("Name the batch of one file."))?;
    let delimiter = child.detection.delimiter.as_deref().and_then(|text| text.bytes().next());
    let delimiter = delimiter.filter(|byte| (b' '..0x7f).contains(byte) || *byte == b'\t').unwrap_or(b',');
    let mut writer = csv::Lines::new(delimiter);
    let headers = child.detection.headers.iter().map(String::as_str);
    writer.plain(headers.chain(ADDED));
    out.write_all("\u{feff}".as_bytes()).await.map_err(Problem::internal)?;
    let (low, high) = child.id_range();
    let (mut after, mut count) = (low, 0);
    loop {
        let rows = db
            .read(
                caller,
                Query::fixed(
                    sql!(
                        "select f.id, f.row_number, f.raw, coalesce(f.errors, '[]') || coalesce((
                           select jsonb_agg(e) from import_rows g cross join lateral jsonb_array_elements(g.errors) e
                           where g.tenant_id = $1 and g.id = any(f.refs) and g.status = 'failed'), '[]'),
                           (select jsonb_object_agg(x.place, x.value) from import_fixes x
                            where x.tenant_id = $1 and x.batch_id = $2 and x.row_number = f.row_number and x.place is not null)
                         from import_rows f
                         where f.tenant_id = $1 and f.batch_id = $2 and f.id between $3 and $4 and f.id > $5
                           and f.is_file_row and f.status = 'failed'
                         order by f.id limit $6"
                    ),
                    vec![
                        caller.tenant.into(),
                        child.id.into(),
                        low.into(),
                        high.into(),
                        after.into(),
                        PAGE.into(),
                    ],
                ),
            )
            .await?;
        for row in &rows {
            let cells: Option<Vec<String>> = row.get(2);
            let mut cells = cells.unwrap_or_default();
            cells.resize(cells.len().max(child.detection.headers.len()), String::new());
            lay(&mut cells, row.get(4));
            let findings: Vec<Finding> = serde_json::from_value(row.get(3)).map_err(Problem::internal)?;
            let number = row.get::<_, Option<i64>>(1).map(|number| number.to_string()).unwrap_or_default();
            let [column, value, reason, mend] = told(&findings);
            let added = [number, column, value, reason, mend];
            writer.guarded(cells.iter().chain(&added).map(String::as_str));
            after = row.get(0);
            count += 1;
        }
        out.write_all(&writer.take()).await.map_err(Problem::internal)?;
        if rows.len() < PAGE as usize {
            out.flush().await.map_err(Problem::internal)?;
            return Ok(count);
        }
    }
}

/// Lays corrections, place → value, over the cells of the file.
fn lay(cells: &mut Vec<String>, corrected: Option<Value>) {
    for (place, value) in corrected.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let (Ok(place), Some(value)) = (place.parse::<usize>(), value.as_str()) else { continue };
        if cells.len() <= place {
            cells.resize(place + 1, String::new());
        }
        cells[place] = value.to_owned();
    }
}

/// Column, value, reason and mend of all errors of a row, each once. What a row only inherits is told where it has
/// nothing of its own.
fn told(findings: &[Finding]) -> [String; 4] {
    let inherited = ["belongs_to_failed", "line_failed"];
    let own: Vec<&Finding> = findings.iter().filter(|f| !inherited.contains(&f.code.as_str())).collect();
    let mut shown: Vec<&Finding> = if own.is_empty() { findings.iter().collect() } else { own };
    let mut seen: Vec<&Finding> = vec![];
    shown.retain(|finding| {
        let new = !seen.contains(finding);
        seen.push(finding);
        new
    });
    let join = |part: fn(&Finding) -> String| shown.iter().map(|f| part(f)).collect::<Vec<_>>().join(" | ");
    [
        join(|finding| finding.column.clone().unwrap_or_default()),
        join(|finding| match &finding.value {
            Some(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            None => String::new(),
        }),
        join(|finding| finding.message.clone()),
        join(|finding| finding.mend.clone()),
    ]
}
