//! Corrections as they are kept: of a row, for every kind of record that is read from its sheet; of a record that several
//! rows tell by a key, with its part, and by the key, since the rows are in the file alone.

use model::problem::Problem;
use store::{TenantTx, sql};
use uuid::Uuid;

use super::{batch::Batch, corrected, fix::Fix};

/// Keeps a correction of rows of a file, in place of what was said of them before. `sheet` are the batches of its sheet,
/// `key` the places of the columns that tell its records apart, if any.
///
/// # Errors
/// Problems of the database.
pub async fn keep(
    tx: &mut TenantTx,
    child: &Batch,
    (sheet, key): (&[Uuid], &[usize]),
    place: Option<usize>,
    fix: &Fix,
    rows: &[i64],
) -> Result<(), Problem> {
    let place = place.and_then(|place| i32::try_from(place).ok());
    let value = match fix {
        Fix::Cell { value, .. } => value.as_deref(),
        Fix::Alike { value, .. } => Some(value.as_str()),
        Fix::Skip { .. } => None,
    };
    let gone = matches!(fix, Fix::Skip { skip: false, .. } | Fix::Cell { value: None, .. });
    let (records, keys, rows) = records(tx, child, key, rows).await?;
    for (batches, numbers) in [(&[child.id][..], &records), (sheet, &rows)] {
        tx.execute(
            sql!(
                "delete from import_fixes where tenant_id = $1 and batch_id = any($2) and row_number = any($3)
                   and place is not distinct from $4"
            ),
            &[&tx.tenant(), &batches, numbers, &place],
        )
        .await?;
    }
    if gone {
        return Ok(());
    }
    let places: Vec<i32> = key.iter().filter_map(|place| i32::try_from(*place).ok()).collect();
    tx.execute(
        sql!(
            "insert into import_fixes (tenant_id, id, batch_id, row_number, place, value, key_places, key, created_by)
             select $1, app.uuid7(), $2, r.row_number, $3, $4, $5, r.key, $6
             from unnest($7::bigint[], $8::text[]) as r (row_number, key)"
        ),
        &[&tx.tenant(), &child.id, &place, &value, &places, &tx.actor().id(), &records, &keys],
    )
    .await?;
    let (low, high) = child.id_range();
    // What the file says is no correction.
    tx.execute(
        sql!(
            "insert into import_fixes (tenant_id, id, batch_id, row_number, place, value, created_by)
             select $1, app.uuid7(), b.id, r.row_number, $6, $7, $8
             from import_rows r cross join unnest($3::uuid[]) as b (id)
             where r.tenant_id = $1 and r.batch_id = $2 and r.id between $9 and $10 and r.is_file_row
               and r.row_number = any($4) and ($5 or coalesce(r.raw[$6 + 1], '') <> $7)"
        ),
        &[
            &tx.tenant(),
            &child.id,
            &sheet,
            &rows,
            &place.is_none(),
            &place,
            &value,
            &tx.actor().id(),
            &low,
            &high,
        ],
    )
    .await?;
    Ok(())
}

/// The rows that stand for records told by a key, with what the file has for it, and those that stand for themselves.
async fn records(
    tx: &mut TenantTx,
    child: &Batch,
    key: &[usize],
    rows: &[i64],
) -> Result<(Vec<i64>, Vec<String>, Vec<i64>), Problem> {
    let (mut records, mut keys, mut alone) = (vec![], vec![], vec![]);
    if key.is_empty() {
        return Ok((records, keys, rows.to_vec()));
    }
    let (low, high) = child.id_range();
    let found = tx
        .query(
            sql!(
                "select row_number, coalesce(raw, '{}') from import_rows
                 where tenant_id = $1 and batch_id = $2 and id between $3 and $4 and is_file_row and row_number = any($5)"
            ),
            &[&tx.tenant(), &child.id, &low, &high, &rows],
        )
        .await?;
    for row in found {
        let (number, raw): (i64, Vec<&str>) = (row.get(0), row.get(1));
        match corrected::key(key, &raw) {
            Some(key) => {
                records.push(number);
                keys.push(key);
            }
            None => alone.push(number),
        }
    }
    Ok((records, keys, alone))
}
